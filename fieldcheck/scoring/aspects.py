"""Shift of place, spectrum and time told apart, and whether borders, captions or logos are all that tells (methods 7b).

Each kind has features of its own and so an AUC, an interval and a control of its own. The same resampled clips serve all of them, so that
"more" is a paired difference; where two kinds tell the sides apart equally well, they cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan, nan

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.domain_shift import Aspect, AspectFinding, AspectName, ShiftAspects
from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.bootstrap import percentile_limits
from fieldcheck.measure.camera_interval import FEWEST_CLIPS
from fieldcheck.progress import NullProgress, Progress
from fieldcheck.scoring.adversarial import (
    AMBER,
    CHANCE,
    FEWEST_TO_SPLIT,
    DomainSamples,
    compute_auc_replicates,
    compute_out_of_fold_scores,
    compute_rank_p,
    estimate_auc_by_clip,
    measure_within_field,
    split_by_truth,
)
from fieldcheck.scoring.ood import compute_auroc

FloatArray = NDArray[np.float64]

ASPECTS: tuple[AspectName, ...] = ("place", "spectrum", "time")
LAYOUT_COMPONENTS = 12  # of the layout
BRIGHTNESS = 0  # its column among the figures of light


@dataclass(frozen=True, slots=True, eq=False)
class AspectSamples:
    """Features of field and benchmark by aspect, with borders and marks `masked` and with nothing masked (`plain`): the same frames, in the
    order of the list, and the same pictures. `marked`: share of the picture that was painted over besides the borders."""

    masked: Mapping[AspectName, DomainSamples]
    plain: Mapping[AspectName, DomainSamples]
    marked: float


def measure_shift_aspects(given: AspectSamples, seed: int, progress: Progress | None = None) -> ShiftAspects:
    """Which kind of shift there is, of at least 10 frames and 10 pictures. Raises Cancelled through `progress`."""
    told, found, draws = progress or NullProgress(), {}, {}
    given = AspectSamples(_reduce_layout(given.masked), _reduce_layout(given.plain), given.marked)
    for name in ASPECTS:
        found[name], draws[name] = _measure_aspect(name, given, seed, told)
    together = {kind: _concatenate_features(samples) for kind, samples in (("masked", given.masked), ("plain", given.plain))}
    scores = {kind: split_by_truth(*compute_out_of_fold_scores(samples, seed)) for kind, samples in together.items()}
    clip = together["masked"].clip
    masked, plain = (estimate_auc_by_clip(scores[kind][0], clip, scores[kind][1], seed) for kind in ("masked", "plain"))
    fell = _estimate_auc_difference(scores["plain"], scores["masked"], clip, seed)
    n_clips = np.unique(clip).size
    leading = _find_leading([one for one in found.values() if one.shown], draws)
    _, most = measure_within_field(together["plain"], seed, told)
    overlay = plain.value > most and _is_overlay(scores["plain"], clip, plain, masked, fell)
    verdict = _describe_aspects(overlay, list(found.values()), leading)
    order, order_p = _measure_time_order(given.masked["time"])
    return ShiftAspects(
        told=verdict,
        leading=leading if verdict == "told" else (),
        aspects=tuple(sorted(found.values(), key=lambda one: -one.auc.value)),
        unmasked=plain,
        masked=masked,
        fell=fell,
        marked=given.marked,
        order=order,
        order_p=order_p,
        n_frames=len(clip),
        n_clips=n_clips,
        n_pictures=len(together["masked"].benchmark),
    )


def _measure_aspect(name: AspectName, given: AspectSamples, seed: int, progress: Progress) -> tuple[Aspect, FloatArray]:
    """One kind with its control, and its AUC over the resamples (empty below three clips)."""
    samples = given.masked[name]
    own, other = split_by_truth(*compute_out_of_fold_scores(samples, seed))
    auc = estimate_auc_by_clip(own, samples.clip, other, seed)
    plain = compute_auroc(*split_by_truth(*compute_out_of_fold_scores(given.plain[name], seed)))
    control, most = measure_within_field(samples, seed, progress)
    beyond = auc.measured and auc.value >= AMBER and auc.lo > 0.5 and len(ASPECTS) * compute_rank_p(own, samples.clip, other) <= CHANCE
    draws = compute_auc_replicates(own, samples.clip, other, seed) if auc.measured else np.empty(0)
    return Aspect(name, auc, plain, control, most, shown=bool(beyond and auc.value > most)), draws


def _reduce_layout(samples: Mapping[AspectName, DomainSamples]) -> dict[AspectName, DomainSamples]:
    """The layout by its foremost components over both sides, found without knowing which is which, so that its many cells do not drown the
    few figures of the others."""
    place = samples["place"]
    rows = np.concatenate([place.field, place.benchmark])
    centred = rows - rows.mean(axis=0)
    _, _, across = np.linalg.svd(centred, full_matrices=False)
    few = centred @ across[:LAYOUT_COMPONENTS].T
    return {**samples, "place": DomainSamples(few[: len(place.field)], place.clip, few[len(place.field) :])}


def _concatenate_features(samples: Mapping[AspectName, DomainSamples]) -> DomainSamples:
    """All features side by side."""
    parts = [samples[name] for name in ASPECTS]
    return DomainSamples(np.hstack([one.field for one in parts]), parts[0].clip, np.hstack([one.benchmark for one in parts]))


def _estimate_auc_difference(
    one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray], clip: NDArray[np.generic], seed: int
) -> Estimate:
    """AUC of one pair of (field, benchmark) scores less that of another over the same rows, by paired resamples of clips and pictures."""
    value = compute_auroc(*one) - compute_auroc(*other)
    if np.unique(clip).size < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", one[0].size, value)
    lo, hi = percentile_limits(compute_auc_replicates(one[0], clip, one[1], seed) - compute_auc_replicates(other[0], clip, other[1], seed))
    return Estimate.from_limits(value, lo, hi, n=one[0].size, n_eff=float(np.unique(clip).size), method="bootstrap_clips")


def _is_overlay(
    scores: tuple[FloatArray, FloatArray], clip: NDArray[np.generic], plain: Estimate, masked: Estimate, fell: Estimate
) -> bool:
    """Told apart beyond chance as they are, and no longer, by more than chance, once borders and marks are masked."""
    if not (plain.measured and plain.value >= AMBER and len(ASPECTS) * compute_rank_p(scores[0], clip, scores[1]) <= CHANCE):
        return False
    return masked.value < AMBER and fell.lo > 0


def _find_leading(shown: list[Aspect], draws: Mapping[AspectName, FloatArray]) -> tuple[AspectName, ...]:
    """The kinds that are shown by falling AUC, where the first is better than every other one by paired resamples; else none."""
    ordered = [one.name for one in sorted(shown, key=lambda one: -one.auc.value)]
    better = all(percentile_limits(draws[ordered[0]] - draws[name])[0] > 0 for name in ordered[1:])
    return tuple(ordered) if better else ()


def _describe_aspects(overlay: bool, found: list[Aspect], leading: tuple[AspectName, ...]) -> AspectFinding:
    if overlay:
        return "overlay"
    if any(isnan(one.control) for one in found):
        return "too_few_clips"
    if not any(one.shown for one in found):
        return "none"
    return "told" if leading else "confounded"


def _measure_time_order(samples: DomainSamples) -> tuple[float, float]:
    """Share of the pairs of clips whose later one, in the order of the list, is brighter, and the chance of so clear an order either way;
    NaN below four clips. Source: Kendall 1938."""
    names, first, member = np.unique(samples.clip, return_index=True, return_inverse=True)
    if names.size < FEWEST_TO_SPLIT:
        return nan, nan
    light = np.array([samples.field[member == at, BRIGHTNESS].mean() for at in range(names.size)])
    found = scipy.stats.kendalltau(first, light)
    return (1 + float(found.statistic)) / 2, float(found.pvalue)
