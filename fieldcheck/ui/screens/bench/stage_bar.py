"""Where the time of a frame goes: one bar, a part for each stage, as wide as its share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_plain_tip
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr

TALL, STAGE_GAP, PAD = 28, 2, 6


class StageBar(QWidget):
    """Parts of a mean frame; the largest in the accent, and a name in each that has room for it."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.parts: tuple[tuple[str, float], ...] = ()
        self.setAccessibleName(tr("Latency breakdown"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[tuple[str, float]]) -> None:
        """Name and mean milliseconds of each stage, in their order."""
        self.parts = tuple(parts)
        said = format_stages(self.parts)
        self.setAccessibleDescription(said)
        self.setToolTip(make_plain_tip(said))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(400), self._look.metrics.scale_px(TALL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(160), self._look.metrics.scale_px(TALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, whole = QPainter(self), self._look.tokens, sum(ms for _, ms in self.parts)
        if not whole:
            painter.fillRect(self.rect(), QColor(tokens.window))
        widest, before = max((ms for _, ms in self.parts), default=0.0), 0.0
        for name, ms in self.parts if whole else ():
            left, right = (round(self.width() * one / whole) for one in (before, before + ms))
            before += ms
            box = QRect(left, 0, max(1, right - left - self._look.metrics.scale_px(STAGE_GAP)), self.height())
            large = ms == widest
            painter.fillRect(box, QColor(tokens.accent if large else tokens.hairline))
            said = f"{name} {format_number(ms, 1)} ms"
            if QFontMetrics(self.font()).horizontalAdvance(said) + 2 * self._look.metrics.scale_px(PAD) <= box.width():
                painter.setPen(QColor(tokens.on_accent if large else tokens.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)
        painter.end()


def format_stages(parts: Sequence[tuple[str, float]]) -> str:
    """Stages in a line: `decode 4.0 · … = 31.0 ms`."""
    if not parts:
        return ""
    said = " · ".join(f"{name} {format_number(ms, 1)}" for name, ms in parts)
    return tr("{stages} = {whole} ms per frame").format(stages=said, whole=format_number(sum(ms for _, ms in parts), 1))
