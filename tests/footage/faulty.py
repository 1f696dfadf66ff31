"""A camera with a switch for each way in which cameras fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from fieldcheck.errors.files import CameraLost
from fieldcheck.footage.camera.camera import Camera, CapturedFrame
from fieldcheck.imaging.raw import RawImage
from tests.footage.made_recordings import webcam

EVERY_S = 0.01
HELD_S = 120  # a read that nobody lets go comes back after all


class Faults:
    """What the cameras do, all that are opened: `mode` is `well`, `error`, `silence`, `blocked`,
    `frozen`, `grey` or `gone`."""

    def __init__(self) -> None:
        self.mode = "well"
        self.released = threading.Event()  # ends reads that are blocked
        self.n_made, self.shown = 0, 0
        self.n_held, self.n_back = 0, 0  # reads that were blocked, and those of them that came back
        self.drops = 0

    def make(self) -> FaultyCamera:
        self.n_made += 1
        if self.mode == "gone":
            raise CameraLost("left")
        return FaultyCamera(self)


class FaultyCamera:
    """Ten milliseconds a frame, numbered from 0 at each opening, all different unless frozen."""

    name = "left"

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._index = -1

    def open(self) -> None:
        if self._faults.mode == "error":
            raise CameraLost(self.name)

    def read(self, wait_s: float) -> CapturedFrame | None:
        mode = self._faults.mode
        if mode == "error":
            raise CameraLost(self.name)
        if mode == "blocked":
            self._faults.n_held += 1
            self._faults.released.wait(HELD_S)
            self._faults.n_back += 1
        if mode in ("silence", "blocked"):
            time.sleep(min(wait_s, 0.02))
            return None
        time.sleep(EVERY_S)
        self._index += 1 + self._faults.drops
        self._faults.shown += mode != "frozen"
        if mode == "grey":
            draws = np.random.default_rng(self._faults.shown)
            pixels = draws.integers(0, 256, (12, 16), dtype=np.uint8)
            image = RawImage("mono8", pixels)
            return CapturedFrame(image, self._index, self._index * EVERY_S, self.name)
        filmed = webcam(self._faults.shown)
        return CapturedFrame(filmed.raw, self._index, self._index * EVERY_S, self.name)

    def close(self) -> None:
        self._index = -1


def wait_for(condition: Callable[[], object], seconds: float = 120.0) -> None:
    """Waits for a state; only a hang fails it by time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.005)


def taken(camera: Camera, n: int, tries: int = 400) -> list[CapturedFrame]:
    """The next `n` frames of an open camera."""
    found: list[CapturedFrame] = []
    for _ in range(tries):
        frame = camera.read(0.2)
        if frame is not None:
            found.append(frame)
        if len(found) == n:
            return found
    raise AssertionError(f"only {len(found)} of {n} frames came")
