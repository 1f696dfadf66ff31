"""A recording from beginning to end without a window: so many seconds of one camera, then its frames listed."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass

from fieldcheck.capture.disk_space import DiskLimits
from fieldcheck.capture.recorder import Recorded
from fieldcheck.domain.captured import Captured, RecordingGap
from fieldcheck.errors import CameraLost, NoPictures, PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.progress import Cancelled, Progress, Silent, StopFlag, working_under
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.workflows.capture.finish_recording import finish_recording
from fieldcheck.workflows.capture.record import LiveCamera
from fieldcheck.workflows.footage.import_footage import FootageInfo
from fieldcheck.workflows.footage.list_frames import Imported

FIRST_S = 10.0
LOOK_EVERY_S = 0.1
OF_A_FILE = (NoPictures, PathMissing, PictureUnreadable, VideoUnreadable)  # it will not be another one when it is opened again


@dataclass(frozen=True, slots=True)
class CapturedFootage:
    """A recording that has ended, and how it was kept. `interrupted`: somebody stopped it before its time."""

    imported: Imported
    captured: Captured
    gaps: tuple[RecordingGap, ...]
    interrupted: bool


def capture(
    project: Project, live: LiveCamera, told: FootageInfo, seconds: float, progress: Progress, now: str, every_frame: bool = False,
    limits: DiskLimits | None = None, first_s: float = FIRST_S,
) -> CapturedFootage:  # fmt: skip
    """Records `seconds` of a camera, counted from its first frame on, through every time that it is lost and comes back.

    Stopped by `progress`, or by a disk that fills up, it keeps what it has. Raises what the camera raised, or CameraLost, where no frame
    came within `first_s`; DiskFull where there is no room to begin.
    """
    live.start()
    try:
        _wait_for_a_frame(live, progress, first_s)
        recording_id = live.record(project, told, every_frame, limits)
        interrupted = _go_on(live, seconds, progress)
        recorded = live.stop_recording()
    finally:
        live.stop()
    return _finished(project, recording_id, live, recorded, interrupted, progress, now)


def _wait_for_a_frame(live: LiveCamera, progress: Progress, first_s: float) -> None:
    began = time.monotonic()
    while live.ring.latest() is None:
        progress.check()
        error, passed = live.now().sign.error, time.monotonic() - began
        if isinstance(error, OF_A_FILE) or passed > first_s:
            raise error or CameraLost(live.name)
        progress.report(int(passed), int(first_s), "seconds")
        time.sleep(LOOK_EVERY_S)


def _go_on(live: LiveCamera, seconds: float, progress: Progress) -> bool:
    """Waits until enough is recorded, or no more can be. Whether somebody stopped it."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds and live.now().recording_id:
        try:
            progress.check()
        except Cancelled:
            return True
        progress.report(int(passed), int(seconds), "seconds")
        time.sleep(min(LOOK_EVERY_S, seconds - passed))
    return False


def _finished(
    project: Project, recording_id: str, live: LiveCamera, recorded: Recorded | None, interrupted: bool, progress: Progress, now: str
) -> CapturedFootage:
    """What was recorded is listed also where somebody stopped it: only a second time is really meant."""
    with working_under(StopFlag()) if interrupted else nullcontext():
        imported = finish_recording(project, recording_id, Silent() if interrupted else progress, now, recorded)
    if imported is None:
        raise CameraLost(live.name)
    captured = project.read(lambda db: captures_table.get(db, recording_id))
    assert captured is not None, "a recording that is finished says how it was kept"
    return CapturedFootage(imported, captured, project.read(lambda db: captures_table.gaps(db, recording_id)), interrupted)
