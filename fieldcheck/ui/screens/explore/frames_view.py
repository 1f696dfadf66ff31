"""Frames and benchmark pictures as a grid: what is asked for above it, the one that is looked at beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.ui.screens.explore.filter_bar import FilterBar
from fieldcheck.ui.screens.explore.nearest_benchmark import NearestBenchmarkPanel
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.picture_grid import PictureGrid
from fieldcheck.ui.widgets.plain import label
from fieldcheck.words.language import text

TILE = QSize(126, 71)


class FramesView(QWidget):
    """Lays out; what is shown comes from the presenter."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = FilterBar(look, actions)
        self.strip = JobStrip(look)
        self.note = label(size="caption", tone="quiet", wrap=True)
        self.grid = PictureGrid(look, text("Frames and benchmark pictures"), TILE * (look.metrics.percent / 100), stacked=True)
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.side = NearestBenchmarkPanel(look)
        lower = QHBoxLayout()
        lower.setSpacing(look.metrics.px(12))
        lower.addWidget(self.grid, 1)
        lower.addWidget(self.side)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(look.metrics.px(6))
        for part in (self.strip, self.bar, self.note):
            inside.addWidget(part)
        inside.addLayout(lower, 1)

    def show_note(self, said: str) -> None:
        """Something about all that is shown; empty for nothing."""
        self.note.setText(said)
        self.note.setVisible(bool(said))

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        self.side.set_compact(compact)
