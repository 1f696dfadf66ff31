"""Epochs of the monitor: shifts by model and card, since a chart begins anew with each; and how far back a log reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from fieldcheck.domain.shift import ModelEpoch
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.days._kept_shifts import APART, KIND
from fieldcheck.workflows.models.models import find_model

LONGEST_GAP = timedelta(days=7)  # within a log


def list_other_epochs(project: Project, model: str | None = None) -> tuple[ModelEpoch, ...]:
    """Shifts that are not those of this model as it is used now, by model and card, oldest first. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    names = {one.sha256: one.name for one in project.read(models_table.list_models)}
    begun: dict[tuple[str, str], set[str]] = {}
    for sha256, card, about, _ in project.read(lambda db: facts_table.list_fact_subjects(db, KIND)):
        begun.setdefault((sha256, card), set()).add(about.partition(APART)[0])
    begun.pop((stored.sha256, stored.card_sha256), None)
    found = [_make_epoch(names.get(sha256, sha256[:12]), starts, sha256 == stored.sha256) for (sha256, _), starts in begun.items()]
    return tuple(sorted(found, key=lambda one: datetime.fromisoformat(one.first)))


def get_log_days(project: Project) -> float | None:
    """Days that the longest log reached over when it was taken in, without a gap of over a week; None where none was. Shifts that were
    taken in from footage are no log."""
    taken: dict[tuple[str, str], list[datetime]] = {}
    for sha256, _, about, created in project.read(lambda db: facts_table.list_fact_subjects(db, KIND)):
        if APART not in about:
            taken.setdefault((sha256, created), []).append(datetime.fromisoformat(about))
    return max((_compute_time_span(sorted(starts)) / timedelta(days=1) for starts in taken.values()), default=None)


def _compute_time_span(starts: list[datetime]) -> timedelta:
    """From the start of the first shift to the end of the last, which is as long as the shortest step between two."""
    longest = here = timedelta(0)
    for before, after in pairwise(starts):
        here = here + (after - before) if after - before <= LONGEST_GAP else timedelta(0)
        longest = max(longest, here)
    return longest + min((after - before for before, after in pairwise(starts)), default=timedelta(0))


def _make_epoch(model: str, starts: set[str], same: bool) -> ModelEpoch:
    inorder = sorted(starts, key=datetime.fromisoformat)
    return ModelEpoch(model, len(inorder), inorder[0], inorder[-1], same)
