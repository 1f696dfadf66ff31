import shutil
from dataclasses import replace
from math import nan

import cv2
import numpy as np
import pytest
from scipy.special import softmax

from fieldcheck.analyses import prior_shift
from fieldcheck.analyses.blocks import Paragraph
from fieldcheck.analyses.prior_shift import (
    PriorShift,
    _compute_what_if,
    adjust_to_prior,
    build_prior_shift_section,
    clip_prior_from_below,
    compute_prior_shift,
    estimate_field_prior,
)
from fieldcheck.analyses.temperature_scaling import scale_by_temperature
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.near_duplicates import set_training_and_search
from fieldcheck.models.run import add_predictions
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_classes, load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.stats.decision_thresholds import JudgedClasses, decide_class
from tests import makers
from tests.report.example_report import estimate

ONE = np.array([0.9, 0.8, 0.6, 0.7, 0.02, 0.95, 0.85, 0.05])
TWO = np.array([0.9, 0.8, 0.6, 0.7, 0.3, 0.95, 0.85, 0.4])
HALF = np.array([0.5, 0.5])


def pair(first):
    return np.column_stack([first, 1 - first])


def test_golden_one():
    found, has_converged = estimate_field_prior(pair(ONE), HALF)
    assert has_converged
    assert found == pytest.approx([0.688202, 0.311798], abs=1e-6)
    actual = adjust_to_prior(pair(ONE), HALF, found)[[2, 4], 1]
    assert actual == pytest.approx([0.231975, 0.956897], abs=1e-6)


def test_golden_two_collapses_and_is_lifted_to_the_floor():
    found, _ = estimate_field_prior(pair(TWO), HALF)
    assert found == pytest.approx([1, 0], abs=1e-6)
    lifted, collapsed = clip_prior_from_below(found, HALF, 8)
    assert collapsed
    assert lifted == pytest.approx([16 / 17, 1 / 17], abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_most_likely_mix(seed):
    """The likelihood of the frames, sum log p_k π_k/π0_k, has no better mix nearby (a plain search
    stands in for a library)."""
    rng = np.random.default_rng(seed)
    prior = rng.dirichlet(np.full(3, 5.0))
    p = rng.dirichlet(np.full(3, 0.4), 200)
    found, _ = estimate_field_prior(p, prior)

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
    found, _ = estimate_field_prior(pair(1 - p), HALF)
    assert found[1] == pytest.approx(0.2, abs=0.02)


def test_a_class_that_the_benchmark_never_shows_stays_out():
    p = np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    prior = np.array([0.5, 0.5, 0.0])
    field, _ = estimate_field_prior(p, prior)
    assert field[2] == 0
    assert clip_prior_from_below(field, prior, 2)[0][2] == 0
    enough = np.array([0.6, 0.4, 0.0])
    assert clip_prior_from_below(enough, prior, 100) == (pytest.approx(enough), False)
    assert np.isfinite(adjust_to_prior(p, prior, prior)).all()


def test_one_frame_and_a_mix_without_change():
    assert clip_prior_from_below(HALF, HALF, 1)[1] is False
    p = np.array([[0.7, 0.3]])
    assert adjust_to_prior(p, HALF, HALF) == pytest.approx(p)


def test_the_mix_is_that_of_all_answered_frames(labelled):
    found, side = compute_prior_shift(labelled), load_field_side(labelled, find_model(labelled))
    every = np.array(
        [side.answers[line.frame.frame_id].answer for line in side.listing], np.float64
    )
    assert found.n_frames == len(side.listing)
    prior = np.array(found.benchmark)
    lifted, _ = clip_prior_from_below(estimate_field_prior(every, prior)[0], prior, found.n_frames)
    assert found.field == pytest.approx(lifted.tolist())
    assert sum(found.benchmark) == pytest.approx(1)
    assert sum(found.labelled) == pytest.approx(1)


def test_more_classes_than_twice_the_frames_are_no_collapse():
    """500 classes of one share each, and 100 frames that fit them exactly."""
    prior = np.full(500, 1 / 500)
    field, has_converged = estimate_field_prior(np.full((100, 500), 1 / 500), prior)
    assert has_converged
    assert clip_prior_from_below(field, prior, 100) == (pytest.approx(prior), False)


def test_a_mix_that_still_changes_at_the_last_step_is_not_final(monkeypatch):
    monkeypatch.setattr(prior_shift, "STEPS", 3)
    assert not estimate_field_prior(pair(ONE), HALF)[1]
    monkeypatch.setattr(prior_shift, "MOST_FIGURES", 10)  # of sixteen that one step looks at
    assert not estimate_field_prior(pair(ONE), HALF)[1]


@pytest.mark.long
def test_a_large_table_has_steps_enough():
    """4,000 frames of 100 classes that are told apart: the mix of the frames, not the benchmark's,
    where 125 steps would look at 50 million figures."""
    rng, prior = np.random.default_rng(2), np.full(100, 0.01)
    mix = rng.dirichlet(np.full(100, 3.0))
    truth = rng.choice(100, 4000, p=mix)
    logits = rng.normal(0, 1, (4000, 100)) * 2.5
    logits[np.arange(4000), truth] += 6.25
    found, has_converged = estimate_field_prior(softmax(logits, axis=1), prior)
    assert has_converged
    assert np.abs(found - mix).max() < 0.01


def test_of_many_frames_some_are_drawn_and_an_unfinished_mix_is_weak(labelled, monkeypatch):
    monkeypatch.setattr(prior_shift, "MOST_FRAMES", 12)
    found = compute_prior_shift(labelled)
    assert found.n_frames == 12
    assert to_json_value(compute_prior_shift(labelled)) == to_json_value(found)  # drawn alike
    monkeypatch.setattr(prior_shift, "STEPS", 1)
    found = compute_prior_shift(labelled)
    assert (found.after.status, found.change.status) == ("weak", "weak")
    expected = "Weak result: the estimate of the class shares did not converge."
    assert expected in [block.text for block in page(found) if isinstance(block, Paragraph)]


SCRATCH = parse_card(
    {
        **makers.COLOUR_CARD,
        "output": {"kind": "softmax", "thresholds": {"scratch": 0.2}},
        "classes": ["ok", "scratch"],
    }
)


@pytest.mark.parametrize("temperature", [nan, 0.5, 2.5])
def test_without_a_shift_no_answer_changes_by_the_thresholds_of_the_card(temperature):
    """A field whose mix is exactly the benchmark's: each row stands beside its mirror image."""
    rng = np.random.default_rng(3)
    scratch = rng.uniform(0.02, 0.98, 300)
    p = pair(np.concatenate([1 - scratch, scratch]))
    calibrated = p if np.isnan(temperature) else scale_by_temperature(np.log(p), temperature)
    predicted = np.array([decide_class(row, SCRATCH.class_thresholds) for row in p])
    clip = np.array([f"c{k % 10}" for k in range(600)])
    truth = np.arange(600) % 2
    field = JudgedClasses(p, truth, predicted, np.ones(600), clip)
    found = _compute_what_if(field, calibrated, HALF, HALF, SCRATCH, temperature)
    assert found.field == pytest.approx((0.5, 0.5))
    assert (predicted != p.argmax(axis=1)).any()
    assert (found.after.value, found.change.value) == (found.before.value, 0)


def test_an_adjustment_at_a_temperature_orders_the_classes_as_the_calibrated_ones():
    rng = np.random.default_rng(4)
    p, prior, mix = rng.dirichlet(np.ones(3), 50), np.full(3, 1 / 3), np.array([0.7, 0.2, 0.1])
    calibrated = adjust_to_prior(scale_by_temperature(np.log(p), 2.0), prior, mix)
    own = adjust_to_prior(p, prior, mix, 2.0)
    assert np.array_equal(own.argmax(axis=1), calibrated.argmax(axis=1))
    assert scale_by_temperature(np.log(own), 2.0) == pytest.approx(calibrated)


def test_decisions_without_a_confidence_have_no_mix(labelled, tmp_path):
    listing = load_field_side(labelled, find_model(labelled)).listing
    rows = [f"{line.frame.frame_id},red" for line in listing]
    (tmp_path / "p.csv").write_text("\n".join(["id,class", *rows]) + "\n")
    add_predictions(labelled, tmp_path / "p.csv", None, None, NullProgress(), makers.LATER)
    assert load_field_classes(labelled, find_model(labelled)) is not None
    assert compute_prior_shift(labelled) is None


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
