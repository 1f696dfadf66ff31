"""The thread that reads one camera: nothing else ever waits for it, and it waits for nobody."""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import Protocol

from fieldcheck.capture.camera import Abilities, Adjustable, Adjustment, Camera, CapturedFrame
from fieldcheck.capture.rate import Rate
from fieldcheck.errors import CameraLost, FieldcheckError
from fieldcheck.newest import Newest

WAIT_S = 0.1  # how long the camera may wait for a frame before the thread looks whether it is to stop
STOP_S = 1.0  # a driver that does not come back is left to itself: the thread is a daemon and closes the camera when it can

log = logging.getLogger(__name__)


class Sink(Protocol):
    """Where frames go: a ring, or what stands before one."""

    def push(self, frame: CapturedFrame) -> None:
        """The newest frame."""


class CaptureLoop:
    """Reads a camera from `start` to `stop`, once, and pushes every frame into the ring, each with the number of this `opening`.

    `n_frames` were pushed; `n_dropped` are gaps in the camera's own count; `abilities` stand once the camera is open. What ends the
    thread early stands in `trouble`.
    """

    def __init__(self, camera: Camera, ring: Sink, trouble: Newest[FieldcheckError], opening: int = 0) -> None:
        self._camera, self._ring, self._trouble, self._opening = camera, ring, trouble, opening
        self._returned = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture {camera.name}", daemon=True)
        self._rate = Rate()
        self._expected = 0
        self._wishes: queue.SimpleQueue[Adjustment] = queue.SimpleQueue()
        self.abilities = Abilities()
        self.n_frames = 0
        self.n_dropped = 0

    def start(self) -> None:
        """Opens the camera, on its thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, which closes the camera. Returns within a second; may be called twice, and without a start."""
        self.abandon()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def abandon(self) -> None:
        """Ends the thread as `stop` does, without waiting for it: no frame comes from it any more."""
        self._stopping.set()

    def adjust(self, wish: Adjustment) -> None:
        """Asks the camera to be set so before the next frame. A camera that cannot be set leaves it at that. Any thread."""
        self._wishes.put(wish)

    @property
    def running(self) -> bool:
        """Whether the camera is being read."""
        return self._thread.is_alive()

    @property
    def fps(self) -> float:
        """Frames a second, over the last two seconds."""
        return self._rate.per_second(time.monotonic())

    @property
    def waiting_s(self) -> float:
        """For how long the driver has not come back from opening, or from reading one frame."""
        return time.monotonic() - self._returned

    def _run(self) -> None:
        try:
            self._camera.open()
            try:
                self._read_on()
            finally:
                self._camera.close()
        except FieldcheckError as error:
            self._trouble.put(error)
        except Exception:
            # A driver may raise anything; the window must hear of it and the program must live.
            log.exception("camera %s failed", self._camera.name)
            self._trouble.put(CameraLost(self._camera.name))

    def _read_on(self) -> None:
        if isinstance(self._camera, Adjustable):
            self.abilities = self._camera.abilities()
        while not self._stopping.is_set():
            self._grant()
            frame = self._camera.read(WAIT_S)
            self._returned = time.monotonic()
            if frame is not None and not self._stopping.is_set():
                self._take(frame)

    def _grant(self) -> None:
        while not self._wishes.empty():
            wish = self._wishes.get()
            if isinstance(self._camera, Adjustable):
                self._camera.adjust(wish)

    def _take(self, frame: CapturedFrame) -> None:
        self.n_dropped += frame.index - self._expected
        self._expected = frame.index + 1
        self.n_frames += 1
        self._rate.count(time.monotonic())
        frame.opening = self._opening
        self._ring.push(frame)
