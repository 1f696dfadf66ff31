from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.robustness import (
    compute_corruption_error,
    compute_severity_area,
    find_confident_errors,
    find_tipping_severity,
)

ERROR, REFERENCE = [0.10, 0.16, 0.30, 0.55, 0.80], [0.2, 0.3, 0.45, 0.7, 0.9]
SEVERITY, SCORE = [0, 1, 2, 3, 4, 5], [0.95, 0.90, 0.84, 0.70, 0.45, 0.20]
shares = st.lists(st.floats(0, 1), min_size=2, max_size=6)


def test_the_golden_corruption_errors():
    assert compute_corruption_error(ERROR, REFERENCE) == pytest.approx(0.749020, abs=1e-6)


def test_without_a_reference_the_error_is_the_mean():
    assert compute_corruption_error(ERROR) == pytest.approx(np.mean(ERROR))


def test_a_reference_that_makes_no_error_gives_no_figure():
    assert isnan(compute_corruption_error(ERROR, [0.0] * 5))


def test_the_golden_area_and_tipping_severity():
    assert compute_severity_area(SEVERITY, SCORE) == pytest.approx(0.729474, abs=1e-6)
    assert find_tipping_severity(SEVERITY, SCORE) == pytest.approx(2.642857, abs=1e-6)


def test_a_score_that_loses_less_than_twenty_points_does_not_tip():
    assert find_tipping_severity([0, 1, 3, 5], [0.9, 0.9, 0.8, 0.71]) is None


def test_a_loss_of_exactly_twenty_points_is_a_tip():
    assert find_tipping_severity([0, 3], [0.9, 0.7]) == pytest.approx(3.0)


def test_a_rise_after_the_tip_does_not_hide_it():
    assert find_tipping_severity([0, 1, 3, 5], [0.9, 0.6, 0.95, 0.9]) == pytest.approx(2 / 3)


def test_a_model_that_is_never_right_has_no_area():
    assert isnan(compute_severity_area([0, 1, 3], [0.0, 0.0, 0.0]))


@given(shares)
def test_a_falling_score_lies_at_its_limit_where_it_tips(scores):
    falling = np.sort(scores)[::-1]
    severity = np.arange(falling.size)
    found = find_tipping_severity(severity, falling)
    if found is None:
        assert falling[-1] > falling[0] - 0.20
    else:
        assert np.interp(found, severity, falling) == pytest.approx(falling[0] - 0.20, abs=1e-9)


@given(shares)
def test_the_area_of_a_steady_score_is_all_of_it(scores):
    steady = np.full(len(scores), max(scores[0], 0.01))
    assert compute_severity_area(np.arange(steady.size), steady) == pytest.approx(1.0)


@pytest.mark.parametrize("severity", [[1, 2], [0, 0], [0, 2, 1]])
def test_severities_rise_from_nothing(severity):
    with pytest.raises(ValueError, match="rise from 0"):
        find_tipping_severity(severity, [0.9] * len(severity))


def test_only_wrong_answers_of_nine_tenths_count_as_sure_and_wrong():
    right, sure = [True, False, False, False], [0.99, 0.9, 0.89, nan]
    assert find_confident_errors(right, sure).tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("severity", "score"),
    [([], []), ([1, 2], [1, 1]), ([0, 2, 2], [1, 1, 1]), ([0, 1], [1]), ([[0, 1]], [[1, 1]])],
)
def test_a_curve_rises_from_severity_zero_and_has_a_score_each(severity, score):
    with pytest.raises(ValueError, match="severities rise from 0"):
        find_tipping_severity(severity, score)


def test_a_score_just_above_its_limit_does_not_tip_and_one_at_once_tips_at_once():
    assert find_tipping_severity([0, 1, 2], [0.9, 0.700001, 0.700001]) is None
    assert find_tipping_severity([0, 1, 2], [0.9, 0.8, 0.65], 0.1) == pytest.approx(1.0)
    assert find_tipping_severity([0, 1, 4], [0.9, 0.8, 0.5]) == pytest.approx(2.0)
    assert find_tipping_severity([0, 1], [0.9, 0.8], 0.0) == 0.0


def test_one_severity_has_no_area():
    assert isnan(compute_severity_area([0], [0.9]))
    assert compute_severity_area([0, 2, 5], [0.5, 0.5, 0.5]) == pytest.approx(1.0)
