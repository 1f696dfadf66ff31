from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.ui.screens.capture.spec import SPEC


def test_an_import_that_was_broken_off_asks_to_be_looked_at():
    assert SPEC.badge(ProjectStatus(n_recordings=1, n_open=1), "").state == "look"
    expected = "✓ 10:02 of footage"
    assert SPEC.badge(ProjectStatus(n_recordings=2, seconds=602.4), "").caption == expected
    assert SPEC.badge(None, "").state == "not_yet"


def test_every_light_has_a_digit_and_troubles_come_first():
    digits = [(entry.keys[0], entry.id) for entry in SPEC.actions() if entry.keys[0].isdigit()]
    assert digits[0] == ("1", "capture.dark")
    assert digits[-1] == ("9", "capture.normal")
