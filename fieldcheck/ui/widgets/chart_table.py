"""A chart, or the same figures as a table in its place: what a mark opens, Enter on its line opens too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.block_table import ReportTable
from fieldcheck.ui.widgets.chart import Chart
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.plot import Plot
    from fieldcheck.report import panels
else:
    panels = LazyModule("fieldcheck.report.panels")

LEAST_CHART_SIZE = 40  # pixels


class PaintedChart(QWidget):
    """A chart that paints itself, with a description as any other has. `taken(row)`: a line of its table; `described`: other figures."""

    mark_clicked, described = Signal(int), Signal()

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._plot: Plot | None = None
        self.setAccessibleName(name)

    @property
    def plot(self) -> Plot | None:
        """Description of what is shown, None for nothing."""
        return self._plot

    def set_description(self, plot: Plot | None) -> None:
        """Another description, with its words for whoever asks for them."""
        self._plot = plot
        self.setAccessibleDescription(plot.alt_text if plot is not None else "")
        self.described.emit()


class ChartTable(PageStack):
    """The chart in front to begin with. The table follows it only while it is shown, and stays at the line that is looked at."""

    def __init__(self, look: Theme, chart: Chart | PaintedChart, parent: QWidget | None = None) -> None:
        self.chart, self.table = chart, ReportTable(look, tr("Chart values"))
        self.table.setMinimumHeight(look.metrics.scale_px(LEAST_CHART_SIZE))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        super().__init__(chart, self.table, parent=parent)
        self.table.activated.connect(self._open_row)
        chart.described.connect(self._update_table)

    def toggle_table(self) -> bool:
        """The table in place of the chart, with the keys, or the chart again. Whether it is the table."""
        as_table = self.current_page is not self.table
        self.show_page(self.table if as_table else self.chart)
        self._update_table()
        if as_table and self.isVisible():
            self.table.setFocus()
        return as_table

    def _update_table(self) -> None:
        if self.current_page is self.table:
            row, plot = max(0, self.table.currentIndex().row()), self.chart.plot
            self.table.show_table(panels.build_plot_table(plot) if plot is not None else None)
            if self.table.lines.rowCount():
                self.table.setCurrentIndex(self.table.lines.index(min(row, self.table.lines.rowCount() - 1), 0))

    def _open_row(self, index: QModelIndex) -> None:
        self.chart.mark_clicked.emit(index.row())
