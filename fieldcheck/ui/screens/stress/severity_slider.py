"""How hard it is: a slider with four stops that have names. Dragging snaps to them; with Alt held it goes between them."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.words.corruptions import STOPS, get_severity_name
from fieldcheck.words.language import tr

STEP = 100  # positions of the slider from stop to stop
NEARER = 12  # pixels
GROOVE = QStyle.SubControl.SC_SliderGroove
HANDLE = QStyle.SubControl.SC_SliderHandle


def compute_severity(position: float) -> float:
    """The severity at a position of the slider, 0 to 300: straight from stop to stop."""
    below = min(int(position // STEP), len(STOPS) - 2)
    share = position / STEP - below
    return STOPS[below] + share * (STOPS[below + 1] - STOPS[below])


def compute_position(severity: float) -> int:
    """The position of a severity, 0 to 5."""
    for at, (low, high) in enumerate(pairwise(STOPS)):
        if severity <= high:
            return round(STEP * (at + (severity - low) / (high - low)))
    return STEP * (len(STOPS) - 1)


class SeveritySlider(QWidget):
    """`chosen(severity)` comes when a person moved it, never from `show_severity`."""

    chosen = Signal(float)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.slider = _StopSlider(self)
        self.slider.setAccessibleName(tr("Severity"))
        self.slider.moved.connect(self._on_moved)
        self._names = _StopNames(look, self.slider, self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        upper, lower = self.slider.sizeHint(), self._names.sizeHint()
        return QSize(max(upper.width(), lower.width()), upper.height() + lower.height() - self._look.metrics.scale_px(NEARER))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._names.sizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names move up into the room under the groove that the slider keeps free for its focus ring."""
        names = self._names.sizeHint().height()
        self.slider.setGeometry(0, 0, self.width(), self.slider.sizeHint().height())
        self._names.setGeometry(0, self.height() - names, self.width(), names)

    def show_severity(self, severity: float) -> None:
        """Puts the handle there."""
        self.slider.set_position(compute_position(severity))
        self.slider.setAccessibleDescription(get_severity_name(severity))
        self._names.update()

    def _on_moved(self, position: int) -> None:
        self.chosen.emit(compute_severity(position))


class _StopSlider(QSlider):
    """The slider itself: 0 to 300."""

    moved = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, STEP * (len(STOPS) - 1))
        self.setSingleStep(STEP)
        self.setPageStep(STEP)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_position(self, position: int) -> None:
        """Without telling anybody."""
        self.blockSignals(True)
        self.setValue(position)
        self.blockSignals(False)
        self.update()

    def get_handle_centre(self, position: int) -> int:
        """The middle of the handle at a position, in pixels from the left."""
        groove, handle = self._get_groove_and_handle()
        reach = groove.width() - handle.width()
        return groove.left() + handle.width() // 2 + round(reach * position / self.maximum())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._move_to_pointer(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to_pointer(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a page that scrolls under the pointer must not change the severity

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.value()
        super().keyPressEvent(event)
        if self.value() != before:
            self._move_handle(round(self.value() / STEP) * STEP, before)

    def _move_to_pointer(self, event: QMouseEvent) -> None:
        groove, handle = self._get_groove_and_handle()
        x = round(event.position().x()) - groove.left() - handle.width() // 2
        position = QStyle.sliderValueFromPosition(0, self.maximum(), x, groove.width() - handle.width())
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._move_handle(position if free else round(position / STEP) * STEP, self.value())

    def _move_handle(self, position: int, before: int) -> None:
        self.setValue(position)
        if position != before:
            self.moved.emit(position)

    def _get_groove_and_handle(self) -> tuple[QRect, QRect]:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control = QStyle.ComplexControl.CC_Slider
        return (self.style().subControlRect(control, option, GROOVE, self), self.style().subControlRect(control, option, HANDLE, self))


class _StopNames(QWidget):
    """The names of the stops, each under its own; the present one is bold."""

    def __init__(self, look: Theme, slider: _StopSlider, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._slider = look, slider
        slider.valueChanged.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._make_font(True))
        width = sum(metrics.horizontalAdvance(get_severity_name(stop)) + self._look.metrics.scale_px(12) for stop in STOPS)
        return QSize(width, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for at, stop in enumerate(STOPS):
            here = self._slider.value() == at * STEP
            font = self._make_font(here)
            painter.setFont(font)
            painter.setPen(QColor(self._look.tokens.text if here else self._look.tokens.text2))
            width = QFontMetrics(font).horizontalAdvance(get_severity_name(stop)) + 2
            left = max(0, min(self.width() - width, self._slider.get_handle_centre(at * STEP) - width // 2))
            painter.drawText(QRect(left, 0, width, self.height()), Qt.AlignmentFlag.AlignCenter, get_severity_name(stop))
        painter.end()

    def _make_font(self, bold: bool) -> QFont:
        return self._look.make_font(self.font(), CAPTION, bold)
