import shutil

import cv2
import numpy as np
import pytest

from fieldcheck.analyses.prior_shift import (
    clip_prior_from_below,
    compute_prior_shift,
    estimate_field_prior,
)
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.near_duplicates import set_training_and_search
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from tests import makers


def test_the_mix_is_that_of_all_answered_frames(labelled):
    found, side = compute_prior_shift(labelled), load_field_side(labelled, find_model(labelled))
    every = np.array(
        [side.answers[line.frame.frame_id].answer for line in side.listing], np.float64
    )
    assert found.n_frames == len(side.listing)
    lifted, _ = clip_prior_from_below(
        estimate_field_prior(every, np.array(found.benchmark)), found.n_frames
    )
    assert found.field == pytest.approx(lifted.tolist())
    assert sum(found.benchmark) == pytest.approx(1)
    assert sum(found.labelled) == pytest.approx(1)


def test_the_change_is_that_of_the_same_frames(labelled):
    found = compute_prior_shift(labelled)
    assert found.change.value == pytest.approx(found.after.value - found.before.value, abs=0.2)
    assert found.change.n == found.before.n == found.after.n


def test_a_model_that_is_too_sure_is_cooled_down_before_its_mix_is_taken(labelled, tmp_path):
    """Thirty pictures or more fit a temperature: a tenth of their labels is wrong, and the model is
    as sure of these."""
    assert np.isnan(compute_prior_shift(labelled).temperature)
    set_benchmark(
        labelled,
        read_benchmark(makers.benchmark_folder(tmp_path / "more", each=20, wrong=6), "auto", None),
    )
    run_and_score(labelled, None, "benchmark", NullProgress(), makers.NOW)
    found = compute_prior_shift(labelled)
    assert found.temperature > 1
    assert max(abs(a - b) for a, b in zip(found.field, found.labelled, strict=True)) < 0.25


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    expected = [None, None, None]
    assert [compute_prior_shift(project) for project in (drawn, pointed, empty)] == expected


def test_the_folders_of_the_training_pictures_give_the_mix_that_the_model_was_trained_with(
    labelled, tmp_path
):
    assert compute_prior_shift(labelled).training == ()
    for name, n in (("red", 3), ("green", 1), ("spare", 1)):
        (tmp_path / "training" / name).mkdir(parents=True)
        for at in range(n):
            assert cv2.imwrite(
                str(tmp_path / "training" / name / f"{at}.png"), np.full((16, 16, 3), at, np.uint8)
            )
    set_training_and_search(labelled, tmp_path / "training", NullProgress(), makers.NOW)
    # a fifth of them lies in no folder of a class
    assert compute_prior_shift(labelled).training == ()
    shutil.rmtree(tmp_path / "training" / "spare")
    set_training_and_search(labelled, tmp_path / "training", NullProgress(), makers.NOW)
    assert compute_prior_shift(labelled).training == (0.75, 0.25, 0.0)
