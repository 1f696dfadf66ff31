"""Empty state of a screen: what is missing, and the buttons that bring it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import empty, label


class EmptyState(QWidget):
    """A sentence in the middle, buttons under it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._said = label(size="heading", wrap=True)
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(look.metrics.px(8))
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._said)
        column.addSpacing(look.metrics.px(16))
        column.addLayout(self._buttons)
        column.addStretch(3)

    def show_state(self, text: str, buttons: list[KeyButton]) -> None:
        """Says `text`; the buttons become this widget's own."""
        self._said.setText(text)
        empty(self._buttons)
        self._buttons.addStretch()
        for button in buttons:
            self._buttons.addWidget(button)
        self._buttons.addStretch()
