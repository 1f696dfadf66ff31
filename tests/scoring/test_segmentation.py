import numpy as np
import pytest

from fieldcheck.scoring.segmentation import mask_scores, pixel_confusion

TRUTH = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2], [0, 2, 2, 255]], dtype=np.uint8)  # methods 1.4
ANSWER = np.array([[0, 0, 1, 1], [0, 1, 1, 1], [0, 2, 2, 0], [2, 2, 2, 2]], dtype=np.uint8)


def test_the_golden_mask_scores():
    got = mask_scores(pixel_confusion(TRUTH, ANSWER, 3))
    assert got.iou == pytest.approx([0.571429, 0.8, 0.666667], abs=1e-6)
    assert got.dice == pytest.approx([0.727273, 0.888889, 0.8], abs=1e-6)
    assert (got.mean_iou, got.accuracy) == (pytest.approx(0.679365, abs=1e-6), pytest.approx(0.8))


def test_a_pixel_of_no_class_is_not_counted_as_another(monkeypatch):
    unseen = np.where(ANSWER == 1, 255, ANSWER).astype(np.uint8)
    with pytest.raises(ValueError, match="class 255 of 21"):
        pixel_confusion(TRUTH, unseen, 21)


def test_a_class_that_is_nowhere_does_not_count():
    got = mask_scores(pixel_confusion(TRUTH, ANSWER, 5))
    assert np.isnan(got.iou[3:]).all()
    assert got.mean_iou == pytest.approx(0.679365, abs=1e-6)


def test_without_a_judged_pixel_there_is_no_score():
    got = mask_scores(pixel_confusion(np.full((2, 2), 255, dtype=np.uint8), ANSWER[:2, :2], 3))
    assert np.isnan([got.mean_iou, got.accuracy]).all()
