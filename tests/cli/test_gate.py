import numpy as np

from fieldcheck.cli.gate import (
    get_gate_set_name,
    get_gate_state_name,
    list_gate_lines,
    list_training_overlaps,
)
from fieldcheck.models.compare import PairedCorrectness, check_gate_sets


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
    said = list_gate_lines("new", "old", 3.0, 0.03, found, "fail", 1)
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
    actual = list_gate_lines("a", "b", 1.0, 0.03, lines(("golden", "g", [], [])), "not_enough", 0)
    assert "too few: golden set g: no image" in actual


def test_no_loss_is_never_said_of_what_is_not_decided():
    right = [True] * 200
    said = list_gate_lines(
        "new", "old", 3.0, 0.03,
        lines(("clean", "", right, right), ("field", "", right[:20], right[:20])), "pass", 0,
    )  # fmt: skip
    assert said[-2:] == (
        "Inconclusive, no statement: labelled field frames",
        "Passed on all conclusive sets.",
    )
    said = list_gate_lines("new", "old", 3.0, 0.03, lines(("clean", "", right, right)), "pass", 0)
    assert said[-2] == "Inconclusive, no statement: field: no labels"
    said = list_gate_lines(
        "new", "old", 3.0, 0.03, lines(("clean", "", right, right), ("field", "", right, right)),
        "pass", 0,
    )  # fmt: skip
    assert said[-1] == "Passed: a regression beyond the tolerance is excluded."


def test_the_other_verdicts():
    assert list_gate_lines("a", "b", 1.0, 0.03, (), "pass", 0)[-1].startswith("Passed")
    expected = "Insufficient data"
    assert list_gate_lines("a", "b", 1.0, 0.03, (), "not_enough", 2)[-1].startswith(expected)


def test_slices_are_called_by_what_their_frames_share():
    assert get_gate_set_name("slice", "condition=dark") == "dark (condition)"
    assert get_gate_set_name("slice", "location=line 1") == "line 1 (location)"
    assert get_gate_set_name("field", "") == "labelled field frames"
    assert get_gate_state_name("not_enough") == "inconclusive"


def test_pictures_seen_in_training_are_named_and_that_there_are_none_is_said_too():
    benchmark, field, unread = list_training_overlaps(["a.png"], ["f1", "f2"], 10, 1)
    assert benchmark.startswith(
        "Data leakage: 1 benchmark image or a near-duplicate is in the new model's training "
        "images (9 checked)"
    )
    assert field.endswith("valid test: f1, f2")
    assert unread == "1 training image could not be read."
    expected = ("No near-duplicates of test images among the training images (10 checked).",)
    assert list_training_overlaps([], [], 10, 0) == expected


def test_a_metric_of_its_own_stands_in_the_head():
    expected = "; metric: mAP (COCO, IoU 0.50 to 0.95)"
    assert list_gate_lines("a", "b", 1.0, 0.03, (), "pass", 0, "map")[0].endswith(expected)
