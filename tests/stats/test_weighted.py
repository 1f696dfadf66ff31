import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.intervals import estimate_wilson
from fieldcheck.stats.weighted_field_score import (
    compute_effective_n,
    compute_weighted_median,
    estimate_weighted_share,
)

RIGHT, WEIGHT = [1, 1, 0, 1, 0, 1, 1, 1], [1, 1, 1, 1, 4, 4, 4, 4]  # methods 3.5


def test_the_golden_weighted_share():
    got = estimate_weighted_share(RIGHT, WEIGHT)
    actual = (got.value, got.n_eff, got.lo, got.hi)
    assert actual == pytest.approx((0.75, 5.147059, 0.340587, 0.945726), abs=1e-6)
    assert compute_effective_n(WEIGHT) == pytest.approx(5.882353, abs=1e-6)


def test_equal_weights_are_plain_wilson():
    assert estimate_weighted_share([1, 0, 1, 1], [16.0] * 4) == estimate_wilson(3, 4)


def test_all_right_is_worth_what_the_weights_are_worth():
    got = estimate_weighted_share(np.ones(8), WEIGHT)
    assert (got.value, got.n_eff) == (1.0, pytest.approx(5.882353, abs=1e-6))
    assert got.lo < 0.7


@given(st.lists(st.sampled_from([241 / 40, 959 / 60]), min_size=2, max_size=120), st.integers(0, 1))
def test_no_rounding_of_weights_makes_all_alike_worth_more(weight, answer):
    got = estimate_weighted_share(np.full(len(weight), answer), weight)
    assert (got.value, got.n_eff) == (answer, pytest.approx(compute_effective_n(weight)))


def test_weights_never_make_frames_worth_much_more_than_they_are():
    right = np.r_[np.ones(50), np.zeros(50)]
    weight = np.r_[np.full(50, 10.0), np.full(50, 1e-3)]
    assert estimate_weighted_share(right, weight).n_eff <= 150


def test_frames_without_weight_do_not_count():
    assert estimate_weighted_share([1, 0], [0, 0]).note == "no_labels"
    assert estimate_weighted_share([1, 0, 0], [2, 2, 0]).n == 2


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 30)), max_size=50))
def test_the_interval_holds_the_share_and_stays_inside_zero_and_one(rows):
    right, weight = ([row[i] for row in rows] for i in (0, 1))
    got = estimate_weighted_share(right, weight)
    if got.measured:
        assert 0 <= got.lo <= got.value <= got.hi <= 1


def test_the_weighted_median_has_half_of_the_weight_at_or_below_it():
    assert compute_weighted_median([0.9, 0.2, 0.5], [1, 1, 1]) == 0.5
    assert compute_weighted_median([0.9, 0.2, 0.5], [5, 1, 1]) == 0.9
    assert compute_weighted_median([0.9, np.nan, 0.5], [1, 9, 0]) == 0.9
    assert np.isnan(compute_weighted_median([np.nan, 0.5], [1, 0]))
