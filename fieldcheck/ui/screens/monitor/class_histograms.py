"""Confidence of each class in a shift: bars on one scale, the outline of the healthy shifts before, dashes at 0.6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.narrowing import require_value
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.chart_table import PaintedChart
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr

LOW = 0.6
GAP = 12
NARROWEST = 84  # pixels of a class


@dataclass(frozen=True, slots=True)
class ClassBars:
    """Class with its bars and the usual ones, ten each, from 0 to 1. `few`: too few results; `low`: its median is shown to be below 0.6.
    `caption`: what stands under it."""

    name: str
    bars: tuple[int, ...]
    reference: tuple[int, ...]
    caption: str
    few: bool = False
    low: bool = False


class ClassHistograms(PaintedChart):
    """Histograms of as many classes as there is room for, the first ones first. `chosen` carries the name of the one that was clicked, or
    whose line of the table was `taken`."""

    chosen = Signal(str)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(look, tr("Confidence by class"), parent)
        self.classes: tuple[ClassBars, ...] = ()
        self.mark_clicked.connect(lambda row: self.chosen.emit(require_value(self.plot).marks[row].row[0]))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_classes(self, classes: Sequence[ClassBars]) -> None:
        """Other classes."""
        self.classes = tuple(classes)
        self.set_description(build_class_plot(self.classes) if self.classes else None)
        self.update()

    @property
    def axes_description(self) -> str:
        """Axes in words: from the left to the right, upwards, and how far."""
        said = tr("share of results, up to {most}, by confidence 0–1 · line: baseline shifts · dashed: {limit}")
        return said.format(most=format_percent(_find_highest_share(self.classes)), limit=format_number(LOW, 1))

    @property
    def n_shown(self) -> int:
        """How many there is room for."""
        return min(len(self.classes), max(1, self.width() // self._look.metrics.scale_px(NARROWEST)))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(400), self._look.metrics.scale_px(150))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(160), self._look.metrics.scale_px(90))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.classes:
            at = int(event.position().x() * self.n_shown / max(1, self.width()))
            self.chosen.emit(self.classes[min(max(0, at), self.n_shown - 1)].name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, shown = QPainter(self), self.classes[: self.n_shown]
        gap, line = self._look.metrics.scale_px(GAP), QFontMetrics(self.font()).lineSpacing()
        highest = _find_highest_share(self.classes)
        for at, one in enumerate(shown):
            width = self.width() // len(shown) - gap
            box = QRect(at * (width + gap), line + 2, width, max(10, self.height() - 2 * line - 6))
            self._paint_class(painter, one, box, highest, line)
        painter.end()

    def _paint_class(self, painter: QPainter, one: ClassBars, box: QRect, highest: float, line: int) -> None:
        tokens, metrics = self._look.tokens, QFontMetrics(self.font())
        painter.setPen(QColor(tokens.warn_text if one.low else tokens.text2 if one.few else tokens.text))
        name = metrics.elidedText(("▲ " if one.low else "") + one.name, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(QRect(box.left(), 0, box.width(), line), Qt.AlignmentFlag.AlignLeft, name)
        said = metrics.elidedText(one.caption, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(QRect(box.left(), box.bottom() + 2, box.width(), line), Qt.AlignmentFlag.AlignLeft, said)
        step = box.width() / len(one.bars)
        for at, share in enumerate(_compute_shares(one.bars)):
            tall = round(box.height() * share / highest)
            bar = QRect(round(box.left() + at * step), box.bottom() - tall, max(1, round(step) - 1), tall)
            painter.fillRect(bar, QColor(tokens.warn_text if one.low else tokens.disabled if one.few else tokens.text2))
        outline = QPolygonF()
        for at, share in enumerate(_compute_shares(one.reference)):
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


def build_class_plot(classes: Sequence[ClassBars]) -> Plot:
    """Share of each class's results by tenths of confidence, now and in the healthy shifts before."""
    marks = []
    for one in classes:
        for at, (now, usual) in enumerate(zip(_compute_shares(one.bars), _compute_shares(one.reference), strict=True)):
            if now or usual:
                edges = f"{format_number(at / 10, 1)}–{format_number((at + 1) / 10, 1)}"
                marks.append(
                    PlotMark((at + 0.5) / 10, now, (one.name, edges, format_percent(now), format_percent(usual), str(sum(one.bars))))
                )
    across = PlotAxis(0.0, 1.0, ((0.0, "0"), (LOW, format_number(LOW, 1)), (1.0, "1")), tr("confidence"))
    up = PlotAxis(
        0.0,
        _find_highest_share(classes),
        ((0.0, format_percent(0.0)), (_find_highest_share(classes), format_percent(_find_highest_share(classes)))),
        tr("share of results"),
    )
    heads = (tr("Class"), tr("confidence"), tr("now"), tr("baseline shifts"), "n")
    said = "; ".join(f"{one.name}: {one.caption}" for one in classes)
    series = (PlotSeries("bars", tuple(marks), width=0.1),)
    return Plot("shifts", tr("Confidence by class"), said, across, up, series, heads, (PlotRule(LOW, level=False),))


def _find_highest_share(classes: Sequence[ClassBars]) -> float:
    return max((share for one in classes for share in (*_compute_shares(one.bars), *_compute_shares(one.reference))), default=0.0) or 1.0


def _compute_shares(bars: Sequence[int]) -> list[float]:
    whole = sum(bars)
    return [one / whole for one in bars] if whole else [0.0 for _ in bars]
