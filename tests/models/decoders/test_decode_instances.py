import numpy as np

from fieldcheck.models.decoders import instances
from fieldcheck.models.preprocess import Placement

WHOLE = Placement((1.0, 1.0), (0.0, 0.0))


def test_boxes_and_prototypes_are_told_apart_by_their_axes():
    rows, planes = np.zeros((20, 11), np.float32), np.zeros((4, 8, 8), np.float32)
    assert [one.shape for one in instances.find_prototypes((planes, rows))] == [(20, 11), (4, 8, 8)]
    assert instances.find_prototypes((rows,)) is None
    assert instances.find_prototypes((rows, rows)) is None


def test_rows_are_found_whichever_way_round_they_stand():
    rows = np.arange(20 * 11, dtype=np.float32).reshape(20, 11)  # 4 + 3 classes + 4 prototypes
    assert np.array_equal(instances.to_rows(rows.T, 3, 4), rows)
    assert np.array_equal(instances.to_rows(rows, 3, 4), rows)
    assert instances.to_rows(rows, 9, 4) is None


def test_six_columns_before_the_coefficients_are_corners_a_score_and_a_class():
    raw = [[1, 2, 5, 6, 0.9, 2, 0, 0, 0, 0], [1, 2, 5, 6, 0.1, 0, 0, 0, 0, 0]]
    rows = np.array(raw, np.float32)
    assert instances.is_suppressed(rows, 3, 4)
    found, chosen = instances.decode_boxes(rows, 3, 4, 0.25)
    assert found.xyxy.tolist() == [[1, 2, 5, 6]]
    assert (found.classes.tolist(), chosen.tolist()) == ([2], [0])


def test_a_mask_is_the_sum_of_prototypes_inside_its_box():
    planes = np.stack([np.ones((4, 4)), -np.eye(4) * 2]).astype(np.float32)
    plane = instances.mix_prototypes(np.array([[1.0, 1.0]], np.float32), planes)[0]
    values = np.array([0, 0, 3, 2], np.float32)
    mask = instances.draw_mask_in_box(plane, 0.0, values, WHOLE, (4, 4), (4, 4))
    assert (mask.x, mask.y, mask.pixels.tolist()) == (0, 0, [[0, 1, 1], [1, 0, 1]])


def test_a_box_outside_the_frame_has_an_empty_mask():
    mask = instances.draw_mask_in_box(
        np.ones((4, 4), np.float32), 0.0, np.array([9, 9, 12, 12], np.float32), WHOLE, (4, 4),
        (4, 4),
    )  # fmt: skip
    assert mask.pixels.size == 0
