from math import isnan, nan

import numpy as np
import pytest

from fieldcheck.domain.box import Box
from fieldcheck.domain.model_card import card_from_json
from fieldcheck.domain.prediction import Prediction
from fieldcheck.workflows.judging import NO_ANSWER, judge_boxes, judge_classes, top_class
from tests import makers

CARD = card_from_json(makers.BOX_CARD)


def answers(*rows):
    return [Prediction(str(number), np.array(row, np.float32)) for number, row in enumerate(rows)]


def test_the_best_class_is_the_first_of_equals_and_none_without_a_finite_figure():
    assert top_class(np.array([0.4, 0.4, 0.2], np.float32)) == (0, pytest.approx(0.4))
    assert top_class(np.array([nan, 0.3, 0.1], np.float32))[0] == 1
    best, confidence = top_class(np.array([nan, nan], np.float32))
    assert best == NO_ANSWER
    assert isnan(confidence)


def test_an_answer_is_right_where_it_names_the_label_and_wrong_where_there_is_none():
    found = judge_classes(("a", "b"), ["a", "a", "b"], answers([0.9, 0.1], [0.2, 0.8], [nan, nan]))
    assert found.right.tolist() == [True, False, False]
    assert found.predicted.tolist() == [0, 1, NO_ANSWER]
    assert found.truth.tolist() == [0, 0, 1]


def test_of_two_outputs_with_one_name_the_first_is_meant():
    assert judge_classes(("a", "a", "b"), ["a"], answers([0.1, 0.8, 0.1])).truth.tolist() == [0]


def test_a_frame_is_right_without_a_miss_and_without_a_false_alarm():
    part = [0, 0, 10, 10, 0.9, 0]
    truths = [[Box("part", 0, 0, 10, 10)], [Box("part", 20, 20, 10, 10)], [], []]
    given = [Prediction(str(n), np.array(rows, np.float32).reshape(-1, 6)) for n, rows in enumerate([[part], [part], [part], []])]
    found = judge_boxes(CARD, frozenset(CARD.classes), truths, given)
    assert found.right.tolist() == [True, False, False, True]


def test_classes_that_are_not_asked_for_count_on_neither_side():
    hole = Prediction("0", np.array([[0, 0, 10, 10, 0.9, 1]], np.float32))
    found = judge_boxes(CARD, frozenset({"part"}), [[Box("hole", 30, 30, 5, 5)]], [hole])
    assert found.right.tolist() == [True]
