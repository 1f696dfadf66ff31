"""The badge, the keys and the place of every screen."""

import pytest

from fieldcheck.domain.project_state import ProjectStatus as Status
from fieldcheck.ui.screens import (
    capture,
    evidence,
    explore,
    home,
    label,
    latency,
    monitor,
    pick,
    report,
    settings,
    stress,
)
from fieldcheck.ui.screens import help as help_


@pytest.mark.parametrize(("screen", "status", "part", "shown"), [
    (capture, Status(n_recordings=1, n_open=1), "state", "look"),
    (capture, Status(n_recordings=2, seconds=602.4), "caption", "✓ 10:02 of footage"),
    (capture, None, "state", "not_yet"),
    (explore, Status(n_picked=9), "text", "needs labels"),
    (explore, Status(n_picked=9, n_labelled=9), "text", "needs a model"),
    (explore, Status(n_picked=9, n_labelled=9, n_models=1, n_answers=9), "text", "gap measured"),
    (explore, None, "state", "not_yet"),
    (home, None, "text", "none open"),
    (home, Status(), "caption", "Line 4"),
    (label, Status(n_picked=100, n_labelled=35, n_unsure=2), "caption", "37 of 100"),
    (label, Status(n_picked=100, n_labelled=35, n_unsure=2), "share", 0.37),
    (label, Status(n_picked=2, n_labelled=2), "state", "done"),
    (label, None, "state", "not_yet"),
    (latency, None, "state", "optional"),
    (latency, Status(), "state", "optional"),
    (latency, Status(n_timed=1), "caption", "✓ measured"),
    (latency, Status(n_timed=2, n_slower=1), "caption", "▲ slows down"),
    (monitor, None, "state", "optional"),
    (monitor, Status(), "state", "optional"),
    (monitor, Status(n_shifts=12), "caption", "✓ 12 shifts"),
    (monitor, Status(n_shifts=12, n_alarms=2), "caption", "▲ 2 alarms"),
    (pick, Status(), "text", "needs frames"),
    (pick, Status(n_frames=1200, n_picked=100), "caption", "✓ 100 frames"),
    (pick, None, "state", "not_yet"),
    (report, Status(), "state", "not_yet"),
    (report, Status(n_labelled=1), "state", "ready"),
    (report, Status(n_labelled=1, n_reports=2), "caption", "✓ 2 reports"),
    (report, None, "state", "not_yet"),
    (stress, None, "state", "optional"),
    (stress, Status(), "state", "optional"),
    (stress, Status(n_swept=12), "caption", "✓ sweep done"),
])  # fmt: skip
def test_the_badge_of_a_screen_says_how_far_it_is(screen, status, part, shown):
    assert getattr(screen.SPEC.badge(status, "Line 4"), part) == shown


@pytest.mark.parametrize("screen", [evidence, latency, monitor, stress])
def test_a_visit_can_do_without_it(screen):
    assert screen.SPEC.requires == ()


@pytest.mark.parametrize(
    ("screen", "key"), [(evidence, "Ctrl+R"), (help_, "F1"), (settings, "Ctrl+,")]
)
def test_what_is_no_step_of_a_visit_has_a_key_of_its_own(screen, key):
    assert not screen.SPEC.is_step
    assert screen.SPEC.make_open_action().keys == (key,)


def test_help_has_no_page_about_itself_and_settings_no_badge():
    assert (help_.SPEC.help, settings.SPEC.badge) == (None, None)


def test_every_light_has_a_digit_and_troubles_come_first():
    actions = capture.SPEC.actions()
    digits = [(entry.keys[0], entry.id) for entry in actions if entry.keys[0].isdigit()]
    assert digits[0] == ("1", "capture.dark")
    assert digits[-1] == ("9", "capture.normal")


def test_only_the_loupe_lasts_while_its_key_is_down():
    assert [entry.id for entry in label.SPEC.actions() if entry.hold] == ["label.loupe"]
