import shutil
from dataclasses import replace
from math import nan

import cv2
import numpy as np
import pytest

from fieldcheck.analyses.prior_shift import (
    PriorShift,
    adjust_to_prior,
    build_prior_shift_section,
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
from tests.report.example_report import estimate

ONE = np.array([0.9, 0.8, 0.6, 0.7, 0.02, 0.95, 0.85, 0.05])
TWO = np.array([0.9, 0.8, 0.6, 0.7, 0.3, 0.95, 0.85, 0.4])
HALF = np.array([0.5, 0.5])


def pair(first):
    return np.column_stack([first, 1 - first])


def test_golden_one():
    found = estimate_field_prior(pair(ONE), HALF)
    assert found == pytest.approx([0.688202, 0.311798], abs=1e-6)
    actual = adjust_to_prior(pair(ONE), HALF, found)[[2, 4], 1]
    assert actual == pytest.approx([0.231975, 0.956897], abs=1e-6)


def test_golden_two_collapses_and_is_lifted_to_the_floor():
    found = estimate_field_prior(pair(TWO), HALF)
    assert found == pytest.approx([1, 0], abs=1e-6)
    lifted, collapsed = clip_prior_from_below(found, 8)
    assert collapsed
    assert lifted == pytest.approx([16 / 17, 1 / 17], abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_most_likely_mix(seed):
    """The likelihood of the frames, sum log p_k π_k/π0_k, has no better mix nearby (a plain search
    stands in for a library)."""
    rng = np.random.default_rng(seed)
    prior = rng.dirichlet(np.full(3, 5.0))
    p = rng.dirichlet(np.full(3, 0.4), 200)
    found = estimate_field_prior(p, prior)

    def likelihood(mix):
        return np.log(p @ (mix / prior)).sum()

    others = found + rng.normal(0, 0.02, (500, 3))
    others = np.clip(others, 1e-9, None)
    assert max(likelihood(mix / mix.sum()) for mix in others) <= likelihood(found) + 1e-6


def test_a_calibrated_model_tells_the_mix():
    """Classes drawn 8:2, probabilities those of a calibrated model trained on 5:5."""
    rng = np.random.default_rng(1)
    truth = rng.random(5000) < 0.2
    score = rng.normal(np.where(truth, 1.0, -1.0), 1.0)
    p = 1 / (1 + np.exp(-2 * score))
    assert estimate_field_prior(pair(1 - p), HALF)[1] == pytest.approx(0.2, abs=0.02)


def test_a_class_that_the_benchmark_never_shows_stays_out():
    p = np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    prior = np.array([0.5, 0.5, 0.0])
    assert estimate_field_prior(p, prior)[2] == 0
    assert np.isfinite(adjust_to_prior(p, prior, prior)).all()


def test_one_frame_and_a_mix_without_change():
    assert clip_prior_from_below(np.array([0.5, 0.5]), 1)[1] is False
    p = np.array([[0.7, 0.3]])
    assert adjust_to_prior(p, HALF, HALF) == pytest.approx(p)


def test_the_mix_is_that_of_all_answered_frames(labelled):
    found, side = compute_prior_shift(labelled), load_field_side(labelled, find_model(labelled))
    every = np.array(
        [side.answers[line.frame.frame_id].answer for line in side.listing], np.float64
    )
    assert found.n_frames == len(side.listing)
    field = estimate_field_prior(every, np.array(found.benchmark))
    lifted, _ = clip_prior_from_below(field, found.n_frames)
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
    path = makers.benchmark_folder(tmp_path / "more", each=20, wrong=6)
    set_benchmark(labelled, read_benchmark(path, "auto", None))
    run_and_score(labelled, None, "benchmark", NullProgress(), makers.NOW)
    found = compute_prior_shift(labelled)
    assert found.temperature > 1
    assert max(abs(a - b) for a, b in zip(found.field, found.labelled, strict=True)) < 0.25


def test_without_labels_or_classes_there_is_nothing(drawn, pointed, empty):
    expected = [None, None, None]
    assert [compute_prior_shift(project) for project in (drawn, pointed, empty)] == expected


def test_the_folders_of_the_training_images_give_the_mix_of_the_training(labelled, tmp_path):
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


FOUND = PriorShift(
    ("ok", "crack"), (0.5, 0.5), (0.9, 0.1), (0.88, 0.12), 423, nan, False,
    estimate(0.61, 0.51, 0.7, 100), estimate(0.66, 0.56, 0.75, 100), replace(estimate(0.05, 0.0,
    0.1, 100), lo=-0.02),
)  # fmt: skip


def page(found):
    return build_prior_shift_section(found).blocks


def test_what_is_missing_is_said():
    expected = "Not measured. Requires labels, a benchmark"
    assert build_prior_shift_section(None).blocks[0].text.startswith(expected)


def test_it_is_a_what_if_with_its_range():
    said, table, quiet = page(FOUND)
    assert "accuracy 66% (56–75%, n = 100) instead of 61% (51–70%, n = 100)" in said.text
    assert said.text.endswith(", 5 pp (−2 to 10).")
    expected = [["ok", "50.0%", "90.0%", "88.0%"], ["crack", "50.0%", "10.0%", "12.0%"]]
    assert [[cell.text for cell in row] for row in table.rows] == expected
    assert "Assumes calibrated confidences and" in quiet.text


def test_the_temperature_of_the_confidences_is_said():
    expected = "Confidences at temperature 1.83, fitted to the benchmark"
    assert page(replace(FOUND, temperature=1.83))[-1].text.startswith(expected)


def test_a_collapse_is_said():
    expected = "Weak result: the predictions suggest that one class has vanished"
    assert page(replace(FOUND, collapsed=True))[1].text.startswith(expected)


def test_the_shares_of_the_training_folder_stand_beside_those_of_the_field():
    _, table, _ = page(replace(FOUND, training=(0.95, 0.05)))
    assert [cell.text for cell in table.heads] == [
        "Class", "training, by its folders", "benchmark", "field, from predictions",
        "field, from labels",
    ]  # fmt: skip
    assert [cell.text for cell in table.rows[1]] == ["crack", "5.0%", "50.0%", "10.0%", "12.0%"]


def test_nine_labels_have_no_mix():
    few = replace(FOUND, before=replace(FOUND.before, n=9), after=replace(FOUND.after, n=9))
    (said,) = page(few)
    expected = "Insufficient data: 9 labelled frames are too few to estimate the field's class mix."
    assert said.text == expected
