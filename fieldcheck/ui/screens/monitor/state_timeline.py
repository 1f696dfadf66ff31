"""State timeline: a block for each shift, grey while all is well, amber to look at, red to act on; a click chooses one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.words.language import tr

TALL = 34
WIDEST = 46  # pixels of a block


class StateTimeline(QWidget):
    """`chosen` carries the place of the shift that was clicked."""

    chosen = Signal(int)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.states: tuple[str, ...] = ()
        self.at = 0
        self.setAccessibleName(tr("Shift status"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_states(self, states: Sequence[str], at: int, said: str) -> None:
        """State of each shift by its code (`camera` for a fault of the camera), which one is looked at, and all that in words."""
        self.states, self.at = tuple(states), at
        self.setAccessibleDescription(said)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(300), self._look.metrics.scale_px(TALL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(120), self._look.metrics.scale_px(TALL))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = next((at for at in range(len(self.states)) if self.get_block_rect(at).contains(event.position().toPoint())), None)
        if at is not None:
            self.chosen.emit(at)

    def get_block_rect(self, at: int) -> QRect:
        """Where the block of a shift is painted."""
        width = min(self._look.metrics.scale_px(WIDEST), self.width() / max(1, len(self.states)))
        left = round(at * width)
        return QRect(left, 2, max(1, round((at + 1) * width) - left - (1 if width > 4 else 0)), self.height() - 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._look.tokens
        colours = {
            "healthy": (tokens.hairline, ""),
            "learning": (tokens.window, "…"),
            "watch": (tokens.border, ""),
            "diagnose": (tokens.warn, "?"),
            "alarm": (tokens.warn, "▲"),
            "camera": (tokens.alarm, "⬣"),
        }
        for at, state in enumerate(self.states):
            colour, mark = colours[state]
            box = self.get_block_rect(at)
            painter.fillRect(box, QColor(colour))
            if mark and box.width() >= painter.fontMetrics().horizontalAdvance(mark):
                painter.setPen(QColor(tokens.on_alarm if state == "camera" else tokens.on_warn if state != "learning" else tokens.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)
        if self.states:
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.drawRect(self.get_block_rect(self.at).adjusted(0, -1, 0, 1))
        painter.end()
