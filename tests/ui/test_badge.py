from fieldcheck.ui.badge import MARKS, Badge, not_yet, ready


def test_a_badge_is_read_with_its_mark():
    assert Badge("done", "100 of 100").said == "✓ 100 of 100"
    assert Badge("going", "37 of 100", 0.37).said == "37 of 100"


def test_a_step_that_waits_and_one_that_can_begin_have_marks_of_their_own():
    assert (not_yet().said, ready().said) == ("– not yet", "→ ready")
    assert MARKS[not_yet().state] != MARKS[ready().state]
