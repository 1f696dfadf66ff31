import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.measure.distance import energy_distance, mean_distances

CLOUDS = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=st.floats(-50, 50))


def test_the_golden_distance():
    a, b = np.array([(0, 0), (1, 0), (0, 1)], float), np.array([(2, 2), (3, 2)], float)
    assert energy_distance(a, b) == pytest.approx(4.373559, abs=1e-6)


@given(CLOUDS, CLOUDS)
def test_it_is_the_same_both_ways_and_never_below_nothing(a, b):
    assert energy_distance(a, b) == pytest.approx(energy_distance(b, a), abs=1e-5)
    assert energy_distance(a, b) >= -1e-5
    assert energy_distance(a, a) == pytest.approx(0, abs=1e-5)


def test_mean_distances_are_those_of_each_point():
    a, b = np.array([[0.0, 0], [3, 4]]), np.array([[0.0, 0], [0, 2]])
    assert mean_distances(a, b) == pytest.approx([1, (5 + 13**0.5) / 2])
