"""The colour model answers which colour is strongest, so a cast of colour takes answers from it and
less light does not."""

from math import isnan

import pytest

from fieldcheck.corruptions.catalogue import CORE
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import (
    MOST_BENCHMARK,
    compute_sweep_scores,
    draw_items,
    get_newest_seed,
    list_available_sets,
    list_images,
    list_labelled_picks,
    list_swept_cells,
    load_cell,
    load_sweep_set,
    make_cell_run,
)
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.robustness import CLEAN
from fieldcheck.errors.labels import NoFootage
from fieldcheck.models.new_project import NewProjectRequest as NewWanted
from fieldcheck.models.new_project import set_up_project
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.stats.robustness import find_tipping_severity
from tests import makers

TWO = ("dark", "colour_cast")


@pytest.fixture
def sweep(labelled):
    return run_sweep(labelled, SweepRequest(corruptions=TWO), NullProgress(), makers.NOW).sweep


def rows(sweep, on):
    return [row for row in sweep.rows if row.on == on]


@pytest.mark.long
def test_clean_comes_first_and_equals_both_sides_of_the_gap(labelled, sweep):
    model = find_model(labelled)
    assert rows(sweep, "benchmark")[0].corruption == CLEAN
    assert rows(sweep, "benchmark")[0].value == load_benchmark_side(labelled, model).score
    scores = load_field_side(labelled, model).scores
    actual = rows(sweep, "field")[0].value
    assert actual == (scores.camera if scores.camera.measured else scores.footage)


@pytest.mark.long
def test_every_cell_is_clean_less_its_drop(sweep):
    for on in ("benchmark", "field"):
        clean, *cells = rows(sweep, on)
        actual = [(row.corruption, row.severity) for row in cells]
        assert actual == [(name, severity) for name in TWO for severity in (1.0, 3.0, 5.0)]
        for row in cells:
            assert row.value.value == pytest.approx(clean.value.value - row.drop.value)
            assert row.drop.lo <= row.drop.value <= row.drop.hi
            assert row.family == CORE[row.corruption]
            assert row.value.n == row.flips.n == clean.value.n


@pytest.mark.long
def test_an_answer_that_stays_is_no_flip_and_costs_nothing(sweep):
    for row in rows(sweep, "benchmark")[1:]:
        if row.flips.value == 0:
            assert row.drop.value == 0
        assert abs(row.drop.value) <= row.flips.value + 1e-12


@pytest.mark.long
def test_the_tipping_severity_is_that_of_the_printed_scores(sweep):
    for on in ("benchmark", "field"):
        clean, *cells = rows(sweep, on)
        for name in TWO:
            own = [row for row in cells if row.corruption == name]
            scores = [clean.value.value, *(row.value.value for row in own)]
            wanted = find_tipping_severity([0, 1, 3, 5], scores)
            assert {row.tipping for row in own} == {wanted}
    assert set(sweep.get_tipping_severities()) == {
        (row.corruption, row.on, row.tipping) for row in sweep.rows if row.corruption != CLEAN
    }


@pytest.mark.long
def test_the_mean_corruption_error_is_the_mean_of_the_errors(sweep):
    cells = rows(sweep, "benchmark")[1:]
    actual = dict(sweep.mce)["benchmark"]
    assert actual == pytest.approx(sum(1 - row.value.value for row in cells) / len(cells))


def test_a_set_of_which_cells_are_missing_is_called_partial(labelled, sweep):
    model = find_model(labelled)
    one = load_sweep_set(labelled, model, "field", 0)
    stored = load_cell(labelled, model, "field", ("dark", 3.0), 0)
    assert set(stored) == set(one.subjects)
    assert sweep.partial == ()


@pytest.mark.long
def test_a_sweep_of_another_seed_is_another_sweep(labelled, sweep):
    model = find_model(labelled)
    assert get_newest_seed(labelled, model) == 0
    assert compute_sweep_scores(labelled, model, 1).rows == ()
    request = SweepRequest(corruptions=("jpeg",), severities=(1.0,), on=("benchmark",), seed=1)
    run_sweep(labelled, request, NullProgress(), makers.NOW)
    assert get_newest_seed(labelled, model) == 1
    expected = [CLEAN, "jpeg"]
    assert [row.corruption for row in compute_sweep_scores(labelled, model, 1).rows] == expected
    assert compute_sweep_scores(labelled, model, 0) == sweep


def test_a_model_without_a_sweep_has_no_rows(labelled):
    model = find_model(labelled)
    assert get_newest_seed(labelled, model) is None
    assert compute_sweep_scores(labelled, model, 0).rows == ()


def test_a_detector_is_scored_by_frames_without_a_fault(made_boxed):
    from fieldcheck.project.folder import open_project

    with open_project(made_boxed) as project:
        request = SweepRequest(corruptions=("dark",), on=("field",))
        found = run_sweep(project, request, NullProgress(), makers.NOW).sweep
    clean, *cells = found.rows
    assert clean.value.n == 2
    assert len(cells) == 3
    assert all(0 <= row.flips.value <= 1 for row in cells)
    assert not any(isnan(row.value.value) for row in cells)


CARD = parse_card({**makers.COLOUR_CARD, "input": {**makers.COLOUR_CARD["input"]}})
BENCHMARK = Benchmark("/b", "imagefolder", None, (*makers.COLOURS, "grey"), tuple(
    BenchmarkItem(f"{k:04d}.png", ("red", "green", "blue", "grey")[k % 4]) for k in range(400)
))  # fmt: skip


def test_two_hundred_of_the_classes_that_the_model_knows_are_drawn_in_the_benchmarks_order():
    found = draw_items(BENCHMARK, CARD, 0)
    assert len(found) == MOST_BENCHMARK == 200
    assert "grey" not in {item.class_name for item in found}
    assert [item.path for item in found] == sorted({item.path for item in found})


def test_the_same_seed_draws_the_same_pictures_and_another_seed_others():
    assert draw_items(BENCHMARK, CARD, 3) == draw_items(BENCHMARK, CARD, 3)
    assert draw_items(BENCHMARK, CARD, 3) != draw_items(BENCHMARK, CARD, 4)


@pytest.mark.long
def test_labels_and_benchmark_are_swept_else_the_footage(labelled, drawn_, footed_alone):
    assert list_available_sets(labelled) == ("benchmark", "field")
    assert list_available_sets(drawn_) == ("benchmark",)
    assert list_available_sets(footed_alone) == ("footage",)


@pytest.fixture
def drawn_(drawn):
    return drawn


@pytest.fixture
def footed_alone(tmp_path, material):
    with makers.empty_project(tmp_path / "alone.fieldcheck", material / "net.onnx") as project:
        makers.add_footage(project, material / "belt.avi")
        yield project


def test_a_project_without_anything_has_nothing_to_sweep(tmp_path):
    with (
        set_up_project(
            tmp_path / "bare.fieldcheck", NewWanted(classes=makers.COLOURS), makers.NOW
        ).project as project,
        pytest.raises(NoFootage),
    ):
        list_available_sets(project)


def test_only_finished_labels_are_swept(labelled):
    picks = list_labelled_picks(labelled)
    assert len(picks) == 20
    actual = {name for name, _ in list_images(labelled, find_model(labelled), "field", 0)}
    assert actual == {pick.frame_id for pick in picks}


def test_cells_of_another_benchmark_are_left_alone(labelled, tmp_path):
    model = find_model(labelled)
    request = SweepRequest(corruptions=("jpeg",), severities=(5.0, 1.0), on=("benchmark",))
    run_sweep(labelled, request, NullProgress(), makers.NOW)
    assert list_swept_cells(labelled, model, "benchmark", 0) == (("jpeg", 1.0), ("jpeg", 5.0))
    before = make_cell_run(labelled, model, "benchmark", "jpeg", 1.0, 0).run_id
    stored = labelled.read(benchmarks_table.get_benchmark)
    other = Benchmark(stored.root, stored.format, stored.claimed, stored.classes, stored.items[:-1])
    labelled.write(lambda db: benchmarks_table.put_benchmark(db, other)).result()
    assert make_cell_run(labelled, model, "benchmark", "jpeg", 1.0, 0).run_id != before
    assert list_swept_cells(labelled, model, "benchmark", 0) == ()
