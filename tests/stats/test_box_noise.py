import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.label_noise import find_box_label_noise

PART, HOLE = 0, 1


def drawn(*rows):
    return np.array(rows, np.float64).reshape(-1, 5)


def said(*rows):
    return np.array(rows, np.float64).reshape(-1, 6)


A, B = (0, 0, 10, 10), (50, 50, 70, 70)
GOOD = (drawn((*A, PART)), said((*A, 0.8, PART)))


def found(*frames):
    return find_box_label_noise([one for one, _ in frames], [given for _, given in frames], 2)


def test_a_box_is_believed_as_the_models_box_upon_it_and_a_missing_one_as_its_opposite():
    doubt = found(
        GOOD,
        (drawn((*A, PART), (*B, PART)), said((*A, 0.9, PART))),
        (drawn(), said((*B, 0.3, PART))),
        (drawn(), said()),
    )
    assert doubt.confidence == pytest.approx([0.8, 0.0, 0.7, 1.0])
    assert doubt.threshold[PART] == pytest.approx(0.85)
    assert doubt.flagged.tolist() == [False] * 4


def test_a_box_that_was_left_out_or_named_otherwise_is_flagged_with_what_stands_there():
    hole = (drawn((*B, HOLE)), said((*B, 0.7, HOLE)))
    left_out = (drawn((*A, PART)), said((*B, 0.95, PART), (*A, 0.8, PART)))
    swapped = (drawn((*B, PART)), said((*B, 0.75, HOLE)))
    doubt = found(GOOD, hole, left_out, swapped)
    assert doubt.flagged.tolist() == [False, False, True, True]
    assert doubt.instead.tolist() == [-1, -1, PART, HOLE]
    assert doubt.sort_by_doubt()[:2].tolist() == [3, 2]


def test_a_box_elsewhere_is_doubted_and_a_second_answer_on_the_same_thing_is_not():
    moved = (drawn((4, 4, 14, 14, PART)), said((*A, 0.9, PART)))
    twice = (drawn((*A, PART)), said((*A, 0.8, PART), (0, 0, 10, 9, 0.8, PART)))
    doubt = found(GOOD, moved, twice)
    assert doubt.flagged.tolist() == [False, True, False]
    assert doubt.confidence[1] == 0


def test_no_frames_have_no_doubt():
    doubt = found()
    assert (doubt.confidence.size, doubt.flagged.size, doubt.instead.size) == (0, 0, 0)
    assert np.isnan(doubt.threshold).all()


def test_a_second_box_that_lies_half_on_a_thing_says_nothing_against_it():
    half = found(GOOD, (drawn((*A, PART)), said((*A, 0.8, PART), (0, 0, 10, 5, 0.9, PART))))
    less = found(GOOD, (drawn((*A, PART)), said((*A, 0.8, PART), (0, 0, 10, 4.9, 0.9, PART))))
    assert (half.flagged.tolist(), less.flagged.tolist()) == ([False, False], [False, True])


def test_a_class_that_was_never_drawn_is_never_confident():
    doubt = found(GOOD, (drawn(), said((*B, 0.99, HOLE))))
    assert np.isnan(doubt.threshold[HOLE])
    assert doubt.flagged.tolist() == [False, False]
    assert doubt.confidence[1] == pytest.approx(0.01)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_belief_is_a_share_and_drawing_just_what_the_model_says_is_never_flagged(seed, n):
    rng = np.random.default_rng(seed)
    answers, truth = [], []
    for _ in range(n):
        corner = rng.uniform(0, 500, (rng.integers(0, 4), 2))
        rows = np.column_stack([
            corner, corner + rng.uniform(5, 50, corner.shape),
            np.sort(rng.uniform(0.05, 1, len(corner)))[::-1],
        ])  # fmt: skip
        answers.append(np.column_stack([rows, rng.integers(0, 2, len(rows))]))
        truth.append(np.delete(answers[-1], 4, axis=1))
    doubt = find_box_label_noise(truth, answers, 2)
    assert ((doubt.confidence >= 0) & (doubt.confidence <= 1)).all()
    assert not doubt.flagged.any()
