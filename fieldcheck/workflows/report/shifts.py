"""Shifts of the deployed model for the report: how each stood, its accuracy, who looked, and shifts of other models."""

from __future__ import annotations

from fieldcheck.domain.shift import Monitored, waiting_alarms
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.days.epochs import log_days, other_epochs
from fieldcheck.workflows.days.monitor import followed, notes, seen_cameras
from fieldcheck.workflows.days.shift_accuracy import accuracy_by_shift


def facts_of(project: Project) -> Monitored | None:
    """None where no shift of any model was taken in."""
    models = project.read(models_table.all)
    if not models:
        return None
    shifts, others = followed(project), other_epochs(project)
    if not shifts and not others:
        return None
    accuracy, reason = accuracy_by_shift(project) if shifts else ({}, "")
    said = notes(project)
    waiting = tuple(one.began for one in waiting_alarms(shifts, said, seen_cameras(project)))
    return Monitored(models[-1].name, shifts, accuracy, reason, said, others, waiting, log_days(project))
