from math import nan

import numpy as np

from fieldcheck.models.decoders.decoder import Candidates, find_best_class, to_corners


def test_a_row_counts_when_its_best_class_reaches_the_floor():
    scores = np.array([[0.1, 0.2], [0.04, 0.01], [0.9, nan], [0.05, 0.0]], np.float32)
    chosen, classes, best = find_best_class(scores, np.float32(0.05))
    assert (chosen.tolist(), classes.tolist()) == ([0, 3], [1, 0])
    assert best.tolist() == [np.float32(0.2), np.float32(0.05)]


def test_a_centre_and_sides_become_two_corners():
    assert to_corners(np.array([[10, 20, 4, 6]], np.float32)).tolist() == [[8, 17, 12, 23]]


def test_some_are_taken_in_the_order_that_is_asked():
    found = Candidates(
        np.arange(12, dtype=np.float32).reshape(3, 4),
        np.float32([0.1, 0.2, 0.3]),
        np.array([0, 1, 2]),
    )
    assert found.select(np.array([2, 0])).classes.tolist() == [2, 0]
    assert len(found.select(np.zeros(3, bool)).scores) == 0
