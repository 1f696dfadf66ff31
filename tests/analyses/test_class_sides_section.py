from dataclasses import replace

from fieldcheck.analyses.blocks import Table
from fieldcheck.analyses.shared_classes import ClassSides, build_class_side_blocks
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.html_page import build_page
from fieldcheck.stats.intervals import estimate_difference
from tests.report.example_report import estimate, example_report


def sides(name="cup"):
    there = estimate(0.9, 0.8, 0.95, 60)
    here = estimate(0.5, 0.35, 0.65, 40)
    none = Estimate.not_measured("no_labels")
    return ClassSides(
        name,
        60,
        40,
        there,
        here,
        estimate_difference(here, there),
        none,
        here,
        estimate_difference(here, none),
    )


def test_recall_and_precision_stand_on_both_sides_with_their_change():
    report = replace(example_report(), facts={"class_sides": (sides(),)})
    recall, precision = [
        block for block in build_class_side_blocks(report) if isinstance(block, Table)
    ]
    expected = ["cup", "60 / 40", "90% (80–95%)", "50% (35–65%)", "−40 (−56 to −22)"]
    assert [cell.text for cell in recall.rows[0]] == expected
    expected = ["cup", "0 / 40", "not measured", "50% (35–65%)", "–"]
    assert [cell.text for cell in precision.rows[0]] == expected
    assert recall in build_page(report).sections[-1].blocks


def test_nothing_stands_where_one_side_was_not_measured():
    assert list(build_class_side_blocks(example_report())) == []
