import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.boxes import compute_f1_agreement, detect_class_flips


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
