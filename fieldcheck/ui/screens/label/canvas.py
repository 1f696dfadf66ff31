"""The canvas of the frame being labelled: frame, boxes and points, loupe, and how the frame was
viewed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.domain.label import LabelEvent
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.colours_and_high_contrast import OVER_PICTURES
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import CAPTION, Theme
from fieldcheck.ui.widgets.images_and_zoom import find_tag_rect

# How one frame is looked at: since when, with how many keys and clicks, through the loupe or with
# lifted shadows.

MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
)


class FrameViewTracker(QObject):
    """Tracks keys, clicks and loupe on the canvas; restarts with every frame. `shown_at` is None
    until the frame was painted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown_at: float | None = None
        self._shown = ""
        self._keys = self._clicks = 0
        self._loupe_s, self._loupe_at = 0.0, 0.0
        self._lifted = False

    def start_frame(self) -> None:
        """Restart for another frame."""
        self.shown_at, self._shown = None, ""
        self._keys = self._clicks = 0
        self._loupe_s, self._lifted = 0.0, False

    def mark_shown(self) -> None:
        """Note that the frame is visible."""
        self.shown_at, self._shown = time.monotonic(), get_timestamp()

    @property
    def seconds(self) -> float | None:
        """Seconds since the frame became visible; None before."""
        return time.monotonic() - self.shown_at if self.shown_at is not None else None

    def count_click(self) -> None:
        """A button of the panel was clicked."""
        self._clicks += 1

    def record_loupe(self, enabled: bool) -> None:
        """The loupe was opened, or closed."""
        if enabled:
            self._loupe_at = time.monotonic()
        elif self._loupe_at:
            self._loupe_s += time.monotonic() - self._loupe_at
            self._loupe_at = 0.0

    def record_shadow_lift(self) -> None:
        """Shadows were lifted on this frame."""
        self._lifted = True

    def build_event(
        self, frame_id: str, action: str, now: str, blind: bool, annotator: str
    ) -> LabelEvent:
        """The act as it is logged."""
        return LabelEvent(
            frame_id,
            action,
            self._shown or now,
            now,
            self.seconds,
            self._keys,
            self._clicks,
            round(1000 * self._loupe_s),
            self._lifted,
            blind,
            annotator,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count events without consuming any. Every key press comes as ShortcutOverride first,
        whether an action handles it or not."""
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._keys += not event.isAutoRepeat() and event.key() not in MODIFIERS
        elif kind == QEvent.Type.MouseButtonPress:
            self._clicks += 1
        return False


# Overlay over the frame that is labelled: boxes with tags and handles, points, a box that was
# begun. And what lies under a click.

HANDLE, HANDLE_HIT, HANDLE_HIT_GLOVES = 9, 24, 44
INK, PAPER = "#101214", "#FFFFFF"
CORNERS = tuple(
    (across, down) for down in (-1, 0, 1) for across in (-1, 0, 1) if (across, down) != (0, 0)
)


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box as it is drawn: pixels of the frame, colour number of its class, what its tag says. A
    point has no width and no height."""

    x: float
    y: float
    w: float
    h: float
    colour: int
    tag: str


@dataclass(frozen=True, slots=True)
class CanvasPlacement:
    """Where the frame lies on the widget: `rect`, and how many pixels of the widget one of the
    frame takes."""

    rect: QRectF
    scale: float

    def map_box(self, box: DrawnBox) -> QRectF:
        """A box on the widget."""
        return QRectF(
            self.rect.x() + box.x * self.scale,
            self.rect.y() + box.y * self.scale,
            box.w * self.scale,
            box.h * self.scale,
        )

    def map_point(self, x: float, y: float) -> QPointF:
        """A place of the frame on the widget."""
        return QPointF(self.rect.x() + x * self.scale, self.rect.y() + y * self.scale)


class Overlay:
    """The boxes and the painter's part of them."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.boxes: Sequence[DrawnBox] = ()
        self.selected = -1
        self.begun: tuple[float, float] | None = None
        self.points: Sequence[tuple[float, float]] = ()
        self._tags: list[tuple[QRectF, int]] = []

    def set_boxes(
        self,
        boxes: Sequence[DrawnBox],
        selected: int,
        begun: tuple[float, float] | None,
        points: Sequence[tuple[float, float]],
    ) -> None:
        """`begun`: the first corner of a box that is being drawn; `points`: extreme points that
        were set."""
        self.boxes, self.selected, self.begun, self.points = boxes, selected, begun, points

    def handle_at(
        self, canvas_placement: CanvasPlacement, point: QPointF
    ) -> tuple[int, int] | None:
        """The handle of the selected box under a point, as its steps across and down; the nearest
        where several are in reach."""
        if not 0 <= self.selected < len(self.boxes):
            return None
        rect = canvas_placement.map_box(self.boxes[self.selected])
        reach = (
            self._theme.metrics.scale_px(
                HANDLE_HIT_GLOVES if self._theme.metrics.gloves else HANDLE_HIT
            )
            / 2
        )
        near = [
            ((point - position).manhattanLength(), where)
            for where, position in _list_handles(rect)
            if _is_within(point, position, reach)
        ]
        return min(near)[1] if near else None

    def tag_at(self, point: QPointF) -> int:
        """The box whose tag lies under a point, −1 for none."""
        return next((index for rect, index in reversed(self._tags) if rect.contains(point)), -1)

    def paint_overlay(
        self, painter: QPainter, canvas_placement: CanvasPlacement, pointer: QPointF, space: QRectF
    ) -> None:
        """Everything; tags stay within `space`."""
        self._tags = []
        for index, box in enumerate(self.boxes):
            if box.w or box.h:
                self._paint_box(painter, canvas_placement, index, box)
            else:
                self._paint_cross(
                    painter,
                    canvas_placement.map_point(box.x, box.y),
                    get_class_colour(self._theme, box.colour),
                )
            self._paint_tag(painter, canvas_placement, index, box, space)
        for x, y in self.points:
            self._paint_cross(painter, canvas_placement.map_point(x, y), QColor(PAPER))
        if self.begun is not None:
            self._paint_begun(
                painter, QRectF(canvas_placement.map_point(*self.begun), pointer).normalized()
            )

    def _paint_box(
        self, painter: QPainter, canvas_placement: CanvasPlacement, index: int, box: DrawnBox
    ) -> None:
        rect, colour = (canvas_placement.map_box(box), get_class_colour(self._theme, box.colour))
        thick = 3 if index == self.selected else 2
        # A black and a white casing: seen on any picture.
        for width, shade in (
            (thick + 4, QColor("#000000")),
            (thick + 2, QColor(PAPER)),
            (thick, colour),
        ):
            pen = QPen(shade, width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect)
        if index == self.selected:
            painter.setPen(QPen(QColor("#000000"), 1))
            painter.setBrush(QColor(PAPER))
            side = HANDLE * (2 if self._theme.metrics.gloves else 1)
            for _, middle in _list_handles(rect):
                painter.drawRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side))

    def _paint_tag(
        self,
        painter: QPainter,
        canvas_placement: CanvasPlacement,
        index: int,
        box: DrawnBox,
        space: QRectF,
    ) -> None:
        rect = canvas_placement.map_box(box)
        painter.setFont(_make_tag_font(self._theme, painter.font()))
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(box.tag) + 32, metrics.height() + 7
        tag = find_tag_rect(rect, QSizeF(width, height), [other for other, _ in self._tags], space)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(INK))
        painter.drawRoundedRect(tag, 4, 4)
        painter.setPen(QColor(PAPER))  # the ground is dark, as some colours are
        painter.setBrush(get_class_colour(self._theme, box.colour))
        painter.drawRoundedRect(QRectF(tag.x() + 6, tag.y() + (height - 11) / 2, 11, 11), 2, 2)
        painter.setPen(QColor(PAPER))
        painter.drawText(tag.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, box.tag)
        self._tags.append((tag, index))

    def _paint_cross(self, painter: QPainter, middle: QPointF, colour: QColor) -> None:
        for width, shade in ((7, QColor("#000000")), (5, QColor(PAPER)), (3, colour)):
            painter.setPen(QPen(shade, width))
            painter.drawLine(middle + QPointF(-8, 0), middle + QPointF(8, 0))
            painter.drawLine(middle + QPointF(0, -8), middle + QPointF(0, 8))

    def _paint_begun(self, painter: QPainter, rect: QRectF) -> None:
        for width, shade in ((3, "#000000"), (1, PAPER)):
            painter.setPen(QPen(QColor(shade), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect)


def get_class_colour(theme: Theme, number: int) -> QColor:
    """Colour of a class by its place in the model from 0: the same in the frame, the panel and the
    list of boxes."""
    return QColor(theme.tokens.classes[number % len(theme.tokens.classes)])


def _list_handles(rect: QRectF) -> list[tuple[tuple[int, int], QPointF]]:
    xs, ys = (
        (rect.left(), rect.center().x(), rect.right()),
        (rect.top(), rect.center().y(), rect.bottom()),
    )
    return [((across, down), QPointF(xs[across + 1], ys[down + 1])) for across, down in CORNERS]


def _make_tag_font(theme: Theme, font: QFont) -> QFont:
    tag_font = theme.make_font(font, CAPTION)
    tag_font.setWeight(QFont.Weight.DemiBold)
    return tag_font


def _is_within(point: QPointF, position: QPointF, reach: float) -> bool:
    return abs(point.x() - position.x()) <= reach and abs(point.y() - position.y()) <= reach


FLASH_MS = 120
LOUPE, LOUPE_SIDE = 3.0, 190
CLICK_SLACK = 4  # a drag that is shorter counts as a click
LARGEST, STEP = 8.0, 1.25  # how often the whole frame the wheel magnifies it, and by how much each
NOTCH = 120  # a notch of the wheel, as Qt counts it
SMALL = 24  # a box that is smaller on the screen opens the loupe by itself
LIFTED = np.round(255 * (np.arange(256) / 255) ** 0.45).astype(np.uint8)
BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
PAN = 12  # pixels of the frame that an arrow moves the loupe by


class LabelCanvas(QWidget):
    """Keeps the keys. `corner_set` carries a corner in pixels of the frame and whether Shift was
    held; a drag sends two.

    `handle_pulled` carries the steps across and down of a handle, its place, and whether the drag
    is over; `box_chosen` the place of a box whose tag was clicked. `painted` comes after each paint
    event with the number of the frame that was painted. The wheel magnifies, the middle button
    moves what is magnified, and both stay from frame to frame until `show_whole` or a double click.
    """

    corner_set = Signal(float, float, bool)
    handle_pulled = Signal(int, int, float, float, bool)
    box_chosen = Signal(int)
    painted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image, self._number, self._title = QImage(), -1, ""
        self.overlay = Overlay(theme)
        self._drawing = self._loupe = self._lifted = False
        # the frame as it is painted: with lifted shadows, where they are
        self._shown_image = QImage()
        self._pan = QPointF()
        self._zoom, self._middle, self._dragged = 1.0, QPointF(0.5, 0.5), QPointF()
        self._ring = False
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
        """The frame `number`; None while its picture is still being read. `described` is what a
        screen reader says of it."""
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
        """The boxes over the frame; `corner` is the first one of a box that was begun, `points`
        extreme points that were set."""
        self.overlay.set_boxes(boxes, selected, corner, points)
        self.update()

    def set_shadows_lifted(self, enabled: bool) -> None:
        """Dark parts lighter, on the screen only: the frame itself stays as it was taken."""
        self._lifted = enabled
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

    def set_drawing(self, enabled: bool) -> None:
        """Whether clicks set corners."""
        self._drawing = enabled
        self.setCursor(Qt.CursorShape.CrossCursor if enabled else Qt.CursorShape.ArrowCursor)

    def show_flash(self, text: str, colour: int) -> None:
        """The label that was just given, shown for a moment over the next frame."""
        self._flash = (text, colour)
        self._flash_timer.start()
        self.update()

    def show_loupe(self, enabled: bool) -> None:
        """The loupe at the pointer, or at the centre where the mouse is elsewhere; arrows move
        it."""
        self._loupe, self._pan = enabled, QPointF()
        self.update()

    def get_image_rect(self) -> QRectF:
        """Where the frame lies on the widget."""
        rect = QRectF(self.rect())
        if self._image.isNull():
            return rect
        scale = self._zoom * min(
            rect.width() / self._image.width(), rect.height() / self._image.height()
        )
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF(
            _place_along(rect.width(), width, self._middle.x()),
            _place_along(rect.height(), height, self._middle.y()),
            width,
            height,
        )

    @property
    def magnified(self) -> bool:
        """Whether the wheel shows a part of the frame larger."""
        return self._zoom > 1

    def show_whole(self) -> None:
        """The whole frame again."""
        self._zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self.update()

    def to_frame(self, point: QPointF) -> QPointF:
        """A place on the widget in pixels of the frame."""
        rect, scale = self.get_image_rect(), self._get_scale()
        return QPointF((point.x() - rect.x()) / scale, (point.y() - rect.y()) / scale)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Magnifies what lies under the pointer, which stays there."""
        if self._image.isNull():
            return
        factor = STEP ** (event.angleDelta().y() / NOTCH)
        self._zoom_at(event.position(), min(LARGEST, max(1.0, self._zoom * factor)))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.magnified and not self._drawing:
            self.show_whole()
        else:
            super().mouseDoubleClickEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is for those who come here by keys: the picture has the keys anyway."""
        self._ring = event.reason() in BY_KEYS
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._dragged = event.position()
        if not self._drawing or event.button() != Qt.MouseButton.LeftButton or self._image.isNull():
            return
        tag = self.overlay.tag_at(event.position())
        self._handle = (
            self.overlay.handle_at(self._get_placement(), event.position())
            if self.overlay.begun is None
            else None
        )
        if self._handle is None and tag >= 0 and self.overlay.begun is None:
            self.box_chosen.emit(tag)
        elif self._handle is None:
            self._pressed = event.position()
            self._emit_corner(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._handle is not None:
            self._emit_handle_drag(event, is_released=True)
            self._handle = None
            return
        pressed, self._pressed = self._pressed, None
        if pressed is not None and (event.position() - pressed).manhattanLength() >= CLICK_SLACK:
            self._emit_corner(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.MiddleButton:
            self._move_frame(event.position() - self._dragged)
            self._dragged = event.position()
        elif self._handle is not None:
            self._emit_handle_drag(event, is_released=False)
        elif self._loupe or self.overlay.begun is not None:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.get_image_rect(), self._shown_image)
            seen = self.get_image_rect().intersected(QRectF(self.rect()))
            space = QRectF(0, 0, self.width(), seen.bottom())
            self.overlay.paint_overlay(painter, self._get_placement(), self._get_pointer(), space)
        if self.magnified:
            self._paint_zoom(painter)
        if self._flash_timer.isActive():
            self._paint_flash(painter)
        if not self._image.isNull() and (self._loupe or self._is_drawing_small()):
            self._paint_loupe(painter)
        if self.hasFocus() and self._ring:
            painter.setPen(QPen(QColor(OVER_PICTURES[0]), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()
        self.painted.emit(self._number)

    def _emit_corner(self, event: QMouseEvent) -> None:
        point = self.to_frame(event.position())
        self.corner_set.emit(
            point.x(), point.y(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        )

    def _emit_handle_drag(self, event: QMouseEvent, is_released: bool) -> None:
        point = self.to_frame(event.position())
        self.handle_pulled.emit(*require_value(self._handle), point.x(), point.y(), is_released)

    def _get_placement(self) -> CanvasPlacement:
        return CanvasPlacement(self.get_image_rect(), self._get_scale())

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
            self._shown_image = QImage(
                lit.data,
                image.width(),
                image.height(),
                image.bytesPerLine(),
                QImage.Format.Format_RGB32,
            ).copy()

    def _get_scale(self) -> float:
        return self.get_image_rect().width() / max(1, self._image.width())

    def _zoom_at(self, point: QPointF, zoom: float) -> None:
        """Another magnification, with the place of the frame under `point` where it was."""
        fixed, rect = self.to_frame(point), self.get_image_rect()
        grown = zoom / self._zoom
        self._zoom = zoom
        left = point.x() - fixed.x() * rect.width() * grown / self._image.width()
        top = point.y() - fixed.y() * rect.height() * grown / self._image.height()
        self._middle = QPointF(
            _find_share(self.width(), rect.width() * grown, left),
            _find_share(self.height(), rect.height() * grown, top),
        )
        self.update()

    def _move_frame(self, offset: QPointF) -> None:
        rect = self.get_image_rect()
        self._middle = QPointF(
            _find_share(self.width(), rect.width(), rect.x() + offset.x()),
            _find_share(self.height(), rect.height(), rect.y() + offset.y()),
        )
        self.update()

    def _paint_zoom(self, painter: QPainter) -> None:
        """How much is magnified, in a corner: what lies outside is not seen."""
        px = self._theme.metrics.scale_px
        text = tr("{n} times · Esc: whole frame", n=format_number(self._zoom, 1))
        painter.setFont(_make_tag_font(self._theme, self.font()))
        wide = painter.fontMetrics().horizontalAdvance(text) + px(20)
        box = QRectF(px(16), px(12), wide, px(24))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(INK))
        painter.drawRoundedRect(box, px(12), px(12))
        painter.setPen(QColor(PAPER))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_flash(self, painter: QPainter) -> None:
        text, colour = self._flash
        font = self.font()
        font.setPixelSize(self._theme.metrics.scale_px(20))
        font.setBold(True)
        painter.setFont(font)
        text = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideMiddle, self.width() - 64
        )
        width = painter.fontMetrics().horizontalAdvance(text) + 48
        box = QRectF((self.width() - width) / 2, self.height() - 64, width, 40)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(INK))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(PAPER))
        painter.setBrush(get_class_colour(self._theme, colour))
        painter.drawRoundedRect(QRectF(box.x() + 8, box.y() + 8, 6, box.height() - 16), 3, 3)
        painter.setPen(QColor(PAPER))
        painter.drawText(box.adjusted(24, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_loupe(self, painter: QPainter) -> None:
        position = self._get_pointer()
        if not self.get_image_rect().contains(position):
            position = self.get_image_rect().center()
        position += self._pan * self._get_scale()
        middle, side = self.to_frame(position), self._theme.metrics.scale_px(LOUPE_SIDE)
        span = side / LOUPE
        source = QRectF(middle.x() - span / 2, middle.y() - span / 2, span, span)
        left = (
            position.x() + 24
            if position.x() + 24 + side < self.width()
            else position.x() - 24 - side
        )
        top = min(max(0.0, position.y() - side / 2), self.height() - side - 2)
        box = QRectF(left, top, side, side)
        painter.fillRect(box, QColor(self._theme.tokens.canvas))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(box, self._shown_image, source)
        painter.setPen(QPen(QColor("#FFFFFF"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)

    def _end_flash(self) -> None:
        self.update()


def _place_along(available: float, size: float, share: float) -> float:
    """Where something begins that is `size` long: in the middle where it has room, else with the
    place at `share` of it in the middle, as far as no room is left empty."""
    if size <= available:
        return (available - size) / 2
    return min(0.0, max(available - size, available / 2 - share * size))


def _find_share(available: float, size: float, begin: float) -> float:
    """The share of something that lies in the middle of the room, where it begins at `begin`."""
    begin = min(0.0, max(available - size, begin))
    return (available / 2 - begin) / size if size > available else 0.5
