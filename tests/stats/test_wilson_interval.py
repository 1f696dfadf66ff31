from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.wilson_interval import (
    StratumCount,
    compute_equivalent_n,
    compute_wilson_limits,
    estimate_bonett_price,
    estimate_difference,
    estimate_finite_wilson,
    estimate_stratified,
    estimate_weighted_sum,
    estimate_wilson,
)

WILSON = [
    # right, n, lo, hi: methods 2.1
    (0, 10, 0.000000, 0.277533), (10, 10, 0.722467, 1.000000), (1, 1, 0.206549, 1.000000),
    (65, 100, 0.552544, 0.736358), (97, 100, 0.915481, 0.989745), (9700, 10000, 0.966472, 0.973167),
]  # fmt: skip

NEWCOMBE = [  # right and n of both, difference, lo, hi: methods 2.2
    ((56, 70), (48, 80), 0.200000, 0.052431, 0.333873),
    ((9700, 10000), (65, 100), 0.320000, 0.233570, 0.417507),
    ((9700, 10000), (97, 100), 0.000000, -0.020058, 0.054611),
    ((9700, 10000), (6, 10), 0.370000, 0.138153, 0.657344),
    ((10, 10), (0, 10), 1.000000, 0.607509, 1.000000),
]

STRATIFIED = [  # (right, n, listed) of each stratum, share, lo, hi: methods 2.3
    ([(22, 40, 240), (57, 60, 960)], 0.870000, 0.797806, 0.906910),
    ([(40, 40, 240), (60, 60, 960)], 1.000000, 0.952338, 1.000000),
    ([(15, 20, 20), (22, 40, 240), (57, 60, 940)], 0.866667, 0.795809, 0.903195),
]

WORTH = [  # accuracy, half-widths of the gap in points for each n: methods 2.2
    (0.95, (9.0, 6.7, 4.5, 3.1, 2.2, 1.4)),
    (0.90, (11.1, 8.5, 6.0, 4.2, 3.0, 1.9)),
    (0.80, (13.9, 10.9, 7.8, 5.5, 3.9, 2.5)),
    (0.65, (16.2, 12.8, 9.2, 6.6, 4.7, 3.0)),
]

counted = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
strata = st.lists(
    st.integers(1, 200).flatmap(
        lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(n, 5 * n + 3))
    ),
    min_size=1,
    max_size=5,
)


def counts(rows):
    return [StratumCount(*row) for row in rows]


def limits(estimate):
    return (estimate.value, estimate.lo, estimate.hi)


@pytest.mark.parametrize(("right", "n", "lo", "hi"), WILSON)
def test_wilson_gives_the_golden_limits(right, n, lo, hi):
    got = estimate_wilson(right, n)
    assert (got.lo, got.hi) == pytest.approx((lo, hi), abs=1e-6)
    actual = (got.lo, got.hi)
    assert actual == pytest.approx(proportion_confint(right, n, method="wilson"), abs=1e-9)


def test_no_frames_give_no_number():
    got = estimate_wilson(0, 0)
    assert isnan(got.value)
    assert (got.status, got.note) == ("na", "no_labels")


def test_a_handful_of_frames_is_weak():
    assert estimate_wilson(3, 9).status == "weak"
    assert estimate_wilson(3, 10).status == "ok"


def test_frames_without_end_leave_no_width():
    assert compute_wilson_limits(0.7, inf) == (0.7, 0.7)
    upper = {compute_wilson_limits(1.0, n)[1] for n in range(1, 500)}
    assert upper == {1.0}, "rounding leads beyond"
    assert all(isnan(limit) for limit in compute_wilson_limits(0.7, 0))


@pytest.mark.parametrize(("a", "b", "d", "lo", "hi"), NEWCOMBE)
def test_the_difference_gives_the_golden_limits(a, b, d, lo, hi):
    got = estimate_difference(estimate_wilson(*a), estimate_wilson(*b))
    assert limits(got) == pytest.approx((d, lo, hi), abs=1e-6)
    reference = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert (got.lo, got.hi) == pytest.approx(reference, abs=1e-9)


@pytest.mark.parametrize(("accuracy", "points"), WORTH)
def test_what_a_number_of_frames_buys(accuracy, points):
    benchmark = estimate_wilson(9700, 10000)
    halves = [
        100 * estimate_difference(benchmark, estimate_wilson(accuracy * n, n)).half_width
        for n in (30, 50, 100, 200, 400, 1000)
    ]
    assert halves == pytest.approx(points, abs=0.0501)


def test_a_small_benchmark_widens_the_gap_a_little():
    got = 100 * estimate_difference(estimate_wilson(194, 200), estimate_wilson(90, 100)).half_width
    assert got == pytest.approx(6.6, abs=0.05)


def test_no_number_less_a_number_is_no_number():
    got = estimate_difference(estimate_wilson(9, 10), Estimate.not_measured("no_labels"))
    assert (got.status, got.note, got.n) == ("na", "no_labels", 0)


def test_a_side_without_spread_has_no_limits_to_add():
    sure = Estimate.from_limits(1.0, 1.0, 1.0, n=30, n_eff=30.0, method="bootstrap_frames")
    alike = sure.with_weak_status("no_spread")
    for one, other in ((alike, estimate_wilson(80, 100)), (estimate_wilson(80, 100), alike)):
        got = estimate_difference(one, other)
        assert got.status == "na"
        assert (got.value, got.without_spread) == (pytest.approx(one.value - other.value), True)


def test_a_weak_side_makes_a_weak_difference():
    few, many = estimate_wilson(3, 5), estimate_wilson(970, 1000)
    cases = ((many, few), (few, many), (many, many))
    assert [estimate_difference(*pair).status for pair in cases] == ["weak", "weak", "ok"]
    assert [
        estimate_weighted_sum(pair, [0.5, 0.5]).status
        for pair in ((many, few), (few, many), (many, many))
    ] == ["weak", "weak", "ok"]


def beside(estimate):
    return (estimate.n, estimate.n_eff, estimate.method, estimate.status, estimate.note)


def test_each_interval_says_of_how_many_frames_it_is_and_how_it_was_made():
    plain = estimate_wilson(65, 100)
    few = estimate_wilson(3, 5)
    nothing = Estimate.not_measured("too_few_clips", 7)
    assert beside(plain) == (100, 100.0, "wilson", "ok", "")
    assert beside(estimate_bonett_price(15, 5, 100)) == (100, 100.0, "bonett_price", "ok", "")
    expected = (100, 100.0, "mover", "ok", "")
    assert beside(estimate_difference(estimate_wilson(970, 1000), plain)) == expected
    assert beside(estimate_difference(few, plain)) == (100, 100.0, "mover", "weak", "few_frames")
    assert beside(estimate_difference(plain, nothing)) == (7, 7.0, "none", "na", "too_few_clips")
    expected = ("mover", "weak", "few_frames")
    assert beside(estimate_weighted_sum([few, plain], [0.5, 0.5]))[2:] == expected
    expected = (107, 107.0, "none", "na", "too_few_clips")
    assert beside(estimate_weighted_sum([plain, nothing], [0.5, 0.5])) == expected
    expected = ("stratified_wilson", "ok", "")
    assert beside(estimate_stratified(counts(STRATIFIED[0][0])))[2:] == expected
    for empty in (
        estimate_wilson(0, 0), estimate_bonett_price(0, 0, 0), estimate_weighted_sum([], []),
        estimate_stratified([]),
    ):  # fmt: skip
        assert beside(empty) == (0, 0.0, "none", "na", "no_labels")


def test_a_sum_is_worth_the_frames_of_an_interval_as_wide_and_a_change_is_no_share_of_frames():
    alike = estimate_weighted_sum([estimate_wilson(65, 100)], [1.0], "visits")
    assert (alike.n, alike.method) == (100, "visits")
    assert alike.n_eff == pytest.approx(100)
    assert isnan(estimate_weighted_sum([estimate_bonett_price(5, 15, 100)], [1.0]).n_eff)


def test_limits_of_a_change_stay_between_minus_one_and_one():
    assert (estimate_bonett_price(0, 1, 1).lo, estimate_bonett_price(1, 0, 1).hi) == (-1.0, 1.0)


@pytest.mark.parametrize(("rows", "share", "lo", "hi"), STRATIFIED)
def test_the_stratified_share_gives_the_golden_limits(rows, share, lo, hi):
    assert limits(estimate_stratified(counts(rows))) == pytest.approx((share, lo, hi), abs=1e-6)


def test_the_gap_against_a_stratified_share():
    score = estimate_stratified(counts(STRATIFIED[0][0]))
    got = estimate_difference(estimate_wilson(9700, 10000), score)
    assert limits(got) == pytest.approx((0.100000, 0.062922, 0.172263), abs=1e-6)


def test_the_hard_frame_score_gives_the_golden_limits():
    got = estimate_finite_wilson(StratumCount(22, 40, 240))
    assert limits(got) == pytest.approx((0.55, 0.410820, 0.681770), abs=1e-6)


def test_a_census_has_no_width():
    got = estimate_stratified(counts([(61, 80, 80)]))
    assert (got.lo, got.hi, got.n_eff, got.status) == (got.value, got.value, 80.0, "ok")


def test_a_stratum_without_labels_may_be_anything():
    got = estimate_stratified(counts([(0, 0, 20), (60, 80, 80)]))
    assert got.value == pytest.approx(0.75)
    assert (got.lo, got.hi) == pytest.approx((0.75 - 0.2 * 0.75, 0.75 + 0.2 * 0.25))
    assert (got.status, got.note) == ("weak", "empty_stratum")


def test_a_stratum_with_few_labels_is_weak_unless_it_is_complete():
    assert estimate_stratified(counts([(4, 5, 50), (60, 80, 800)])).note == "few_in_stratum"
    assert estimate_stratified(counts([(8, 10, 50), (60, 80, 800)])).note == ""
    assert estimate_stratified(counts([(8, 9, 50)])).note == "few_frames"
    assert estimate_stratified(counts([(4, 5, 5), (60, 80, 800)])).status == "ok"


def test_no_labels_at_all_give_no_number():
    assert estimate_stratified(counts([(0, 0, 20), (0, 0, 80)])).status == "na"
    assert estimate_stratified([]).status == "na"


@pytest.mark.parametrize("row", [(5, 4, 10), (-1, 4, 10), (3, 4, 3)])
def test_impossible_counts_are_refused(row):
    with pytest.raises(ValueError, match=r"right of|labelled of"):
        StratumCount(*row)


def test_the_paired_change_gives_the_golden_limits():
    got = estimate_bonett_price(gained=15, lost=5, n=100)
    assert limits(got) == pytest.approx((0.10, 0.009942, 0.186136), abs=1e-6)
    assert estimate_bonett_price(0, 0, 0).status == "na"


def test_a_weighted_sum_of_one_part_is_that_part():
    part = estimate_bonett_price(15, 5, 100)
    assert limits(estimate_weighted_sum([part], [1.0])) == pytest.approx(limits(part))


def test_a_weighted_sum_squares_and_adds():
    rows = STRATIFIED[0][0]
    parts = [estimate_finite_wilson(count) for count in counts(rows)]
    got = estimate_weighted_sum(parts, [0.2, 0.8])
    assert limits(got) == pytest.approx(STRATIFIED[0][1:], abs=1e-6)
    unknown = Estimate.not_measured("no_labels")
    actual = estimate_weighted_sum([estimate_wilson(1, 20), unknown], [0.5, 0.5]).status
    assert actual == "na"
    assert estimate_weighted_sum([], []).status == "na"


@given(counted)
def test_the_interval_holds_the_score_and_stays_inside_zero_and_one(case):
    got = estimate_wilson(*case)
    assert 0 <= got.lo <= got.value <= got.hi <= 1


@given(counted, st.integers(2, 9))
def test_more_frames_of_the_same_share_narrow_the_interval(case, times):
    right, n = case
    score = estimate_wilson(times * right, times * n)
    assert score.half_width < estimate_wilson(right, n).half_width


@given(counted, counted)
def test_turning_the_difference_round_turns_the_limits_round(a, b):
    forth = estimate_difference(estimate_wilson(*a), estimate_wilson(*b))
    back = estimate_difference(estimate_wilson(*b), estimate_wilson(*a))
    assert limits(forth) == pytest.approx((-back.value, -back.hi, -back.lo))
    assert -1 <= forth.lo <= forth.value <= forth.hi <= 1


@pytest.mark.long
@given(strata)
def test_the_stratified_interval_holds_the_share_and_stays_inside_zero_and_one(rows):
    got = estimate_stratified(counts(rows))
    assert 0 <= got.lo <= got.value <= got.hi <= 1


@given(counted)
def test_one_stratum_of_endless_footage_is_plain_wilson(case):
    right, n = case
    actual = limits(estimate_stratified([StratumCount(right, n, 1e15)]))
    assert actual == pytest.approx(limits(estimate_wilson(right, n)), abs=1e-9)


@given(counted)
def test_the_equivalent_number_of_frames_undoes_wilson(case):
    right, n = case
    got = estimate_wilson(right, n)
    assert compute_equivalent_n(got.value, got.hi - got.lo, n) == pytest.approx(n, rel=1e-5)


def covered(errors_at, runs=400, listed=1200):
    """Share of `runs` in which the 40/60 sample's interval holds the footage's true share;
    `errors_at`: rates in hard and rest."""
    rng = np.random.default_rng(20)
    hits = 0
    for _ in range(runs):
        hard = rng.random(listed // 5) >= errors_at[0]
        rest = rng.random(listed - listed // 5) >= errors_at[1]
        sample = [
            StratumCount(int(rng.choice(stratum, k, replace=False).sum()), k, stratum.size)
            for stratum, k in ((hard, 40), (rest, 60))
        ]
        truth = (hard.sum() + rest.sum()) / listed
        got = estimate_stratified(sample)
        hits += got.lo <= truth <= got.hi
    return hits / runs


@pytest.mark.parametrize("errors_at", [(0.05, 0.05), (0.17, 0.02), (0.35, 0.35), (0.75, 0.25)])
def test_the_footage_interval_covers_the_footage(errors_at):
    assert covered(errors_at) >= 0.91
