"""Shifts of the deployed model for the report: how each stood, its accuracy, who looked, and shifts of other models."""

from __future__ import annotations

from fieldcheck.domain.shift import MonitoringResult, list_waiting_alarms
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.days.epochs import get_log_days, list_other_epochs
from fieldcheck.workflows.days.monitor import compute_followed_shifts, load_notes, load_seen_cameras
from fieldcheck.workflows.days.shift_accuracy import estimate_accuracy_by_shift


def load_monitored_shifts(project: Project) -> MonitoringResult | None:
    """None where no shift of any model was taken in."""
    models = project.read(models_table.list_models)
    if not models:
        return None
    shifts, others = compute_followed_shifts(project), list_other_epochs(project)
    if not shifts and not others:
        return None
    accuracy, reason = estimate_accuracy_by_shift(project) if shifts else ({}, "")
    said = load_notes(project)
    waiting = tuple(one.began for one in list_waiting_alarms(shifts, said, load_seen_cameras(project)))
    return MonitoringResult(models[-1].name, shifts, accuracy, reason, said, others, waiting, get_log_days(project))
