import numpy as np
import pytest

from fieldcheck.models.decoders.segmentation_and_anomaly import (
    compute_class_map,
    compute_confidence,
    max_of_map,
    resize_map_to_frame,
    squeeze_map,
)
from fieldcheck.models.preprocess import Placement

SCORES = np.zeros((3, 4, 5), np.float32)
SCORES[2, 1, :] = 1
SCORES[1, 3, 4] = 1


def test_the_highest_score_of_a_pixel_counts_wherever_the_classes_stand():
    first = compute_class_map(SCORES, 3, 0.5, "NCHW")
    last = compute_class_map(SCORES.transpose(1, 2, 0), 3, 0.5, "NHWC")
    assert np.array_equal(first, last)
    assert first[1].tolist() == [2] * 5
    assert (first[3, 4], first[0, 0]) == (1, 0)


def test_one_plane_of_two_classes_is_a_share_or_its_logit():
    shares = np.array([[[0.2, 0.6, 0.1]]], np.float32)
    logits = np.array([[[-3.0, 3.0, -9.0]]], np.float32)
    classes = compute_class_map(shares, 2, 0.5, "NCHW").tolist()
    assert classes == compute_class_map(logits, 2, 0.5, "NCHW").tolist() == [[0, 1, 0]]
    assert compute_class_map(shares, 2, 0.7, "NCHW").tolist() == [[0, 0, 0]]


def test_indices_of_classes_that_are_not_there_and_figures_that_are_none_are_outside():
    actual = compute_class_map(np.array([[0, 2, 3, -1]], np.int64), 3, 0.5, "NCHW").tolist()
    assert actual == [[0, 2, 255, 255]]
    holed = SCORES.copy()
    holed[0, 0, 0] = np.nan
    assert compute_class_map(holed, 3, 0.5, "NCHW")[0, 0] == 255


def test_what_is_no_map_of_that_many_classes_is_none():
    assert compute_class_map(np.zeros((4, 8, 8), np.float32), 3, 0.5, "NCHW") is None


def test_a_letterboxed_map_comes_back_without_its_bars():
    # a frame of 4 × 4 in the middle rows of a tensor of 8 × 4
    grid = np.array([[9, 9], [0, 1], [0, 1], [9, 9]], np.uint8)
    actual = resize_map_to_frame(grid, Placement((1.0, 1.0), (0.0, 2.0)), (8, 4), (4, 4)).tolist()
    assert actual == [[0, 0, 1, 1]] * 4


def test_a_cropped_map_leaves_the_border_outside():
    grid = np.ones((2, 2), np.uint8)
    found = resize_map_to_frame(grid, Placement((1.0, 1.0), (-1.0, 0.0)), (2, 2), (2, 4))
    assert found.tolist() == [[255, 1, 1, 255]] * 2


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.8, 1.0, 7.0])
def test_a_score_at_the_threshold_is_an_anomaly_and_one_below_it_is_none(threshold):
    lower = np.nextafter(np.float32(threshold), np.float32(-9))
    at, below = compute_confidence(np.array([threshold, lower], np.float32), threshold)
    assert at.argmax() == 1
    assert below.argmax() == 0
    assert at.sum() == pytest.approx(1)


def test_a_share_with_the_threshold_one_half_stays_what_it_is():
    actual = compute_confidence(np.array([0.0, 0.3, 0.9, 1.0], np.float32), 0.5)[:, 1]
    assert actual == pytest.approx([0, 0.3, 0.9, 1])


def test_a_distance_without_an_upper_end_is_never_quite_certain():
    shares = compute_confidence(np.array([0.0, 2.0, 4.0, 1e9], np.float32), 4.0)[:, 1]
    assert shares == pytest.approx([0, 1 / 3, 0.5, 1])


def test_a_score_that_is_not_a_number_gives_none():
    assert np.isnan(compute_confidence(np.array([np.nan], np.float32), 0.5)).all()


def test_a_map_scores_as_its_highest_pixel_and_lies_flat_whichever_way_its_channel_stands():
    maps = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    assert max_of_map(maps).tolist() == [11]
    actual = [squeeze_map(one).shape for one in (maps[0], maps[0].transpose(1, 2, 0), maps[0, 0])]
    assert actual == [(3, 4)] * 3
    assert squeeze_map(np.zeros((2, 3, 4))) is None
