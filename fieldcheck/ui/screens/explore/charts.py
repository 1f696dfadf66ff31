"""Charts of the gap under Explore: a list of them, each as a picture, in words and as a table whose lines open the frames behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QListWidget, QSizePolicy, QWidget

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.block_table import ReportTable
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import make_column, make_label, make_plain_tip, make_row
from fieldcheck.ui.widgets.plot_view import PlotView
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.plot import Plot
    from fieldcheck.report import panels
else:
    panels = LazyModule("fieldcheck.report.panels")

LIST = 290
OUTLINE = ((0, 0, 0.26, 1), (0.27, 0, 0.73, 0.6), (0.27, 0.62, 0.73, 0.38))


class ChartsView(QWidget):
    """`frames_requested(ids)`: the frames behind a mark. Arrows choose a chart, Tab goes to its table, Enter on a line opens its frames."""

    frames_requested = Signal(tuple)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots: tuple[Plot, ...] = ()
        self.titles = QListWidget()
        self.titles.setAccessibleName(tr("Charts"))
        self.titles.setFixedWidth(look.metrics.scale_px(LIST))
        self.titles.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said = make_label(wrap=True)
        self.picture = PlotView(look, tr("Chart"))
        self.table = ReportTable(look, tr("Chart values"))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.how = make_label(tr("Click a mark or press Enter on a row to show its frames."), "caption", "quiet", wrap=True)
        self.busy = make_label(tr("Computing charts …"), tone="quiet")
        self.busy.hide()
        self.placeholder, plots = Placeholder(look, OUTLINE), QWidget()
        right = make_column(look, self.said, (self.picture, 3), self.how, (self.table, 2), gap=6)
        make_row(look, self.titles, (right, 1), gap=12, on=plots)
        self.pages, self._charts = PageStack(self.placeholder, plots), plots
        make_column(look, self.busy, (self.pages, 1), on=self)
        self.titles.currentRowChanged.connect(self._show_chart)
        self.picture.mark_clicked.connect(self.open_mark_frames)
        self.table.activated.connect(self._open_line)
        self.table.clicked.connect(self._open_line)
        self.show_loading()

    def show_loading(self) -> None:
        """The charts are being worked out."""
        self.show_plots(())
        self.placeholder.show_loading(tr("Computing charts …"))

    def show_failed(self, sentence: str) -> None:
        """The charts could not be worked out."""
        self.show_plots(())
        self.placeholder.show_failed(sentence)

    def set_stale(self, working: bool) -> None:
        """Whether other charts are being worked out: those that are shown are old then."""
        self.busy.setVisible(working)

    def show_plots(self, plots: Sequence[Plot]) -> None:
        """These charts from now on, the one of the same title shown still."""
        before = self._plots[self.titles.currentRow()].title if self._plots and self.titles.currentRow() >= 0 else ""
        self._plots = tuple(plots)
        self.titles.blockSignals(True)
        self.titles.clear()
        self.titles.addItems([one.title for one in self._plots])
        for at, one in enumerate(self._plots):
            self.titles.item(at).setToolTip(make_plain_tip(one.title))
        at = next((at for at, one in enumerate(self._plots) if one.title == before), 0 if self._plots else -1)
        self.titles.setCurrentRow(at)
        self.titles.blockSignals(False)
        if not self._plots:
            self.placeholder.show_empty(tr("No chart yet: label frames and run the model."), ())
        self.pages.show_page(self._charts if self._plots else self.placeholder)
        self._show_chart(at)

    def open_mark_frames(self, at: int) -> None:
        """The frames behind the mark of a line of the table, where there are any."""
        marks = self._plots[self.titles.currentRow()].marks
        if 0 <= at < len(marks) and marks[at].frames:
            self.frames_requested.emit(marks[at].frames)

    def _open_line(self, index: QModelIndex) -> None:
        self.open_mark_frames(index.row())

    def _show_chart(self, at: int) -> None:
        plot = self._plots[at] if 0 <= at < len(self._plots) else None
        self.picture.show_plot(plot)
        self.said.setText(plot.alt_text if plot else "")
        self.table.show_table(panels.build_plot_table(plot) if plot else None)
        self.how.setVisible(plot is not None and any(mark.frames for mark in plot.marks))


class ChartsPart:
    """Charts as a part of the Explore screen: they come with the figures of the gap, and go with the project."""

    def __init__(self, view: ChartsView) -> None:
        self._view = view

    def show(self) -> None:
        """Nothing is asked for: what is shown was described with the gap."""

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._view.show_loading()
