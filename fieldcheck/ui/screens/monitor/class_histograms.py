"""Confidence of each class in a shift: bars on one scale, the outline of the healthy shifts before, dashes at 0.6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.narrowing import given
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chart_table import PaintedChart
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import text

LOW = 0.6
GAP = 12
NARROWEST = 84  # pixels of a class


@dataclass(frozen=True, slots=True)
class ClassBars:
    """Class with its bars and the usual ones, ten each, from 0 to 1. `few`: too few results; `low`: its median is shown to be below 0.6.
    `said`: what stands under it."""

    name: str
    bars: tuple[int, ...]
    usual: tuple[int, ...]
    said: str
    few: bool = False
    low: bool = False


class ClassHistograms(PaintedChart):
    """Histograms of as many classes as there is room for, the first ones first. `chosen` carries the name of the one that was clicked, or
    whose line of the table was `taken`."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, text("Confidence by class"), parent)
        self.classes: tuple[ClassBars, ...] = ()
        self.taken.connect(lambda row: self.chosen.emit(given(self.plot).marks[row].row[0]))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_classes(self, classes: Sequence[ClassBars]) -> None:
        """Other classes."""
        self.classes = tuple(classes)
        self.describe(class_plot(self.classes) if self.classes else None)
        self.update()

    @property
    def how(self) -> str:
        """Axes in words: from the left to the right, upwards, and how far."""
        said = text("share of results, up to {most}, by confidence 0–1 · line: baseline shifts · dashed: {limit}")
        return said.format(most=percent(_highest(self.classes)), limit=number(LOW, 1))

    @property
    def n_shown(self) -> int:
        """How many there is room for."""
        return min(len(self.classes), max(1, self.width() // self._look.metrics.px(NARROWEST)))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(400), self._look.metrics.px(150))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(160), self._look.metrics.px(90))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.classes:
            at = int(event.position().x() * self.n_shown / max(1, self.width()))
            self.chosen.emit(self.classes[min(max(0, at), self.n_shown - 1)].name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, shown = QPainter(self), self.classes[: self.n_shown]
        gap, line = self._look.metrics.px(GAP), QFontMetrics(self.font()).lineSpacing()
        highest = _highest(self.classes)
        for at, one in enumerate(shown):
            width = self.width() // len(shown) - gap
            box = QRect(at * (width + gap), line + 2, width, max(10, self.height() - 2 * line - 6))
            self._paint(painter, one, box, highest, line)
        painter.end()

    def _paint(self, painter: QPainter, one: ClassBars, box: QRect, highest: float, line: int) -> None:
        tokens, metrics = self._look.tokens, QFontMetrics(self.font())
        painter.setPen(QColor(tokens.warn_text if one.low else tokens.text2 if one.few else tokens.text))
        name = metrics.elidedText(("▲ " if one.low else "") + one.name, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(QRect(box.left(), 0, box.width(), line), Qt.AlignmentFlag.AlignLeft, name)
        said = metrics.elidedText(one.said, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(QRect(box.left(), box.bottom() + 2, box.width(), line), Qt.AlignmentFlag.AlignLeft, said)
        step = box.width() / len(one.bars)
        for at, share in enumerate(_shares(one.bars)):
            tall = round(box.height() * share / highest)
            bar = QRect(round(box.left() + at * step), box.bottom() - tall, max(1, round(step) - 1), tall)
            painter.fillRect(bar, QColor(tokens.warn_text if one.low else tokens.disabled if one.few else tokens.text2))
        outline = QPolygonF()
        for at, share in enumerate(_shares(one.usual)):
            y = box.bottom() - box.height() * share / highest
            outline.append(QPointF(box.left() + at * step, y))
            outline.append(QPointF(box.left() + (at + 1) * step, y))
        painter.setPen(QPen(QColor(tokens.accent), 1.5))
        painter.drawPolyline(outline)
        painter.setPen(QPen(QColor(tokens.warn_text), 1, Qt.PenStyle.DashLine))
        x = box.left() + round(LOW * box.width())
        painter.drawLine(x, box.top(), x, box.bottom())
        painter.setPen(QColor(tokens.border))
        painter.drawLine(box.bottomLeft(), box.bottomRight())


def class_plot(classes: Sequence[ClassBars]) -> Plot:
    """Share of each class's results by tenths of confidence, now and in the healthy shifts before."""
    marks = []
    for one in classes:
        for at, (now, usual) in enumerate(zip(_shares(one.bars), _shares(one.usual), strict=True)):
            if now or usual:
                edges = f"{number(at / 10, 1)}–{number((at + 1) / 10, 1)}"
                marks.append(PlotMark((at + 0.5) / 10, now, (one.name, edges, percent(now), percent(usual), str(sum(one.bars)))))
    across = PlotAxis(0.0, 1.0, ((0.0, "0"), (LOW, number(LOW, 1)), (1.0, "1")), text("confidence"))
    up = PlotAxis(0.0, _highest(classes), ((0.0, percent(0.0)), (_highest(classes), percent(_highest(classes)))), text("share of results"))
    heads = (text("Class"), text("confidence"), text("now"), text("baseline shifts"), "n")
    said = "; ".join(f"{one.name}: {one.said}" for one in classes)
    series = (PlotSeries("bars", tuple(marks), width=0.1),)
    return Plot("shifts", text("Confidence by class"), said, across, up, series, heads, (PlotRule(LOW, level=False),))


def _highest(classes: Sequence[ClassBars]) -> float:
    return max((share for one in classes for share in (*_shares(one.bars), *_shares(one.usual))), default=0.0) or 1.0


def _shares(bars: Sequence[int]) -> list[float]:
    whole = sum(bars)
    return [one / whole for one in bars] if whole else [0.0 for _ in bars]
