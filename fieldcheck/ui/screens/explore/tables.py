"""Tables and charts under Explore: slices, classes, confusion matrix, charts of the gap. A row or a
cell opens its frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QListWidget,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)  # fmt: skip

from fieldcheck.domain.report import ScoreRow
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.chart_cards import ChartCards
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.charts import PlotView
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_plain_tip, make_row
from fieldcheck.ui.widgets.pages import PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable

if TYPE_CHECKING:
    from fieldcheck.domain.report import Plot
    from fieldcheck.report import plot_svg
else:
    plot_svg = LazyModule("fieldcheck.report.plot_svg")

# Charts of the gap under Explore: a list of them, each as a picture, in words and as a table whose
# lines open the frames behind.

LIST = 290
OUTLINE = ((0, 0, 0.26, 1), (0.27, 0, 0.73, 0.6), (0.27, 0.62, 0.73, 0.38))


class ChartsView(QWidget):
    """`frames_requested(ids)`: the frames behind a mark. All charts stand as cards; one that is
    opened has a list beside it: arrows choose a chart, Tab goes to its table, Enter on a line opens
    its frames."""

    frames_requested = Signal(tuple)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots: tuple[Plot, ...] = ()
        self.titles = QListWidget()
        self.titles.setAccessibleName(tr("Charts"))
        self.titles.setFixedWidth(theme.metrics.scale_px(LIST))
        self.titles.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said = make_label(wrap=True)
        self.picture = PlotView(theme, tr("Chart"))
        self.table = ReportTable(theme, tr("Chart values"))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.how = make_label(
            tr("Click a mark or press Enter on a row to show its frames."),
            "caption",
            "quiet",
            wrap=True,
        )
        self.busy = make_label(tr("Computing charts …"), tone="quiet")
        self.busy.hide()
        self.placeholder, plots = Placeholder(theme, OUTLINE), QWidget()
        self.cards = ChartCards(theme)
        self.cards.chosen.connect(self.open_chart)
        self.back = KeyButton(theme, tr("All charts"), tr("Esc"), role="link")
        self.back.clicked.connect(self.close_chart)
        left = make_column(theme, self.back, (self.titles, 1), gap=6)
        right = make_column(theme, self.said, (self.picture, 3), self.how, (self.table, 2), gap=6)
        make_row(theme, left, (right, 1), gap=12, parent=plots)
        self.pages, self._charts = PageStack(self.placeholder, self.cards, plots), plots
        make_column(theme, self.busy, (self.pages, 1), parent=self)
        self.titles.currentRowChanged.connect(self._show_chart)
        self.picture.mark_clicked.connect(self.open_mark_frames)
        self.table.activated.connect(self._open_line)
        self.table.clicked.connect(self._open_line)
        self.show_loading()

    def show_loading(self) -> None:
        """The charts are being worked out."""
        self.show_plots(())
        self.cards.show_loading(tr("Computing charts …"))
        self.pages.show_page(self.cards)

    def show_failed(self, sentence: str) -> None:
        """The charts could not be worked out."""
        self.show_plots(())
        self.placeholder.show_failed(sentence)

    def set_stale(self, working: bool) -> None:
        """Whether other charts are being worked out: those that are shown are old then."""
        self.busy.setVisible(working)

    def show_plots(self, plots: Sequence[Plot]) -> None:
        """These charts from now on, the one of the same title shown still."""
        before = (
            self._plots[self.titles.currentRow()].title
            if self._plots and self.titles.currentRow() >= 0
            else ""
        )
        self._plots = tuple(plots)
        self.titles.blockSignals(True)
        self.titles.clear()
        self.titles.addItems([plot.title for plot in self._plots])
        for index, plot in enumerate(self._plots):
            self.titles.item(index).setToolTip(make_plain_tip(plot.title))
        index = next(
            (index for index, plot in enumerate(self._plots) if plot.title == before),
            0 if self._plots else -1,
        )
        self.titles.setCurrentRow(index)
        self.titles.blockSignals(False)
        if not self._plots:
            self.placeholder.show_empty(tr("No chart yet: label frames and run the model."), ())
        opened = self.pages.current_page is self._charts
        self.cards.show_plots(self._plots)
        shown = self._charts if opened else self.cards
        self.pages.show_page(shown if self._plots else self.placeholder)
        self._show_chart(index)

    def open_chart(self, index: int) -> None:
        """One chart large, in words and as a table."""
        self.pages.show_page(self._charts)
        self.titles.setCurrentRow(index)
        self.titles.setFocus()

    def close_chart(self) -> bool:
        """All charts again; False where none was open."""
        if self.pages.current_page is not self._charts:
            return False
        self.pages.show_page(self.cards)
        card = self.cards.cards[max(0, self.titles.currentRow())]
        card.setFocus()
        return True

    def open_mark_frames(self, index: int) -> None:
        """The frames behind the mark of a line of the table, where there are any."""
        marks = self._plots[self.titles.currentRow()].marks
        if 0 <= index < len(marks) and marks[index].frames:
            self.frames_requested.emit(marks[index].frames)

    def _open_line(self, index: QModelIndex) -> None:
        self.open_mark_frames(index.row())

    def _show_chart(self, index: int) -> None:
        plot = self._plots[index] if 0 <= index < len(self._plots) else None
        self.picture.show_plot(plot)
        self.said.setText(plot.alt_text if plot else "")
        self.table.show_table(plot_svg.build_plot_table(plot) if plot else None)
        self.how.setVisible(plot is not None and any(mark.frames for mark in plot.marks))


class ChartsPart:
    """Charts as a part of the Explore screen: they come with the figures of the gap, and go with
    the project."""

    def __init__(self, view: ChartsView) -> None:
        self._view = view

    def show(self) -> None:
        """Nothing is asked for: what is shown was described with the gap."""

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._view.show_loading()


# Right answers of each class with their range: figures as the report prints them, and the same as a
# dot on a scale.

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NAME, N, RIGHT, RANGE = range(4)
PAD = 10  # pixels on either side of the scale
TICKS = (0.0, 0.5, 1.0)


class ClassTableModel(QAbstractTableModel):
    """One row a class, in the report's order: enough frames and worst first."""

    def __init__(self, parent: QObject | None = None, head: str = "") -> None:
        super().__init__(parent)
        self._head = head or tr("Class")
        self._lines: tuple[ScoreRow, ...] = ()

    def show_lines(self, lines: Sequence[ScoreRow]) -> None:
        """Other rows."""
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def get_score_row(self, row: int) -> ScoreRow:
        """Class or slice of the row, from which its mark is drawn."""
        return self._lines[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else 4

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        line, column = self._lines[index.row()], index.column()
        if role == Role.DisplayRole:
            return (f"{line.sign} {line.name}".strip(), str(line.n), line.figure, "")[column]
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            text = tr("{name}: {right}, n = {n}").format(
                name=line.name, right=line.figure, n=line.n
            )
            return make_plain_tip(text) if role == Role.ToolTipRole else text
        if role == Role.TextAlignmentRole and column in (N, RIGHT):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section <= RANGE:
            return None
        if role == Role.TextAlignmentRole and section != RANGE:
            side = (
                Qt.AlignmentFlag.AlignRight if section in (N, RIGHT) else Qt.AlignmentFlag.AlignLeft
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return (
            (self._head, "n", tr("score"), f"0 – {format_percent(1.0)}")[section]
            if role == Role.DisplayRole
            else None
        )


class RangeDelegate(QStyledItemDelegate):
    """A line from end to end of the range and a disc at the value; hollow below ten frames. Dashes:
    its rule."""

    def __init__(self, theme: Theme, model: ClassTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, box = self._theme.tokens, option.rect
        shown = self._model.get_score_row(index.row())
        estimate = shown.estimate
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        for tick in TICKS:
            painter.drawLine(
                QPointF(map_share_to_x(box, tick), box.top()),
                QPointF(map_share_to_x(box, tick), box.bottom()),
            )
        if shown.rule is not None:
            painter.setPen(QPen(QColor(tokens.text2), 1, Qt.PenStyle.DashLine))
            x = map_share_to_x(box, shown.rule)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        if estimate.measured:
            colour = QColor(tokens.disabled if shown.has_few_frames else tokens.text)
            middle = box.center().y() + 0.5
            painter.setPen(QPen(colour, 2))
            painter.drawLine(
                QPointF(map_share_to_x(box, estimate.lo), middle),
                QPointF(map_share_to_x(box, estimate.hi), middle),
            )
            painter.setBrush(QColor(tokens.panel) if shown.has_few_frames else colour)
            painter.drawEllipse(QPointF(map_share_to_x(box, estimate.value), middle), 4.5, 4.5)
        painter.restore()


def map_share_to_x(box: QRect, share: float) -> float:
    """Where a share, 0 to 1, stands in a cell."""
    return box.left() + PAD + share * (box.width() - 2 * PAD)
