from math import exp

import numpy as np
import pytest

from fieldcheck.models.decoders import ssd_and_torchvision

SCORES = np.array([[0.1, 0.8, 0.1], [0.9, 0.05, 0.05]], np.float32)
CORNERS = np.array([[0.1, 0.2, 0.3, 0.6], [0, 0, 1, 1]], np.float32)


def test_the_background_is_no_answer_whether_or_not_the_card_names_it():
    unnamed, named = (
        ssd_and_torchvision.find_candidates((SCORES, CORNERS), classes, 0.25, (100, 200))
        for classes in (("bolt", "nut"), ("Background", "bolt", "nut"))
    )
    assert unnamed.xyxy.tolist() == named.xyxy.tolist() == [pytest.approx([20, 20, 60, 60])]
    assert (unnamed.classes.tolist(), named.classes.tolist()) == ([0], [1])
    assert ssd_and_torchvision.begins_with_background(("__background__", "a"))
    assert (
        ssd_and_torchvision.count_scores(("bolt", "nut"))
        == ssd_and_torchvision.count_scores(("background", "bolt", "nut"))
        == 3
    )


def test_moves_are_taken_from_the_prior_in_its_own_size():
    prior = np.array([[0.5, 0.5, 0.2, 0.4]], np.float32)
    moves = np.array([[1.0, -1.0, 0.5, 0.0]], np.float32)
    x, y, w, h = 0.5 + 0.1 * 0.2, 0.5 - 0.1 * 0.4, 0.2 * exp(0.1), 0.4
    actual = ssd_and_torchvision.decode_boxes((SCORES[:1], moves, prior))[0]
    assert actual == pytest.approx([x - w / 2, y - h / 2, x + w / 2, y + h / 2], abs=1e-6)


def test_priors_of_caffe_bring_their_variances():
    caffe = np.array([[[0.4, 0.3, 0.6, 0.7] * 2, [0.1, 0.1, 0.2, 0.2] * 2]], np.float32)
    centred = np.array([[0.5, 0.5, 0.2, 0.4]] * 2, np.float32)
    moves = np.array([[1.0, -1.0, 0.5, 0.25], [0, 0, 0, 0]], np.float32)
    actual = ssd_and_torchvision.decode_boxes((SCORES, moves, caffe))
    assert actual == pytest.approx(
        ssd_and_torchvision.decode_boxes((SCORES, moves, centred)), abs=1e-6
    )
