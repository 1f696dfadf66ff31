import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask

from fieldcheck.stats.boxes_and_masks import (
    compute_f1_agreement,
    compute_iou,
    count_pairs,
    detect_class_flips,
    match_boxes,
)


def boxes(rng, n):
    corner = rng.integers(0, 40, (n, 2)).astype(float)
    return np.hstack([corner, corner + rng.integers(1, 30, (n, 2))])


def xywh(xyxy):
    return np.hstack([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]])


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6))
def test_overlap_agrees_with_the_coco_tools(seed, n, m):
    rng = np.random.default_rng(seed)
    a, b, crowd = boxes(rng, n), boxes(rng, m), rng.random(m) < 0.3
    actual = compute_iou(a, b, crowd)
    assert actual == pytest.approx(mask.iou(xywh(a), xywh(b), crowd.astype(np.uint8)))


def test_a_box_overlaps_itself_wholly_and_a_stranger_not_at_all():
    a = np.array([[0, 0, 10, 10]], dtype=np.float32)
    assert compute_iou(a, a) == [[1.0]]
    assert compute_iou(a, a + 10) == [[0.0]]


def test_boxes_without_area_overlap_nothing():
    flat = np.array([[5.0, 5.0, 5.0, 9.0]])
    assert compute_iou(flat, flat) == [[0.0]]


def test_boxes_smaller_than_a_pixel_overlap_as_larger_ones_do():
    a = np.array([[0.0, 0.0, 0.5, 0.5]])
    b = np.array([[0.0, 0.0, 0.5, 0.25], [0.25, 0.25, 0.75, 0.75]])
    assert compute_iou(a, b) == pytest.approx(np.array([[0.5, 1 / 7]]))
    assert compute_iou(a, b, np.array([False, True])) == pytest.approx(np.array([[0.5, 1 / 4]]))


def test_an_overlap_that_is_the_threshold_reaches_it_and_a_whole_one_reaches_one():
    values = np.array([[0.5, 0.0], [0.0, 1 - 1e-12]])
    got = match_boxes(values, np.array([0.5, 1.0]), np.array([False, False]))
    assert got.truth.tolist() == [[0, 1], [-1, 1]]
    assert count_pairs(np.array([[0.5]]), np.ones((1, 1), bool)) == 1
    assert count_pairs(np.array([[0.6]]), np.ones((1, 1), bool), 0.7) == 0


def test_the_best_overlap_is_paired_first():
    assert count_pairs(np.array([[0.9, 0.8], [0.8, 0.0]]), np.ones((2, 2), bool)) == 1
    assert count_pairs(np.array([[0.8, 0.9], [0.7, 0.0]]), np.ones((2, 2), bool)) == 2


def test_no_boxes_make_an_empty_table():
    assert compute_iou(np.zeros((0, 4)), np.zeros((3, 4))).shape == (0, 3)


def test_the_better_answer_takes_the_truth_and_the_second_is_a_false_alarm():
    got = match_boxes(np.array([[0.7], [0.9]]), np.array([0.5]), np.array([False]))
    assert got.truth.tolist() == [[0, -1]]
    assert got.right.tolist() == [[True, False]]


def test_each_threshold_is_matched_for_itself():
    values = np.array([[0.6, 0.55], [0.58, 0.0]])
    got = match_boxes(values, np.array([0.5, 0.57, 0.8]), np.array([False, False]))
    assert got.truth.tolist() == [[0, -1], [0, -1], [-1, -1]]


def test_a_truth_that_counts_is_preferred_to_a_region_that_does_not():
    got = match_boxes(np.array([[1.0, 0.6], [1.0, 0.6]]), np.array([0.5]), np.array([True, False]))
    assert got.truth.tolist() == [[1, 0]]
    assert got.ignored.tolist() == [[False, True]]


def test_an_ignore_region_may_take_many_answers():
    got = match_boxes(np.full((3, 1), 0.9), np.array([0.5]), np.array([True]))
    assert got.ignored.all()
    assert not got.right.any()


def test_of_equal_overlaps_the_later_truth_is_taken():
    boxes = match_boxes(np.array([[0.8, 0.8]]), np.array([0.5]), np.array([False, False]))
    assert boxes.truth.tolist() == [[1]]


def test_no_truths_leave_every_answer_alone():
    got = match_boxes(np.zeros((2, 0)), np.array([0.5, 0.75]), np.zeros(0, dtype=bool))
    assert got.truth.tolist() == [[-1, -1], [-1, -1]]


def test_pairs_are_one_to_one_and_of_one_kind():
    overlap = np.array([[0.9, 0.8], [0.85, 0.1], [0.0, 0.7]])
    assert count_pairs(overlap, np.ones((3, 2), dtype=bool)) == 2
    assert count_pairs(overlap, np.array([[True, False], [True, False], [True, False]])) == 1
    assert count_pairs(np.zeros((0, 2)), np.ones((0, 2), dtype=bool)) == 0


def answer(*rows):
    return np.array(rows, dtype=np.float32).reshape(-1, 6)


def test_a_flip_is_another_top_class():
    assert detect_class_flips([0, 1, 2], [0, 2, 2]).tolist() == [False, True, False]


def test_answers_to_different_frames_are_refused():
    with pytest.raises(ValueError, match="different frames"):
        detect_class_flips([0, 1], [0])


def test_the_same_boxes_agree_wholly():
    boxes = answer([0, 0, 10, 10, 0.9, 1], [20, 20, 30, 40, 0.5, 2])
    assert compute_f1_agreement(boxes, boxes[::-1]) == 1.0


def test_two_empty_answers_agree_and_one_empty_does_not():
    assert compute_f1_agreement(answer(), answer()) == 1.0
    assert compute_f1_agreement(answer(), answer([0, 0, 10, 10, 0.9, 1])) == 0.0


def test_another_class_or_little_overlap_is_no_pair():
    box = answer([0, 0, 10, 10, 0.9, 1])
    assert compute_f1_agreement(box, answer([0, 0, 10, 10, 0.9, 2])) == 0.0
    assert compute_f1_agreement(box, answer([6, 0, 16, 10, 0.9, 1])) == 0.0
    assert compute_f1_agreement(box, answer([0, 0, 10, 5, 0.9, 1])) == 1.0


def test_a_lost_box_costs_its_share():
    two = answer([0, 0, 10, 10, 0.9, 1], [20, 20, 30, 40, 0.5, 1])
    assert compute_f1_agreement(two, two[:1]) == pytest.approx(2 / 3)


@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.integers(0, 6))
def test_agreement_has_no_direction(seed, n, m):
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 6, (n + m, 2)).astype(float)
    rows = np.hstack([
        corner, corner + rng.integers(3, 8, (n + m, 2)), rng.random((n + m, 1)),
        rng.integers(0, 2, (n + m, 1)),
    ])  # fmt: skip
    assert compute_f1_agreement(rows[:n], rows[n:]) == compute_f1_agreement(rows[n:], rows[:n])
