"""Tables and charts under Explore: slices, classes, confusion matrix, and the charts of the gap as
cards, three in a row. A row or a point that is pressed shows its frames."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QListWidget,
    QProgressBar,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)  # fmt: skip

from fieldcheck.domain.report import ScoreRow
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme import CAPTION, CARD_RADIUS, CLASS_NAME, Theme
from fieldcheck.ui.widgets.buttons import BareButton, KeyButton
from fieldcheck.ui.widgets.charts import PlotView
from fieldcheck.ui.widgets.layouts import (
    clear_layout,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_scroll_area,
)
from fieldcheck.ui.widgets.pages import PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable
from fieldcheck.ui.widgets.text_lines import break_lines

if TYPE_CHECKING:
    from fieldcheck.domain.report import Plot, PlotSeries
    from fieldcheck.report import plot_svg
else:
    plot_svg = LazyModule("fieldcheck.report.plot_svg")

Kind = Literal["bars", "line", "ranges"]
OUTLINES: dict[Kind, tuple[float, ...]] = {
    "bars": (0.65, 0.3, 0.76, 0.49, 0.6, 0.34),
    "line": (0.06, 0.1, 0.2, 0.36, 0.52, 0.62, 0.66),
    "ranges": (0.18, 0.32, 0.46, 0.34, 0.5, 0.6),
}
"""Shares of the height, or of the width for ranges, of what an outline shows."""
CARD_PAD, CARD_HEIGHT, LEAST_WIDTH, COLUMNS, GAP, AXIS = 16, 240, 300, 3, 16, 22


class ChartCard(BareButton):
    """A chart in a card, or the outline of its kind while there is none. A press opens it."""

    def __init__(
        self, theme: Theme, title: str, plot: Plot | None = None, kind: Kind = "bars"
    ) -> None:
        super().__init__()
        self._theme, self._title, self._plot, self._kind = theme, title, plot, kind
        self._px = theme.metrics.scale_px
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        self.setAccessibleDescription(plot.alt_text if plot is not None else "")
        self.setToolTip(make_plain_tip(plot.alt_text if plot is not None else title))
        self.setEnabled(plot is not None)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._px(LEAST_WIDTH), self._px(CARD_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(160), self._px(CARD_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.edge if self.underMouse() else tokens.hairline), 1))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS
        )
        top = self._paint_title(painter)
        area = QRectF(self.rect()).adjusted(
            self._px(CARD_PAD), top + self._px(12), -self._px(CARD_PAD), -self._px(CARD_PAD + AXIS)
        )
        painter.setPen(QPen(QColor(tokens.edge), 1))
        painter.drawLine(area.topLeft(), area.bottomLeft())
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if self._plot is None:
            self._paint_outline(painter, area)
        else:
            self._paint_plot(painter, area, self._plot)
        painter.end()

    def _paint_title(self, painter: QPainter) -> int:
        """Two lines at most. Returns where they end."""
        tokens, font = self._theme.tokens, self._theme.make_font(self.font(), CLASS_NAME, True)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if self._plot is not None else tokens.text2))
        metrics, text_width = QFontMetrics(font), self.width() - 2 * self._px(CARD_PAD)
        lines, top = break_lines(self._title, font, text_width), self._px(CARD_PAD)
        if len(lines) > 2:
            rest = " ".join(lines[1:])
            lines = [lines[0], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, text_width)]
        for line in lines:
            box = QRect(self._px(CARD_PAD), top, text_width, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, line)
            top += metrics.height()
        return top

    def _paint_outline(self, painter: QPainter, area: QRectF) -> None:
        """What a chart of this kind looks like, in no figures."""
        tokens, shares = self._theme.tokens, OUTLINES[self._kind]
        painter.setPen(QPen(QColor(tokens.edge), 1.5))
        painter.setBrush(QColor(tokens.hover))
        step = area.width() / (len(shares) + 0.5)
        points = [
            QPointF(area.left() + (position + 0.5) * step, area.bottom() - share * area.height())
            for position, share in enumerate(shares)
        ]
        if self._kind == "bars":
            for point in points:
                painter.drawRect(
                    QRectF(point.x(), point.y(), step * 0.6, area.bottom() - point.y())
                )
        elif self._kind == "line":
            painter.drawPolyline(points)
        else:
            for index, share in enumerate(shares):
                y = area.top() + (index + 0.7) * area.height() / (len(shares) + 0.4)
                x, half = area.left() + share * area.width(), area.width() * 0.16
                painter.drawLine(QPointF(x - half, y), QPointF(x + half, y))
                painter.drawEllipse(QPointF(x, y), self._px(5), self._px(5))

    def _paint_plot(self, painter: QPainter, area: QRectF, plot: Plot) -> None:
        tokens = self._theme.tokens
        if plot.diagonal:
            painter.setPen(QPen(QColor(tokens.text2), 1, Qt.PenStyle.DashLine))
            painter.drawLine(area.bottomLeft(), area.topRight())
        for series in plot.series:
            self._paint_series(painter, area, plot, series)
        if plot.y.lo < 0 < plot.y.hi:
            zero = area.bottom() + plot.y.lo / (plot.y.hi - plot.y.lo) * area.height()
            painter.setPen(QPen(QColor(tokens.edge), 1))
            painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        painter.setFont(self._theme.make_font(self.font(), CAPTION))
        painter.setPen(QColor(tokens.text2))
        box = QRectF(area.left(), area.bottom() + 4, area.width(), self._px(AXIS) - 4)
        if plot.x.ticks:
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, plot.x.ticks[0][1])
            last = f"{plot.x.name} {plot.x.ticks[-1][1]}".strip()
            elided = QFontMetrics(painter.font()).elidedText(
                last, Qt.TextElideMode.ElideRight, int(area.width() * 0.7)
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, elided)

    def _paint_series(
        self, painter: QPainter, area: QRectF, plot: Plot, series: PlotSeries
    ) -> None:
        tokens = self._theme.tokens

        def to_point(x: float, y: float) -> QPointF:
            across = (x - plot.x.lo) / ((plot.x.hi - plot.x.lo) or 1.0)
            up = (y - plot.y.lo) / ((plot.y.hi - plot.y.lo) or 1.0)
            return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

        if series.kind == "bars":
            for mark in series.marks:
                left, right = (
                    to_point(mark.x - series.width / 2, mark.base),
                    to_point(mark.x + series.width / 2, mark.y),
                )
                self._set_bar_colours(painter, plot, series)
                painter.drawRect(QRectF(left, right).normalized().adjusted(1, 0, -1, 0))
            return
        painter.setPen(QPen(QColor(tokens.text2), 1))
        for mark in series.marks:
            if mark.has_limits and not series.band:
                painter.drawLine(to_point(mark.x, mark.lo), to_point(mark.x, mark.hi))
        points = [to_point(mark.x, mark.y) for mark in series.marks]
        style = Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine
        if series.kind == "line" and len(points) > 1:
            painter.setPen(QPen(QColor(tokens.accent), 2, style))
            painter.drawPolyline(points)
        if series.shape != "none" and len(points) < 60:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            for point in points:
                painter.drawEllipse(point, 3, 3)

    def _set_bar_colours(self, painter: QPainter, plot: Plot, series: PlotSeries) -> None:
        """A band lies behind the rest. Of two series the open bars count what is correct and the
        filled ones what is wrong, as the chart's sentence says."""
        tokens = self._theme.tokens
        if series.fill == "empty":
            painter.setPen(QPen(QColor(tokens.text2), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        two = any(other.fill == "empty" for other in plot.series)
        colour = tokens.pressed if not series.listed else tokens.alarm if two else tokens.border
        painter.setBrush(QColor(colour))


class ChartCards(QWidget):
    """`chosen(index)`: a chart is to be opened."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._columns = theme, COLUMNS
        self.sentence = make_label(bold=True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(tr("Computing charts …"))
        self.bar.setFixedWidth(theme.metrics.scale_px(220))
        self.head = QWidget()
        make_row(theme, self.sentence, self.bar, gap=12, parent=self.head).addStretch(1)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.metrics.scale_px(GAP))
        self.cards: list[ChartCard] = []
        make_column(theme, self.head, (make_scroll_area(inside), 1), gap=12, parent=self)

    def show_loading(self, sentence: str) -> None:
        """The usual charts in outlines, and that they are being worked out."""
        titles: tuple[tuple[str, Kind], ...] = (
            (tr("Confidence of correct and wrong predictions"), "bars"),
            (tr("Reliability diagram"), "line"),
            (tr("Entropy of correct and wrong predictions"), "bars"),
            (tr("Gap decomposition, pp"), "bars"),
            (tr("Risk-coverage curve"), "line"),
            (tr("Precision and recall"), "line"),
        )
        self.sentence.setText(sentence)
        self.head.show()
        self._fill([ChartCard(self._theme, title, None, kind) for title, kind in titles])

    def show_plots(self, plots: Sequence[Plot]) -> None:
        """The charts in the places of their outlines."""
        self.head.hide()
        cards = [ChartCard(self._theme, plot.title, plot) for plot in plots]
        for index, card in enumerate(cards):
            card.clicked.connect(partial(self._choose, index))
        self._fill(cards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        least = self._theme.metrics.scale_px(LEAST_WIDTH)
        columns = max(1, min(COLUMNS, self.width() // least))
        if columns != self._columns:
            self._columns = columns
            self._place_cards()

    def _choose(self, index: int, _checked: bool = False) -> None:
        self.chosen.emit(index)

    def _fill(self, cards: list[ChartCard]) -> None:
        clear_layout(self._grid)
        self.cards = cards
        self._place_cards()

    def _place_cards(self) -> None:
        for index, card in enumerate(self.cards):
            self._grid.addWidget(card, index // self._columns, index % self._columns)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, int(column < self._columns))
        self._grid.setRowStretch(len(self.cards), 1)


# Charts of the gap under Explore: a list of them, each as a picture, in words and as a table whose
# lines open the frames behind.

LIST = 290
OUTLINE = ((0, 0, 0.26, 1), (0.27, 0, 0.73, 0.6), (0.27, 0.62, 0.73, 0.38))


class ChartsView(QWidget):
    """`frames_requested(ids)`: the frames behind a mark. All charts stand as cards; one that is
    opened has a list beside it: arrows choose a chart, Tab goes to its table, Enter on a line opens
    its frames."""

    frames_requested = Signal(tuple)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._plots: tuple[Plot, ...] = ()
        self.titles = QListWidget()
        self.titles.setAccessibleName(tr("Charts"))
        self.titles.setFixedWidth(theme.metrics.scale_px(LIST))
        self.titles.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.reading = make_label(wrap=True)
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
        right = make_column(
            theme, self.reading, (self.picture, 3), self.how, (self.table, 2), gap=6
        )
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
        self.reading.setText(plot.alt_text if plot else "")
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
        self._head, self._score = head or tr("Class"), tr("score")
        self._lines: tuple[ScoreRow, ...] = ()

    def show_lines(self, lines: Sequence[ScoreRow], score: str = "") -> None:
        """Other rows, and what their score is called where that is not plain."""
        self.beginResetModel()
        self._lines, self._score = tuple(lines), score or tr("score")
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
            text = tr("{name}: {right}, n = {n}", name=line.name, right=line.figure, n=line.n)
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
            (self._head, "n", self._score, f"0 – {format_percent(1.0)}")[section]
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
