"""Charts of Explore as cards, three in a row: each small, with its title; while they are worked out
each has the outline of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QProgressBar, QSizePolicy, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.theme import CAPTION, CARD_RADIUS, CLASS_NAME, Theme
from fieldcheck.ui.widgets.buttons import BareButton
from fieldcheck.ui.widgets.layouts import (
    clear_layout,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_scroll_area,
)
from fieldcheck.ui.widgets.text_lines import break_lines

if TYPE_CHECKING:
    from fieldcheck.domain.report import Plot, PlotSeries

Kind = Literal["bars", "line", "ranges"]
OUTLINES: dict[Kind, tuple[float, ...]] = {
    "bars": (0.65, 0.3, 0.76, 0.49, 0.6, 0.34),
    "line": (0.06, 0.1, 0.2, 0.36, 0.52, 0.62, 0.66),
    "ranges": (0.18, 0.32, 0.46, 0.34, 0.5, 0.6),
}
"""Shares of the height, or of the width for ranges, of what an outline shows."""
PAD, CARD_HEIGHT, LEAST_WIDTH, COLUMNS, GAP, AXIS = 16, 240, 300, 3, 16, 22


class ChartCard(BareButton):
    """A chart in a card, or the outline of its kind while there is none. A press opens it."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        plot: Plot | None = None,
        kind: Kind = "bars",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
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
            self._px(PAD), top + self._px(12), -self._px(PAD), -self._px(PAD + AXIS)
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
        metrics, room = QFontMetrics(font), self.width() - 2 * self._px(PAD)
        lines, top = break_lines(self._title, font, room), self._px(PAD)
        if len(lines) > 2:
            rest = " ".join(lines[1:])
            lines = [lines[0], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room)]
        for line in lines:
            box = QRect(self._px(PAD), top, room, metrics.height())
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
            QPointF(area.left() + (at + 0.5) * step, area.bottom() - share * area.height())
            for at, share in enumerate(shares)
        ]
        if self._kind == "bars":
            for point in points:
                painter.drawRect(
                    QRectF(point.x(), point.y(), step * 0.6, area.bottom() - point.y())
                )
        elif self._kind == "line":
            painter.drawPolyline(points)
        else:
            for at, share in enumerate(shares):
                y = area.top() + (at + 0.7) * area.height() / (len(shares) + 0.4)
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
            room = QFontMetrics(painter.font()).elidedText(
                last, Qt.TextElideMode.ElideRight, int(area.width() * 0.7)
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, room)

    def _paint_series(
        self, painter: QPainter, area: QRectF, plot: Plot, series: PlotSeries
    ) -> None:
        tokens = self._theme.tokens

        def place(x: float, y: float) -> QPointF:
            across = (x - plot.x.lo) / ((plot.x.hi - plot.x.lo) or 1.0)
            up = (y - plot.y.lo) / ((plot.y.hi - plot.y.lo) or 1.0)
            return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

        if series.kind == "bars":
            for mark in series.marks:
                left, right = (
                    place(mark.x - series.width / 2, mark.base),
                    place(mark.x + series.width / 2, mark.y),
                )
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._get_bar_colour(plot, series)))
                painter.drawRect(QRectF(left, right).normalized().adjusted(1, 0, -1, 0))
            return
        painter.setPen(QPen(QColor(tokens.text2), 1))
        for mark in series.marks:
            if mark.has_limits and not series.band:
                painter.drawLine(place(mark.x, mark.lo), place(mark.x, mark.hi))
        points = [place(mark.x, mark.y) for mark in series.marks]
        style = Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine
        if series.kind == "line" and len(points) > 1:
            painter.setPen(QPen(QColor(tokens.accent), 2, style))
            painter.drawPolyline(points)
        if series.shape != "none" and len(points) < 60:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            for point in points:
                painter.drawEllipse(point, 3, 3)

    def _get_bar_colour(self, plot: Plot, series: PlotSeries) -> str:
        """Of two series of bars the full one counts what is wrong; a band lies behind the rest."""
        tokens = self._theme.tokens
        if not series.listed:
            return tokens.pressed
        two = any(one.fill == "empty" for one in plot.series)
        return tokens.alarm if series.fill == "full" and two else tokens.border


class ChartCards(QWidget):
    """`chosen(index)`: a chart is to be opened."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
            self._place()

    def _choose(self, index: int, _on: bool = False) -> None:
        self.chosen.emit(index)

    def _fill(self, cards: list[ChartCard]) -> None:
        clear_layout(self._grid)
        self.cards = cards
        self._place()

    def _place(self) -> None:
        for at, card in enumerate(self.cards):
            self._grid.addWidget(card, at // self._columns, at % self._columns)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, int(column < self._columns))
        self._grid.setRowStretch(len(self.cards), 1)
