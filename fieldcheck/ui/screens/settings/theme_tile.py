"""A theme as a small picture of a window, drawn from the theme's own tokens."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import Tokens
from fieldcheck.words.figures import percent

PICTURE, NAME_LINES, LEAST_WIDTH = 72, 3, 96
SAMPLE_SCORE = 0.971


class ThemeTile(QAbstractButton):
    """One theme to choose, with its name below. Two themes stand side by side in one picture: whichever the system asks for."""

    def __init__(self, look: Look, name: str, themes: tuple[Tokens, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._name, self._themes = look, name, themes
        self.setCheckable(True)
        self.setText(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        px = self._look.metrics.px
        return QSize(px(160), px(PICTURE) + px(8) + NAME_LINES * QFontMetrics(self.font()).lineSpacing() + px(4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(LEAST_WIDTH), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, tokens = self._look.metrics.px, self._look.tokens
        picture = QRect(3, 3, self.width() - 6, px(PICTURE) - 6)
        for at, theme in enumerate(self._themes):
            left = picture.left() + at * picture.width() // len(self._themes)
            right = picture.left() + (at + 1) * picture.width() // len(self._themes)
            painter.setClipRect(QRect(left, picture.top(), right - left, picture.height()))
            self._paint_window(painter, picture, theme)
        painter.setClipping(False)
        edge = 3 if self.isChecked() else 1
        painter.setPen(QPen(QColor(tokens.accent if self.isChecked() else tokens.border), edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(picture.adjusted(0, 0, -1, -1))
        name = QRect(0, px(PICTURE) + px(4), self.width(), self.height() - px(PICTURE) - px(4))
        font = self.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        said = f"● {self._name}" if self.isChecked() else self._name
        painter.drawText(name.adjusted(px(4), 0, -px(4), 0), Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, said)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _paint_window(self, painter: QPainter, picture: QRect, theme: Tokens) -> None:
        """Rail, panel, text, a button and a warning, as they look in `theme`."""
        px = self._look.metrics.px
        painter.fillRect(picture, QColor(theme.window))
        painter.fillRect(QRect(picture.left(), picture.top(), px(16), picture.height()), QColor(theme.sunken))
        panel = picture.adjusted(px(24), px(8), -px(8), -px(8))
        painter.fillRect(panel, QColor(theme.panel))
        painter.setPen(QColor(theme.border))
        painter.drawRect(panel.adjusted(0, 0, -1, -1))
        font = self.font()
        font.setPixelSize(px(13))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        figures = QRect(panel.left() + px(6), panel.top() + px(4), panel.width() - px(8), px(18))
        painter.drawText(figures, Qt.AlignmentFlag.AlignVCenter, percent(SAMPLE_SCORE, 1))
        foot = panel.bottom() - px(20)
        painter.fillRect(QRect(panel.left() + px(6), foot, px(36), px(14)), QColor(theme.accent))
        warn = QRect(panel.left() + px(46), foot, px(16), px(14))
        painter.fillRect(warn, QColor(theme.warn))
        font.setPixelSize(px(10))
        painter.setFont(font)
        painter.setPen(QColor(theme.on_warn))
        painter.drawText(warn, Qt.AlignmentFlag.AlignCenter, "▲")
