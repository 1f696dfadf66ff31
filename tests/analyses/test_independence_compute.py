import pytest

from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.independence import compute_independence, get_source
from fieldcheck.domain.label import BenchmarkItem
from fieldcheck.models.near_duplicates import set_training_and_search
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.report.label_export import export_labels
from tests import makers
from tests.models.test_near_duplicates import leaky as leaky  # a fixture


def test_the_score_stands_with_and_without_what_leaked(leaky, tmp_path):
    run_and_score(leaky, None, "benchmark", NullProgress(), makers.NOW)
    compare_sets(leaky, NullProgress(), makers.NOW)
    before = compute_independence(leaky)
    expected = [("benchmark_within", 2), ("benchmark_field", 0)]
    assert [(row.between, row.n) for row in before.leaks] == expected
    assert before.training is None
    set_training_and_search(leaky, tmp_path / "training", NullProgress(), makers.NOW)
    found = compute_independence(leaky)
    assert [(row.between, row.n, row.of) for row in found.leaks] == [
        ("benchmark_within", 2, 7),
        ("benchmark_field", 0, 7),
        ("benchmark_training", 2, 7),
        ("field_training", 0, 0),
    ]
    assert (found.training, found.unreadable, found.outdated) == (6, 1, False)
    assert (found.with_leaks.n, found.without_leaks.n, found.leaked.n) == (7, 5, 2)
    right = found.with_leaks.value * 7
    assert found.without_leaks.value * 5 + found.leaked.value * 2 == pytest.approx(right)


def test_another_benchmark_or_more_footage_makes_a_search_old(leaky, material):
    run_and_score(leaky, None, "benchmark", NullProgress(), makers.NOW)
    compare_sets(leaky, NullProgress(), makers.NOW)
    makers.add_footage(leaky, material / "night.avi")
    assert compute_independence(leaky).outdated
    run_and_score(leaky, None, "benchmark", NullProgress(), makers.NOW)
    compare_sets(leaky, NullProgress(), makers.NOW)
    assert not compute_independence(leaky).outdated


def test_every_model_and_card_that_saw_the_labels_is_counted(labelled, tmp_path):
    assert compute_independence(labelled).looks == ("net",)
    for name in ("second", "third"):
        assert not compute_independence(labelled).is_worn_out
        add_model(
            labelled,
            makers.colour_model(tmp_path / f"{name}.onnx", gain=len(name)),
            None,
            makers.LATER,
        )
        run_and_score(labelled, None, "field", NullProgress(), makers.LATER)
        compare_sets(labelled, NullProgress(), makers.LATER)
    found = compute_independence(labelled)
    assert found.looks == ("net", "second", "third")
    assert found.is_worn_out


def test_labels_that_were_exported_are_counted(labelled, tmp_path):
    assert compute_independence(labelled).exported == 0
    export_labels(labelled, "csv", tmp_path / "out", NullProgress())
    found = compute_independence(labelled)
    assert (found.exported, found.labelled) == (20, 20)


def test_pictures_of_one_source_have_a_score_of_their_own():
    assert get_source(BenchmarkItem("line1/crack/IMG_0007.jpg", "crack")) == "line1/IMG"
    assert get_source(BenchmarkItem("crack/0007.jpg", "crack")) == ""
    assert get_source(BenchmarkItem("a/b/cam2-13.png")) == "a/b/cam2"


def test_before_a_model_or_anything_to_test_there_is_nothing(footed, tmp_path):
    assert compute_independence(footed) is None
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        assert compute_independence(project) is None
