"""A still picture at its own shape on the neutral surround."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look

LEAST_WIDTH, LEAST_HEIGHT = 96, 64


class Still(QWidget):
    """Shows one `QImage` as large as there is room, never larger than twice its pixels. `painted` comes after each paint event."""

    painted = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._image = look, QImage()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_image(self, image: QImage | None, description: str) -> None:
        """From now on this picture, or only the surround; `description` says in words what it is."""
        self._image = image if image is not None else QImage()
        self.setAccessibleDescription(description)
        self.update()

    @property
    def image(self) -> QImage:
        """The still picture that is shown, null where nothing is."""
        return self._image

    def place(self) -> QRect:
        """Where the picture is painted; empty without one."""
        if self._image.isNull():
            return QRect()
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio).boundedTo(self._image.size() * 2)
        return QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """It takes what is left and asks for no more: words beside it must not be cut off for its sake."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(LEAST_WIDTH), self._look.metrics.px(LEAST_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.place(), self._image)
        painter.end()
        self.painted.emit()
