from dataclasses import replace

from fieldcheck.analyses.abstention_thresholds import build_threshold_section
from fieldcheck.stats.decision_thresholds import find_thresholds
from tests.report.example_report import example_report
from tests.stats.test_decision_thresholds import frames


def page(found):
    return build_threshold_section(replace(example_report(), facts={"thresholds": found})).blocks


def test_what_is_missing_is_said():
    expected = "Not measured: no labelled frame"
    assert build_threshold_section(example_report()).blocks[0].text.startswith(expected)


def test_recall_and_precision_stand_before_and_after():
    rule, table, precision, said = page(
        find_thresholds(("ok", "crack"), frames(lift=0.15), None, 0.5)
    )
    assert rule.text.startswith("Highest recall at a precision of at least ")
    rows = {row[0].text: [cell.text for cell in row] for row in table.rows}
    assert rows["crack"][1] == "field"
    assert rows["crack"][4].endswith("%)")
    costs = {row[0].text: [cell.text for cell in row[1:]] for row in precision.rows}
    assert costs.keys() == rows.keys()
    assert all(cell.endswith("%)") for cell in costs["crack"])
    assert said.text.startswith("Gain in recall demonstrated for crack.")


def test_no_gain_is_no_advice():
    said = page(find_thresholds(("ok", "crack"), frames(n=60, lift=-0.02), None, 0.99))[3]
    assert said.text.startswith("No demonstrated gain in recall for")


def test_classes_with_few_labels_are_named():
    expected = "fewer than 20 labelled frames"
    assert expected in page(find_thresholds(("ok", "crack"), frames(n=30), None, 0.5))[-1].text
