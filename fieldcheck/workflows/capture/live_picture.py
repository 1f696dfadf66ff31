"""Live picture that a person sees of a camera: its newest frame as large as there is room, and how dark, blurred and glaring it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.capture.ring import Ring
from fieldcheck.domain.quality import Quality
from fieldcheck.errors import FieldcheckError
from fieldcheck.imaging.quality import hatched, quality
from fieldcheck.imaging.resize import resize
from fieldcheck.newest import Newest

WAIT_S = 0.05  # for a frame, before the thread looks whether it is to stop
STOP_S = 2.0
MEASURE_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class LiveLook:
    """`rgb`: (h, w, 3) uint8, made for the screen and for nothing else. `width`, `height`: of the frame itself. `quality` was measured
    on this frame or on one at most 0.2 s before it."""

    rgb: NDArray[np.uint8]
    width: int
    height: int
    index: int
    t_s: float
    quality: Quality


class LivePicture:
    """From `start` to `stop`, once: the newest look at the frames of a ring stands in `looks`. Never behind by more than one frame."""

    def __init__(self, ring: Ring) -> None:
        self.looks = Newest[LiveLook]()
        self._feed = ring.subscribe()
        self._stopping = threading.Event()
        self._room: tuple[int, int] = (0, 0)
        self._hatch = True
        self._watched = threading.Event()
        self._watched.set()
        self._quality: Quality | None = None
        self._measured_s = 0.0
        self._thread = threading.Thread(target=self._run, name="live picture", daemon=True)

    def show_at(self, width: int, height: int) -> None:
        """There is room for so many pixels."""
        self._room = (width, height)

    def hatch(self, on: bool) -> None:
        """Whether clipped areas are striped."""
        self._hatch = on

    def watch(self, on: bool) -> None:
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

    def _run(self) -> None:
        while not self._stopping.is_set():
            frame = self._feed.newest(WAIT_S)
            if frame is None or not self._watched.is_set():
                continue
            try:
                self.looks.put(self._look(frame))
            except FieldcheckError:  # a damaged JPEG shows nothing; it is stored and counted all the same
                continue

    def _look(self, frame: CapturedFrame) -> LiveLook:
        rgb = frame.rgb
        if self._quality is None or not 0 <= frame.t_s - self._measured_s < MEASURE_EVERY_S:
            self._quality, self._measured_s = quality(rgb), frame.t_s
        height, width = rgb.shape[:2]
        small = fitted(rgb, *self._room)
        shown = hatched(small) if self._hatch else small
        return LiveLook(shown, width, height, frame.index, frame.t_s, self._quality)


def fitted(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, as large as fits into so many pixels; one that fits, or no room at all, leaves it as it is."""
    own_height, own_width = rgb.shape[:2]
    if min(width, height) < 1:
        return rgb
    scale = min(width / own_width, height / own_height)
    if scale >= 1:
        return rgb
    return resize(rgb, max(1, round(own_height * scale)), max(1, round(own_width * scale)), "area")
