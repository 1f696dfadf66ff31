"""Charts and captions of the Stress screen: class confidence, confidence over recent frames,
uncertainty over time, and sweep curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.corruptions.messages import (
    STOPS,
    describe_steps,
    get_severity_name,
    get_sweep_set_name,
)
from fieldcheck.domain.report import MarkShape, Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.ui.colours_and_high_contrast import Tokens
from fieldcheck.ui.screens.stress.state import (
    BINS,
    KEPT,
    LIMIT,
    SPAN_S,
    ConfidenceTally,
    TallyMoment,
)
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.charts import Chart
from fieldcheck.ui.widgets.images_and_zoom import BoxMark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.corruptions.live_frame import LiveRates, LiveResult
    from fieldcheck.domain.run import On
    from fieldcheck.report.stress_findings import SweepCurve

# The model's first answers as bars, each with a tick where it stood on the frame as it was
# captured.

ROWS, TALL, BAR, TICK = 3, 26, 10, 18
NAME_SHARE = 0.36  # of the width


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`value`, 0 to 1, on the corrupted frame; `before` on the original, NaN where that is not
    known."""

    name: str
    value: float
    before: float = nan


class AnswerBars(QWidget):
    """Three rows at most, the first one bold."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: tuple[AnswerRow, ...] = ()
        self.setAccessibleName(tr("Top predictions"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # else the card under it is painted anew at every frame
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_rows(self, rows: Sequence[AnswerRow]) -> None:
        """From now on these, best first."""
        self.rows = tuple(rows[:ROWS])
        self.setAccessibleDescription("; ".join(_describe_row(row) for row in self.rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(230), ROWS * self._get_row_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(160), ROWS * self._get_row_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, bold = QPainter(self), QFont(self.font())
        bold.setBold(True)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.panel))
        figure = QFontMetrics(bold).horizontalAdvance(format_number(1.0, 2))
        for index, row in enumerate(self.rows):
            painter.setFont(self.font() if index else bold)
            self._paint_row(
                painter,
                QRect(0, index * self._get_row_height(), self.width(), self._get_row_height()),
                row,
                figure,
                index == 0,
            )
        painter.end()

    def _paint_row(
        self, painter: QPainter, rect: QRect, row: AnswerRow, figure: int, first: bool
    ) -> None:
        named = int(rect.width() * NAME_SHARE)
        painter.setPen(QColor(self._theme.tokens.text))
        name = painter.fontMetrics().elidedText(
            row.name, Qt.TextElideMode.ElideRight, named - self._theme.metrics.scale_px(8)
        )
        painter.drawText(
            QRect(rect.left(), rect.top(), named, rect.height()),
            Qt.AlignmentFlag.AlignVCenter,
            name,
        )
        painter.drawText(
            rect,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            format_number(row.value, 2),
        )
        groove = QRect(
            rect.left() + named,
            0,
            rect.width() - named - figure - self._theme.metrics.scale_px(8),
            self._theme.metrics.scale_px(BAR),
        )
        groove.moveTop(rect.center().y() - groove.height() // 2)
        self._paint_bar(painter, groove, row, first)

    def _paint_bar(self, painter: QPainter, groove: QRect, row: AnswerRow, first: bool) -> None:
        tokens = self._theme.tokens
        painter.fillRect(groove, QColor(tokens.window))
        painter.fillRect(
            QRect(groove.topLeft(), QSize(round(groove.width() * row.value), groove.height())),
            _get_bar_colour(tokens, first),
        )
        painter.setPen(QColor(tokens.border))
        painter.drawRect(groove.adjusted(0, 0, -1, -1))
        if not isnan(row.before):
            x = groove.left() + round((groove.width() - 1) * row.before)
            tall = self._theme.metrics.scale_px(TICK)
            painter.fillRect(
                QRect(x - 2, groove.center().y() - tall // 2, 4, tall), QColor(tokens.panel)
            )
            painter.fillRect(
                QRect(x - 1, groove.center().y() - tall // 2, 2, tall), QColor(tokens.text)
            )

    def _get_row_height(self) -> int:
        return self._theme.metrics.scale_px(TALL)


def _get_bar_colour(tokens: Tokens, first: bool) -> QColor:
    return QColor(tokens.accent if first else tokens.text2)


def _describe_row(row: AnswerRow) -> str:
    if isnan(row.before):
        return f"{row.name} {format_number(row.value, 2)}"
    return tr(
        "{name} {now}, original {before}",
        name=row.name,
        now=format_number(row.value, 2),
        before=format_number(row.before, 2),
    )


# One result of the live view in words: titles, answers, and how it keeps up.

DROPPED_TOO_MANY = 0.01  # of what the camera made


@dataclass(frozen=True, slots=True)
class StressPicture:
    """One of the three pictures with everything that is drawn on it. `rgb`: (H, W, 3) uint8."""

    rgb: NDArray[np.uint8]
    title: str
    description: str
    crop: tuple[float, float, float, float] | None = None
    marks: tuple[BoxMark, ...] = ()


@dataclass(frozen=True, slots=True)
class StressContent:
    """Everything the screen shows of one frame: its images and predictions, never those of another
    frame. `model_input` is None without a model."""

    original: StressPicture
    corrupted: StressPicture
    model_input: StressPicture | None
    rows: tuple[AnswerRow, ...]
    caption: str
    is_warning: bool


def build_content(result: LiveResult, difference: bool = False) -> StressContent:
    """Everything the screen says of one frame; with the difference from the original in place of
    the corrupted picture."""
    clean, corrupted = (
        _make_marks(result, result.get_clean_boxes()),
        _make_marks(result, result.get_boxes()),
    )
    crop = result.crop if result.card is not None else None
    original = StressPicture(
        result.original,
        _format_original_title(result),
        _format_size(result, result.original),
        crop,
        clean,
    )
    after = StressPicture(
        result.corrupted,
        _format_corrupted_title(result),
        _format_size(result, result.corrupted),
        None,
        corrupted,
    )
    if difference:
        after = StressPicture(
            result.compute_difference(),
            _format_difference_title(result),
            _format_size(result, result.corrupted),
        )
    text, warns = format_answer(result)
    text = f"{text} {format_decision(result)}".strip()
    return StressContent(
        original, after, _make_model_input(result), _make_rows(result), text, warns
    )


def format_answer(result: LiveResult) -> tuple[str, bool]:
    """Change of the answer under the corruption, and whether that is to be looked at."""
    if result.card is None:
        return tr("No model: open a project with a model."), False
    now, before = result.get_top(1), result.get_clean_top(1)
    if not result.recipe.has_effect:
        return (tr("Nothing detected.") if not now else tr("Prediction without corruption.")), False
    if not result.answer_changed:
        return tr("Same prediction as on the original."), False
    if not now and before:
        text = tr("▲ No detection any more (was {name}, {share})")
        return text.format(name=before[0].name, share=format_number(before[0].probability, 2)), True
    if not before:
        return tr("▲ Prediction changed (nothing detected before)"), True
    if now[0].name == before[0].name and len(result.get_clean_boxes()):
        return _format_box_changes(result), True
    text = tr("▲ Prediction changed (was {name}, {share})")
    return text.format(name=before[0].name, share=format_number(before[0].probability, 2)), True


def _format_box_changes(result: LiveResult) -> str:
    """What became of the boxes where the first answer stands."""
    n_lost, n_before, n_new = result.count_box_changes()
    parts = []
    if n_lost:
        parts.append(
            tr_plural(
                "{n} of {of} box lost", "{n} of {of} boxes lost", n_before, n=n_lost, of=n_before
            )
        )
    if n_new:
        parts.append(tr_plural("{n} new box", "{n} new boxes", n_new, n=n_new))
    return "▲ " + ", ".join(parts or [tr("boxes moved")])


def format_decision(result: LiveResult) -> str:
    """Decision of a card with thresholds or abstention: the model's, or a person's; nothing where
    it has neither."""
    if result.card is None or not (
        result.card.output.thresholds or result.card.output.abstain is not None
    ):
        return ""
    if result.needs_person:
        return tr("With field thresholds: manual review.")
    return tr("With field thresholds: automatic decision.")


def format_throughput(running: LiveRates, has_model: bool) -> tuple[str, bool]:
    """How the live view keeps up, and whether frames are lost on the way in."""
    n_arrived = running.n_skipped + running.n_dropped
    parts = [tr("input {fps} fps", fps=format_number(running.fps_in))]
    if has_model:
        parts.append(
            tr(
                "model p50 {p50}, p95 {p95} ms",
                p50=format_number(running.p50_ms),
                p95=format_number(running.p95_ms),
            )
        )
    parts.append(tr_plural("{n} dropped", "{n} dropped", running.n_dropped, n=running.n_dropped))
    parts.append(tr_plural("{n} skipped", "{n} skipped", running.n_skipped, n=running.n_skipped))
    return " · ".join(parts), running.n_dropped > DROPPED_TOO_MANY * max(
        n_arrived, 1
    ) and running.n_dropped > 1


def _format_original_title(result: LiveResult) -> str:
    return tr("Original · dashed: model crop") if result.card is not None else tr("Original")


def _format_corrupted_title(result: LiveResult) -> str:
    if not result.recipe.has_effect:
        return tr("Corrupted: none")
    text = tr("Changed: {done}") if result.recipe.is_fix else tr("Corrupted: {done}")
    return text.format(done=describe_steps(result.recipe.steps))


def _format_difference_title(result: LiveResult) -> str:
    if not result.recipe.has_effect:
        return tr("Difference: none")
    return tr("Difference × 4: {done}", done=describe_steps(result.recipe.steps))


def _make_model_input(result: LiveResult) -> StressPicture | None:
    if result.input_image is None:
        return None
    height, width = result.input_image.shape[:2]
    title = tr("Model input, {width} × {height}", width=width, height=height)
    return StressPicture(result.input_image, title, _format_size(result, result.input_image))


def _format_size(result: LiveResult, rgb: NDArray[np.uint8]) -> str:
    height, width = rgb.shape[:2]
    return tr(
        "{source}, {width} × {height} pixels", source=result.source, width=width, height=height
    )


def _make_rows(result: LiveResult) -> tuple[AnswerRow, ...]:
    return tuple(
        AnswerRow(top.name, top.probability, result.get_clean_probability(top.index))
        for top in result.get_top(ROWS)
    )


def _make_marks(result: LiveResult, boxes: NDArray[np.float32]) -> tuple[BoxMark, ...]:
    classes = result.card.classes if result.card is not None else ()
    marks = []
    for x1, y1, x2, y2, score, index in boxes:
        name = classes[int(index)]
        marks.append(
            BoxMark(
                (float(x1), float(y1), float(x2), float(y2)),
                int(index),
                f"{int(index) + 1} {name} {format_number(float(score), 2)}",
            )
        )
    return tuple(marks)


EDGES = [index / BINS for index in range(BINS + 1)]
LEAST_HIGH = 4  # answers that the axis goes to at least
NEAR = 12  # pixels beside a disc: half of what a finger needs
SHAPES: dict[On, MarkShape] = {"benchmark": "square", "field": "disc", "footage": "triangle"}


class ConfidenceChart(Chart):
    """Twenty bars for the answers now, a line for the same frames as they were captured, a dashed
    line at the limit. `taken` carries the bar that was clicked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Prediction confidence"))
        colours = theme.tokens
        self._bars = pg.BarGraphItem(
            x0=EDGES[:-1],
            width=0.9 / BINS,
            height=[0] * BINS,
            brush=colours.text2,
            pen=pg.mkPen(None),
        )
        self._clean = pg.PlotCurveItem(
            EDGES, [0] * BINS, stepMode="center", pen=pg.mkPen(colours.accent, width=2)
        )
        limit = pg.InfiniteLine(
            LIMIT, pen=pg.mkPen(colours.warn_text, width=2, style=Qt.PenStyle.DashLine)
        )
        for item in (self._bars, self._clean, limit):
            self.box.addItem(item)
        self.show_confidence(ConfidenceTally((0,) * BINS, (0,) * BINS, 0, 0.0, 0.0))

    def show_confidence(self, confidence: ConfidenceTally) -> None:
        """Bars and line of these counts."""
        self._bars.setOpts(height=list(confidence.now))
        self._clean.setData(EDGES, list(confidence.clean))
        self.set_description(build_confidence_plot(confidence))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Anywhere above or below a bar: most of them are low."""
        position = self.box.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
        if 0 <= position <= 1:
            self.mark_clicked.emit(min(int(position * BINS), BINS - 1))
        event.accept()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(230), self._theme.metrics.scale_px(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(160), self._theme.metrics.scale_px(68))


class UncertaintyChart(Chart):
    """A line for the last minute with a disc wherever the answer was another than on the original.
    A click on a disc is `picked`, with its time. Its description is made only for whoever asks for
    it: it has up to three hundred marks."""

    picked = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Uncertainty, last minute"))
        colours = theme.tokens
        # a wider one takes ten times as long
        self._line = pg.PlotCurveItem(pen=pg.mkPen(colours.text, width=1), connect="finite")
        self._changed = pg.ScatterPlotItem(
            size=theme.metrics.scale_px(7), brush=colours.accent, pen=pg.mkPen(colours.panel)
        )
        limit = pg.InfiniteLine(
            LIMIT, angle=0, pen=pg.mkPen(colours.warn_text, width=2, style=Qt.PenStyle.DashLine)
        )
        for item in (limit, self._line, self._changed):
            self.box.addItem(item)
        self._moments, self._now = tuple[TallyMoment, ...](), 0.0
        self.set_description(build_uncertainty_plot((), 0.0))
        self.mark_clicked.connect(self._emit_picked)

    @property
    def plot(self) -> Plot:
        return build_uncertainty_plot(self._moments, self._now)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The disc nearest to the click, where one is near."""
        positions, _ = self._changed.getData()
        if len(positions):
            clicked = self.box.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
            nearest = min(positions, key=lambda index: abs(index - clicked))
            if abs(nearest - clicked) < NEAR * self.box.viewPixelSize()[0]:
                self.picked.emit(self._now + float(nearest))
        event.accept()

    def show_moments(self, moments: Sequence[TallyMoment], now: float) -> None:
        """Those of the last minute, oldest first; `now` on their clock."""
        self._moments, self._now = tuple(moments), now
        self._line.setData(
            [moment.time_s - now for moment in moments], [moment.uncertainty for moment in moments]
        )
        changed = [moment for moment in moments if moment.n_changed]
        self._changed.setData(
            [tally_moment.time_s - now for tally_moment in changed],
            [tally_moment.uncertainty for tally_moment in changed],
        )
        self.setAccessibleDescription(_describe_uncertainty(moments))
        self.described.emit()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(400), self._theme.metrics.scale_px(110))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(200), self._theme.metrics.scale_px(84))

    def _emit_picked(self, row: int) -> None:
        if self._moments[row].n_changed:
            self.picked.emit(self._moments[row].time_s)


def build_confidence_plot(confidence: ConfidenceTally) -> Plot:
    """The histogram: a bar for each twentieth of confidence, with the count of the same frames
    uncorrupted in the table."""
    highest = max((*confidence.now, *confidence.clean, LEAST_HIGH))
    marks = tuple(
        PlotMark(
            (index + 0.5) / BINS,
            now,
            (
                f"{format_number(index / BINS, 2)}–{format_number((index + 1) / BINS, 2)}",
                str(now),
                str(clean),
            ),
        )
        for index, (now, clean) in enumerate(zip(confidence.now, confidence.clean, strict=True))
    )
    across = PlotAxis(
        0.0,
        1.0,
        tuple((index / 5, format_number(index / 5, 1)) for index in range(6)),
        tr("confidence"),
    )
    up = PlotAxis(0.0, highest, ((0.0, "0"), (highest, str(highest))), tr("predictions"))
    heads = (tr("confidence"), tr("predictions now"), tr("clean"))
    series = (PlotSeries("bars", marks, width=0.9 / BINS),)
    return Plot(
        "live",
        tr("Prediction confidence"),
        describe_confidence(confidence),
        across,
        up,
        series,
        heads,
        (PlotRule(LIMIT, level=False),),
    )


def build_uncertainty_plot(moments: Sequence[TallyMoment], now: float) -> Plot:
    """The line of uncertainty, newest last; each moment a line of the table."""
    marks = tuple(
        PlotMark(
            moment.time_s - now,
            moment.uncertainty,
            (
                format_number(now - moment.time_s, 1),
                format_number(moment.uncertainty, 2),
                f"{moment.n_changed} / {moment.n}",
            ),
        )
        for moment in moments
    )
    past = tuple((float(-percent), str(percent)) for percent in (60, 40, 20))
    across = PlotAxis(-SPAN_S, 0.0, (*past, (0.0, tr("now"))), tr("seconds ago"))
    up = PlotAxis(
        0.0, 1.0, ((0.0, "0"), (LIMIT, format_number(LIMIT, 1)), (1.0, "1")), tr("entropy")
    )
    heads = (tr("seconds ago"), tr("entropy (0–1)"), tr("changed / predictions"))
    title = tr("Uncertainty, last minute")
    return Plot(
        "live",
        title,
        _describe_uncertainty(moments),
        across,
        up,
        (PlotSeries("line", marks, "none"),),
        heads,
        (PlotRule(LIMIT),),
    )


def build_sweep_plot(name: str, curves: Sequence[SweepCurve]) -> Plot:
    """Share correct under one corruption by severity, a line for each set; dashes: its median
    confidence, which is no line of the table."""
    series = []
    for curve in curves:
        marks = tuple(
            PlotMark(
                severity,
                share,
                (get_severity_name(severity), get_sweep_set_name(curve.on), format_percent(share)),
            )
            for severity, share in curve.right
        )
        series.append(
            PlotSeries("line", marks, SHAPES[curve.on], name=get_sweep_set_name(curve.on))
        )
    for curve in curves:
        sure = tuple(PlotMark(severity, share, ()) for severity, share in curve.sure)
        series.append(PlotSeries("line", sure, "none", dashed=True, listed=False))
    across = PlotAxis(
        0.0, STOPS[-1], tuple((stop, get_severity_name(stop)) for stop in STOPS), tr("severity")
    )
    metrics = " / ".join(dict.fromkeys(curve.metric for curve in curves)) or tr("score")
    up = PlotAxis(
        0.0,
        1.0,
        tuple((position, format_number(100 * position)) for position in (0.0, 0.5, 1.0)),
        tr("{metric}, %", metric=metrics),
    )
    text = "; ".join(_describe_curve(curve) for curve in curves) or tr("No sweep yet.")
    return Plot(
        "breaks",
        name or tr("Severity curves"),
        text,
        across,
        up,
        tuple(series),
        (tr("severity"), tr("side"), metrics),
    )


def _describe_curve(curve: SweepCurve) -> str:
    text = ", ".join(
        f"{get_severity_name(severity)} {format_percent(share)}" for severity, share in curve.right
    )
    return f"{get_sweep_set_name(curve.on)}: {text}"


def _describe_uncertainty(moments: Sequence[TallyMoment]) -> str:
    if not moments:
        return tr("No predictions yet.")
    highest, n_changed = (
        max(moment.uncertainty for moment in moments),
        sum(moment.n_changed for moment in moments),
    )
    text = tr("Uncertainty up to {highest}; {changed} of {n} predictions changed.")
    return text.format(
        highest=format_number(highest, 2), changed=n_changed, n=sum(moment.n for moment in moments)
    )


def describe_confidence(confidence: ConfidenceTally) -> str:
    """The histogram in a sentence."""
    if not confidence.n:
        return tr("No such prediction.") if confidence.n_frames else tr("No predictions yet.")
    text = tr_plural(
        "{n} prediction: median {middle}, {under} below {limit}.",
        "{n} predictions: median {middle}, {under} below {limit}.",
        confidence.n,
    )
    return text.format(
        n=confidence.n,
        middle=format_number(confidence.median, 2),
        under=format_percent(confidence.below_threshold),
        limit=format_number(LIMIT, 1),
    )


def format_frame_count(n: int) -> str:
    """The heading of the histogram: how many answers are in it."""
    return tr_plural("Last {n} frame", "Last {n} frames", min(n, KEPT), n=min(n, KEPT))
