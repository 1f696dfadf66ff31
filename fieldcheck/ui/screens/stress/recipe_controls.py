"""Controls of the corruption recipe: corruptions previewed on the present frame, and the severity
slider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from fieldcheck.corruptions.messages import (
    STOPS,
    describe_steps,
    get_corruption_name,
    get_severity_name,
    group_by_cause,
)
from fieldcheck.i18n.language import tr
from fieldcheck.ui.theme import CAPTION, Theme, has_edges
from fieldcheck.ui.widgets.buttons import ClickedByToggle, KeyButton, paint_ring
from fieldcheck.ui.widgets.images_and_zoom import ON_STRIP
from fieldcheck.ui.widgets.layouts import FlowLayout, clear_layout, make_label, make_plain_tip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNDER = 12  # pixels of the name under a thumbnail, the one text that is smaller than a caption
PAD, TALL, TALL_COMPACT, TALL_LOW, GAP = 4, 88, 64, 46, 4
COLUMNS_COMPACT = 5
MORE = "/"  # the key that opens the whole catalogue
LEAST = 56


class Favourites(QWidget):
    """Thumbnails with number and name; one of them is chosen. `chosen(place)` counts from 0. Behind
    the favourites stands the way to all the others, `more`, which carries the name of the chosen
    one where that is no favourite."""

    chosen = Signal(int)
    more = Signal()

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self._by_name = {
            name: CorruptionThumbnail(theme, str(index + 1), get_corruption_name(name), self)
            for index, name in enumerate(names)
        }
        self.other = CorruptionThumbnail(
            theme,
            MORE,
            tr("All…"),
            self,
            f"+{sum(len(own) for _, own in group_by_cause()) - len(names)}",
        )
        self._other_name = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.metrics.scale_px(GAP))
        for index, button in enumerate(self.list_buttons()):
            self._group.addButton(button, index)
        self._group.addButton(self.other, len(self._by_name))
        self._group.idClicked.connect(self._on_clicked)
        self.set_compact(False)

    def list_buttons(self) -> list[CorruptionThumbnail]:
        """In their order."""
        return list(self._by_name.values())

    def select_corruption(self, name: str) -> None:
        """From now on this one is the chosen one; one that is no favourite stands behind them."""
        other = "" if name in self._by_name else name
        if other != self._other_name:
            self._other_name = other
            self.other.set_caption(get_corruption_name(other) if other else tr("All…"))
            self.other.show_picture(None)
        (self.other if other else self._by_name[name]).setChecked(True)

    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """(h, w, 3) uint8 RGB each, by the name of the corruption."""
        for name, rgb in pictures.items():
            if name in self._by_name:
                self._by_name[name].show_picture(rgb)
            elif name == self._other_name:
                self.other.show_picture(rgb)

    def show_no_pictures(self) -> None:
        """Shows no thumbnails, as long as there is no frame."""
        for button in (*self.list_buttons(), self.other):
            button.show_picture(None)

    def set_compact(self, compact: bool, low: bool = False) -> None:
        """Two rows of lower ones; `low`: of the lowest in which something can be made out."""
        px, all_of_them = self._theme.metrics.scale_px, [*self.list_buttons(), self.other]
        columns = COLUMNS_COMPACT if compact else len(all_of_them)
        lines = -(-len(all_of_them) // columns)
        for index, button in enumerate(all_of_them):
            self._grid.addWidget(button, index // columns, index % columns)
        tall = px(TALL if not compact else TALL_LOW if low else TALL_COMPACT)
        for button in all_of_them:
            button.setMinimumHeight(tall)
        self.setFixedHeight(lines * tall + (lines - 1) * px(GAP))

    def _on_clicked(self, index: int) -> None:
        if index < len(self._by_name):
            self.chosen.emit(index)
        else:
            self.more.emit()


class CorruptionThumbnail(ClickedByToggle, QAbstractButton):
    """One corruption: its picture, or what stands `instead` of one, its number, which is also its
    key, and its name."""

    def __init__(
        self, theme: Theme, key: str, name: str, parent: QWidget | None = None, instead: str = ""
    ) -> None:
        super().__init__(parent)
        self._theme, self._key, self._instead = theme, key, instead
        self._pixels: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setProperty("elides", True)
        self.set_caption(name)

    def set_caption(self, name: str) -> None:
        """Another name under it."""
        self._caption = f"{self._key} {name}"
        self.setText(self._caption)
        self.setToolTip(make_plain_tip(name))
        self.setAccessibleName(tr("{name}, key {key}", name=name, key=self._key))
        self.updateGeometry()
        self.update()

    def show_picture(self, rgb: NDArray[np.uint8] | None) -> None:
        """(h, w, 3) uint8 RGB, contiguous."""
        self._pixels = rgb  # the image looks into this array and does not keep it alive
        self._image = (
            None
            if rgb is None
            else QImage(
                rgb.data, rgb.shape[1], rgb.shape[0], 3 * rgb.shape[1], QImage.Format.Format_RGB888
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            QFontMetrics(self._make_font(True)).horizontalAdvance(self._caption)
            + 2 * self._scale_px(PAD),
            self._scale_px(TALL_COMPACT),
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._scale_px(LEAST)), self._scale_px(TALL_LOW))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, chosen = self._theme.tokens, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        wide = 3 if chosen or self.hasFocus() else 1
        if self.hasFocus() or chosen or self.underMouse():
            painter.setPen(QPen(QColor(tokens.focus if self.hasFocus() else tokens.accent), wide))
        elif has_edges(tokens, self._theme.metrics):
            painter.setPen(QColor(tokens.border))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2), 4, 4
        )
        font = self._make_font(chosen)
        line = QFontMetrics(font).height() + 2
        rect = self.rect().adjusted(
            self._scale_px(PAD),
            self._scale_px(PAD),
            -self._scale_px(PAD),
            -self._scale_px(PAD) - line,
        )
        self._paint_picture(painter, rect)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        below = QRect(0, rect.bottom() + 1, self.width(), self.height() - rect.bottom() - 2)
        text = QFontMetrics(font).elidedText(
            self._caption, Qt.TextElideMode.ElideRight, self.width() - self._scale_px(PAD)
        )
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
        if chosen and self.hasFocus():
            paint_ring(painter, self.rect(), tokens.focus, tokens.panel)
        painter.end()

    def _paint_picture(self, painter: QPainter, rect: QRect) -> None:
        """The middle of the picture, so that the room is filled."""
        painter.fillRect(rect, QColor(self._theme.tokens.canvas))
        if self._image is None or rect.isEmpty():
            painter.setFont(self.font())
            painter.setPen(QColor(ON_STRIP))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._instead)
            return
        width, height = self._image.width(), self._image.height()
        scale = max(rect.width() / width, rect.height() / height)
        part = QRectF(0, 0, rect.width() / scale, rect.height() / scale)
        part.moveCenter(QPointF(width / 2, height / 2))
        painter.drawImage(QRectF(rect), self._image, part)

    def _make_font(self, bold: bool) -> QFont:
        return self._theme.make_font(self.font(), UNDER, bold)

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


class RecipeStepList(QWidget):
    """Hidden while nothing lies under. `taken_out(place)` counts from the one done first."""

    taken_out = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._steps: tuple[tuple[str, float], ...] = ()
        self._line = FlowLayout(theme.metrics.scale_px(8), self)
        self.buttons: list[KeyButton] = []
        self.hide()

    def show_steps(self, steps: Sequence[tuple[str, float]]) -> None:
        """Corruption and severity of each, in the order in which they are done."""
        if tuple(steps) == self._steps:
            return
        self._steps = tuple(steps)
        clear_layout(self._line)
        self.buttons = []
        self._line.addWidget(make_label(tr("Applied first:"), "caption", "quiet"))
        for index, step in enumerate(self._steps):
            button = KeyButton(self._theme, describe_steps([step]) + "  ✕")
            button.setAccessibleName(tr("Remove {step}", step=describe_steps([step])))
            button.setToolTip(make_plain_tip(button.accessibleName()))
            button.clicked.connect(partial(self._on_pressed, index))
            self._line.addWidget(button)
            self.buttons.append(button)
        self.setVisible(bool(self._steps))

    def _on_pressed(self, index: int, _checked: bool = False) -> None:
        self.taken_out.emit(index)


# How hard it is: a slider with four stops that have names. Dragging snaps to them; with Alt held it
# goes between them.

STEP = 100  # positions of the slider from stop to stop
NEARER = 5  # pixels
GROOVE = QStyle.SubControl.SC_SliderGroove
HANDLE = QStyle.SubControl.SC_SliderHandle


def compute_severity(position: float) -> float:
    """The severity at a position of the slider, 0 to 300: straight from stop to stop."""
    below = min(int(position // STEP), len(STOPS) - 2)
    share = position / STEP - below
    return STOPS[below] + share * (STOPS[below + 1] - STOPS[below])


def compute_position(severity: float) -> int:
    """The position of a severity, 0 to 5."""
    for index, (low, high) in enumerate(pairwise(STOPS)):
        if severity <= high:
            return round(STEP * (index + (severity - low) / (high - low)))
    return STEP * (len(STOPS) - 1)


class SeveritySlider(QWidget):
    """`chosen(severity)` comes when a person moved it, never from `show_severity`."""

    chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.slider = _StopSlider(self)
        self.slider.setAccessibleName(tr("Severity"))
        self.slider.moved.connect(self._on_moved)
        self._names = _StopNames(theme, self.slider, self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        upper, lower = self.slider.sizeHint(), self._names.sizeHint()
        return QSize(
            max(upper.width(), lower.width()),
            upper.height() + lower.height() - self._theme.metrics.scale_px(NEARER),
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._names.sizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names move up into the room under the groove that the slider keeps free for its focus
        ring."""
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
        position = QStyle.sliderValueFromPosition(
            0, self.maximum(), x, groove.width() - handle.width()
        )
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
        return (
            self.style().subControlRect(control, option, GROOVE, self),
            self.style().subControlRect(control, option, HANDLE, self),
        )


class _StopNames(QWidget):
    """The names of the stops, each under its own; the present one is bold."""

    def __init__(self, theme: Theme, slider: _StopSlider, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._slider = theme, slider
        slider.valueChanged.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._make_font(True))
        width = sum(
            metrics.horizontalAdvance(get_severity_name(stop)) + self._theme.metrics.scale_px(12)
            for stop in STOPS
        )
        return QSize(width, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, stop in enumerate(STOPS):
            here = self._slider.value() == index * STEP
            font = self._make_font(here)
            painter.setFont(font)
            painter.setPen(QColor(self._theme.tokens.text if here else self._theme.tokens.text2))
            width = QFontMetrics(font).horizontalAdvance(get_severity_name(stop)) + 2
            left = max(
                0,
                min(
                    self.width() - width, self._slider.get_handle_centre(index * STEP) - width // 2
                ),
            )
            painter.drawText(
                QRect(left, 0, width, self.height()),
                Qt.AlignmentFlag.AlignCenter,
                get_severity_name(stop),
            )
        painter.end()

    def _make_font(self, bold: bool) -> QFont:
        return self._theme.make_font(self.font(), CAPTION, bold)
