"""A chart, or the same figures as a table in its place: what a mark opens, Enter on its line opens too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.block_table import BlockTable
from fieldcheck.ui.widgets.chart import Chart
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.plot import Plot
    from fieldcheck.report import panels
else:
    panels = LazyModule("fieldcheck.report.panels")

LEAST = 40  # pixels


class PaintedChart(QWidget):
    """A chart that paints itself, with a description as any other has. `taken(row)`: a line of its table; `described`: other figures."""

    taken, described = Signal(int), Signal()

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._plot: Plot | None = None
        self.setAccessibleName(name)

    @property
    def plot(self) -> Plot | None:
        """Description of what is shown, None for nothing."""
        return self._plot

    def describe(self, plot: Plot | None) -> None:
        """Another description, with its words for whoever asks for them."""
        self._plot = plot
        self.setAccessibleDescription(plot.said if plot is not None else "")
        self.described.emit()


class ChartTable(Pages):
    """The chart in front to begin with. The table follows it only while it is shown, and stays at the line that is looked at."""

    def __init__(self, look: Look, chart: Chart | PaintedChart, parent: QWidget | None = None) -> None:
        self.chart, self.table = chart, BlockTable(look, text("Chart values"))
        self.table.setMinimumHeight(look.metrics.px(LEAST))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        super().__init__(chart, self.table, parent=parent)
        self.table.activated.connect(self._open)
        chart.described.connect(self._follow)

    def flip(self) -> bool:
        """The table in place of the chart, with the keys, or the chart again. Whether it is the table."""
        as_table = self.shown is not self.table
        self.turn_to(self.table if as_table else self.chart)
        self._follow()
        if as_table and self.isVisible():
            self.table.setFocus()
        return as_table

    def _follow(self) -> None:
        if self.shown is self.table:
            row, plot = max(0, self.table.currentIndex().row()), self.chart.plot
            self.table.show_table(panels.plot_table(plot) if plot is not None else None)
            if self.table.lines.rowCount():
                self.table.setCurrentIndex(self.table.lines.index(min(row, self.table.lines.rowCount() - 1), 0))

    def _open(self, index: QModelIndex) -> None:
        self.chart.taken.emit(index.row())
