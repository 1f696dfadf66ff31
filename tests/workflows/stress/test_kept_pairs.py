from math import isnan

import numpy as np
import pytest

from fieldcheck.imaging.codec import read_picture
from fieldcheck.workflows.stress.kept_pairs import all_pairs, drop_pair, keep_pair
from fieldcheck.workflows.stress.stress_frame import still
from tests import makers
from tests.workflows.live_models import boxes_of, colours_of

RED = makers.picture("red", size=(120, 160))


@pytest.fixture
def result(tmp_path):
    return still(RED, colours_of(tmp_path), "dark", 3.0, seed=5)


def test_a_pair_keeps_both_pictures_what_was_done_and_both_answers(empty, result):
    pair = keep_pair(empty, result, makers.NOW)
    assert all_pairs(empty) == (pair,)
    assert (pair.steps, pair.seed, pair.said_before) == ((("dark", 3.0),), 5, ("red",))
    assert pair.sure_before == pytest.approx(float(result.clean.answer[0]))
    for file, rgb in ((pair.before, result.original), (pair.after, result.corrupted)):
        kept = read_picture(empty.path / file)
        assert kept.shape == rgb.shape
        assert np.abs(kept.astype(int).mean(axis=(0, 1)) - rgb.mean(axis=(0, 1))).max() < 2


def test_the_same_pair_is_kept_once(empty, result):
    keep_pair(empty, result, makers.NOW)
    keep_pair(empty, result, makers.LATER)
    assert [pair.at for pair in all_pairs(empty)] == [makers.LATER]


def test_keeping_and_dropping_can_be_undone(empty, result):
    pair = keep_pair(empty, result, makers.NOW)
    drop_pair(empty, pair.key)
    assert all_pairs(empty) == ()
    empty.undo()
    assert all_pairs(empty) == (pair,)
    assert (empty.path / pair.after).is_file()


def test_a_frame_to_which_nothing_is_done_is_no_pair(empty, tmp_path):
    with pytest.raises(ValueError, match="what a corruption makes"):
        keep_pair(empty, still(RED, colours_of(tmp_path), "", 0, 0), makers.NOW)


def test_a_detector_that_finds_nothing_keeps_that(empty, tmp_path):
    pair = keep_pair(empty, still(RED, boxes_of(tmp_path), "dark", 5, 0), makers.NOW)
    assert (len(pair.said_before), pair.said_after) == (1, ())
    assert isnan(pair.sure_after)
    assert isnan(all_pairs(empty)[0].sure_after)
