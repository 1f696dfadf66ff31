"""Narrowing of Qt's optional types: what Qt's types call "or None" and the window knows to be
there: a box layout, the application, a parent, a list item. And whether a page is there still."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QBoxLayout, QLayout, QWidget
from shiboken6 import isValid

T = TypeVar("T")


def require_value(value: T | None) -> T:
    """Return the value, which must not be None. Raises LookupError where it is."""
    if value is None:
        raise LookupError("asked for before it was there")
    return value


REMOVED = "removed"
"""Property of a widget that is about to be deleted."""


def is_alive(page: object) -> bool:
    """Whether a widget still exists, and nothing around it is about to be deleted; rebuilding the
    window may destroy it while its job runs."""
    if not isinstance(page, QObject):
        return True
    around: QObject | None = page
    while around is not None:
        if not isValid(around) or around.property(REMOVED):
            return False
        around = around.parent()
    return True


def get_application() -> QApplication:
    """The one application. Raises LookupError before it was made."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise LookupError("no application with windows was made")
    return application


def get_layout(widget: QWidget) -> QLayout:
    """The layout that a widget was given. Raises LookupError where it was given none."""
    return require_value(widget.layout())


def get_box_layout(widget: QWidget) -> QBoxLayout:
    """The row or column inside a widget, such as a card's. Raises LookupError where it has none, or
    another kind of layout."""
    layout = widget.layout()
    if not isinstance(layout, QBoxLayout):
        raise LookupError(
            f"{widget.objectName() or type(widget).__name__} holds no row and no column"
        )
    return layout
