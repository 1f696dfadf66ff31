import numpy as np

from fieldcheck.scoring.gate import PairedCorrectness, gate
from fieldcheck.words.gate import gate_lines, seen_in_training, set_name, state_name


def lines(*sets):
    return gate(
        [PairedCorrectness(kind, name, tuple(f"{k}.png" for k in range(len(a))), np.array(a), np.array(b)) for kind, name, a, b in sets]
    )


def test_every_set_has_a_line_and_the_verdict_stands_last():
    right, wrong = [True] * 200, [False] * 100 + [True] * 100
    found = lines(("clean", "", right, right), ("corrupted", "", right, wrong), ("golden", "worst", [True] * 3, [True, False, True]))
    said = gate_lines("new", "old", 3.0, 0.03, found, "fail", 1)
    assert said[0] == "new against old; a loss of 3 pp is accepted; corruption: moderate"
    assert said[1] == "passed: benchmark, clean: 100.0% before, 100.0% now, change 0.0 pp (−1.4 to 1.4), n = 200"
    assert said[2].startswith("lost: benchmark, corrupted: 100.0% before, 50.0% now, change −50.0 pp")
    assert said[3:5] == ("lost: golden set worst: 3 of 3 right before, 2 now", "wrong now: 1.png")
    assert said[5] == "1 benchmark picture was left out: one of the models has no class for it."
    assert said[6].startswith("Not passed")


def test_a_set_without_a_picture_says_so():
    assert "too few: golden set g: no picture" in gate_lines("a", "b", 1.0, 0.03, lines(("golden", "g", [], [])), "not_enough", 0)


def test_no_loss_is_never_said_of_what_is_not_decided():
    right = [True] * 200
    said = gate_lines("new", "old", 3.0, 0.03, lines(("clean", "", right, right), ("field", "", right[:20], right[:20])), "pass", 0)
    assert said[-2:] == ("Not decided, so that nothing is said of it: labelled field frames", "Passed on the sets that are decided.")
    said = gate_lines("new", "old", 3.0, 0.03, lines(("clean", "", right, right)), "pass", 0)
    assert said[-2] == "Not decided, so that nothing is said of it: the field: no frame is labelled"
    said = gate_lines("new", "old", 3.0, 0.03, lines(("clean", "", right, right), ("field", "", right, right)), "pass", 0)
    assert said[-1] == "Passed: no loss beyond what is accepted."


def test_the_other_verdicts():
    assert gate_lines("a", "b", 1.0, 0.03, (), "pass", 0)[-1].startswith("Passed")
    assert gate_lines("a", "b", 1.0, 0.03, (), "not_enough", 2)[-1].startswith("Not enough frames")


def test_slices_are_called_by_what_their_frames_share():
    assert set_name("slice", "condition=dark") == "condition dark"
    assert set_name("slice", "location=line 1") == "location line 1"
    assert set_name("field", "") == "labelled field frames"
    assert state_name("not_enough") == "not decided"


def test_pictures_seen_in_training_are_named_and_that_there_are_none_is_said_too():
    benchmark, field, unread = seen_in_training(["a.png"], ["f1", "f2"], 10, 1)
    assert benchmark.startswith("1 benchmark picture, or a near-duplicate, lies among the training pictures of the new model (9 looked at)")
    assert field.endswith("and test nothing: f1, f2")
    assert unread == "1 training picture could not be read."
    assert seen_in_training([], [], 10, 0) == ("No near-duplicate of a tested picture lies among the training pictures (10 looked at).",)


def test_a_metric_of_its_own_stands_in_the_head():
    assert gate_lines("a", "b", 1.0, 0.03, (), "pass", 0, "map")[0].endswith("; scored by mAP (COCO, IoU 0.50 to 0.95)")
