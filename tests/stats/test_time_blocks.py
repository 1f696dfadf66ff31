"""Goldens of methods-3 to 1e-9, and what must hold whatever the frames and shifts are."""

import numpy as np
import pytest
from scipy.stats import beta, binom, t

from fieldcheck.stats import time_blocks
from fieldcheck.stats.time_blocks import ChartReference

WAVE = 10 + np.sin(np.arange(1800) / 40) + ((np.arange(1800) * 7919) % 101) / 50


def close(wanted):
    return pytest.approx(wanted, abs=1e-9)


def compare(first, second):
    """The second of two variants beside the first, by medians of rounds."""
    return time_blocks.compare_variants(np.stack([np.asarray(first), np.asarray(second)]))[1]


@pytest.mark.parametrize(("times", "level", "wanted"), [
    (WAVE, 0.5, (11.006659005043, 10.718641185790, 11.318277625270, 30, 60, 66.605625520212)),
    (WAVE, 0.95, (12.539917657430, 12.377479255581, 12.656254907304, 30, 60, 348.530926765511)),
    (10 + ((np.arange(1800) * 7919) % 1009) / 100, 0.95,
     (19.58, 19.47, 19.69, 30, 60, 1653.044443945314)),
])  # fmt: skip
def test_the_golden_quantile_of_frame_times(times, level, wanted):
    found = time_blocks.estimate_time_quantile(times, level)
    assert (found.value, found.lo, found.hi) == close(wanted[:3])
    assert (found.blocks, time_blocks.compute_block_frames(times)) == wanted[3:5]
    assert found.frames_worth == close(wanted[5])


def test_a_short_run_has_no_range():
    found = time_blocks.estimate_time_quantile(WAVE[:200], 0.5)
    assert (found.value, found.blocks) == (close(11.163197504692), 15)
    assert time_blocks.compute_block_frames(WAVE[:200]) == 13
    assert np.isfinite(found.lo)
    alike = time_blocks.estimate_time_quantile(WAVE[:200], 0.99)
    assert np.isnan(alike.lo)
    assert np.isnan(time_blocks.estimate_time_quantile(np.arange(30.0), 0.5).hi)


def test_independent_frames_have_the_exact_limits_of_their_rank():
    """Blocks that do not differ more than chance: all frames count, by 30 blocks' t."""
    rng = np.random.default_rng(5)
    times = rng.exponential(size=3000)
    found = time_blocks.estimate_time_quantile(times, 0.5)
    order, n = np.sort(times), 3000 * (1.959963984540054 / t.ppf(0.975, 29)) ** 2
    assert found.frames_worth <= n + 1e-9
    hits = 0.5 * found.frames_worth
    ranks = beta.ppf([0.025, 0.975], [hits, hits + 1], [hits + 1, hits])
    assert (found.lo, found.hi) == close(order[np.ceil(ranks * 3000).astype(int) - 1])


def test_ten_seconds_are_a_block_where_the_run_holds_ten():
    assert time_blocks.compute_block_frames(np.arange(1800) % 7, 150) == 150
    assert time_blocks.compute_block_frames(np.arange(1800) % 7, 200) == 60
    assert time_blocks.compute_memory(np.full(50, 3.0)) == 1.0


def test_the_golden_rounds():
    step = np.array([0.4, 0.1, 0.5, 0.3, -0.1, 0.6, 0.2, 0.3, 0.4, 0.0, 0.5, 0.2])
    found = compare(np.full(12, 10.0), 10 + step)
    figures = close((1.028131207939, 1.014676150861, 1.041764685059, 0.002929687500))
    assert (found.ratio, found.lo, found.hi, found.p) == figures
    assert found.differs
    few = compare([10.0] * 5, [20.0] * 5)
    assert (few.ratio, few.p, few.differs) == (close(2.0), 1.0, False)
    assert not compare(10 + step, 10 + step[::-1]).differs


def test_the_flips_of_rounds_are_counted_one_by_one():
    """Six rounds that all rise: two of 64 patterns are as extreme."""
    found = compare([1.0] * 6, [1.1, 1.2, 1.1, 1.3, 1.2, 1.1])
    assert found.p == close(2 * binom.pmf(6, 6, 0.5))


@pytest.mark.long
def test_of_several_variants_one_pattern_of_signs_holds_for_all():
    """The chance that any of ten equal variants is called different is that of two."""
    rng, any_, alone = np.random.default_rng(3), 0, 0
    for _ in range(200):
        found = time_blocks.compare_variants(np.exp(0.02 * rng.standard_normal((10, 12))))
        assert (found[0].ratio, found[0].p, found[0].differs) == (1.0, 1.0, False)
        any_ += any(one.differs for one in found)
        alone += any(compare(*pair).differs for pair in _pairs(rng))
    assert any_ <= 0.05 * 200 + 3 * (0.05 * 0.95 * 200) ** 0.5
    assert alone > any_


def _pairs(rng):
    medians = np.exp(0.02 * rng.standard_normal((10, 12)))
    return [(medians[0], one) for one in medians[1:]]


def test_the_golden_correlation_of_shifts():
    at = np.arange(24)
    x = np.stack([np.sin(at * 1.7), np.cos(at * 2.3), np.sin(at / 2), ((at * 7) % 5 - 2) / 2], 1)
    found = ChartReference.from_shifts(x[:12]).correlations
    assert found == close([0.006778062081, 0.006778062081, 0.9, 0.006778062081])
    widened = [time_blocks.compute_limit_widening(phi) ** 2 for phi in (0, 0.5, 0.8)]
    assert widened == close([1.0, 2.333333333333, 4.555555555556])
    assert time_blocks.compute_shift_error(0.0, 20) == close(np.sqrt(1 + 1 / 20))


def test_the_golden_charts():
    """The reference of six shifts for shortness; the fourteenth falls by three."""
    at = np.arange(24)
    x = np.stack([np.sin(at * 1.7), np.cos(at * 2.3), np.sin(at / 2), ((at * 7) % 5 - 2) / 2], 1)
    x[14:, 0] += 3
    reference, ewma, steps = ChartReference.from_shifts(x[:6]), np.zeros(4), {}
    for count, place in enumerate(range(6, 24), start=1):
        step = steps[place] = time_blocks.step_charts(reference, x[place], ewma, count)
        ewma = step.ewma
        reference = reference.add(x[place]) if step.joins else reference.set_aside()
    first = next(place for place, step in steps.items() if step.crossed.any())
    assert (first, np.flatnonzero(steps[first].crossed).tolist()) == (16, [0])
    falling = steps[14]
    assert (falling.z[0], falling.ewma[0], falling.limit[0]) == close(
        (2.360381415512, 0.484400010681, 1.057015324143)
    )
    assert falling.joins
    assert not steps[16].joins


def test_a_shift_that_was_set_aside_has_no_neighbour():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((20, 3)).cumsum(axis=0)
    gap = x.copy()
    gap[7] = np.nan
    apart = x - np.nanmean(gap, axis=0)
    products = [apart[k] * apart[k + 1] for k in range(19) if 7 not in (k, k + 1)]
    r = np.sum(products, axis=0) / np.nansum((gap - np.nanmean(gap, axis=0)) ** 2, axis=0)
    r += (1 + 4 * r) / 19
    wanted = np.clip(np.maximum(np.clip(r.mean(), 0, 0.95), r - 1 / np.sqrt(19)), 0, 0.9)
    assert ChartReference.from_shifts(gap).correlations == close(wanted)


def test_a_chart_whose_shifts_never_differed_tells_a_change_from_chance_where_chance_is_known():
    alike = ChartReference.from_shifts(np.full((20, 2), 0.5))
    step = time_blocks.step_charts(alike, [0.6, 0.6], np.zeros(2), 1, (1e-12, 1.0))
    assert step.crossed.tolist() == [True, False]
    assert np.isfinite(step.z).all()
    same = time_blocks.step_charts(alike, [0.5, 0.5], np.zeros(2), 1)
    assert (same.z.tolist(), same.phi.tolist()) == ([0.0, 0.0], [close(0.05), close(0.05)])


def test_sums_of_a_reference_are_those_of_its_shifts():
    rng = np.random.default_rng(2)
    x = 1000 + rng.standard_normal((60, 3)).cumsum(axis=0)
    x[[0, 9, 10]] = np.nan
    reference = ChartReference.from_shifts(x)
    assert reference.n == 57
    assert reference.mean == close(np.nanmean(x, axis=0))
    assert reference.spread == close(np.nanstd(x, axis=0, ddof=1))
    some = reference.select_charts([2, 0])
    assert some.spread == close(reference.spread[[2, 0]])


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_gives_the_same(reference, seed):
    rng = np.random.default_rng(seed)
    times = np.exp(rng.standard_normal(900).cumsum() / 20)
    for level in (0.05, 0.5, 0.95):
        theirs = reference("latency_blocks").latency_quantile(times, level, 40)
        ours = time_blocks.estimate_time_quantile(times, level, 40)
        assert (ours.value, ours.blocks) == (theirs.value, theirs.blocks)
        assert (ours.lo, ours.hi) == pytest.approx((theirs.lo, theirs.hi), abs=1e-9, nan_ok=True)
    shifts = rng.standard_normal((20, 4)).cumsum(axis=0)
    theirs = reference("drift_autocorrelation").correlations_of(shifts)
    assert ChartReference.from_shifts(shifts).correlations == close(theirs)
