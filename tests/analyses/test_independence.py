from dataclasses import replace

import pytest

from fieldcheck.analyses import independence
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.independence import (
    DuplicatePair,
    Independence,
    LeakCount,
    SourceScore,
    build_independence_section,
    compute_independence,
    get_source,
    list_independence_warnings,
    load_seal,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import BenchmarkItem
from fieldcheck.domain.project_state import SealChange, SealState
from fieldcheck.models.near_duplicates import set_training_and_search
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.report.assemble import build_report
from fieldcheck.report.export import export_labels
from fieldcheck.report.folder import build_summary
from fieldcheck.report.summary_page import list_limitations
from tests import makers
from tests.report.example_report import change_report, estimate, example_report


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


@pytest.mark.long
def test_another_benchmark_or_more_footage_makes_a_search_old(leaky, material):
    run_and_score(leaky, None, "benchmark", NullProgress(), makers.NOW)
    compare_sets(leaky, NullProgress(), makers.NOW)
    makers.add_footage(leaky, material / "night.avi")
    assert compute_independence(leaky).outdated
    run_and_score(leaky, None, "benchmark", NullProgress(), makers.NOW)
    compare_sets(leaky, NullProgress(), makers.NOW)
    assert not compute_independence(leaky).outdated


@pytest.mark.long
def test_every_model_and_card_that_saw_the_labels_is_counted(labelled, tmp_path):
    assert compute_independence(labelled).looks == ("net",)
    for name in ("second", "third"):
        assert not compute_independence(labelled).is_worn_out
        path = tmp_path / f"{name}.onnx"
        add_model(labelled, makers.colour_model(path, gain=len(name)), None, makers.LATER)
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


FOUND = Independence(
    (
        LeakCount("benchmark_within", 1, 400, (DuplicatePair("a.png", "b.png"),)),
        LeakCount("benchmark_field", 0, 400),
        LeakCount(
            "benchmark_training", 12, 400,
            tuple(DuplicatePair(f"{k}.png", f"t{k}.png") for k in range(12)),
        ),
        LeakCount("field_training", 0, 900),
    ),
    False, 5000, 3, estimate(0.97, 0.95, 0.98, 400), estimate(0.96, 0.94, 0.98, 388),
    estimate(1.0, 0.76, 1.0, 12),
    (
        SourceScore("IMG", estimate(0.9, 0.8, 0.95, 100)),
        SourceScore("", estimate(0.99, 0.97, 1.0, 300)),
    ),
    ("net",), 0, 100,
)  # fmt: skip


def report(found):
    return change_report(example_report(), results={"independence": found})


def words(found):
    return [
        block.text for block in build_independence_section(found).blocks if hasattr(block, "text")
    ]


def test_more_than_two_percent_leaked_stands_on_the_first_page():
    (line,) = list_independence_warnings(report(FOUND))
    expected = "Benchmark images in the training folder: 12 of 400 (3.0%) are near-duplicates"
    assert line.startswith(expected)
    assert line in list_limitations(report(FOUND))
    eight = replace(FOUND, leaks=(LeakCount("benchmark_training", 8, 400),))
    assert list_independence_warnings(report(eight)) == []  # two percent is not more than two


def test_a_worn_out_sample_and_exported_labels_stand_there_too():
    found = replace(FOUND, leaks=None, looks=("a", "b", "c"), exported=7)
    lines = list_independence_warnings(report(found))
    assert lines[0].endswith("a new sample.")
    assert lines[1].startswith("7 of 100 labelled frames were exported for training")


def test_counts_pairs_and_both_scores_stand_in_the_section():
    tables = [block for block in build_independence_section(FOUND).blocks if hasattr(block, "rows")]
    rows = [[cell.text for cell in row] for row in tables[0].rows]
    assert rows[2] == ["Benchmark images in the training folder", "12", "400", "3.0%"]
    expected = ["97% (95–98%, n = 400)", "96% (94–98%, n = 388)", "100% (76–100%, n = 12)"]
    assert [row[1].text for row in tables[1].rows] == expected
    assert [row[0].text for row in tables[2].rows] == ["IMG", "no name"]
    assert "Within the benchmark: a.png ≈ b.png" in words(FOUND)
    assert any(line.endswith("7.png ≈ t7.png …") for line in words(FOUND))


def test_what_was_not_looked_for_is_said():
    assert words(replace(FOUND, leaks=None))[0].startswith("Near-duplicates not searched yet")
    assert any("No training folder given" in line for line in words(replace(FOUND, training=None)))
    assert any(
        "The training folder is missing or contains no images." in line
        for line in words(replace(FOUND, training=0))
    )
    assert any("changed since" in line for line in words(replace(FOUND, outdated=True)))
    # a run looks for nothing
    assert all(
        "(Report)" in words(replace(FOUND, **what))[0]
        for what in ({"leaks": None}, {"outdated": True})
    )
    (block,) = build_independence_section(None).blocks
    assert block.text.startswith("Not measured")


def test_nothing_leaked_has_no_second_score():
    leaks = (LeakCount("benchmark_within", 0, 400),)
    none = replace(FOUND, leaks=leaks, leaked=Estimate.not_measured("no_labels"), sources=())
    actual = len(
        [block for block in build_independence_section(none).blocks if hasattr(block, "rows")]
    )
    assert actual == 1


NONE = Estimate.not_measured("")


def test_three_looks_wear_a_sample_out():
    two = Independence(None, False, None, 0, NONE, NONE, NONE, (), ("a", "b"), 0, 10)
    assert not two.is_worn_out
    assert replace(two, looks=("a", "b", "c")).is_worn_out


def test_the_share_of_an_empty_set_is_none():
    assert LeakCount("benchmark_field", 0, 0).share == 0
    assert LeakCount("benchmark_field", 1, 50).share == 0.02


def test_a_changed_limit_stands_in_the_summary(labelled, drawn):
    assert load_seal(drawn) is None
    set_limits(labelled, GapLimits(0.05, "A. B."))
    told = build_summary(build_report(labelled, "en", NullProgress(), makers.NOW))["seal"]
    actual = [(one["part"], one["before"], one["after"], one["by"]) for one in told["changes"]]
    assert actual == [("tolerance", "0.03", "0.05", "A. B.")]


AT = "2026-03-01T08:00:00+00:00"
CHANGED = SealState(
    AT, 0, (), None, (SealChange("tolerance", "0.03", "0.05", AT, "A. B."),), 0, True
)


def with_seal(found):
    return change_report(example_report(), results={"seal": found})


def test_a_limit_that_changed_after_the_seal_is_said_on_page_one():
    limitations = list_limitations(with_seal(replace(CHANGED, changes=())))
    assert not any("after labelling began" in line for line in limitations)
    limitations = list_limitations(with_seal(CHANGED))
    said = [line for line in limitations if "after labelling began" in line]
    assert len(said) == 1
    assert said[0].endswith("by A. B.: 3 → 5 pp.")


def test_the_section_tells_the_seal_and_what_the_pin_is_worth():
    lines = [block.text for block in independence.build_seal_section(CHANGED).blocks]
    assert lines[0].startswith("Limits, classes and picked frames sealed before the first label")
    assert any("It is not a protection against manipulation." in line for line in lines)
    expected = "Not sealed yet"
    assert independence.build_seal_section(None).blocks[0].text.startswith(expected)
