"""A small frame round a word: a class with its key and colour, or something that is so."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.ui.widgets.plain import make_plain_tip

HEIGHT, PAD, GAP, SWATCH = 26, 8, 6, 10


class Chip(QWidget):
    """Shows `mark` (a key, a tick) in bold before `name`; `colour` draws a square before both. It is no button."""

    def __init__(self, look: Theme, name: str, mark: str = "", colour: str = "", on: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._name, self._mark, self._colour, self._on = look, name, mark, colour, on
        self.setAccessibleName(f"{mark} {name}".strip())
        self.setToolTip(make_plain_tip(name))

    def sizeHint(self) -> QSize:
        px = self._look.metrics.scale_px
        swatch = px(SWATCH) + px(GAP) if self._colour else 0
        mark = QFontMetrics(self._make_font(True)).horizontalAdvance(self._mark) + px(GAP) if self._mark else 0
        name = QFontMetrics(self._make_font(False)).horizontalAdvance(self._name)
        return QSize(2 * px(PAD) + swatch + mark + name + 2, px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._look.metrics.scale_px(160)), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        px, tokens = self._look.metrics.scale_px, self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent if self._on else tokens.hairline), 2 if self._on else 1))
        painter.setBrush(QColor(tokens.selection if self._on else tokens.panel))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        left = px(PAD)
        if self._colour:
            painter.fillRect(QRect(left, (self.height() - px(SWATCH)) // 2, px(SWATCH), px(SWATCH)), QColor(self._colour))
            left += px(SWATCH) + px(GAP)
        painter.setPen(QColor(tokens.on_selection if self._on else tokens.text))
        if self._mark:
            left += self._draw_text(painter, left, self._mark, bold=True) + px(GAP)
        self._draw_text(painter, left, self._name, bold=False)
        painter.end()

    def _draw_text(self, painter: QPainter, left: int, said: str, bold: bool) -> int:
        font = self._make_font(bold)
        painter.setFont(font)
        room = max(0, self.width() - left - self._look.metrics.scale_px(PAD) + 2)
        fitting = QFontMetrics(font).elidedText(said, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(left, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, fitting)
        return QFontMetrics(font).horizontalAdvance(fitting)

    def _make_font(self, bold: bool) -> QFont:
        return self._look.make_font(self.font(), CAPTION, bold)
