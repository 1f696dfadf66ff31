from xml.etree import ElementTree

import numpy as np

from fieldcheck.cli.gate_files import gate_junit, gate_markdown
from fieldcheck.scoring.gate import PairedCorrectness, gate, verdict
from fieldcheck.workflows.models.gate import GateResult


def result(*sets, required=()):
    """`sets`: kind, name, number of pictures, how many of them are lost."""
    answered = [
        PairedCorrectness(kind, name, tuple(f"{k}.png" for k in range(n)), np.ones(n, bool), np.arange(n) >= lost)
        for kind, name, n, lost in sets
    ]
    lines = gate(answered)
    return GateResult("new", "old", 0.03, 3.0, 0, 0, lines, verdict(lines, required), required)


def test_every_set_is_a_test_and_an_open_one_that_decides_has_failed():
    found = result(("clean", "", 200, 0), ("corrupted", "", 20, 0), ("golden", "worst", 3, 1), ("field", "", 20, 0))
    suite = ElementTree.fromstring(gate_junit(found))
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {"tests": "4", "failures": "2", "skipped": "1"}
    assert [[child.tag for child in case] for case in suite] == [[], ["failure"], ["failure"], ["skipped"]]
    assert suite[3].get("classname") == "new.field"


def test_a_required_set_that_is_open_or_not_there_has_failed():
    found = result(("clean", "", 200, 0), ("field", "", 20, 0), required=("field", "golden"))
    suite = ElementTree.fromstring(gate_junit(found))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "2", "0")


def test_the_table_for_a_pull_request_takes_no_name_for_markup():
    lines = gate_markdown(result(("clean", "", 200, 0), ("golden", "a|b<i>", 3, 0))).splitlines()
    assert lines[2].startswith("| Set | n | before | now |")
    assert lines[3] == "| --- | --- | --- | --- | --- | --- |"
    assert lines[4].startswith("| benchmark, clean | 200 | 100.0% | 100.0% | 0.0 (")
    assert "a\\|b\\<i\\>" in lines[5]
    assert lines[-1] == "**Passed: no loss beyond what is accepted.**"
