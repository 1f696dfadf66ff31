"""Live charts: confidence of the last answers, and uncertainty in the last minute."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screens.stress.live_statistics import BINS, KEPT, LIMIT, SPAN_S, ConfidenceTally, TallyMoment
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chart import Chart
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text

EDGES = [at / BINS for at in range(BINS + 1)]
SPARE = 1.08  # above the highest bar
NEAR = 12  # pixels beside a disc: half of what a finger needs


class ConfidenceChart(Chart):
    """Twenty bars for the answers now, a line for the same frames as they were captured, a dashed line at the limit."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, text("Confidence of the answers"), parent)
        colours = look.tokens
        self._bars = pg.BarGraphItem(x0=EDGES[:-1], width=0.9 / BINS, height=[0] * BINS, brush=colours.text2, pen=pg.mkPen(None))
        self._clean = pg.PlotCurveItem(EDGES, [0] * BINS, stepMode="center", pen=pg.mkPen(colours.accent, width=2))
        limit = pg.InfiniteLine(LIMIT, pen=pg.mkPen(colours.warn_text, width=2, style=Qt.PenStyle.DashLine))
        for item in (self._bars, self._clean, limit):
            self.box.addItem(item)
        self.bottom.setTicks([[(at / 5, number(at / 5, 1)) for at in range(6)]])
        self.box.setXRange(0, 1, padding=0.02)
        self.show_confidence(ConfidenceTally((0,) * BINS, (0,) * BINS, 0, 0.0, 0.0))

    def show_confidence(self, confidence: ConfidenceTally) -> None:
        """Bars and line of these counts."""
        highest = max((*confidence.now, *confidence.clean, 4))
        self._bars.setOpts(height=list(confidence.now))
        self._clean.setData(EDGES, list(confidence.clean))
        self.left.setTicks([[(0, "0"), (highest, str(highest))]])
        self.box.setYRange(0, highest * SPARE, padding=0)
        self.setAccessibleDescription(heard(confidence))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(230), self._look.metrics.px(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(160), self._look.metrics.px(56))


class UncertaintyChart(Chart):
    """A line for the last minute with a disc wherever the answer was another than on the original. A click on a disc is `picked`, with
    its time."""

    picked = Signal(float)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, text("Uncertainty in the last minute"), parent)
        colours = look.tokens
        self._line = pg.PlotCurveItem(pen=pg.mkPen(colours.text, width=1), connect="finite")  # a wider one takes ten times as long
        self._changed = pg.ScatterPlotItem(size=look.metrics.px(7), brush=colours.accent, pen=pg.mkPen(colours.panel))
        limit = pg.InfiniteLine(LIMIT, angle=0, pen=pg.mkPen(colours.warn_text, width=2, style=Qt.PenStyle.DashLine))
        for item in (limit, self._line, self._changed):
            self.box.addItem(item)
        self.left.setTicks([[(0, "0"), (LIMIT, number(LIMIT, 1)), (1, "1")]])
        past = [(-at, text("{n} s ago").format(n=at)) for at in (60, 40, 20)]
        self.bottom.setTicks([[*past, (0, text("now"))]])
        self.box.setXRange(-SPAN_S, 0, padding=0.03)
        self.box.setYRange(0, 1, padding=0.04)
        self._now = 0.0
        self.show_moments((), 0.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The disc nearest to the click, where one is near."""
        at, _ = self._changed.getData()
        if len(at):
            clicked = self.box.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
            nearest = min(at, key=lambda one: abs(one - clicked))
            if abs(nearest - clicked) < NEAR * self.box.viewPixelSize()[0]:
                self.picked.emit(self._now + float(nearest))
        event.accept()

    def show_moments(self, moments: Sequence[TallyMoment], now: float) -> None:
        """Those of the last minute, oldest first; `now` on their clock."""
        self._now = now
        self._line.setData([one.at - now for one in moments], [one.uncertainty for one in moments])
        changed = [one for one in moments if one.n_changed]
        self._changed.setData([one.at - now for one in changed], [one.uncertainty for one in changed])
        if not moments:
            self.setAccessibleDescription(text("No answers yet."))
            return
        highest, n_changed, n = (
            max(one.uncertainty for one in moments),
            sum(one.n_changed for one in moments),
            sum(one.n for one in moments),
        )
        said = text("Uncertainty up to {highest}, {changed} of {n} answers changed.")
        self.setAccessibleDescription(said.format(highest=number(highest, 2), changed=n_changed, n=n))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(400), self._look.metrics.px(110))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(200), self._look.metrics.px(64))


def heard(confidence: ConfidenceTally) -> str:
    """The histogram in a sentence."""
    if not confidence.n:
        return text("No such answer among them.") if confidence.n_frames else text("No answers yet.")
    said = plural(
        "{n} answer: median {middle}, {under} under {limit}.", "{n} answers: median {middle}, {under} under {limit}.", confidence.n
    )
    return said.format(n=confidence.n, middle=number(confidence.middle, 2), under=percent(confidence.under), limit=number(LIMIT, 1))


def counted(n: int) -> str:
    """The heading of the histogram: how many answers are in it."""
    return plural("Last {n} frame", "Last {n} frames", min(n, KEPT)).format(n=min(n, KEPT))
