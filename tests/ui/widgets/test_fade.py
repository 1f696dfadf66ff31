"""A tenth of a second between two screens, and none where nothing may move."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from fieldcheck.ui.theme import theme
from fieldcheck.ui.widgets.fade import FADE_MS, Fade, faded


@pytest.fixture
def place(shown):
    return shown(QLabel("before"), 200, 100)


def test_what_was_shown_goes_in_a_tenth_of_a_second_and_leaves_nothing(place, qtbot):
    fade = faded(place, moves=True)
    place.setText("after")
    fade.begin()
    assert fade.isVisible()
    assert fade.size() == place.size()
    assert fade.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert FADE_MS <= 120
    qtbot.waitUntil(lambda: not place.findChildren(Fade))


def test_nothing_fades_where_nothing_moves_or_nothing_is_seen(place):
    assert faded(place, moves=False) is None
    place.hide()
    assert faded(place, moves=True) is None


@pytest.mark.parametrize(("asked", "still"), [("MotionPreference.ReducedMotion", True), ("MotionPreference.NoPreference", False)])
def test_the_system_has_a_say(qapp, asked, still):
    assert theme.asks_for_stillness(SimpleNamespace(motionPreference=lambda: asked)) is still
    assert not theme.asks_for_stillness(None)
    assert theme.moves(qapp)


def test_another_screen_of_the_window_fades_in(window, settle, qtbot):
    settle()
    window.shown_screen()
    window.go("help")
    assert len(window.findChildren(Fade)) == 1
    window.go("help")  # the same once more: nothing to fade from
    assert len(window.findChildren(Fade)) == 1
    qtbot.waitUntil(lambda: not window.findChildren(Fade))
