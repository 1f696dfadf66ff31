"""Cutting a recording into clips: at hard cuts, camera moves and pauses, and in doubt not at all (methods 2.4b)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.capture.structure import compute_correlation, find_best_shift, has_whole_scene_moved
from fieldcheck.capture.view import SampledClip, SceneModel

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
    """Places in the list at which a clip begins; the first is 0. No clip is shorter than ten seconds unless the whole is.

    `looks`: (n, h, w) uint8 luma of the listed frames in time order; `t_s`: (n,) seconds.
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
                continue  # what passes is not learned, or the old scene would be the news when it is gone
            if not _is_scene_change(film, view, at):
                view.add_sample(at)
                continue
        view = SceneModel(film, at)
        if times[at] - times[found[-1]] >= SHORTEST_S and times[-1] - times[at] >= SHORTEST_S:
            found.append(at)
    return tuple(found)


def _is_same_scene(film: SampledClip, view: SceneModel, at: int) -> bool:
    """Whether a look is so like its clip that nothing else is asked."""
    return view.has_static_pixels and view.is_comparable(at) and view.compute_correlation(film.get_structure(at)) >= STILL * view.known


def _is_interruption(film: SampledClip, view: SceneModel, at: int) -> bool:
    """Whether a look that shows something else stands before the old scene is seen again, sooner than a clip could end."""
    if not view.has_static_pixels or view.compute_correlation(film.get_structure(at)) >= SAME:
        return False
    return any(view.compute_correlation(film.get_structure(place)) >= SAME for place in film.list_following(at, SHORTEST_S))


def _is_scene_change(film: SampledClip, view: SceneModel, at: int) -> bool:
    """Whether another scene, or another place of the same, begins at `at` and stands: by structure, or by grey levels without it."""
    rest = film.list_following(at, STANDS_S)
    if not rest or view.is_overexposed(at) or view.compute_correlation(film.get_structure(at)) >= SAME:
        return False
    if view.known >= SAME and view.is_comparable(at):
        new = SceneModel(film, at)
        for place in rest:
            new.add_sample(place)
        if new.known >= SAME:
            return _is_view_lost(view, new)
    return _is_different(film.looks[at - 1], film.looks[at], stood=True) and _is_lasting_change(film, at)


def _is_lasting_change(film: SampledClip, at: int) -> bool:
    """Whether by grey levels and pixels nothing is seen again, for the length of a clip, of what was there before."""
    looks, after = film.looks, film.list_following(at, SHORTEST_S)
    stood = at > 1 and min(_pixel_correlation(looks[at - 2], looks[at - 1]), _pixel_correlation(looks[at], looks[at + 1])) >= STILL
    return all(_is_different(looks[at - 1], looks[place], stood) for place in (at, *after))


def _is_view_lost(old: SceneModel, new: SceneModel) -> bool:
    """Whether all that stood still is gone, or has gone aside by more than a tenth of the width."""
    dx, dy, alike = find_best_shift(old.mean, old.steady, new.mean)
    if alike < SAME:
        return old.compute_correlation(new.mean) < GONE
    still = np.where(old.steady, old.mean, np.float32(0))
    return bool(np.hypot(dx, dy) > MOVED * still.shape[1]) and has_whole_scene_moved(still, new.mean, dx, dy)


def _is_different(before: NDArray[np.uint8], after: NDArray[np.uint8], stood: bool) -> bool:
    """Other grey levels and other pixels. Where all is on the move, pixels say nothing: then no mere change of light either, which
    stretches a histogram but keeps its form."""
    if _histogram_correlation(before, after) >= UNLIKE or min(before.std(), after.std()) < FLAT:
        return False
    if not stood and _histogram_correlation(_normalize_lighting(before), _normalize_lighting(after)) >= SAME_FORM:
        return False
    return _pixel_correlation(before, after) < SAME and float(np.abs(before.astype(np.int16) - after).mean()) > APART


def _pixel_correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    x, y = ((look - look.mean()).astype(np.float32) for look in (a, b))
    return compute_correlation(x, y) if x.any() and y.any() else 1.0


def _histogram_correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    counts = [np.bincount(picture.ravel() // (256 // BINS), minlength=BINS).astype(np.float64) for picture in (a, b)]
    x, y = (count - count.mean() for count in counts)
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale else 1.0


def _normalize_lighting(look: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same look in a light in which its mean is 128 and its deviation 48 grey levels."""
    return np.asarray(np.clip((look - look.mean()) / look.std() * 48 + 128, 0, 255), np.uint8)
