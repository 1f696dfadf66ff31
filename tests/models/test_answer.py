"""What is said of a frame beyond the figures themselves; the zoo compares every kind with plain
loops."""

import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.decoders.decoder import UnknownClass, decode_batch, get_score_floor
from fieldcheck.models.preprocess import Placement

PLACE = (Placement((1.0, 1.0), (0.0, 0.0)), (32, 32))


def card(kind, task, classes=("bolt", "nut"), **output):
    spec = {"size": [32, 32], "resize": "stretch"}
    return parse_card(
        {"task": task, "input": spec, "output": {"kind": kind, **output}, "classes": list(classes)}
    )


def test_boxes_are_stored_from_the_lower_of_floor_and_threshold():
    assert get_score_floor(card("yolo", "detection", threshold=0.4)) == 0.05
    assert get_score_floor(card("yolo", "detection", threshold=0.02)) == 0.02


def test_a_figure_that_is_not_finite_is_told_and_its_box_is_dropped():
    rows = np.array([[[4, 4, 8, 8, 0.9, 0], [np.nan, 4, 8, 8, 0.8, 1]]], np.float32)
    found = decode_batch([rows], 1, card("yolo_end2end", "detection"), [PLACE])[0]
    assert found.nan
    assert found.answer.tolist() == [pytest.approx([4, 4, 8, 8, 0.9, 0])]


def test_a_box_of_a_class_that_the_card_does_not_have_is_refused_by_its_number():
    rows = np.array([[[4, 4, 8, 8, 0.9, 7]]], np.float32)
    with pytest.raises(UnknownClass) as caught:
        decode_batch([rows], 1, card("yolo_end2end", "detection"), [PLACE])
    assert caught.value.index == 7


def test_pictures_that_only_fill_a_fixed_batch_have_no_answer():
    shares = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]], np.float32)
    assert len(decode_batch([shares], 3, card("softmax", "classification"), [PLACE, PLACE])) == 2


def test_a_map_of_anomalies_is_shown_where_it_reaches_the_threshold():
    heat = np.zeros((1, 1, 32, 32), np.float32)
    heat[0, 0, 5, 6] = 0.9
    found = decode_batch([heat], 1, card("anomaly_map", "anomaly", threshold=0.5), [PLACE])[0]
    assert found.answer == pytest.approx([0.1, 0.9])
    assert np.argwhere(found.masks[0].pixels).tolist() == [[5, 6]]


def test_only_boxes_at_the_deployed_threshold_have_a_mask():
    # three classes, one prototype
    rows = np.array([[[8, 8, 8, 8, 0.9, 0, 0, 1], [24, 24, 8, 8, 0, 0.1, 0, 1]]], np.float32)
    painting = card("instance_masks", "instance", ("bolt", "nut", "washer"), threshold=0.5)
    found = decode_batch([rows, np.ones((1, 1, 8, 8), np.float32)], 1, painting, [PLACE])[0]
    assert (len(found.answer), len(found.masks)) == (2, 1)
    assert found.masks[0].pixels.shape == (8, 8)
