"""How hard it is: a slider with four stops that have names. Dragging snaps to them; with Alt held it goes between them."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.words.corruptions import STOPS, severity_name
from fieldcheck.words.language import text

STEP = 100  # positions of the slider from stop to stop
NEARER = 12  # pixels
GROOVE = QStyle.SubControl.SC_SliderGroove
HANDLE = QStyle.SubControl.SC_SliderHandle


def severity_at(position: float) -> float:
    """The severity at a position of the slider, 0 to 300: straight from stop to stop."""
    below = min(int(position // STEP), len(STOPS) - 2)
    share = position / STEP - below
    return STOPS[below] + share * (STOPS[below + 1] - STOPS[below])


def position_of(severity: float) -> int:
    """The position of a severity, 0 to 5."""
    for at, (low, high) in enumerate(pairwise(STOPS)):
        if severity <= high:
            return round(STEP * (at + (severity - low) / (high - low)))
    return STEP * (len(STOPS) - 1)


class SeveritySlider(QWidget):
    """`chosen(severity)` comes when a person moved it, never from `show_severity`."""

    chosen = Signal(float)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.slider = _Stops(self)
        self.slider.setAccessibleName(text("Severity"))
        self.slider.moved.connect(self._moved)
        self._names = _Names(look, self.slider, self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        upper, lower = self.slider.sizeHint(), self._names.sizeHint()
        return QSize(max(upper.width(), lower.width()), upper.height() + lower.height() - self._look.metrics.px(NEARER))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._names.sizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names move up into the room under the groove that the slider keeps free for its focus ring."""
        names = self._names.sizeHint().height()
        self.slider.setGeometry(0, 0, self.width(), self.slider.sizeHint().height())
        self._names.setGeometry(0, self.height() - names, self.width(), names)

    def show_severity(self, severity: float) -> None:
        """Puts the handle there."""
        self.slider.put(position_of(severity))
        self.slider.setAccessibleDescription(severity_name(severity))
        self._names.update()

    def _moved(self, position: int) -> None:
        self.chosen.emit(severity_at(position))


class _Stops(QSlider):
    """The slider itself: 0 to 300."""

    moved = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, STEP * (len(STOPS) - 1))
        self.setSingleStep(STEP)
        self.setPageStep(STEP)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def put(self, position: int) -> None:
        """Without telling anybody."""
        self.blockSignals(True)
        self.setValue(position)
        self.blockSignals(False)
        self.update()

    def centre_of(self, position: int) -> int:
        """The middle of the handle at a position, in pixels from the left."""
        groove, handle = self._parts()
        reach = groove.width() - handle.width()
        return groove.left() + handle.width() // 2 + round(reach * position / self.maximum())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a page that scrolls under the pointer must not change the severity

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.value()
        super().keyPressEvent(event)
        if self.value() != before:
            self._go(round(self.value() / STEP) * STEP, before)

    def _follow(self, event: QMouseEvent) -> None:
        groove, handle = self._parts()
        x = round(event.position().x()) - groove.left() - handle.width() // 2
        position = QStyle.sliderValueFromPosition(0, self.maximum(), x, groove.width() - handle.width())
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._go(position if free else round(position / STEP) * STEP, self.value())

    def _go(self, position: int, before: int) -> None:
        self.setValue(position)
        if position != before:
            self.moved.emit(position)

    def _parts(self) -> tuple[QRect, QRect]:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control = QStyle.ComplexControl.CC_Slider
        return (self.style().subControlRect(control, option, GROOVE, self), self.style().subControlRect(control, option, HANDLE, self))


class _Names(QWidget):
    """The names of the stops, each under its own; the present one is bold."""

    def __init__(self, look: Look, slider: _Stops, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._slider = look, slider
        slider.valueChanged.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font(True))
        width = sum(metrics.horizontalAdvance(severity_name(stop)) + self._look.metrics.px(12) for stop in STOPS)
        return QSize(width, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for at, stop in enumerate(STOPS):
            here = self._slider.value() == at * STEP
            font = self._font(here)
            painter.setFont(font)
            painter.setPen(QColor(self._look.tokens.text if here else self._look.tokens.text2))
            width = QFontMetrics(font).horizontalAdvance(severity_name(stop)) + 2
            left = max(0, min(self.width() - width, self._slider.centre_of(at * STEP) - width // 2))
            painter.drawText(QRect(left, 0, width, self.height()), Qt.AlignmentFlag.AlignCenter, severity_name(stop))
        painter.end()

    def _font(self, bold: bool) -> QFont:
        return self._look.sized(self.font(), CAPTION, bold)
