import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.gap import compute_gap, is_claim_met
from fieldcheck.stats.intervals import StratumCount, estimate_stratified, estimate_wilson

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


@pytest.mark.parametrize(
    ("right", "n", "claimed", "verdict"),
    [
        (194, 200, 0.97, True),
        (186, 200, 0.97, False),  # 4 points off and outside [0.886, 0.958]
        (94, 100, 0.965, True),  # 2.5 points off, but inside the interval
        (95, 100, 0.97, True),  # exactly 2 points off
        (9500, 10000, 0.97, True),
        (9600, 10000, 0.97, True),  # outside the interval, but 1 point off
        (9400, 10000, 0.97, False),
        (199, 200, 0.95, False),  # better than claimed is not the claim either
    ],
)
def test_a_claim_is_missed_by_two_points_and_by_the_interval(right, n, claimed, verdict):
    assert is_claim_met(estimate_wilson(right, n), claimed) is verdict


def test_without_a_claim_or_a_run_nobody_knows():
    assert is_claim_met(estimate_wilson(9, 10), None) is None
    assert is_claim_met(None, 0.9) is None
    assert is_claim_met(Estimate.not_measured("no_labels"), 0.9) is None


def test_a_score_without_spread_neither_meets_nor_misses_its_claim():
    alike = Estimate.from_limits(
        1.0, 1.0, 1.0, n=30, n_eff=30.0, method="bootstrap_frames"
    ).with_weak_status("no_spread")
    assert is_claim_met(alike, 0.9) is None
