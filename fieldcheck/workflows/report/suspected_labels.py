"""Suspected label errors of a project's benchmark and field, for its report."""

from __future__ import annotations

from math import isfinite

from fieldcheck.domain.items import benchmark_path
from fieldcheck.domain.suspected_labels import SuspectedLabels, SuspectLabel
from fieldcheck.progress import Silent
from fieldcheck.project.folder import Project
from fieldcheck.workflows.label.label_review import SIDES
from fieldcheck.workflows.label.suspected_labels import Suspect, Suspects, suspects

MOST = 40  # labels of a side


def facts_of(project: Project) -> tuple[SuspectedLabels, ...]:
    """Suspects of each side of which labels could be judged."""
    found = [suspects(project, on, Silent()) for on in SIDES]
    return tuple(_told(one) for one in found if one.n)


def _told(found: Suspects) -> SuspectedLabels:
    rows = {row.subject: row for row in found.rows}
    ranked = [rows[subject] for subject in found.ranking if subject in rows and isfinite(rows[subject].confidence)][:MOST]
    shown = tuple(_row(row) for row in ranked)
    return SuspectedLabels(found.on, found.n, found.n_flagged, shown)


def _row(row: Suspect) -> SuspectLabel:
    return SuspectLabel(benchmark_path(row.subject) or row.subject, row.label, row.instead, row.confidence, row.answer or "")
