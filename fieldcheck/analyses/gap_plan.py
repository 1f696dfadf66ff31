"""What would decide a gap that is inconclusive: clips and labels by the planner, with what the
footage at hand can give (methods 11.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.stats.camera_interval import FEWEST_CLIPS, plan_half_width
from fieldcheck.stats.labels_to_decide import (
    Aim,
    LabelPlan,
    VisitSize,
    plan_benchmark_images,
    plan_labels_to_decide,
)

Obstacle = Literal["", "benchmark", "at_limit", "too_close"]
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
    would, where the benchmark is too small."""

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
    field: Estimate, icc: float | None, benchmark: Estimate, limit: float, size: FootageSize
) -> GapPlan | None:
    """The plan of a gap that is inconclusive; None without labels or a benchmark score."""
    if not field.measured or not benchmark.measured or not size.clips or not size.labels:
        return None
    labels = max(1, size.labels // size.clips)
    visit = VisitSize(size.clips, labels, max(labels, size.listed // size.recorded), size.recorded)
    correlation = _limit_correlation(icc)
    # no typical visit is right, or wrong, on all frames that it will ever show
    half = 0.5 / size.labels
    score = min(max(field.value, half), 1 - half)
    labels_to_decide = plan_labels_to_decide(score, correlation, benchmark, limit, visit)
    clips, recorded = labels_to_decide.all_clips, labels_to_decide.recorded_clips
    obstacle = _find_obstacle(labels_to_decide.aim, labels_to_decide.footage_labels, clips)
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
    if plan.obstacle:
        return describe_obstacle(plan.obstacle)
    if plan.more_labels is not None:
        return tr_plural(
            "about {n} more label decides in about half of such visits",
            "about {n} more labels decide in about half of such visits",
            plan.more_labels,
        ).format(n=plan.more_labels)
    assert plan.all_clips is not None  # else there is an obstacle
    sentence = tr_plural(
        "about {n} clip with {labels} labels decides in about half of such visits; not reachable "
        "on this footage",
        "about {n} clips with {labels} labels each decide in about half of such visits; not "
        "reachable on this footage",
        plan.all_clips.clips,
    )
    return sentence.format(n=plan.all_clips.clips, labels=plan.all_clips.labels)


def describe_obstacle(obstacle: Obstacle) -> str:
    """Why no number of labels decides."""
    return {
        "benchmark": tr("the benchmark has too few images for this limit"),
        "at_limit": tr("the gap lies on its limit, so no number of labels decides"),
        "too_close": tr("the gap is too close to its limit for 300 clips to decide"),
    }.get(obstacle, "")


def list_plan_rows(plan: GapPlan) -> tuple[tuple[str, str], ...]:
    """The four ways with their numbers, for a table."""
    clips = plan.all_clips
    in_all = (
        tr("{n} clips with {labels} labels each").format(n=clips.clips, labels=clips.labels)
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
    sentence = tr_plural("{n} more label", "{n} more labels", more).format(n=more)
    if more <= available:
        return sentence
    return tr("{labels}, {n} possible now").format(labels=sentence, n=available)
