from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from fieldcheck.ui import theme
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.pages import (
    FADE_MS,
    Fade,
    PageButtons,
    PageStack,
    Placeholder,
    Popover,
    make_fade,
    split_first_sentence,
)

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def page(side: int) -> QWidget:
    made, inside = QWidget(), QWidget()
    inside.setMinimumSize(side, side)
    QVBoxLayout(made).addWidget(inside)
    made.layout().setContentsMargins(0, 0, 0, 0)
    return made


@pytest.fixture
def pages(shown):
    return shown(PageStack(page(50), page(900)))


def test_the_first_one_is_shown_to_begin_with(pages):
    first, second = pages.findChildren(QWidget, options=DIRECT)
    assert pages.current_page is first
    assert (first.isVisible(), second.isVisible()) == (True, False)


def test_only_the_page_that_is_shown_asks_for_room(pages):
    first, second = pages.findChildren(QWidget, options=DIRECT)
    assert pages.minimumSizeHint().height() == 50
    pages.show_page(second)
    assert pages.current_page is second
    assert pages.minimumSizeHint().height() == 900
    pages.show_page(first)
    assert pages.minimumSizeHint().height() == 50


def test_each_page_has_a_button_with_its_key_and_one_is_on(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    names = {"live": "Live", "sweep": "Sweep", "probes": "OOD"}
    switch = PageButtons(look, Actions(room, list_actions()), "stress", names)
    pages = list(switch.buttons)
    expected = ["Live, L", "Sweep, W", "OOD, P"]
    assert [switch.buttons[page].accessibleName() for page in pages] == expected
    assert [switch.buttons[page].isChecked() for page in pages] == [True, False, False]
    switch.show_part("probes")
    assert [switch.buttons[page].isChecked() for page in pages] == [False, False, True]
    for button in switch.buttons.values():
        button.setParent(room)


# A tenth of a second between two screens, and none where nothing may move.


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


DEFERRED_DELETE = 52


def said(made):
    QApplication.sendPostedEvents(None, DEFERRED_DELETE)
    return [one.text() for one in made.findChildren(QLabel) if not one.isHidden()], [
        button.get_label() for button in made.findChildren(KeyButton)
    ]


def test_empty_says_what_is_missing_and_offers_what_brings_it(qtbot, look):
    made = Placeholder(look)
    qtbot.addWidget(made)
    made.show_empty(
        "Nothing to label.", [KeyButton(look, "Pick frames"), KeyButton(look, "Open demo")]
    )
    made.show_empty("No frames yet.", [KeyButton(look, "Import")])
    assert said(made) == (["No frames yet"], ["Import"])
    assert (made.state, made.sentence, made.list_outline_rects()) == ("empty", "No frames yet.", [])


def test_loading_paints_each_block_where_its_share_of_the_room_is(shown, look):
    made = shown(Placeholder(look, [(0, 0, 1, 0.25), (0.5, 0.5, 0.5, 0.5)]), 600, 300)
    made.show_loading("Computing results …")
    painted = made.grab().toImage()
    ratio, filled = painted.devicePixelRatio(), QColor(look.tokens.panel)
    at = {
        (x, y): painted.pixelColor(int(x * ratio), int(y * ratio)) == filled
        for x, y in ((300, 30), (550, 280), (50, 280))
    }
    assert at == {(300, 30): True, (550, 280): True, (50, 280): False}
    assert said(made) == (["Computing results …"], [])
    assert (made.state, made.accessibleName()) == ("loading", "Computing results …")


def test_failed_says_what_happened_and_reads_again(qtbot, look):
    made = Placeholder(look)
    qtbot.addWidget(made)
    made.show_loading("Reading the shifts …")
    made.show_failed("The shifts could not be read.")
    assert said(made) == (["The shifts could not be read."], ["Read again"])
    assert (made.state, made.list_outline_rects(), made.accessibleName()) == ("failed", [], "")
    with qtbot.waitSignal(made.retry_requested):
        made.findChild(KeyButton).click()


def test_it_stays_inside_its_window_and_gives_the_focus_back(qtbot, look):
    room = QWidget()
    room.resize(500, 300)
    before = QLineEdit(room)
    qtbot.addWidget(room)
    room.show()
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    before.setFocus()
    closed = []
    popover = Popover(look, room, "Jobs", lambda: closed.append(True))
    field = QLineEdit()
    popover.add_content(field)
    popover.open_at(400, 250, 900, 900, field)
    assert room.rect().contains(popover.geometry())
    assert field.hasFocus()
    popover.close_popover()
    popover.close_popover()
    assert closed == [True]
    assert before.hasFocus()


def test_an_empty_state_has_a_title_a_sentence_and_a_drawing_where_there_is_room(look, shown):
    made = shown(Placeholder(look), 800, 500)
    made.show_empty("No footage yet. Import videos, or drop them here.", [])
    assert made.sentence == "No footage yet. Import videos, or drop them here."
    words = [one.text() for one in made.findChildren(QLabel) if one.isVisible()]
    assert words == ["No footage yet", "Import videos, or drop them here."]
    assert made._drawing.isVisible()
    made.resize(800, 200)
    assert not made._drawing.isVisible()
    made.resize(800, 500)
    made.show_loading("Reading the footage …")
    assert not made._drawing.isVisible()
    words = [one.text() for one in made.findChildren(QLabel) if one.isVisible()]
    assert words == ["Reading the footage …"]
    assert split_first_sentence("No project is open.") == ("No project is open", "")
