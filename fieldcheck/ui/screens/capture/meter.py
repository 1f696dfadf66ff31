"""A bar that says how bad something is: a name, a word, a fill, and a tick from which on it is much."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION

METER_BAR_HEIGHT, TICK = 6, 12


class QualityMeter(QWidget):
    """`share` and `limit` run from 0, nothing of it, to 1. Above the limit the bar is amber and ▲ stands before the word."""

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._name = look, name
        self._said, self._share, self._limit = "", 0.0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_value("", 0.0, 1.0)

    def show_value(self, said: str, share: float, limit: float) -> None:
        """`said`: the figure with its word."""
        if (said, share, limit) == (self._said, self._share, self._limit):
            return
        self._said, self._share, self._limit = said, min(1.0, max(0.0, share)), limit
        self.setAccessibleName(f"{self._name}: {self.value_text}" if said else self._name)
        self.update()

    @property
    def is_above_limit(self) -> bool:
        """Whether it is above its limit."""
        return self._share > self._limit

    @property
    def value_text(self) -> str:
        """Mark and word."""
        return f"▲ {self._said}" if self.is_above_limit else self._said

    def sizeHint(self) -> QSize:
        return QSize(
            self._look.metrics.scale_px(160), QFontMetrics(self._make_font(False)).height() + self._look.metrics.scale_px(TICK + 4)
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(100), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._look.tokens, self._look.metrics.scale_px
        painter = QPainter(self)
        line = QRect(0, 0, self.width(), QFontMetrics(self._make_font(False)).height())
        painter.setFont(self._make_font(True))
        painter.setPen(QColor(tokens.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, self._name)
        left = QFontMetrics(self._make_font(True)).horizontalAdvance(self._name) + px(8)
        painter.setFont(self._make_font(False))
        painter.setPen(QColor(tokens.warn_text if self.is_above_limit else tokens.text2))
        fitting = QFontMetrics(self._make_font(False)).elidedText(self.value_text, Qt.TextElideMode.ElideRight, self.width() - left)
        painter.drawText(line.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignRight, fitting)
        top = line.bottom() + px(5)
        bar = QRect(0, top, self.width(), px(METER_BAR_HEIGHT))
        painter.fillRect(bar, QColor(tokens.sunken if tokens.sunken != tokens.window else tokens.disabled))
        painter.fillRect(
            QRect(0, top, round(self.width() * self._share), px(METER_BAR_HEIGHT)),
            QColor(tokens.warn if self.is_above_limit else tokens.text2),
        )
        tick = round(self.width() * self._limit)
        painter.fillRect(QRect(tick - 1, top - (px(TICK) - px(METER_BAR_HEIGHT)) // 2, 2, px(TICK)), QColor(tokens.text))
        painter.end()

    def _make_font(self, bold: bool) -> QFont:
        return self._look.make_font(self.font(), CAPTION, bold)
