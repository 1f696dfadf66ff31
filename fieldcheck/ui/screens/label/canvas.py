"""The frame that is labelled: painted once, with its boxes, the loupe and the flash of the last label over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QCursor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fieldcheck.ui.narrowing import require_value
from fieldcheck.ui.screens.label.overlay import CanvasPlacement, DrawnBox, Overlay
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import OVER_PICTURES
from fieldcheck.ui.widgets.plain import make_plain_tip
from fieldcheck.words.direction import isolate_rtl_names

__all__ = ["DrawnBox", "LabelCanvas"]

FLASH_MS = 120
LOUPE, LOUPE_SIDE = 3.0, 190
CLICK_SLACK = 4  # a drag that is shorter counts as a click
STRIP = 24
SMALL = 24  # a box that is smaller on the screen opens the loupe by itself
LIFTED = np.round(255 * (np.arange(256) / 255) ** 0.45).astype(np.uint8)
PAN = 12  # pixels of the frame that an arrow moves the loupe by


class LabelCanvas(QWidget):
    """Keeps the keys. `corner_set` carries a corner in pixels of the frame and whether Shift was held; a drag sends two.

    `handle_pulled` carries the steps across and down of a handle, its place, and whether the drag is over; `box_chosen` the place of a
    box whose tag was clicked. `painted` comes after each paint event with the number of the frame that was painted.
    """

    corner_set = Signal(float, float, bool)
    handle_pulled = Signal(int, int, float, float, bool)
    box_chosen = Signal(int)
    painted = Signal(int)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._image, self._number, self._title = QImage(), -1, ""
        self.overlay = Overlay(look)
        self._drawing = self._loupe = self._lifted = False
        self._shown_image = QImage()  # the frame as it is painted: with lifted shadows, where they are
        self._pan = QPointF()
        self._pressed: QPointF | None = None
        self._handle: tuple[int, int] | None = None
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
        self._pressed = self._handle = None
        self.overlay.set_boxes((), -1, None, ())
        self._update_shown_image()
        self.setAccessibleName(title)
        self.setAccessibleDescription(described)
        self.update()

    def show_boxes(
        self,
        boxes: Sequence[DrawnBox],
        selected: int,
        corner: tuple[float, float] | None,
        points: Sequence[tuple[float, float]] = (),
    ) -> None:
        """The boxes over the frame; `corner` is the first one of a box that was begun, `points` extreme points that were set."""
        self.overlay.set_boxes(boxes, selected, corner, points)
        self.update()

    def set_shadows_lifted(self, on: bool) -> None:
        """Dark parts lighter, on the screen only: the frame itself stays as it was taken."""
        self._lifted = on
        self._update_shown_image()
        self.update()

    @property
    def shadows_lifted(self) -> bool:
        """Whether shadows are lifted."""
        return self._lifted

    @property
    def loupe_open(self) -> bool:
        """Whether the loupe is held."""
        return self._loupe

    def pan_loupe(self, dx: int, dy: int) -> None:
        """Moves the loupe without the mouse."""
        self._pan += QPointF(dx * PAN, dy * PAN)
        self.update()

    def get_luma(self) -> NDArray[np.uint8]:
        """(H, W) uint8 of the frame as it was taken; empty without one."""
        if self._image.isNull():
            return np.empty((0, 0), np.uint8)
        grey = self._image.convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
        return rows[:, : grey.width()].copy()

    @property
    def has_image(self) -> bool:
        """Whether the frame's picture is there, not only its title."""
        return not self._image.isNull()

    def set_drawing(self, on: bool) -> None:
        """Whether clicks set corners."""
        self._drawing = on
        self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def show_flash(self, text: str, colour: int) -> None:
        """The label that was just given, shown for a moment over the next frame."""
        self._flash = (text, colour)
        self._flash_timer.start()
        self.update()

    def show_loupe(self, on: bool) -> None:
        """The loupe at the pointer, or at the centre where the mouse is elsewhere; arrows move it."""
        self._loupe, self._pan = on, QPointF()
        self.update()

    def get_image_rect(self) -> QRectF:
        """Where the frame lies on the widget."""
        room = QRectF(self.rect()).adjusted(0, self._get_strip_height(), 0, 0)
        if self._image.isNull():
            return room
        scale = min(room.width() / self._image.width(), room.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF(room.x() + (room.width() - width) / 2, room.y() + (room.height() - height) / 2, width, height)

    def to_frame(self, point: QPointF) -> QPointF:
        """A place on the widget in pixels of the frame."""
        rect, scale = self.get_image_rect(), self._get_scale()
        return QPointF((point.x() - rect.x()) / scale, (point.y() - rect.y()) / scale)

    def event(self, event: QEvent) -> bool:
        """The whole title is the tooltip of its strip; over the picture none stands in the way."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), make_plain_tip(self._title) if event.pos().y() < self._get_strip_height() else "", self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if not self._drawing or event.button() != Qt.MouseButton.LeftButton or self._image.isNull():
            return
        tag = self.overlay.tag_at(event.position())
        self._handle = self.overlay.handle_at(self._get_placement(), event.position()) if self.overlay.begun is None else None
        if self._handle is None and tag >= 0 and self.overlay.begun is None:
            self.box_chosen.emit(tag)
        elif self._handle is None:
            self._pressed = event.position()
            self._emit_corner(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._handle is not None:
            self._emit_handle_drag(event, done=True)
            self._handle = None
            return
        pressed, self._pressed = self._pressed, None
        if pressed is not None and (event.position() - pressed).manhattanLength() >= CLICK_SLACK:
            self._emit_corner(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._handle is not None:
            self._emit_handle_drag(event, done=False)
        elif self._loupe or self.overlay.begun is not None:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.get_image_rect(), self._shown_image)
            self.overlay.paint_overlay(painter, self._get_placement(), self._get_pointer(), self.width())
        self._paint_strip(painter)
        if self._flash_timer.isActive():
            self._paint_flash(painter)
        if not self._image.isNull() and (self._loupe or self._is_drawing_small()):
            self._paint_loupe(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._look.tokens.focus), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()
        self.painted.emit(self._number)

    def _emit_corner(self, event: QMouseEvent) -> None:
        point = self.to_frame(event.position())
        self.corner_set.emit(point.x(), point.y(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _emit_handle_drag(self, event: QMouseEvent, done: bool) -> None:
        point = self.to_frame(event.position())
        self.handle_pulled.emit(*require_value(self._handle), point.x(), point.y(), done)

    def _get_placement(self) -> CanvasPlacement:
        return CanvasPlacement(self.get_image_rect(), self._get_scale(), self._get_strip_height())

    def _get_pointer(self) -> QPointF:
        return QPointF(self.mapFromGlobal(QCursor.pos()))

    def _is_drawing_small(self) -> bool:
        """Whether a box is being drawn that is too small on the screen to be drawn well."""
        if self.overlay.begun is None or not self.get_image_rect().contains(self._get_pointer()):
            return False
        away = self._get_pointer() - self._get_placement().map_point(*self.overlay.begun)
        return max(abs(away.x()), abs(away.y())) < SMALL

    def _update_shown_image(self) -> None:
        self._shown_image = self._image
        if self._lifted and not self._image.isNull():
            image = self._image.convertToFormat(QImage.Format.Format_RGB32)
            lit = LIFTED[np.frombuffer(image.constBits(), np.uint8)]
            self._shown_image = QImage(lit.data, image.width(), image.height(), image.bytesPerLine(), QImage.Format.Format_RGB32).copy()

    def _get_scale(self) -> float:
        return self.get_image_rect().width() / max(1, self._image.width())

    def _get_strip_height(self) -> int:
        return self._look.metrics.scale_px(STRIP)

    def _paint_strip(self, painter: QPainter) -> None:
        box = QRect(0, 0, self.width(), self._get_strip_height())
        painter.fillRect(box, QColor("#16191C"))
        painter.setPen(QColor("#FFFFFF"))
        font = self.font()
        font.setPixelSize(self._look.metrics.scale_px(13))
        painter.setFont(font)
        inside = box.adjusted(8, 0, -8, 0)
        shown = painter.fontMetrics().elidedText(isolate_rtl_names(self._title), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_flash(self, painter: QPainter) -> None:
        said, colour = self._flash
        font = self.font()
        font.setPixelSize(self._look.metrics.scale_px(20))
        font.setBold(True)
        painter.setFont(font)
        said = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideMiddle, self.width() - 64)
        width = painter.fontMetrics().horizontalAdvance(said) + 48
        box = QRectF((self.width() - width) / 2, self.height() - 64, width, 40)
        painter.fillRect(box, QColor("#16191C"))
        painter.fillRect(QRectF(box.x(), box.y(), 12, box.height()), QColor(OVER_PICTURES[colour % len(OVER_PICTURES)]))
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(box.adjusted(24, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, said)

    def _paint_loupe(self, painter: QPainter) -> None:
        place = self._get_pointer()
        if not self.get_image_rect().contains(place):
            place = self.get_image_rect().center()
        place += self._pan * self._get_scale()
        middle, side = self.to_frame(place), self._look.metrics.scale_px(LOUPE_SIDE)
        span = side / LOUPE
        source = QRectF(middle.x() - span / 2, middle.y() - span / 2, span, span)
        left = place.x() + 24 if place.x() + 24 + side < self.width() else place.x() - 24 - side
        top = min(max(self._get_strip_height(), place.y() - side / 2), self.height() - side - 2)
        box = QRectF(left, top, side, side)
        painter.fillRect(box, QColor(self._look.tokens.canvas))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(box, self._shown_image, source)
        painter.setPen(QPen(QColor("#FFFFFF"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)

    def _end_flash(self) -> None:
        self.update()
