import numpy as np
import pytest

from fieldcheck.analyses.precision_recall import compute_unlikeness
from fieldcheck.analyses.similar_items import compute_missing_vectors
from fieldcheck.progress import NullProgress


def test_every_frame_is_held_against_its_nearest_benchmark_picture(labelled):
    assert compute_unlikeness(labelled) is None
    vectors = compute_missing_vectors(labelled, NullProgress())
    found = compute_unlikeness(labelled)
    frames, benchmark = vectors.vectors[: vectors.n_frames], vectors.vectors[vectors.n_frames :]
    assert (found.n, found.n_pictures) == (len(frames), len(benchmark))
    assert (found.steps[0].first, found.steps[-1].last) == (0, found.n - 1)
    nearest = 1 - (frames @ benchmark.T).max(axis=1)
    first = found.steps[0]
    assert first.middle == pytest.approx(np.median(nearest[: first.last + 1]), abs=1e-6)
