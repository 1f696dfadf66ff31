"""State of the Monitor screen: the shifts, which one is looked at, and which chart is shown; and
its charts: confidence of each class in a shift, and drift over shifts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy

from fieldcheck.domain.report import MarkShape, Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.domain.shift import (
    BINS,
    ModelEpoch,
    MonitoredShift,
    OpenAlarm,
    SampledResult,
    SavedAlarmFrames,
    ShiftLabels,
    ShiftRetention,
    ShiftStatistics,
)
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.monitoring import messages
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.charts import PaintedChart, PlotView

View = Literal["charts", "entropy", "distance"]
VIEWS: tuple[View, ...] = ("charts", "entropy", "distance")
FEW = 20  # results of a class below which its histogram says too little
LISTED = 5


class MonitorState:
    """`index`: place of the shift that is looked at. A newly loaded list begins at its newest
    alarm, else at its newest shift."""

    def __init__(self) -> None:
        self.shifts: Sequence[MonitoredShift] = ()
        self.figures: Mapping[str, ShiftStatistics] = {}
        self.notes: Mapping[str, str] = {}
        self.labels: ShiftLabels | None = None
        self.others: Sequence[ModelEpoch] = ()
        self.elsewhere: Sequence[OpenAlarm] = ()  # open alarms of other models
        self.kept: Mapping[str, SavedAlarmFrames] = {}
        self.retention = ShiftRetention()
        self.of_class = ""  # whose results alone are listed, empty for all
        self.picked: SampledResult | None = None  # the mark that was clicked, listed first
        self.index, self.view = 0, VIEWS[0]

    def load_shifts(
        self,
        shifts: Sequence[MonitoredShift],
        figures: Mapping[str, ShiftStatistics],
        notes: Mapping[str, str],
    ) -> None:
        """Load shifts or acknowledgements; the selected shift stays while the list is as long."""
        same = len(shifts) == len(self.shifts) > 0
        self.shifts, self.figures, self.notes = shifts, figures, notes
        if not same:
            alarms = [
                index
                for index, monitored_shift in enumerate(shifts)
                if monitored_shift.state == "alarm" and index > self.acknowledged
            ]
            self.select_shift((alarms or [len(shifts) - 1])[-1])

    @property
    def acknowledged(self) -> int:
        """Index of the last acknowledged shift, -1 for none."""
        return max(
            (
                index
                for index, monitored_shift in enumerate(self.shifts)
                if monitored_shift.began in self.notes
            ),
            default=-1,
        )

    @property
    def acknowledgeable(self) -> str:
        """Start of the shift that is acknowledged next: the one that is looked at, without any the
        newest open alarm of another model; empty for none."""
        if self.shift is not None:
            return "" if self.shift.began in self.notes else self.shift.began
        return self.elsewhere[-1].shift.began if self.elsewhere else ""

    @property
    def shift(self) -> MonitoredShift | None:
        """The shift that is looked at."""
        return self.shifts[self.index] if self.shifts else None

    @property
    def statistics(self) -> ShiftStatistics | None:
        """Figures of the shift that is looked at."""
        return self.figures.get(self.shifts[self.index].began) if self.shifts else None

    def select_shift(self, index: int) -> None:
        """Another shift, as far as there are any."""
        self.index = min(max(0, index), max(0, len(self.shifts) - 1))
        self.of_class, self.picked = "", None

    def choose_class(self, name: str) -> None:
        """Lists results of one class; the same once more lists all."""
        self.of_class, self.picked = "" if name == self.of_class else name, None

    def select_sample(self, index: int, slot: int) -> None:
        """A sampled result of a shift, by its place among them."""
        self.select_shift(index)
        sampled = self.statistics.sampled if self.statistics else ()
        self.picked = sampled[slot] if slot < len(sampled) else None

    def select_next_alarm(self) -> None:
        """The alarm after this shift, and after the last one the first."""
        alarms = [
            index
            for index, monitored_shift in enumerate(self.shifts)
            if monitored_shift.state == "alarm"
        ]
        if alarms:
            self.select_shift(next((index for index in alarms if index > self.index), alarms[0]))

    def get_reference_histogram(self, name: str) -> tuple[int, ...]:
        """Histogram of a class over the healthy shifts before the one that is looked at."""
        before = [
            self.figures[monitored_shift.began]
            for monitored_shift in self.shifts[: self.index]
            if monitored_shift.state in ("learning", "healthy", "watch")
        ]
        histograms = [
            shift_statistics.histogram[name]
            for shift_statistics in before
            if name in shift_statistics.histogram
        ]
        return tuple(map(sum, zip(*histograms, strict=True))) if histograms else (0,) * BINS

    def list_results(self) -> tuple[SampledResult, ...]:
        """The sampled result that was clicked, and the least confident, of one class where it is
        looked at."""
        sampled = self.statistics.sampled if self.statistics else ()
        of_it = [
            sampled_result
            for sampled_result in sampled
            if sampled_result.prediction == self.of_class or not self.of_class
        ]
        rest = [
            sampled_result
            for sampled_result in sorted(
                of_it, key=lambda sampled_result: sampled_result.confidence
            )
            if sampled_result is not self.picked
        ]
        return tuple([*([self.picked] if self.picked else []), *rest][:LISTED])


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

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Confidence by class"))
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
        text = tr(
            "share of results, up to {most}, by confidence 0–1 · line: baseline shifts · "
            "dashed: {limit}"
        )
        return text.format(
            most=format_percent(_find_highest_share(self.classes)), limit=format_number(LOW, 1)
        )

    @property
    def n_shown(self) -> int:
        """How many there is room for."""
        return min(
            len(self.classes), max(1, self.width() // self._theme.metrics.scale_px(NARROWEST))
        )

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(400), self._theme.metrics.scale_px(150))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(160), self._theme.metrics.scale_px(90))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.classes:
            index = int(event.position().x() * self.n_shown / max(1, self.width()))
            self.chosen.emit(self.classes[min(max(0, index), self.n_shown - 1)].name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, shown = QPainter(self), self.classes[: self.n_shown]
        gap, line = self._theme.metrics.scale_px(GAP), QFontMetrics(self.font()).height()
        highest = _find_highest_share(self.classes)
        for index, class_bars in enumerate(shown):
            width = self.width() // len(shown) - gap
            box = QRect(
                index * (width + gap), line + 2, width, max(10, self.height() - 2 * line - 6)
            )
            self._paint_class(painter, class_bars, box, highest, line)
        painter.end()

    def _paint_class(
        self, painter: QPainter, class_bars: ClassBars, box: QRect, highest: float, line: int
    ) -> None:
        tokens, metrics = self._theme.tokens, QFontMetrics(self.font())
        painter.setPen(
            QColor(
                tokens.warn_text
                if class_bars.low
                else tokens.text2
                if class_bars.few
                else tokens.text
            )
        )
        name = metrics.elidedText(
            ("▲ " if class_bars.low else "") + class_bars.name,
            Qt.TextElideMode.ElideRight,
            box.width(),
        )
        painter.drawText(QRect(box.left(), 0, box.width(), line), Qt.AlignmentFlag.AlignLeft, name)
        parts = class_bars.caption.split(" · ")
        while len(parts) > 1 and metrics.horizontalAdvance(" · ".join(parts)) > box.width():
            parts.pop()  # all of it is in the table, and the colour says that they are few
        text = metrics.elidedText(" · ".join(parts), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(
            QRect(box.left(), box.bottom() + 2, box.width(), line), Qt.AlignmentFlag.AlignLeft, text
        )
        step = box.width() / len(class_bars.bars)
        for index, share in enumerate(_compute_shares(class_bars.bars)):
            tall = round(box.height() * share / highest)
            bar = QRect(
                round(box.left() + index * step), box.bottom() - tall, max(1, round(step) - 1), tall
            )
            painter.fillRect(
                bar,
                QColor(
                    tokens.warn_text
                    if class_bars.low
                    else tokens.disabled
                    if class_bars.few
                    else tokens.text2
                ),
            )
        outline = QPolygonF()
        for index, share in enumerate(_compute_shares(class_bars.reference)):
            y = box.bottom() - box.height() * share / highest
            outline.append(QPointF(box.left() + index * step, y))
            outline.append(QPointF(box.left() + (index + 1) * step, y))
        painter.setPen(QPen(QColor(tokens.accent), 1.5))
        painter.drawPolyline(outline)
        painter.setPen(QPen(QColor(tokens.warn_text), 1, Qt.PenStyle.DashLine))
        x = box.left() + round(LOW * box.width())
        painter.drawLine(x, box.top(), x, box.bottom())
        painter.setPen(QColor(tokens.border))
        painter.drawLine(box.bottomLeft(), box.bottomRight())


def build_class_plot(classes: Sequence[ClassBars]) -> Plot:
    """Share of each class's results by tenths of confidence, now and in the healthy shifts
    before."""
    marks = []
    for class_bars in classes:
        for index, (now, usual) in enumerate(
            zip(
                _compute_shares(class_bars.bars), _compute_shares(class_bars.reference), strict=True
            )
        ):
            if now or usual:
                edges = f"{format_number(index / 10, 1)}–{format_number((index + 1) / 10, 1)}"
                marks.append(
                    PlotMark(
                        (index + 0.5) / 10,
                        now,
                        (
                            class_bars.name,
                            edges,
                            format_percent(now),
                            format_percent(usual),
                            str(sum(class_bars.bars)),
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
    text = "; ".join(f"{class_bars.name}: {class_bars.caption}" for class_bars in classes)
    series = (PlotSeries("bars", tuple(marks), width=0.1),)
    return Plot(
        "shifts",
        tr("Confidence by class"),
        text,
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
                for class_bars in classes
                for share in (
                    *_compute_shares(class_bars.bars),
                    *_compute_shares(class_bars.reference),
                )
            ),
            default=0.0,
        )
        or 1.0
    )


def _compute_shares(bars: Sequence[int]) -> list[float]:
    whole = sum(bars)
    return [bar / whole for bar in bars] if whole else [0.0 for _ in bars]


# Drift over shifts as a chart: EWMA charts as shares of their limit, mean entropy, or distances of
# sampled embeddings.

TICKS, SPARE = 6, 1.1
SHAPES: tuple[MarkShape, ...] = ("disc", "square", "triangle", "ring")
LEAST = 200, 80  # pixels

Place = tuple[int, int | None]  # of a shift, and of a sampled result in it


def build_drift_plot(state: MonitorState) -> tuple[Plot, tuple[Place, ...]]:
    """The chart that is chosen over all shifts, and the shift or sampled result behind each line of
    its table."""
    dates = [messages.format_shift_date(monitored_shift.began) for monitored_shift in state.shifts]
    dots, positions = list[PlotMark](), list[Place]()
    for x, y, index, position in _iter_sampled_points(state):
        sampled_result = state.figures[state.shifts[index].began].sampled[position]
        dots.append(PlotMark(x, y, (dates[index], sampled_result.prediction, format_number(y, 2))))
        positions.append((index, position))
    series = [PlotSeries("points", tuple(dots))] if dots else []
    for shape, (name, line) in zip(SHAPES, _list_series_points(state).items(), strict=False):
        series.append(
            PlotSeries(
                "line",
                tuple(
                    PlotMark(index, y, (dates[index], name, format_number(y, 2)))
                    for index, y in line
                ),
                shape,
                name=name,
            )
        )
        positions += [(index, None) for index, _ in line]
    rules = (PlotRule(1.0),) if state.view == "charts" else ()
    up = _make_y_axis(
        [mark.y for series in series for mark in series.marks] + [rule.at for rule in rules],
        messages.get_chart_unit(state.view),
    )
    if state.view == "charts":  # a share of the limit says less than the two words
        up = replace(up, ticks=((0.0, tr("normal")), (1.0, tr("limit"))))
    step = max(1, -(-len(dates) // TICKS))
    ticks = tuple((float(index), dates[index]) for index in range(0, len(dates), step))
    across = PlotAxis(-0.5, max(0.5, len(dates) - 0.5), ticks, tr("shift start"))
    counted = tr_plural("{n} shift", "{n} shifts", len(dates), n=len(dates))
    counted += " · " + tr_plural(
        "{n} result",
        "{n} results",
        sum(monitored_shift.n for monitored_shift in state.shifts),
        n=sum(monitored_shift.n for monitored_shift in state.shifts),
    )
    text = f"{messages.describe_chart(state.view, any(series.name for series in series))} {counted}"
    heads = (tr("shift start"), tr("Chart") if state.view == "charts" else tr("Result"), up.name)
    title = messages.get_chart_view_name(state.view)
    return Plot("shifts", title, text, across, up, tuple(series), heads, rules), tuple(positions)


def _list_series_points(state: MonitorState) -> dict[str, list[tuple[int, float]]]:
    """Place of the shift and figure, by the name of the line."""
    lines = dict[str, list[tuple[int, float]]]()
    for index, shift in enumerate(state.shifts):
        figures = state.figures[shift.began]
        if state.view == "charts":
            for chart in shift.charts:
                lines.setdefault(messages.get_chart_name(chart.name), []).append(
                    (index, chart.ewma / chart.limit)
                )
        elif state.view == "entropy" and figures.entropy is not None:
            lines.setdefault(messages.get_chart_name("entropy"), []).append(
                (index, figures.entropy)
            )
    return lines


def _iter_sampled_points(state: MonitorState) -> Iterator[tuple[float, float, int, int]]:
    """Sampled results on the chart of entropy or distance: x, y, and places of the shift and of the
    result in it."""
    for index, shift in enumerate(state.shifts):
        sampled = state.figures[shift.began].sampled
        for position, sampled_result in enumerate(sampled):
            height = {"entropy": sampled_result.entropy, "distance": sampled_result.distance}.get(
                state.view
            )
            if height is not None:
                yield index - 0.4 + 0.8 * position / len(sampled), height, index, position


def _make_y_axis(heights: Sequence[float], name: str) -> PlotAxis:
    low, high = min([0.0, *heights]), max([0.0, *heights]) or 1.0
    digits = 2 if high - low < 2 else 1
    ticks = tuple(
        (low + (high - low) * index / 2, format_number(low + (high - low) * index / 2, digits))
        for index in range(3)
    )
    return PlotAxis(low, low + (high - low) * SPARE, ticks, name)


class DriftChart(PlotView):
    """`chosen` carries the place of the shift that lies nearest to a click on no mark."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Drift over shifts"), least=LEAST)
        self._region: pg.LinearRegionItem | None = None

    def show_drift(self, plot: Plot, index: int) -> None:
        """The chart, drawn anew only where it is another one, and the shift `index` that is looked
        at."""
        if plot is not self.plot:
            self.show_plot(plot)
        elif self._region is not None:
            self.box.removeItem(self._region)
        tokens = self._theme.tokens
        # the solid tones of high contrast would read as a bar of data
        hatched = tokens.name.startswith("hc")
        pattern = Qt.BrushStyle.BDiagPattern if hatched else Qt.BrushStyle.SolidPattern
        brush = QBrush(QColor(tokens.selection), pattern)
        self._region = pg.LinearRegionItem(
            (index - 0.5, index + 0.5), movable=False, brush=brush, pen=pg.mkPen(None)
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
