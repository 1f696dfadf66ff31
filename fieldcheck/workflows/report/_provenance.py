"""Provenance of a report: versions, seeds, hashes, machine, and who labelled how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import history
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.report import report as paper
from fieldcheck.workflows.label.pace import measure_pace
from fieldcheck.workflows.label.repeat_labels import list_repeat_agreements
from fieldcheck.workflows.models.provider import get_set_parity, list_used_providers
from fieldcheck.workflows.models.run_environment import get_library_versions, get_machine_kind
from fieldcheck.workflows.report.two_sides import BOOTSTRAP_SEED, FieldSide

METHOD_1 = "cluster_wilson"  # how reports gave the interval of the camera before method 2 (methods 2.4a)


def list_notes(project: Project, told: Mapping[str, object]) -> tuple[str, ...]:
    """Notes that the reader must know before the figures, as codes."""
    moved = project.read(lambda db: history.is_done_after(db, "clip.", "label."))
    older = project.read(lambda db: reports_table.has_report_by(db, METHOD_1))
    there = {"rendered_sample": told.get("rendered_sample"), "borders_changed": moved, "intervals_recomputed": older}
    return tuple(code for code, is_so in there.items() if is_so)


def add_report_history(project: Project, known: paper.Provenance) -> paper.Provenance:
    """Provenance with the number of this report, and the one before, as they are now."""
    last = project.read(reports_table.get_last_scores)
    return replace(
        known, revision=len(project.read(reports_table.list_reports)) + 1, last=None if last is None else paper.LastReport(*last)
    )


def collect_provenance(project: Project, side: FieldSide, model: StoredModel | None) -> paper.Provenance:
    """Whatever repeats the figures. `hashes`: SHA-256 of every recording, the model and its card."""
    seconds = [label.seconds for label in side.labels.values() if label.seconds is not None]
    recordings = project.read(recordings_table.list_recordings)
    hashes = {recording.source: recording.sha256 for recording in recordings}
    if model is not None:
        hashes["model"] = model.sha256
        hashes["card"] = model.card_sha256
    known = paper.Provenance(
        versions=get_library_versions(),
        seeds={**{f"draw {draw.draw_id}": draw.seed for draw in side.draws}, "bootstrap": BOOTSTRAP_SEED},
        hashes=hashes,
        machine=get_machine_kind(),
        seconds_per_label=float(np.median(seconds)) if seconds else None,
        labelled_by=tuple(sorted({label.by for label in side.labels.values() if label.by})),
        pace=measure_pace(project),
        repeats=list_repeat_agreements(project),
        providers=list_used_providers(project, model),
        parity=get_set_parity(project, model),
    )
    return add_report_history(project, known)
