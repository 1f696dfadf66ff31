"""Provenance of a report: versions, seeds, hashes, machine, and who labelled how fast."""

from __future__ import annotations

import numpy as np

from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.report import report as paper
from fieldcheck.workflows.label.pace import pace
from fieldcheck.workflows.label.repeat_labels import repeated
from fieldcheck.workflows.models.provider import computed_by, settled_parity
from fieldcheck.workflows.models.run_environment import library_versions, machine_kind
from fieldcheck.workflows.report.two_sides import BOOTSTRAP_SEED, FieldSide


def provenance(project: Project, side: FieldSide, model: StoredModel | None) -> paper.Provenance:
    """Whatever repeats the figures. `hashes`: SHA-256 of every recording, the model and its card."""
    seconds = [label.seconds for label in side.labels.values() if label.seconds is not None]
    recordings = project.read(recordings_table.all)
    last = project.read(reports_table.last_scores)
    hashes = {recording.source: recording.sha256 for recording in recordings}
    if model is not None:
        hashes["model"] = model.sha256
        hashes["card"] = model.card_sha256
    return paper.Provenance(
        versions=library_versions(),
        seeds={**{f"draw {draw.draw_id}": draw.seed for draw in side.draws}, "bootstrap": BOOTSTRAP_SEED},
        hashes=hashes,
        machine=machine_kind(),
        seconds_per_label=float(np.median(seconds)) if seconds else None,
        labelled_by=tuple(sorted({label.by for label in side.labels.values() if label.by})),
        pace=pace(project),
        repeats=repeated(project),
        providers=computed_by(project, model),
        parity=settled_parity(project, model),
        revision=len(project.read(reports_table.all)) + 1,
        last=None if last is None else paper.LastReport(*last),
    )
