import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.ui.widgets.pages import Pages

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def page(side: int) -> QWidget:
    made, inside = QWidget(), QWidget()
    inside.setMinimumSize(side, side)
    QVBoxLayout(made).addWidget(inside)
    made.layout().setContentsMargins(0, 0, 0, 0)
    return made


@pytest.fixture
def pages(shown):
    return shown(Pages(page(50), page(900)))


def test_the_first_one_is_shown_to_begin_with(pages):
    first, second = pages.findChildren(QWidget, options=DIRECT)
    assert pages.shown is first
    assert (first.isVisible(), second.isVisible()) == (True, False)


def test_only_the_page_that_is_shown_asks_for_room(pages):
    first, second = pages.findChildren(QWidget, options=DIRECT)
    assert pages.minimumSizeHint().height() == 50
    pages.turn_to(second)
    assert pages.shown is second
    assert pages.minimumSizeHint().height() == 900
    pages.turn_to(first)
    assert pages.minimumSizeHint().height() == 50
