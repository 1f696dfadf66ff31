import pytest

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.progress import Silent
from fieldcheck.workflows.label.export_labels import export_labels
from fieldcheck.workflows.models.models import add_model
from fieldcheck.workflows.models.near_duplicates import search_leaks
from fieldcheck.workflows.models.run_and_score import run_and_score
from fieldcheck.workflows.report.compare_sets import compare_sets
from fieldcheck.workflows.report.independence import facts_of, source_of
from tests import makers
from tests.workflows.models.test_near_duplicates import leaky as leaky  # a fixture


def test_the_score_stands_with_and_without_what_leaked(leaky, tmp_path):
    run_and_score(leaky, None, "benchmark", Silent(), makers.NOW)
    compare_sets(leaky, Silent(), makers.NOW)
    before = facts_of(leaky)
    assert [(row.between, row.n) for row in before.leaks] == [("benchmark_within", 2), ("benchmark_field", 0)]
    assert before.training is None
    search_leaks(leaky, tmp_path / "training", Silent(), makers.NOW)
    found = facts_of(leaky)
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
    run_and_score(leaky, None, "benchmark", Silent(), makers.NOW)
    compare_sets(leaky, Silent(), makers.NOW)
    makers.add_footage(leaky, material / "night.avi")
    assert facts_of(leaky).outdated
    run_and_score(leaky, None, "benchmark", Silent(), makers.NOW)
    compare_sets(leaky, Silent(), makers.NOW)
    assert not facts_of(leaky).outdated


def test_every_model_and_card_that_saw_the_labels_is_counted(labelled, tmp_path):
    assert facts_of(labelled).looks == ("net",)
    for name in ("second", "third"):
        assert not facts_of(labelled).worn_out
        add_model(labelled, makers.colour_model(tmp_path / f"{name}.onnx", gain=len(name)), None, makers.LATER)
        run_and_score(labelled, None, "field", Silent(), makers.LATER)
        compare_sets(labelled, Silent(), makers.LATER)
    found = facts_of(labelled)
    assert found.looks == ("net", "second", "third")
    assert found.worn_out


def test_labels_that_were_exported_are_counted(labelled, tmp_path):
    assert facts_of(labelled).exported == 0
    export_labels(labelled, "csv", tmp_path / "out", Silent())
    found = facts_of(labelled)
    assert (found.exported, found.labelled) == (20, 20)


def test_pictures_of_one_source_have_a_score_of_their_own():
    assert source_of(BenchmarkItem("line1/crack/IMG_0007.jpg", "crack")) == "line1/IMG"
    assert source_of(BenchmarkItem("crack/0007.jpg", "crack")) == ""
    assert source_of(BenchmarkItem("a/b/cam2-13.png")) == "a/b/cam2"


def test_before_a_model_or_anything_to_test_there_is_nothing(footed, tmp_path):
    assert facts_of(footed) is None
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        assert facts_of(project) is None
