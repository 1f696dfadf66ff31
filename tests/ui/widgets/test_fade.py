"""A tenth of a second between two screens, and none where nothing may move."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from fieldcheck.ui import theme
from fieldcheck.ui.widgets.pages import FADE_MS, Fade, make_fade


@pytest.fixture
def place(shown):
    return shown(QLabel("before"), 200, 100)


def test_what_was_shown_goes_in_a_tenth_of_a_second_and_leaves_nothing(place, qtbot):
    fade = make_fade(place, moves=True)
    place.setText("after")
    fade.start_fade()
    assert fade.isVisible()
    assert fade.size() == place.size()
    assert fade.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert FADE_MS <= 120
    qtbot.waitUntil(lambda: not place.findChildren(Fade))


def test_nothing_fades_where_nothing_moves_or_nothing_is_seen(place):
    assert make_fade(place, moves=False) is None
    place.hide()
    assert make_fade(place, moves=True) is None


@pytest.mark.parametrize(
    ("asked", "still"),
    [("MotionPreference.ReducedMotion", True), ("MotionPreference.NoPreference", False)],
)
def test_the_system_has_a_say(qapp, asked, still):
    assert theme.is_reduced_motion(SimpleNamespace(motionPreference=lambda: asked)) is still
    assert not theme.is_reduced_motion(None)
    assert theme.has_animations(qapp)


def test_another_screen_of_the_window_fades_in(window, settle, qtbot):
    settle()
    window.get_shown_screen()
    window.show_screen("help")
    assert len(window.findChildren(Fade)) == 1
    window.show_screen("help")  # the same once more: nothing to fade from
    assert len(window.findChildren(Fade)) == 1
    qtbot.waitUntil(lambda: not window.findChildren(Fade))
