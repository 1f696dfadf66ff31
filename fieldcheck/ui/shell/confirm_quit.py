"""The one question that is asked before a recording ends because somebody leaves: to go on recording is the safe answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text


class ConfirmQuit(QDialog):
    """Accepted where the person wants to stop recording; Esc goes on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(text("A camera is being recorded"))
        self.setMinimumWidth(480)
        said = label(text("Leaving now ends the recording. What was recorded so far is safe and stays in the project."), wrap=True)
        self.buttons = QDialogButtonBox(self)
        self.stop = self.buttons.addButton(text("Stop recording and leave"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_on = self.buttons.addButton(text("Go on recording"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(said)
        column.addWidget(self.buttons)
        self.go_on.setDefault(True)


def ask_to_stop(parent: QWidget, then: Callable[[], None]) -> ConfirmQuit:
    """Shows the question; `then` is called where the person wants to leave. One question at a time."""
    standing = parent.findChild(ConfirmQuit)
    if standing is not None:
        return standing
    asked = ConfirmQuit(parent)
    asked.accepted.connect(then)
    asked.open()
    return asked
