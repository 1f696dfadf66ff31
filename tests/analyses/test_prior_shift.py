from dataclasses import replace
from math import nan

from fieldcheck.analyses.prior_shift import PriorShift, build_prior_shift_section
from tests.report.example_report import estimate, example_report

FOUND = PriorShift(
    ("ok", "crack"), (0.5, 0.5), (0.9, 0.1), (0.88, 0.12), 423, nan, False,
    estimate(0.61, 0.51, 0.7, 100), estimate(0.66, 0.56, 0.75, 100), replace(estimate(0.05, 0.0, 0.1, 100), lo=-0.02),
)  # fmt: skip


def page(found):
    return build_prior_shift_section(replace(example_report(), facts={"prior_shift": found})).blocks


def test_what_is_missing_is_said():
    expected = "Not measured. Requires labels, a benchmark"
    assert build_prior_shift_section(example_report()).blocks[0].text.startswith(expected)


def test_it_is_a_what_if_with_its_range():
    said, table, quiet = page(FOUND)
    assert said.text == (
        "Predictions adjusted to the field's class mix: accuracy 66% (56–75%, n = 100) "
        "instead of 61% (51–70%, n = 100), 5 pp (−2 to 10)."
    )
    expected = [["ok", "50.0%", "90.0%", "88.0%"], ["crack", "50.0%", "10.0%", "12.0%"]]
    assert [[cell.text for cell in row] for row in table.rows] == expected
    assert "Assumes calibrated confidences and" in quiet.text


def test_the_temperature_of_the_confidences_is_said():
    expected = "Confidences at temperature 1.83, fitted to the benchmark"
    assert page(replace(FOUND, temperature=1.83))[-1].text.startswith(expected)


def test_a_collapse_is_said():
    expected = "Weak result: the predictions suggest that one class has vanished"
    assert page(replace(FOUND, collapsed=True))[1].text.startswith(expected)


def test_the_shares_of_the_training_folder_stand_beside_those_of_the_field():
    _, table, _ = page(replace(FOUND, training=(0.95, 0.05)))
    assert [cell.text for cell in table.heads] == [
        *("Class", "training, by its folders", "benchmark"),
        *("field, from predictions", "field, from labels"),
    ]
    assert [cell.text for cell in table.rows[1]] == ["crack", "5.0%", "50.0%", "10.0%", "12.0%"]


def test_nine_labels_have_no_mix():
    few = replace(FOUND, before=replace(FOUND.before, n=9), after=replace(FOUND.after, n=9))
    (said,) = page(few)
    expected = "Insufficient data: 9 labelled frames are too few to estimate the field's class mix."
    assert said.text == expected
