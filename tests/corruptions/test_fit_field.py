import numpy as np
import pytest

from fieldcheck.corruptions.match_field import fit_field, shrink_to_side
from fieldcheck.errors.labels import NoFootage
from fieldcheck.progress import NullProgress
from tests.corruptions.pictures import scene


def test_a_camera_is_fitted_from_its_footage_and_the_benchmark(labelled):
    found = fit_field(labelled, 0, NullProgress())
    assert min(found.match.n_frames, found.match.n_pictures, found.match.n_clips) >= 1
    assert found == fit_field(labelled, 0, NullProgress())
    assert found.match.reason in {"", "too_few", "alike", "unexplained", "undecided"}
    assert (found.match.named is None) is (found.match.reason != "")
    for one in found.fitted:
        assert one.n <= found.match.n_frames
        assert np.isfinite(one.stops).all()


def test_without_footage_there_is_nothing_to_fit(empty):
    with pytest.raises(NoFootage):
        fit_field(empty, 0, NullProgress())


def test_both_sets_are_looked_at_in_one_size():
    assert shrink_to_side(scene(720, 1280), 180).shape == (180, 320, 3)
    assert shrink_to_side(scene(100, 150), 180).shape == (100, 150, 3)
