"""A camera that is open already, looked at by somebody else as well: its frames come out of its ring, and it is never opened twice."""

from __future__ import annotations

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.capture.ring import FrameRing, FrameSubscription
from fieldcheck.errors import PictureUnreadable


class RingCamera:
    """`name` as whoever opened it calls it. Whoever records it is not held up: what is too much to look at is passed over."""

    def __init__(self, name: str, ring: FrameRing) -> None:
        self._name, self._ring = name, ring
        self._feed: FrameSubscription | None = None
        self._first = 0

    @property
    def name(self) -> str:
        """Name that people call it by."""
        return self._name

    def open(self) -> None:
        """From the next frame on."""
        self._feed = self._ring.subscribe()
        self._first = -1

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The newest frame; one that was delivered damaged is passed over, since whoever records it keeps it all the same."""
        assert self._feed is not None, "a camera is opened before it is read"
        frame = self._feed.get_newest(wait_s)
        if frame is None:
            return None
        self._first = frame.index if self._first < 0 else self._first
        try:
            rgb = frame.rgb
        except PictureUnreadable:
            return None
        index = max(0, frame.index - self._first)  # a camera that was lost and opened again counts from 0 again
        return CapturedFrame(rgb, index, frame.t_s, self._name, monotonic_ns=frame.monotonic_ns, utc_ns=frame.utc_ns)

    def close(self) -> None:
        """Looks no more; the camera stays as it is."""
        self._feed = None
