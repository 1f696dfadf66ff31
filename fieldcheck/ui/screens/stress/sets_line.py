"""Line of the three evaluation sets over the Stress screen, each with its score."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.plain import empty, label


class SetsLine(QWidget):
    """Hidden while there is no model whose scores they would be."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = Flow(look.metrics.px(12), self)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.hide()

    def show_sets(self, sets: Sequence[tuple[str, str]]) -> None:
        """Name and score of each; that one is missing is said in place of its score."""
        if tuple(sets) == self._shown:
            return
        self._shown = tuple(sets)
        empty(self._line)
        for name, said in self._shown:
            self._line.addWidget(label(f"{name}: {said}", "caption"))
        self.setVisible(bool(self._shown))

    def said(self) -> list[str]:
        """Text of the line."""
        return [f"{name}: {figure}" for name, figure in self._shown]
