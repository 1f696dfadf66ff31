from pathlib import Path

import numpy as np
import pytest

from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import (
    LONGER_SIDE,
    list_changed_frames,
    list_images,
    make_corrupted_images,
)
from fieldcheck.footage.thumbnails import load_pixels
from fieldcheck.imaging.codec import decode_image, read_image
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.models.evaluate import compute_image_seed
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from tests import makers

CELL = ("colour_cast", 5.0)


@pytest.fixture
def swept(labelled):
    return labelled, run_sweep(
        labelled,
        SweepRequest(corruptions=("colour_cast",), severities=(5.0,)),
        NullProgress(),
        makers.NOW,
    ).sweep


@pytest.mark.parametrize("on", ["benchmark", "field"])
def test_there_are_as_many_as_the_flip_rate_counts_and_each_is_another_class_now(swept, on):
    project, sweep = swept
    row = next(row for row in sweep.rows if row.on == on and row.corruption == "colour_cast")
    found = list_changed_frames(project, on, CELL, 0)
    assert (len(found) > 0) == (row.flips.value > 0)
    if on == "benchmark":
        assert len(found) == pytest.approx(row.flips.value * row.flips.n)
    assert all(one.before != one.after and len(one.before) == len(one.after) == 1 for one in found)


def test_of_footage_only_that_it_changed_is_known(footed):
    sweep = run_sweep(
        footed,
        SweepRequest(corruptions=("colour_cast",), severities=(5.0,), on=("footage",)),
        NullProgress(),
        makers.NOW,
    ).sweep
    found = list_changed_frames(footed, "footage", CELL, 0)
    assert len(found) == round(sweep.rows[-1].flips.value * sweep.rows[-1].flips.n)
    assert all((one.before, one.after, one.wrong) == ((), (), False) for one in found)
    if found:
        (picture,) = make_corrupted_images(footed, "footage", CELL, 0, [found[0].subject]).values()
        assert like(
            picture,
            apply_corruption(
                load_pixels(footed, found[0].subject),
                *CELL,
                compute_image_seed(found[0].subject, CELL[0], 0),
            ),
        )


def test_the_pictures_are_those_the_model_was_asked_about(swept):
    project, _ = swept
    subject, file = list_images(project, find_model(project), "field", 0)[0]
    found = make_corrupted_images(project, "field", CELL, 0, [subject, "nobody"])
    assert list(found) == [subject]
    assert like(
        found[subject],
        apply_corruption(read_image(Path(file)), *CELL, compute_image_seed(subject, CELL[0], 0)),
    )


def test_a_cell_that_was_never_swept_has_no_frames(labelled):
    assert list_changed_frames(labelled, "field", ("haze", 3.0), 0) == ()


def like(jpeg, rgb):
    wanted = downscale_image(rgb, LONGER_SIDE)
    shown = decode_image(jpeg)
    return shown.shape == wanted.shape and np.abs(shown.astype(int) - wanted).mean() < 8
