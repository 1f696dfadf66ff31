"""Chips that can be pressed: one of several, or a filter that a press takes away."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme import BODY, Theme
from fieldcheck.ui.widgets.buttons import BareButton

HEIGHT, PAD, CROSS, CROSS_GAP = 28, 10, 8, 8  # pixels


class ChipButton(BareButton):
    """`text` in a round frame, soft where it is chosen. `removable`: a cross behind the text. Its
    words never end in an ellipsis."""

    def __init__(
        self, theme: Theme, text: str, removable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._said, self._removable = theme, text, removable
        self.setProperty("role", "chip")
        self.setCheckable(not removable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self.setAccessibleName(text)

    def get_label(self) -> str:
        """The text on the chip."""
        return f"{self._said} ✕" if self._removable else self._said

    def set_label(self, text: str) -> None:
        """Another text."""
        if text != self._said:
            self._said = text
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.metrics.scale_px
        width = QFontMetrics(self._make_font(True)).horizontalAdvance(self._said) + 2 * px(PAD)
        width += px(CROSS + CROSS_GAP) if self._removable else 0
        height = px(HEIGHT)
        if self._theme.metrics.gloves:
            height = max(height, self._theme.metrics.target)
        return QSize(width, height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, px = QPainter(self), self._theme.tokens, self._theme.metrics.scale_px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink = self._get_colours()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edged = tokens.name.startswith("hc") or self._theme.metrics.gloves
        pen = QPen(QColor(tokens.edge), 1) if edged else Qt.PenStyle.NoPen
        painter.setPen(pen)
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(self._make_font(self.isChecked()))
        painter.setPen(QColor(ink))
        painter.drawText(box.adjusted(px(PAD), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._said)
        if self._removable:
            painter.setPen(QPen(QColor(ink), 1.6))
            side = px(CROSS)
            cross = QRectF(box.right() - px(PAD) - side, box.center().y() - side / 2, side, side)
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        painter.end()

    def _get_colours(self) -> tuple[str, str]:
        tokens = self._theme.tokens
        if not self.isEnabled():
            return "", tokens.disabled
        if self.isChecked():
            strong = tokens.name.startswith("hc")
            return tokens.selection, tokens.on_selection if strong else tokens.accent
        if self._removable:
            return tokens.pressed, tokens.text
        return tokens.hover if self.underMouse() else "", tokens.text

    def _make_font(self, bold: bool) -> QFont:
        font = self._theme.make_font(self.font(), BODY)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Medium)
        return font
