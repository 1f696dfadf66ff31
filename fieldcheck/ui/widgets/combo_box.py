"""The combo box, and the marks of check boxes and radio buttons. Apart from other buttons: the
window's first picture needs none of the classes that Qt makes Python's for them."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QProxyStyle,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from fieldcheck.ui.colours_and_high_contrast import Tokens
from fieldcheck.ui.qt_types import get_application
from fieldcheck.ui.theme import Metrics, Theme, paint_icon

# Check boxes, radio buttons and ticks of lists, painted in the theme's colours by a proxy style.
# Fusion paints everything else natively, without calling into Python.

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


# A drop-down list with its mark. A style sheet takes away the arrow that the style would draw, and
# gives none of its own.

ARROW, COMBO_PAD = 20, 8


class ComboBox(QComboBox):
    """`options` are pairs of a code and what people read. `chosen_code` is that of the one that is
    shown."""

    def __init__(self, theme: Theme, name: str, options: list[tuple[str, str]]) -> None:
        super().__init__()
        self._theme = theme
        # since it was last asked: whether a choice came from the open list, not from the arrows
        self.opened = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_options(options)

    def set_options(self, options: list[tuple[str, str]]) -> None:
        """Options in place of the earlier ones, the first one chosen; nobody is told."""
        before = self.blockSignals(True)
        self.clear()
        for code, text in options:
            self.addItem(text, code)
        self.blockSignals(before)

    @property
    def chosen_code(self) -> str:
        """The code of the option that is shown."""
        code: str = self.currentData()
        return code

    def select_code(self, code: str) -> None:
        """Shows the option of that code, the first one where there is none; nobody is told."""
        before = self.blockSignals(True)
        self.setCurrentIndex(max(0, self.findData(code)))
        self.blockSignals(before)

    def showPopup(self) -> None:
        self.opened = True
        super().showPopup()

    def get_elided_text(self) -> str:
        """Text that is painted: the option, with a mark where it is too long for the room. The
        style would cut it through a letter."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        width = (
            min(field.right(), self._get_arrow_rect().left())
            - field.left()
            - self._theme.metrics.scale_px(COMBO_PAD) // 2
        )
        return self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, width)

    def minimumSizeHint(self) -> QSize:
        """Qt keeps the one of the first number of letters that was asked for."""
        by_letters = (
            self.sizeAdjustPolicy()
            == QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        return self.sizeHint() if by_letters else super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.get_elided_text()
        styled = QStylePainter(self)
        styled.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        styled.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        styled.end()
        painter = QPainter(self)
        tokens = self._theme.tokens
        paint_icon(
            painter,
            "chevron-down",
            self._get_arrow_rect(),
            tokens.text2 if self.isEnabled() else tokens.disabled,
        )
        painter.end()

    def _get_arrow_rect(self) -> QRect:
        px = self._theme.metrics.scale_px
        side = px(ARROW)
        return QRect(self.width() - side - px(COMBO_PAD), (self.height() - side) // 2, side, side)
