"""Rows of a panel that can be pressed: words from the left edge, an icon or a bar of colour before
them, a key chip, and no outline."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from fieldcheck.ui.theme import CAPTION, LARGE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KeyButton

PAD = 8  # pixels at 100 % between the edge of a row and what is in it; also the panel's overhang
ROW = 36
ICON, ICON_GAP = 18, 12
CHIP, CHIP_PAD, CHIP_RADIUS = 20, 5, 4
RADIUS = 6
HATCH, HATCH_STEP = 1.3, 6  # pixels: a line of the hatching, and from one to the next
RING = 2


def get_chip_width(theme: Theme, widget: QWidget, key: str) -> int:
    """Pixels of a key chip; 0 without a key."""
    if not key:
        return 0
    letters = QFontMetrics(theme.make_font(widget.font(), CAPTION)).horizontalAdvance(key)
    px = theme.metrics.scale_px
    return max(px(CHIP), letters + 2 * px(CHIP_PAD))


def paint_chip(painter: QPainter, theme: Theme, widget: QWidget, left: int, key: str) -> None:
    """A key chip in the middle of the height of `widget`, with its left edge at `left`."""
    tokens, height = theme.tokens, theme.metrics.scale_px(CHIP)
    box = QRectF(
        left + 0.5,
        (widget.height() - height) // 2 + 0.5,
        get_chip_width(theme, widget, key) - 1,
        height - 1,
    )
    painter.setFont(theme.make_font(widget.font(), CAPTION))
    painter.setPen(QPen(QColor(tokens.edge), 1))
    painter.setBrush(QColor(tokens.panel))
    painter.drawRoundedRect(box, CHIP_RADIUS, CHIP_RADIUS)
    painter.setPen(QColor(tokens.text2 if widget.isEnabled() else tokens.disabled))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)


def paint_bar(painter: QPainter, box: QRect, colour: str, hatch: str, edge: str = "") -> None:
    """A bar of colour with round ends. `hatch`: the colour of its hatching, empty for none; `edge`:
    that of a line round it."""
    radius = box.width() / 2
    painter.setPen(QPen(QColor(edge), 1) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(box, radius, radius)
    if hatch:
        painter.save()
        painter.setClipRect(box.adjusted(0, 1, 0, -1))
        painter.setPen(QPen(QColor(hatch), HATCH))
        for top in range(box.top(), box.bottom() + box.width(), HATCH_STEP):
            painter.drawLine(box.left() - 1, top + 1, box.right() + 2, top - box.width() - 2)
        painter.restore()


def paint_row_ground(painter: QPainter, theme: Theme, row: QPushButton, filled: bool) -> None:
    """The ground of a row: its tone by what is done with it, an edge where the look asks for one,
    and the focus ring."""
    tokens, box = theme.tokens, QRectF(row.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    if row.isDown():
        ground = tokens.pressed
    elif row.isChecked():
        ground = tokens.selection
    elif filled:
        ground = tokens.pressed
    else:
        ground = tokens.hover if row.underMouse() and row.isEnabled() else ""
    edged = theme.metrics.gloves or tokens.name.startswith("hc")
    painter.setPen(QPen(QColor(tokens.border), 1) if edged else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    if row.hasFocus():
        painter.setPen(QPen(QColor(tokens.focus), RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(row.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


class RowButton(KeyButton):
    """An action of a panel as one row: an icon, the words, and its key chip at the right while keys
    are looked for. `strong` rows are filled, with their key always shown; `key_first`: the key
    stands before the words, always."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        key: str = "",
        icon: str = "",
        strong: bool = False,
        key_first: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self.strong, self._key_first, self._has_icon = strong, key_first, True
        super().__init__(theme, text, key, icon, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics, hint = self._theme.metrics, super().sizeHint()
        row = metrics.class_row if metrics.gloves else metrics.scale_px(ROW)
        lines = self._get_text_height() + metrics.scale_px(4)
        return QSize(hint.width(), max(row, lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px = QPainter(self), self._theme.metrics.scale_px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, self._theme, self, self.strong)
        left, colour = px(PAD), self._get_text_colour()
        if self.property("tone") == "accent" and self.isEnabled():
            colour = self._theme.tokens.accent
        if self._icon and self._icon_width():
            size = px(ICON)
            box = QRect(left, (self.height() - size) // 2, size, size)
            tone = self._theme.tokens.text2 if self.isEnabled() else colour
            paint_icon(painter, self._icon, box, tone)
            left += size + px(ICON_GAP)
        if self._key_first:
            paint_chip(painter, self._theme, self, left, self._key)
            left += self._icon_width()
        font = self._make_text_font()
        painter.setFont(font)
        painter.setPen(QColor(colour))
        high = QFontMetrics(font).height()
        top = (self.height() - self._get_text_height()) // 2
        for index, line in enumerate(self._break_text()):
            rect = QRect(left, top + index * high, self.width() - left, high)
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, line)
        if self._get_shown_cap_width() and (self._loud or self.strong):
            right = self.width() - px(PAD) - get_chip_width(self._theme, self, self._key)
            paint_chip(painter, self._theme, self, right, self._key)
        painter.end()

    def _icon_width(self) -> int:
        """Large text has no room for an icon beside it."""
        px, shown = self._theme.metrics.scale_px, self._theme.metrics.percent < LARGE
        if self._key_first:
            return get_chip_width(self._theme, self, self._key) + px(PAD)
        return px(ICON) + px(ICON_GAP) if self._icon and shown and self._has_icon else 0

    def set_icon_visible(self, shown: bool) -> None:
        """Rows beside each other have no room for their icons."""
        if shown != self._has_icon:
            self._has_icon = shown
            self.updateGeometry()
            self.update()

    def _get_cap_width(self) -> int:
        return 0 if self._key_first else super()._get_cap_width()

    def _make_text_font(self) -> QFont:
        font = super()._make_text_font()
        strong = self.strong or self.isChecked()
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Medium)
        return font
