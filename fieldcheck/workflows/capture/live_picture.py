"""Live picture that a person sees of a camera: its newest frame as large as there is room, and how dark, blurred and glaring it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.capture.ring import FrameRing
from fieldcheck.domain.quality import Quality
from fieldcheck.errors import FieldcheckError
from fieldcheck.imaging.quality import mark_clipping, measure_quality
from fieldcheck.imaging.resize import resize
from fieldcheck.newest import LatestValue

WAIT_S = 0.05  # for a frame, before the thread looks whether it is to stop
STOP_S = 2.0
MEASURE_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class LiveImage:
    """`rgb`: (h, w, 3) uint8, made for the screen and for nothing else. `width`, `height`: of the frame itself. `quality` was measured
    on this frame or on one at most 0.2 s before it."""

    rgb: NDArray[np.uint8]
    width: int
    height: int
    index: int
    t_s: float
    quality: Quality


class LiveImageFeed:
    """From `start` to `stop`, once: the newest look at the frames of a ring stands in `images`. Never behind by more than one frame."""

    def __init__(self, ring: FrameRing) -> None:
        self.images = LatestValue[LiveImage]()
        self._feed = ring.subscribe()
        self._stopping = threading.Event()
        self._room: tuple[int, int] = (0, 0)
        self._hatch = True
        self._watched = threading.Event()
        self._watched.set()
        self._quality: Quality | None = None
        self._measured_s = 0.0
        self._thread = threading.Thread(target=self._render_until_stopped, name="live picture", daemon=True)

    def set_display_size(self, width: int, height: int) -> None:
        """There is room for so many pixels."""
        self._room = (width, height)

    def set_clipping_marks(self, on: bool) -> None:
        """Whether clipped areas are striped."""
        self._hatch = on

    def set_visible(self, on: bool) -> None:
        """Whether anybody looks; while nobody does, no frame is decoded for it."""
        if on:
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
            except FieldcheckError:  # a damaged JPEG shows nothing; it is stored and counted all the same
                continue

    def _render_frame(self, frame: CapturedFrame) -> LiveImage:
        rgb = frame.rgb
        if self._quality is None or not 0 <= frame.t_s - self._measured_s < MEASURE_EVERY_S:
            self._quality, self._measured_s = measure_quality(rgb), frame.t_s
        height, width = rgb.shape[:2]
        small = resize_to_fit(rgb, *self._room)
        shown = mark_clipping(small) if self._hatch else small
        return LiveImage(shown, width, height, frame.index, frame.t_s, self._quality)


def resize_to_fit(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, as large as fits into so many pixels; one that fits, or no room at all, leaves it as it is."""
    own_height, own_width = rgb.shape[:2]
    if min(width, height) < 1:
        return rgb
    scale = min(width / own_width, height / own_height)
    if scale >= 1:
        return rgb
    return resize(rgb, max(1, round(own_height * scale)), max(1, round(own_width * scale)), "area")
