import numpy as np
import pytest

from fieldcheck.picking.variety import k_center

POINTS = np.array([(0, 0), (1, 0), (5, 5), (5, 6), (10, 0), (9, 1), (0, 9)], dtype=float)  # methods 3.4


def test_the_golden_order_and_radii():
    order, radii = k_center(POINTS, 4, 0)
    assert order.tolist() == [0, 4, 6, 2]
    assert radii == pytest.approx([10.0, 9.0, 6.403124], abs=1e-6)


def test_of_equally_far_points_the_first_is_taken():
    assert k_center(np.array([[0.0], [1.0], [-1.0]]), 2, 0)[0].tolist() == [0, 1]


def test_more_points_than_there_are_cannot_be_taken():
    with pytest.raises(ValueError, match="8 of 7"):
        k_center(POINTS, 8, 0)
