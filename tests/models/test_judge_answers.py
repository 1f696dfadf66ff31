from math import isnan, nan

import numpy as np
import pytest

from fieldcheck.domain.label import BenchmarkItem, Box, Label, Point
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.imaging.masks import Mask, pack_masks
from fieldcheck.models.evaluate import (
    NO_ANSWER,
    BoxJudgement,
    ClassJudgement,
    PointJudgement,
    evaluate_boxes,
    evaluate_classes,
    evaluate_labels,
    evaluate_points,
    filter_known_items,
    get_called_class,
    get_confidence,
    get_named_classes,
    get_shown_boxes,
    get_top_class,
    list_mask_classes,
    to_label_boxes,
)
from tests import makers

CARD = parse_card(makers.BOX_CARD)
MASKS = parse_card(makers.MASK_CARD)


def answers(*rows):
    return [Prediction(str(number), np.array(row, np.float32)) for number, row in enumerate(rows)]


def test_the_best_class_is_the_first_of_equals_and_none_without_a_finite_figure():
    assert get_top_class(np.array([0.4, 0.4, 0.2], np.float32)) == (0, pytest.approx(0.4))
    assert get_top_class(np.array([nan, 0.3, 0.1], np.float32))[0] == 1
    best, confidence = get_top_class(np.array([nan, nan], np.float32))
    assert best == NO_ANSWER
    assert isnan(confidence)


def test_an_answer_is_right_where_it_names_the_label_and_wrong_where_there_is_none():
    found = evaluate_classes(
        ("a", "b"), ["a", "a", "b"], answers([0.9, 0.1], [0.2, 0.8], [nan, nan])
    )
    assert found.right.tolist() == [True, False, False]
    assert found.predicted.tolist() == [0, 1, NO_ANSWER]
    assert found.truth.tolist() == [0, 0, 1]


def test_a_class_with_a_threshold_of_its_own_is_named_from_there_on():
    given = answers([0.7, 0.3], [0.85, 0.15], [nan, nan])
    actual = evaluate_classes(("a", "b"), ["b", "b", "b"], given, {1: 0.2}).predicted.tolist()
    assert actual == [1, 0, NO_ANSWER]
    assert get_called_class(given[0].answer, {1: 0.2}) == (1, pytest.approx(0.3))
    assert get_called_class(given[0].answer, {}) == (0, pytest.approx(0.7))


def test_of_two_outputs_with_one_name_the_first_is_meant():
    assert evaluate_classes(("a", "a", "b"), ["a"], answers([0.1, 0.8, 0.1])).truth.tolist() == [0]


def test_a_frame_is_right_without_a_miss_and_without_a_false_alarm():
    part = [0, 0, 10, 10, 0.9, 0]
    truths = [[Box("part", 0, 0, 10, 10)], [Box("part", 20, 20, 10, 10)], [], []]
    given = [
        Prediction(str(n), np.array(rows, np.float32).reshape(-1, 6))
        for n, rows in enumerate([[part], [part], [part], []])
    ]
    found = evaluate_boxes(CARD, frozenset(CARD.classes), truths, given)
    assert found.right.tolist() == [True, False, False, True]


def test_classes_that_are_not_asked_for_count_on_neither_side():
    hole = Prediction("0", np.array([[0, 0, 10, 10, 0.9, 1]], np.float32))
    found = evaluate_boxes(CARD, frozenset({"part"}), [[Box("hole", 30, 30, 5, 5)]], [hole])
    assert found.right.tolist() == [True]


def test_what_a_mask_marks_as_a_class_that_is_not_asked_for_is_not_false():
    grid = np.zeros((40, 40), np.uint8)
    grid[:20], grid[20:, :20] = MASKS.classes.index("red"), MASKS.classes.index("blue")
    given = [Prediction("f", np.zeros(3, np.float32), masks=pack_masks([Mask(0, 0, grid)]))]
    points = [[Point("red", 5, 5), Point("blue", 30, 30)]]
    asked = evaluate_points(MASKS, frozenset(MASKS.classes), points, given)
    assert asked.right.tolist() == [False]
    assert (asked.found.points.tolist(), asked.found.false.tolist()) == ([2], [0.25])
    passed_over = evaluate_points(MASKS, frozenset({"red"}), points, given)
    assert passed_over.right.tolist() == [True]
    assert (passed_over.found.points.tolist(), passed_over.found.false.tolist()) == ([1], [0])


def test_labels_are_judged_by_what_the_model_answers_in():
    grid = np.zeros((4, 4), np.uint8)
    grid[0, 0] = MASKS.classes.index("red")
    masked = Prediction(
        "f", np.array([15 / 16, 1 / 16, 0], np.float32), masks=pack_masks([Mask(0, 0, grid)])
    )
    points = evaluate_labels(
        MASKS,
        frozenset(MASKS.classes),
        [Label("f", "done", points=(Point("red", 0.5, 0.5),))],
        [masked],
    )
    boxed = Prediction("f", np.zeros((0, 6), np.float32))
    boxes = evaluate_labels(CARD, frozenset(CARD.classes), [Label("f", "done")], [boxed])
    classes = evaluate_labels(
        parse_card(makers.COLOUR_CARD),
        frozenset(),
        [Label("f", "done", "red")],
        answers([0.9, 0.1, 0.0]),
    )
    expected = (PointJudgement, BoxJudgement, ClassJudgement)
    assert (type(points), type(boxes), type(classes)) == expected
    assert all(found.right.tolist() == [True] for found in (points, boxes, classes))


def test_pictures_of_a_benchmark_are_judged_where_a_file_can_say_what_they_show():
    boxed = BenchmarkItem("1.png")
    classed = BenchmarkItem("2.png", "red")
    strange = BenchmarkItem("3.png", "zebra")
    colours, instances = parse_card(makers.COLOUR_CARD), parse_card(makers.INSTANCE_CARD)
    assert filter_known_items((classed, strange), colours) == (classed,)
    assert filter_known_items((classed, strange), colours, {"zebra"}) == (strange,)
    assert filter_known_items((boxed,), CARD) == filter_known_items((boxed,), instances) == (boxed,)
    pointed = BenchmarkItem("4.png", points=(Point("red", 1, 1),))
    outlined = BenchmarkItem("5.png", boxes=(Box("red", 0, 0, 1, 1),))
    assert filter_known_items((pointed, outlined, boxed), MASKS) == (pointed, boxed)
    assert (
        filter_known_items((classed,), MASKS)
        == filter_known_items((classed,), parse_card(makers.SEVERAL_CARD))
        == ()
    )


def test_an_answer_names_its_class_its_boxes_or_its_things():
    rows = np.array([[0, 0, 9, 9, 0.9, 1], [0, 0, 9, 9, 0.6, 0], [0, 0, 9, 9, 0.1, 0]], np.float32)
    for card in (CARD, parse_card(makers.INSTANCE_CARD)):
        assert get_named_classes(rows, card) == (card.classes[1], card.classes[0])
        assert [box.w for box in to_label_boxes(rows, card)] == [9, 9]
        assert get_confidence(rows, card) == pytest.approx(0.9)
    assert get_named_classes(
        np.array([0.1, 0.7, 0.2], np.float32), parse_card(makers.COLOUR_CARD)
    ) == ("green",)
    assert get_named_classes(np.array([0.5, 0.1, 0.4], np.float32), MASKS) == ("blue", "red")
    assert get_shown_boxes(np.array([0.5, 0.1, 0.4], np.float32), MASKS).shape == (0, 6)


def test_a_mask_shows_its_things_by_area_without_ground_and_specks_and_is_not_surer_of_one():
    answer = np.array([0.5, 0.1, 0.4], np.float32)
    assert list_mask_classes(answer, MASKS) == ("blue", "red")
    assert list_mask_classes(np.array([0.9999, 0.00005, 0.00005], np.float32), MASKS) == ()
    assert isnan(get_confidence(answer, MASKS))
