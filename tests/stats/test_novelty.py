import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.stats import similarity as module
from fieldcheck.stats.similarity import compute_embedding_novelty, compute_statistics_novelty


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def by_hand(frame, others):
    """One minus the cosine to every other, the ten smallest averaged."""
    apart = sorted(1 - sum(a * b for a, b in zip(frame, other, strict=True)) for other in others)[
        :10
    ]
    return sum(apart) / len(apart)


@pytest.mark.parametrize("n_benchmark", [1, 9, 10, 60])
def test_novelty_is_the_mean_distance_to_the_ten_nearest(n_benchmark, monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 100)  # several stretches of frames
    rng = np.random.default_rng(n_benchmark)
    frames, benchmark = (
        unit(rng.normal(size=(n, 5))).astype(np.float32) for n in (23, n_benchmark)
    )
    found = compute_embedding_novelty(frames, benchmark)
    assert found == pytest.approx([by_hand(frame, benchmark) for frame in frames], abs=1e-6)


def test_a_frame_of_the_benchmark_is_nothing_new_and_its_opposite_all_new():
    benchmark = np.tile(np.array([[1, 0, 0]], np.float32), (12, 1))
    assert compute_embedding_novelty(
        np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0]], np.float32), benchmark
    ) == pytest.approx([0, 1, 2])


def test_an_answer_that_is_none_has_no_novelty_and_is_no_neighbour():
    benchmark = np.array([[0, 0], [1, 0]], np.float32)
    found = compute_embedding_novelty(np.array([[0, 0], [1, 0]], np.float32), benchmark)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0)


def test_without_a_benchmark_nothing_is_new():
    with pytest.raises(ValueError, match="no benchmark"):
        compute_embedding_novelty(np.ones((2, 3), np.float32), np.zeros((4, 3), np.float32))


def test_statistics_count_in_the_deviations_of_the_benchmark():
    benchmark = np.array([[0, 100, 7], [2, 100, 7]], np.float32)  # deviations 1, 0, 0
    found = compute_statistics_novelty(
        np.array([[1, 100, 7], [1, 103, 7], [1, 100, 11]], np.float32), benchmark
    )
    assert found == pytest.approx([1, (1 + 9) ** 0.5, (1 + 16) ** 0.5])


@given(arrays(np.float32, (7, 4), elements=st.floats(-5, 5, width=16)), st.permutations(range(7)))
def test_the_order_of_the_benchmark_does_not_matter(rows, order):
    frames = np.eye(4, dtype=np.float32)
    one = compute_statistics_novelty(frames, rows)
    other = compute_statistics_novelty(frames, rows[list(order)])
    assert one == pytest.approx(other, rel=1e-5, abs=1e-5)
