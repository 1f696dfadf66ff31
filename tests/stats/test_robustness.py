from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.robustness import (
    compute_auroc,
    compute_corruption_error,
    compute_false_positive_rates,
    compute_severity_area,
    estimate_confident_ood_rate,
    estimate_unchanged_answers,
    estimate_unchanged_boxes,
    find_confident_errors,
    find_tipping_range,
    find_tipping_severity,
    is_background_dependent,
    is_texture_dependent,
)
from fieldcheck.stats.wilson_interval import estimate_wilson

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


def test_the_range_of_a_tipping_point_goes_from_not_excluded_to_demonstrated():
    # a loss of 30 points with 10 to either side tips between 20/40 and 20/20 of the way
    assert find_tipping_range([0, 4], [0, 0.2], [0, 0.4]) == (2.0, 4.0)
    assert find_tipping_range([0, 4], [0, 0.1], [0, 0.4]) == (2.0, None)
    assert find_tipping_range([0, 4], [0, -0.1], [0, 0.1]) == (None, None)


def test_a_score_just_above_its_limit_does_not_tip_and_one_at_once_tips_at_once():
    assert find_tipping_severity([0, 1, 2], [0.9, 0.700001, 0.700001]) is None
    assert find_tipping_severity([0, 1, 2], [0.9, 0.8, 0.65], 0.1) == pytest.approx(1.0)
    assert find_tipping_severity([0, 1, 4], [0.9, 0.8, 0.5]) == pytest.approx(2.0)
    assert find_tipping_severity([0, 1], [0.9, 0.8], 0.0) == 0.0


def test_one_severity_has_no_area():
    assert isnan(compute_severity_area([0], [0.9]))
    assert compute_severity_area([0, 2, 5], [0.5, 0.5, 0.5]) == pytest.approx(1.0)


NOT_MEASURED = Estimate.not_measured("no_boxes")


def test_answers_that_stay_are_counted_over_frames_of_other_classes_than_the_usual_one():
    before = [0] * 20 + [1] * 20 + [2] * 20
    after = [0] * 60  # whatever is hidden, it says 0
    found = estimate_unchanged_answers(before, after)
    assert (found.value, found.n) == (0.0, 40)


def test_a_model_that_says_the_same_as_before_keeps_everything():
    before = np.arange(60) % 3
    found = estimate_unchanged_answers(before, before)
    assert (found.value, found.n) == (1.0, 40)


def test_frames_that_all_had_the_usual_answer_tell_nothing():
    found = estimate_unchanged_answers([0] * 50 + [1] * 9, [0] * 59)
    assert (found.status, found.note, found.n) == ("na", "one_answer", 9)
    assert estimate_unchanged_answers([], []).note == "no_labels"


def test_the_first_class_counts_as_any_other():
    found = estimate_unchanged_answers([0] * 12 + [1] * 3, [0] * 5 + [2] * 10)
    assert (found.value, found.n) == (pytest.approx(5 / 15), 15)


def test_frames_without_an_answer_before_are_left_out_and_one_without_an_answer_after_has_changed():
    after = [0] * 8 + [1] * 7 + [-1] * 2 + [0] * 3
    found = estimate_unchanged_answers([-1] * 5 + [1] * 12 + [0] * 3, after)
    assert (found.value, found.n) == (pytest.approx(7 / 12), 12)
    unread = estimate_unchanged_answers([0] * 6 + [1] * 4, [-1] * 10)
    assert (unread.value, unread.n) == (0.0, 10)


def test_boxes_are_counted_over_frames_that_had_some():
    found = estimate_unchanged_boxes([0.5] * 20 + [1.0] * 5, [True] * 20 + [False] * 5)
    assert (found.value, found.n) == (0.5, 20)
    assert estimate_unchanged_boxes([1.0] * 5, [False] * 5).note == "no_boxes"
    assert [estimate_unchanged_boxes([1.0] * n, [True] * n).n for n in (9, 10)] == [9, 10]
    expected = [False, True]
    assert [estimate_unchanged_boxes([1.0] * n, [True] * n).measured for n in (9, 10)] == expected


@pytest.mark.parametrize(
    ("right", "n", "named"),
    [(100, 100, True), (45, 100, True), (36, 100, False), (5, 100, False), (4, 10, False)],
)
def test_the_background_is_named_by_the_lower_limit(right, n, named):
    assert is_background_dependent(estimate_wilson(right, n)) is named


def test_the_texture_is_named_only_where_shape_alone_does_worse():
    assert is_texture_dependent(estimate_wilson(90, 100), estimate_wilson(20, 100))
    assert not is_texture_dependent(estimate_wilson(90, 100), estimate_wilson(92, 100))
    assert not is_texture_dependent(estimate_wilson(30, 100), estimate_wilson(2, 100))


def test_what_was_not_measured_names_nothing():
    assert not is_background_dependent(NOT_MEASURED)
    assert not is_texture_dependent(estimate_wilson(90, 100), NOT_MEASURED)
    assert not is_texture_dependent(NOT_MEASURED, estimate_wilson(2, 100))


# methods 4
OWN = [
    0.859684, 0.367165, 0.943045, 0.469932, 0.911873, 0.701741, 0.479037, 0.964493, 0.490155,
    0.916969,
]  # fmt: skip
STRANGE = [0.35, 0.5, 0.99, 0.6, 0.41]
scores = st.lists(st.floats(0, 1).map(lambda x: round(x, 2)), min_size=1, max_size=30)


def test_the_golden_figures():
    assert compute_auroc(OWN, STRANGE) == pytest.approx(0.62)
    rate, threshold = compute_false_positive_rates(OWN, STRANGE)
    assert (rate, threshold) == pytest.approx((0.8, 0.367165))
    actual = estimate_confident_ood_rate(np.array(STRANGE) >= 0.9, [False] * 5).value
    assert actual == pytest.approx(0.2)


@pytest.mark.long
@given(scores, scores)
def test_auroc_is_that_of_scikit_learn(own, strange):
    wanted = roc_auc_score([1] * len(own) + [0] * len(strange), own + strange)
    assert compute_auroc(own, strange) == pytest.approx(wanted)


@given(scores, scores)
def test_the_threshold_keeps_ninety_five_of_a_hundred_of_its_own_frames(own, strange):
    rate, threshold = compute_false_positive_rates(own, strange)
    assert np.mean(np.array(own) >= threshold) >= 0.95
    assert rate == np.mean(np.array(strange) >= threshold)


@pytest.mark.parametrize(("n", "lost"), [(19, 0), (20, 1), (40, 2), (100, 5)])
def test_one_in_twenty_may_lie_below_the_threshold(n, lost):
    rate, threshold = compute_false_positive_rates(np.arange(n), np.arange(n))
    assert (threshold, rate) == (lost, pytest.approx((n - lost) / n))


def test_scores_that_are_not_finite_are_left_out():
    odd = [float("nan"), float("inf"), -float("inf")]
    assert compute_auroc([*OWN, *odd], [*odd, *STRANGE]) == compute_auroc(OWN, STRANGE)
    actual = compute_false_positive_rates([*OWN, *odd], [*odd, *STRANGE])
    assert actual == compute_false_positive_rates(OWN, STRANGE)
    assert [
        isnan(figure)
        for figure in (
            *compute_false_positive_rates([], STRANGE),
            *compute_false_positive_rates(OWN, []),
            compute_auroc(OWN, []),
        )
    ] == [True] * 5


def test_without_frames_of_either_kind_there_is_no_figure():
    assert isnan(compute_auroc([], STRANGE))
    assert isnan(compute_false_positive_rates(OWN, [float("nan")])[0])


def test_answers_that_were_allowed_are_not_nonsense():
    found = estimate_confident_ood_rate([True, True, True, False], [True, False, False, False])
    assert (found.value, found.n) == (0.5, 4)
