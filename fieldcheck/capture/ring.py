"""The last frames of a camera, bounded by their bytes: for many readers, none of which can hold up the camera."""

from __future__ import annotations

import threading
import time
from collections import deque

from fieldcheck.capture.camera import CapturedFrame

LIMIT_BYTES = 64 << 20  # ten frames of 1080p as pixels, seven seconds as the JPEGs of a usual camera


class FrameRing:
    """Holds as many of the newest frames as fit into `limit_bytes`, and always the last one. Any thread."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._changed = threading.Condition()
        self._frames: deque[CapturedFrame] = deque()
        self._n_pushed = 0

    def push(self, frame: CapturedFrame) -> None:
        """The newest frame; the oldest ones make room. The one before keeps no decoded pixels but those that somebody looks at."""
        with self._changed:
            if self._frames:
                self._frames[-1].release_decoded()
            self._frames.append(frame)
            self._n_pushed += 1
            n_bytes = sum(one.n_bytes for one in self._frames)
            while n_bytes > self._limit and len(self._frames) > 1:
                n_bytes -= self._frames.popleft().n_bytes
            self._changed.notify_all()

    def get_latest(self) -> CapturedFrame | None:
        """The newest frame; None before the first."""
        with self._changed:
            return self._frames[-1] if self._frames else None

    def subscribe(self) -> FrameSubscription:
        """A reader of its own for what comes from now on."""
        return FrameSubscription(self)

    @property
    def n_pushed(self) -> int:
        """How many frames came in altogether."""
        with self._changed:
            return self._n_pushed

    @property
    def n_bytes(self) -> int:
        """Bytes that the frames held take up."""
        with self._changed:
            return sum(one.n_bytes for one in self._frames)

    def get_after(self, seen: int, wait_s: float, newest: bool) -> tuple[CapturedFrame, int] | None:
        """The oldest frame held after the first `seen`, or the newest, with its number from 1 on; None where none came in time."""
        until = time.monotonic() + wait_s
        with self._changed:
            while self._n_pushed <= seen:
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            oldest = self._n_pushed - len(self._frames) + 1
            number = self._n_pushed if newest else max(seen + 1, oldest)
            return self._frames[number - oldest], number


class FrameSubscription:
    """A place in the ring. It is as bounded as the ring is: a reader that falls behind loses the oldest frames, and `n_lost` says how many.

    One subscription belongs to one thread.
    """

    def __init__(self, ring: FrameRing) -> None:
        self._ring = ring
        self._seen = ring.n_pushed
        self.n_lost = 0

    def get_next(self, wait_s: float = 0.0) -> CapturedFrame | None:
        """The frame after the last one given, or the oldest that is left; None where none came within `wait_s` seconds."""
        return self._wait_for_frame(wait_s, newest=False)

    def get_newest(self, wait_s: float = 0.0) -> CapturedFrame | None:
        """The newest frame that was not given yet; those passed over count as lost. None where none came within `wait_s` seconds."""
        return self._wait_for_frame(wait_s, newest=True)

    def skip_pending(self) -> None:
        """Passes over everything that is there, on purpose: it does not count as lost."""
        self._seen = self._ring.n_pushed

    def _wait_for_frame(self, wait_s: float, newest: bool) -> CapturedFrame | None:
        found = self._ring.get_after(self._seen, wait_s, newest)
        if found is None:
            return None
        frame, number = found
        self.n_lost += number - self._seen - 1
        self._seen = number
        return frame
