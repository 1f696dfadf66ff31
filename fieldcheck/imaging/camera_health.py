"""Camera health frame by frame, and over a shift against the same camera's earlier healthy shifts.

`docs/methods.md` 8.6. What comes first in the order of suspicion is told alone: a camera that moved
is also blurred and full of edges.
"""

from __future__ import annotations

import base64
import zlib
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot, log
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.shift import CameraShift, HealthCheck, HealthFinding
from fieldcheck.imaging.quality import compute_mean_colour, measure_quality
from fieldcheck.imaging.thumbnail import (
    LOOK_HEIGHT,
    LOOK_WIDTH,
    Looks,
    make_look,
    make_thumbnail_pixels,
)

FEWEST = 3  # shifts of the same camera before anything is held against them
NEWEST = 10  # shifts that the reference picture is made of
CLIPPED_FRAMES, TIMES_USUAL = 0.5, 2.0
COVERED, BARE = 0.1, 0.2  # connected share of the picture, and what is left of its gradient energy
# of ln sharpness, and standard deviations of the reference shifts
HALF, CLEAR_DROP, BEYOND = 0.7, 0.35, 4.0
DUST, DUST_LEVELS, DUST_FRAMES, DUST_FILTER = 0.003, 12, 100, 15
MOVED, PEAK = 0.02, 0.1
ALIKE = 0.5
CAST = 6.0
SMOOTH = 8.0  # pixels of the look: what is smoother is light, not view

Map = NDArray[np.float64]


def find_camera_faults(
    shift: CameraShift,
    reference: Sequence[CameraShift],
    others: Mapping[str, Sequence[CameraShift]],
) -> tuple[HealthFinding, ...]:
    """Fault of a camera in a shift, one or none: its events first, then what the reference shifts
    of the same camera tell. `others`: the reference shifts of the other cameras."""
    if shift.events:
        return shift.events
    if len(reference) < FEWEST:
        return ()
    health_finding = (
        _check_exposure(shift, reference)
        or _check_view(shift, reference, others)
        or _check_sharpness(shift, reference)
    )
    health_finding = (
        health_finding or _check_dust(shift, reference) or _check_colour(shift, reference)
    )
    return (health_finding,) if health_finding else ()


def find_moved_statistic(shift: CameraShift, reference: Sequence[CameraShift]) -> tuple[str, float]:
    """The image statistic that lies furthest from the reference shifts, and by how many of their
    standard deviations; ("", 0) with less than three."""
    if len(reference) < FEWEST:
        return "", 0.0
    apart = {name: abs(_compute_deviation(name, shift, reference)) for name in shift.figures}
    name = max(apart, key=lambda statistic: apart[statistic])
    return name, apart[name]


def unpack_median(shift: CameraShift) -> NDArray[np.uint8]:
    """Temporal median picture of a shift, (90, 160) uint8."""
    return np.frombuffer(zlib.decompress(base64.b85decode(shift.median)), np.uint8).reshape(
        LOOK_HEIGHT, LOOK_WIDTH
    )


def _unpack_energy(shift: CameraShift) -> Map:
    return (
        np.frombuffer(zlib.decompress(base64.b85decode(shift.energy)), np.float16)
        .reshape(18, 32)
        .astype(np.float64)
    )


def _compute_median(name: str, reference: Sequence[CameraShift]) -> float:
    return float(np.median([camera_shift.figures[name] for camera_shift in reference]))


def _compute_deviation(name: str, shift: CameraShift, reference: Sequence[CameraShift]) -> float:
    figure = _compute_acutance if name == "sharpness" else lambda form: form.figures[name]
    earlier = np.array([figure(camera_shift) for camera_shift in reference])
    floor = {"sharpness": 0.02, "noise": 0.05, "clipped_low": 0.005, "clipped_high": 0.005}.get(
        name, 0.5
    )
    return float(
        (figure(shift) - earlier.mean())
        / max(float(earlier.std(ddof=1)) * np.sqrt(1 + 1 / earlier.size), floor)
    )


def _check_exposure(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    for name in ("clipped_low", "clipped_high"):
        if shift.clipped >= CLIPPED_FRAMES and shift.figures[name] >= max(
            0.2, TIMES_USUAL * _compute_median(name, reference)
        ):
            return HealthFinding(shift.camera, "exposure", "failed", shift.figures[name])
    return None


def _check_view(
    shift: CameraShift,
    reference: Sequence[CameraShift],
    others: Mapping[str, Sequence[CameraShift]],
) -> HealthFinding | None:
    """Swapped, moved or obstructed: what the camera sees is not what it saw."""
    now, usual = _filter_high_pass(unpack_median(shift)), _compute_usual_energy(reference)
    covered = _find_covered_area(shift, reference)
    if _compute_correlation(now, usual, ~covered) < ALIKE:
        alike = {
            name: _compute_correlation(now, _compute_usual_energy(earlier), np.ones_like(covered))
            for name, earlier in others.items()
            if len(earlier) >= FEWEST
        }
        other = max(alike, key=lambda name: alike[name], default="")
        if other and alike[other] >= ALIKE:
            return HealthFinding(shift.camera, "swapped", "failed", alike[other], other=other)
        window = cv2.createHanningWindow((LOOK_WIDTH, LOOK_HEIGHT), cv2.CV_64F)
        (dx, dy), peak = cv2.phaseCorrelate(usual, now, window)
        distance = float(np.hypot(dx, dy)) / LOOK_WIDTH
        if covered.mean() < COVERED or (distance > MOVED and peak >= PEAK):
            return HealthFinding(shift.camera, "moved", "failed", distance if peak >= PEAK else 1.0)
    if covered.mean() >= COVERED:
        return HealthFinding(shift.camera, "obstruction", "failed", float(covered.mean()))
    return None


def _find_covered_area(shift: CameraShift, reference: Sequence[CameraShift]) -> NDArray[np.bool_]:
    """(18, 32) the largest connected part of the picture with less than a fifth of the gradient
    energy that it had, as measured by the parts that lost least: blur and haze take from all."""
    usual = np.median(
        [_unpack_energy(camera_shift) for camera_shift in reference[-NEWEST:]], axis=0
    )
    share = _unpack_energy(shift) / np.maximum(usual, 1e-3)
    bare = (share < BARE * min(1.0, float(np.quantile(share, 0.9)))).astype(np.uint8)
    n, labels, sizes, _ = cv2.connectedComponentsWithStats(bare, connectivity=4)
    largest = 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA])) if n > 1 else -1
    return np.asarray(labels == largest)


def _compute_usual_energy(reference: Sequence[CameraShift]) -> Map:
    return _filter_high_pass(_compute_usual_image(reference))


def _compute_usual_image(reference: Sequence[CameraShift]) -> NDArray[np.uint8]:
    return np.median(
        [unpack_median(camera_shift) for camera_shift in reference[-NEWEST:]], axis=0
    ).astype(np.uint8)


def _filter_high_pass(picture: NDArray[np.uint8]) -> Map:
    floating = picture.astype(np.float64)
    return np.asarray(
        cv2.GaussianBlur(floating, (0, 0), 1.0) - cv2.GaussianBlur(floating, (0, 0), SMOOTH)
    )


def _compute_correlation(image: Map, other: Map, blocks: NDArray[np.bool_]) -> float:
    """Correlation of two high-passed pictures where `blocks`, (18, 32), says so."""
    where = np.kron(blocks, np.ones((LOOK_HEIGHT // 18, LOOK_WIDTH // 32))).astype(np.bool_)
    a, b = image[where] - image[where].mean(), other[where] - other[where].mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 0 else 0.0


def _check_sharpness(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    earlier = np.array([_compute_acutance(camera_shift) for camera_shift in reference])
    drop = float(np.median(earlier)) - _compute_acutance(shift)
    if drop >= HALF or (drop >= CLEAR_DROP and drop > BEYOND * float(earlier.std(ddof=1))):
        return HealthFinding(shift.camera, "blur", "failed", drop)
    return None


def _compute_acutance(shift: CameraShift) -> float:
    """ln sharpness at a contrast of 1, that of the temporal median picture: less light is no loss
    of focus, nor is a bright part."""
    return shift.figures["sharpness"] - 2 * log(max(1.0, float(unpack_median(shift).std())))


def _check_dust(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    if shift.n < DUST_FRAMES:
        return None
    change = _find_small_marks(unpack_median(shift)) - _find_small_marks(
        _compute_usual_image(reference)
    )
    share = float((np.abs(change) > DUST_LEVELS).mean())
    return HealthFinding(shift.camera, "dust", "failed", share) if share > DUST else None


def _find_small_marks(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    """What is small in a picture: itself minus its median filter."""
    usual = np.asarray(cv2.medianBlur(picture, DUST_FILTER), np.int16)
    marks: NDArray[np.int16] = np.subtract(picture, usual, dtype=np.int16)
    return marks


def _check_colour(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    a, b = (shift.figures[name] - _compute_median(name, reference) for name in ("a", "b"))
    distance = hypot(a, b)
    return (
        HealthFinding(shift.camera, "colour_cast", "failed", distance) if distance > CAST else None
    )


# Camera health frame by frame: frozen, looping and black images, stretches of a still sensor, and
# the numbers of a shift, in bounded memory.

# Stretches in which the sensor stood still: the same picture again and again is a fault of the
# camera, not footage.

SHORTEST_S = 3.0

SAME = 0.3  # grey levels; a still scene on a live sensor differs by its noise, at least 0.5
# Of the pixels that never change. A look averages noise away, so that of one grey level half of
# them do not in a still scene either;
# coding a frozen picture anew, key frame by key frame, leaves four fifths.
UNCHANGED = 0.75


def find_frozen_frames(looks: Looks, t_s: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether a frame belongs to a frozen stretch of at least 3 s.

    `looks`: (n, h, w) uint8 luma of the listed frames in time order, gone through once from the
    first to the last; `t_s`: (n,) their times.
    Frozen: each frame differs from the one before by less than 0.3 grey levels on average, and
    three quarters of the pixels do not change at all (methods 8.6). The noise of a still scene
    counts as life; where coding has taken that away for three seconds, nothing tells it from a
    fault.
    """
    times = np.asarray(t_s, dtype=np.float64)
    frozen = np.zeros(len(looks), dtype=bool)
    same: list[bool] = []  # of each frame: whether the next one is the same
    for first in range(len(looks)):
        last = max(
            first + FEWEST_FRAMES - 1, int(np.searchsorted(times, times[first] + SHORTEST_S - 1e-6))
        )
        if last >= len(looks):
            break
        for index in range(len(same), last):
            same.append(_compute_mean_difference(looks[index], looks[index + 1]) < SAME)
        if (
            all(same[first:last])
            and _compute_unchanged_share(np.stack([*looks[first : last + 1]])) >= UNCHANGED
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
FEWEST_FRAMES = 3  # frames of an event
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
        if self.n < FEWEST_FRAMES or lasted < SHORTEST_S - 1e-6:
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
            n_kept = min(self._n, MOST_NEAR)
            positions = np.flatnonzero(np.abs(self._means[:n_kept] - cv2.mean(seen)[0]) < SAME)
            candidates += [
                int((self._n - 1 - index) % MOST_NEAR) + 1
                for index in positions
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
