from math import exp, nan

import numpy as np
import pytest

from fieldcheck.models.decoders.yolo import (
    decode_end_to_end,
    decode_grid,
    decode_yolox_grid,
    make_cells,
    to_grid_rows,
)

PLAIN = np.array([[10, 20, 4, 6, 0.1, 0.9], [50, 50, 10, 10, 0.01, 0.02]], np.float32)
WITH_OBJECTNESS = np.insert(PLAIN, 4, [0.5, 1.0], axis=1)


@pytest.mark.parametrize("raw", [PLAIN, PLAIN.T])
def test_boxes_without_objectness_lie_either_way_round(raw):
    found = decode_grid(raw, 2, 0.05, "yolo")
    assert found.xyxy.tolist() == [[8, 17, 12, 23]]
    assert (found.scores.tolist(), found.classes.tolist()) == ([np.float32(0.9)], [1])


@pytest.mark.parametrize("kind", ["yolo", "yolo_obj"])
@pytest.mark.parametrize("raw", [WITH_OBJECTNESS, WITH_OBJECTNESS.T])
def test_objectness_is_found_by_the_class_count_and_multiplied(raw, kind):
    found = decode_grid(raw, 2, 0.05, kind)
    actual = (found.scores.tolist(), found.classes.tolist())
    assert actual == ([np.float32(0.9) * np.float32(0.5)], [1])


def test_objectness_may_be_forced_where_the_shape_fits_both():
    # two classes: 7 channels with objectness, or rows of 6 without
    raw = np.zeros((7, 6), np.float32)
    assert to_grid_rows(raw, 2, "yolo").shape == (7, 6)
    assert to_grid_rows(raw, 2, "yolo_obj").shape == (6, 7)


def test_a_shape_that_fits_nothing_is_refused():
    with pytest.raises(ValueError, match="no boxes of 3 classes"):
        to_grid_rows(PLAIN, 3, "yolo")


def test_rows_of_six_are_taken_as_they_are():
    rows = np.array(
        [
            [1, 2, 3, 4, 0.9, 5],
            [1, 2, 3, 4, 0.04, 5],
            [0, 0, 0, 0, 0, 0],
            [1, 2, 3, 4, nan, 1],
            [5, 6, 7, 8, 0.5, nan],
        ],
        np.float32,
    )
    found = decode_end_to_end(rows, 0.05)
    assert found.xyxy.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert found.classes.tolist() == [5, -1]


def test_every_stride_has_its_cells_row_by_row():
    cells, strides = make_cells((32, 64))
    assert len(cells) == 4 * 8 + 2 * 4 + 1 * 2
    assert (cells[9].tolist(), strides[9].tolist()) == ([1, 1], [8])
    assert (cells[32 + 5].tolist(), strides[32 + 5].tolist()) == ([1, 1], [16])
    assert (cells[-1].tolist(), strides[-1].tolist()) == ([1, 0], [32])


def test_offsets_and_logarithms_become_a_box():
    raw = np.zeros((42, 7), np.float32)
    raw[9] = [0.5, 0.25, 1.0, 0.0, 0.8, 0.1, 0.9]  # cell (1, 1) at stride 8
    found = decode_yolox_grid(raw, 2, 0.05, (32, 64))
    x, y, w, h = (1 + 0.5) * 8, (1 + 0.25) * 8, exp(1) * 8, 8
    assert found.xyxy[0] == pytest.approx([x - w / 2, y - h / 2, x + w / 2, y + h / 2], abs=1e-5)
    assert (found.classes.tolist(), len(found.scores)) == ([1], 1)
    assert found.scores[0] == pytest.approx(0.72)
