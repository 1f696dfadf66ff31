"""A still picture at its own shape on the neutral surround."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme

LEAST_WIDTH, LEAST_HEIGHT = 96, 64
STACKED, BETWEEN = 76, 4  # pixels: least height of each of two stills below each other; between them


class ImageView(QWidget):
    """Shows one `QImage` as large as there is room, never larger than twice its pixels. `painted` comes after each paint event."""

    painted = Signal()

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
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

    def get_image_rect(self) -> QRect:
        """Where the picture is painted; empty without one."""
        if self._image.isNull():
            return QRect()
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio).boundedTo(self._image.size() * 2)
        return QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """It takes what is left and asks for no more: words beside it must not be cut off for its sake."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(LEAST_WIDTH), self._look.metrics.scale_px(LEAST_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.get_image_rect(), self._image)
        painter.end()
        self.painted.emit()


class ImagePair(QWidget):
    """Two stills below each other where there is height for both, else side by side; one that is shown alone has all the room."""

    def __init__(self, look: Theme, first: ImageView, second: ImageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._px = look.metrics.scale_px
        self._line = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(self._px(BETWEEN))
        for still in (first, second):
            self._line.addWidget(still, 1)
        self.setMinimumHeight(self._px(LEAST_HEIGHT))  # that of one: the layout would ask for both

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        stacked = self.height() >= self._px(2 * STACKED + BETWEEN)
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)

    def sizeHint(self) -> QSize:
        """Size of one still: it takes what is left."""
        return QSize(self._px(LEAST_WIDTH), self._px(LEAST_HEIGHT))
