"""The gap in sentences: the headline, the same in counts, and what to do next where it cannot be
told yet (ux 5.2, architecture 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.errors.message_format import format_remedy
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_interval,
    format_percent,
    format_points,
    format_points_interval,
    format_share_with_count,
    format_spread,
    is_printed_difference,
)
from fieldcheck.models.messages import get_metric_name

NO_BENCHMARK = Estimate.not_measured("no_benchmark")
NOT_RUN = Estimate.not_measured("not_run")

DECIMAL_FROM = 500  # labelled frames from which the field side has a decimal
BENCHMARK_DECIMAL_FROM = 1000


@dataclass(frozen=True, slots=True)
class GapFacts:
    """Facts of the gap, of which the sentences are made.

    `benchmark` is None where none was named, `NOT_RUN` where the model has not answered all of it.
    `field` is the estimate of `basis`, `footage` that of this footage; `strata` holds (name, right,
    labelled). `metric`: what both sides are scored by, empty for the accuracy of a classifier;
    `by_frames`: it is a share of correct frames.
    """

    benchmark: Estimate | None
    field: Estimate
    footage: Estimate
    hard: Estimate | None
    chosen: Estimate | None
    gap: Estimate
    basis: str
    verdict: str | None
    design: str | None
    census: bool
    interim: bool
    strata: tuple[tuple[str, int, int], ...]
    n_listed: int
    n_picked: int
    n_labelled: int
    n_cameras: int
    n_unsure: int = 0
    metric: str = ""
    by_frames: bool = True


def has_named_metric(own: str, metric: str) -> bool:
    """Whether a score is named where it stands: always but for a classifier's accuracy, the only
    score that such a reader expects."""
    return bool(own) and (own != "accuracy" or metric not in ("", own))


def describe_gap(facts: GapFacts) -> str:
    """The one line that everything leads to, with the next step where there is no gap, or none that
    decides."""
    if facts.verdict is None:
        return _describe_before_draw(facts)
    if facts.verdict == "chosen_only":
        return _describe_chosen_frames(facts)
    if not facts.field.measured:
        return _describe_before_labels(facts)
    if not facts.gap.measured:
        return _join_sentences(
            _describe_field_score(facts),
            _describe_metric(facts),
            _describe_interim(facts),
            _describe_missing_benchmark(facts),
        )
    if facts.verdict == "not_comparable":
        return _join_sentences(
            _format_scores(facts),
            _describe_metric(facts),
            _describe_interim(facts),
            _describe_not_comparable(),
        )
    return _join_sentences(_format_scores(facts), _describe_metric(facts), _describe_interim(facts))


def describe_counts(facts: GapFacts) -> str:
    """The field score in frames, with its range once more in words; empty where nothing is scored,
    or not by right frames."""
    if facts.verdict in (None, "chosen_only") or not facts.footage.measured:
        return ""
    if not facts.by_frames:
        return _describe_census() if facts.footage.census else ""
    kinds = {kind: _sum_strata(facts.strata, kind) for kind in ("even", "hard", "rest", "must")}
    counted = {kind: pair for kind, pair in kinds.items() if pair[1]}
    if set(counted) == {"even"}:
        right, n = counted["even"]
        sentence = tr_plural(
            "The model was correct {times} on {n} field frame.",
            "The model was correct {times} on {n} field frames.",
            n,
        ).format(n=n, times=tr_plural("{n} time", "{n} times", right).format(n=right))
        return _join_sentences(sentence, _describe_range(facts))
    return _join_sentences(_describe_by_stratum(facts, counted), _describe_range(facts))


def _describe_metric(facts: GapFacts) -> str:
    return (
        tr("Metric: {metric}.").format(metric=get_metric_name(facts.metric)) if facts.metric else ""
    )


def _join_sentences(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _format_scores(facts: GapFacts) -> str:
    """Benchmark → field with range. Gap with range. The words "on this footage" where the range is
    not the camera's."""
    field, benchmark = facts.field, facts.benchmark or NO_BENCHMARK
    digits, of_benchmark = _choose_digits(facts, benchmark)
    score = format_share_with_count(benchmark, of_benchmark)
    if benchmark.n < FEW_FRAMES:
        score = tr("too few images ({range}, n = {n})").format(
            range=format_interval(benchmark, 0), n=benchmark.n
        )
    texts = {
        "benchmark": score,
        "field": format_percent(field.value, digits),
        "range": _format_range(field, digits),
        "gap": format_points(facts.gap.value, digits),
        "gap_range": format_points_interval(facts.gap, digits),
    }
    if field.n < FEW_FRAMES and facts.gap.lo == facts.gap.hi:
        return tr("Benchmark {benchmark} → Field: too few frames ({range}, n = {n}).").format(
            benchmark=score, range=texts["range"], n=field.n
        )
    if field.n < FEW_FRAMES:
        few = tr(
            "Benchmark {benchmark} → Field: too few frames ({range}, n = {n}). Gap {gap_range} pp."
        )
        return few.format(n=field.n, **texts)
    if facts.basis == "footage":
        return tr_points(
            "Benchmark {benchmark} → Field {field} ({range}) on this footage. Gap {gap} pp "
            "({gap_range}).",
            texts["gap"],
        ).format(**texts)
    return tr_points(
        "Benchmark {benchmark} → Field {field} ({range}). Gap {gap} pp ({gap_range}).", texts["gap"]
    ).format(**texts)


def _choose_digits(facts: GapFacts, benchmark: Estimate) -> tuple[int, int]:
    """Digits of field and gap, and of the benchmark: one more where the printed gap is not the
    difference of the two printed scores."""
    digits = _get_field_digits(facts.field)
    of_benchmark = 1 if benchmark.n >= BENCHMARK_DECIMAL_FROM else 0
    if min(benchmark.n, facts.field.n) < FEW_FRAMES or is_printed_difference(
        (benchmark.value, of_benchmark), (facts.field.value, digits), facts.gap.value, digits
    ):
        return digits, of_benchmark
    return digits + 1, max(of_benchmark, digits + 1)


def _format_range(field: Estimate, digits: int) -> str:
    """The interval, with the n where that is small and the sentence does not name it."""
    few = field.n < FEW_FRAMES
    return format_interval(field, digits) if few else format_spread(field, digits)


def _get_field_digits(field: Estimate) -> int:
    return 1 if field.n >= DECIMAL_FROM else 0


def _describe_field_score(facts: GapFacts) -> str:
    field, digits = facts.field, _get_field_digits(facts.field)
    texts = {"field": format_percent(field.value, digits), "range": _format_range(field, digits)}
    if field.n < FEW_FRAMES:
        return tr("Field: too few frames ({range}, n = {n}).").format(
            range=texts["range"], n=field.n
        )
    if facts.basis == "footage":
        return tr("Field {field} ({range}) on this footage.").format(**texts)
    return tr("Field {field} ({range}).").format(**texts)


def _describe_missing_benchmark(facts: GapFacts) -> str:
    if facts.gap.without_spread:
        return tr(
            "The gap cannot be judged: all frames on one side have the same result, so the "
            "bootstrap gives no "
            "interval. Label more frames, or use accuracy as the metric."
        )
    if facts.benchmark is None:
        return tr("No gap yet: no benchmark set{remedy}.").format(remedy=format_remedy("benchmark"))
    if "not_run" in facts.benchmark.note:
        return tr("No gap yet: the model has not been run on the benchmark{remedy}.").format(
            remedy=format_remedy("run_benchmark")
        )
    if "no_shared_class" in facts.benchmark.note:
        return tr("No gap: benchmark and field have no labelled class in common.")
    return tr("No gap: no benchmark image could be scored.")


def _describe_not_comparable() -> str:
    return tr(
        "Not comparable: the measured benchmark score disagrees with the reference score, so "
        "part of the gap "
        "may come from different preprocessing. Check the model card{remedy}."
    ).format(remedy=format_remedy("model_check"))


def _describe_before_draw(facts: GapFacts) -> str:
    if not facts.n_listed:
        return tr("No gap yet: no footage{remedy}.").format(remedy=format_remedy("footage"))
    return tr("No gap yet: no frames picked{remedy}.").format(remedy=format_remedy("pick"))


def _describe_before_labels(facts: GapFacts) -> str:
    if not facts.n_labelled and facts.n_unsure >= facts.n_picked:
        sentence = tr_plural(
            "No gap: the {n} picked frame is labelled “unsure”.",
            "No gap: all {n} picked frames are labelled “unsure”.",
            facts.n_picked,
        )  # fmt: skip
        return sentence.format(n=facts.n_picked)
    if not facts.n_labelled:
        sentence = tr_plural(
            (
                "No gap yet: the {n} picked frame is not labelled. Label it, then export the "
                "report again."
            ),
            (
                "No gap yet: none of the {n} picked frames is labelled. Label them, then export "
                "the report again."
            ),
            facts.n_picked,
        )
        return sentence.format(n=facts.n_picked)
    return tr("No gap yet: predictions for the labelled frames are missing{remedy}.").format(
        remedy=format_remedy("run")
    )


def _describe_chosen_frames(facts: GapFacts) -> str:
    why = tr(
        "These frames were picked as “hard only” and are not representative of the footage: "
        "pick again with another sampling design."
    )
    if facts.chosen is None or not facts.chosen.measured:
        return _join_sentences(tr("No gap from “hard only” frames."), why)
    n = facts.chosen.n
    right = round(facts.chosen.value * n)
    sentence = tr_plural(
        "Score on this “hard only” frame: correct on {right} of {n}.",
        "Score on these “hard only” frames: correct on {right} of {n}.",
        n,
    )
    return _join_sentences(sentence.format(right=right, n=n), why)


def _describe_interim(facts: GapFacts) -> str:
    if not facts.interim:
        return ""
    return tr("Interim result: {done} of {picked} frames labelled.").format(
        done=facts.n_labelled, picked=facts.n_picked
    )


def _sum_strata(strata: Sequence[tuple[str, int, int]], kind: str) -> tuple[int, int]:
    """Right and labelled frames of a kind over all draws; `hard@2` is of the kind `hard`."""
    result = [
        (right, labelled) for name, right, labelled in strata if name.partition("@")[0] == kind
    ]
    return sum(right for right, _ in result), sum(labelled for _, labelled in result)


def _describe_by_stratum(facts: GapFacts, counted: dict[str, tuple[int, int]]) -> str:
    """What each kind of frame gave, and the weighted score."""
    score = format_share_with_count(facts.footage, _get_field_digits(facts.footage))
    asked = ""
    if "must" in counted:
        right, n = counted["must"]
        asked = tr_plural(
            "Correct on {right} of {n} required frame.",
            "Correct on {right} of {n} required frames.",
            n,
        ).format(right=right, n=n)
    if "hard" in counted and "rest" in counted:
        sentence = tr("Correct on {hard} and {rest}; weighted by frequency: {score}.")
        if facts.footage.n < FEW_FRAMES:  # too few for a score, weighted or not
            sentence = tr("Correct on {hard} and {rest}.")
        hard, rest = (
            _format_hard_count(facts.design, *counted["hard"]),
            _format_rest_count(*counted["rest"]),
        )
        return _join_sentences(sentence.format(hard=hard, rest=rest, score=score), asked)
    right, n = (sum(pair[index] for pair in counted.values()) for index in (0, 1))
    sentence = tr_plural(
        "Correct on {right} of {n} frame; weighted by frequency: {score}.",
        "Correct on {right} of {n} frames; weighted by frequency: {score}.",
        n,
    )
    return _join_sentences(
        sentence.format(right=right, n=n, score=score), asked if len(counted) > 1 else ""
    )


def _format_hard_count(design: str | None, right: int, n: int) -> str:
    if design == "light":
        light = tr_plural(
            "{right} of {n} frame in the worst conditions",
            "{right} of {n} frames in the worst conditions",
            n,
        )
        return light.format(right=right, n=n)
    return tr_plural("{right} of {n} hard frame", "{right} of {n} hard frames", n).format(
        right=right, n=n
    )


def _format_rest_count(right: int, n: int) -> str:
    return tr_plural("{right} of {n} other frame", "{right} of {n} other frames", n).format(
        right=right, n=n
    )


def _describe_range(facts: GapFacts) -> str:
    """The basis' range as a number of frames in a hundred; a census has none."""
    if facts.field.census:
        return _describe_census()
    lo, hi = format_points(facts.field.lo), format_points(facts.field.hi)
    if facts.basis == "footage":
        sentence = tr(
            "Over all of this footage: {lo} to {hi} of every 100 frames correct (95% CI)."
        )
    elif facts.n_cameras > 1:
        sentence = tr(
            "On other clips of these cameras: {lo} to {hi} of every 100 frames correct (95% CI)."
        )
    else:
        sentence = tr(
            "On other clips of this camera: {lo} to {hi} of every 100 frames correct (95% CI)."
        )
    return sentence.format(lo=lo, hi=hi)


def _describe_census() -> str:
    return tr(
        "All sampled frames are labelled: for this footage the score is a census, without a CI."
    )


def get_readiness_name(code: str) -> str:
    """Readiness: what the whole report comes to. Never "safe"; a code that is not known stands for
    itself."""
    return {
        "not_ready": tr("Not ready"),
        "not_shown": tr("Inconclusive"),
        "supervised_trial": tr("Ready for a supervised trial"),
        "not_enough": tr("Inconclusive"),
        "not_comparable": tr("Not comparable"),
        "not_judgeable": tr("Not judgeable"),
        "no_verdict": tr("No verdict yet"),
    }.get(code, code)


SCALE_WIDTH = 51  # columns of the scale from 0 to 100%, one for every 2 pp


@dataclass(frozen=True, slots=True)
class MeasuredSide:
    """One measurement to be shown beside another: `benchmark` and `field` with its interval, and
    the headline."""

    name: str
    benchmark: Estimate
    field: Estimate
    sentence: str


def list_side_lines(sides: Sequence[MeasuredSide]) -> tuple[str, ...]:
    """Several measurements, each as an interval on one scale of a terminal and as its headline."""
    longest = max(len(side.name) for side in sides)
    title = tr("Field score o with 95% CI and benchmark score B, from 0 to 100% (X: B on a mark):")
    lines = [title]
    for side in sides:
        lines += [f"  {side.name:<{longest}}  {_draw_interval(side)}", f"    {side.sentence}"]
    return tuple(lines)


def _draw_interval(side: MeasuredSide) -> str:
    """`|--o--|` at its position on a dotted line, and `B` at that of the benchmark, `X` where the
    benchmark stands on `o` or on an end."""
    cells = ["."] * SCALE_WIDTH
    lo, hi = _get_column(side.field.lo), _get_column(side.field.hi)
    cells[lo : hi + 1] = "|" * (hi - lo + 1)
    cells[lo + 1 : hi] = "-" * max(0, hi - lo - 1)
    cells[_get_column(side.field.value)] = "o"
    benchmark = _get_column(side.benchmark.value)
    cells[benchmark] = "X" if cells[benchmark] in "o|" else "B"
    return "".join(cells)


def _get_column(share: float) -> int:
    return round(share * (SCALE_WIDTH - 1))
