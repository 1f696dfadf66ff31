import numpy as np
import pytest

from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import load_sweep_set
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from tests import makers


@pytest.fixture
def field(labelled):
    return load_sweep_set(labelled, find_model(labelled), "field", 0)


def test_the_clean_answers_are_as_right_as_the_headline_says(labelled, field):
    scores = load_field_side(labelled, find_model(labelled)).scores
    everywhere = np.ones(len(field.subjects), dtype=bool)
    actual = field.score(field.is_right(field.clean), everywhere)
    assert actual == (scores.camera if scores.camera.measured else scores.footage)


def test_frames_without_an_answer_make_a_score_interim(field):
    there = np.ones(len(field.subjects), dtype=bool)
    there[:3] = False
    found = field.score(field.is_right(field.clean) & there, there)
    assert found.n == len(field.subjects) - 3
    assert "interim" in found.note


def test_losing_every_right_answer_drops_the_whole_score(field):
    there = np.ones(len(field.subjects), dtype=bool)
    before = field.is_right(field.clean)
    found = field.drop(before, np.zeros_like(before), there)
    assert found.value == pytest.approx(field.score(before, there).value)


def test_the_benchmark_weighs_every_picture_alike(labelled):
    found = load_sweep_set(labelled, find_model(labelled), "benchmark", 0)
    assert set(found.weight.tolist()) == {1.0}
    there = np.ones(len(found.subjects), dtype=bool)
    right = found.is_right(found.clean)
    assert found.score(right, there).value == pytest.approx(right.mean())
    assert found.drop(right, right, there).value == 0


def test_without_answers_there_is_no_set(drawn):
    assert load_sweep_set(drawn, find_model(drawn), "field", 0) is None


def test_masks_of_damaged_frames_are_held_against_points_too(pointed):
    made = load_sweep_set(pointed, find_model(pointed), "field", 0)
    assert len(made.subjects) == 20
    assert int((~made.is_right(made.clean)).sum()) == 2
    swept = run_sweep(
        pointed, SweepRequest(("dark",), (3.0,), seed=0), NullProgress(), makers.NOW
    ).sweep
    row = next(row for row in swept.rows if row.corruption == "dark")
    assert (row.value.n, row.value.measured, row.flips.measured) == (20, True, True)
