"""Acceptance A15: each control has a name to be read out, each picture a description, and nothing on any screen needs a mouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from fieldcheck.ui.shell.actions_table import SCREENS
from fieldcheck.ui.widgets.frame_view import FrameView
from fieldcheck.ui.widgets.key_button import KeyButton
from tests.ui.states import PROJECTS, arrive, copy_of, rest, states

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
PICTURES = (FrameView, QGraphicsView)
STEPS_AT_MOST = 150


@pytest.mark.parametrize("project", PROJECTS)
def test_every_control_has_a_name_every_picture_a_description_and_every_button_a_way_without_a_mouse(
    window, settle, open_in_window, every_made, tmp_path, project
):
    """Both on one walk through all states, which takes longer than to look them over."""
    if project:
        open_in_window(copy_of(project, every_made, tmp_path))
    found = []
    for name, screen, bring in states(project):
        window.go(screen)
        arrive(settle)
        bring(window)
        rest(window, settle)
        found += [f"{name}: {fault}" for fault in (*nameless(window), *out_of_reach(window))]
        if hasattr(window.shown_screen().presenter, "escape"):
            window.shown_screen().presenter.escape()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_action_of_a_screen_stands_on_its_key_sheet(window, screen):
    window.go(screen)
    wanted = {entry.text for entry, _ in window.context.actions.here() if entry.keys}
    window.overlays.keys()
    sheet = window.centralWidget().findChildren(QListWidget)
    said = "\n".join(one.item(at).text() for one in sheet for at in range(one.count()))
    window.overlays.shut()
    assert [words for words in wanted if words not in said] == []


def nameless(window):
    """Every control without a name and every picture without a description."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
            continue
        if within(widget, QAbstractSpinBox, QComboBox):
            continue
        read = QAccessible.queryAccessibleInterface(widget)
        if isinstance(widget, CONTROLS) and not read.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__} has no name")
        if isinstance(widget, PICTURES) and not (read.text(QAccessible.Text.Description) or read.text(QAccessible.Text.Name)).strip():
            found.append(f"{type(widget).__name__} has no description")
    return found


def out_of_reach(window):
    """Every button that Tab does not reach and that has no key."""
    reached = walked(window)
    buttons = [one for one in window.stack.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()]
    return [f"{one.text() or one.accessibleName()} is not reached" for one in buttons if one not in reached and not otherwise(one)]


def walked(window):
    """Every widget that Tab reaches, from the screen's own focus on."""
    window.focus_screen()
    reached = []
    for _ in range(STEPS_AT_MOST):
        focus = QApplication.focusWidget()
        if focus is None or focus in reached[1:]:
            break
        reached.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    return reached


def otherwise(button):
    """Whether it has a key of its own, is one of several that arrows go through, or a part that Qt puts into a control."""
    group, name = button.group(), button.accessibleName()
    has_key = isinstance(button, KeyButton) and name != button.said()
    return has_key or ", key " in name or (group is not None and group.exclusive()) or button.objectName().startswith("qt_")


def within(widget, *kinds):
    """Whether it is a part that Qt puts into a control of its own."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, kinds):
            return True
        around = around.parentWidget()
    return False
