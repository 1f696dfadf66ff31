from dataclasses import asdict

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.ui.widgets.layouts import (
    find_widget_path,
    get_focus_target,
    restore_focus,
    set_focus_target,
)


@pytest.fixture
def screen(qtbot):
    made = QWidget()
    column = QVBoxLayout(made)
    made.stack, made.list, made.field = QStackedWidget(), QListWidget(), QLineEdit()
    made.stack.addWidget(QWidget())
    made.stack.addWidget(made.list)
    column.addWidget(made.field)
    column.addWidget(made.stack)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_the_screen_itself_has_the_focus_while_its_list_is_not_shown(screen):
    set_focus_target(screen, None)
    screen.setFocus()
    assert QApplication.focusWidget() is screen


def test_the_focus_goes_to_the_list_as_soon_as_it_is_shown_and_comes_back(screen):
    set_focus_target(screen, None)
    screen.setFocus()
    screen.stack.setCurrentIndex(1)
    set_focus_target(screen, screen.list)
    assert QApplication.focusWidget() is screen.list
    set_focus_target(screen, None)
    assert QApplication.focusWidget() is screen
    screen.stack.setCurrentIndex(0)
    assert QApplication.focusWidget() is screen


def test_a_field_that_is_written_into_keeps_the_focus(screen):
    set_focus_target(screen, None)
    screen.field.setFocus()
    screen.stack.setCurrentIndex(1)
    set_focus_target(screen, screen.list)
    assert QApplication.focusWidget() is screen.field


def test_tab_comes_to_everything_that_lies_before_the_part_that_has_the_keys(screen):
    screen.stack.setCurrentIndex(1)
    set_focus_target(screen, screen.list)
    screen.setFocus()
    assert QApplication.focusWidget() is get_focus_target(screen) is screen.list
    QTest.keyClick(screen.list, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is screen.field
    QTest.keyClick(screen.field, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is screen.list


def test_another_look_leaves_the_focus_where_it_was(window, label_screen, settle, qtbot):
    """Each part through every change of the look: there, for the next part back, and there again."""
    before = asdict(window.preferences.settings)
    there = ({"theme": "dark"}, {"size": 125, "gloves": True}, {"language": "de"})
    back = tuple({name: before[name] for name in change} for change in there)
    parts = (
        lambda: window.get_shown_screen().view.unsure,
        lambda: window.header.primary,
        lambda: window.sidebar.items["label"],
    )
    for part, changes in zip(parts, (there, back, there), strict=True):
        for now in changes:
            part().setFocus()
            window.preferences.update(**now)
            settle()
            qtbot.waitUntil(lambda part=part: part().hasFocus())


def test_a_way_that_is_no_longer_there_leads_nowhere(qtbot, look):
    room = QWidget()
    qtbot.addWidget(room)
    field = QLineEdit(room)
    room.show()
    steps = find_widget_path(room, field)
    assert restore_focus(room, steps)
    field.hide()
    assert not restore_focus(room, steps)
    assert not restore_focus(room, ())
    assert find_widget_path(room, field) == ()
