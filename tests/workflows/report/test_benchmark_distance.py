import numpy as np
import pytest

from fieldcheck.progress import Silent
from fieldcheck.workflows.explore.similar import make_vectors
from fieldcheck.workflows.report.benchmark_distance import facts_of


def test_every_frame_is_held_against_its_nearest_benchmark_picture(labelled):
    assert facts_of(labelled) is None
    vectors = make_vectors(labelled, Silent())
    found = facts_of(labelled)
    frames, benchmark = vectors.vectors[: vectors.n_frames], vectors.vectors[vectors.n_frames :]
    assert (found.n, found.n_pictures) == (len(frames), len(benchmark))
    assert (found.steps[0].first, found.steps[-1].last) == (0, found.n - 1)
    nearest = 1 - (frames @ benchmark.T).max(axis=1)
    first = found.steps[0]
    assert first.middle == pytest.approx(np.median(nearest[: first.last + 1]), abs=1e-6)
