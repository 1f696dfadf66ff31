"""One picture in place of a grid of small ones: whole, or pixel for pixel around a place that can be moved."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme

PAN = 40  # pixels of the picture a key moves it by
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
STEPS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class MagnifiedView(QWidget):
    """`stepped(by)`: another picture is asked for. Arrows do that while the whole picture is shown, and move it pixel for pixel; Page up
    and down always do. The mouse drags it."""

    stepped = Signal(int)

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._image = look, QImage()
        self._centre, self._held = QPoint(), QPoint()
        self.true_pixels = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_image(self, image: QImage | None, description: str) -> None:
        """Another picture; the place that is looked at stays where the new one is as large."""
        shown = image if image is not None else QImage()
        if shown.size() != self._image.size():
            self._centre = QPoint(shown.width() // 2, shown.height() // 2)
        self._image = shown
        self.setAccessibleDescription(description)
        self.update()

    def show_pixels(self, on: bool) -> None:
        """Every pixel of the picture one of the screen, or the whole picture."""
        self.true_pixels = on
        self._move_to(self._centre)

    def get_image_rect(self) -> QRect:
        """Where the picture is painted, beyond the edges of this widget too; empty without one."""
        if self._image.isNull():
            return QRect()
        if self.true_pixels:
            return QRect(self.rect().center() - self._centre, self._image.size())
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2), size)

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(320), self._look.metrics.scale_px(180))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.stepped.emit(STEPS[key])
        elif key in ARROWS and self.true_pixels:
            across, down = ARROWS[key]
            self._move_to(self._centre + QPoint(across, down) * PAN)
        elif key in ARROWS:
            self.stepped.emit(sum(ARROWS[key]))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        now = event.position().toPoint()
        if self.true_pixels and event.buttons():
            self._move_to(self._centre - (now - self._held))
        self._held = now

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.true_pixels)
            painter.drawImage(self.get_image_rect(), self._image)
        if self.hasFocus():
            painter.setPen(QColor(self._look.tokens.focus))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _move_to(self, centre: QPoint) -> None:
        """Around this place, kept on the picture."""
        self._centre = QPoint(min(max(0, centre.x()), self._image.width()), min(max(0, centre.y()), self._image.height()))
        self.update()
