"""A recording from beginning to end without a window: so many seconds of one camera, then its frames listed."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass

from fieldcheck.capture.disk_space import DiskLimits
from fieldcheck.capture.recorder import RecordingProgress
from fieldcheck.domain.captured import RecordingGap, RecordingStorage
from fieldcheck.errors import CameraLost, NoPictures, PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.progress import Cancelled, CancelToken, NullProgress, Progress, use_cancel_token
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.workflows.capture.finish_recording import finish_recording
from fieldcheck.workflows.capture.record import LiveCamera
from fieldcheck.workflows.footage.import_footage import FootageInfo
from fieldcheck.workflows.footage.list_frames import ImportedRecording

FIRST_S = 10.0
LOOK_EVERY_S = 0.1
OF_A_FILE = (NoPictures, PathMissing, PictureUnreadable, VideoUnreadable)  # it will not be another one when it is opened again


@dataclass(frozen=True, slots=True)
class CapturedFootage:
    """A recording that has ended, and how it was kept. `interrupted`: somebody stopped it before its time."""

    imported: ImportedRecording
    captured: RecordingStorage
    gaps: tuple[RecordingGap, ...]
    interrupted: bool


def capture_footage(
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
        recording_id = live.start_recording(project, told, every_frame, limits)
        interrupted = _wait_until_done(live, seconds, progress)
        recorded = live.stop_recording()
    finally:
        live.stop()
    return _finish_capture(project, recording_id, live, recorded, interrupted, progress, now)


def _wait_for_a_frame(live: LiveCamera, progress: Progress, first_s: float) -> None:
    began = time.monotonic()
    while live.ring.get_latest() is None:
        progress.check()
        error, passed = live.get_status().camera_status.error, time.monotonic() - began
        if isinstance(error, OF_A_FILE) or passed > first_s:
            raise error or CameraLost(live.name)
        progress.report(int(passed), int(first_s), "seconds")
        time.sleep(LOOK_EVERY_S)


def _wait_until_done(live: LiveCamera, seconds: float, progress: Progress) -> bool:
    """Waits until enough is recorded, or no more can be. Whether somebody stopped it."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds and live.get_status().recording_id:
        try:
            progress.check()
        except Cancelled:
            return True
        progress.report(int(passed), int(seconds), "seconds")
        time.sleep(min(LOOK_EVERY_S, seconds - passed))
    return False


def _finish_capture(
    project: Project,
    recording_id: str,
    live: LiveCamera,
    recorded: RecordingProgress | None,
    interrupted: bool,
    progress: Progress,
    now: str,
) -> CapturedFootage:
    """What was recorded is listed also where somebody stopped it: only a second time is really meant."""
    with use_cancel_token(CancelToken()) if interrupted else nullcontext():
        imported = finish_recording(project, recording_id, NullProgress() if interrupted else progress, now, recorded)
    if imported is None:
        raise CameraLost(live.name)
    captured = project.read(lambda db: captures_table.get_capture(db, recording_id))
    assert captured is not None, "a recording that is finished says how it was kept"
    return CapturedFootage(imported, captured, project.read(lambda db: captures_table.list_gaps(db, recording_id)), interrupted)
