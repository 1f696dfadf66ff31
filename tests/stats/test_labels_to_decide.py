"""How many labels would decide a gap: goldens, and what no number of labels can change."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.gap import (
    LabelPlan,
    VisitSize,
    find_fewest,
    plan_labels_to_decide,
    plan_limits,
)


def benchmark(value: float, lo: float | None = None, hi: float | None = None) -> Estimate:
    return Estimate(value, lo or value, hi or value, 1000, 1000.0, "wilson")


GOLDENS = [
    (
        (0.9, 0.1, benchmark(0.94), 0.1, VisitSize(12, 8, 100, 20)),
        ("met", None, None, LabelPlan(42, 8), 134),
    ),
    (
        (0.7, 0.3, benchmark(0.94, 0.924, 0.953), 0.1, VisitSize(12, 8, 100, 20)),
        ("not_met", LabelPlan(12, 9), LabelPlan(13, 8), LabelPlan(13, 8), 27),
    ),
    (
        (0.97, 0.3, benchmark(0.97), 0.05, VisitSize(12, 5, 100, 60)),
        ("met", None, None, LabelPlan(62, 5), 112),
    ),
    (
        (0.6, 0.3, benchmark(0.94), 0.1, VisitSize(6, 5, 100, 20)),
        ("not_met", LabelPlan(6, 5), LabelPlan(6, 5), LabelPlan(6, 5), 9),
    ),
]


@pytest.mark.parametrize(("asked", "expected"), GOLDENS)
def test_the_plans_are_those_of_the_study(asked, expected):
    found = plan_labels_to_decide(*asked)
    assert (
        found.aim,
        found.same_clips,
        found.recorded_clips,
        found.all_clips,
        found.footage_labels,
    ) == expected


def test_a_further_look_is_planned_with_more_clips():
    asked = GOLDENS[1][0]
    first, second = (plan_labels_to_decide(*asked, looks=looks) for looks in (1, 2))
    assert second.all_clips.clips > first.all_clips.clips
    assert second.footage_labels == first.footage_labels, "the footage decides nothing"


def test_planned_limits_are_the_golden_to_nine_digits():
    assert plan_limits(20, 5, 0.9, 0.3) == pytest.approx((0.761581063346, 0.962243075777), abs=1e-9)


def test_a_gap_on_its_limit_is_decided_by_nothing():
    found = plan_labels_to_decide(0.84, 0.1, benchmark(0.94), 0.1, VisitSize(12, 8, 100, 20))
    assert found.aim == "none"
    assert found.all_clips is None
    assert found.footage_labels is None


def test_a_benchmark_that_is_too_uncertain_leaves_no_plan():
    wide = benchmark(0.94, 0.8, 0.99)
    found = plan_labels_to_decide(0.9, 0.1, wide, 0.05, VisitSize(12, 8, 100, 20))
    assert found.aim == "met"
    assert (found.all_clips, found.footage_labels) == (None, None)


def test_one_clip_labelled_whole_is_decided_for_this_footage_and_not_for_the_camera():
    found = plan_labels_to_decide(0.7, 0.1, benchmark(0.94), 0.1, VisitSize(1, 20, 140, 1))
    assert found.same_clips is None
    assert found.recorded_clips is None
    assert found.footage_labels is not None
    assert found.footage_labels <= 140


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 70))
def test_the_fewest_is_the_smallest_that_is_enough(low, span, threshold):
    high = low + span
    found = find_fewest(lambda n: n >= threshold, low, high)
    assert found == (None if threshold > high else max(low, threshold))


@pytest.mark.long
@given(st.floats(0.55, 0.98), st.floats(0.0, 0.5))
def test_planned_limits_lie_around_the_accuracy_and_narrow_with_clips(accuracy, icc):
    few, many = plan_limits(6, 8, accuracy, icc), plan_limits(40, 8, accuracy, icc)
    assert many[1] - many[0] < few[1] - few[0]
    assert few[0] <= accuracy <= few[1] or math.isclose(accuracy, few[1], abs_tol=0.05)
