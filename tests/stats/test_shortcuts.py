import numpy as np
import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.intervals import estimate_wilson
from fieldcheck.stats.robustness import (
    estimate_unchanged_answers,
    estimate_unchanged_boxes,
    is_background_dependent,
    is_texture_dependent,
)

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
    found = estimate_unchanged_answers(
        [-1] * 5 + [1] * 12 + [0] * 3, [0] * 8 + [1] * 7 + [-1] * 2 + [0] * 3
    )
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
