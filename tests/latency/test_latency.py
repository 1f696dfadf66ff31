import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fieldcheck.latency.statistics import (
    compute_block_medians,
    compute_rank_limits,
    compute_stage_latencies,
    compute_total_latency,
    detect_throttling,
    find_change_point,
    is_latency_flat,
)

GOLDEN = np.array([12, 13, 12, 14, 15, 13, 12, 40, 13, 14, 13, 12], float)


def run_of_blocks(rng, step=1.0, at=9, n=60, noise=0.03):
    """Medians of ten-second blocks with correlated noise, `step` times as long from block `at` on."""
    walk = np.zeros(n)
    for k in range(1, n):
        walk[k] = 0.8 * walk[k - 1] + noise * 0.6 * rng.standard_normal()
    return 20 * np.exp(walk) * np.where(np.arange(n) >= at, step, 1.0)


def test_the_golden_percentiles_and_jitter():
    found = compute_total_latency(GOLDEN)
    actual = (found.p50_ms, found.p95_ms, found.max_ms, found.jitter_ms)
    assert actual == pytest.approx((13.0, 26.25, 40.0, 1.0))
    assert np.percentile(GOLDEN, 99, method="linear") == pytest.approx(37.25)
    assert np.isnan(found.p99_ms)  # twelve frames say nothing of one in a hundred


def test_every_percentile_has_limits_where_five_frames_lie_above():
    few, more, many = (compute_total_latency(np.linspace(10, 20, n)) for n in (9, 100, 500))
    assert np.isnan([few.p50_lo_ms, few.p95_lo_ms, more.p99_lo_ms]).all()
    assert more.p50_lo_ms < more.p50_ms < more.p50_hi_ms
    assert more.p95_lo_ms <= more.p95_ms <= more.p95_hi_ms
    assert many.p99_lo_ms < many.p99_ms < many.p99_hi_ms


def test_two_blocks_are_flat_where_their_medians_lie_less_than_two_per_cent_apart():
    ms = np.random.default_rng(2).gamma(400, size=4000)
    assert is_latency_flat(ms[:2000], ms[2000:])
    assert not is_latency_flat(ms, 1.03 * ms)
    assert not is_latency_flat(1.03 * ms, ms)


def test_the_limits_of_p99_hold_the_true_one_in_95_of_100_runs():
    rng, truth = np.random.default_rng(3), stats.gamma(2).ppf(0.99)
    limits = [compute_rank_limits(rng.gamma(2, size=600), 0.99) for _ in range(400)]
    held = np.mean([lo <= truth <= hi for lo, hi in limits])
    assert 0.92 <= held <= 0.99


def test_the_golden_change_point():
    medians = np.array([10, 10.2, 9.9, 10.1, 10, 15, 15.3, 14.9, 15.1, 15, 15.2, 14.8])
    before, step = find_change_point(medians)
    assert (before, round(step, 6)) == (5, 1.5)


def test_a_device_that_is_three_times_slower_after_90_seconds_is_found_within_ten():
    for seed in range(100):
        found = detect_throttling(run_of_blocks(np.random.default_rng(seed), step=3.0))
        assert found.flag
        (step,) = found.steps
        assert abs(step.at_s - 90) <= 10
        assert step.step == pytest.approx(3.0, rel=0.15)


def test_at_most_one_of_a_hundred_flat_runs_is_called_throttled():
    assert (
        sum(
            bool(detect_throttling(run_of_blocks(np.random.default_rng(seed))).flag)
            for seed in range(100)
        )
        <= 1
    )


def test_two_steps_are_told_apart():
    rng = np.random.default_rng(1)
    medians = (
        20
        * np.where(np.arange(60) < 9, 1, np.where(np.arange(60) < 36, 1.5, 3))
        * np.exp(0.01 * rng.standard_normal(60))
    )
    expected = [(90.0, 1.5), (360.0, 2.0)]
    assert [(one.at_s, round(one.step, 1)) for one in detect_throttling(medians).steps] == expected


def test_a_run_below_two_minutes_says_nothing_of_heat():
    found = detect_throttling(np.linspace(10, 30, 11))
    assert (found.flag, found.steps) == (None, ())


def test_shares_of_stages_add_up_and_are_of_the_means():
    found = compute_stage_latencies(np.array([[1.0, 9.0], [3.0, 7.0]]), ("decode", "forward"))
    assert (found["decode"].mean_ms, found["forward"].share) == (2.0, 0.8)


@given(st.lists(st.tuples(st.floats(0, 700), st.floats(0.1, 1e4)), min_size=1, max_size=200))
def test_every_block_median_lies_between_its_frames(frames):
    at, ms = np.sort(np.array([one for one, _ in frames])), np.array([one for _, one in frames])
    medians = compute_block_medians(at, ms)
    assert len(medians) == len(np.unique(at // 10))
    assert ms.min() <= medians.min()
    assert medians.max() <= ms.max()
