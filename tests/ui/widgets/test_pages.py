import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.widgets.pages import PageButtons, PageStack

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
    switch = PageButtons(
        look,
        Actions(room, list_actions()),
        "stress",
        {"live": "Live", "sweep": "Sweep", "probes": "OOD"},
    )
    pages = list(switch.buttons)
    expected = ["Live, L", "Sweep, W", "OOD, P"]
    assert [switch.buttons[page].accessibleName() for page in pages] == expected
    assert [switch.buttons[page].isChecked() for page in pages] == [True, False, False]
    switch.show_part("probes")
    assert [switch.buttons[page].isChecked() for page in pages] == [False, False, True]
    for button in switch.buttons.values():
        button.setParent(room)
