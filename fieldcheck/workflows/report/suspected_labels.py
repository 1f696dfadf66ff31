"""Suspected label errors of a project's benchmark and field, for its report."""

from __future__ import annotations

from math import isfinite

from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.suspected_labels import SuspectedLabels, SuspectLabel
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.label.label_review import SIDES
from fieldcheck.workflows.label.suspected_labels import LabelErrorCandidate, LabelErrorRanking, find_label_errors

MOST = 40  # labels of a side


def compute_suspected_labels(project: Project) -> tuple[SuspectedLabels, ...]:
    """Suspects of each side of which labels could be judged."""
    found = [find_label_errors(project, on, NullProgress()) for on in SIDES]
    return tuple(_to_result(one) for one in found if one.n)


def _to_result(found: LabelErrorRanking) -> SuspectedLabels:
    rows = {row.subject: row for row in found.rows}
    ranked = [rows[subject] for subject in found.ranking if subject in rows and isfinite(rows[subject].confidence)][:MOST]
    shown = tuple(_to_suspect(row) for row in ranked)
    return SuspectedLabels(found.on, found.n, found.n_flagged, shown)


def _to_suspect(row: LabelErrorCandidate) -> SuspectLabel:
    return SuspectLabel(get_benchmark_path(row.subject) or row.subject, row.label, row.instead, row.confidence, row.answer or "")
