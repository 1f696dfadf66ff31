"""A camera that is looked at and, from one press of Record to the next, recorded: what the Capture screen and the terminal share.

A screen makes one `LiveCamera` a camera, polls `ring.get_latest()` for the picture and `get_status()` for everything else, and hands
`finish_recording` to a job once `stop_recording` has returned.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from weakref import WeakKeyDictionary

from fieldcheck.capture.camera import Camera, ControlChange
from fieldcheck.capture.disk_space import DiskLimits, DiskSpaceLeft, DiskSpaceMonitor, DiskUsageRegistry
from fieldcheck.capture.file_camera import ImageCamera, VideoCamera
from fieldcheck.capture.recorder import Recorder, RecordingProgress, StoragePlan
from fieldcheck.capture.ring import FrameRing
from fieldcheck.capture.sources import make_camera, parse_source
from fieldcheck.capture.watchdog import CameraStatus, Watchdog, WatchdogLimits
from fieldcheck.domain.captured import LightingChange, MomentKind, RecordedMoment
from fieldcheck.errors import DiskFull
from fieldcheck.imaging.raw import OWN_CODING
from fieldcheck.project.folder import Project
from fieldcheck.project.layout import RECORDINGS
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.workflows.capture.cameras import get_environment_password
from fieldcheck.workflows.capture.finish_recording import insert_recording, make_recording
from fieldcheck.workflows.footage.import_footage import FootageInfo

RING_BYTES = 256 << 20  # 1.4 s of 1080p30 as pixels, half a minute of a webcam's JPEGs: for that long a disk may not answer
PLAYED = WatchdogLimits(silence_s=30.0, frozen_s=None)  # a file may stand still, and go over a pause
USUAL_FPS = 30.0
PACKED = 0.6  # share of its size that a frame of pixels takes when it is packed
ID_BYTES = 6

_beside: WeakKeyDictionary[Project, DiskUsageRegistry] = WeakKeyDictionary()  # the recordings that are written into one project


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """Everything about one camera at this moment. `recorded` is that of the recording that runs, or of the last one; None before the first.

    `recording_id` is empty while nothing is recorded. `conditions`: what is told of the light now. `moments`: those of this recording.
    """

    name: str
    camera_status: CameraStatus
    recording_id: str = ""
    recorded: RecordingProgress | None = None
    conditions: tuple[str, ...] = ()
    moments: tuple[RecordedMoment, ...] = ()


class LiveCamera:
    """One camera from `start` to `stop`. Everything but these two may be called from any one thread; nothing waits for the camera.

    `source` as `open_camera` takes it; the password goes to the camera and nowhere else. Raises CameraRefused, NoPictures where no
    camera can be meant by it.
    """

    def __init__(
        self, source: str, password: str = "", limits: WatchdogLimits | None = None, make: Callable[[], Camera] | None = None
    ) -> None:
        secret = password or get_environment_password()
        where = parse_source(source, secret)
        self._make = make or partial(make_camera, where)
        first = self._make()
        self.name, self.source = first.name, str(where)
        self.ring = FrameRing(RING_BYTES)
        self._firsts = [first]
        self._watch = Watchdog(
            self._make_camera, self.ring, limits or (PLAYED if isinstance(first, VideoCamera | ImageCamera) else WatchdogLimits())
        )
        self._session: _RecordingSession | None = None
        self._conditions: tuple[str, ...] = ()
        self._changing = threading.Lock()

    def start(self) -> None:
        """Opens the camera, on a thread of its own; it is opened again and again until it is there."""
        self._watch.start()

    def stop(self) -> None:
        """Ends everything, a recording too. Returns within seconds, also where the driver hangs. May be called twice."""
        self.stop_recording()
        self._watch.stop()

    def get_status(self) -> CaptureStatus:
        """Everything about it, to be polled."""
        session = self._session
        if session is None:
            return CaptureStatus(self.name, self._watch.get_status(), conditions=self._conditions)
        running = session.recorder.running
        return CaptureStatus(
            self.name,
            self._watch.get_status(),
            session.recording_id if running else "",
            session.recorder.progress,
            self._conditions,
            session.moments,
        )

    def adjust(self, wish: ControlChange) -> None:
        """Exposure, gain, lock. What came of it is told by `now().sign.settings`."""
        self._watch.adjust(wish)

    def estimate_disk_space(self, project: Project, every_frame: bool = False, limits: DiskLimits | None = None) -> DiskSpaceLeft:
        """How long a recording could go on, before it is begun: by what comes now, as far as anything does."""
        return DiskSpaceMonitor(project.path, limits, together=_get_disk_registry(project)).get_space_left(
            time.monotonic(), 0, self._estimate_byte_rate(every_frame)
        )

    def start_recording(self, project: Project, told: FootageInfo, every_frame: bool = False, limits: DiskLimits | None = None) -> str:
        """Stores what comes from now on; returns the name of the recording. Its row is in the project when this returns.

        `told.conditions` is the light from the beginning on. Raises DiskFull where there is no room to begin; ValueError while one runs.
        """
        with self._changing:
            if self._session is not None and self._session.recorder.running:
                raise ValueError(f"{self.name} is being recorded")
            if self.estimate_disk_space(project, every_frame, limits).level == "stop":
                raise DiskFull(project.path, kept_free=True)
            self._conditions = told.conditions
            self._session = _RecordingSession(project, self, self._watch, told, every_frame, limits)
            self._session.start()
            return self._session.recording_id

    def stop_recording(self) -> RecordingProgress | None:
        """Closes the files; None where nothing was recorded. The frames are listed by `finish_recording`, which wants a job."""
        with self._changing:
            return self._session.stop() if self._session is not None else None

    def add_mark(self) -> RecordedMoment | None:
        """This moment of the recording; None while nothing is recorded, or before its first frame."""
        return self._session.add_moment("moment") if self._session is not None else None

    def store_single_frame(self) -> RecordedMoment | None:
        """The next frame is stored whatever the grid says, and marked. None as `add_mark`."""
        return self._session.add_moment("single") if self._session is not None else None

    def reduce_storing(self) -> None:
        """Of a camera of pixels only the frames of the grid from now on, for instance because the disk fills up."""
        if self._session is not None:
            self._session.recorder.store_only_grid()

    def set_conditions(self, conditions: tuple[str, ...]) -> None:
        """Conditions, what the field does to the picture from now on; stored with its time while a recording runs."""
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
        return frame.raw.n_bytes * PACKED * ((sign.fps or USUAL_FPS) if every_frame else StoragePlan().list_fps)


class _RecordingSession:
    """One press of Record."""

    def __init__(
        self, project: Project, live: LiveCamera, watch: Watchdog, told: FootageInfo, every_frame: bool, limits: DiskLimits | None
    ) -> None:
        self.recording_id = secrets.token_hex(ID_BYTES)
        self.moments: tuple[RecordedMoment, ...] = ()
        self._project = project
        about = {
            "source": live.source,
            "camera": told.camera or live.name,
            "location": told.location,
            "taken_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "conditions": list(told.conditions),
            "list_fps": told.list_fps,
            "on_grid": not every_frame,
        }
        self._recording = make_recording(self.recording_id, about)
        folder = project.path / RECORDINGS / self.recording_id
        plan, room = StoragePlan(every_frame, told.list_fps), DiskSpaceMonitor(project.path, limits, together=_get_disk_registry(project))
        self.recorder = Recorder(live.ring, watch, folder, about, plan, room)

    def start(self) -> None:
        """The row first, then the frames."""
        self._project.recording.add(self.recording_id)
        try:
            self._project.write(lambda db: insert_recording(db, self._recording)).result()
        except BaseException:
            self._project.recording.discard(self.recording_id)
            raise
        self.recorder.start()

    def stop(self) -> RecordingProgress:
        """The name stays taken until the frames are listed, so that nobody adopts the recording before."""
        return self.recorder.stop()

    def add_moment(self, kind: MomentKind) -> RecordedMoment | None:
        at_s = self._get_elapsed_s()
        if at_s is None:
            return None
        noted = RecordedMoment(at_s, kind)
        self.recorder.store_next()
        self._project.write(lambda db: captures_table.add_moment(db, self.recording_id, noted)).result()
        self.moments = (*self.moments, noted)
        return noted

    def add_conditions(self, conditions: tuple[str, ...]) -> None:
        if self.recorder.running:
            light = LightingChange(self._get_elapsed_s() or 0.0, conditions)
            self._project.write(lambda db: captures_table.add_light(db, self.recording_id, light)).result()

    def _get_elapsed_s(self) -> float | None:
        """Seconds from the first frame; None while there is none, or none any more."""
        began = self.recorder.progress.began_ns
        return (time.monotonic_ns() - began) / 1e9 if began and self.recorder.running else None


def _get_disk_registry(project: Project) -> DiskUsageRegistry:
    return _beside.setdefault(project, DiskUsageRegistry())
