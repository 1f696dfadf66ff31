import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.stats.similarity import (
    find_nearest_vectors,
    find_points_inside,
    normalize_rows,
    project_to_plane,
    scale_by_deviation,
)

RNG = np.random.default_rng(0)


@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 70), st.integers(0, 2**31))
def test_the_nearest_are_those_of_a_full_sort(m, d, n, seed):
    vectors = np.random.default_rng(seed).normal(size=(m, d)).astype(np.float32)
    places, alike = find_nearest_vectors(vectors, vectors[0], n)
    whole = np.argsort(-(vectors @ vectors[0]), kind="stable")[:n]
    assert alike.tolist() == (vectors @ vectors[0])[whole].tolist()
    assert len(set(places.tolist())) == min(n, m)


def test_lengths_do_not_count_and_zeros_stay():
    found = normalize_rows(np.array([[3, 4], [0, 0]], np.float32))
    assert found.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


def test_no_figure_outweighs_the_others():
    figures = np.column_stack([RNG.normal(100, 50, 200), RNG.normal(0, 0.01, 200)]).astype(
        np.float32
    )
    scaled = scale_by_deviation(figures)
    assert np.linalg.norm(scaled, axis=1) == pytest.approx(1, abs=1e-5)
    assert abs(np.abs(scaled[:, 0]).mean() - np.abs(scaled[:, 1]).mean()) < 0.1
    other = scale_by_deviation(figures[:5], figures)
    assert other == pytest.approx(scaled[:5])
    assert scale_by_deviation(np.empty((0, 3), np.float32)).shape == (0, 3)


def test_the_plane_keeps_the_two_widest_directions_and_is_always_the_same():
    cloud = np.column_stack(
        [RNG.normal(0, 5, 300), RNG.normal(0, 0.1, 300), RNG.normal(0, 2, 300)]
    ).astype(np.float32)
    flat = project_to_plane(cloud)
    assert flat.std(axis=0) == pytest.approx(cloud[:, [0, 2]].std(axis=0), rel=0.02)
    assert np.array_equal(flat, project_to_plane(cloud))
    assert np.corrcoef(flat[:, 0], cloud[:, 0])[0, 1] > 0.99


def test_two_vectors_keep_their_distance_in_the_plane():
    two = np.array([[0, 3, 0, 1], [4, 0, 0, 1]], np.float32)
    flat = project_to_plane(two)
    assert np.linalg.norm(flat[0] - flat[1]) == pytest.approx(5)
    line = project_to_plane(np.array([[1.0], [4.0], [6.0]], np.float32))
    assert np.diff(line[:, 0]) == pytest.approx([3, 2])
    assert line[:, 1].tolist() == [0, 0, 0]


def test_nothing_is_near_among_nothing_and_figures_that_never_change_scale_nothing():
    places, alike = find_nearest_vectors(np.empty((0, 3), np.float32), np.ones(3, np.float32), 5)
    assert (places.size, alike.size, places.dtype, alike.dtype) == (0, 0, np.int64, np.float32)
    same = np.array([[1.0, 7.0], [3.0, 7.0]], np.float32)
    assert scale_by_deviation(same).tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    expected = [[-1.0, 0.0], [1.0, 0.0]]
    assert scale_by_deviation(same, np.empty((0, 2), np.float32)).tolist() == expected
    actual = scale_by_deviation(same + 1, same).tolist()
    assert actual == [[0.0, 1.0], pytest.approx([2 / 5**0.5, 1 / 5**0.5])]


@pytest.mark.parametrize("shape", [(0, 0), (1, 4), (5, 1)])
def test_few_vectors_have_a_plane_too(shape):
    assert project_to_plane(np.ones(shape, np.float32)).shape == (shape[0], 2)


def test_a_lasso_holds_what_lies_within_it():
    square = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], np.float32)
    points = np.array([[1, 1], [3, 1], [-1, 1], [1, 5]], np.float32)
    assert find_points_inside(points, square).tolist() == [True, False, False, False]
    slanted = np.array([[0, 0], [4, 0], [0, 2]], np.float32)
    assert find_points_inside(
        np.array([[1, 1.4], [1.5, 1.4], [3, 0.4], [3.5, 0.4]], np.float32), slanted
    ).tolist() == [True, False, True, False]
    notch = np.array([[0, 0], [2, 0], [2, 2], [1, 0.5], [0, 2]], np.float32)
    actual = find_points_inside(np.array([[1, 1.5], [1, 0.2]], np.float32), notch).tolist()
    assert actual == [False, True]
