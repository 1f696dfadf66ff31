"""Charts of the Monitor screen: confidence of each class in a shift, and drift over shifts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.domain.plot import MarkShape, Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.monitoring import messages
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.screens.monitor.state import MonitorState
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.charts import PaintedChart, PlotView

LOW = 0.6
GAP = 12
NARROWEST = 84  # pixels of a class


@dataclass(frozen=True, slots=True)
class ClassBars:
    """A class with its histogram and that of healthy shifts, ten bars each from 0 to 1. `few`: too
    few results; `low`: its median is shown to be below 0.6; `caption`: text below it."""

    name: str
    bars: tuple[int, ...]
    reference: tuple[int, ...]
    caption: str
    few: bool = False
    low: bool = False


class ClassHistograms(PaintedChart):
    """Histograms of as many classes as there is room for, the first ones first. `chosen` carries
    the name of the one that was clicked, or whose line of the table was `taken`."""

    chosen = Signal(str)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(look, tr("Confidence by class"), parent)
        self.classes: tuple[ClassBars, ...] = ()
        self.mark_clicked.connect(
            lambda row: self.chosen.emit(require_value(self.plot).marks[row].row[0])
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_classes(self, classes: Sequence[ClassBars]) -> None:
        """Other classes."""
        self.classes = tuple(classes)
        self.set_description(build_class_plot(self.classes) if self.classes else None)
        self.update()

    @property
    def axes_description(self) -> str:
        """Axes in words: from the left to the right, upwards, and how far."""
        said = tr(
            "share of results, up to {most}, by confidence 0–1 · line: baseline shifts · "
            "dashed: {limit}"
        )
        return said.format(
            most=format_percent(_find_highest_share(self.classes)), limit=format_number(LOW, 1)
        )

    @property
    def n_shown(self) -> int:
        """How many there is room for."""
        return min(
            len(self.classes), max(1, self.width() // self._look.metrics.scale_px(NARROWEST))
        )

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

    def _paint_class(
        self, painter: QPainter, one: ClassBars, box: QRect, highest: float, line: int
    ) -> None:
        tokens, metrics = self._look.tokens, QFontMetrics(self.font())
        painter.setPen(
            QColor(tokens.warn_text if one.low else tokens.text2 if one.few else tokens.text)
        )
        name = metrics.elidedText(
            ("▲ " if one.low else "") + one.name, Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(QRect(box.left(), 0, box.width(), line), Qt.AlignmentFlag.AlignLeft, name)
        said = metrics.elidedText(one.caption, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(
            QRect(box.left(), box.bottom() + 2, box.width(), line), Qt.AlignmentFlag.AlignLeft, said
        )
        step = box.width() / len(one.bars)
        for at, share in enumerate(_compute_shares(one.bars)):
            tall = round(box.height() * share / highest)
            bar = QRect(
                round(box.left() + at * step), box.bottom() - tall, max(1, round(step) - 1), tall
            )
            painter.fillRect(
                bar,
                QColor(
                    tokens.warn_text if one.low else tokens.disabled if one.few else tokens.text2
                ),
            )
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
        for at, (now, usual) in enumerate(
            zip(_compute_shares(one.bars), _compute_shares(one.reference), strict=True)
        ):
            if now or usual:
                edges = f"{format_number(at / 10, 1)}–{format_number((at + 1) / 10, 1)}"
                marks.append(
                    PlotMark(
                        (at + 0.5) / 10,
                        now,
                        (
                            one.name,
                            edges,
                            format_percent(now),
                            format_percent(usual),
                            str(sum(one.bars)),
                        ),
                    )
                )
    across = PlotAxis(
        0.0, 1.0, ((0.0, "0"), (LOW, format_number(LOW, 1)), (1.0, "1")), tr("confidence")
    )
    up = PlotAxis(
        0.0,
        _find_highest_share(classes),
        (
            (0.0, format_percent(0.0)),
            (_find_highest_share(classes), format_percent(_find_highest_share(classes))),
        ),
        tr("share of results"),
    )
    heads = (tr("Class"), tr("confidence"), tr("now"), tr("baseline shifts"), "n")
    said = "; ".join(f"{one.name}: {one.caption}" for one in classes)
    series = (PlotSeries("bars", tuple(marks), width=0.1),)
    return Plot(
        "shifts",
        tr("Confidence by class"),
        said,
        across,
        up,
        series,
        heads,
        (PlotRule(LOW, level=False),),
    )


def _find_highest_share(classes: Sequence[ClassBars]) -> float:
    return (
        max(
            (
                share
                for one in classes
                for share in (*_compute_shares(one.bars), *_compute_shares(one.reference))
            ),
            default=0.0,
        )
        or 1.0
    )


def _compute_shares(bars: Sequence[int]) -> list[float]:
    whole = sum(bars)
    return [one / whole for one in bars] if whole else [0.0 for _ in bars]


# Drift over shifts as a chart: EWMA charts as shares of their limit, mean entropy, or distances of
# sampled embeddings.

TICKS, SPARE = 6, 1.1
SHAPES: tuple[MarkShape, ...] = ("disc", "square", "triangle", "ring")
LEAST = 200, 80  # pixels

Place = tuple[int, int | None]  # of a shift, and of a sampled result in it


def build_drift_plot(session: MonitorState) -> tuple[Plot, tuple[Place, ...]]:
    """The chart that is chosen over all shifts, and the shift or sampled result behind each line of
    its table."""
    dates = [messages.format_shift_date(one.began) for one in session.shifts]
    dots, places = list[PlotMark](), list[Place]()
    for x, y, at, place in _iter_sampled_points(session):
        one = session.figures[session.shifts[at].began].sampled[place]
        dots.append(PlotMark(x, y, (dates[at], one.prediction, format_number(y, 2))))
        places.append((at, place))
    series = [PlotSeries("points", tuple(dots))] if dots else []
    for shape, (name, line) in zip(SHAPES, _list_series_points(session).items(), strict=False):
        series.append(
            PlotSeries(
                "line",
                tuple(PlotMark(at, y, (dates[at], name, format_number(y, 2))) for at, y in line),
                shape,
                name=name,
            )
        )
        places += [(at, None) for at, _ in line]
    rules = (PlotRule(1.0, mark=tr("limit")),) if session.view == "charts" else ()
    up = _make_y_axis(
        [mark.y for one in series for mark in one.marks] + [rule.at for rule in rules],
        messages.get_chart_unit(session.view),
    )
    step = max(1, -(-len(dates) // TICKS))
    ticks = tuple((float(at), dates[at]) for at in range(0, len(dates), step))
    across = PlotAxis(-0.5, max(0.5, len(dates) - 0.5), ticks, tr("shift start"))
    counted = tr_plural("{n} shift", "{n} shifts", len(dates)).format(n=len(dates))
    counted += " · " + tr_plural(
        "{n} result", "{n} results", sum(one.n for one in session.shifts)
    ).format(n=sum(one.n for one in session.shifts))
    said = f"{messages.describe_chart(session.view, any(one.name for one in series))} {counted}"
    heads = (tr("shift start"), tr("Chart") if session.view == "charts" else tr("Result"), up.name)
    title = messages.get_chart_view_name(session.view)
    return Plot("shifts", title, said, across, up, tuple(series), heads, rules), tuple(places)


def _list_series_points(session: MonitorState) -> dict[str, list[tuple[int, float]]]:
    """Place of the shift and figure, by the name of the line."""
    lines = dict[str, list[tuple[int, float]]]()
    for at, shift in enumerate(session.shifts):
        figures = session.figures[shift.began]
        if session.view == "charts":
            for one in shift.charts:
                lines.setdefault(messages.get_chart_name(one.name), []).append(
                    (at, one.ewma / one.limit)
                )
        elif session.view == "entropy" and figures.entropy is not None:
            lines.setdefault(messages.get_chart_name("entropy"), []).append((at, figures.entropy))
    return lines


def _iter_sampled_points(session: MonitorState) -> Iterator[tuple[float, float, int, int]]:
    """Sampled results on the chart of entropy or distance: x, y, and places of the shift and of the
    result in it."""
    for at, shift in enumerate(session.shifts):
        sampled = session.figures[shift.began].sampled
        for place, one in enumerate(sampled):
            height = {"entropy": one.entropy, "distance": one.distance}.get(session.view)
            if height is not None:
                yield at - 0.4 + 0.8 * place / len(sampled), height, at, place


def _make_y_axis(heights: Sequence[float], name: str) -> PlotAxis:
    low, high = min([0.0, *heights]), max([0.0, *heights]) or 1.0
    digits = 2 if high - low < 2 else 1
    ticks = tuple(
        (low + (high - low) * at / 2, format_number(low + (high - low) * at / 2, digits))
        for at in range(3)
    )
    return PlotAxis(low, low + (high - low) * SPARE, ticks, name)


class DriftChart(PlotView):
    """`chosen` carries the place of the shift that lies nearest to a click on no mark."""

    chosen = Signal(int)

    def __init__(self, look: Theme) -> None:
        super().__init__(look, tr("Drift over shifts"), least=LEAST)
        self._region: pg.LinearRegionItem | None = None

    def show_drift(self, plot: Plot, at: int) -> None:
        """The chart, drawn anew only where it is another one, and the shift `at` that is looked at."""
        if plot is not self.plot:
            self.show_plot(plot)
        elif self._region is not None:
            self.box.removeItem(self._region)
        brush = QColor(self._look.tokens.selection)
        self._region = pg.LinearRegionItem(
            (at - 0.5, at + 0.5), movable=False, brush=brush, pen=pg.mkPen(None)
        )
        self._region.setZValue(-10)
        self.box.addItem(self._region)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.find_mark(event.position()) is not None:
            super().mousePressEvent(event)
        elif self.plot is not None and self.plot.marks:
            last = int(self.plot.x.hi)
            spot = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
            self.chosen.emit(min(max(0, round(spot.x())), last))
