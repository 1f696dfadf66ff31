"""Drawing labels and answers into a picture that is reviewed: boxes, points and a mask, each with its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

if TYPE_CHECKING:
    from fieldcheck.workflows.label.label_review import ReviewOverlay

LABEL, ANSWER, CASING = "#ffffff", "#f2e68c", "#000000"  # over pictures: the same in every theme
TINT = 0.45  # of a mask over the picture
RING = 6  # radius of a point, in line widths


def has_marks(marks: ReviewOverlay) -> bool:
    """Whether there is anything to draw."""
    return bool(marks.boxes or marks.predicted_boxes or marks.points) or marks.mask is not None


def draw_marks(image: QImage, marks: ReviewOverlay) -> QImage:
    """The picture with all of them, each line with a dark casing so that it shows on any ground."""
    drawn = image.convertToFormat(QImage.Format.Format_RGB32)
    thick = max(2.0, drawn.width() / 400)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setPixelSize(max(12, drawn.width() // 50))
    painter.setFont(font)
    if marks.mask is not None:
        painter.setOpacity(TINT)
        painter.drawImage(drawn.rect(), _make_tint(marks.mask.tobytes(), *reversed(marks.mask.shape)))
        painter.setOpacity(1)
    for boxes, colour, style in ((marks.boxes, LABEL, Qt.PenStyle.SolidLine), (marks.predicted_boxes, ANSWER, Qt.PenStyle.DashLine)):
        for box in boxes:
            place = QRectF(box.x, box.y, box.w, box.h)
            for pen in (QPen(QColor(CASING), thick * 2), QPen(QColor(colour), thick, style)):
                painter.setPen(pen)
                painter.drawRect(place)
            _draw_name(painter, place, box.class_name, colour, above=style == Qt.PenStyle.SolidLine)
    for point in marks.points:
        ring = QRectF(point.x - RING * thick, point.y - RING * thick, 2 * RING * thick, 2 * RING * thick)
        for pen in (QPen(QColor(CASING), thick * 2), QPen(QColor(LABEL), thick)):
            painter.setPen(pen)
            painter.drawEllipse(ring)
        _draw_name(painter, ring, point.class_name, LABEL, above=True)
    painter.end()
    return drawn


def _make_tint(alpha: bytes, width: int, height: int) -> QImage:
    """The colour of an answer, where `alpha` is 255."""
    tint = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    tint.fill(QColor(ANSWER))
    painter = QPainter(tint)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, QImage(alpha, width, height, width, QImage.Format.Format_Alpha8))
    painter.end()
    return tint


def _draw_name(painter: QPainter, place: QRectF, name: str, colour: str, above: bool) -> None:
    at = place.topLeft() + QPointF(2, -4) if above else place.bottomLeft() + QPointF(2, painter.fontMetrics().height())
    for colour_, shift in ((CASING, QPointF(1, 1)), (colour, QPointF(0, 0))):
        painter.setPen(QColor(colour_))
        painter.drawText(at + shift, name)
