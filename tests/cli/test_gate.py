from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from fieldcheck.analyses.release_gate import GateResult, decide_gate_verdict
from fieldcheck.cli import gate
from fieldcheck.models.compare import PairedCorrectness, check_gate_sets
from fieldcheck.models.near_duplicates import TrainingLeaks


def lines(*sets):
    return check_gate_sets(
        [
            PairedCorrectness(
                kind, name, tuple(f"{k}.png" for k in range(len(a))), np.array(a), np.array(b)
            )
            for kind, name, a, b in sets
        ]
    )


def test_every_set_has_a_line_and_the_verdict_stands_last():
    right, wrong = [True] * 200, [False] * 100 + [True] * 100
    found = lines(
        ("clean", "", right, right),
        ("corrupted", "", right, wrong),
        ("golden", "worst", [True] * 3, [True, False, True]),
    )
    said = gate.list_gate_lines("new", "old", 3.0, 0.03, found, "fail", 1)
    assert said[0] == "new vs old; tolerance 3 pp; corruption severity: moderate"
    assert said[1] == (
        "passed: benchmark, clean: 100.0% before, 100.0% now, change 0.0 pp (−1.4 to 1.4), n = 200"
    )
    expected = "regression: benchmark, corrupted: 100.0% before, 50.0% now, change −50.0 pp"
    assert said[2].startswith(expected)
    expected = ("regression: golden set worst: 3 of 3 correct before, 2 now", "wrong now: 1.png")
    assert said[3:5] == expected
    assert said[5] == "1 benchmark image skipped: its class is missing in one of the models."
    assert said[6].startswith("Failed")


def test_a_set_without_a_picture_says_so():
    actual = gate.list_gate_lines(
        "a", "b", 1.0, 0.03, lines(("golden", "g", [], [])), "not_enough", 0
    )
    assert "too few: golden set g: no image" in actual


def test_no_loss_is_never_said_of_what_is_not_decided():
    right = [True] * 200
    said = gate.list_gate_lines(
        "new", "old", 3.0, 0.03,
        lines(("clean", "", right, right), ("field", "", right[:20], right[:20])), "pass", 0,
    )  # fmt: skip
    assert said[-2:] == (
        "Inconclusive, no statement: labelled field frames",
        "Passed on all conclusive sets.",
    )
    said = gate.list_gate_lines(
        "new", "old", 3.0, 0.03, lines(("clean", "", right, right)), "pass", 0
    )
    assert said[-2] == "Inconclusive, no statement: field: no labels"
    said = gate.list_gate_lines(
        "new", "old", 3.0, 0.03, lines(("clean", "", right, right), ("field", "", right, right)),
        "pass", 0,
    )  # fmt: skip
    assert said[-1] == "Passed: a regression beyond the tolerance is excluded."


def test_the_other_verdicts():
    assert gate.list_gate_lines("a", "b", 1.0, 0.03, (), "pass", 0)[-1].startswith("Passed")
    expected = "Insufficient data"
    assert gate.list_gate_lines("a", "b", 1.0, 0.03, (), "not_enough", 2)[-1].startswith(expected)


def test_slices_are_called_by_what_their_frames_share():
    assert gate.get_gate_set_name("slice", "condition=dark") == "dark (condition)"
    assert gate.get_gate_set_name("slice", "location=line 1") == "line 1 (location)"
    assert gate.get_gate_set_name("field", "") == "labelled field frames"
    assert gate.get_gate_state_name("not_enough") == "inconclusive"


def test_pictures_seen_in_training_are_named_and_that_there_are_none_is_said_too():
    benchmark, field, unread = gate.list_training_overlaps(["a.png"], ["f1", "f2"], 10, 1)
    assert benchmark.startswith("Data leakage: 1 benchmark image")
    assert "(9 checked)" in benchmark
    assert field.endswith("valid test: f1, f2")
    assert unread == "1 training image could not be read."
    expected = ("No near-duplicates of test images among the training images (10 checked).",)
    assert gate.list_training_overlaps([], [], 10, 0) == expected


def test_a_metric_of_its_own_stands_in_the_head():
    expected = "; metric: mAP (COCO, IoU 0.50 to 0.95)"
    assert gate.list_gate_lines("a", "b", 1.0, 0.03, (), "pass", 0, "map")[0].endswith(expected)


def result(*sets, required=()):
    """`sets`: kind, name, number of pictures, how many of them are lost."""
    answered = [
        PairedCorrectness(
            kind, name, tuple(f"{k}.png" for k in range(n)), np.ones(n, bool), np.arange(n) >= lost
        )
        for kind, name, n, lost in sets
    ]
    lines = check_gate_sets(answered)
    verdict = decide_gate_verdict(lines, required)
    return GateResult("new", "old", 0.03, 3.0, 0, 0, lines, verdict, required)


def test_every_set_is_a_test_and_an_open_one_that_decides_has_failed():
    found = result(
        ("clean", "", 200, 0),
        ("corrupted", "", 20, 0),
        ("golden", "worst", 3, 1),
        ("field", "", 20, 0),
    )
    suite = ElementTree.fromstring(gate.format_gate_junit(found))
    expected = {"tests": "4", "failures": "2", "skipped": "1"}
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == expected
    expected = [[], ["failure"], ["failure"], ["skipped"]]
    assert [[child.tag for child in case] for case in suite] == expected
    assert suite[3].get("classname") == "new.field"


def test_a_required_set_that_is_open_or_not_there_has_failed():
    found = result(("clean", "", 200, 0), ("field", "", 20, 0), required=("field", "golden"))
    suite = ElementTree.fromstring(gate.format_gate_junit(found))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "2", "0")


SEEN = TrainingLeaks({"red/0|a.png": "t.png"}, {"r_7": "u.png", "r_9": "v.png"}, 40, 1)


def test_what_the_candidate_has_seen_is_a_test_that_is_skipped_and_lines_of_the_markdown():
    found = result(("clean", "", 200, 0))
    clean, leaky = replace(found, leaked=TrainingLeaks({}, {}, 40, 0)), replace(found, leaked=SEEN)
    suites = [ElementTree.fromstring(gate.format_gate_junit(one)) for one in (found, clean, leaky)]
    expected = [("1", "0"), ("2", "0"), ("2", "1")]
    assert [(suite.get("tests"), suite.get("skipped")) for suite in suites] == expected
    assert [child.tag for child in suites[1][1]] == ["system-out"]
    told = suites[2][1].find("skipped").get("message")
    assert told.startswith("Data leakage: 1 benchmark image")
    assert "(39 checked)" in told
    assert "2 labelled field frames" in suites[2][1].find("system-out").text
    assert "red/0\\|a.png" in gate.format_gate_markdown(leaky)
    assert "1 training image could not be read." in gate.format_gate_markdown(leaky)
    assert "No near-duplicate" in gate.format_gate_markdown(clean)
    assert "training" not in gate.format_gate_markdown(found)
    assert gate.format_leakage(found) == ()


def test_no_name_moves_a_cursor_turns_a_line_or_breaks_the_xml():
    found = replace(
        result(("clean", "", 200, 0), ("golden", "\x1b[2J\u202egnp\x0b", 3, 0)),
        model="\u2066new\x00",
    )
    suite = ElementTree.fromstring(gate.format_gate_junit(found))
    assert [case.get("classname") for case in suite] == ["�new�.clean", "�new�.golden"]
    assert suite[1].get("name").endswith("�[2J�gnp�")
    assert "2J�gnp�" in gate.format_gate_markdown(found)
    assert not set("\x1b\u202e\u2066\x00\x0b") & set(gate.format_gate_markdown(found))


def test_the_table_for_a_pull_request_takes_no_name_for_markup():
    lines = gate.format_gate_markdown(
        result(("clean", "", 200, 0), ("golden", "a|b<i>", 3, 0))
    ).splitlines()
    assert lines[2].startswith("| Dataset | n | before | now |")
    assert lines[3] == "| --- | --- | --- | --- | --- | --- |"
    assert lines[4].startswith("| benchmark, clean | 200 | 100.0% | 100.0% | 0.0 (")
    assert "a\\|b\\<i\\>" in lines[5]
    assert lines[-1] == "**Passed: a regression beyond the tolerance is excluded.**"
