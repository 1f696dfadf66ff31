"""The frame that is labelled: painted once, with its boxes, the loupe and the flash of the last label over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QCursor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.look.theme import Look
from fieldcheck.ui.look.tokens import OVER_PICTURES

FLASH_MS = 120
LOUPE, LOUPE_SIDE = 3.0, 190
CLICK_SLACK = 4  # a drag that is shorter counts as a click
HANDLE = 9
STRIP = 24


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box as it is drawn: pixels of the frame, colour number of its class, what its tag says."""

    x: float
    y: float
    w: float
    h: float
    colour: int
    tag: str


class Canvas(QWidget):
    """Keeps the keys. `corner_set` carries a corner in pixels of the frame; a drag sends two.

    `painted` comes after each paint event with the number of the frame that was painted.
    """

    corner_set = Signal(float, float)
    painted = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._image, self._number, self._title = QImage(), -1, ""
        self._boxes: Sequence[Drawn] = ()
        self._selected = -1
        self._corner: QPointF | None = None
        self._drawing = self._loupe = False
        self._pressed: QPointF | None = None
        self._flash = ("", 0)
        self._flash_timer = QTimer(self, interval=FLASH_MS, singleShot=True)
        self._flash_timer.timeout.connect(self._end_flash)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 180))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_frame(self, number: int, image: QImage | None, title: str, described: str) -> None:
        """The frame `number`; None while its picture is still being read. `described` is what a screen reader says of it."""
        self._number, self._image, self._title = number, image or QImage(), title
        self._corner = self._pressed = None
        self.setAccessibleName(title)
        self.setAccessibleDescription(described)
        self.update()

    def show_boxes(self, boxes: Sequence[Drawn], selected: int, corner: tuple[float, float] | None) -> None:
        """The boxes over the frame; `corner` is the first one of a box that was begun."""
        self._boxes, self._selected = boxes, selected
        self._corner = QPointF(*corner) if corner else None
        self.update()

    @property
    def shows_picture(self) -> bool:
        """Whether the frame's picture is there, not only its title."""
        return not self._image.isNull()

    def set_drawing(self, on: bool) -> None:
        """Whether clicks set corners."""
        self._drawing = on
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def flash(self, text: str, colour: int) -> None:
        """The label that was just given, shown for a moment over the next frame."""
        self._flash = (text, colour)
        self._flash_timer.start()
        self.update()

    def show_loupe(self, on: bool) -> None:
        """The loupe at the pointer, or at the centre where the mouse is elsewhere."""
        self._loupe = on
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the frame lies on the widget."""
        room = QRectF(self.rect()).adjusted(0, self._strip(), 0, 0)
        if self._image.isNull():
            return room
        scale = min(room.width() / self._image.width(), room.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF(room.x() + (room.width() - width) / 2, room.y() + (room.height() - height) / 2, width, height)

    def to_frame(self, point: QPointF) -> QPointF:
        """A place on the widget in pixels of the frame."""
        rect, scale = self.picture_rect(), self._scale()
        return QPointF((point.x() - rect.x()) / scale, (point.y() - rect.y()) / scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._drawing and event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._pressed = event.position()
            self._send(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and (event.position() - pressed).manhattanLength() >= CLICK_SLACK:
            self._send(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._loupe or self._corner is not None:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.picture_rect(), self._image)
            self._paint_boxes(painter)
            self._paint_begun(painter)
        self._paint_strip(painter)
        if self._flash_timer.isActive():
            self._paint_flash(painter)
        if self._loupe and not self._image.isNull():
            self._paint_loupe(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._look.tokens.focus), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()
        self.painted.emit(self._number)

    def _send(self, place: QPointF) -> None:
        point = self.to_frame(place)
        self.corner_set.emit(point.x(), point.y())

    def _scale(self) -> float:
        return self.picture_rect().width() / max(1, self._image.width())

    def _strip(self) -> int:
        return self._look.metrics.px(STRIP)

    def _on_widget(self, box: Drawn) -> QRectF:
        rect, scale = self.picture_rect(), self._scale()
        return QRectF(rect.x() + box.x * scale, rect.y() + box.y * scale, box.w * scale, box.h * scale)

    def _paint_strip(self, painter: QPainter) -> None:
        box = QRect(0, 0, self.width(), self._strip())
        painter.fillRect(box, QColor("#16191C"))
        painter.setPen(QColor("#FFFFFF"))
        font = self.font()
        font.setPixelSize(self._look.metrics.px(13))
        painter.setFont(font)
        painter.drawText(box.adjusted(8, 0, -8, 0), Qt.AlignmentFlag.AlignVCenter, self._title)

    def _paint_boxes(self, painter: QPainter) -> None:
        for at, box in enumerate(self._boxes):
            rect, colour = self._on_widget(box), QColor(OVER_PICTURES[box.colour % len(OVER_PICTURES)])
            thick = 3 if at == self._selected else 2
            # A black and a white casing: seen on any picture.
            for width, shade in ((thick + 4, QColor("#000000")), (thick + 2, QColor("#FFFFFF")), (thick, colour)):
                pen = QPen(shade, width)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect)
            if at == self._selected:
                self._paint_handles(painter, rect)
            self._paint_tag(painter, rect, box.tag, colour)

    def _paint_handles(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(QPen(QColor("#000000"), 1))
        painter.setBrush(QColor("#FFFFFF"))
        for x in (rect.left(), rect.center().x(), rect.right()):
            for y in (rect.top(), rect.center().y(), rect.bottom()):
                if (x, y) != (rect.center().x(), rect.center().y()):
                    painter.drawRect(QRectF(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE))

    def _paint_tag(self, painter: QPainter, rect: QRectF, tag: str, colour: QColor) -> None:
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(tag) + 28, metrics.height() + 6
        above = rect.top() - height - 4
        top = above if above >= self._strip() else rect.bottom() + 4
        left = min(max(0.0, rect.left()), self.width() - width)
        box = QRectF(left, top, width, height)
        painter.setPen(QPen(QColor("#FFFFFF"), 1))
        painter.setBrush(QColor("#16191C"))
        painter.drawRect(box)
        painter.fillRect(QRectF(left + 5, top + (height - 11) / 2, 11, 11), colour)
        painter.drawText(box.adjusted(21, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, tag)

    def _paint_begun(self, painter: QPainter) -> None:
        """The box between the first corner and the pointer."""
        if self._corner is None:
            return
        rect, scale = self.picture_rect(), self._scale()
        first = QPointF(rect.x() + self._corner.x() * scale, rect.y() + self._corner.y() * scale)
        second = QPointF(self.mapFromGlobal(QCursor.pos()))
        for width, shade in ((3, "#000000"), (1, "#FFFFFF")):
            painter.setPen(QPen(QColor(shade), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(first, second).normalized())

    def _paint_flash(self, painter: QPainter) -> None:
        said, colour = self._flash
        font = self.font()
        font.setPixelSize(self._look.metrics.px(20))
        font.setBold(True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(said) + 48
        box = QRectF((self.width() - width) / 2, self.height() - 64, width, 40)
        painter.fillRect(box, QColor("#16191C"))
        painter.fillRect(QRectF(box.x(), box.y(), 12, box.height()), QColor(OVER_PICTURES[colour % len(OVER_PICTURES)]))
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(box.adjusted(24, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, said)

    def _paint_loupe(self, painter: QPainter) -> None:
        place = QPointF(self.mapFromGlobal(QCursor.pos()))
        if not self.picture_rect().contains(place):
            place = self.picture_rect().center()
        middle, side = self.to_frame(place), self._look.metrics.px(LOUPE_SIDE)
        span = side / LOUPE
        source = QRectF(middle.x() - span / 2, middle.y() - span / 2, span, span)
        left = place.x() + 24 if place.x() + 24 + side < self.width() else place.x() - 24 - side
        top = min(max(self._strip(), place.y() - side / 2), self.height() - side - 2)
        box = QRectF(left, top, side, side)
        painter.fillRect(box, QColor(self._look.tokens.canvas))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(box, self._image, source)
        painter.setPen(QPen(QColor("#FFFFFF"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)

    def _end_flash(self) -> None:
        self.update()
