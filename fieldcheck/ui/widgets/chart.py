"""A chart between two axes, in the colours and letters of the window, with the names, units and words of its description."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldcheck.domain.plot import Plot, PlotAxis
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)
TICK, AIR = 6, 3  # pixels: a tick with the gap beside it, and above and below letters
TOP, RIGHT, BEYOND = 8, 12, 80  # pixels: left free above and at the right, and how far a word may stand out over the end of its axis


class Chart(pg.GraphicsLayoutWidget):
    """A view between two axes: no mouse, no menu. Put together by hand, because pyqtgraph's own plot brings forty hidden buttons and
    fields along, none of which has a name. `taken(row)`: the mark of this line of its table was clicked; `described`: other figures."""

    mark_clicked, described = Signal(int), Signal()

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._plot: Plot | None = None
        self._letters = QFont(self.font())
        self._letters.setPixelSize(look.metrics.scale_px(CAPTION))
        self.setAccessibleName(name)
        self.setBackground(look.tokens.panel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self.left, self.bottom = self._make_axis("left"), self._make_axis("bottom")
        for item, line, place in ((self.left, 1, 0), (self.box, 1, 1), (self.bottom, 2, 1)):
            self.addItem(item, line, place)
        self.ci.setContentsMargins(0, look.metrics.scale_px(TOP), look.metrics.scale_px(RIGHT), 0)
        self.ci.setSpacing(0)

    @property
    def plot(self) -> Plot | None:
        """Description of what is shown, None for nothing."""
        return self._plot

    def set_description(self, plot: Plot) -> None:
        """Names, ticks and ends of the axes of this description, and its words to whoever asks for them."""
        self._plot = plot
        self.setAccessibleName(plot.title)
        self.setAccessibleDescription(plot.alt_text)
        for axis, item in ((plot.x, self.bottom), (plot.y, self.left)):
            if item.labelText != axis.name:
                item.setLabel(axis.name, color=self._look.tokens.text2, **{"font-size": f"{self._look.metrics.scale_px(CAPTION)}px"})
        letters, px = QFontMetrics(self._letters), self._look.metrics.scale_px
        line = letters.height() + px(AIR)
        self.left.setWidth(self._get_widest_tick(plot.y) + px(TICK + AIR) + (line if plot.y.name else 0))
        self.bottom.setHeight(px(TICK) + line + (line if plot.x.name else 0))
        end = letters.horizontalAdvance(plot.x.ticks[-1][1]) // 2 if plot.x.ticks else 0
        self.ci.setContentsMargins(0, px(TOP), max(px(RIGHT), end), 0)  # the last word under the axis is centred on its end
        self.box.setXRange(*_get_axis_range(plot.x), padding=0.03)
        self.box.setYRange(*_get_axis_range(plot.y), padding=0.04)
        self.left.setTicks([list(plot.y.ticks)])
        self._fit_ticks(plot)
        self.described.emit()

    def _fit_ticks(self, plot: Plot) -> None:
        """Words under the axis that would run into the one before them are left out."""
        letters, (low, high) = QFontMetrics(self._letters), _get_axis_range(plot.x)
        wide = self.width() - self.left.maximumWidth() - 2 * self._look.metrics.scale_px(RIGHT)
        kept, free = list[tuple[float, str]](), float("-inf")
        for at, said in plot.x.ticks:
            middle, half = (at - low) / (high - low) * wide, letters.horizontalAdvance(said) / 2
            if middle - half > free:
                kept.append((at, said))
                free = middle + half
        self.bottom.setTicks([kept])

    def _get_widest_tick(self, axis: PlotAxis) -> int:
        letters = QFontMetrics(self._letters)
        return max((letters.horizontalAdvance(said) for _, said in axis.ticks), default=0)

    def _make_axis(self, side: str) -> pg.AxisItem:
        """In the colours and letters of the window; a name ends with no factor of a thousand, because ticks are finished words."""
        made = pg.AxisItem(side)
        made.enableAutoSIPrefix(False)
        made.setTickFont(self._letters)
        made.setPen(pg.mkPen(self._look.tokens.border))
        made.setTextPen(pg.mkPen(self._look.tokens.text2))
        made.setStyle(tickLength=-4, hideOverlappingLabels=self._look.metrics.scale_px(BEYOND))
        made.linkToView(self.box)
        return made


def _get_axis_range(axis: PlotAxis) -> tuple[float, float]:
    return (axis.lo, axis.hi) if axis.hi > axis.lo else (axis.lo, axis.lo + 1.0)
