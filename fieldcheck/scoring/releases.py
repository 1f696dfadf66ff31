"""Releases on the same labelled frames: accuracy and recall of each class over time, and the frames that flip between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.measure.cluster import estimate_change_by_clip
from fieldcheck.measure.interval import estimate_bonett_price
from fieldcheck.measure.significance import compute_mcnemar_p
from fieldcheck.measure.weighted import estimate_by_clips_or_frames

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
RESTLESS = 0.05  # span of a class's recall over the releases from which a good mean is a brittle win


@dataclass(frozen=True, slots=True)
class Release:
    """A model as it came into the project: `added` ISO 8601; `accuracy` on the frames that all answered."""

    model: str
    added: str
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class ReleaseStep:
    """From one release to the next on the same frames: `gained` became right, `lost` became wrong; `p` is McNemar's; `change` of accuracy,
    weighted."""

    before: str
    after: str
    gained: int
    lost: int
    p: float
    change: Estimate


@dataclass(frozen=True, slots=True)
class ClassHistory:
    """One class: `recall` in each release, weighted, in their order, and as `estimates` with its limits; `flipped` of its `n` frames were
    once right and once wrong; `worst`: largest fall between two releases in a row, na where it never fell."""

    class_name: str
    n: int
    recall: tuple[float, ...]
    flipped: int
    worst: Estimate
    estimates: tuple[Estimate, ...]

    @property
    def is_restless(self) -> bool:
        """Whether its recall spans more than five points over the releases, on ten frames or more."""
        return self.n >= FEW_FRAMES and max(self.recall) - min(self.recall) > RESTLESS + 1e-12


@dataclass(frozen=True, slots=True)
class Releases:
    """`n` frames that every one of the releases answered, oldest release first."""

    n: int
    releases: tuple[Release, ...]
    steps: tuple[ReleaseStep, ...]
    classes: tuple[ClassHistory, ...]


def compare_releases(
    named: Sequence[tuple[str, str]], right: Bools, weight: Floats, clip: NDArray[np.str_], truth: NDArray[np.int64], classes: Sequence[str]
) -> Releases:
    """`named`: model and time of R releases; `right`: (R, n); `weight`, `clip`: (n,) of the frames; `truth`: (n,) class indices, -1 where
    a frame has no one class."""
    found = tuple(Release(*one, estimate_by_clips_or_frames(row, weight, clip)) for one, row in zip(named, right, strict=True))
    steps = tuple(_make_step(named[k][0], named[k + 1][0], right[k], right[k + 1], weight, clip) for k in range(len(named) - 1))
    histories = tuple(
        _make_class_history(classes[k], right[:, truth == k], weight[truth == k], clip[truth == k]) for k in np.unique(truth[truth >= 0])
    )
    return Releases(weight.size, found, steps, histories)


def estimate_accuracy_change(before: Bools, after: Bools, weight: Floats, clip: NDArray[np.str_]) -> Estimate:
    """Accuracy of (n,) `after` less that of (n,) `before` on the same frames, with limits by clip; below three clips by frame."""
    moved = after.astype(np.int64) - before.astype(np.int64)
    cameras = estimate_change_by_clip(moved, weight, clip)
    return cameras if cameras.measured else estimate_bonett_price(int((moved > 0).sum()), int((moved < 0).sum()), moved.size)


def _make_step(a: str, b: str, before: Bools, after: Bools, weight: Floats, clip: NDArray[np.str_]) -> ReleaseStep:
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    return ReleaseStep(a, b, gained, lost, compute_mcnemar_p(lost, gained), estimate_accuracy_change(before, after, weight, clip))


def _make_class_history(name: str, right: Bools, weight: Floats, clip: NDArray[np.str_]) -> ClassHistory:
    recall = tuple((right.astype(np.float64) @ weight / weight.sum()).tolist())
    flipped = int((right.any(axis=0) & ~right.all(axis=0)).sum())
    falls = [k for k in range(len(recall) - 1) if recall[k + 1] < recall[k]]
    k = min(falls, key=lambda at: recall[at + 1] - recall[at], default=-1)
    worst = (
        estimate_accuracy_change(right[k], right[k + 1], weight, clip) if falls else Estimate.not_measured("never_fell", weight.size, nan)
    )
    return ClassHistory(name, weight.size, recall, flipped, worst, tuple(estimate_by_clips_or_frames(row, weight, clip) for row in right))
