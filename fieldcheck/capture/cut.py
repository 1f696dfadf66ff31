"""Cutting a recording into clips: at hard cuts, camera moves and pauses, and in doubt not at all (methods 2.4b)."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS = 32
UNLIKE = 0.4  # correlation of the histograms below which two frames may be of different scenes
APART = 25.0  # grey levels of mean difference, after alignment, above which they may be
OTHER_STRUCTURE = 0.5  # correlation of the pixels, after alignment, below which it is no change of light
MOVED = 0.10  # share of the width
MOVED_FOR_S = 2.0
CLEAR_PEAK = 0.05  # response of a phase correlation that has found a shift and not just noise
STEADY = 0.03  # share of the width within which the shifts of a move agree: a passing thing does not stand still
PAUSE_S = 60.0
SHORTEST_S = 10.0  # more clips narrow the interval, so none is made of a glimpse
REMEMBERED = 15  # looks in the running median
REFRESH = 4  # frames after which the running median is made anew


def borders(looks: NDArray[np.uint8], t_s: ArrayLike) -> tuple[int, ...]:
    """Places in the list at which a clip begins; the first is 0. No clip is shorter than ten seconds unless the whole is.

    `looks`: (n, h, w) uint8 luma of the listed frames in time order; `t_s`: (n,) seconds.
    """
    times = np.asarray(t_s, dtype=np.float64)
    if not len(times):
        return ()
    found, view = [0], _View(looks[0])
    for at in range(1, len(times)):
        begin = at if _new_scene(looks[at - 1], looks[at]) or times[at] - times[at - 1] >= PAUSE_S else view.moved_at(looks, times, at)
        if begin is None:
            view.remember(looks[at])
        elif times[begin] - times[found[-1]] < SHORTEST_S or times[-1] - times[begin] < SHORTEST_S:
            view = _View(looks[at])
        else:
            found.append(begin)
            view = _View(looks[at])
    return tuple(found)


def _new_scene(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    """A hard cut: other grey levels, other pixels, and not the same structure in another light."""
    if _histogram_correlation(before, after) >= UNLIKE:
        return False
    a, b = _overlap(before, after)
    return float(np.abs(a - b).mean()) > APART and _correlation(a, b) < OTHER_STRUCTURE


def _histogram_correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    counts = [np.bincount(picture.ravel() // (256 // BINS), minlength=BINS).astype(np.float64) for picture in (a, b)]
    return _correlation(counts[0], counts[1])


def _correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Pearson's correlation; 1 where one of them does not vary: a black frame is no other scene."""
    x, y = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 0 else 1.0


def _overlap(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The parts of both that show the same place when `b` is `a` shifted; the whole where no shift was found."""
    dx, dy, response = _shift(a, b)
    x, y = (round(dx), round(dy)) if response >= CLEAR_PEAK and max(abs(dx) / a.shape[1], abs(dy) / a.shape[0]) < 0.5 else (0, 0)
    height, width = a.shape
    of_a = a[max(0, -y) : height - max(0, y), max(0, -x) : width - max(0, x)]
    of_b = b[max(0, y) : height - max(0, -y), max(0, x) : width - max(0, -x)]
    return of_a.astype(np.float32), of_b.astype(np.float32)


def _shift(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> tuple[float, float, float]:
    """By how many pixels `b` is `a` shifted to the right and down, and how clear that is, 0 to 1."""
    window = cv2.createHanningWindow((a.shape[1], a.shape[0]), cv2.CV_32F)
    (dx, dy), response = cv2.phaseCorrelate(a.astype(np.float32), b.astype(np.float32), window)
    return dx, dy, response


class _View:
    """What a clip has looked like lately, and since when it looks shifted."""

    def __init__(self, first: NDArray[np.uint8]) -> None:
        self._seen: deque[NDArray[np.uint8]] = deque([first], maxlen=REMEMBERED)
        self._median = first
        self._age = 0
        self._shifts: list[tuple[int, float, float]] = []

    def remember(self, look: NDArray[np.uint8]) -> None:
        """Takes a look into the running median, unless a move may be under way."""
        if self._shifts:
            return
        self._seen.append(look)
        self._age += 1
        if self._age % REFRESH == 0 or len(self._seen) < REFRESH:
            self._median = np.median(np.stack(self._seen), axis=0).astype(np.uint8)

    def moved_at(self, looks: NDArray[np.uint8], times: NDArray[np.float64], at: int) -> int | None:
        """The place at which the camera came to stand elsewhere, once it has stood there for two seconds."""
        dx, dy, response = _shift(self._median, looks[at])
        width = looks.shape[2]
        if response < CLEAR_PEAK or np.hypot(dx, dy) <= MOVED * width:
            self._shifts = []
            return None
        if self._shifts and np.hypot(dx - self._shifts[-1][1], dy - self._shifts[-1][2]) > STEADY * width:
            self._shifts = []
        self._shifts.append((at, dx, dy))
        begin = self._shifts[0][0]
        return begin if times[at] - times[begin] >= MOVED_FOR_S else None
