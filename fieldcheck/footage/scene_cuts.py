"""Cutting a recording into clips at hard cuts, camera moves and pauses, and in doubt not at all
(methods 2.4b)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

# The structure of a look: what stays of a scene when the light changes, and where it has gone when
# the camera moves.

Map = NDArray[np.float32]

DETAIL = 3.0  # pixels: sigma of the surroundings that a pixel is held against
NOISE = 4.0  # grey levels of local contrast that count half: what noise and coding leave
AREA = 15  # pixels of the side of the areas that tell what went from what stayed
ALIKE = 0.5  # correlation from which on an area is recognised
CLEARLY = 0.2  # by how much one place must suit better than another
LEAST_IN_VIEW = 1 / 3
# share of the pixels that must lie near some structure for a look to be compared at all
TEXTURED = 0.02
LEAST_WENT = 0.25  # share of the structure in view that must have gone with the camera
MOST_STAYED = 0.2  # of what went: a belt moves before what stands still, a camera moves everything


def compute_structure(look: NDArray[np.uint8]) -> Map:
    """(h, w) uint8 luma → (h, w) float32, about -1 to 1: detail over its local contrast, so light
    and shadow hardly change it."""
    picture = look.astype(np.float32)
    detail = picture - _filter_gaussian(picture)
    return np.asarray(detail / (np.sqrt(_filter_gaussian(detail * detail)) + NOISE), np.float32)


def is_textured(found: Map) -> bool:
    """Whether a structure has enough detail to recognise the scene by: not in the dark, in glare or
    behind a hand."""
    return float((_filter_gaussian(found * found) > 0.15).mean()) >= TEXTURED


def compute_correlation(a: Map, b: Map, where: NDArray[np.bool_] | None = None) -> float:
    """Correlation of two structures, −1 to 1, over the pixels of `where`; 0 where there are none."""
    x, y = (a, b) if where is None else (a[where], b[where])
    # Plain sums: a product of matrices goes to a pool of threads, which costs more than it saves
    # here.
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 0 else 0.0


def find_best_shift(a: Map, where: NDArray[np.bool_], b: Map) -> tuple[int, int, float]:
    """Shift in pixels (right, down) at which `a` fits `b` best, and the correlation over the part
    of `where` that is still in view.

    Shifts that leave less than a third of the image or of its structure in view are not tried.
    Source: Padfield 2012, masked normalised correlation."""
    height, width = a.shape
    size = (2 * height, 2 * width)
    mask = where.astype(np.float32)
    kept = a * mask
    seen = np.fft.rfft2(np.ones_like(a), size)
    of_a, of_squares, of_mask = (
        np.conj(np.fft.rfft2(part, size)) for part in (kept, kept * kept, mask)
    )
    product = np.fft.irfft2(of_a * np.fft.rfft2(b, size), size)
    energy_a = np.fft.irfft2(of_squares * seen, size)
    energy_b = np.fft.irfft2(of_mask * np.fft.rfft2(b * b, size), size)
    area = np.outer(
        1 - np.abs(np.fft.fftfreq(2 * height, 1 / 2)), 1 - np.abs(np.fft.fftfreq(2 * width, 1 / 2))
    )
    enough = (area >= LEAST_IN_VIEW) & (energy_a >= LEAST_IN_VIEW * (kept * kept).sum())
    fit = np.where(enough, product / np.sqrt(np.maximum(energy_a * energy_b, 1e-6)), -1)
    dy, dx = (int(place) for place in np.unravel_index(int(np.argmax(fit)), fit.shape))
    return dx - 2 * width * (dx >= width), dy - 2 * height * (dy >= height), float(fit[dy, dx])


def shift_array(found: NDArray[np.generic], dx: int, dy: int) -> NDArray[np.generic]:
    """The array moved right and down, filled with zeros."""
    height, width = found.shape
    moved = np.zeros_like(found)
    if abs(dx) < width and abs(dy) < height:
        moved[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)] = found[
            max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)
        ]
    return moved


def has_whole_scene_moved(before: Map, after: Map, dx: int, dy: int) -> bool:
    """Whether the whole scene, and not an object in it, moved by (`dx`, `dy`): hardly any area is
    still recognised at its old place."""
    gone = np.asarray(shift_array(before, dx, dy), np.float32)
    at_old, at_new = (
        _compute_local_correlation(before, after),
        _compute_local_correlation(gone, after),
    )
    in_view = _compute_local_deviation(gone * gone) > 0.05
    if not in_view.any():
        return False
    went = float(((at_new >= ALIKE) & (at_old < at_new - CLEARLY))[in_view].mean())
    stayed = float(((at_old >= ALIKE) & (at_new < at_old - CLEARLY))[in_view].mean())
    return went >= LEAST_WENT and stayed <= MOST_STAYED * went


def _compute_local_correlation(a: Map, b: Map) -> Map:
    return np.asarray(
        _compute_local_deviation(a * b)
        / np.sqrt(_compute_local_deviation(a * a) * _compute_local_deviation(b * b) + 1e-4),
        np.float32,
    )


def _filter_gaussian(picture: Map) -> Map:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), DETAIL), np.float32)


def _compute_local_deviation(picture: Map) -> Map:
    return np.asarray(cv2.blur(picture, (AREA, AREA)), np.float32)


# View of a clip: what it has looked like lately, kept while the film goes on.

# structures; more than the 20 sampled frames of a ten-second clip at the usual two per second
KEPT = 64
MEMORY_S = 4.0  # what is longer ago counts little
BLACK, WHITE = 3, 250
# share of the pixels by which more must be clipped than usual for a look to show nothing
DAZZLED = 0.5
FEWEST_STEADY = 0.02  # share of the pixels that must stand still for a scene to be known by them
FAINT = 0.02  # squared structure that noise reaches too


class SampledClip:
    """The small luma images of a recording, (n, h, w) uint8, with their times in seconds;
    structures are computed on first use."""

    def __init__(self, looks: NDArray[np.uint8], times: NDArray[np.float64]) -> None:
        self.looks, self.times = looks, times
        self._made: dict[int, Map] = {}

    def get_structure(self, at: int) -> Map:
        """Structure of one look."""
        if at not in self._made:
            self._made[at] = compute_structure(self.looks[at])
            if len(self._made) > KEPT:
                del self._made[next(iter(self._made))]
        return self._made[at]

    def get_clipped_share(self, at: int) -> float:
        """Share of the look that is as good as black or white."""
        look = self.looks[at]
        return float(((look <= BLACK) | (look >= WHITE)).mean())

    def list_following(self, at: int, seconds: float) -> range:
        """The places after `at` within so many seconds, at least one, none after the end."""
        stop = int(np.searchsorted(self.times, self.times[at] + seconds, side="right"))
        return range(at + 1, min(max(stop, at + 2), len(self.times)))


class SceneModel:
    """Mean structure of a clip, and which of its pixels are static, that is, free of moving goods,
    people and belts.

    `known`: how well recent frames agree with it, 0 to 1."""

    def __init__(self, film: SampledClip, first: int) -> None:
        self._film, self._n, self._clipped = film, 1, film.get_clipped_share(first)
        self.mean = film.get_structure(first)
        self._variance = np.zeros_like(self.mean)
        self.steady = self._find_static_pixels()
        self.known = 0.0

    @property
    def has_static_pixels(self) -> bool:
        """Whether enough stands still."""
        return float(self.steady.mean()) >= FEWEST_STEADY

    def is_comparable(self, at: int) -> bool:
        """Whether a look can be held against this: it is neither blank nor, other than the clip, in
        glare or in the dark."""
        return is_textured(self._film.get_structure(at)) and not self.is_overexposed(at)

    def is_overexposed(self, at: int) -> bool:
        """Whether far more of a look is black or white than the clip is used to."""
        return self._film.get_clipped_share(at) >= self._clipped + DAZZLED

    def compute_correlation(self, found: Map) -> float:
        """Correlation with a structure over what stands still, 0 where nothing does."""
        return compute_correlation(self.mean, found, self.steady) if self.has_static_pixels else 0.0

    def add_sample(self, at: int) -> None:
        """Takes a look in, unless nothing can be seen on it."""
        if not self.is_comparable(at):
            return
        found, times = self._film.get_structure(at), self._film.times
        lately = min(0.5, float(times[at] - times[at - 1]) / MEMORY_S)
        self.known += max(1 / self._n, lately) * (self.compute_correlation(found) - self.known)
        self._n += 1
        share = max(1 / self._n, lately)
        self._clipped += share * (self._film.get_clipped_share(at) - self._clipped)
        change = found - self.mean
        self.mean = np.asarray(self.mean + share * change, np.float32)
        self._variance = np.asarray(
            (1 - share) * (self._variance + share * change * change), np.float32
        )
        self.steady = self._find_static_pixels()

    def _find_static_pixels(self) -> NDArray[np.bool_]:
        power = self.mean * self.mean
        return np.asarray((power > self._variance) & (power > FAINT), np.bool_)


PAUSE_S = 60.0
SHORTEST_S = 10.0  # more clips narrow the interval, so none is made of a glimpse
STANDS_S = 2.0  # for which a move or a new scene must stand
MOVED = 0.10  # share of the width
SAME = 0.5  # correlation of the structure from which on a look shows the old scene
STILL = 0.8  # of its usual likeness to the clip, from which on no more is asked of a look
GONE = 0.4  # correlation of the means below which nothing of the old scene is left
BINS = 32
UNLIKE = 0.4  # correlation of the histograms below which two looks may be of different scenes
SAME_FORM = 0.8  # and of the histograms in one light, from which on only the light differs
APART = 25.0  # grey levels of mean difference above which they may be
FLAT = 8.0  # grey levels of deviation below which a look shows nothing


def find_clip_starts(looks: NDArray[np.uint8], t_s: ArrayLike) -> tuple[int, ...]:
    """Indices at which a clip begins; the first is 0. No clip is shorter than ten seconds unless
    the whole recording is.

    Args:
        looks: (n, h, w) uint8 luma of the sampled frames in time order.
        t_s: (n,) seconds.
    """
    times = np.asarray(t_s, dtype=np.float64)
    if not len(times):
        return ()
    found, film = [0], SampledClip(looks, times)
    view = SceneModel(film, 0)
    for at in range(1, len(times)):
        if times[at] - times[at - 1] < PAUSE_S:
            if _is_same_scene(film, view, at):
                view.add_sample(at)
                continue
            if _is_interruption(film, view, at):
                # what passes is not learned, or the old scene would be the news when it is gone
                continue
            if not _is_scene_change(film, view, at):
                view.add_sample(at)
                continue
        view = SceneModel(film, at)
        if times[at] - times[found[-1]] >= SHORTEST_S and times[-1] - times[at] >= SHORTEST_S:
            found.append(at)
    return tuple(found)


def _is_same_scene(film: SampledClip, view: SceneModel, at: int) -> bool:
    """Whether a look is so like its clip that nothing else is asked."""
    return (
        view.has_static_pixels
        and view.is_comparable(at)
        and view.compute_correlation(film.get_structure(at)) >= STILL * view.known
    )


def _is_interruption(film: SampledClip, view: SceneModel, at: int) -> bool:
    """Whether a look that shows something else stands before the old scene is seen again, sooner
    than a clip could end."""
    if not view.has_static_pixels or view.compute_correlation(film.get_structure(at)) >= SAME:
        return False
    return any(
        view.compute_correlation(film.get_structure(place)) >= SAME
        for place in film.list_following(at, SHORTEST_S)
    )


def _is_scene_change(film: SampledClip, view: SceneModel, at: int) -> bool:
    """Whether another scene, or another place of the same, begins at `at` and stands: by structure,
    or by grey levels without it."""
    rest = film.list_following(at, STANDS_S)
    if (
        not rest
        or view.is_overexposed(at)
        or view.compute_correlation(film.get_structure(at)) >= SAME
    ):
        return False
    if view.known >= SAME and view.is_comparable(at):
        new = SceneModel(film, at)
        for place in rest:
            new.add_sample(place)
        if new.known >= SAME:
            return _is_view_lost(view, new)
    return _is_different(film.looks[at - 1], film.looks[at], stood=True) and _is_lasting_change(
        film, at
    )


def _is_lasting_change(film: SampledClip, at: int) -> bool:
    """Whether by grey levels and pixels nothing is seen again, for the length of a clip, of what
    was there before."""
    looks, after = film.looks, film.list_following(at, SHORTEST_S)
    stood = (
        at > 1
        and min(
            _pixel_correlation(looks[at - 2], looks[at - 1]),
            _pixel_correlation(looks[at], looks[at + 1]),
        )
        >= STILL
    )
    return all(_is_different(looks[at - 1], looks[place], stood) for place in (at, *after))


def _is_view_lost(old: SceneModel, new: SceneModel) -> bool:
    """Whether all that stood still is gone, or has gone aside by more than a tenth of the width."""
    dx, dy, alike = find_best_shift(old.mean, old.steady, new.mean)
    if alike < SAME:
        return old.compute_correlation(new.mean) < GONE
    still = np.where(old.steady, old.mean, np.float32(0))
    return bool(np.hypot(dx, dy) > MOVED * still.shape[1]) and has_whole_scene_moved(
        still, new.mean, dx, dy
    )


def _is_different(before: NDArray[np.uint8], after: NDArray[np.uint8], stood: bool) -> bool:
    """Other grey levels and other pixels. Where all is on the move, pixels say nothing: then no
    mere change of light either, which stretches a histogram but keeps its form."""
    if _histogram_correlation(before, after) >= UNLIKE or min(before.std(), after.std()) < FLAT:
        return False
    if (
        not stood
        and _histogram_correlation(_normalize_lighting(before), _normalize_lighting(after))
        >= SAME_FORM
    ):
        return False
    return (
        _pixel_correlation(before, after) < SAME
        and float(np.abs(before.astype(np.int16) - after).mean()) > APART
    )


def _pixel_correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    x, y = ((look - look.mean()).astype(np.float32) for look in (a, b))
    return compute_correlation(x, y) if x.any() and y.any() else 1.0


def _histogram_correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    counts = [
        np.bincount(picture.ravel() // (256 // BINS), minlength=BINS).astype(np.float64)
        for picture in (a, b)
    ]
    x, y = (count - count.mean() for count in counts)
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale else 1.0


def _normalize_lighting(look: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same look in a light in which its mean is 128 and its deviation 48 grey levels."""
    return np.asarray(np.clip((look - look.mean()) / look.std() * 48 + 128, 0, 255), np.uint8)
