"""Calibration metrics: calibration error, Brier score, over-confidence and temperature of a model's
predictions (methods 4). Frames may carry weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, isfinite, log, nan, sqrt
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import LabelledSet
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.cluster import draw_honest_answers, estimate_overconfidence
from fieldcheck.stats.weighted_field_score import (
    compute_effective_n,
    compute_weighted_mean,
    estimate_weighted_share,
)
from fieldcheck.stats.wilson_interval import Z95, estimate_difference

# Calibration: how often a model is right when it says how sure it is.

Binning = Literal["equal_width", "equal_mass"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers of similar confidence: `confidence` is their mean, `right` how many of them are
    right."""

    confidence: float
    right: Estimate


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Expected (`value`) and `largest` calibration error over `bins` bins, of equal width or of
    equal mass; `null_p95`: the 95th percentile of the expected error of a model that is calibrated
    perfectly, on as many answers."""

    value: float
    largest: float
    n: int
    bins: int
    binning: Binning
    null_p95: float


@dataclass(frozen=True, slots=True)
class SideCalibration:
    """Calibration on one side. `n` answers (boxes, for a detector) and `n_dropped` without a finite
    confidence; `says` mean confidence and `right` accuracy on these; `signed` = says − right,
    positive where the model is too sure; `signed_cameras` the same for other clips of the cameras,
    None on a benchmark or with fewer than three clips.

    `ece` is the calibration error that counts, `ece_other` the one of the other binning. `brier`,
    `nll`: NaN where answers are no probabilities of classes; `brier_top`: of the answer alone.
    `over_confident`: too sure for other clips of these cameras, or on the benchmark, by the limits.
    """

    on: LabelledSet
    n: int
    n_dropped: int
    says: Estimate
    right: Estimate
    signed: Estimate
    signed_cameras: Estimate | None
    ece: CalibrationError
    ece_other: CalibrationError
    brier: float
    brier_top: float
    nll: float
    over_confident: bool
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class Temperature:
    """What-if: the temperature that fits the benchmark best, and its effect there and in the field.
    The `field_…` values are NaN where the field has no labels. No prediction changes."""

    value: float
    n: int
    nll_before: float
    nll_after: float
    field_signed_before: float
    field_signed_after: float
    field_ece_before: float
    field_ece_after: float


@dataclass(frozen=True, slots=True)
class ClassConfidence:
    """Median confidence over the `n` frames of the footage that the model calls so; over labelled
    picks, weighted, where the footage was not run. `sure`: share of them at 0.60 or above, for
    other clips of these cameras; the median is that high where the share is a half or more."""

    name: str
    n: int
    median: float
    sure: Estimate


@dataclass(frozen=True, slots=True)
class Calibration:
    """Both sides, those of them that are measured; `temperature` is None without a benchmark or
    where it hits a bound; `unit` is what an answer is: a frame or a box."""

    unit: Literal["frame", "box"]
    sides: tuple[SideCalibration, ...]
    temperature: Temperature | None
    classes: tuple[ClassConfidence, ...]

    def get_side(self, set_name: LabelledSet) -> SideCalibration | None:
        """That side, None where it was not measured."""
        return next((side for side in self.sides if side.on == set_name), None)


Floats = NDArray[np.float64]
Probabilities = NDArray[np.floating]


# bins; below that many answers fifteen bins mostly show noise
FINE, COARSE, FEW_ANSWERS = 15, 5, 500
REDRAWS, ROWS = 500, 50  # of the null band, and how many of them are held at once
LEAST_PROBABILITY = 1e-12
COLDEST, HOTTEST = 0.05, 20.0  # temperatures
SUM_SLACK = 1e-3  # by which probabilities of classes may miss one in their sum


@dataclass(frozen=True, slots=True, eq=False)
class JudgedAnswers:
    """Answers with a finite confidence, all (n,): `confidence` in [0, 1], `right` bool, design
    `weight` > 0, and ids of what they hang together by: `unit` (the frame of a box) and `clip`."""

    confidence: Floats
    right: NDArray[np.bool_]
    weight: Floats
    unit: NDArray[np.generic]
    clip: NDArray[np.generic]


@dataclass(frozen=True, slots=True, eq=False)
class ClassProbabilities:
    """`probability`: (n, K) of each class; `truth`: (n,) class indices."""

    probability: Probabilities
    truth: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FittedTemperature:
    """Temperature with the least negative log likelihood, and that before and after."""

    value: float
    nll_before: float
    nll_after: float


def measure_calibration(
    set_name: LabelledSet,
    answers: JudgedAnswers,
    seed: int,
    n_dropped: int = 0,
    classes: ClassProbabilities | None = None,
) -> SideCalibration:
    """All figures of one side; n ≥ 1. `n_dropped`: answers without a finite confidence; `classes`:
    where answers are probabilities."""
    c, y, w = answers.confidence, answers.right, answers.weight
    clip = answers.clip if set_name == "field" else None
    counts, other = compute_calibration_errors(c, y, w, seed, clip)
    confidence, right = (
        estimate_mean_confidence(c, w, answers.unit),
        _estimate_accuracy(answers, answers.unit),
    )
    signed = estimate_difference(confidence, right)
    cameras = estimate_overconfidence(c, y, w, clip) if clip is not None else None
    judged = signed if cameras is None else cameras
    return SideCalibration(
        on=set_name,
        n=c.size,
        n_dropped=n_dropped,
        says=confidence,
        right=right,
        signed=signed,
        signed_cameras=cameras if cameras is not None and cameras.measured else None,
        ece=counts,
        ece_other=other,
        brier=compute_brier_score(classes.probability, classes.truth, w) if classes else nan,
        brier_top=compute_weighted_mean((c - y) ** 2, w),
        nll=compute_nll(classes.probability, classes.truth, w) if classes else nan,
        over_confident=judged.measured and judged.lo > 0,
        bins=compute_reliability_bins(c, y, w, counts),
    )


def compute_calibration_errors(
    confidence: Floats,
    right: NDArray[np.bool_],
    weight: Floats,
    seed: int,
    clip: NDArray[np.generic] | None = None,
) -> tuple[CalibrationError, CalibrationError]:
    """Calibration error that counts and the other: fifteen bins of equal width, five of equal mass,
    which count below 500 answers; (n,) each."""
    answers = confidence, right, weight
    width = compute_calibration_error(*answers, FINE, "equal_width", seed, clip)
    mass = compute_calibration_error(*answers, COARSE, "equal_mass", seed, clip)
    return (mass, width) if confidence.size < FEW_ANSWERS else (width, mass)


def compute_calibration_error(
    confidence: Floats,
    right: NDArray[np.bool_],
    weight: Floats,
    bins: int,
    binning: Binning,
    seed: int = 0,
    clip: NDArray[np.generic] | None = None,
) -> CalibrationError:
    """Expected (ECE) and maximum calibration error (MCE) with the null band of 500 redraws from
    `seed`; all (n,). Of clips whole clips of an honest model are redrawn, which differ as much as
    these do; without them each answer for itself, a ~ Bernoulli(c).

    Source: Guo et al. 2017; Nixon et al. 2019 for equal mass; the bias of small samples after
    Roelofs et al. 2022.
    """
    order, starts = _make_sorted_bins(confidence, bins, binning)
    c, w = confidence[order], weight[order]
    mass = np.add.reduceat(w, starts)
    apart = np.abs(np.add.reduceat(w * (right[order] - c), starts))
    null = [
        np.abs(np.add.reduceat(w * (honest - c), starts, axis=1)).sum(axis=1)
        for honest in _draw_honest_chunks(
            c, right[order], w, seed, None if clip is None else clip[order]
        )
    ]
    p95 = float(np.quantile(np.concatenate(null), 0.95) / w.sum())
    return CalibrationError(
        float(apart.sum() / w.sum()), float((apart / mass).max()), c.size, bins, binning, p95
    )


def _draw_honest_chunks(
    confidence: Floats,
    right: NDArray[np.bool_],
    weight: Floats,
    seed: int,
    clip: NDArray[np.generic] | None,
) -> Iterator[NDArray[np.bool_]]:
    """Answers of an honest model, `ROWS` draws at once."""
    if clip is None:
        rng = np.random.default_rng(seed)
        for _ in range(0, REDRAWS, ROWS):
            yield rng.random((ROWS, confidence.size)) < confidence
        return
    for index in range(0, REDRAWS, ROWS):
        yield draw_honest_answers(confidence, right, weight, clip, draws=ROWS, seed=[seed, index])


def compute_reliability_bins(
    confidence: Floats,
    right: NDArray[np.bool_],
    weight: Floats,
    calibration_error: CalibrationError,
) -> tuple[ReliabilityBin, ...]:
    """Reliability diagram: the bins of a calibration error that hold answers, by rising confidence;
    all (n,)."""
    order, starts = _make_sorted_bins(confidence, calibration_error.bins, calibration_error.binning)
    return tuple(
        ReliabilityBin(
            compute_weighted_mean(confidence[part], weight[part]),
            estimate_weighted_share(right[part], weight[part]),
        )
        for part in np.split(order, starts[1:])
    )


def estimate_mean_confidence(
    confidence: Floats, weight: Floats, unit: NDArray[np.generic]
) -> Estimate:
    """Weighted mean ± z·s/√n, s between units (frames); all (n,)."""
    names, member = np.unique(unit, return_inverse=True)
    if names.size < 2:
        return Estimate.not_measured("one_frame", confidence.size)
    mean = compute_weighted_mean(confidence, weight)
    sums = np.bincount(
        member, weights=weight * (confidence - mean) / weight.sum(), minlength=names.size
    )
    half = Z95 * sqrt(names.size / (names.size - 1) * float(sums @ sums))
    limits = max(0.0, mean - half), min(1.0, mean + half)
    return Estimate.from_limits(
        mean, *limits, n=confidence.size, n_eff=compute_effective_n(weight), method="mean"
    )


def compute_brier_score(
    probability: Probabilities, truth: NDArray[np.int64], weight: Floats
) -> float:
    """Brier score of classes, 0 to 2: the weighted mean of Σ_k (p_k − 1[k is the truth])².
    `probability`: (n, K), the others (n,)."""
    own = probability[np.arange(truth.size), truth].astype(np.float64)
    return compute_weighted_mean(
        np.einsum("nk,nk->n", probability, probability, dtype=np.float64) - 2 * own + 1, weight
    )


def compute_nll(probability: Probabilities, truth: NDArray[np.int64], weight: Floats) -> float:
    """Weighted mean of −ln p of the truth, p no less than 1e-12. `probability`: (n, K), the others
    (n,)."""
    own = probability[np.arange(truth.size), truth].astype(np.float64)
    return compute_weighted_mean(-np.log(np.clip(own, LEAST_PROBABILITY, 1.0)), weight)


def compute_logits(probability: Probabilities) -> Probabilities:
    """ln p, p no less than 1e-12: logits that give the same probabilities; (n, K)."""
    return np.log(np.clip(probability, LEAST_PROBABILITY, 1.0))


def scale_by_temperature(logits: Probabilities, temperature: float) -> Floats:
    """(n, K) probabilities of logits divided by a temperature."""
    return np.asarray(np.exp(scipy.special.log_softmax(logits / temperature, axis=1)))


def fit_temperature(logits: Probabilities, truth: NDArray[np.int64]) -> FittedTemperature | None:
    """Temperature scaling: the T from 0.05 to 20 with the least negative log likelihood; None where
    it comes to rest on a bound.

    `logits`: (n, K), n ≥ 1, of a benchmark or another calibration split, never of the field;
    `truth`: (n,). Source: Guo et al. 2017.
    """
    rows = np.arange(truth.size)

    def compute_loss(log_t: float) -> float:
        return float(
            -scipy.special.log_softmax(logits / exp(log_t), axis=1)[rows, truth].mean(
                dtype=np.float64
            )
        )

    low, high = log(COLDEST), log(HOTTEST)
    minimum = scipy.optimize.minimize_scalar(
        compute_loss, bounds=(low, high), options={"xatol": 1e-10}
    )
    if (
        not isfinite(minimum.fun)
        or min(compute_loss(low), compute_loss(high)) <= minimum.fun + 1e-9
    ):
        return None
    return FittedTemperature(exp(minimum.x), compute_loss(0.0), float(minimum.fun))


def is_probability_table(answers: Probabilities) -> bool:
    """Whether each row of (n, K) finite answers sums to one within a thousandth and none is
    negative."""
    return bool((np.abs(answers.sum(axis=1) - 1) <= SUM_SLACK).all() and (answers >= 0).all())


def _estimate_accuracy(answers: JudgedAnswers, unit: NDArray[np.generic]) -> Estimate:
    """Wilson's, with the effective number of frames where weights differ; boxes of one frame hang
    together as frames of a clip do."""
    alone = np.unique(unit).size == answers.right.size
    return (
        estimate_weighted_share(answers.right, answers.weight)
        if alone
        else estimate_camera_interval(answers.right, answers.weight, unit)
    )


def _make_sorted_bins(
    confidence: Floats, bins: int, binning: Binning
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(n,) order by rising confidence and the places in it at which the bins that hold something
    begin. Equal width is closed to the right, as Guo et al. cut it; equal mass is `np.array_split`.
    Ties stand in an order drawn once: in the list's a bad clip of answers that are all as sure
    would fill a bin of its own."""
    order = np.lexsort((np.random.default_rng(0).permutation(confidence.size), confidence))
    if binning == "equal_mass":
        sizes = [part.size for part in np.array_split(order, min(bins, order.size))]
        return order, np.concatenate([[0], np.cumsum(sizes[:-1])]).astype(np.intp)
    home = np.clip(np.ceil(confidence[order] * bins).astype(np.intp) - 1, 0, bins - 1)
    return order, np.flatnonzero(np.concatenate([[True], home[1:] != home[:-1]]))
