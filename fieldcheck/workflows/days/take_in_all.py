"""Logs and footage taken in one after the other, then everything that follows from them: retention, risk, alarms that are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.shift import ConfidenceAccuracy, DroppedShifts, FollowedShift, waiting_risk
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.days.alarms import RISK, tell_once
from fieldcheck.workflows.days.monitor import TakenIn, count_risk, followed, notes
from fieldcheck.workflows.days.retention import drop_old
from fieldcheck.workflows.days.shift_accuracy import accuracy_by_shift
from fieldcheck.workflows.days.watch_frames import WatchRequest, take_in_path

WINDOW = "window"  # hears of an alarm apart from programs


@dataclass(frozen=True, slots=True)
class BroughtShifts:
    """Shifts that several logs and clips brought; `dropped` by retention; `alarms` that nobody was told of before, and the start of a
    shift whose accuracy is newly `at_risk` with that accuracy, empty and None without one."""

    brought: tuple[TakenIn, ...]
    dropped: DroppedShifts
    alarms: tuple[FollowedShift, ...]
    at_risk: str = ""
    accuracy: ConfidenceAccuracy | None = None


def take_in_all(project: Project, paths: Sequence[Path], progress: Progress, now: str) -> BroughtShifts:
    """Takes each path in, newest model, shifts of eight hours. An alarm is told once. Raises as `take_in_path`."""
    asked = WatchRequest()
    brought = tuple(take_in_path(project, path, asked, progress, now) for path in paths)
    dropped, risk = drop_old(project, None, now), ""
    accuracy = accuracy_by_shift(project)[0]
    shifts = followed(project)
    risk = waiting_risk(shifts, accuracy, notes(project))
    count_risk(project, bool(risk), None, now)
    new = tell_once(project, None, now, risk, WINDOW)
    begun = {one.began for one in new if one.check != RISK}
    newly = risk if any(one.check == RISK for one in new) else ""
    alarms = tuple(one for one in shifts if one.began in begun)
    return BroughtShifts(brought, dropped, alarms, newly, accuracy.get(newly))
