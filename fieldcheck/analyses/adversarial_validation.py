"""Adversarial validation: a domain classifier between field frames and benchmark pictures, with its
controls (methods 7).

A classifier that has seen a clip recognises its other frames, so folds, intervals, controls and
permutations go by clip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.analyses.domain_shift_result import (
    AMBER,
    LEAST_EFFECTS,
    Aspect,
    AspectFinding,
    AspectName,
    Cause,
    CauseName,
    DomainShift,
    Separation,
    ShiftAspects,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.imaging.quality import (
    GRID,
    NAMES,
    compute_aspect_features,
    find_static_marks,
    make_grid,
)
from fieldcheck.progress import NullProgress, Progress
from fieldcheck.stats.bootstrap_draw import percentile_limits
from fieldcheck.stats.camera_interval import FEWEST_CLIPS
from fieldcheck.stats.robustness import compute_auroc
from fieldcheck.stats.wilson_interval import compute_auc_floor

Floats = NDArray[np.float64]
Ids = NDArray[np.generic]

ALARM = 0.90
FOLDS, COMPONENTS, BLOCKS = 5, 32, 4
SPLITS, PERMUTATIONS, RESAMPLES = 20, 99, 1000
SPLIT_UNIT = "splits"  # what progress counts
FEWEST_TO_SPLIT = 4  # clips whose two halves can still be told apart by clip
PER_UNIT = 10  # benchmark pictures to a field frame, at most
CHANCE = 0.05
PENALTY, MOST_STEPS, CLOSE, TINY = 0.1, 50, 1e-9, 1e-12
SHOWN = 12
KINDS: dict[CauseName, str] = {
    "brightness": "light", "contrast": "light", "black_level": "light", "clipped_low": "light",
    "clipped_high": "light",
    "sharpness": "blur", "fine_detail": "blur", "streaks": "blur", "noise": "noise",
    "compression": "compression",
    "red_green": "colour", "yellow_blue": "colour", "colourfulness": "colour",
    "resolution": "resolution",
}  # fmt: skip
"""Image statistics → the kind of cause that they tell of; one of each kind is named."""


@dataclass(frozen=True, slots=True, eq=False)
class DomainSamples:
    """Rows of field and benchmark: `field` (n, d) with `clip` (n,) ids, `benchmark` (m, d)."""

    field: Floats
    clip: Ids
    benchmark: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ComparedImages:
    """Compared pictures: image `statistics` of both, in the order of `KINDS`, and `embedding` rows
    where the model gives them for the same frames and pictures; `frames` and `pictures` are their
    names."""

    statistics: DomainSamples
    embedding: DomainSamples | None
    frames: Sequence[str]
    pictures: Sequence[str]


def measure_domain_shift(
    images: ComparedImages, seed: int, progress: Progress | None = None
) -> DomainShift:
    """AUC, balanced accuracy, controls and causes. n, m ≥ 10 rows. Raises Cancelled through
    `progress`.

    Source: Lopez-Paz & Oquab 2017 (classifier two-sample test); grouped by clip as methods 7 says.
    """
    tracker, samples = progress or NullProgress(), images.embedding or images.statistics
    scores, truth = compute_out_of_fold_scores(samples, seed)
    own, other = scores[truth], scores[~truth]
    auc = estimate_auc_by_clip(own, samples.clip, other, seed)
    control, most = measure_within_field(samples, seed, tracker)
    p = _compute_permutation_p(samples, seed, tracker)
    causes = rank_causes(images.statistics, seed)
    plain = (
        auc.value
        if images.embedding is None
        else compute_auroc(*split_by_truth(*compute_out_of_fold_scores(images.statistics, seed)))
    )
    shown = not p > CHANCE and auc.value >= AMBER
    return DomainShift(
        source="statistics" if images.embedding is None else "embedding",
        auc=auc,
        balanced_accuracy=float(((own > 0).mean() + (other <= 0).mean()) / 2),
        statistics_auc=plain,
        control=control,
        control_most=most,
        p=p,
        separation=get_separation_level(auc.value),
        content=images.embedding is not None and shown and not any(cause.named for cause in causes),
        causes=causes,
        n_frames=own.size,
        n_clips=np.unique(samples.clip).size,
        n_pictures=other.size,
        field_like=tuple(
            images.pictures[index] for index in np.argsort(-other, kind="stable")[:SHOWN].tolist()
        ),
        benchmark_like=tuple(
            images.frames[index] for index in np.argsort(own, kind="stable")[:SHOWN].tolist()
        ),
    )


def make_cause_statistics(statistics: NDArray[np.floating], pixels: Floats) -> Floats:
    """(n, 16) image statistics and (n,) pixels of each picture → (n, 14) in the order of `KINDS`:
    the Laplacian's variance at the picture's own contrast, since a dark picture is not a blurred
    one; noise in grey levels; megapixels."""
    figures = {name: statistics[:, index].astype(np.float64) for index, name in enumerate(NAMES)}
    sharp = figures["sharpness"] - 2 * np.log(np.maximum(figures["contrast"], 1.0))
    columns = [figures[name] for name in ("mean", "contrast", "p1", "clipped_low", "clipped_high")]
    columns += [
        sharp,
        figures["band_high"],
        figures["direction"],
        np.exp(figures["noise"]) - 0.1,
        figures["blockiness"],
        figures["a"],
        figures["b"],
        figures["chroma"],
    ]
    return np.stack([*columns, pixels / 1e6], axis=1)


def get_separation_level(auc: float) -> Separation:
    """Alarm from 0.90 on, amber from 0.75 on, else quiet."""
    return "alarm" if auc >= ALARM else "amber" if auc >= AMBER else "quiet"


def compute_grouped_scores(
    rows: Floats,
    truth: NDArray[np.bool_],
    group: Ids,
    seed: int,
    folds: int,
    components: int | None = None,
) -> Floats:
    """Out-of-fold scores (n,) of a logistic regression, above 0 for the field, where no group is in
    two folds.

    `rows`: (n, d); `truth`: (n,) bool, the field, of as many groups as `folds` at least; `group`:
    (n,), each of one class; `components`: principal components fitted inside each fold, None for
    none.
    """
    home, out = _make_folds(truth, group, seed, folds), np.zeros(len(rows))
    for fold in range(folds):
        train, test = home != fold, home == fold
        middle, basis = _compute_basis(rows[train], components)
        seen, tested = (rows[train] - middle) @ basis, (rows[test] - middle) @ basis
        mean, spread = seen.mean(axis=0), seen.std(axis=0)
        spread = np.where(spread > TINY, spread, 1.0)
        slope, offset = fit_balanced_logistic((seen - mean) / spread, truth[train])
        out[test] = (tested - mean) / spread @ slope + offset
    return out


def fit_balanced_logistic(rows: Floats, truth: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Slopes (d,) and offset of a logistic regression whose two classes weigh the same, with a
    penalty of ½|slopes|² at C = 0.1; Newton's steps. The minimum that scikit-learn finds, without a
    hundred times the work of asking it for so small a fit. `rows`: (n, d)."""
    n, wanted = truth.size, truth.astype(np.float64)
    n_true = int(truth.sum())
    weight = PENALTY * np.where(truth, n / (2 * max(1, n_true)), n / (2 * max(1, n - n_true)))
    design = np.column_stack([rows, np.ones(n)])
    ridge = np.append(np.ones(rows.shape[1]), 0.0)
    coefficients = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        chance = scipy.special.expit(design @ coefficients)
        slope = design.T @ (weight * (chance - wanted)) + ridge * coefficients
        curve = (design.T * (weight * np.maximum(chance * (1 - chance), TINY))) @ design + np.diag(
            ridge
        )
        step = np.linalg.solve(curve, slope)
        coefficients -= step
        if np.abs(step).max() < CLOSE:
            break
    return coefficients[:-1], float(coefficients[-1])


def _compute_basis(rows: Floats, components: int | None) -> tuple[Floats, Floats]:
    """Mean (d,) and (d, k) directions of the `components` largest spreads of (n, d) rows, all as
    they are for None."""
    if components is None:
        return np.zeros(rows.shape[1]), np.eye(rows.shape[1])
    middle = rows.mean(axis=0)
    _, _, across = np.linalg.svd(rows - middle, full_matrices=False)
    return middle, across[: min(components, len(rows) - 1)].T


def _make_folds(truth: NDArray[np.bool_], group: Ids, seed: int, folds: int) -> NDArray[np.intp]:
    """(n,) fold of each row: the groups of either class, of which none is in both, are shuffled and
    dealt out in turn."""
    rng, home = np.random.default_rng(seed), np.zeros(truth.size, np.intp)
    for which in (truth, ~truth):
        names, member = np.unique(group[which], return_inverse=True)
        home[which] = (rng.permutation(names.size) % folds)[member]
    return home


def estimate_auc_by_clip(own: Floats, clip: Ids, other: Floats, seed: int) -> Estimate:
    """AUC of (n,) field scores against (m,) benchmark scores with percentile limits by bootstrap of
    clips and of pictures; with an exact limit where the two are separated whole, since then all
    resamples are alike (methods 2.6c).

    `clip`: (n,) ids. "na" below three clips, with the value.
    """
    value = compute_auroc(own, other)
    n_clips = np.unique(clip).size
    if n_clips < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", own.size, value)
    if value in (0.0, 1.0):
        floor = compute_auc_floor(n_clips, other.size)
        lo, hi = (floor, 1.0) if value else (0.0, 1 - floor)
        return Estimate.from_limits(value, lo, hi, n=own.size, n_eff=float(n_clips), method="exact")
    lo, hi = percentile_limits(compute_auc_replicates(own, clip, other, seed))
    return Estimate.from_limits(
        value, lo, hi, n=own.size, n_eff=float(n_clips), method="bootstrap_clips"
    )


def compute_auc_replicates(own: Floats, clip: Ids, other: Floats, seed: int) -> Floats:
    """(1000,) AUC of as many resamples of clips and of pictures; the same ones for any scores of
    the same rows, so that differences of two are paired. Shapes as of `estimate_auc_by_clip`."""
    above, sizes = _count_above(own, clip, other)
    rng = np.random.default_rng(seed)
    clips = rng.multinomial(sizes.size, np.full(sizes.size, 1 / sizes.size), RESAMPLES)
    pictures = rng.multinomial(other.size, np.full(other.size, 1 / other.size), RESAMPLES)
    return np.asarray(
        np.einsum("bm,bm->b", clips @ above, pictures) / ((clips @ sizes) * other.size), np.float64
    )


def rank_causes(samples: DomainSamples, seed: int) -> tuple[Cause, ...]:
    """Univariate AUC of every image statistic, the most distinct first (methods 7). `samples` in
    the order of `KINDS`.

    Under no shift the rank of a frame among the benchmark's pictures is uniform and that of a clip
    varies no more: a mean over G clips with variance 1/12 a clip is a conservative test, corrected
    for the number of statistics. Named is what passes it, has an interval on one side of a half and
    an AUC of 0.75 or more, and medians at least `LEAST_EFFECTS` apart: the first of each kind of
    cause. Enough frames make any difference distinct, also one that nobody would act on.
    """
    pairs = []
    for index, name in enumerate(KINDS):
        own, other = samples.field[:, index], samples.benchmark[:, index]
        auc = estimate_auc_by_clip(own, samples.clip, other, seed)
        distinct = (
            auc.measured and not auc.lo <= 0.5 <= auc.hi and max(auc.value, 1 - auc.value) >= AMBER
        )
        middle = float(np.median(own)), float(np.median(other))
        far = abs(middle[0] - middle[1]) / max(
            float(np.subtract(*np.percentile(other, [75, 25]))), 1e-6
        )
        named = (
            distinct
            and LEAST_EFFECTS[name].is_reached(*middle)
            and len(KINDS) * compute_rank_p(own, samples.clip, other) <= CHANCE
        )
        pairs.append((far, Cause(name, auc, *middle, named)))
    ordered = [
        item
        for _, item in sorted(pairs, key=lambda pair: (-abs(pair[1].auc.value - 0.5), -pair[0]))
    ]
    first: dict[str, CauseName] = {}
    for _, cause in pairs:
        if cause.named:
            first.setdefault(KINDS[cause.name], cause.name)
    return tuple(_set_named(item, item.name in first.values()) for item in ordered)


def _set_named(cause: Cause, named: bool) -> Cause:
    return Cause(cause.name, cause.auc, cause.field_median, cause.benchmark_median, named)


def _count_above(own: Floats, clip: Ids, other: Floats) -> tuple[Floats, Floats]:
    """(G, m) how many frames of each clip lie above each picture, ties counting half, and (G,) the
    frames of each clip."""
    names, member = np.unique(clip, return_inverse=True)
    higher = (own[:, None] > other) + 0.5 * (own[:, None] == other)
    return np.stack(
        [higher[member == index].sum(axis=0) for index in range(names.size)]
    ), np.bincount(member).astype(np.float64)


def compute_rank_p(own: Floats, clip: Ids, other: Floats) -> float:
    """Chance, two-sided, of a mean rank so far from a half, were clips drawn as benchmark pictures
    are. `own`: (n,); `other`: (m,)."""
    above, sizes = _count_above(own, clip, other)
    mean = float((above.sum(axis=1) / sizes).mean() / other.size)
    return 2 * float(
        scipy.stats.norm.sf(abs(mean - 0.5) / sqrt(1 / (12 * sizes.size) + 1 / (12 * other.size)))
    )


def compute_out_of_fold_scores(
    samples: DomainSamples, seed: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Out-of-fold scores of all rows (n,) and which of them are the field's. Below three clips the
    field is cut into four stretches."""
    rows = _rotate_rows(np.concatenate([samples.field, samples.benchmark]))
    truth = np.arange(len(rows)) < len(samples.field)
    clip = np.unique(samples.clip, return_inverse=True)[1]
    if clip.max() + 1 < FEWEST_CLIPS:
        clip = np.arange(clip.size) * BLOCKS // clip.size
    group = np.concatenate([clip, clip.max() + 1 + np.arange(len(samples.benchmark))])
    return compute_grouped_scores(
        rows, truth, group, seed, min(FOLDS, int(clip.max()) + 1), _choose_n_components(samples)
    ), truth


def split_by_truth(scores: Floats, truth: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Scores of the field and of the benchmark, from (n,) of both."""
    return scores[truth], scores[~truth]


def _choose_n_components(samples: DomainSamples) -> int | None:
    """Image statistics are few; embeddings are brought down."""
    return COMPONENTS if samples.field.shape[1] > COMPONENTS else None


def _rotate_rows(rows: Floats) -> Floats:
    """The same rows in at most n coordinates: nothing is lost, and components of wide embeddings
    cost a tenth."""
    if rows.shape[1] <= len(rows):
        return rows
    centred = rows - rows.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(left * size)


def measure_within_field(
    samples: DomainSamples, seed: int, progress: Progress
) -> tuple[float, float]:
    """Median and largest AUC between two random halves of the field's own clips, 20 splits; NaN
    below four clips."""
    names, member = np.unique(samples.clip, return_inverse=True)
    if names.size < FEWEST_TO_SPLIT:
        return nan, nan
    rng, rows, result = np.random.default_rng(seed), _rotate_rows(samples.field), []
    for split in range(SPLITS):
        progress.check()
        half = np.isin(member, rng.permutation(names.size)[: names.size // 2])
        scores = compute_grouped_scores(
            rows,
            half,
            member,
            seed + split,
            min(FOLDS, names.size // 2),
            _choose_n_components(samples),
        )
        result.append(compute_auroc(scores[half], scores[~half]))
        progress.report(split + 1, SPLITS + PERMUTATIONS, SPLIT_UNIT)
    return float(np.median(result)), float(np.max(result))


def _compute_permutation_p(samples: DomainSamples, seed: int, progress: Progress) -> float:
    """Chance of the AUC of one frame a clip against pictures, were it not known which is which: (1
    + #≥)/(1 + 99); NaN below three clips.

    One frame a clip, drawn at random, can change places with a picture; a whole clip cannot.
    """
    names, member = np.unique(samples.clip, return_inverse=True)
    if names.size < FEWEST_CLIPS:
        return nan
    rng = np.random.default_rng(seed)
    own = [int(rng.choice(np.flatnonzero(member == position))) for position in range(names.size)]
    others = rng.permutation(len(samples.benchmark))[: max(2 * FOLDS, PER_UNIT * names.size)]
    rows = _rotate_rows(np.concatenate([samples.field[own], samples.benchmark[others]]))
    alone, truth = np.arange(len(rows)), np.arange(len(rows)) < len(own)

    def compute_area(which: NDArray[np.bool_]) -> float:
        return compute_auroc(
            *split_by_truth(
                compute_grouped_scores(
                    rows, which, alone, seed, min(FOLDS, names.size), _choose_n_components(samples)
                ),
                which,
            )
        )

    observed, reached = compute_area(truth), 0
    for index in range(PERMUTATIONS):
        progress.check()
        reached += compute_area(rng.permutation(truth)) >= observed
        progress.report(SPLITS + index + 1, SPLITS + PERMUTATIONS, SPLIT_UNIT)
    return (1 + reached) / (1 + PERMUTATIONS)


# Shift of place, spectrum and time told apart, and whether borders, captions or logos are all that
# tells (methods 7b).

FloatArray = NDArray[np.float64]

ASPECTS: tuple[AspectName, ...] = ("place", "spectrum", "time")
# of the domain shift and its aspects together, each and all with a control within the field
ALL_SPLITS = SPLITS + PERMUTATIONS + (len(ASPECTS) + 1) * SPLITS
LAYOUT_COMPONENTS = 12  # of the layout
BRIGHTNESS = 0  # its column among the figures of light


@dataclass(frozen=True, slots=True, eq=False)
class AspectSamples:
    """Features of field and benchmark by aspect, with borders and marks `masked` and with nothing
    masked (`plain`): the same frames, in the order of the list, and the same pictures. `marked`:
    share of the picture that was painted over besides the borders."""

    masked: Mapping[AspectName, DomainSamples]
    plain: Mapping[AspectName, DomainSamples]
    marked: float


def build_aspect_samples(
    frames: list[NDArray[np.uint8]],
    clip: NDArray[np.str_],
    pictures: list[NDArray[np.uint8]],
    progress: Progress,
) -> AspectSamples:
    """Measure the features of both sides, with and without the static marks.

    A mark of either side is painted over on both, so that the paint itself tells nothing apart.

    Args:
        frames: the field's frames, each (h, w, 3) uint8 RGB.
        clip: (n,) clip of each frame.
        pictures: the benchmark's images, each (h, w, 3) uint8 RGB.
        progress: asked before each picture, and may cancel.
    """
    marks = _find_clip_marks(frames, clip) | find_static_marks(
        np.stack([make_grid(rgb) for rgb in pictures])
    )
    sides: dict[bool, dict[AspectName, DomainSamples]] = {}
    for masked in (True, False):
        rows = []
        for rgb in (*frames, *pictures):
            progress.check()
            rows.append(compute_aspect_features(rgb, masked, marks))
        stacked = {name: np.stack([getattr(row, name) for row in rows]) for name in ASPECTS}
        sides[masked] = {
            name: DomainSamples(all_of[: clip.size], clip, all_of[clip.size :])
            for name, all_of in stacked.items()
        }
    return AspectSamples(sides[True], sides[False], float(marks.mean()))


def _find_clip_marks(frames: list[NDArray[np.uint8]], clip: NDArray[np.str_]) -> NDArray[np.bool_]:
    """What keeps still from clip to clip, by the median picture of each; frames of another shape
    than the first are left out."""
    shape = frames[0].shape
    by_clip = [
        np.median(
            [
                make_grid(rgb)
                for rgb, own in zip(frames, clip.tolist(), strict=True)
                if own == name and rgb.shape == shape
            ],
            axis=0,
        )
        for name in np.unique(clip[[rgb.shape == shape for rgb in frames]]).tolist()
    ]
    return (
        find_static_marks(np.stack(by_clip).astype(np.uint8))
        if by_clip
        else np.zeros((GRID, GRID), dtype=bool)
    )


def measure_shift_aspects(
    aspect_samples: AspectSamples, seed: int, progress: Progress | None = None
) -> ShiftAspects:
    """Which kind of shift there is, of at least 10 frames and 10 pictures. Raises Cancelled through
    `progress`."""
    tracker, result, draws = progress or NullProgress(), {}, {}
    aspect_samples = AspectSamples(
        _reduce_layout(aspect_samples.masked),
        _reduce_layout(aspect_samples.plain),
        aspect_samples.marked,
    )
    for name in ASPECTS:
        result[name], draws[name] = _measure_aspect(name, aspect_samples, seed, tracker)
    together = {
        kind: _concatenate_features(samples)
        for kind, samples in (("masked", aspect_samples.masked), ("plain", aspect_samples.plain))
    }
    scores = {
        kind: split_by_truth(*compute_out_of_fold_scores(samples, seed))
        for kind, samples in together.items()
    }
    clip = together["masked"].clip
    masked, plain = (
        estimate_auc_by_clip(scores[kind][0], clip, scores[kind][1], seed)
        for kind in ("masked", "plain")
    )
    fell = _estimate_auc_difference(scores["plain"], scores["masked"], clip, seed)
    n_clips = np.unique(clip).size
    leading = _find_leading([aspect for aspect in result.values() if aspect.shown], draws)
    _, most = measure_within_field(together["plain"], seed, tracker)
    overlay = plain.value > most and _is_overlay(scores["plain"], clip, plain, masked, fell)
    verdict = _describe_aspects(overlay, list(result.values()), leading)
    order, order_p = _measure_time_order(aspect_samples.masked["time"])
    return ShiftAspects(
        told=verdict,
        leading=leading if verdict == "told" else (),
        aspects=tuple(sorted(result.values(), key=lambda aspect: -aspect.auc.value)),
        unmasked=plain,
        masked=masked,
        fell=fell,
        marked=aspect_samples.marked,
        order=order,
        order_p=order_p,
        n_frames=len(clip),
        n_clips=n_clips,
        n_pictures=len(together["masked"].benchmark),
    )


def _measure_aspect(
    name: AspectName, aspect_samples: AspectSamples, seed: int, progress: Progress
) -> tuple[Aspect, FloatArray]:
    """One kind with its control, and its AUC over the resamples (empty below three clips)."""
    samples = aspect_samples.masked[name]
    own, other = split_by_truth(*compute_out_of_fold_scores(samples, seed))
    auc = estimate_auc_by_clip(own, samples.clip, other, seed)
    plain = compute_auroc(
        *split_by_truth(*compute_out_of_fold_scores(aspect_samples.plain[name], seed))
    )
    control, most = measure_within_field(samples, seed, progress)
    beyond = (
        auc.measured
        and auc.value >= AMBER
        and auc.lo > 0.5
        and len(ASPECTS) * compute_rank_p(own, samples.clip, other) <= CHANCE
    )
    draws = compute_auc_replicates(own, samples.clip, other, seed) if auc.measured else np.empty(0)
    return Aspect(name, auc, plain, control, most, shown=bool(beyond and auc.value > most)), draws


def _reduce_layout(samples: Mapping[AspectName, DomainSamples]) -> dict[AspectName, DomainSamples]:
    """The layout by its foremost components over both sides, found without knowing which is which,
    so that its many cells do not drown the few figures of the others."""
    position = samples["place"]
    rows = np.concatenate([position.field, position.benchmark])
    centred = rows - rows.mean(axis=0)
    _, _, across = np.linalg.svd(centred, full_matrices=False)
    few = centred @ across[:LAYOUT_COMPONENTS].T
    return {
        **samples,
        "place": DomainSamples(
            few[: len(position.field)], position.clip, few[len(position.field) :]
        ),
    }


def _concatenate_features(samples: Mapping[AspectName, DomainSamples]) -> DomainSamples:
    """All features side by side."""
    parts = [samples[name] for name in ASPECTS]
    return DomainSamples(
        np.hstack([part.field for part in parts]),
        parts[0].clip,
        np.hstack([part.benchmark for part in parts]),
    )


def _estimate_auc_difference(
    sample_pair: tuple[FloatArray, FloatArray],
    other: tuple[FloatArray, FloatArray],
    clip: NDArray[np.generic],
    seed: int,
) -> Estimate:
    """AUC of one pair of (field, benchmark) scores less that of another over the same rows, by
    paired resamples of clips and pictures."""
    value = compute_auroc(*sample_pair) - compute_auroc(*other)
    if np.unique(clip).size < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", sample_pair[0].size, value)
    lo, hi = percentile_limits(
        compute_auc_replicates(sample_pair[0], clip, sample_pair[1], seed)
        - compute_auc_replicates(other[0], clip, other[1], seed)
    )
    return Estimate.from_limits(
        value,
        lo,
        hi,
        n=sample_pair[0].size,
        n_eff=float(np.unique(clip).size),
        method="bootstrap_clips",
    )


def _is_overlay(
    scores: tuple[FloatArray, FloatArray],
    clip: NDArray[np.generic],
    plain: Estimate,
    masked: Estimate,
    fell: Estimate,
) -> bool:
    """Told apart beyond chance as they are, and no longer, by more than chance, once borders and
    marks are masked."""
    if not (
        plain.measured
        and plain.value >= AMBER
        and len(ASPECTS) * compute_rank_p(scores[0], clip, scores[1]) <= CHANCE
    ):
        return False
    return masked.value < AMBER and fell.lo > 0


def _find_leading(
    shown: list[Aspect], draws: Mapping[AspectName, FloatArray]
) -> tuple[AspectName, ...]:
    """The kinds that are shown by falling AUC, where the first is better than every other one by
    paired resamples; else none."""
    ordered = [item.name for item in sorted(shown, key=lambda aspect: -aspect.auc.value)]
    better = all(percentile_limits(draws[ordered[0]] - draws[name])[0] > 0 for name in ordered[1:])
    return tuple(ordered) if better else ()


def _describe_aspects(
    overlay: bool, aspects: list[Aspect], leading: tuple[AspectName, ...]
) -> AspectFinding:
    if overlay:
        return "overlay"
    if any(isnan(aspect.control) for aspect in aspects):
        return "too_few_clips"
    if not any(aspect.shown for aspect in aspects):
        return "none"
    return "told" if leading else "confounded"


def _measure_time_order(samples: DomainSamples) -> tuple[float, float]:
    """Share of the pairs of clips whose later one, in the order of the list, is brighter, and the
    chance of so clear an order either way; NaN below four clips. Source: Kendall 1938."""
    names, first, member = np.unique(samples.clip, return_index=True, return_inverse=True)
    if names.size < FEWEST_TO_SPLIT:
        return nan, nan
    light = np.array(
        [samples.field[member == index, BRIGHTNESS].mean() for index in range(names.size)]
    )
    result = scipy.stats.kendalltau(first, light)
    return (1 + float(result.statistic)) / 2, float(result.pvalue)
