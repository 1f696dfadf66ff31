"""The thread that reads one camera: nothing else ever waits for it, and it waits for nobody."""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import Protocol

from fieldcheck.capture.camera import Camera, CameraCapabilities, CapturedFrame, ControlChange, HasExposureControl
from fieldcheck.capture.rate import EventRate
from fieldcheck.errors import CameraLost, FieldcheckError
from fieldcheck.newest import LatestValue

WAIT_S = 0.1  # how long the camera may wait for a frame before the thread looks whether it is to stop
STOP_S = 1.0  # a driver that does not come back is left to itself: the thread is a daemon and closes the camera when it can

log = logging.getLogger(__name__)


class FrameSink(Protocol):
    """Where frames go: a ring, or what stands before one."""

    def push(self, frame: CapturedFrame) -> None:
        """The newest frame."""


class CaptureLoop:
    """Reads a camera from `start` to `stop`, once, and pushes every frame into the ring, each with the number of this `opening`.

    `n_frames` were pushed; `n_dropped` are gaps in the camera's own count; `abilities` stand once the camera is open. What ends the
    thread early stands in `trouble`.
    """

    def __init__(self, camera: Camera, ring: FrameSink, trouble: LatestValue[FieldcheckError], opening: int = 0) -> None:
        self._camera, self._ring, self._trouble, self._opening = camera, ring, trouble, opening
        self._returned = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture {camera.name}", daemon=True)
        self._rate = EventRate()
        self._expected = 0
        self._wishes: queue.SimpleQueue[ControlChange] = queue.SimpleQueue()
        self.abilities = CameraCapabilities()
        self.n_frames = 0
        self.n_dropped = 0

    def start(self) -> None:
        """Opens the camera, on its thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, which closes the camera. Returns within a second; may be called twice, and without a start."""
        self.stop_without_waiting()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def stop_without_waiting(self) -> None:
        """Ends the thread as `stop` does, without waiting for it: no frame comes from it any more."""
        self._stopping.set()

    def adjust(self, wish: ControlChange) -> None:
        """Asks the camera to be set so before the next frame. A camera that cannot be set leaves it at that. Any thread."""
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
        """For how long the driver has not come back from opening, or from reading one frame."""
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
            # A driver may raise anything; the window must hear of it and the program must live.
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
