"""What would decide a gap: counts that can be followed, and what following them does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.gap_headline import (
    FootageSize,
    GapPlan,
    describe_plan,
    list_plan_rows,
    plan_gap,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.report.assemble import build_report
from fieldcheck.report.findings import list_actions
from fieldcheck.report.summary_page import describe_outlook
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.gap import LabelPlan, VerdictCase, decide_verdict
from fieldcheck.stats.wilson_interval import estimate_difference, estimate_wilson
from tests import makers
from tests.report.example_report import example_report

BENCHMARK = Estimate(0.94, 0.924, 0.953, 1000, 1000.0, "wilson")
FIELD = Estimate(0.7, 0.55, 0.82, 96, 40.0, "beta_binomial_clips")
SIZE = FootageSize(12, 96, 20, 2000, 12, 800)
FURTHER = replace(SIZE, waiting=6)  # what goes beyond the picks that wait is a further look


def test_the_plan_counts_what_is_missing_and_what_can_be_made_now():
    plan = plan_gap(FIELD, 0.3, BENCHMARK, 0.1, SIZE)
    assert plan == GapPlan("not_met", 12, 8, LabelPlan(13, 8), 1, 1, 12, 812, waiting=12)
    assert plan.more_labels == 12
    further = plan_gap(FIELD, 0.3, BENCHMARK, 0.1, FURTHER)
    assert further == GapPlan("not_met", None, 64, LabelPlan(20, 8), 1, 1, 6, 806, waiting=6)
    assert further.more_labels == 64
    assert plan_gap(FIELD, 0.3, BENCHMARK, 0.1, FURTHER, 2).all_clips.clips > 20
    assert plan_gap(FIELD, 0.3, BENCHMARK, 0.1, replace(FURTHER, drawable=0)).more_labels is None


def test_a_sample_that_is_not_finished_is_finished_before_anything_is_recorded():
    size = FootageSize(1, 12, 8, 192, 88, 0)
    plan = plan_gap(replace(FIELD, n=12), None, BENCHMARK, 0.1, size)
    assert (plan.more_labels, plan.rest_of_sample) == (None, 88)
    assert describe_plan(plan) == "88 picked frames wait for a label; the sample is not finished"
    done = plan_gap(replace(FIELD, n=12), None, BENCHMARK, 0.1, replace(size, waiting=0))
    assert (done.more_labels, done.rest_of_sample) == (None, 0)
    assert done.more_clips >= 1, "labels in the one clip give no interval of the camera"


ALL_RIGHT = Estimate(1.0, 0.9, 1.0, 24, 10.0, "beta_binomial_clips")
CLEAN = estimate_wilson(60, 60)


def test_a_model_without_an_error_is_never_to_be_improved():
    """Half an error in 24 labels is 2.1 points: the limit below, at, and just above it."""
    size = FootageSize(3, 24, 3, 144, 0, 0, 120)
    tight = plan_gap(ALL_RIGHT, 0.3, CLEAN, 0.001, size)
    assert (tight.aim, tight.obstacle) == ("met", "too_tight")
    assert describe_plan(tight).endswith("too few to demonstrate so tight a limit")
    for limit in (0.0101, 0.02, 0.5 / 24, 0.0225):
        plan = plan_gap(ALL_RIGHT, 0.3, CLEAN, limit, size)
        assert (plan.aim, plan.obstacle, plan.without_error) == ("met", "", True)
        assert 0 < plan.more_clips == plan.all_clips.clips - 3
        assert "if no prediction is wrong" in describe_plan(plan)
        n, each = plan.all_clips.clips, plan.all_clips.labels
        clip = np.repeat(np.arange(n), each)
        field = estimate_camera_interval(np.ones(n * each), np.ones(n * each), clip)
        gap = estimate_difference(CLEAN, field)
        assert decide_verdict(gap, "camera", limit, VerdictCase(looks=2)) == "pass"
    recorded = replace(size, recorded=200, drawable=9000)
    there = plan_gap(ALL_RIGHT, 0.3, CLEAN, 0.02, recorded)
    shown = f"{there.more_labels} more labels demonstrate it if no prediction is wrong"
    assert (there.more_labels > 0, describe_plan(there)) == (True, shown)
    interval = estimate_difference(CLEAN, ALL_RIGHT)
    for plan, said in (
        (there, f"Label {there.more_labels} more frames: demonstrates"),
        (tight, "No prediction"),
    ):
        report = example_report()
        gap = replace(report.gap, estimate=interval, plan=plan, basis="camera")
        outlook = describe_outlook(replace(report.field, n_clips=3, n_labelled=24), gap)
        assert outlook.text.startswith(said)


def test_one_clip_of_140_frames_is_decided_for_this_footage_alone():
    size = FootageSize(1, 20, 1, 160, 0, 0, 140)
    plan = plan_gap(replace(FIELD, n=20), None, BENCHMARK, 0.1, size)
    assert (plan.more_same, plan.more_recorded) == (None, None)
    assert 0 < plan.footage_labels <= 140
    assert dict(list_plan_rows(plan))["In the same clips"] == "not reachable on this footage"


def test_without_labels_or_a_benchmark_nothing_is_planned():
    nothing = Estimate.not_measured("no_labels")
    assert plan_gap(nothing, None, BENCHMARK, 0.1, SIZE) is None
    assert plan_gap(FIELD, None, nothing, 0.1, SIZE) is None


@pytest.mark.parametrize(
    ("field", "benchmark", "limit", "obstacle", "said"),
    [
        (FIELD, BENCHMARK, 0.24, "at_limit", "no number of labels decides"),
        (replace(FIELD, value=0.9, hi=0.95), BENCHMARK, 0.045, "benchmark", "too few images"),
        (replace(FIELD, value=0.93, hi=0.95), replace(BENCHMARK, lo=0.94, hi=0.94), 0.03,
         "too_close", "300 clips"),
    ],
)  # fmt: skip
def test_what_no_label_decides_says_so(field, benchmark, limit, obstacle, said):
    plan = plan_gap(field, 0.3, benchmark, limit, replace(SIZE, waiting=0))
    assert plan.obstacle == obstacle
    assert said in describe_plan(plan)


@pytest.mark.parametrize("limit", [0.03, 0.04])
def test_with_as_many_benchmark_images_as_are_asked_for_labels_can_decide(limit):
    field = replace(FIELD, value=0.95, hi=0.97)
    small = estimate_wilson(20, 20)
    plan = plan_gap(field, 0.1, small, limit, SIZE)
    assert plan.obstacle == "benchmark"
    n = plan.benchmark_images
    assert 20 < n < 2000
    enough = plan_gap(field, 0.1, estimate_wilson(n, n), limit, replace(SIZE, recorded=300))
    assert enough.obstacle != "benchmark"
    assert enough.more_footage is not None


def test_the_plan_in_words_says_that_it_is_even_odds():
    plan = plan_gap(FIELD, 0.3, BENCHMARK, 0.1, SIZE)
    assert (
        describe_plan(plan) == "about 12 more labels give about a 50% chance of a conclusive result"
    )
    far = describe_plan(replace(plan, open_same=0, open_labels=0, waiting=0))
    assert far == (
        "about 13 clips with 8 labels each give about a 50% chance of a conclusive result; not "
        "reachable on this footage"
    )
    rows = dict(list_plan_rows(plan))
    assert rows["In the same clips"] == "12 more labels"
    assert rows["In the clips recorded"] == "8 more labels"
    few = dict(list_plan_rows(replace(plan, open_same=6)))
    assert few["In the same clips"] == "12 more labels, 6 possible now"
    assert rows["In all, with clips to record"] == "13 clips with 8 labels each"


@pytest.mark.long
@pytest.mark.parametrize(("accuracy", "limit", "wanted", "other"), [
    (0.7, 0.1, "fail", "pass"),
    (0.9, 0.1, "pass", "fail"),
])  # fmt: skip
def test_clips_that_are_recorded_as_planned_decide_in_about_half_of_the_visits(
    accuracy, limit, wanted, other
):
    icc, rng = 0.1, np.random.default_rng(5)
    plan = plan_gap(replace(FIELD, value=accuracy, hi=0.97), icc, BENCHMARK, limit, SIZE)
    clips, labels = plan.all_clips.clips, plan.all_clips.labels
    words = []
    for _ in range(120):
        share = rng.beta(accuracy * (1 / icc - 1), (1 - accuracy) * (1 / icc - 1), clips)
        right = rng.random((clips, labels)) < share[:, None]
        field = estimate_camera_interval(
            right.ravel(), np.ones(right.size), np.repeat(np.arange(clips), labels)
        )
        gap = estimate_difference(BENCHMARK, field)
        words.append(decide_verdict(gap, "camera", limit, VerdictCase()))
    assert words.count(wanted) >= 0.35 * len(words)
    assert words.count(other) == 0


def find_limit_with_labels(project):
    """The report at a limit for the gap that labels which can be made now would decide."""
    for limit in (0.06, 0.08, 0.1, 0.12, 0.14):
        set_limits(project, GapLimits(limit, "QM"))
        report = build_report(project, "en", NullProgress(), makers.NOW)
        actions = [one for one in list_actions(report) if one.code == "label"]
        if actions:
            return report, actions[0]
    raise AssertionError("no limit asks for labels")


@pytest.mark.long
def test_an_action_of_a_project_can_be_done_and_narrows_the_interval(material, tmp_path):
    """Twelve clips of which every second frame that was picked has a label."""
    clean = makers.benchmark_folder(tmp_path / "clean", each=80)
    wanted = {"benchmark": clean, "claimed": 1.0}
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", **wanted
    ) as project:
        for number in range(12):
            film = makers.video(tmp_path / f"{number}.avi", makers.cycle(24), seed=number)
            makers.add_footage(project, film, camera="left")
        makers.draw(project, 96)
        makers.label_some(project, 48)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        before, action = find_limit_with_labels(project)
        assert before.readiness == "not_enough"
        assert action.n <= 48 < action.available, "48 picks wait, and frames are left to draw"
        makers.label_some(project, action.n)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        after = build_report(project, "en", NullProgress(), makers.NOW)
    assert after.field.n_labelled == before.field.n_labelled + action.n
    assert after.gap.estimate.half_width < before.gap.estimate.half_width
