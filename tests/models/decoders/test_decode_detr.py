from math import exp

import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.decoders.detr import DECODERS, decode_queries

BOXES = np.array([[0.5, 0.5, 0.2, 0.4], [0.25, 0.5, 0.5, 1.0]], np.float32)


def test_the_share_of_no_object_is_left_out():
    # the second query found nothing
    logits = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 9.0]], np.float32)
    found = decode_queries((logits, BOXES), 2, 0.25, (100, 200))
    assert found.xyxy.tolist() == [pytest.approx([80, 30, 120, 70])]
    assert found.classes.tolist() == [1]
    assert found.scores[0] == pytest.approx(exp(3) / (exp(1) + exp(3) + 1))


def test_sigmoids_take_the_best_pairs_of_query_and_class_but_no_more_than_there_are_queries():
    scores = np.array([[0.9, 0.8], [0.3, 0.95]], np.float32)
    found = decode_queries((scores, BOXES), 2, 0.25, (100, 200))
    assert found.scores.tolist() == pytest.approx([0.95, 0.9])
    assert found.classes.tolist() == [1, 0]


def test_one_tensor_holds_the_boxes_first():
    scores = np.array([[0.9, 0.8], [0.3, 0.95]], np.float32)
    apart = decode_queries((scores, BOXES), 2, 0.25, (8, 8))
    together = decode_queries((np.hstack([BOXES, scores]),), 2, 0.25, (8, 8))
    assert np.array_equal(apart.xyxy, together.xyxy)
    assert np.array_equal(apart.scores, together.scores)


@pytest.mark.parametrize("last", ["no object", "background", "__background__", "N/A"])
def test_a_card_that_names_the_last_class_as_no_object_is_read_as_one_that_does_not(last):
    logits = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 9.0]], np.float32)
    spec = {"size": [100, 200], "resize": "stretch"}
    card = {"task": "detection", "input": spec, "output": {"kind": "detr"}}
    read = DECODERS["detr"].boxes
    unnamed = read((logits, BOXES), parse_card(card | {"classes": ["a", "b"]}), 0.25)
    named = read((logits, BOXES), parse_card(card | {"classes": ["a", "b", last]}), 0.25)
    if last == "N/A":  # a name that stands for nothing in the middle of lists too
        assert len(named.scores) > len(unnamed.scores)
    else:
        actual = (named.classes.tolist(), named.scores.tolist())
        assert actual == (unnamed.classes.tolist(), unnamed.scores.tolist())
