"""How a small picture with its words is painted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.ui.widgets.ring import paint_ring
from fieldcheck.ui.widgets.tile_model import Index, Role, Tile

BETWEEN, ARROW = " · ", " → "
LEGIBLE = 3  # a name in this part of the room still shows both its ends
BESIDE = 8  # pixels on both sides of a picture


class TileDelegate(QStyledItemDelegate):
    """Draws a tile: the picture, under it its words on one line or on two."""

    def __init__(self, look: Theme, picture: QSize, stacked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._picture, self._stacked = look, picture, stacked

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.get_tile_size()

    def get_tile_size(self, width: int = 0) -> QSize:
        """Of every tile: the least one, or one that is `width` pixels wide, whose picture keeps its shape."""
        picture = max(self._picture.width(), width - BESIDE)
        height = self._picture.height() * picture // self._picture.width()
        return QSize(picture + BESIDE, height + self._get_text_height())

    def _get_text_height(self) -> int:
        """Of everything but the picture."""
        font = QFont()
        font.setPixelSize(self._look.metrics.scale_px(CAPTION))
        return 12 + QFontMetrics(font).height() * (2 if self._stacked else 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._look.tokens
        tile: Tile = index.data(Role.UserRole)
        box = option.rect.adjusted(1, 1, -1, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(box, QColor(tokens.selection if chosen else tokens.raised))
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.hairline), 3 if chosen else 1))
        painter.drawRect(box)
        room = QRect(box.left() + 3, box.top() + 3, box.width() - 5, option.rect.height() - self._get_text_height())
        image = index.data(Role.DecorationRole)
        painter.fillRect(room, QColor(tokens.canvas if image is not None else tokens.sunken))  # until it comes its place is held
        self._paint_picture(painter, room, image)
        if tile.excluded:
            self._paint_cross(painter, room)
        self._paint_corner(painter, room, tile.badge, right=True)
        self._paint_corner(painter, room, tile.sign, right=False)
        words = QRect(room.left() + 3, room.bottom() + 2, room.width() - 6, box.bottom() - room.bottom() - 3)
        self._paint_words(painter, words, tile, tokens.on_selection if chosen else tokens.text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_ring(painter, room.adjusted(-3, -3, 3, 3), tokens.focus, tokens.panel)  # round the picture: none of its words is covered
        painter.restore()

    def _paint_picture(self, painter: QPainter, room: QRect, image: QImage | None) -> None:
        if image is None or image.isNull():
            return
        size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(
            room.left() + (room.width() - size.width()) // 2, room.top() + (room.height() - size.height()) // 2, size.width(), size.height()
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)

    def _paint_cross(self, painter: QPainter, room: QRect) -> None:
        """Taken out: the picture fades and a cross lies over it."""
        veil = QColor(self._look.tokens.panel)
        veil.setAlpha(150)
        painter.fillRect(room, veil)
        side = room.height() // 2
        cross = QRect(room.center().x() - side // 2, room.center().y() - side // 2, side, side)
        for width, shade in ((6, "#000000"), (3, "#FFFFFF")):
            painter.setPen(QPen(QColor(shade), width))
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())

    def _paint_corner(self, painter: QPainter, room: QRect, said: str, right: bool) -> None:
        if not said:
            return
        font = QFont(painter.font())
        font.setPixelSize(self._look.metrics.scale_px(CAPTION))
        font.setBold(True)
        painter.setFont(font)
        width, height = QFontMetrics(font).horizontalAdvance(said) + 8, QFontMetrics(font).height() + 2
        box = QRect(room.right() - width + 1 if right else room.left(), room.top(), width, height)
        painter.fillRect(box, QColor("#16191C"))
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)

    def _paint_words(self, painter: QPainter, room: QRect, tile: Tile, colour: str) -> None:
        painter.setPen(QColor(colour))
        bold, plain = QFont(painter.font()), QFont(painter.font())
        for font, heavy in ((bold, True), (plain, False)):
            font.setPixelSize(self._look.metrics.scale_px(CAPTION))
            font.setBold(heavy)
        left, right = (
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        )
        half = room.height() // 2
        upper = QRect(room.left(), room.top(), room.width(), half) if self._stacked else room
        lower = QRect(room.left(), room.top() + half, room.width(), half) if self._stacked else room
        if tile.mark:
            painter.setFont(bold)
            painter.drawText(upper, right, tile.mark)
            width = QFontMetrics(bold).horizontalAdvance(tile.mark) + 6
            upper = upper.adjusted(0, 0, -width, 0)
            lower = lower if self._stacked else upper
        painter.setFont(bold)
        painter.drawText(upper, left, elide_caption(tile.first, QFontMetrics(bold), room.width()))
        painter.setFont(plain)
        painter.drawText(lower, left if self._stacked else right, elide_caption(tile.second, QFontMetrics(plain), room.width()))


def elide_caption(said: str, metrics: QFontMetrics, width: int) -> str:
    """Elided caption: as many whole parts as have room, `confidence 0.99` of `confidence 0.99 · dark`; of one that is too long both
    ends, of a label and an answer the arrow between them."""
    parts = said.split(BETWEEN)
    while len(parts) > 1 and metrics.horizontalAdvance(BETWEEN.join(parts)) > width:
        parts.pop()
    shown = BETWEEN.join(parts)
    before, arrow, after = shown.partition(ARROW)
    if metrics.horizontalAdvance(shown) <= width:
        return shown
    if not arrow:
        return metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, width)
    room, widths = width - metrics.horizontalAdvance(ARROW), [metrics.horizontalAdvance(one) for one in (before, after)]
    left = room - min(widths) - 1  # for the longer one; the shorter stays whole as long as the other is legible
    limits = [left if one == max(widths) else one + 1 for one in widths] if left >= room // LEGIBLE else [room // 2] * 2
    return ARROW.join(
        metrics.elidedText(one, Qt.TextElideMode.ElideMiddle, most) for one, most in zip((before, after), limits, strict=True)
    )
