import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QScrollArea

from fieldcheck.ui.screens.home.view import OVERVIEW, START, WIZARD
from fieldcheck.ui.widgets.key_button import KeyButton
from tests.ui.conftest import inside


def test_one_page_is_shown_and_keys_go_to_what_it_is_about(view):
    assert view.page == START
    assert view.focusProxy() is view.start.recent
    view.show_page(WIZARD)
    assert [page.isVisible() for page in (view.start, view.wizard, view.overview)] == [False, True, False]
    assert view.wizard.name.hasFocus()
    view.show_page(OVERVIEW)
    assert view.focusProxy() is None


def test_it_tells_once_that_it_was_painted(window, qtbot):
    told = []
    window.preferences.change(theme="dark")
    view = window.screen().view
    view.painted.connect(lambda: told.append(1))
    view.repaint()
    view.repaint()
    qtbot.waitUntil(lambda: told == [1])


@pytest.mark.parametrize("spoken", ["en", "xx"])
@pytest.mark.parametrize("size", [QSize(1366, 690), QSize(1092, 552)], ids=["usual", "small"])
def test_every_button_of_every_page_is_within_the_window_without_scrolling(window, settle, qtbot, spoken, size, labelled, open_in_window):
    labelled.close()
    window.preferences.change(language=spoken)
    open_in_window(labelled.path)
    window.resize(size)
    window.go("project")
    settle()
    view = window.screen().view
    area = next(one for one in window.findChildren(QScrollArea) if one.widget() is view)
    for page in (START, WIZARD, OVERVIEW):
        view.show_page(page)
        if page == WIZARD:
            view.wizard.show_footage(["a.mp4"] * 20)
            view.wizard.show_model("net.onnx", "", "It is no model, and what to do about it takes a while to say in full.")
        qtbot.wait(100)  # a layout whose lines wrap needs several rounds
        qtbot.waitUntil(lambda: not area.verticalScrollBar().isVisible() and not area.horizontalScrollBar().isVisible())
        for button in view.findChildren(KeyButton):
            if button.isVisible() and not view.start.recent.isAncestorOf(button):
                assert window.rect().contains(inside(button, window)), button.said()
                assert button.width() >= button.minimumSizeHint().width(), button.said()
        for said in view.findChildren(QLabel):
            if said.isVisible() and not view.start.recent.isAncestorOf(said) and said.wordWrap():
                assert said.height() >= said.heightForWidth(said.width()), said.text()
