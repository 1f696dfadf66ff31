"""Line of the three evaluation sets over the Stress screen, each with its score."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.plain import clear_layout, make_label


class EvaluationSetsRow(QWidget):
    """Hidden while there is no model whose scores they would be."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = FlowLayout(look.metrics.scale_px(12), self)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.hide()

    def show_sets(self, sets: Sequence[tuple[str, str]]) -> None:
        """Name and score of each; that one is missing is said in place of its score."""
        if tuple(sets) == self._shown:
            return
        self._shown = tuple(sets)
        clear_layout(self._line)
        for name, said in self._shown:
            self._line.addWidget(make_label(f"{name}: {said}", "caption"))
        self.setVisible(bool(self._shown))

    def list_captions(self) -> list[str]:
        """Text of the line."""
        return [f"{name}: {figure}" for name, figure in self._shown]
