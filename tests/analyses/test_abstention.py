from dataclasses import replace

from fieldcheck.analyses.abstention_thresholds import build_abstention_section
from fieldcheck.stats.decision_thresholds import measure_abstention
from tests.report.example_report import example_report
from tests.stats.test_decision_thresholds import unsure


def page(found):
    return build_abstention_section(replace(example_report(), facts={"abstention": found})).blocks


def test_what_is_missing_is_said():
    expected = "Insufficient data. Requires one class per frame"
    assert build_abstention_section(example_report()).blocks[0].text.startswith(expected)


def test_the_sentence_says_what_a_person_gets_and_what_is_left():
    said, table = page(measure_abstention(*unsure(), 0.12))
    assert said.text.startswith("Route 1")
    assert "of frames (confidence below " in said.text
    assert "to manual review: the error rate falls from " in said.text
    assert len(table.rows) == 8


def test_a_fall_that_was_not_shown_is_not_claimed():
    said, _ = page(measure_abstention(*unsure(informative=False)))
    assert "No benefit demonstrated from routing 10% of frames" in said.text
