"""Camera health frame by frame: frozen, looping and black images, stretches of a still sensor, and
the numbers of a shift, in bounded memory.

`docs/methods.md` 8.6. All on luma stretched to 160 x 90.
"""

from __future__ import annotations

import base64
import zlib
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.shift import CameraShift, HealthCheck, HealthFinding
from fieldcheck.imaging.quality import compute_mean_colour, measure_quality
from fieldcheck.imaging.thumbnail import LOOK_HEIGHT, LOOK_WIDTH, make_look, make_thumbnail_pixels

# Stretches in which the sensor stood still: the same picture again and again is a fault of the
# camera, not footage.

SHORTEST_S = 3.0

SAME = 0.3  # grey levels; a still scene on a live sensor differs by its noise, at least 0.5
# Of the pixels that never change. A look averages noise away, so that of one grey level half of
# them do not in a still scene either;
# coding a frozen picture anew, key frame by key frame, leaves four fifths.
UNCHANGED = 0.75


def find_frozen_frames(looks: NDArray[np.uint8], t_s: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether a frame belongs to a frozen stretch of at least 3 s.

    `looks`: (n, h, w) uint8 luma of the listed frames in time order, `t_s`: (n,) their times.
    Frozen: each frame differs from the one before by less than 0.3 grey levels on average, and
    three quarters of the pixels do not change at all (methods 8.6). The noise of a still scene
    counts as life; where coding has taken that away for three seconds, nothing tells it from a
    fault.
    """
    times = np.asarray(t_s, dtype=np.float64)
    frozen = np.zeros(len(looks), dtype=bool)
    same = [_compute_mean_difference(before, after) < SAME for before, after in pairwise(looks)]
    for first in range(len(looks)):
        last = max(
            first + FEWEST - 1, int(np.searchsorted(times, times[first] + SHORTEST_S - 1e-6))
        )
        if (
            last < len(looks)
            and all(same[first:last])
            and _compute_unchanged_share(looks[first : last + 1]) >= UNCHANGED
        ):
            frozen[first : last + 1] = True
    return frozen


def _compute_mean_difference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    return float(np.abs(a.astype(np.int16) - b).mean())


def _compute_unchanged_share(looks: NDArray[np.uint8]) -> float:
    """Share of the pixels that are the same in all."""
    return float((looks == looks[0]).all(axis=0).mean())


FIGURES = ("mean", "contrast", "clipped_low", "clipped_high", "sharpness", "noise", "a", "b")
BLOCK = 5  # pixels of the look: 18 x 32 blocks
LOOK_EVERY_S = 0.5  # between frames whose figures are taken
MOST_LOOKS, MOST_FIGURES = 100, 2000
# frames back that a loop is looked for: by likeness, by equality
MOST_NEAR, MOST_EXACT = 300, 20_000
MOVES = 3 * SAME  # grey levels by which frames of a loop differ among themselves
DARK, BRIGHT, FLAT = 8, 247, 10
CLIPPED = 0.2
FEWEST = 3  # frames of an event
# of one fault that are told one by one: a loose plug makes thousands in a shift
MOST_STRETCHES = 10

Look = NDArray[np.uint8]
T = TypeVar("T")


@dataclass(slots=True)
class _LastingFault:
    """Stretch of frames for which something holds: when it began, how long it has lasted, and those
    that lasted long enough. The first `MOST_STRETCHES` stand one by one, later ones are folded into
    the last of them."""

    check: HealthCheck
    began: float = 0.0
    last: float = 0.0
    n: int = 0
    weak: bool = False
    over: list[HealthFinding] = field(default_factory=list)

    def add_frame(self, began: float, t_s: float, weak: bool = False) -> None:
        if not self.n:
            self.began, self.n, self.weak = began, 1, False
        self.n, self.last, self.weak = self.n + 1, t_s, self.weak or weak

    def end_stretch(self, dark: Sequence[HealthFinding] = ()) -> None:
        self.over, self.n = self.list_findings(dark), 0

    def list_findings(self, dark: Sequence[HealthFinding] = ()) -> list[HealthFinding]:
        """Those that are over, and the one that is not, unless it began in one of the stretches
        without a picture."""
        now = [
            health_finding
            for health_finding in self.get_current()
            if not _is_within_dark(health_finding, dark)
        ]
        if not now or len(self.over) < MOST_STRETCHES:
            return self.over + now
        last = self.over[-1]
        state = last.state if now[0].state == "weak" else now[0].state
        return [
            *self.over[:-1],
            replace(
                last, state=state, folded=last.folded + 1, folded_s=last.folded_s + now[0].figure
            ),
        ]

    def get_current(self) -> list[HealthFinding]:
        lasted = self.last - self.began
        if self.n < FEWEST or lasted < SHORTEST_S - 1e-6:
            return []
        return [
            HealthFinding("", self.check, "weak" if self.weak else "failed", lasted, self.began)
        ]


class CameraWatch:
    """Takes frames of one camera in order of time. Memory does not grow with how many there are."""

    def __init__(self) -> None:
        self._frozen, self._looping, self._black = (
            _LastingFault("frozen"),
            _LastingFault("looping"),
            _LastingFault("black"),
        )
        self._first: Look | None = None  # of the frozen stretch
        self._same = np.ones((LOOK_HEIGHT, LOOK_WIDTH), np.bool_)
        self._before: tuple[Look, float] | None = None
        self._loops = _LoopFinder()
        self._figures = _EvenSample[list[float]](MOST_FIGURES)
        self._looks = _EvenSample[Look](MOST_LOOKS)
        self._looked_s = float("-inf")
        self.n = 0

    def add_frame(self, rgb: NDArray[np.uint8], t_s: float) -> None:
        """The next frame, (H, W, 3) uint8 RGB, at so many seconds."""
        seen = make_look(rgb)
        self.n += 1
        frozen = self._is_frozen(seen, t_s)
        period = self._loops.add_look(seen, t_s, frozen)
        if period is not None:
            self._looping.add_frame(period, t_s)
        else:
            self._looping.end_stretch(self._black.get_current())
        if _is_black(seen):
            self._black.add_frame(t_s, t_s)
        else:
            self._black.end_stretch()
        self._before = (seen, t_s)
        if t_s - self._looked_s >= LOOK_EVERY_S - 1e-6:
            self._looked_s = t_s
            self._looks.add_item(seen)
            self._figures.add_item(_compute_figures(rgb))

    @property
    def events(self) -> tuple[HealthFinding, ...]:
        """Frozen, looping and black stretches that lasted three seconds, also one that is not over;
        at most ten of each. A black picture is not frozen."""
        black = self._black.list_findings()
        dark = [*black, *self._black.get_current()]
        rest = self._frozen.list_findings(dark) + self._looping.list_findings(dark)
        return (
            *black,
            *(
                health_finding
                for health_finding in rest
                if not _is_within_dark(health_finding, dark)
            ),
        )

    def make_shift(self, camera: str) -> CameraShift:
        """Figures of all frames so far. Raises ValueError before the first."""
        if not self.n:
            raise ValueError("no frame was seen")
        rows = np.array(self._figures.kept, np.float64)
        medians = np.median(rows, axis=0)
        clipped = (
            rows[:, [FIGURES.index("clipped_low"), FIGURES.index("clipped_high")]].max(axis=1)
            >= CLIPPED
        )
        looks = np.stack(self._looks.kept)
        energy = np.mean([compute_gradient_energy(luma) for luma in looks], axis=0).astype(
            np.float16
        )
        events = tuple(replace(event, camera=camera) for event in self.events)
        median = np.median(looks, axis=0).astype(np.uint8)
        figures = {name: float(medians[index]) for index, name in enumerate(FIGURES)}
        return CameraShift(
            camera,
            self.n,
            figures,
            float(clipped.mean()),
            pack_array(median),
            pack_array(energy),
            events,
        )

    def _is_frozen(self, seen: Look, t_s: float) -> bool:
        """Whether the picture is the one before, and so few of its pixels changed since the stretch
        began that no noise is left."""
        if self._before is not None:
            before, before_s = self._before
            if self._first is None:
                self._first, self._same = before, np.ones_like(self._same)
            self._same &= seen == self._first
            if compute_look_difference(before, seen) < SAME and self._same.mean() >= UNCHANGED:
                self._frozen.add_frame(before_s, t_s, weak=not np.array_equal(before, seen))
                return True
        self._frozen.end_stretch(self._black.get_current())
        self._first = None
        return False


class _LoopFinder:
    """Pictures that come again and again at the same distance, as of a buffer that is played in a
    loop."""

    def __init__(self) -> None:
        self._near = np.zeros((MOST_NEAR, LOOK_HEIGHT, LOOK_WIDTH), np.uint8)
        self._means = np.zeros(MOST_NEAR)
        self._hashes: deque[int] = deque(maxlen=MOST_EXACT)
        self._last: OrderedDict[int, int] = OrderedDict()
        # how many frames back → since when each frame is the one so far back
        self._alive: dict[int, float] = {}
        self._n, self._scanned_s, self._moved_s = 0, float("-inf"), float("-inf")

    def add_look(self, seen: Look, t_s: float, frozen: bool) -> float | None:
        """Since when the picture comes from a loop, in seconds; None where it does not."""
        key = hash(seen.tobytes())
        if frozen:
            self._alive.clear()
        else:
            self._alive = {
                back: since
                for back, since in self._alive.items()
                if self._is_repeat(back, key, seen)
            }
            for back in self._find_candidates(key, seen, t_s):
                self._alive.setdefault(back, t_s)
        if (
            self._n
            and compute_look_difference(self._near[(self._n - 1) % MOST_NEAR], seen) >= MOVES
        ):
            self._moved_s = t_s
        self._near[self._n % MOST_NEAR], self._means[self._n % MOST_NEAR] = seen, cv2.mean(seen)[0]
        self._hashes.append(key)
        self._last[key] = self._n
        self._last.move_to_end(key)
        if len(self._last) > MOST_EXACT:
            self._last.popitem(last=False)
        self._n += 1
        # one that came again by itself makes no loop
        since = min(
            (last_seen for last_seen in self._alive.values() if last_seen < t_s), default=None
        )
        return since if since is not None and self._moved_s >= since else None

    def _is_repeat(self, back: int, key: int, seen: Look) -> bool:
        if back <= len(self._hashes) and self._hashes[-back] == key:
            return True
        return back <= min(self._n, MOST_NEAR) and is_same(
            self._near[(self._n - back) % MOST_NEAR], seen
        )

    def _find_candidates(self, key: int, seen: Look, t_s: float) -> list[int]:
        candidates = [self._n - self._last[key]] if key in self._last else []
        if t_s - self._scanned_s >= LOOK_EVERY_S:
            self._scanned_s = t_s
            held = min(self._n, MOST_NEAR)
            places = np.flatnonzero(np.abs(self._means[:held] - cv2.mean(seen)[0]) < SAME)
            candidates += [
                int((self._n - 1 - index) % MOST_NEAR) + 1
                for index in places
                if is_same(self._near[index], seen)
            ]
        return [back for back in candidates if back > 1]


class _EvenSample(Generic[T]):
    """Keeps at most `most` things, evenly spread over all that came: when twice as many are there,
    every second is dropped."""

    def __init__(self, most: int) -> None:
        self._most, self._every, self._n = most, 1, 0
        self.kept: list[T] = []

    def add_item(self, item: T) -> None:
        if self._n % self._every == 0:
            self.kept.append(item)
            if len(self.kept) >= 2 * self._most:
                self.kept, self._every = self.kept[::2], 2 * self._every
        self._n += 1


def compute_look_difference(luma: Look, other: Look) -> float:
    """Mean absolute difference of two looks, (90, 160) uint8 each, in grey levels."""
    return float(cv2.norm(luma, other, cv2.NORM_L1)) / luma.size


def is_same(luma: Look, other: Look) -> bool:
    """Whether two looks, (90, 160) uint8, are one picture, coded anew at most: no sensor's noise
    lies between them."""
    return (
        compute_look_difference(luma, other) < SAME and float((luma == other).mean()) >= UNCHANGED
    )


def compute_gradient_energy(seen: Look) -> NDArray[np.float64]:
    """Mean squared gradient of each block of 5 x 5 pixels of a look: (18, 32) float64."""
    dx, dy = (cv2.Sobel(seen, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    energy = (dx * dx + dy * dy).astype(np.float64)
    return np.asarray(
        energy.reshape(LOOK_HEIGHT // BLOCK, BLOCK, LOOK_WIDTH // BLOCK, BLOCK).mean(axis=(1, 3))
        / 1000
    )


def pack_array(array: NDArray[np.generic]) -> str:
    """Text of an array, (n,), (h, w) or more, losslessly; its shape and type are not told."""
    return base64.b85encode(zlib.compress(array.tobytes(), 6)).decode()


def _is_within_dark(health_finding: HealthFinding, dark: Sequence[HealthFinding]) -> bool:
    return any(black.at_s - 1 <= health_finding.at_s <= black.at_s + black.figure for black in dark)


def _is_black(seen: Look) -> bool:
    mean, shares = (
        float(cv2.mean(seen)[0]),
        np.cumsum(np.bincount(seen.ravel(), minlength=256)) / seen.size,
    )
    low, high = (int(np.searchsorted(shares, share)) for share in (0.01, 0.99))
    return mean < DARK or mean > BRIGHT or high - low < FLAT


def _compute_figures(rgb: NDArray[np.uint8]) -> list[float]:
    quality, (a, b, _) = measure_quality(rgb), compute_mean_colour(make_thumbnail_pixels(rgb))
    return [
        quality.mean,
        quality.contrast,
        quality.clipped_low,
        quality.clipped_high,
        quality.sharpness,
        quality.noise,
        a,
        b,
    ]
