from math import exp

import numpy as np
import pytest

from fieldcheck.models.decoders.yolox import decode_grid, make_cells


def test_every_stride_has_its_cells_row_by_row():
    cells, strides = make_cells((32, 64))
    assert len(cells) == 4 * 8 + 2 * 4 + 1 * 2
    assert (cells[9].tolist(), strides[9].tolist()) == ([1, 1], [8])
    assert (cells[32 + 5].tolist(), strides[32 + 5].tolist()) == ([1, 1], [16])
    assert (cells[-1].tolist(), strides[-1].tolist()) == ([1, 0], [32])


def test_offsets_and_logarithms_become_a_box():
    raw = np.zeros((42, 7), np.float32)
    raw[9] = [0.5, 0.25, 1.0, 0.0, 0.8, 0.1, 0.9]  # cell (1, 1) at stride 8
    found = decode_grid(raw, 2, 0.05, (32, 64))
    x, y, w, h = (1 + 0.5) * 8, (1 + 0.25) * 8, exp(1) * 8, 8
    assert found.xyxy[0] == pytest.approx([x - w / 2, y - h / 2, x + w / 2, y + h / 2], abs=1e-5)
    assert (found.classes.tolist(), len(found.scores)) == ([1], 1)
    assert found.scores[0] == pytest.approx(0.72)
