"""A frame as it is: the picture at its own shape on a neutral surround, under a strip that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.look.theme import Look
from fieldcheck.ui.look.tokens import CAPTION, OVER_PICTURES

if TYPE_CHECKING:  # the window must paint before numpy is loaded
    import numpy as np
    from numpy.typing import NDArray

STRIP, ON_STRIP = "#16191C", "#FFFFFF"
"""The strip looks the same in every theme: it belongs to the picture, not to the window."""
STRIP_PAD, LEAST = 4, 96
DASH = 4.0  # pixels
SPARE = 0.2  # of the room is given up for squares of one size


@dataclass(frozen=True, slots=True)
class Mark:
    """A box over the picture: x1, y1, x2, y2 in pixels of the frame, the number of its class from 0 on, and what stands beside it."""

    box: tuple[float, float, float, float]
    index: int
    said: str


class FrameView(QWidget):
    """Paints an (H, W, 3) uint8 RGB frame. `honest` draws every pixel as a square of its own colour, for pictures of few pixels."""

    def __init__(self, look: Look, name: str, honest: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._honest = look, honest
        self._title = ""
        self._pixels: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self._crop: tuple[float, float, float, float] | None = None
        self._marks: tuple[Mark, ...] = ()
        self._measured: tuple[tuple[str, int], int] = (("", 0), 0)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_frame(
        self,
        rgb: NDArray[np.uint8],
        title: str,
        description: str,
        crop: tuple[float, float, float, float] | None = None,
        marks: Sequence[Mark] = (),
    ) -> None:
        """From now on this frame, which must not change any more. `crop`: a dashed rectangle, x1, y1, x2, y2 in its pixels."""
        height, width = rgb.shape[:2]
        rows = rgb if rgb.strides == (3 * width, 3, 1) else rgb.copy()
        self._pixels = rows  # the image looks into this array and does not keep it alive
        self._image = QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._crop, self._marks = crop, tuple(marks)
        self._say(title, description)

    def show_nothing(self, title: str, description: str) -> None:
        """Only the surround."""
        self._pixels = self._image = self._crop = None
        self._marks = ()
        self._say(title, description)

    @property
    def title(self) -> str:
        """What the strip says."""
        return self._title

    def place(self) -> QRectF:
        """Where the frame is painted, in pixels of this widget; empty without a frame."""
        if self._image is None:
            return QRectF()
        top = self._strip_height()
        room = QRectF(0, top, self.width(), max(0, self.height() - top))
        size = self._image.size()
        scale = min(room.width() / size.width(), room.height() / size.height())
        if self._honest and scale - int(scale) < SPARE * scale:
            scale = float(int(scale))  # every pixel a square of the same size
        width, height = size.width() * scale, size.height() * scale
        return QRectF(round(room.center().x() - width / 2), round(room.center().y() - height / 2), width, height)

    def sizeHint(self) -> QSize:
        return QSize(self._px(320), self._px(180) + self._strip_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(LEAST), self._px(LEAST))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if self._image is not None:
            place = self.place()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self._honest)
            painter.drawImage(place, self._image)
            if self._crop is not None:
                self._paint_crop(painter, self._on_widget(self._crop, place))
            for mark in self._marks:
                self._paint_mark(painter, self._on_widget(mark.box, place), mark)
        self._paint_strip(painter)
        painter.end()

    def _say(self, title: str, description: str) -> None:
        self._title = title
        self.setToolTip(title)
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)
        self.update()

    def _on_widget(self, box: tuple[float, float, float, float], place: QRectF) -> QRectF:
        assert self._image is not None
        scale = place.width() / self._image.width()
        x1, y1, x2, y2 = box
        return QRectF(place.left() + x1 * scale, place.top() + y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale)

    def _paint_crop(self, painter: QPainter, box: QRectF) -> None:
        """Black and white in turn, so that it shows on any picture."""
        box = box.adjusted(1, 1, -1, -1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("#000000"), 2))
        painter.drawRect(box)
        dashes = QPen(QColor("#FFFFFF"), 2)
        dashes.setDashPattern([DASH / 2, DASH / 2])  # in widths of the pen
        dashes.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(dashes)
        painter.drawRect(box)

    def _paint_mark(self, painter: QPainter, box: QRectF, mark: Mark) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("#000000", 5), ("#FFFFFF", 3.5), (OVER_PICTURES[mark.index % len(OVER_PICTURES)], 2)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(box)
        painter.setFont(self._font())
        metrics = QFontMetrics(self._font())
        tag = QRectF(box.left(), box.top() - metrics.height() - 4, metrics.horizontalAdvance(mark.said) + 8, metrics.height() + 2)
        if tag.top() < self._strip_height():
            tag.moveTop(box.bottom() + 3)
        painter.fillRect(tag, QColor(STRIP))
        painter.setPen(QColor(ON_STRIP))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, mark.said)

    def _paint_strip(self, painter: QPainter) -> None:
        strip = QRect(0, 0, self.width(), self._strip_height())
        painter.fillRect(strip, QColor(STRIP))
        painter.setPen(QColor(ON_STRIP))
        painter.setFont(self._font())
        inside = strip.adjusted(self._px(8), 0, -self._px(8), 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self._title)

    def _strip_height(self) -> int:
        """As many lines as the title needs. Asked several times a frame, so it is measured when title or width are others."""
        asked = (self._title, self.width())
        if self._measured[0] != asked:
            self._measured = asked, self._measure()
        return self._measured[1]

    def _measure(self) -> int:
        metrics = QFontMetrics(self._font())
        room = QRect(0, 0, max(1, self.width() - 2 * self._px(8)), 10_000)
        needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._title or "X").height()
        return max(needed, metrics.height()) + 2 * self._px(STRIP_PAD)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._px(CAPTION))
        return font

    def _px(self, at_100: float) -> int:
        return self._look.metrics.px(at_100)
