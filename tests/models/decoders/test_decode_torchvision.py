from itertools import permutations

import numpy as np
import pytest

from fieldcheck.models.decoders.detr_ssd_torchvision import (
    find_detections,
    has_batch_axis,
    sort_torchvision_outputs,
)

BOXES = np.array([[0, 0, 8, 8], [2, 2, 4, 4]], np.float32)
LABELS = np.array([2, 1], np.int64)
SCORES = np.array([0.9, 0.1], np.float32)


@pytest.mark.parametrize("order", [*permutations((BOXES, LABELS, SCORES))])
def test_the_tensors_are_told_apart_in_any_order(order):
    found = sort_torchvision_outputs(order)
    assert found.boxes is BOXES
    assert found.labels is LABELS
    assert found.scores is SCORES


def test_what_is_no_such_answer_is_not_forced_into_one():
    assert sort_torchvision_outputs((BOXES, LABELS)) is None
    assert sort_torchvision_outputs((BOXES, LABELS[:1], SCORES)) is None
    assert sort_torchvision_outputs((BOXES, SCORES, SCORES)) is None


def test_label_nought_is_the_background_unless_the_card_names_it():
    found = sort_torchvision_outputs((BOXES, LABELS, SCORES))
    unnamed, rows = find_detections(found, ("bolt", "nut"), 0.25)
    named, _ = find_detections(found, ("__background__", "bolt", "nut"), 0.25)
    assert (unnamed.classes.tolist(), named.classes.tolist(), rows.tolist()) == ([1], [2], [0])


def test_an_answer_to_one_picture_has_no_batch_axis():
    assert not has_batch_axis((BOXES, LABELS, SCORES))
    assert has_batch_axis((BOXES[None], LABELS[None], SCORES[None]))
