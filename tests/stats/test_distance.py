import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.stats.similarity import compute_mean_distances

CLOUDS = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=st.floats(-50, 50))


def test_mean_distances_are_those_of_each_point():
    a, b = np.array([[0.0, 0], [3, 4]]), np.array([[0.0, 0], [0, 2]])
    assert compute_mean_distances(a, b) == pytest.approx([1, (5 + 13**0.5) / 2])


def test_the_golden_energy_distance():
    """Methods 5.5: 2E|a−b| − E|a−a'| − E|b−b'| of three points and two."""
    a, b = np.array([[0.0, 0], [1, 0], [0, 1]]), np.array([[2.0, 2], [3, 2]])
    between, own, other = (
        float(compute_mean_distances(*pair).mean()) for pair in ((a, b), (a, a), (b, b))
    )
    assert 2 * between - own - other == pytest.approx(4.373559, abs=1e-6)
