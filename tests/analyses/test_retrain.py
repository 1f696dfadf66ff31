from dataclasses import replace

import numpy as np

from fieldcheck.analyses.retrain import build_retrain_section, make_retrain_advice
from tests.analyses.test_retrain_statistics import change, mode
from tests.report.example_report import example_report


def page(*found):
    return build_retrain_section(
        replace(example_report(), facts={"retrain": make_retrain_advice(*found)})
    ).blocks


def test_nothing_compared_is_no_advice():
    expected = "No labelled frame has a prediction yet."
    assert build_retrain_section(example_report()).blocks[0].text == expected


def test_an_alert_stands_with_its_evidence_and_retrains_nothing():
    said, table = page(
        ("v2", change(-0.08, -0.12, -0.04)), [("crack", np.full(30, 0.5))], [mode("dark", 300)]
    )
    assert said.text.endswith("retraining is an option, the decision stays with you.")
    rows = [[cell.text for cell in row][1:] for row in table.rows]
    assert rows[0] == ["v2", "8 pp (4–12, n = 100)", "▲ alert"]
    assert rows[1] == ["crack", "0.50 (0.50–0.50, n = 30)", "▲ alert"]
    assert rows[2] == ["dark", "300 of 200 collected, 50% (30–70%) of errors", "enough to train on"]


def test_too_few_pictures_are_collected_first():
    said, flag, table = page(("v2", change(-0.08, -0.12, -0.04)), [], [mode("dark", 30)])
    assert "too few to retrain" in said.text
    assert flag.text.startswith("No class flagged")
    assert table.rows[1][3].text == "collect first"


def test_no_rule_at_all_is_said():
    said, _ = page(None, [], [])
    assert said.text == "No retraining rule demonstrably violated."
