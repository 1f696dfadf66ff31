"""View of a clip: what it has looked like lately, kept while the film goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.structure import Map, compute_correlation, compute_structure, is_textured

KEPT = 64  # structures; a clip of ten seconds at the usual two frames a label reviews 20 ahead
MEMORY_S = 4.0  # what is longer ago counts little
BLACK, WHITE = 3, 250
DAZZLED = 0.5  # share of the pixels by which more must be clipped than usual for a look to show nothing
FEWEST_STEADY = 0.02  # share of the pixels that must stand still for a scene to be known by them
FAINT = 0.02  # squared structure that noise reaches too


class SampledClip:
    """The looks of a recording, (n, h, w) uint8 luma, with their times in seconds; structures are made when they are asked for."""

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
    """The mean structure of a clip, and which of its pixels stand still: those that goods, people and belts leave alone.

    `known` is how well the looks of the clip agree with it lately, 0 to 1.
    """

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
        """Whether a look can be held against this: it is neither blank nor, other than the clip, in glare or in the dark."""
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
        self._variance = np.asarray((1 - share) * (self._variance + share * change * change), np.float32)
        self.steady = self._find_static_pixels()

    def _find_static_pixels(self) -> NDArray[np.bool_]:
        power = self.mean * self.mean
        return np.asarray((power > self._variance) & (power > FAINT), np.bool_)
