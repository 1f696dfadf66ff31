"""Field scores from picks drawn with unequal probabilities: this footage, this camera, the hardest
fifth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.csv_json_xml import published_as
from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.camera_interval import FEWEST_CLIPS, estimate_camera_interval
from fieldcheck.stats.wilson_interval import (
    StratumCount,
    compute_wilson_limits,
    estimate_finite_wilson,
    estimate_stratified,
    estimate_wilson,
)

# Shares and means from frames that were drawn with unequal probabilities, where the size of the
# population is not known.

MOST_GAIN = 1.5  # weights may make n frames worth at most this many times n


def compute_effective_n(weight: ArrayLike) -> float:
    """Effective number of frames of (n,) weights: (Σw)²/Σw². Source: Kish 1965."""
    w = np.asarray(weight, dtype=np.float64)
    return float(w.sum() ** 2 / (w @ w))


def compute_weighted_mean(value: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Mean of (n,) values with (n,) weights, n ≥ 1; exactly the common value where all are equal.
    Rounding could otherwise make an all-correct share 0.9999999999999998, which intervals treat
    differently from 1."""
    first = float(value[0])
    return first if bool((value == first).all()) else float(weight @ value / weight.sum())


def estimate_weighted_share(right: ArrayLike, weight: ArrayLike) -> Estimate:
    """Weighted share correct with Wilson limits at the effective number of frames (methods 3.5);
    plain Wilson for equal weights.

    `right`: (n,) 1 correct, 0 wrong; `weight`: (n,) ≥ 0; frames of weight 0 are left out. Source:
    Särndal, Swensson & Wretman 1992."""
    y, w = np.asarray(right, dtype=np.float64), np.asarray(weight, dtype=np.float64)
    y, w = y[w > 0], w[w > 0]
    if y.size == 0:
        return Estimate.not_measured("no_labels")
    if np.ptp(w) <= 1e-9 * w.max():
        return estimate_wilson(float(y.sum()), y.size)
    p = compute_weighted_mean(y, w)
    variance = _compute_ratio_variance(y, w, p)
    worth = (
        min(p * (1 - p) / variance, MOST_GAIN * y.size)
        if 0 < p < 1 and variance > 0
        else compute_effective_n(w)
    )
    lo, hi = compute_wilson_limits(p, worth)
    return Estimate.from_limits(p, lo, hi, n=y.size, n_eff=worth, method="hajek_wilson")


def estimate_by_clips_or_frames(right: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Estimate:
    """Weighted share correct with the camera interval; below three clips with that of
    `estimate_weighted_share`, which is for this footage only.

    `right`: (n,) 1 correct, 0 wrong; `weight`: (n,) design weights; `clip`: (n,) ids."""
    cameras = estimate_camera_interval(right, weight, clip)
    return cameras if cameras.measured else estimate_weighted_share(right, weight)


def estimate_class_share(
    right: ArrayLike, weight: ArrayLike, frame: ArrayLike | None = None
) -> Estimate:
    """Weighted share of what a label tells apart, such as the frames or objects of a class.

    Args:
        right: (n,) 1 correct, 0 wrong.
        weight: (n,) design weights.
        frame: (n,) which frame an object lies on, since the objects of a frame stand or fall
            together; None where every row is a frame.

    Returns:
        The share, for this footage; without an interval where the objects lie on fewer than three
        frames, since they are not independent.
    """
    if frame is None:
        return estimate_weighted_share(right, weight)
    w = np.asarray(weight, dtype=np.float64)
    share = estimate_by_clips_or_frames(right, w, frame)
    if share.measured and np.unique(np.asarray(frame)[w > 0]).size < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", share.n, share.value)
    return share


def compute_weighted_median(value: ArrayLike, weight: ArrayLike) -> float:
    """Lowest of (n,) values with at least half of the (n,) weight at or below it; NaN without one.
    Values that are not finite or have weight 0 are left out."""
    y, w = np.asarray(value, dtype=np.float64), np.asarray(weight, dtype=np.float64)
    kept = np.isfinite(y) & (w > 0)
    if not kept.any():
        return nan
    order = np.argsort(y[kept], kind="stable")
    reached = np.cumsum(w[kept][order])
    return float(y[kept][order][np.searchsorted(reached, reached[-1] / 2)])


def _compute_ratio_variance(y: NDArray[np.float64], w: NDArray[np.float64], p: float) -> float:
    """Variance of the ratio estimator."""
    n = y.size
    return float(n / (n - 1) * ((w * (y - p)) ** 2).sum() / w.sum() ** 2)


CHOSEN, EXTRA, HARD = "chosen", "extra", "hard"
UNSHARED = "unshared"  # state of a labelled frame whose class the benchmark lacks
SHOW_BOUNDS = 0.05  # share of frames without an answer from which the bounds are shown
TOO_MANY_OUT = 0.10  # share of frames taken out from which the score is weak


@dataclass(frozen=True, slots=True)
class FieldSample:
    """Every pick, replacements and excluded ones included. `stratum`: (n,) names: `hard`, `rest`,
    `even`, `must` (with `@2` … for later draws), `chosen`, `extra`; `state`: (n,) of `done`,
    `unsure`, `skipped`, `out`, `unshared` and the empty string (not labelled yet); `right`: (n,)
    bool, read where done; `clip`: (n,) ids. `listed`: number of frames of each stratum in the
    sampling list."""

    stratum: NDArray[np.str_]
    state: NDArray[np.str_]
    right: NDArray[np.bool_]
    clip: NDArray[np.str_]
    listed: Mapping[str, int]

    @classmethod
    def from_arrays(
        cls,
        stratum: ArrayLike,
        state: ArrayLike,
        right: ArrayLike,
        clip: ArrayLike,
        listed: Mapping[str, int],
    ) -> FieldSample:
        """A sample from anything that makes arrays, (n,) each; ValueError where they differ in
        length or a stratum's size is not given."""
        names, states = np.asarray(stratum, dtype=np.str_), np.asarray(state, dtype=np.str_)
        answers, clips = np.asarray(right, dtype=np.bool_), np.asarray(clip, dtype=np.str_)
        if not names.shape == states.shape == answers.shape == clips.shape:
            raise ValueError(
                f"strata, states, answers and clips differ: {names.shape}, {states.shape}, "
                f"{answers.shape}, {clips.shape}"
            )
        if missing := set(names.tolist()) - set(listed) - {CHOSEN, EXTRA}:
            raise ValueError(f"strata of unknown size: {sorted(missing)}")
        return cls(names, states, answers, clips, dict(listed))


@dataclass(frozen=True, slots=True)
class StratumScore:
    """Counts of one stratum: `listed` frames, `counted` of them after exclusion (methods 3.3 rule
    3), `picked` that may be labelled, `labelled`, `right` (correct), `out` (excluded); and its own
    score."""

    name: str
    listed: int
    counted: float = field(metadata=published_as(None))
    picked: int
    labelled: int
    right: int
    out: int = field(metadata=published_as(None))
    score: Estimate


@dataclass(frozen=True, slots=True)
class UnansweredBounds:
    """The footage score if the model were wrong, or correct, on every frame without a judgement."""

    if_wrong: Estimate
    if_right: Estimate


@dataclass(frozen=True, slots=True)
class FieldScores:
    """`footage` is the score of the sampling list, `camera` that of other clips of the camera ("na"
    below three clips), `hard` that of the hardest fifth (None where no such stratum was drawn),
    `chosen` that of hand-picked frames alone (None without any).

    `weight`: (n,) design weights of the picks, 0 where a pick does not count. `bounds`: None where
    few frames lack an answer. The counts leave out frames that were added after labels were seen;
    `n_clips` counts clips with a labelled frame of the draw.
    """

    footage: Estimate
    camera: Estimate
    hard: Estimate | None
    chosen: Estimate | None
    bounds: UnansweredBounds | None
    strata: tuple[StratumScore, ...]
    weight: NDArray[np.float64]
    n_picked: int
    n_labelled: int
    n_unsure: int
    n_skipped: int
    n_out: int
    n_clips: int
    census: bool
    interim: bool


def compute_field_scores(sample: FieldSample) -> FieldScores:
    """All field estimates of a sample (methods 0.2, 2.3, 2.4, 3.3). Frames added after labels were
    seen have weight 0.

    Unsure and skipped frames are left out; excluded frames, and labelled ones of a class that the
    benchmark lacks, shrink their stratum. Fewer labels than planned make the estimate weak
    ("interim")."""
    drawn = ~np.isin(_get_kinds(sample.stratum), [CHOSEN, EXTRA])
    is_labelled, waiting = sample.state == "done", sample.state == ""
    strata = tuple(
        _score_stratum(sample, name)
        for name in sample.listed
        if _get_base_name(name) not in (CHOSEN, EXTRA)
    )
    weight = compute_design_weights(sample)
    counted = is_labelled & drawn
    scored = weight > 0
    interim = bool((waiting & drawn).any() and counted.any())
    hard = [_count_stratum(stratum) for stratum in strata if _get_base_name(stratum.name) == HARD]
    chosen = _get_kinds(sample.stratum) == CHOSEN
    footage = (
        estimate_stratified([_count_stratum(stratum) for stratum in strata])
        if strata
        else Estimate.not_measured("chosen_only" if chosen.any() else "no_draw")
    )
    planned = sample.state[_get_kinds(sample.stratum) != EXTRA]
    camera = estimate_camera_interval(sample.right[scored], weight[scored], sample.clip[scored])
    camera = camera.widen_to(footage)
    return FieldScores(
        footage=_with_trust_notes(footage, strata, interim),
        camera=_with_trust_notes(camera, strata, interim),
        hard=_with_interim_note(estimate_stratified(hard), interim) if hard else None,
        chosen=_score_chosen(sample, chosen & is_labelled) if chosen.any() else None,
        bounds=_compute_bounds(sample, drawn, strata),
        strata=strata,
        weight=weight,
        n_picked=int((planned != "out").sum()),
        n_labelled=int(np.isin(planned, ["done", UNSHARED]).sum()),
        n_unsure=int((planned == "unsure").sum()),
        n_skipped=int((planned == "skipped").sum()),
        n_out=int((planned == "out").sum()),
        n_clips=int(np.unique(sample.clip[scored]).size),
        census=bool(strata)
        and all(stratum.picked + stratum.out >= stratum.listed for stratum in strata),
        interim=interim,
    )


def compute_design_weights(sample: FieldSample) -> NDArray[np.float64]:
    """(n,) number of frames that each labelled pick represents, N_h/n_h; 0 for picks that are
    unlabelled, excluded, chosen or added by hand."""
    weight = np.zeros(sample.state.size)
    for name in sample.listed:
        members = (sample.stratum == name) & (sample.state == "done")
        if _get_base_name(name) not in (CHOSEN, EXTRA) and members.any():
            weight[members] = compute_remaining_frames(sample, name) / members.sum()
    return weight


def _score_stratum(sample: FieldSample, name: str) -> StratumScore:
    member = sample.stratum == name
    is_labelled = member & (sample.state == "done")
    labelled, right = int(is_labelled.sum()), int((is_labelled & sample.right).sum())
    out = int((member & (sample.state == "out")).sum())
    counted = compute_remaining_frames(sample, name)
    return StratumScore(
        name,
        sample.listed[name],
        counted,
        int(member.sum()) - out,
        labelled,
        right,
        out,
        estimate_finite_wilson(StratumCount(right, labelled, counted)),
    )


def compute_remaining_frames(sample: FieldSample, name: str) -> float:
    """Frames that a stratum stands for, N_h·(k_h − o_h)/k_h: listed frames less the share that was
    taken out of those looked at, and of those labelled the share whose class is not shared."""
    member = sample.stratum == name
    n_reviewed, out = int(member.sum()), int((member & (sample.state == "out")).sum())
    done, unshared = (
        int((member & (sample.state == "done")).sum()),
        int((member & (sample.state == UNSHARED)).sum()),
    )
    kept = done / (done + unshared) if unshared else 1.0
    return (
        sample.listed[name] * (n_reviewed - out) / n_reviewed * kept
        if n_reviewed
        else float(sample.listed[name])
    )


def _compute_bounds(
    sample: FieldSample, drawn: NDArray[np.bool_], strata: tuple[StratumScore, ...]
) -> UnansweredBounds | None:
    """Bounds where more than 5 % of the frames looked at could not be told, or were taken out."""
    unknown = drawn & np.isin(sample.state, ["unsure", "skipped"])
    out = drawn & (sample.state == "out")
    n_reviewed = int((drawn & (sample.state != "")).sum())
    if not n_reviewed or max(unknown.sum(), out.sum()) <= SHOW_BOUNDS * n_reviewed:
        return None
    silent = unknown | out
    wrong, right = [], []
    for stratum in strata:
        more = int((silent & (sample.stratum == stratum.name)).sum())
        wrong.append(StratumCount(stratum.right, stratum.labelled + more, stratum.listed))
        right.append(StratumCount(stratum.right + more, stratum.labelled + more, stratum.listed))
    return UnansweredBounds(estimate_stratified(wrong), estimate_stratified(right))


def _with_trust_notes(
    estimate: Estimate, strata: tuple[StratumScore, ...], interim: bool
) -> Estimate:
    out, n_reviewed = (
        sum(stratum.out for stratum in strata),
        sum(stratum.labelled + stratum.out for stratum in strata),
    )
    noted = (
        estimate.with_weak_status("many_out")
        if n_reviewed and out > TOO_MANY_OUT * n_reviewed
        else estimate
    )
    return _with_interim_note(noted, interim)


def _with_interim_note(estimate: Estimate, interim: bool) -> Estimate:
    return estimate.with_weak_status("interim") if interim else estimate


def _score_chosen(sample: FieldSample, done: NDArray[np.bool_]) -> Estimate:
    """Frames that nobody drew stand for themselves only, so their score is always weak."""
    return estimate_wilson(int((done & sample.right).sum()), int(done.sum())).with_weak_status(
        "chosen"
    )


def _count_stratum(stratum: StratumScore) -> StratumCount:
    return StratumCount(stratum.right, stratum.labelled, stratum.counted)


def _get_base_name(name: str) -> str:
    """The kind of a stratum without the number of its draw."""
    return name.partition("@")[0]


def _get_kinds(names: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.array([_get_base_name(name) for name in names.tolist()], dtype=np.str_)
