from pathlib import Path

import numpy as np
import pytest

from fieldcheck.corruption.apply import corrupt
from fieldcheck.imaging.codec import decode_picture, read_picture
from fieldcheck.imaging.thumbnail import smaller
from fieldcheck.progress import Silent
from fieldcheck.workflows.footage.thumbnails import pixels_of
from fieldcheck.workflows.models.held_out import picture_seed
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.stress._sweep_plan import pictures
from fieldcheck.workflows.stress.changed_frames import LONGER_SIDE, changed_frames, corrupted_pictures
from fieldcheck.workflows.stress.sweep import SweepRequest, run_sweep
from tests import makers

CELL = ("colour_cast", 5.0)


@pytest.fixture
def swept(labelled):
    return labelled, run_sweep(labelled, SweepRequest(corruptions=("colour_cast",), severities=(5.0,)), Silent(), makers.NOW).sweep


@pytest.mark.parametrize("on", ["benchmark", "field"])
def test_there_are_as_many_as_the_flip_rate_counts_and_each_is_another_class_now(swept, on):
    project, sweep = swept
    row = next(row for row in sweep.rows if row.on == on and row.corruption == "colour_cast")
    found = changed_frames(project, on, CELL, 0)
    assert (len(found) > 0) == (row.flips.value > 0)
    if on == "benchmark":
        assert len(found) == pytest.approx(row.flips.value * row.flips.n)
    assert all(one.before != one.after and len(one.before) == len(one.after) == 1 for one in found)


def test_of_footage_only_that_it_changed_is_known(footed):
    sweep = run_sweep(footed, SweepRequest(corruptions=("colour_cast",), severities=(5.0,), on=("footage",)), Silent(), makers.NOW).sweep
    found = changed_frames(footed, "footage", CELL, 0)
    assert len(found) == round(sweep.rows[-1].flips.value * sweep.rows[-1].flips.n)
    assert all((one.before, one.after, one.wrong) == ((), (), False) for one in found)
    if found:
        (picture,) = corrupted_pictures(footed, "footage", CELL, 0, [found[0].subject]).values()
        assert like(picture, corrupt(pixels_of(footed, found[0].subject), *CELL, picture_seed(found[0].subject, CELL[0], 0)))


def test_the_pictures_are_those_the_model_was_asked_about(swept):
    project, _ = swept
    subject, file = pictures(project, find_model(project), "field", 0)[0]
    found = corrupted_pictures(project, "field", CELL, 0, [subject, "nobody"])
    assert list(found) == [subject]
    assert like(found[subject], corrupt(read_picture(Path(file)), *CELL, picture_seed(subject, CELL[0], 0)))


def test_a_cell_that_was_never_swept_has_no_frames(labelled):
    assert changed_frames(labelled, "field", ("haze", 3.0), 0) == ()


def like(jpeg, rgb):
    wanted = smaller(rgb, LONGER_SIDE)
    shown = decode_picture(jpeg)
    return shown.shape == wanted.shape and np.abs(shown.astype(int) - wanted).mean() < 8
