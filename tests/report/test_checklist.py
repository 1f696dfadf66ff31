from fieldcheck.analyses.report_data import CheckRow
from fieldcheck.report.checklist import (
    RULES,
    format_check_figure,
    get_rule_demand,
    get_rule_measurement,
)


def test_there_are_sixteen_rules_and_each_asks_for_something():
    assert len(set(RULES)) == 16
    assert len({get_rule_demand(rule) for rule in RULES}) == 16
    assert not set(RULES) & {get_rule_demand(rule) for rule in RULES}


def test_every_rule_says_what_would_measure_it():
    assert len({get_rule_measurement(rule) for rule in RULES} - {""}) == 16


def test_the_figure_is_printed_in_its_own_unit():
    assert format_check_figure(CheckRow("gap", "fail", 0.361)) == "36 pp"
    assert format_check_figure(CheckRow("thousand_frames", "pass", 1200.0)) == "1200"
    assert format_check_figure(CheckRow("domain", "pass", 0.85)) == "0.85"
    assert format_check_figure(CheckRow("domain", "not_measured")) == ""
    assert format_check_figure(CheckRow("tipping", "fail", 2.5)) == "2.5"
    assert format_check_figure(CheckRow("nonsense", "fail", 0.981)) == "98%"
