"""An open camera that is shown, measured and recorded: shared by the Capture screen and the command
line, also without a window.

A screen makes one `LiveCamera` a camera, polls `ring.get_latest()` for the picture and
`get_status()` for everything else, and hands `finish_recording` to a job once `stop_recording` has
returned.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.frame import Quality
from fieldcheck.domain.recording import (
    LightingChange,
    MomentKind,
    RecordedMoment,
    RecordingGap,
    RecordingStorage,
)
from fieldcheck.errors.files import (
    CameraLost,
    DiskFull,
    FieldcheckError,
    NoPictures,
    PathMissing,
    PictureUnreadable,
    VideoUnreadable,
)
from fieldcheck.footage.camera.camera import Camera, CapturedFrame, FrameRing
from fieldcheck.footage.camera.exposure_control import ControlChange, compute_exposure_step
from fieldcheck.footage.camera.playback import ImageCamera, VideoCamera
from fieldcheck.footage.camera.reconnect import CameraStatus, Watchdog, WatchdogLimits
from fieldcheck.footage.camera.sources import get_environment_password, make_camera, parse_source
from fieldcheck.footage.finish_recording import finish_recording, insert_recording, make_recording
from fieldcheck.footage.frame_listing import ImportedRecording
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.recorder import (
    DiskLimits,
    DiskSpaceLeft,
    DiskSpaceMonitor,
    DiskUsageRegistry,
    Recorder,
    RecordingProgress,
    StoragePlan,
)
from fieldcheck.imaging.contrast_and_colour import resize
from fieldcheck.imaging.quality import mark_clipping, measure_quality
from fieldcheck.imaging.raw import OWN_CODING
from fieldcheck.paths import RECORDINGS
from fieldcheck.progress import (
    Cancelled,
    CancelToken,
    LatestValue,
    NullProgress,
    Progress,
    use_cancel_token,
)
from fieldcheck.project.project import Project
from fieldcheck.project.tables import recordings as captures_table

# 1.4 s of 1080p30 as pixels, half a minute of a webcam's JPEGs: for that long a disk may not answer
RING_BYTES = 256 << 20
# a file may stand still, and go over a pause
PLAYED = WatchdogLimits(silence_s=30.0, frozen_s=None)
USUAL_FPS = 30.0
PACKED = 0.6  # share of its size that a frame of pixels takes when it is packed
ID_BYTES = 6

# the recordings that are written into one project
_beside: WeakKeyDictionary[Project, DiskUsageRegistry] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """State of one camera. `recorded`: progress of the running recording, or of the last one; None
    before the first.

    `recording_id` is empty while nothing is recorded. `conditions`: present lighting note;
    `moments`: marks of this recording."""

    name: str
    camera_status: CameraStatus
    recording_id: str = ""
    recorded: RecordingProgress | None = None
    conditions: tuple[str, ...] = ()
    moments: tuple[RecordedMoment, ...] = ()


class LiveCamera:
    """One camera between `start` and `stop`. All other methods may be called from any one thread;
    none waits for the camera.

    `source` as for `open_camera`; the password is sent to the camera only. Raises CameraRefused,
    NoPictures where the source cannot be a camera."""

    def __init__(
        self,
        source: str,
        password: str = "",
        limits: WatchdogLimits | None = None,
        make: Callable[[], Camera] | None = None,
    ) -> None:
        secret = password or get_environment_password()
        where = parse_source(source, secret)
        self._make = make or partial(make_camera, where)
        first = self._make()
        self.name, self.source = first.name, str(where)
        self.ring = FrameRing(RING_BYTES)
        self._firsts = [first]
        self._watch = Watchdog(
            self._make_camera,
            self.ring,
            limits
            or (PLAYED if isinstance(first, VideoCamera | ImageCamera) else WatchdogLimits()),
        )
        self._session: _RecordingSession | None = None
        self._conditions: tuple[str, ...] = ()
        self._changing = threading.Lock()

    def start(self) -> None:
        """Opens the camera on its own thread, and retries until it is there."""
        self._watch.start()

    def stop(self) -> None:
        """Ends everything, a recording too, within seconds, even where the driver hangs. May be
        called twice."""
        self.stop_recording()
        self._watch.stop()

    def get_status(self) -> CaptureStatus:
        """State of the camera and its recording, for polling."""
        recording_session = self._session
        if recording_session is None:
            return CaptureStatus(self.name, self._watch.get_status(), conditions=self._conditions)
        running = recording_session.recorder.running
        return CaptureStatus(
            self.name,
            self._watch.get_status(),
            recording_session.recording_id if running else "",
            recording_session.recorder.progress,
            self._conditions,
            recording_session.moments,
        )

    def adjust(self, wish: ControlChange) -> None:
        """Changes exposure, gain or lock. The result is reported in the settings of later
        frames."""
        self._watch.adjust(wish)

    def estimate_disk_space(
        self, project: Project, every_frame: bool = False, limits: DiskLimits | None = None
    ) -> DiskSpaceLeft:
        """How long a recording could last, before it is started, by the present data rate."""
        return DiskSpaceMonitor(
            project.path, limits, together=_get_disk_registry(project)
        ).get_space_left(time.monotonic(), 0, self._estimate_byte_rate(every_frame))

    def start_recording(
        self,
        project: Project,
        footage_info: FootageInfo,
        every_frame: bool = False,
        limits: DiskLimits | None = None,
    ) -> str:
        """Stores frames from now on. Returns the id of the recording, whose row is in the project
        by then.

        `footage_info.conditions`: the lighting from the beginning on. Raises DiskFull where the
        disk has no space to begin; ValueError during a recording."""
        with self._changing:
            if self._session is not None and self._session.recorder.running:
                raise ValueError(f"{self.name} is being recorded")
            if self.estimate_disk_space(project, every_frame, limits).level == "stop":
                raise DiskFull(project.path, kept_free=True)
            self._conditions = footage_info.conditions
            self._session = _RecordingSession(
                project, self, self._watch, footage_info, every_frame, limits
            )
            self._session.start()
            return self._session.recording_id

    def stop_recording(self) -> RecordingProgress | None:
        """Closes the files; None where nothing was recorded. `finish_recording` then lists the
        frames, in a job."""
        with self._changing:
            return self._session.stop() if self._session is not None else None

    def add_mark(self) -> RecordedMoment | None:
        """Marks this moment of the recording; None without a recording or before its first
        frame."""
        return self._session.add_moment("moment") if self._session is not None else None

    def store_single_frame(self) -> RecordedMoment | None:
        """Stores and marks the next frame even where it is not on the grid. None as `add_mark`."""
        return self._session.add_moment("single") if self._session is not None else None

    def reduce_storing(self) -> None:
        """From now on stores only frames on the grid, for a camera of pixels, for instance because
        the disk is filling up."""
        if self._session is not None:
            self._session.recorder.store_only_grid()

    def set_conditions(self, conditions: tuple[str, ...]) -> None:
        """Sets the conditions from now on; stored with their time during a recording."""
        self._conditions = conditions
        if self._session is not None:
            self._session.add_conditions(conditions)

    def _make_camera(self) -> Camera:
        return self._firsts.pop() if self._firsts else self._make()

    def _estimate_byte_rate(self, every_frame: bool) -> float:
        """Bytes a second, by the newest frame."""
        frame, sign = self.ring.get_latest(), self._watch.get_status()
        if frame is None:
            return 0.0
        if frame.raw.format in OWN_CODING:
            return frame.raw.n_bytes * (sign.fps or USUAL_FPS)
        return (
            frame.raw.n_bytes
            * PACKED
            * ((sign.fps or USUAL_FPS) if every_frame else StoragePlan().list_fps)
        )


class _RecordingSession:
    """One recording, from Record to Stop."""

    def __init__(
        self,
        project: Project,
        live: LiveCamera,
        watch: Watchdog,
        footage_info: FootageInfo,
        every_frame: bool,
        limits: DiskLimits | None,
    ) -> None:
        self.recording_id = secrets.token_hex(ID_BYTES)
        self.moments: tuple[RecordedMoment, ...] = ()
        self._project = project
        about = {
            "source": live.source,
            "camera": footage_info.camera or live.name,
            "location": footage_info.location,
            "taken_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "conditions": list(footage_info.conditions),
            "list_fps": footage_info.list_fps,
            "on_grid": not every_frame,
        }
        self._recording = make_recording(self.recording_id, about)
        folder = project.path / RECORDINGS / self.recording_id
        plan, disk_space_monitor = (
            StoragePlan(every_frame, footage_info.list_fps),
            DiskSpaceMonitor(project.path, limits, together=_get_disk_registry(project)),
        )
        self.recorder = Recorder(live.ring, watch, folder, about, plan, disk_space_monitor)

    def start(self) -> None:
        """Store the recording's row first, then its frames."""
        self._project.recording.add(self.recording_id)
        try:
            self._project.write(lambda db: insert_recording(db, self._recording)).result()
        except BaseException:
            self._project.recording.discard(self.recording_id)
            raise
        self.recorder.start()

    def stop(self) -> RecordingProgress:
        """Stop storing frames. The recording stays registered until its frames are listed, so that
        no other process recovers it meanwhile."""
        return self.recorder.stop()

    def add_moment(self, kind: MomentKind) -> RecordedMoment | None:
        at_s = self._get_elapsed_s()
        if at_s is None:
            return None
        noted = RecordedMoment(at_s, kind)
        self.recorder.store_next()
        self._project.write(
            lambda db: captures_table.add_moment(db, self.recording_id, noted)
        ).result()
        self.moments = (*self.moments, noted)
        return noted

    def add_conditions(self, conditions: tuple[str, ...]) -> None:
        if self.recorder.running:
            light = LightingChange(self._get_elapsed_s() or 0.0, conditions)
            self._project.write(
                lambda db: captures_table.add_light(db, self.recording_id, light)
            ).result()

    def _get_elapsed_s(self) -> float | None:
        """Seconds from the first frame; None while there is none, or none any more."""
        began = self.recorder.progress.began_ns
        return (time.monotonic_ns() - began) / 1e9 if began and self.recorder.running else None


def _get_disk_registry(project: Project) -> DiskUsageRegistry:
    return _beside.setdefault(project, DiskUsageRegistry())


# A recording from beginning to end without a window: so many seconds of one camera, then its frames
# listed.

FIRST_S = 10.0
LOOK_EVERY_S = 0.1
# Opening it again cannot give another camera.
OF_A_FILE = (NoPictures, PathMissing, PictureUnreadable, VideoUnreadable)


@dataclass(frozen=True, slots=True)
class CapturedFootage:
    """A recording that has ended, and how it was kept. `interrupted`: somebody stopped it before
    its time."""

    imported: ImportedRecording
    captured: RecordingStorage
    gaps: tuple[RecordingGap, ...]
    interrupted: bool


def capture_footage(
    project: Project,
    live: LiveCamera,
    footage_info: FootageInfo,
    seconds: float,
    progress: Progress,
    now: str,
    every_frame: bool = False,
    limits: DiskLimits | None = None,
    first_s: float = FIRST_S,
) -> CapturedFootage:
    """Records `seconds` of a camera, counted from its first frame, through every loss and return of
    the camera.

    Stopped by `progress` or by a full disk, it keeps what it has. Raises the camera's error, or
    CameraLost, where no frame arrived within `first_s`; DiskFull where the disk has no space to
    begin."""
    live.start()
    try:
        wait_for_frame(live, progress, first_s)
        recording_id = live.start_recording(project, footage_info, every_frame, limits)
        interrupted = _wait_until_done(live, seconds, progress)
        recorded = live.stop_recording()
    finally:
        live.stop()
    return _finish_capture(project, recording_id, live, recorded, interrupted, progress, now)


def wait_for_frame(live: LiveCamera, progress: Progress, first_s: float = FIRST_S) -> None:
    """Waits for the first frame of a camera that was started. Raises the camera's error, or
    CameraLost, where none arrived within `first_s`; Cancelled."""
    began = time.monotonic()
    while live.ring.get_latest() is None:
        progress.check()
        error, passed = live.get_status().camera_status.error, time.monotonic() - began
        if isinstance(error, OF_A_FILE) or passed > first_s:
            raise error or CameraLost(live.name)
        progress.report(int(passed), int(first_s), "seconds")
        time.sleep(LOOK_EVERY_S)


def _wait_until_done(live: LiveCamera, seconds: float, progress: Progress) -> bool:
    """Wait until enough is recorded or nothing more can be; returns whether the user stopped it."""
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
    """List the recorded frames even after an interruption; only a second interruption stops the
    listing."""
    with use_cancel_token(CancelToken()) if interrupted else nullcontext():
        imported = finish_recording(
            project, recording_id, NullProgress() if interrupted else progress, now, recorded
        )
    if imported is None:
        raise CameraLost(live.name)
    captured = project.read(lambda db: captures_table.get_capture(db, recording_id))
    assert captured is not None, "a recording that is finished says how it was kept"
    return CapturedFootage(
        imported,
        captured,
        project.read(lambda db: captures_table.list_gaps(db, recording_id)),
        interrupted,
    )


# Live picture that a person sees of a camera: its newest frame as large as there is room, and how
# dark, blurred and glaring it is.

WAIT_S = 0.05  # for a frame, before the thread looks whether it is to stop
STOP_S = 2.0
MEASURE_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class LiveImage:
    """`rgb`: (h, w, 3) uint8, made for the screen and for nothing else. `width`, `height`: of the
    frame itself. `quality` was measured on this frame or on one at most 0.2 s before it."""

    rgb: NDArray[np.uint8]
    width: int
    height: int
    index: int
    t_s: float
    quality: Quality


class LiveImageFeed:
    """Prepares frames of a ring for display between `start` and `stop`, once; the newest is in
    `images`. Never more than one frame behind."""

    def __init__(self, ring: FrameRing) -> None:
        self.images = LatestValue[LiveImage]()
        self._feed = ring.subscribe()
        self._stopping = threading.Event()
        self._display_size: tuple[int, int] = (0, 0)
        self._hatch = True
        self._watched = threading.Event()
        self._watched.set()
        self._quality: Quality | None = None
        self._measured_s = 0.0
        self._thread = threading.Thread(
            target=self._render_until_stopped, name="live picture", daemon=True
        )

    def set_display_size(self, width: int, height: int) -> None:
        """Sets the size of the display in pixels."""
        self._display_size = (width, height)

    def set_clipping_marks(self, enabled: bool) -> None:
        """Whether clipped areas are striped."""
        self._hatch = enabled

    def set_visible(self, visible: bool) -> None:
        """Whether the image is shown; while it is not, no frame is decoded for it."""
        if visible:
            self._watched.set()
        else:
            self._watched.clear()

    def start(self) -> None:
        """Looks at what comes from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread. May be called twice, and without a start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _render_until_stopped(self) -> None:
        while not self._stopping.is_set():
            frame = self._feed.get_newest(WAIT_S)
            if frame is None or not self._watched.is_set():
                continue
            try:
                self.images.put_value(self._render_frame(frame))
            except FieldcheckError:
                continue  # a damaged JPEG shows nothing; it is stored and counted all the same

    def _render_frame(self, frame: CapturedFrame) -> LiveImage:
        rgb = frame.rgb
        if self._quality is None or not 0 <= frame.t_s - self._measured_s < MEASURE_EVERY_S:
            self._quality, self._measured_s = measure_quality(rgb), frame.t_s
        height, width = rgb.shape[:2]
        small = resize_to_fit(rgb, *self._display_size)
        shown = mark_clipping(small) if self._hatch else small
        return LiveImage(shown, width, height, frame.index, frame.t_s, self._quality)


def resize_to_fit(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, reduced to fit into that many pixels; unchanged where it fits or the space
    is empty."""
    own_height, own_width = rgb.shape[:2]
    if min(width, height) < 1:
        return rgb
    scale = min(width / own_width, height / own_height)
    if scale >= 1:
        return rgb
    return resize(rgb, max(1, round(own_height * scale)), max(1, round(own_width * scale)), "area")


# A camera that is open: watched, recorded, shown and adjusted.


class ViewedCamera:
    """One camera that is watched, recorded and displayed between `start` and `stop`, once. `stop`
    and recording belong off the main thread, since they may wait for the driver or the disk."""

    def __init__(
        self, source: str, password: str = "", limits: WatchdogLimits | None = None
    ) -> None:
        """Nothing is opened yet. Raises CameraRefused, NoPictures where no camera can be meant."""
        self.live = LiveCamera(source, password, limits)
        self.picture = LiveImageFeed(self.live.ring)

    def start(self) -> None:
        """Opens the camera, and opens it again whenever it is lost."""
        self.picture.start()
        self.live.start()

    def stop(self) -> None:
        """Closes the camera. May be called twice, and without a start."""
        self.picture.stop()
        self.live.stop()

    def get_status(self) -> CaptureStatus:
        """Everything about it, to be polled."""
        return self.live.get_status()

    def step_exposure(self, steps: int) -> None:
        """Change the exposure by thirds of a stop within the camera's range, and end automatic
        exposure. Does nothing where it cannot be set."""
        status = self.get_status().camera_status
        current_ms = status.settings.exposure_ms if status.settings else None
        allowed_ms = status.abilities.exposure_ms
        if allowed_ms is not None and current_ms is not None:
            change = compute_exposure_step(current_ms, allowed_ms, steps)
            if change is not None:
                self.live.adjust(change)

    def toggle_auto_exposure(self) -> None:
        """Switch automatic exposure on, or off at the present value."""
        settings = self.get_status().camera_status.settings
        self.live.adjust(
            ControlChange(auto_exposure=not (settings is not None and settings.auto_exposure))
        )

    def set_locked(self, locked: bool) -> None:
        """Lock or unlock exposure, gain and white balance."""
        self.live.adjust(ControlChange(locked=locked))
