from math import isnan

import numpy as np
import pytest

from fieldcheck.corruptions.live_frame import (
    add_kept_pair,
    list_kept_pairs,
    make_still_result,
    remove_kept_pair,
)
from fieldcheck.imaging.codec import read_image
from tests import makers
from tests.models.live_models import boxes_of, colours_of

RED = makers.picture("red", size=(120, 160))


@pytest.fixture
def result(tmp_path):
    return make_still_result(RED, colours_of(tmp_path), "dark", 3.0, seed=5)


def test_a_pair_keeps_both_pictures_what_was_done_and_both_answers(empty, result):
    pair = add_kept_pair(empty, result, makers.NOW)
    assert list_kept_pairs(empty) == (pair,)
    assert (pair.steps, pair.seed, pair.said_before) == ((("dark", 3.0),), 5, ("red",))
    assert pair.sure_before == pytest.approx(float(result.clean.answer[0]))
    for file, rgb in ((pair.before, result.original), (pair.after, result.corrupted)):
        kept = read_image(empty.path / file)
        assert kept.shape == rgb.shape
        assert np.abs(kept.astype(int).mean(axis=(0, 1)) - rgb.mean(axis=(0, 1))).max() < 2


def test_the_same_pair_is_kept_once(empty, result):
    add_kept_pair(empty, result, makers.NOW)
    add_kept_pair(empty, result, makers.LATER)
    assert [pair.at for pair in list_kept_pairs(empty)] == [makers.LATER]


def test_keeping_and_dropping_can_be_undone(empty, result):
    pair = add_kept_pair(empty, result, makers.NOW)
    remove_kept_pair(empty, pair.key)
    assert list_kept_pairs(empty) == ()
    empty.undo()
    assert list_kept_pairs(empty) == (pair,)
    assert (empty.path / pair.after).is_file()


def test_a_frame_to_which_nothing_is_done_is_no_pair(empty, tmp_path):
    with pytest.raises(ValueError, match="what a corruption makes"):
        add_kept_pair(empty, make_still_result(RED, colours_of(tmp_path), "", 0, 0), makers.NOW)


def test_a_detector_that_finds_nothing_keeps_that(empty, tmp_path):
    pair = add_kept_pair(
        empty, make_still_result(RED, boxes_of(tmp_path), "dark", 5, 0), makers.NOW
    )
    assert (len(pair.said_before), pair.said_after) == (1, ())
    assert isnan(pair.sure_after)
    assert isnan(list_kept_pairs(empty)[0].sure_after)
