import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.gap import (
    VerdictCase,
    compute_gap,
    count_frames_for_width,
    decide_readiness,
    decide_verdict,
    is_claim_met,
)
from fieldcheck.stats.wilson_interval import StratumCount, estimate_stratified, estimate_wilson

BENCHMARK = estimate_wilson(9700, 10000)
FOOTAGE = estimate_stratified([StratumCount(22, 40, 240), StratumCount(57, 60, 960)])
CAMERA = Estimate(0.79, 0.544504, 0.922110, 100, 21.06, "beta_binomial_clips")


def test_the_headline_uses_the_camera_where_there_is_one():
    got = compute_gap(BENCHMARK, FOOTAGE, CAMERA)
    assert (got.basis, got.field) == ("camera", CAMERA)
    actual = (got.estimate.value, got.estimate.lo, got.estimate.hi)
    assert actual == pytest.approx((0.18, 0.047843, 0.425516), abs=1e-6)
    assert (got.other.lo, got.other.hi) == pytest.approx((0.062922, 0.172263), abs=1e-6)


def test_without_enough_clips_it_speaks_of_the_footage():
    got = compute_gap(BENCHMARK, FOOTAGE, Estimate.not_measured("too_few_clips", 100))
    assert (got.basis, got.field, got.other) == ("footage", FOOTAGE, None)
    actual = (got.estimate.value, got.estimate.lo, got.estimate.hi)
    assert actual == pytest.approx((0.1, 0.062922, 0.172263), abs=1e-6)


def test_without_labels_there_is_no_gap():
    got = compute_gap(
        BENCHMARK, Estimate.not_measured("no_labels"), Estimate.not_measured("no_labels")
    )
    assert (got.estimate.status, got.basis) == ("na", "footage")


@pytest.mark.parametrize(("right", "n", "claimed", "verdict"), [
    (194, 200, 0.97, True),
    (186, 200, 0.97, False),  # 4 points off and outside [0.886, 0.958]
    (94, 100, 0.965, True),  # 2.5 points off, but inside the interval
    (95, 100, 0.97, True),  # exactly 2 points off
    (9500, 10000, 0.97, True),
    (9600, 10000, 0.97, True),  # outside the interval, but 1 point off
    (9400, 10000, 0.97, False),
    (199, 200, 0.95, False),  # better than claimed is not the claim either
])  # fmt: skip
def test_a_claim_is_missed_by_two_points_and_by_the_interval(right, n, claimed, verdict):
    assert is_claim_met(estimate_wilson(right, n), claimed) is verdict


def test_without_a_claim_or_a_run_nobody_knows():
    assert is_claim_met(estimate_wilson(9, 10), None) is None
    assert is_claim_met(None, 0.9) is None
    assert is_claim_met(Estimate.not_measured("no_labels"), 0.9) is None


def test_a_score_without_spread_neither_meets_nor_misses_its_claim():
    sure = Estimate.from_limits(1.0, 1.0, 1.0, n=30, n_eff=30.0, method="bootstrap_frames")
    alike = sure.with_weak_status("no_spread")
    assert is_claim_met(alike, 0.9) is None


def limits(lo, hi):
    return Estimate((lo + hi) / 2, lo, hi, 100, 100.0, "mover")


def decide(gap, tolerance=0.03, basis="camera", **case):
    return decide_verdict(gap, basis, tolerance, VerdictCase(**case))


@pytest.mark.parametrize(("lo", "hi", "word"), [
    (-0.02, 0.03, "pass"),
    (-0.02, 0.0301, "not_enough"),
    (0.03, 0.2, "not_enough"),
    (0.0301, 0.2, "fail"),
    (0.1, 0.4, "fail"),
])  # fmt: skip
def test_the_interval_decides_never_the_value(lo, hi, word):
    assert decide(limits(lo, hi)) == word


def test_a_further_look_decides_by_longer_arms():
    assert [decide(limits(0.031, 0.2), looks=looks) for looks in (1, 2)] == ["fail", "not_enough"]
    assert decide(limits(0.05, 0.2), looks=2) == "fail"
    assert decide(limits(-0.02, 0.03), looks=2) == "not_enough"


def test_the_verdicts_come_in_their_order():
    fail, nothing = limits(0.1, 0.4), Estimate.not_measured("no_labels")
    assert decide(nothing, drawn=False, chosen_only=True, reproduced=False) is None
    assert decide(fail, chosen_only=True, reproduced=False) == "chosen_only"
    assert decide(nothing, unsure_only=True, reproduced=False) == "not_judgeable"
    assert decide(fail, basis="footage") == "not_enough"
    assert decide(nothing, reproduced=False) == "not_enough"
    assert decide(fail, reproduced=False) == "not_comparable"
    assert decide(fail, reproduced=True) == "fail"
    assert decide(fail, reproduced=None) == "fail"


@pytest.mark.parametrize(("decided", "limits", "word"), [
    ("fail", ["not_met"], "not_ready"),
    ("pass", ["met", "not_met"], "not_ready"),
    ("not_enough", ["inconclusive", "not_met"], "not_ready"),
    ("not_enough", ["inconclusive"], "not_enough"),
    ("pass", ["met", "inconclusive"], "not_enough"),
    ("pass", ["met", "met"], "supervised_trial"),
    ("not_comparable", ["not_met"], "not_comparable"),
    ("not_judgeable", ["inconclusive"], "not_judgeable"),
    ("chosen_only", ["not_met"], "no_verdict"),
    (None, ["inconclusive"], "no_verdict"),
    ("pass", [], "not_enough"),
])  # fmt: skip
def test_the_word_follows_from_the_limits_unless_something_precedes_them(decided, limits, word):
    assert decide_readiness(decided, limits) == word


WIDTHS = {0.5: (93, 381, 1064, 2398), 0.65: (84, 347, 968, 2182), 0.8: (60, 245, 682, 1535)}
WIDTHS |= {0.9: (37, 141, 388, 868), 0.95: (25, 83, 215, 469)}


@pytest.mark.parametrize(("score", "frames"), WIDTHS.items())
def test_the_golden_frames_for_a_width(score, frames):
    actual = tuple(count_frames_for_width(score, width) for width in (0.10, 0.05, 0.03, 0.02))
    assert actual == frames


def test_the_golden_frames_for_five_points_under_a_design_effect():
    assert [count_frames_for_width(0.65, 0.05, deff) for deff in (1, 1.5, 2.2)] == [347, 520, 762]
    assert [count_frames_for_width(0.9, 0.05, deff) for deff in (1, 1.5, 2.2)] == [141, 212, 311]
