"""The gap in sentences: the headline, the same in counts, what to do next where it cannot be told
yet (ux 5.2, architecture 13), and the plan of clips and labels that would decide it (methods
11.1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fieldcheck.csv_json_xml import published_as
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
from fieldcheck.stats.camera_interval import FEWEST_CLIPS, plan_half_width
from fieldcheck.stats.gap import (
    MOST_CLIPS,
    Aim,
    LabelPlan,
    VisitSize,
    compute_gap_without_error,
    plan_benchmark_images,
    plan_clips_without_error,
    plan_labels_to_decide,
)

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
            n=n,
            times=tr_plural("{n} time", "{n} times", right, n=right),
        )
        return _join_sentences(sentence, _describe_range(facts))
    return _join_sentences(_describe_by_stratum(facts, counted), _describe_range(facts))


def _describe_metric(facts: GapFacts) -> str:
    return tr("Metric: {metric}.", metric=get_metric_name(facts.metric)) if facts.metric else ""


def _join_sentences(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _format_scores(facts: GapFacts) -> str:
    """Benchmark → field with range. Gap with range. The words "on this footage" where the range is
    not the camera's."""
    field, benchmark = facts.field, facts.benchmark or NO_BENCHMARK
    digits, of_benchmark = _choose_digits(facts, benchmark)
    score = format_share_with_count(benchmark, of_benchmark)
    if benchmark.n < FEW_FRAMES:
        score = tr(
            "too few images ({range}, n = {n})", range=format_interval(benchmark, 0), n=benchmark.n
        )
    texts = {
        "benchmark": score,
        "field": format_percent(field.value, digits),
        "range": _format_range(field, digits),
        "gap": format_points(facts.gap.value, digits),
        "gap_range": format_points_interval(facts.gap, digits),
    }
    if field.n < FEW_FRAMES and facts.gap.lo == facts.gap.hi:
        return tr(
            "Benchmark {benchmark} → Field: too few frames ({range}, n = {n}).",
            benchmark=score,
            range=texts["range"],
            n=field.n,
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
        return tr("Field: too few frames ({range}, n = {n}).", range=texts["range"], n=field.n)
    if facts.basis == "footage":
        return tr("Field {field} ({range}) on this footage.", **texts)
    return tr("Field {field} ({range}).", **texts)


def _describe_missing_benchmark(facts: GapFacts) -> str:
    if facts.gap.without_spread:
        return tr(
            "The gap cannot be judged: all frames on one side have the same result, so the "
            "bootstrap gives no interval. Use accuracy as the metric. If that side is the "
            "field, more labels may also help."
        )
    if facts.benchmark is None:
        return tr("No gap yet: no benchmark set{remedy}.", remedy=format_remedy("benchmark"))
    if "not_run" in facts.benchmark.note:
        return tr(
            "No gap yet: the model has not been run on the benchmark{remedy}.",
            remedy=format_remedy("run_benchmark"),
        )
    if "no_shared_class" in facts.benchmark.note:
        return tr("No gap: benchmark and field have no labelled class in common.")
    return tr("No gap: no benchmark image could be scored.")


def _describe_not_comparable() -> str:
    return tr(
        "Not comparable: the measured benchmark score disagrees with the reference score, so "
        "part of the gap "
        "may come from different preprocessing. Check the model card{remedy}.",
        remedy=format_remedy("model_check"),
    )


def _describe_before_draw(facts: GapFacts) -> str:
    if not facts.n_listed:
        return tr("No gap yet: no footage{remedy}.", remedy=format_remedy("footage"))
    return tr("No gap yet: no frames picked{remedy}.", remedy=format_remedy("pick"))


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
    return tr(
        "No gap yet: predictions for the labelled frames are missing{remedy}.",
        remedy=format_remedy("run"),
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
    return tr(
        "Interim result: {done} of {picked} frames labelled.",
        done=facts.n_labelled,
        picked=facts.n_picked,
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
    question = ""
    if "must" in counted:
        right, n = counted["must"]
        question = tr_plural(
            "Correct on {right} of {n} required frame.",
            "Correct on {right} of {n} required frames.",
            n,
            right=right,
            n=n,
        )
    if "hard" in counted and "rest" in counted:
        sentence = tr("Correct on {hard} and {rest}; weighted by frequency: {score}.")
        if facts.footage.n < FEW_FRAMES:  # too few for a score, weighted or not
            sentence = tr("Correct on {hard} and {rest}.")
        hard, rest = (
            _format_hard_count(facts.design, *counted["hard"]),
            _format_rest_count(*counted["rest"]),
        )
        return _join_sentences(sentence.format(hard=hard, rest=rest, score=score), question)
    right, n = (sum(pair[index] for pair in counted.values()) for index in (0, 1))
    sentence = tr_plural(
        "Correct on {right} of {n} frame; weighted by frequency: {score}.",
        "Correct on {right} of {n} frames; weighted by frequency: {score}.",
        n,
    )
    return _join_sentences(
        sentence.format(right=right, n=n, score=score), question if len(counted) > 1 else ""
    )


def _format_hard_count(design: str | None, right: int, n: int) -> str:
    if design == "light":
        light = tr_plural(
            "{right} of {n} frame in the worst conditions",
            "{right} of {n} frames in the worst conditions",
            n,
        )
        return light.format(right=right, n=n)
    return tr_plural("{right} of {n} hard frame", "{right} of {n} hard frames", n, right=right, n=n)


def _format_rest_count(right: int, n: int) -> str:
    return tr_plural(
        "{right} of {n} other frame", "{right} of {n} other frames", n, right=right, n=n
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


Obstacle = Literal["", "benchmark", "at_limit", "too_close", "too_tight"]
LARGEST_ICC = 0.9
DEFAULT_ICC = 0.3  # until clips have told their own (methods 2.7)


@dataclass(frozen=True, slots=True)
class FootageSize:
    """Footage of a visit. `clips` have `labels` in all; `recorded` clips and `listed` frames are
    there; of these, `waiting` picks have no label, `drawable` frames lie in clips that no draw
    covers, and `left`, where there are none, in the clips that the draws cover."""

    clips: int
    labels: int
    recorded: int
    listed: int
    waiting: int
    drawable: int
    left: int = 0


@dataclass(frozen=True, slots=True)
class GapPlan:
    """Further labels that would decide the gap as `aim` says, at today's score. `more_same`: in the
    clips that have labels; `more_recorded`: in clips that are recorded and have none;
    `more_footage`: for this footage alone; `all_clips`: clips in all with labels in each,
    `more_clips` of them still to record. None: no number of them would. `open_labels` can be made
    now. `obstacle`: why nothing decides; `benchmark_images`: with about how many of them labels
    would, where the benchmark is too small. `waiting` picks have no label. `without_error`: every
    labelled frame is correct, and the clips decide where that stays so; `least_gap`: what the most
    clips that are ever proposed could show then, where the limit is tighter."""

    aim: Aim
    more_same: int | None
    more_recorded: int | None
    all_clips: LabelPlan | None
    more_clips: int | None
    more_footage: int | None
    open_same: int
    open_labels: int
    obstacle: Obstacle = ""
    benchmark_images: int | None = None
    waiting: int = dataclasses.field(default=0, metadata=published_as(None))
    without_error: bool = dataclasses.field(default=False, metadata=published_as(None))
    least_gap: float | None = dataclasses.field(default=None, metadata=published_as(None))

    @property
    def rest_of_sample(self) -> int:
        """Picks without a label that are to be labelled before anything else, for the plan is made
        from what all of a sample says; 0 where the benchmark is too small for any label, or fewer
        of them decide."""
        is_first = self.obstacle != "benchmark" and self.more_labels is None
        return self.waiting if is_first else 0

    @property
    def more_labels(self) -> int | None:
        """Further labels that decide and that can be made now; None where there are none."""
        if self.more_same is not None and self.more_same <= self.open_same:
            return self.more_same
        if self.more_recorded is not None and self.more_recorded <= self.open_labels:
            return self.more_recorded
        return None

    @property
    def footage_labels(self) -> int | None:
        """Further labels that decide for this footage alone and can be made now."""
        more = self.more_footage
        return more if more is not None and 0 < more <= self.open_labels else None


def plan_gap(
    field: Estimate,
    icc: float | None,
    benchmark: Estimate,
    limit: float,
    size: FootageSize,
    looks: int = 1,
) -> GapPlan | None:
    """The plan of a gap that is inconclusive; None without labels or a benchmark score.

    `looks`: at the labels so far. What goes beyond the picks that wait for a label is another look,
    which asks for more (methods 11.1).
    """
    if not field.measured or not benchmark.measured or not size.clips or not size.labels:
        return None
    if size.waiting:
        plan = _plan_look(field, icc, benchmark, limit, size, looks)
        if plan.more_same is not None and plan.more_same <= size.waiting:
            return plan
    return _plan_look(field, icc, benchmark, limit, size, looks + 1)


def _plan_look(
    field: Estimate,
    icc: float | None,
    benchmark: Estimate,
    limit: float,
    size: FootageSize,
    looks: int,
) -> GapPlan:
    labels = max(1, size.labels // size.clips)
    visit = VisitSize(size.clips, labels, max(labels, size.listed // size.recorded), size.recorded)
    correlation = _limit_correlation(icc)
    # no typical visit is right, or wrong, on all frames that it will ever show
    half = 0.5 / size.labels
    score = min(max(field.value, half), 1 - half)
    labels_to_decide = plan_labels_to_decide(score, correlation, benchmark, limit, visit, looks)
    clips, recorded = labels_to_decide.all_clips, labels_to_decide.recorded_clips
    if size.clips < FEWEST_CLIPS and not size.drawable:
        recorded = None  # labels in the same clips give no interval of the camera
    obstacle = _find_obstacle(labels_to_decide.aim, labels_to_decide.footage_labels, clips)
    if field.value == 1.0 and (obstacle or labels_to_decide.aim == "not_met"):
        return _plan_without_error(benchmark, limit, size, looks)
    return GapPlan(
        labels_to_decide.aim,
        None
        if labels_to_decide.same_clips is None
        else _count_more(labels_to_decide.same_clips.total, size),
        None if recorded is None else max(1, recorded.clips - size.clips) * labels,
        clips,
        None if clips is None else max(1, clips.clips - size.recorded),
        None
        if labels_to_decide.footage_labels is None
        else max(1, labels_to_decide.footage_labels - size.labels),
        size.waiting + size.left,
        size.waiting + size.drawable + size.left,
        obstacle,
        plan_benchmark_images(score, benchmark, limit) if obstacle == "benchmark" else None,
        size.waiting,
    )


def _plan_without_error(
    benchmark: Estimate, limit: float, size: FootageSize, looks: int
) -> GapPlan:
    """The plan for a model that is right on every labelled frame, where today's score, half an
    error below all, is too near to a tight limit or beyond it: such a model need not be better, it
    has to be seen right on more clips."""
    labels = max(1, size.labels // size.clips)
    plan = GapPlan(
        "met", None, None, None, None, None, size.waiting + size.left,
        size.waiting + size.drawable + size.left, waiting=size.waiting, without_error=True,
    )  # fmt: skip
    clips = plan_clips_without_error(benchmark, limit, labels, size.clips + 1, looks)
    if clips is None:
        least = compute_gap_without_error(benchmark, MOST_CLIPS, labels, looks)
        return replace(plan, obstacle="too_tight", least_gap=least)
    return replace(
        plan,
        more_recorded=(clips - size.clips) * labels if clips <= size.recorded else None,
        all_clips=LabelPlan(clips, labels),
        more_clips=max(1, clips - size.recorded),
    )


def _count_more(total: int, size: FootageSize) -> int:
    """At least one more a clip: today's interval is less lucky than a typical one."""
    return total - size.labels if total > size.labels else size.clips


def _find_obstacle(aim: Aim, footage_labels: int | None, clips: LabelPlan | None) -> Obstacle:
    if aim == "none":
        return "at_limit"
    if footage_labels is None:
        return "benchmark"  # not even every frame decides
    return "" if clips is not None else "too_close"


# What narrows the interval, decided or not: more clips, since frames of one clip are alike.

CLIP_MARKS = (3, 12, 20, 40, 80, 160)
"""Clips that are worth going on to."""


@dataclass(frozen=True, slots=True)
class IntervalPlan:
    """`half_width` of the interval of the gap, a fraction, from `clips` with `labels` in each;
    `wanted` clips are expected to give `expected`, and twice the labels in the clips that there are
    `same_clips`. `score`, `icc`: what that rests on."""

    half_width: float
    clips: int
    labels: int
    score: float
    icc: float
    wanted: int = 0

    @property
    def more_clips(self) -> int:
        """Clips still to record."""
        return self.wanted - self.clips

    @property
    def expected(self) -> float:
        """Half-width that the wanted clips are expected to give."""
        return self._scale_width(self.wanted, self.labels)

    @property
    def same_clips(self) -> float:
        """Half-width that twice the labels in the same clips are expected to give."""
        return self._scale_width(self.clips, 2 * self.labels)

    def with_clips(self, wanted: int) -> IntervalPlan:
        """The same towards another number of clips."""
        return replace(self, wanted=max(wanted, self.clips + 1))

    def _scale_width(self, clips: int, labels: int) -> float:
        """Today's width, narrowed as that of a typical visit is: a visit keeps its own luck."""
        typical = plan_half_width(self.clips, self.labels, self.score, self.icc)
        planned = plan_half_width(clips, labels, self.score, self.icc)
        return self.half_width * min(1.0, planned / typical)


def plan_interval(
    gap: Estimate, field: Estimate, icc: float | None, clips: int, labels: int
) -> IntervalPlan | None:
    """The next step to a narrower interval of the gap; None below three clips, without labels, or
    where there are clips enough."""
    wanted = next((mark for mark in CLIP_MARKS if mark > clips), 0)
    if clips < FEWEST_CLIPS or labels < clips or not field.measured or not wanted:
        return None
    half = 0.5 / labels
    return IntervalPlan(
        (gap.hi - gap.lo) / 2,
        clips,
        labels // clips,
        min(max(field.value, half), 1 - half),
        _limit_correlation(icc),
        wanted,
    )


def _limit_correlation(icc: float | None) -> float:
    return DEFAULT_ICC if icc is None else min(max(icc, 0.0), LARGEST_ICC)


# The plan in words. Planned limits are those of typical visits, so what is followed decides in
# about half of them.


def describe_plan(plan: GapPlan) -> str:
    """What would decide the gap, in half a sentence."""
    if plan.rest_of_sample:
        return tr_plural(
            "{n} picked frame waits for a label; the sample is not finished",
            "{n} picked frames wait for a label; the sample is not finished",
            plan.rest_of_sample,
            n=plan.rest_of_sample,
        )
    if plan.obstacle:
        return describe_obstacle(plan.obstacle)
    if plan.more_labels is not None and plan.without_error:
        return tr_plural(
            "{n} more label demonstrates it if no prediction is wrong",
            "{n} more labels demonstrate it if no prediction is wrong",
            plan.more_labels,
            n=plan.more_labels,
        )
    if plan.more_labels is not None:
        return tr_plural(
            "about {n} more label gives about a 50% chance of a conclusive result",
            "about {n} more labels give about a 50% chance of a conclusive result",
            plan.more_labels,
            n=plan.more_labels,
        )
    assert plan.all_clips is not None  # else there is an obstacle
    if plan.without_error:
        return tr_plural(
            "{n} clip with {labels} labels demonstrates it if no prediction is wrong; not "
            "reachable on this footage",
            "{n} clips with {labels} labels each demonstrate it if no prediction is wrong; "
            "not reachable on this footage",
            plan.all_clips.clips,
            n=plan.all_clips.clips,
            labels=plan.all_clips.labels,
        )
    sentence = tr_plural(
        "about {n} clip with {labels} labels gives about a 50% chance of a conclusive "
        "result; not reachable on this footage",
        "about {n} clips with {labels} labels each give about a 50% chance of a "
        "conclusive result; not reachable on this footage",
        plan.all_clips.clips,
    )
    return sentence.format(n=plan.all_clips.clips, labels=plan.all_clips.labels)


def describe_obstacle(obstacle: Obstacle) -> str:
    """Why no number of labels decides."""
    return {
        "benchmark": tr("the benchmark has too few images for this limit"),
        "at_limit": tr("the gap lies on its limit, so no number of labels decides"),
        "too_close": tr("the gap is too close to its limit for 300 clips to decide"),
        "too_tight": tr(
            "no prediction is wrong, but 300 clips are too few to demonstrate so tight a limit"
        ),
    }.get(obstacle, "")


def list_plan_rows(plan: GapPlan) -> tuple[tuple[str, str], ...]:
    """The four ways with their numbers, for a table."""
    clips = plan.all_clips
    in_all = (
        tr("{n} clips with {labels} labels each", n=clips.clips, labels=clips.labels)
        if clips is not None
        else tr("not reachable with 300 clips")
    )
    return (
        (tr("In the same clips"), _format_more(plan.more_same, plan.open_same)),
        (tr("In the clips recorded"), _format_more(plan.more_recorded, plan.open_labels)),
        (tr("In all, with clips to record"), in_all),
        (tr("For this footage alone"), _format_more(plan.more_footage, plan.open_labels)),
    )


def _format_more(more: int | None, available: int) -> str:
    if more is None:
        return tr("not reachable on this footage")
    sentence = tr_plural("{n} more label", "{n} more labels", more, n=more)
    if more <= available:
        return sentence
    return tr("{labels}, {n} possible now", labels=sentence, n=available)
