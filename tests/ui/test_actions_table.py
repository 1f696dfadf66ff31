from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from fieldcheck.ui.screen import SCREENS, STEP_IDS, get_screen_name, list_actions, list_specs
from fieldcheck.ui.shell.shortcuts import GLOBAL
from fieldcheck.ui.theme import get_glyph


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
    assert all(get_glyph(spec.icon) for spec in list_specs())


def test_keys_are_written_as_people_know_them():
    shown = {entry.id: entry.shown_key for entry in list_actions()}
    assert (shown["primary"], shown["label.back"]) == ("Ctrl+Enter", "⌫")
    assert (shown["label.left"], shown["larger"]) == ("←", "Ctrl++")
