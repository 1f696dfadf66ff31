"""Overlay over the frame that is labelled: boxes with tags and handles, points, a box that was begun. And what lies under a click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import OVER_PICTURES
from fieldcheck.ui.widgets.tag_place import find_tag_rect

HANDLE, HANDLE_HIT, HANDLE_HIT_GLOVES = 9, 24, 44
INK, PAPER = "#16191C", "#FFFFFF"
CORNERS = tuple((across, down) for down in (-1, 0, 1) for across in (-1, 0, 1) if (across, down) != (0, 0))


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box as it is drawn: pixels of the frame, colour number of its class, what its tag says. A point has no width and no height."""

    x: float
    y: float
    w: float
    h: float
    colour: int
    tag: str


@dataclass(frozen=True, slots=True)
class CanvasPlacement:
    """Where the frame lies on the widget: `rect`, and how many pixels of the widget one of the frame takes."""

    rect: QRectF
    scale: float
    top: float  # below the strip that names the frame

    def map_box(self, box: DrawnBox) -> QRectF:
        """A box on the widget."""
        return QRectF(
            self.rect.x() + box.x * self.scale, self.rect.y() + box.y * self.scale, box.w * self.scale, box.h * self.scale
        )  # fmt: skip

    def map_point(self, x: float, y: float) -> QPointF:
        """A place of the frame on the widget."""
        return QPointF(self.rect.x() + x * self.scale, self.rect.y() + y * self.scale)


class Overlay:
    """The boxes and the painter's part of them."""

    def __init__(self, look: Theme) -> None:
        self._look = look
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
        """`begun`: the first corner of a box that is being drawn; `points`: extreme points that were set."""
        self.boxes, self.selected, self.begun, self.points = boxes, selected, begun, points

    def handle_at(self, place: CanvasPlacement, point: QPointF) -> tuple[int, int] | None:
        """The handle of the selected box under a point, as its steps across and down; the nearest where several are in reach."""
        if not 0 <= self.selected < len(self.boxes):
            return None
        rect = place.map_box(self.boxes[self.selected])
        reach = self._look.metrics.scale_px(HANDLE_HIT_GLOVES if self._look.metrics.gloves else HANDLE_HIT) / 2
        near = [((point - at).manhattanLength(), where) for where, at in _list_handles(rect) if _is_within(point, at, reach)]
        return min(near)[1] if near else None

    def tag_at(self, point: QPointF) -> int:
        """The box whose tag lies under a point, −1 for none."""
        return next((at for rect, at in reversed(self._tags) if rect.contains(point)), -1)

    def paint_overlay(self, painter: QPainter, place: CanvasPlacement, pointer: QPointF, width: int) -> None:
        """Everything, on a widget that is `width` wide."""
        self._tags = []
        for at, box in enumerate(self.boxes):
            if box.w or box.h:
                self._paint_box(painter, place, at, box)
            else:
                self._paint_cross(painter, place.map_point(box.x, box.y), QColor(OVER_PICTURES[box.colour % len(OVER_PICTURES)]))
            self._paint_tag(painter, place, at, box, width)
        for x, y in self.points:
            self._paint_cross(painter, place.map_point(x, y), QColor(PAPER))
        if self.begun is not None:
            self._paint_begun(painter, QRectF(place.map_point(*self.begun), pointer).normalized())

    def _paint_box(self, painter: QPainter, place: CanvasPlacement, at: int, box: DrawnBox) -> None:
        rect, colour = place.map_box(box), QColor(OVER_PICTURES[box.colour % len(OVER_PICTURES)])
        thick = 3 if at == self.selected else 2
        # A black and a white casing: seen on any picture.
        for width, shade in ((thick + 4, QColor("#000000")), (thick + 2, QColor(PAPER)), (thick, colour)):
            pen = QPen(shade, width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect)
        if at == self.selected:
            painter.setPen(QPen(QColor("#000000"), 1))
            painter.setBrush(QColor(PAPER))
            side = HANDLE * (2 if self._look.metrics.gloves else 1)
            for _, middle in _list_handles(rect):
                painter.drawRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side))

    def _paint_tag(self, painter: QPainter, place: CanvasPlacement, at: int, box: DrawnBox, widget_width: int) -> None:
        rect, metrics = place.map_box(box), painter.fontMetrics()
        width, height = metrics.horizontalAdvance(box.tag) + 28, metrics.height() + 6
        room = QRectF(0, place.top, widget_width, place.rect.bottom() - place.top)
        tag = find_tag_rect(rect, QSizeF(width, height), [other for other, _ in self._tags], room)
        painter.setPen(QPen(QColor(PAPER), 1))
        painter.setBrush(QColor(INK))
        painter.drawRect(tag)
        painter.fillRect(QRectF(tag.x() + 5, tag.y() + (height - 11) / 2, 11, 11), QColor(OVER_PICTURES[box.colour % len(OVER_PICTURES)]))
        painter.drawText(tag.adjusted(21, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, box.tag)
        self._tags.append((tag, at))

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


def _list_handles(rect: QRectF) -> list[tuple[tuple[int, int], QPointF]]:
    xs, ys = (rect.left(), rect.center().x(), rect.right()), (rect.top(), rect.center().y(), rect.bottom())
    return [((across, down), QPointF(xs[across + 1], ys[down + 1])) for across, down in CORNERS]


def _is_within(point: QPointF, at: QPointF, reach: float) -> bool:
    return abs(point.x() - at.x()) <= reach and abs(point.y() - at.y()) <= reach
