"""Whole sentences one below the other, read with the arrows: for what may be more than a place has room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.words.direction import isolate_rtl_names

LEAST = 40


class LineList(QListWidget):
    """Each line wraps where the place ends."""

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(look.metrics.scale_px(LEAST))

    def set_lines(self, lines: Sequence[str]) -> None:
        """These lines and no others."""
        if list(lines) != self.get_lines():
            self.clear()
            self.addItems([isolate_rtl_names(line) for line in lines])

    def get_lines(self) -> list[str]:
        """Lines as they stand there."""
        return [self.item(at).text() for at in range(self.count())]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
