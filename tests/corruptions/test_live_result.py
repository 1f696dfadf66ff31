from math import isnan, nan

import numpy as np
import pytest

from fieldcheck.corruptions.live_frame import (
    LiveCorruption,
    LiveResult,
    TopPrediction,
    compute_uncertainty,
)
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.prediction import Prediction
from tests import makers

CLASSES = parse_card({**makers.COLOUR_CARD, "output": {"kind": "softmax"}})
LABELS = parse_card({**makers.COLOUR_CARD, "task": "multilabel", "output": {"kind": "sigmoid"}})
BOXES = parse_card(makers.BOX_CARD)
INSTANCES = parse_card(makers.INSTANCE_CARD)


def said(*values):
    return Prediction("belt#7", np.array(values, np.float32))


def boxes(*scores):
    return Prediction(
        "belt#7", np.array([[0, 0, 9, 9, score, 1] for score in scores], np.float32).reshape(-1, 6)
    )


def decides(**output):
    """The card of the colours with thresholds."""
    return parse_card({**makers.COLOUR_CARD, "output": {"kind": "softmax", **output}})


def test_the_class_that_reaches_its_threshold_stands_first_whatever_its_probability():
    found = result(decides(thresholds={"blue": 0.1}), said(0.7, 0.1, 0.2), said(0.9, 0.06, 0.04))
    assert [one.name for one in found.get_top(3)] == ["blue", "red", "green"]
    assert found.get_clean_top(1)[0].name == "red"


@pytest.mark.parametrize(("least", "person"), [(0.5, False), (0.8, True)])
def test_an_answer_below_the_level_of_the_card_goes_to_a_person(least, person):
    assert result(decides(abstain=least), said(0.7, 0.1, 0.2)).needs_person is person
    assert not result(CLASSES, said(0.1, 0.1, 0.1)).needs_person
    assert result(decides(abstain=least), said(nan, nan, nan)).needs_person


def result(card=None, answer=None, clean=None, **more):
    rgb = np.zeros((6, 8, 3), np.uint8)
    values = {
        "index": 7, "t_s": 0.7, "source": "belt", "original": rgb, "corrupted": rgb.copy(),
        "crop": (0.0, 0.0, 8.0, 6.0),
    }  # fmt: skip
    return LiveResult(
        **values,
        recipe=LiveCorruption("dark", 3.0, 4),
        seed=0,
        card=card,
        answer=answer,
        clean=clean,
        **more,
    )


def test_the_best_classes_come_first_and_equal_ones_in_their_order():
    found = result(CLASSES, said(0.25, 0.5, 0.25), said(0.7, 0.2, 0.1))
    assert found.get_top(2) == (TopPrediction(1, "green", 0.5), TopPrediction(0, "red", 0.25))
    assert [one.name for one in found.get_top(9)] == ["green", "red", "blue"]
    assert found.get_clean_top(1)[0].name == "red"
    assert found.get_clean_probability(1) == pytest.approx(0.2)


def test_the_best_boxes_are_those_above_the_threshold():
    found = result(BOXES, boxes(0.9, 0.6, 0.3), boxes(0.8))
    expected = [("hole", 0.9), ("hole", 0.6)]
    assert [(one.name, round(one.probability, 2)) for one in found.get_top(5)] == expected
    assert len(found.get_boxes()) == 2
    assert len(found.get_clean_boxes()) == 1
    assert isnan(found.get_clean_probability(0))


def test_without_a_model_there_is_nothing_to_list():
    found = result()
    assert found.get_top(3) == found.get_clean_top(3) == ()
    assert found.get_boxes().shape == found.get_clean_boxes().shape == (0, 6)
    assert isnan(found.uncertainty)


def test_a_classifier_has_no_boxes():
    assert result(CLASSES, said(1, 0, 0), said(1, 0, 0)).get_boxes().shape == (0, 6)


def test_an_answer_that_is_not_finite_has_no_best_class_and_no_doubt():
    nothing = Prediction("belt#7", np.full(3, np.nan, np.float32), nan=True)
    assert result(CLASSES, nothing, nothing).get_top(3) == ()
    assert isnan(compute_uncertainty(CLASSES, nothing))


def test_pictures_in_a_result_cannot_be_written():
    found = result(input_image=np.zeros((2, 2, 3), np.uint8))
    assert not any(
        picture.flags.writeable for picture in (found.original, found.corrupted, found.input_image)
    )


def test_the_recipe_stands_in_the_result():
    found = result()
    assert (found.corruption, found.severity, found.recipe.number) == ("dark", 3.0, 4)


@pytest.mark.parametrize(
    ("recipe", "changes"),
    [
        (LiveCorruption(), False),
        (LiveCorruption("dark", 0.0), False),
        (LiveCorruption("", 3.0), False),
        (LiveCorruption("dark", 0.5), True),
    ],
)
def test_a_recipe_of_nothing_changes_nothing(recipe, changes):
    assert recipe.has_effect is changes


def test_doubt_of_a_classifier_is_its_entropy_as_a_share_of_the_most():
    assert compute_uncertainty(CLASSES, said(1, 0, 0)) == 0
    assert compute_uncertainty(CLASSES, said(1 / 3, 1 / 3, 1 / 3)) == pytest.approx(1, abs=1e-6)
    actual = compute_uncertainty(CLASSES, said(0.5, 0.5, 0))
    assert actual == pytest.approx(np.log(2) / np.log(3), abs=1e-6)


def test_doubt_of_labels_that_stand_for_themselves_is_their_mean():
    assert compute_uncertainty(LABELS, said(0.5, 1, 0)) == pytest.approx(1 / 3, abs=1e-6)
    single = parse_card(
        {**makers.COLOUR_CARD, "classes": ["defect"], "output": {"kind": "sigmoid"}}
    )
    assert compute_uncertainty(single, said(0.5)) == pytest.approx(1, abs=1e-6)


def test_doubt_of_a_detector_is_about_the_boxes_it_shows_or_else_about_its_best_candidate():
    assert compute_uncertainty(BOXES, boxes(1.0, 0.5, 0.1)) == pytest.approx(0.5, abs=1e-6)
    actual = compute_uncertainty(BOXES, boxes(0.25, 0.1))
    assert actual == pytest.approx(compute_uncertainty(BOXES, boxes(0.75)), abs=1e-6)
    assert compute_uncertainty(BOXES, boxes()) == 0


@pytest.mark.parametrize("card", [CLASSES, LABELS])
def test_doubt_lies_between_nothing_and_one(card):
    rng = np.random.default_rng(0)
    for _ in range(50):
        shares = rng.dirichlet([0.3, 0.3, 0.3]) if card is CLASSES else rng.random(3)
        assert 0 <= compute_uncertainty(card, said(*shares)) <= 1 + 1e-6


def test_the_difference_is_four_times_what_it_is_and_ends_at_white():
    original = np.full((2, 3, 3), 100, np.uint8)
    corrupted = original.copy()
    corrupted[0, 0], corrupted[0, 1], corrupted[1, 2] = 110, 90, 255
    found = LiveResult(
        0, 0.0, "", original, corrupted, (0, 0, 3, 2), LiveCorruption("dark", 3.0), 0
    ).compute_difference()
    assert (found.dtype, found[0, 0, 0]) == (np.uint8, 40)
    assert (found[0, 1, 0], found[1, 2, 0], found[1, 0, 0]) == (40, 252, 0)


@pytest.mark.parametrize("scores", [(), (0.3,), (0.9, 0.6, 0.3)])
def test_instances_are_listed_and_doubted_as_the_boxes_they_are(scores):
    instances = result(INSTANCES, boxes(*scores), boxes())
    detected = result(BOXES, boxes(*scores), boxes())
    assert instances.get_top(5) == detected.get_top(5)
    assert np.array_equal(instances.get_boxes(), detected.get_boxes())
    actual = compute_uncertainty(INSTANCES, boxes(*scores))
    assert actual == compute_uncertainty(BOXES, boxes(*scores))
