from fieldcheck.report.checklist import RULES, demand, figure, measured_by
from fieldcheck.report.report import CheckRow


def test_there_are_sixteen_rules_and_each_asks_for_something():
    assert len(set(RULES)) == 16
    assert len({demand(rule) for rule in RULES}) == 16
    assert not set(RULES) & {demand(rule) for rule in RULES}


def test_every_rule_says_what_would_measure_it():
    assert len({measured_by(rule) for rule in RULES} - {""}) == 16


def test_the_figure_is_printed_in_its_own_unit():
    assert figure(CheckRow("gap", "fail", 0.361)) == "36 pp"
    assert figure(CheckRow("thousand_frames", "pass", 1200.0)) == "1200"
    assert figure(CheckRow("domain", "pass", 0.85)) == "0.85"
    assert figure(CheckRow("domain", "not_measured")) == ""
    assert figure(CheckRow("tipping", "fail", 2.5)) == "2.5"
    assert figure(CheckRow("nonsense", "fail", 0.981)) == "98%"
