"""What a screen registers."""

import pytest

from fieldcheck.ui.screen import MARKS, Badge, ScreenSpec, make_pending_badge, make_ready_badge
from fieldcheck.ui.screens import SPECS


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_the_actions_of_a_screen_bear_its_name_and_belong_to_it(spec):
    assert [
        entry.id
        for entry in spec.list_actions()
        if entry.screen != spec.id or not entry.id.startswith(f"{spec.id}.")
    ] == []


@pytest.mark.parametrize(
    "spec", [spec for spec in SPECS if spec.requires], ids=lambda spec: spec.id
)
def test_a_required_step_comes_after_those_that_it_requires_and_has_a_badge(spec):
    places = {one.id: one.order for one in SPECS}
    assert all(places[before] < spec.order for before in spec.requires)
    assert spec.badge is not None


def test_a_screen_is_gone_to_by_the_key_of_its_place_unless_it_has_another():
    spec = ScreenSpec("days", "", "calendar", 7, lambda: "Days")
    assert (spec.make_open_action().id, spec.make_open_action().text) == ("go.days", "Go to Days")
    assert spec.make_open_action().keys == ("Ctrl+7",)
    assert spec.is_step
    foot = ScreenSpec(
        "log", "", "cog", 12, lambda: "Log",
        open_action=lambda: ("Open the log", "F2"),
    )  # fmt: skip
    assert foot.make_open_action().text == "Open the log"
    assert (foot.make_open_action().keys, foot.is_step) == (("F2",), False)


def test_a_badge_is_read_with_its_mark():
    assert Badge("done", "100 of 100").caption == "✓ 100 of 100"
    assert Badge("going", "37 of 100", 0.37).caption == "37 of 100"


def test_a_step_that_waits_and_one_that_can_begin_have_marks_of_their_own():
    assert (make_pending_badge().caption, make_ready_badge().caption) == ("– not yet", "→ ready")
    assert MARKS[make_pending_badge().state] != MARKS[make_ready_badge().state]
