"""Boxes drawn on a copy of a picture: the label's with whole lines, the model's with dashed ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from fieldcheck.domain.box import Box

LABEL, ANSWER, CASING = "#ffffff", "#f2e68c", "#000000"  # over pictures: the same in every theme


def with_boxes(image: QImage, label: Sequence[Box], answer: Sequence[Box]) -> QImage:
    """The picture with both, each line with a dark casing so that it shows on any ground."""
    drawn = image.convertToFormat(QImage.Format.Format_RGB32)
    thick = max(2.0, drawn.width() / 400)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setPixelSize(max(12, drawn.width() // 50))
    painter.setFont(font)
    for boxes, colour, style in ((label, LABEL, Qt.PenStyle.SolidLine), (answer, ANSWER, Qt.PenStyle.DashLine)):
        for box in boxes:
            place = QRectF(box.x, box.y, box.w, box.h)
            for pen in (QPen(QColor(CASING), thick * 2), QPen(QColor(colour), thick, style)):
                painter.setPen(pen)
                painter.drawRect(place)
            _name(painter, place, box.class_name, colour, above=style == Qt.PenStyle.SolidLine)
    painter.end()
    return drawn


def _name(painter: QPainter, place: QRectF, name: str, colour: str, above: bool) -> None:
    at = place.topLeft() + QPointF(2, -4) if above else place.bottomLeft() + QPointF(2, painter.fontMetrics().height())
    for colour_, shift in ((CASING, QPointF(1, 1)), (colour, QPointF(0, 0))):
        painter.setPen(QColor(colour_))
        painter.drawText(at + shift, name)
