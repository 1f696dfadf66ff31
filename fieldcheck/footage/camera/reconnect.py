"""The thread that reads one camera, the thread that notices a silent camera within three seconds
and reopens it, and the measured rate."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from fieldcheck.errors.files import CameraLost, FieldcheckError
from fieldcheck.footage.camera.camera import Camera, CapturedFrame, FrameFormat, FrameRing
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlChange,
    HasExposureControl,
)
from fieldcheck.imaging.raw import RawImage
from fieldcheck.progress import LatestValue

# How often something happened a second, lately.

WINDOW_S = 2.0


class EventRate:
    """Rate of events over the last two seconds, or since the first one where that is less.
    Thread-safe; `now` is monotonic time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: deque[float] = deque()
        self._began: float | None = None

    def count_event(self, now: float) -> None:
        """Counts one event."""
        with self._lock:
            if self._began is None:
                self._began = now
                return  # The first event ends no interval.
            self._times.append(now)
            self._drop_old(now)

    def get_per_second(self, now: float) -> float:
        """Events per second; 0 before the second event, and two seconds after the last."""
        with self._lock:
            self._drop_old(now)
            seconds = min(WINDOW_S, now - self._began) if self._began is not None else 0.0
            return len(self._times) / seconds if seconds > 0 else 0.0

    def _drop_old(self, now: float) -> None:
        while self._times and self._times[0] <= now - WINDOW_S:
            self._times.popleft()


# The thread that reads one camera. No other thread waits for it, and it waits for none.

# how long the camera may wait for a frame before the thread looks whether it is to stop
WAIT_S = 0.1
# a driver that does not come back is left to itself: the thread is a daemon and closes the camera
# when it can
STOP_S = 1.0

log = logging.getLogger(__name__)


class FrameSink(Protocol):
    """Where frames go: a ring, or what stands before one."""

    def push(self, frame: CapturedFrame) -> None:
        """The newest frame."""


class CaptureLoop:
    """Reads a camera between `start` and `stop`, once, and pushes every frame into the ring with
    the number of this `opening`.

    `n_frames`: frames pushed; `n_dropped`: gaps in the camera's own count; `abilities`: its
    controls, once open; `trouble`: the error that ended the thread early."""

    def __init__(
        self,
        camera: Camera,
        ring: FrameSink,
        trouble: LatestValue[FieldcheckError],
        opening: int = 0,
    ) -> None:
        self._camera, self._ring, self._trouble, self._opening = camera, ring, trouble, opening
        self._returned = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"capture {camera.name}", daemon=True
        )
        self._rate = EventRate()
        self._expected = 0
        self._wishes: queue.SimpleQueue[ControlChange] = queue.SimpleQueue()
        self.abilities = CameraCapabilities()
        self.n_frames = 0
        self.n_dropped = 0

    def start(self) -> None:
        """Opens the camera on a new thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, which closes the camera, within a second. May be called twice, and
        without a start."""
        self.stop_without_waiting()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def stop_without_waiting(self) -> None:
        """Ends the thread without waiting for it; no further frame is pushed."""
        self._stopping.set()

    def adjust(self, wish: ControlChange) -> None:
        """Requests a change of controls before the next frame; ignored by a camera without
        controls. Thread-safe."""
        self._wishes.put(wish)

    @property
    def running(self) -> bool:
        """Whether the camera is being read."""
        return self._thread.is_alive()

    @property
    def fps(self) -> float:
        """Frames a second, over the last two seconds."""
        return self._rate.get_per_second(time.monotonic())

    @property
    def waiting_s(self) -> float:
        """Seconds since the driver was called to open the camera or to read the present frame."""
        return time.monotonic() - self._returned

    def _run(self) -> None:
        try:
            self._camera.open()
            try:
                self._read_until_stopped()
            finally:
                self._camera.close()
        except FieldcheckError as error:
            self._trouble.put_value(error)
        except Exception:
            # A driver may raise any exception; it must reach the screen and not end the program.
            log.exception("camera %s failed", self._camera.name)
            self._trouble.put_value(CameraLost(self._camera.name))

    def _read_until_stopped(self) -> None:
        if isinstance(self._camera, HasExposureControl):
            self.abilities = self._camera.get_capabilities()
        while not self._stopping.is_set():
            self._apply_adjustment()
            frame = self._camera.read(WAIT_S)
            self._returned = time.monotonic()
            if frame is not None and not self._stopping.is_set():
                self._push_frame(frame)

    def _apply_adjustment(self) -> None:
        while not self._wishes.empty():
            wish = self._wishes.get()
            if isinstance(self._camera, HasExposureControl):
                self._camera.adjust(wish)

    def _push_frame(self, frame: CapturedFrame) -> None:
        self.n_dropped += frame.index - self._expected
        self._expected = frame.index + 1
        self.n_frames += 1
        self._rate.count_event(time.monotonic())
        frame.opening = self._opening
        self._ring.push(frame)


TICK_S = 0.1

FEWEST_SAME = 3  # pictures that must be the same, however slowly they come
SLOWEST = 3.0  # frame times of a slow camera that may pass without one
SPARSE = 16  # of so many rows one is compared first
MOST_STUCK = 3  # threads that a driver may hold for ever before it is asked no more

State = Literal["opening", "live", "lost"]
Cause = Literal["", "read_error", "silence", "blocked", "frozen"]


@dataclass(frozen=True, slots=True)
class WatchdogLimits:
    """When a camera counts as lost: no new frame for `silence_s`, or an identical image for
    `frozen_s` (None: never, as for a file).

    It is reopened `retry_s` after that and after each attempt; an attempt without a new frame
    within `attempt_s` has failed."""

    silence_s: float = 1.5
    frozen_s: float | None = 2.0
    retry_s: float = 1.0
    attempt_s: float = 5.0


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """State of a camera. `since`: monotonic time since which it has been lost, or has delivered.

    `cause`: why it is lost or cannot be opened; `error`: the last error, None once frames arrive.
    `frame_format` and `settings` are those of the last frame. `n_dropped`: frames that the camera
    made but did not deliver."""

    state: State = "opening"
    cause: Cause = ""
    since: float = 0.0
    error: FieldcheckError | None = None
    n_opened: int = 0
    n_frames: int = 0
    n_dropped: int = 0
    fps: float = 0.0
    frame_format: FrameFormat | None = None
    settings: CameraSettings | None = None
    abilities: CameraCapabilities = CameraCapabilities()  # noqa: RUF009 - frozen


class Watchdog:
    """Keeps one camera delivering into the ring between `start` and `stop`, reopening it when it is
    lost.

    `make` creates a new camera for each opening, since a driver that hangs in a read keeps the old
    one. While the camera is stuck, repeated images do not reach the ring. Each frame carries the
    number of its opening."""

    def __init__(
        self, make: Callable[[], Camera], ring: FrameRing, limits: WatchdogLimits | None = None
    ) -> None:
        self._make, self._limits = make, limits or WatchdogLimits()
        self._gate = _FrameGate(ring)
        self._trouble = LatestValue[FieldcheckError]()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run_checks, name="watch", daemon=True)
        self._loop: CaptureLoop | None = None
        self._name = ""  # of the camera, once one was made
        self._abandoned_loops: list[CaptureLoop] = []
        self._causes: dict[int, Cause] = {}
        self._state: State = "opening"
        self._cause: Cause = ""
        self._error: FieldcheckError | None = None
        self._since = self._began = self._next_try = time.monotonic()
        self._n_opened = self._n_frames = self._n_dropped = 0

    def start(self) -> None:
        """Opens the camera, on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Ends both threads within two seconds, even where the driver hangs. May be called twice,
        and without a start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        if self._loop is not None:
            self._loop.stop()

    def adjust(self, wish: ControlChange) -> None:
        """Requests a change of controls; ignored while the camera is not open. Thread-safe."""
        loop = self._loop
        if loop is not None:
            loop.adjust(wish)

    @property
    def running(self) -> bool:
        """Whether the camera is watched."""
        return self._thread.is_alive()

    def get_reopen_cause(self, opening: int) -> Cause:
        """Why the camera was opened for the `opening`th time; empty for the first."""
        return self._causes.get(opening, "")

    def get_status(self) -> CameraStatus:
        """Status of the camera now. Any thread."""
        loop, last = self._loop, self._gate.last
        n_frames, n_dropped = (loop.n_frames, loop.n_dropped) if loop is not None else (0, 0)
        return CameraStatus(
            self._state,
            self._cause,
            self._since,
            self._error,
            self._n_opened,
            self._n_frames + n_frames,
            self._n_dropped + n_dropped,
            loop.fps if loop is not None and self._state == "live" else 0.0,
            last.frame_format if last is not None else None,
            last.settings if last is not None else None,
            loop.abilities if loop is not None else CameraCapabilities(),
        )

    def _run_checks(self) -> None:
        while not self._stopping.is_set():
            self._check_camera(time.monotonic())
            self._stopping.wait(TICK_S)

    def _check_camera(self, now: float) -> None:
        if self._loop is None:
            self._abandoned_loops = [loop for loop in self._abandoned_loops if loop.running]
            if now >= self._next_try and len(self._abandoned_loops) < MOST_STUCK:
                self._open_camera(now)
            return
        error = self._trouble.take_value()
        if self._state != "live" and self._gate.has_frame_of(self._n_opened):
            self._state, self._cause, self._error, self._since = "live", "", None, now
        if self._state == "live":
            cause = self._find_fault(self._loop, error, now)
            if cause:
                self._on_camera_lost(cause, error, now)
        elif error is not None or now - self._began > self._limits.attempt_s:
            self._error, self._cause = (
                error or self._error,
                self._cause or ("read_error" if error is not None else "silence"),
            )
            self._release_camera(now)

    def _open_camera(self, now: float) -> None:
        self._trouble.take_value()
        self._n_opened += 1
        self._causes[self._n_opened] = self._cause
        self._gate.set_opening(self._n_opened)
        self._began = now
        try:
            camera = self._make()
        except FieldcheckError as error:  # Creating the camera may search for the device and fail.
            self._postpone_opening(error, now)
            return
        except Exception:  # The search reads files of the system, which raises any error.
            log.exception("camera %s cannot be made", self._name)
            self._postpone_opening(CameraLost(self._name), now)
            return
        self._name = camera.name
        if self._stopping.is_set():
            return  # The camera was found only after the attempt had timed out.
        self._loop = CaptureLoop(camera, self._gate, self._trouble, self._n_opened)
        self._loop.start()

    def _postpone_opening(self, error: FieldcheckError, now: float) -> None:
        self._error, self._cause = error, self._cause or "read_error"
        self._next_try = now + self._limits.retry_s

    def _find_fault(self, loop: CaptureLoop, error: FieldcheckError | None, now: float) -> Cause:
        if error is not None:
            return "read_error"
        patience = max(self._limits.silence_s, SLOWEST * self._gate.usual_s)
        if now - self._gate.last_at > patience:
            return "blocked" if loop.waiting_s > patience else "silence"
        if self._limits.frozen_s is not None and self._gate.same_s >= self._limits.frozen_s:
            return "frozen"
        return ""

    def _on_camera_lost(self, cause: Cause, error: FieldcheckError | None, now: float) -> None:
        self._state, self._cause, self._error, self._since = (
            "lost",
            cause,
            error,
            self._gate.news_at,
        )
        if cause == "frozen":
            self._gate.mark_current_stuck()
        self._release_camera(now)

    def _release_camera(self, now: float) -> None:
        """Close the camera in its present state; a driver that hangs is left alone."""
        loop, self._loop = self._loop, None
        assert loop is not None
        loop.stop_without_waiting()
        self._abandoned_loops.append(loop)
        self._n_frames += loop.n_frames
        self._n_dropped += loop.n_dropped
        self._next_try = now + self._limits.retry_s


class _FrameGate:
    """Sits in front of the ring: records the time of the last frame and of the last new image, and
    holds back repeats of the image that a camera is stuck at."""

    def __init__(self, ring: FrameRing) -> None:
        self._ring, self._lock = ring, threading.Lock()
        self._opening, self._passed = 0, 0
        self._picture: RawImage | None = None
        self._stuck_image: RawImage | None = None
        self._n_same = 0
        self.last: CapturedFrame | None = None
        self.last_at = self.news_at = time.monotonic()
        self.usual_s = 0.0

    def set_opening(self, opening: int) -> None:
        """Accept frames of this opening only."""
        with self._lock:
            self._opening, self._n_same, self.usual_s = opening, 0, 0.0

    def mark_current_stuck(self) -> None:
        """Hold back the last image until a different one arrives."""
        with self._lock:
            self._stuck_image = self._picture

    def has_frame_of(self, opening: int) -> bool:
        """Whether a frame of this opening reached the ring."""
        return self._passed == opening

    @property
    def same_s(self) -> float:
        """Seconds for which the image has been identical; 0 before it repeated several times."""
        with self._lock:
            return self.last_at - self.news_at if self._n_same >= FEWEST_SAME else 0.0

    def push(self, frame: CapturedFrame) -> None:
        picture, now = frame.comparison_image, time.monotonic()
        with self._lock:
            if frame.opening != self._opening:
                return
            if self._passed == frame.opening:
                self.usual_s += 0.2 * (min(now - self.last_at, 2.0) - self.usual_s)
            self.last_at = now
            if _is_same(picture, self._stuck_image):
                return
            self._n_same = self._n_same + 1 if _is_same(picture, self._picture) else 0
            if not self._n_same or self._passed != frame.opening:
                self.news_at = now
            self._picture, self._stuck_image, self._passed, self.last = (
                picture,
                None,
                frame.opening,
                frame,
            )
        self._ring.push(frame)


def _is_same(picture: RawImage, before: RawImage | None) -> bool:
    """Whether every byte is the same: a live sensor never gives the same bytes twice, for its noise
    alone.

    Of pixels a few rows tell two live pictures apart; only where those agree are all of them
    compared.
    """
    if before is None or picture.format != before.format:
        return False
    pixels, other = picture.data, before.data
    if isinstance(pixels, bytes) or isinstance(other, bytes):
        return pixels is other or pixels == other
    return np.array_equal(pixels[::SPARSE], other[::SPARSE]) and np.array_equal(pixels, other)
