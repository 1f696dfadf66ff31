"""What keeps somebody out who hears the window or has no mouse, told in words: what has no name,
what no key reaches."""

import re

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
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from fieldcheck.i18n.language import tr
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.images_and_zoom import FrameView

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit,
    QPlainTextEdit,
)  # fmt: skip
PICTURES = (FrameView, QGraphicsView)
STEPS_AT_MOST = 150
KEYED = ("{name}, key {key}", "Label {name}, key {key}", "Label wrong: {name}, key {key}")
"""How the name of a button that is no `KeyButton` says its key."""


def kept_out(window):
    """Every fault of what the window shows now. Moves the focus."""
    return [*nameless(window), *out_of_reach(window)]


def nameless(window):
    """Every control without a name and every picture without a description."""
    found = []
    for widget in window.findChildren(QWidget):
        if (
            not widget.isVisible()
            or isinstance(widget, QScrollBar | QHeaderView)
            or widget.objectName().startswith("qt_")
        ):
            continue
        if within(widget, QAbstractSpinBox, QComboBox):
            continue
        read = QAccessible.queryAccessibleInterface(widget)
        if isinstance(widget, CONTROLS) and not read.text(QAccessible.Text.Name).strip():
            found.append(
                f"{type(widget).__name__} {widget.objectName()} in "
                f"{type(widget.parentWidget()).__name__} has no name"
            )
        if (
            isinstance(widget, PICTURES)
            and not (
                read.text(QAccessible.Text.Description) or read.text(QAccessible.Text.Name)
            ).strip()
        ):
            found.append(f"{type(widget).__name__} has no description")
    return found


def out_of_reach(window):
    """Every button that Tab does not reach and that has no key."""
    reached = walked(window)
    buttons = [
        one
        for one in window.stack.findChildren(QAbstractButton)
        if one.isVisible() and one.isEnabled()
    ]
    return [
        f"{one.text() or one.accessibleName()} is not reached"
        for one in buttons
        if one not in reached and not otherwise(one)
    ]


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
    """Whether it has a key of its own, is one of several that arrows go through, or a part that Qt
    puts into a control."""
    group, name = button.group(), button.accessibleName()
    has_key = isinstance(button, KeyButton) and name != button.get_label()
    return (
        has_key
        or any(re.fullmatch(form, name) for form in map(make_pattern, KEYED))
        or (group is not None and group.exclusive())
        or button.objectName().startswith("qt_")
    )


def make_pattern(form):
    """What matches a name of that form in the language that is spoken."""
    return re.escape(tr(form)).replace(r"\{name\}", ".+").replace(r"\{key\}", ".+")


def within(widget, *kinds):
    """Whether it is a part that Qt puts into a control of its own."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, kinds):
            return True
        around = around.parentWidget()
    return False
