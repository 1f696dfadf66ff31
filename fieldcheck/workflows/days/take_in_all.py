"""Logs and footage taken in one after the other, then everything that follows from them: retention, risk, alarms that are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.shift import ConfidenceAccuracy, DroppedShifts, MonitoredShift, find_waiting_risk
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.days.alarms import RISK, take_new_alarms
from fieldcheck.workflows.days.monitor import ImportedShifts, compute_followed_shifts, count_risk, load_notes
from fieldcheck.workflows.days.retention import drop_old_shifts
from fieldcheck.workflows.days.shift_accuracy import estimate_accuracy_by_shift
from fieldcheck.workflows.days.watch_frames import MonitorRequest, import_path_shifts

WINDOW = "window"  # hears of an alarm apart from programs


@dataclass(frozen=True, slots=True)
class ShiftImportResult:
    """Shifts that several logs and clips brought; `dropped` by retention; `alarms` that nobody was told of before, and the start of a
    shift whose accuracy is newly `at_risk` with that accuracy, empty and None without one."""

    brought: tuple[ImportedShifts, ...]
    dropped: DroppedShifts
    alarms: tuple[MonitoredShift, ...]
    at_risk: str = ""
    accuracy: ConfidenceAccuracy | None = None


def import_all_shifts(project: Project, paths: Sequence[Path], progress: Progress, now: str) -> ShiftImportResult:
    """Takes each path in, newest model, shifts of eight hours. An alarm is told once. Raises as `import_path_shifts`."""
    asked = MonitorRequest()
    brought = tuple(import_path_shifts(project, path, asked, progress, now) for path in paths)
    dropped, risk = drop_old_shifts(project, None, now), ""
    accuracy = estimate_accuracy_by_shift(project)[0]
    shifts = compute_followed_shifts(project)
    risk = find_waiting_risk(shifts, accuracy, load_notes(project))
    count_risk(project, bool(risk), None, now)
    new = take_new_alarms(project, None, now, risk, WINDOW)
    begun = {one.began for one in new if one.check != RISK}
    newly = risk if any(one.check == RISK for one in new) else ""
    alarms = tuple(one for one in shifts if one.began in begun)
    return ShiftImportResult(brought, dropped, alarms, newly, accuracy.get(newly))
