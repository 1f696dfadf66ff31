import csv
import json
from dataclasses import fields, replace

import numpy as np
import pytest

from fieldcheck.analyses.blocks import Table
from fieldcheck.analyses.failures import FAILURES
from fieldcheck.analyses.shared_classes import (
    ClassSides,
    NamedCount,
    SharedClasses,
    build_class_side_blocks,
    build_shared_class_section,
    compute_class_sides,
    compute_shared_classes,
    list_shared_class_warnings,
    load_compared_sides,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import import_labels
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import write_report
from fieldcheck.report.background import build_appendix_section
from fieldcheck.report.html_page import build_page
from fieldcheck.report.summary_page import list_limitations
from fieldcheck.stats.wilson_interval import estimate_difference
from tests import makers
from tests.report.example_report import change_report, estimate, example_report


def benchmark_of(project, folder, pictures):
    """(class, colour seen) of each picture; named in the project and run."""
    for number, (name, colour) in enumerate(pictures):
        makers.save_picture(folder / name / f"{number}.png", colour, number)
    set_benchmark(project, read_benchmark(folder, None, None))
    run_and_score(project, None, "all", NullProgress(), makers.NOW)


def sides(project):
    return load_compared_sides(project, find_model(project))


def rows(folder, name):
    with (folder / name).open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


@pytest.mark.long
def test_the_headline_is_what_the_sheets_give_over_the_shared_classes(labelled, tmp_path):
    seen = [("red", "red")] * 5 + [
        ("red", "blue"),
        ("green", "green"),
        ("green", "green"),
        ("black", "red"),
        ("black", "green"),
    ]
    benchmark_of(labelled, tmp_path / "other", seen)
    written = write_report(labelled, tmp_path / "out", "en", NullProgress(), makers.NOW)
    summary = json.loads((written.folder / "summary.json").read_text("utf-8"))
    frames = [row for row in rows(written.folder, "frames.csv") if row["label_state"] == "done"]
    there = [
        row
        for row in rows(written.folder, "predictions.csv")
        if row["on"] == "benchmark" and row["rank"] == "1"
    ]
    shared = {row["label"] for row in frames} & {row["truth"] for row in there}
    assert shared == {"red", "green"}

    strata = {}
    for row in (row for row in frames if row["label"] in shared):
        strata.setdefault(row["stratum"], []).append(row["label"] == row["prediction"])
    listed = {name: 120 * share for name, share in (("hard", 0.2), ("rest", 0.8))}
    labels = {name: sum(row["stratum"] == name for row in frames) for name in listed}
    size = {name: listed[name] * len(strata[name]) / labels[name] for name in listed}
    field = sum(size[name] * np.mean(strata[name]) for name in listed) / sum(size.values())
    benchmark = np.mean([row["truth"] == row["class"] for row in there if row["truth"] in shared])
    assert summary["field"]["footage"]["value"] == pytest.approx(field, abs=1e-12)
    assert (
        summary["benchmark"]["score"]["value"]
        == pytest.approx(benchmark, abs=1e-12)
        == pytest.approx(7 / 8)
    )
    assert summary["gap"]["value"] == pytest.approx(benchmark - field, abs=1e-12)
    weighed = [(float(row["weight"]), row["label"] == row["prediction"]) for row in frames]
    assert sum(weight for weight, _ in weighed) == pytest.approx(sum(size.values()))
    actual = sum(weight * right for weight, right in weighed) / sum(size.values())
    assert actual == pytest.approx(field)

    told = summary["shared_classes"]
    n_blue = sum(row["label"] == "blue" for row in frames)
    assert told["shared"] == ["red", "green"]
    assert told["benchmark_only"] == told["unknown_to_model"] == [{"name": "black", "n": 2}]
    assert told["field_only"] == [{"name": "blue", "n": n_blue}]
    # what the model does not know cannot be right
    assert told["benchmark_all"]["value"] == pytest.approx(7 / 10)
    assert told["field_all"]["n"] == summary["field"]["n_labelled"] == 20
    assert "Labelled in the field only: blue" in written.page.read_text("utf-8")


@pytest.mark.long
def test_a_class_that_the_benchmark_lacks_is_named_with_nine_labels_too(labelled, tmp_path):
    lines = load_field_side(labelled, find_model(labelled)).lines
    said = ["blue"] * 9 + ["red", "green"] * 6
    rows_of = zip(lines, said, strict=False)
    text = "".join(f"belt.avi#{line.frame.source_index},{name}\n" for line, name in rows_of)
    (tmp_path / "l.csv").write_text("file,class\n" + text)
    import_labels(labelled, tmp_path / "l.csv", None, "", None, makers.NOW, NullProgress())
    benchmark_of(labelled, tmp_path / "other", [("red", "red"), ("green", "green")] * 4)
    assert compute_shared_classes(labelled).field_only == (NamedCount("blue", 9),)
    written = write_report(labelled, tmp_path / "out", "en", NullProgress(), makers.NOW)
    assert any("Labelled in the field only: blue (9)." in line
               for line in list_limitations(written.report))  # fmt: skip
    page = written.page.read_text("utf-8")
    first_page = page.split("<section id=", 1)[0]  # its cards are sections without one
    assert "Labelled in the field only: blue (9)." in first_page


def test_the_same_classes_on_both_sides_change_nothing(labelled):
    model = find_model(labelled)
    found = sides(labelled)
    assert not compute_shared_classes(labelled).has_differences
    assert found.benchmark.score == load_benchmark_side(labelled, model).score
    assert found.field.scores.footage == load_field_side(labelled, model).scores.footage


@pytest.mark.long
def test_class_lists_that_share_nothing_give_a_sentence_and_no_gap(labelled, tmp_path):
    model = find_model(labelled)
    with_labels = load_field_side(labelled, model)
    lonely = next(name for name in makers.COLOURS if name != "red")
    (tmp_path / "l.csv").write_text(
        "file,class\n"
        + "".join(f"belt.avi#{line.frame.source_index},{lonely}\n" for line in with_labels.lines)
    )
    import_labels(labelled, tmp_path / "l.csv", None, "", None, makers.NOW, NullProgress())
    benchmark_of(labelled, tmp_path / "other", [("red", "red")] * 4)
    written = write_report(labelled, tmp_path / "out", "en", NullProgress(), makers.NOW)
    summary = json.loads((written.folder / "summary.json").read_text("utf-8"))
    assert (summary["gap"]["value"], summary["shared_classes"]["shared"]) == (None, [])
    expected = "No gap: benchmark and field have no labelled class in common."
    assert summary["gap"]["sentence"].endswith(expected)
    assert summary["field"]["footage"]["value"] is not None


@pytest.mark.long
def test_a_claim_is_held_against_every_class(labelled, tmp_path):
    pictures = [("red", "red")] * 20 + [("blue", "red")] * 20
    benchmark_of(labelled, tmp_path / "other", pictures)
    set_benchmark(labelled, read_benchmark(tmp_path / "other", None, 0.5))
    reds = load_field_side(labelled, find_model(labelled)).lines
    content = "file,class\n" + "".join(f"belt.avi#{line.frame.source_index},red\n" for line in reds)
    (tmp_path / "l.csv").write_text(content)
    import_labels(labelled, tmp_path / "l.csv", None, "", None, makers.NOW, NullProgress())
    summary = json.loads(
        (
            write_report(labelled, tmp_path / "out", "en", NullProgress(), makers.NOW).folder
            / "summary.json"
        ).read_text("utf-8")
    )
    actual = (summary["benchmark"]["score"]["value"], summary["benchmark"]["reproduced"])
    assert actual == (1.0, True)


@pytest.mark.long
def test_an_object_of_a_class_that_the_detector_lacks_counts_as_missed(material, tmp_path):
    folder = tmp_path / "boxes"
    told = ["file,class,x,y,w,h"]
    for number, colour in enumerate(makers.cycle(24)):
        makers.save_picture(folder / f"{number}.png", colour, number)
        told.append(
            f"{number}.png,part,0,0,32,24" if colour == "red" else f"{number}.png,bolt,1,1,9,9"
        )
    (folder / "labels.csv").write_text("\n".join(told) + "\n")
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "box.onnx", benchmark=folder
    ) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 40)
        labels = ["file,class,x,y,w,h"]
        for line in project.read(list_sampling_lines):
            red = makers.cycle(60, start=1)[line.frame.source_index] == "red"
            labels.append(
                f"night.avi#{line.frame.source_index},{'part,0,0,32,24' if red else 'hole,1,1,5,5'}"
            )
        (tmp_path / "l.csv").write_text("\n".join(labels) + "\n")
        import_labels(project, tmp_path / "l.csv", None, "", None, makers.NOW, NullProgress())
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        found, told = sides(project), compute_shared_classes(project)
    n_red = makers.cycle(24).count("red")
    assert told.shared == ("part",)
    assert [one.name for one in (*told.benchmark_only, *told.field_only)] == ["bolt", "hole"]
    assert [(one.name, one.n) for one in told.unknown_to_model] == [("bolt", 24 - n_red)]
    assert found.benchmark.score.value == 1.0  # asked about parts alone
    assert told.benchmark_recall_all.value == pytest.approx(n_red / 24)
    reds = [makers.cycle(60, start=1)[index] == "red" for index in range(0, 60, 2)]
    assert told.field_recall_all.value == pytest.approx(np.mean(reds))


def test_before_labels_and_without_a_benchmark_there_is_nothing_to_share(footed, drawn, pointed):
    for project in (footed, drawn, pointed):
        assert sides(project).benchmark_counts is None
        assert compute_shared_classes(project) is None


FOUND = SharedClasses(
    ("ok", "crack"), (NamedCount("burr", 12),), (NamedCount("wood", 3),), (NamedCount("burr", 12),),
    estimate(0.95, 0.9, 0.98, 188), estimate(0.89, 0.84, 0.93, 200), estimate(0.6, 0.5, 0.7, 97),
    estimate(0.61, 0.51, 0.7, 100), estimate(0.35, 0.25, 0.45, 97), estimate(0.28, 0.18, 0.38, 100),
)  # fmt: skip


def report(found):
    return change_report(example_report(), results={"shared_classes": found})


def words(found):
    return [
        block.text for block in build_shared_class_section(found).blocks if hasattr(block, "text")
    ]


def test_the_first_page_names_what_a_side_lacks_and_the_gap_with_it():
    (line,) = list_shared_class_warnings(report(FOUND))
    assert line == (
        "Labelled in the benchmark only: burr (12). Labelled in the field only: wood (3). The gap "
        "covers the classes labelled on both sides. Over all classes: gap 28 pp (18–38)."
    )
    assert line in list_limitations(report(FOUND))


def test_nothing_is_said_on_the_first_page_where_both_sides_label_the_same():
    actual = list_shared_class_warnings(report(replace(FOUND, benchmark_only=(), field_only=())))
    assert actual == []
    assert list_shared_class_warnings(example_report()) == []


def test_scores_stand_without_and_with_the_others():
    rows = [
        [cell.text for cell in row] for row in build_shared_class_section(FOUND).blocks[-1].rows
    ]
    assert rows[0] == ["Benchmark", "95% (90–98%, n = 188)", "89% (84–93%, n = 200)"]
    assert rows[2] == ["Gap", "gap 35 pp (25–45)", "gap 28 pp (18–38)"]
    assert len(rows) == 3


def test_a_detector_has_its_recall_over_all_objects_beside():
    found = replace(
        FOUND,
        benchmark_recall_all=estimate(0.8, 0.7, 0.9, 50),
        field_recall_all=estimate(0.5, 0.4, 0.6, 50),
    )
    rows = [
        [cell.text for cell in row] for row in build_shared_class_section(found).blocks[-1].rows
    ]
    assert rows[3] == ["Recall, benchmark, all objects", "–", "80% (70–90%, n = 50)"]


def test_a_class_list_that_shares_nothing_is_a_sentence():
    none = Estimate.not_measured("no_shared_class")
    found = replace(FOUND, shared=(), benchmark=none, gap=none)
    assert words(found)[0] == "No gap: benchmark and field have no labelled class in common."
    assert "over the classes" not in list_shared_class_warnings(report(found))[0]


def test_what_is_missing_is_said():
    (block,) = build_shared_class_section(None).blocks
    assert block.text.startswith("Not measured")


NONE = Estimate.not_measured("")


def test_sides_differ_where_one_labels_what_the_other_does_not():
    same = SharedClasses(("ok",), (), (), (), *[NONE] * 6)
    assert not same.has_differences
    assert replace(same, field_only=(NamedCount("burr", 1),)).has_differences
    assert replace(same, benchmark_only=(NamedCount("burr", 1),)).has_differences


def test_each_class_of_a_classifier_has_both_sides(labelled):
    found = compute_class_sides(labelled)
    assert {row.name for row in found} == {"red", "green", "blue"}
    assert sum(row.n_benchmark for row in found) == 18
    for row in found:
        actual = row.recall_change.value
        assert actual == pytest.approx(row.recall_field.value - row.recall_benchmark.value)


def test_without_labels_there_is_nothing_to_compare(drawn):
    assert compute_class_sides(drawn) is None


def class_sides(name="cup"):
    there = estimate(0.9, 0.8, 0.95, 60)
    here = estimate(0.5, 0.35, 0.65, 40)
    none = Estimate.not_measured("no_labels")
    recall_change = estimate_difference(here, there)
    precision_change = estimate_difference(here, none)
    return ClassSides(name, 60, 40, there, here, recall_change, none, here, precision_change)


def test_recall_and_precision_stand_on_both_sides_with_their_change():
    report = change_report(example_report(), results={"class_sides": (class_sides(),)})
    class_side_blocks = build_class_side_blocks(report)
    recall, precision = [block for block in class_side_blocks if isinstance(block, Table)]
    expected = ["cup", "60 / 40", "90% (80–95%)", "50% (35–65%)", "−40 (−56 to −22)"]
    assert [cell.text for cell in recall.rows[0]] == expected
    expected = ["cup", "0 / 40", "not measured", "50% (35–65%)", "–"]
    assert [cell.text for cell in precision.rows[0]] == expected
    assert recall in build_page(report).sections[-1].blocks


def test_a_class_that_is_all_there_is_is_not_told_twice_with_two_intervals():
    report = change_report(example_report(), results={"class_sides": (class_sides(),)})
    whole = estimate(0.5, 0.34, 0.66, 30)  # by another estimator than the class's
    for name, value, left in (
        ("recall", whole, ["Precision"]),
        ("precision", whole, ["Recall"]),
        ("recall", estimate(0.6, 0.4, 0.8, 30), ["Recall", "Precision"]),
    ):
        shown = replace(report, field=replace(report.field, metrics={name: value}))
        tables = [block for block in build_class_side_blocks(shown) if isinstance(block, Table)]
        assert [table.caption for table in tables] == left
    both = replace(
        report, field=replace(report.field, metrics={"recall": whole, "precision": whole})
    )
    assert list(build_class_side_blocks(both)) == []
    sides = both.results["class_sides"]
    bare = change_report(both, results={"class_sides": sides, FAILURES.key: None})
    _, said, *_ = build_appendix_section(bare).blocks
    assert said.text.startswith("One class is labelled: its recall and precision are those of all")
    two = change_report(both, results={"class_sides": (class_sides("cup"), class_sides("lid"))})
    assert len([block for block in build_class_side_blocks(two) if isinstance(block, Table)]) == 2


def test_nothing_stands_where_one_side_was_not_measured():
    assert list(build_class_side_blocks(example_report())) == []


def test_both_scores_have_two_sides_and_a_change():
    names = {one.name for one in fields(ClassSides)}
    assert {
        f"{score}_{part}"
        for score in ("recall", "precision")
        for part in ("benchmark", "field", "change")
    } <= names
