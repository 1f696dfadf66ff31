import pytest

from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import (
    MOST_BENCHMARK,
    draw_items,
    list_available_sets,
    list_images,
    list_labelled_picks,
    list_swept_cells,
    make_cell_run,
)
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.labels import NoFootage
from fieldcheck.models.new_project import NewProjectRequest as NewWanted
from fieldcheck.models.new_project import set_up_project
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as benchmarks_table
from tests import makers

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


def test_labels_and_a_benchmark_are_swept_and_footage_only_where_neither_is(
    labelled, drawn_, footed_alone
):
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
    run_sweep(
        labelled,
        SweepRequest(corruptions=("jpeg",), severities=(5.0, 1.0), on=("benchmark",)),
        NullProgress(),
        makers.NOW,
    )
    assert list_swept_cells(labelled, model, "benchmark", 0) == (("jpeg", 1.0), ("jpeg", 5.0))
    before = make_cell_run(labelled, model, "benchmark", "jpeg", 1.0, 0).run_id
    stored = labelled.read(benchmarks_table.get_benchmark)
    other = Benchmark(stored.root, stored.format, stored.claimed, stored.classes, stored.items[:-1])
    labelled.write(lambda db: benchmarks_table.put_benchmark(db, other)).result()
    assert make_cell_run(labelled, model, "benchmark", "jpeg", 1.0, 0).run_id != before
    assert list_swept_cells(labelled, model, "benchmark", 0) == ()
