"""Check boxes, radio buttons and ticks of lists, painted in the theme's colours by a proxy style.
Fusion paints everything else natively, without calling into Python."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleOption, QWidget

from fieldcheck.ui.qt_types import get_application
from fieldcheck.ui.theme import Metrics, Theme, Tokens

Marked = TypeVar("Marked", bound=QWidget)
Element, Metric, State = QStyle.PrimitiveElement, QStyle.PixelMetric, QStyle.StateFlag
MARKS = (Element.PE_IndicatorCheckBox, Element.PE_IndicatorRadioButton)
SIZES = (
    Metric.PM_IndicatorWidth,
    Metric.PM_IndicatorHeight,
    Metric.PM_ExclusiveIndicatorWidth,
    Metric.PM_ExclusiveIndicatorHeight,
)
MARK = 18


def apply_mark_style(theme: Theme, widget: Marked) -> Marked:
    """The widget, whose marks are painted in the colours and the size of `theme` from now on."""
    widget.setStyle(_make_style(theme.tokens, theme.metrics))
    return widget


@cache
def _make_style(tokens: Tokens, metrics: Metrics) -> MarkStyle:
    style = MarkStyle(tokens, metrics)
    style.setParent(get_application())
    return style


class MarkStyle(QProxyStyle):
    """Draws the marks from the tokens; everything else is Fusion's."""

    def __init__(self, tokens: Tokens, metrics: Metrics) -> None:
        super().__init__("Fusion")
        self._tokens, self._mark = tokens, metrics.scale_px(MARK)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        return self._mark if metric in SIZES else super().pixelMetric(metric, option, widget)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element not in MARKS:
            super().drawPrimitive(element, option, painter, widget)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_mark(element, option, painter)
        painter.restore()

    def _draw_mark(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter
    ) -> None:
        is_on, live = bool(option.state & State.State_On), bool(option.state & State.State_Enabled)
        edge = (
            self._tokens.disabled
            if not live
            else self._tokens.accent
            if is_on
            else self._tokens.border
        )
        box = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(edge), 2))
        if element == Element.PE_IndicatorRadioButton:
            painter.setBrush(QColor(self._tokens.panel))
            painter.drawEllipse(box)
            if is_on:
                painter.setBrush(QColor(edge))
                painter.drawEllipse(box.adjusted(4, 4, -4, -4))
            return
        painter.setBrush(QColor(edge if is_on else self._tokens.panel))
        painter.drawRoundedRect(box, 2, 2)
        if is_on:
            self._draw_tick(painter, box)

    def _draw_tick(self, painter: QPainter, box: QRectF) -> None:
        pen = QPen(QColor(self._tokens.on_accent), 2.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        left, top, side = box.x(), box.y(), box.width()
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(left + side * x, top + side * y)
                    for x, y in ((0.22, 0.52), (0.43, 0.73), (0.78, 0.28))
                ]
            )
        )
