"""What a person can read in the window at this moment, and where on it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

from fieldcheck.ui.shell.window import Window
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.pages import Placeholder


def texts(part: QWidget) -> set[str]:
    """Every text of the part that is shown, in one line each; ends of lines and narrow spaces are
    read as spaces."""
    found: set[str] = set()
    for one in part.findChildren(QWidget):
        if one.isVisible() and not one.visibleRegion().isEmpty():
            found.update(_said(one))
    return {" ".join(text.replace("\u00a0", " ").split()) for text in found} - {""}


def _said(one: QWidget) -> list[str]:
    if isinstance(one, Placeholder):  # its labels show the sentence in two parts
        return [one.sentence]
    if isinstance(one, QLabel):
        return [] if isinstance(one.parent(), Placeholder) else [one.text()]
    if isinstance(one, KeyButton):
        return [one.get_label()]
    if isinstance(one, QAbstractButton):
        return [one.text()]
    if isinstance(one, QComboBox):
        return [one.currentText()]
    if isinstance(one, QListWidget):
        return [one.item(at).text() for at in range(one.count())]
    return [one.toPlainText()] if isinstance(one, QPlainTextEdit) else []


def body(window: Window) -> set[str]:
    """Texts of the screen that is shown, without rail, header and status bar."""
    return texts(window.stack)


def placeholders(window: Window) -> list[Placeholder]:
    """Those that are shown in place of a body, or of a part of one."""
    return [
        one for one in window.stack.findChildren(Placeholder) if one.isVisible() and one.sentence
    ]


def is_loading(window: Window) -> bool:
    """Whether something is still to come in the place of the body, or of a part of it."""
    return any(one.state == "loading" for one in placeholders(window))


def buttons_named(label: str, window: Window) -> int:
    """How many buttons of the header and the screen's body that are shown have this label, once
    those that were just made or put away are."""
    QCoreApplication.processEvents()
    return sum(
        one.isVisible() and one.get_label() == label
        for part in (window.header, window.stack)
        for one in part.findChildren(KeyButton)
    )
