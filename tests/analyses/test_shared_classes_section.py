from dataclasses import replace

from fieldcheck.analyses.shared_classes import (
    NamedCount,
    SharedClasses,
    build_shared_class_section,
    list_shared_class_warnings,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.summary_page import list_limitations
from tests.report.example_report import estimate, example_report

FOUND = SharedClasses(
    ("ok", "crack"), (NamedCount("burr", 12),), (NamedCount("wood", 3),), (NamedCount("burr", 12),),
    estimate(0.95, 0.9, 0.98, 188), estimate(0.89, 0.84, 0.93, 200), estimate(0.6, 0.5, 0.7, 97),
    estimate(0.61, 0.51, 0.7, 100), estimate(0.35, 0.25, 0.45, 97), estimate(0.28, 0.18, 0.38, 100),
)  # fmt: skip


def report(found):
    return replace(example_report(), facts={"shared_classes": found})


def words(found):
    return [
        block.text
        for block in build_shared_class_section(report(found)).blocks
        if hasattr(block, "text")
    ]


def test_the_first_page_names_what_a_side_lacks_and_the_gap_with_it():
    (line,) = list_shared_class_warnings(report(FOUND))
    assert line == (
        "Labelled in the benchmark only: burr (12). Labelled in the field only: wood (3). The "
        "gap covers the "
        "classes labelled on both sides. Over all classes: gap 28 pp (18–38)."
    )
    assert line in list_limitations(report(FOUND))


def test_nothing_is_said_on_the_first_page_where_both_sides_label_the_same():
    actual = list_shared_class_warnings(report(replace(FOUND, benchmark_only=(), field_only=())))
    assert actual == []
    assert list_shared_class_warnings(example_report()) == []


def test_scores_stand_without_and_with_the_others():
    rows = [
        [cell.text for cell in row]
        for row in build_shared_class_section(report(FOUND)).blocks[-1].rows
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
        [cell.text for cell in row]
        for row in build_shared_class_section(report(found)).blocks[-1].rows
    ]
    assert rows[3] == ["Recall, benchmark, all objects", "–", "80% (70–90%, n = 50)"]


def test_a_class_list_that_shares_nothing_is_a_sentence():
    none = Estimate.not_measured("no_shared_class")
    found = replace(FOUND, shared=(), benchmark=none, gap=none)
    assert words(found)[0] == "No gap: benchmark and field have no labelled class in common."
    assert "over the classes" not in list_shared_class_warnings(report(found))[0]


def test_what_is_missing_is_said():
    (block,) = build_shared_class_section(example_report()).blocks
    assert block.text.startswith("Not measured")
