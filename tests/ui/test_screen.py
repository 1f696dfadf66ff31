"""What a screen registers."""

import inspect
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.paths import get_resource_path
from fieldcheck.ui import screens
from fieldcheck.ui.screen import (
    GLOBAL,
    MARKS,
    Badge,
    Screen,
    ScreenHeading,
    ScreenSpec,
    make_pending_badge,
    make_ready_badge,
)
from fieldcheck.ui.screens import (
    REQUIRED,
    SCREENS,
    SPECS,
    STEP_IDS,
    get_next_step,
    get_screen_name,
    get_spec,
    list_actions,
    make_badges,
    sort_specs,
)
from fieldcheck.ui.shell.global_actions import GlobalActions


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_is_what_the_shell_expects(window, name):
    window.show_screen(name)
    screen = window.get_shown_screen()
    assert isinstance(screen, Screen)
    for what in ("enter", "leave", "refresh", "on_primary_action"):
        assert callable(getattr(screen.presenter, what))
    assert screen.view is screen.focus or screen.view.isAncestorOf(screen.focus)


def test_a_head_is_a_title_and_no_more_unless_more_is_said():
    assert ScreenHeading("Help").hint == ""
    assert (ScreenHeading("Help").primary, ScreenHeading("Help").enabled) == ("", True)


def made(name, place, requires=()):
    return ScreenSpec(name, "", "cog", place, name.title, requires=requires)


def test_every_folder_of_screens_has_registered_its_own():
    folders = [
        path
        for path in Path(screens.__file__).parent.iterdir()
        if (path / "presenter.py").is_file()
    ]
    assert len(SPECS) == len(folders) > 5


def test_they_stand_in_the_order_of_their_places():
    assert [one.id for one in sort_specs([made("b", 10), made("a", 2)])] == ["a", "b"]


@pytest.mark.parametrize(("found", "said"), [
    ((made("a", 1), made("b", 1)), "a and b want the same place: 1"),
    ((made("a", 1), made("a", 2)), "two screens have the same name among a, a"),
    ((made("a", 1), made("b", 2, ("c",))), "b requires a screen that is not there: c"),
])  # fmt: skip
def test_two_that_cannot_stand_beside_each_other_are_refused(found, said):
    with pytest.raises(ValueError, match=said):
        sort_specs(found)


def test_a_screen_is_found_by_its_name():
    assert get_spec("label").order == 4
    with pytest.raises(KeyError):
        get_spec("workshop")


FOOTAGE = {"n_recordings": 2, "seconds": 602.4, "n_frames": 1200}
PICKED = {**FOOTAGE, "n_picked": 100, "n_models": 1}


@pytest.mark.parametrize(
    ("standing", "step", "badge", "following"),
    [
        (None, "project", Badge("not_yet", "none open"), "capture"),
        (ProjectStatus(), "capture", Badge("ready", "ready"), "capture"),
        (ProjectStatus(), "pick", Badge("not_yet", "needs frames"), "capture"),
        (ProjectStatus(**FOOTAGE), "capture", Badge("done", "10:02 of footage", count="2"), "pick"),
        (
            ProjectStatus(**FOOTAGE, n_open=1), "capture", Badge("look", "import interrupted"),
            "capture",
        ),
        (ProjectStatus(**FOOTAGE), "pick", Badge("ready", "ready"), "pick"),
        (ProjectStatus(**PICKED), "pick", Badge("done", "100 frames", count="100"), "label"),
        (ProjectStatus(**PICKED), "label", Badge("ready", "ready"), "label"),
        (
            ProjectStatus(**PICKED, n_labelled=35, n_unsure=2), "label",
            Badge("going", "37 of 100", 0.37, "37"), "label",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=90, n_unsure=4, n_skipped=6), "label",
            Badge("done", "100 of 100", count="100"), "explore",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=100, n_answers=100), "explore",
            Badge("done", "gap measured"), "report",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=40, n_answers=100), "explore",
            Badge("ready", "in progress"), "label",
        ),
        (
            ProjectStatus(**PICKED, n_labelled=100, n_benchmark=50, n_answers=100), "explore",
            Badge("ready", "ready"), "explore",
        ),
        (ProjectStatus(**PICKED), "stress", Badge("optional", "optional"), "label"),
        (
            ProjectStatus(**PICKED, n_timed=1, n_slower=1), "bench", Badge("look", "slows down"),
            "label",
        ),
        (ProjectStatus(**PICKED, n_swept=12), "stress", Badge("done", "sweep done"), "label"),
        (
            ProjectStatus(**PICKED, n_labelled=100, n_answers=100, n_reports=1), "report",
            Badge("done", "1 report"), "report",
        ),
    ],
)  # fmt: skip
def test_a_step_says_how_far_it_is_and_which_comes_next(standing, step, badge, following):
    assert make_badges(standing, "Line 4")[step] == badge
    assert get_next_step(standing) == following


def test_every_required_step_has_a_badge():
    assert set(REQUIRED) <= set(make_badges(ProjectStatus(), ""))


def test_no_two_actions_have_the_same_name():
    actual = [name for name, n in Counter(entry.id for entry in list_actions()).items() if n > 1]
    assert actual == []


@pytest.mark.parametrize("screen", SCREENS)
def test_no_two_actions_of_one_screen_share_a_key(screen):
    keys = Counter(
        QKeySequence(key).toString()
        for entry in list_actions()
        if entry.screen in (screen, GLOBAL)
        for key in entry.keys
    )
    assert [key for key, n in keys.items() if n > 1] == []


def test_every_key_is_one_that_qt_knows():
    assert [
        key for entry in list_actions() for key in entry.keys if not QKeySequence(key).toString()
    ] == []


def test_keys_without_a_modifier_belong_to_the_screens():
    plain = [
        entry.id
        for entry in list_actions()
        if entry.screen == GLOBAL
        for key in entry.keys
        if len(key) == 1
    ]
    assert plain == ["keys"]


def test_a_screen_keeps_the_number_of_its_step():
    keys = {entry.id: entry.keys for entry in list_actions()}
    assert keys["go.project"] == ("Ctrl+1",)
    assert keys["go.report"] == ("Ctrl+9",)
    assert set(SCREENS) - set(STEP_IDS) == {"evidence", "settings", "help"}


def test_every_screen_has_a_name_and_an_icon():
    assert all(get_screen_name(screen) for screen in SCREENS)
    assert all(get_resource_path(f"icons/{spec.icon}.svg") for spec in SPECS)


def test_keys_are_written_as_people_know_them():
    shown = {entry.id: entry.shown_key for entry in list_actions()}
    assert (shown["primary"], shown["label.back"]) == ("Ctrl+Enter", "⌫")
    assert (shown["label.left"], shown["larger"]) == ("←", "Ctrl++")


class Probe:
    """Stands for an object: says that a method is there and takes what it is given, and calls
    none."""

    def __init__(self, real):
        self._real = real

    def __getattr__(self, name):
        return Probe(getattr(self._real, name))

    def __getitem__(self, key):
        return Probe(self._real[key])

    def __call__(self, *arguments, **named):
        inspect.signature(self._real).bind(*arguments, **named)


@pytest.mark.long
@pytest.mark.parametrize("screen", ["", *SCREENS])
def test_every_action_calls_what_is_there(window, screen):
    window.show_screen(screen or "project")
    presenter = window.get_shown_screen().presenter if screen else GlobalActions(window)
    entries = [entry for entry in list_actions() if entry.screen == screen]
    assert entries or screen in ("settings", "help")
    for entry in entries:
        assert (entry.run is None) != (entry.hold is None), entry.id
        if entry.hold is not None:
            entry.hold(Probe(presenter), True)
        else:
            entry.run(Probe(presenter))


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
