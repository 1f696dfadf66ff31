"""A frame as it is: the picture at its own shape on a neutral surround, under a strip that says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION, OVER_PICTURES
from fieldcheck.ui.widgets.plain import make_plain_tip
from fieldcheck.ui.widgets.tag_place import find_tag_rect

if TYPE_CHECKING:  # the window must paint before numpy is loaded
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.imaging import resize
else:
    resize = LazyModule("fieldcheck.imaging.resize")

STRIP, ON_STRIP = "#16191C", "#FFFFFF"
"""The strip looks the same in every theme: it belongs to the picture, not to the window."""
STRIP_PAD, LEAST = 4, 96
DASH = 4.0  # pixels
SPARE = 0.2  # of the room is given up for squares of one size


@dataclass(frozen=True, slots=True)
class BoxMark:
    """A box over the picture: x1, y1, x2, y2 in pixels of the frame, the number of its class from 0 on, and what stands beside it."""

    box: tuple[float, float, float, float]
    index: int
    caption: str


def _resize_to_widget(rgb: NDArray[np.uint8], size: QSize, honest: bool) -> QImage:
    """The picture at that size, in the format that a screen takes without a conversion. `honest`: pixels that are enlarged stay squares."""
    enlarged = size.width() >= rgb.shape[1]
    pixels = (
        resize.resize(rgb, size.height(), size.width(), "nearest")
        if honest and enlarged
        else resize.resize_for_display(rgb, size.height(), size.width())
    )
    if pixels.strides != (3 * size.width(), 3, 1):
        pixels = pixels.copy()
    looked_into = QImage(pixels.data, size.width(), size.height(), 3 * size.width(), QImage.Format.Format_RGB888)
    return looked_into.convertToFormat(QImage.Format.Format_RGB32)


class FrameView(QWidget):
    """Paints an (H, W, 3) uint8 RGB frame. `honest` draws every pixel as a square of its own colour, where the picture has fewer
    than there is room for: left out, as nearest-neighbour does it, pixels would be least honest of all."""

    def __init__(self, look: Theme, name: str, honest: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._honest = look, honest
        self._title = ""
        self._pixels: NDArray[np.uint8] | None = None
        self._fitted: QImage | None = None
        self._strip: tuple[object, QPixmap] | None = None
        self._crop: tuple[float, float, float, float] | None = None
        self._marks: tuple[BoxMark, ...] = ()
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
        marks: Sequence[BoxMark] = (),
    ) -> None:
        """From now on this frame, which must not change any more. `crop`: a dashed rectangle, x1, y1, x2, y2 in its pixels."""
        self._pixels, self._fitted = rgb, None
        self._crop, self._marks = crop, tuple(marks)
        self._set_texts(title, description)

    def show_nothing(self, title: str, description: str) -> None:
        """Only the surround."""
        self._pixels = self._fitted = self._crop = None
        self._marks = ()
        self._set_texts(title, description)

    @property
    def title(self) -> str:
        """Title in the strip."""
        return self._title

    def get_frame_rect(self) -> QRectF:
        """Where the frame is painted, in pixels of this widget; empty without a frame."""
        if self._pixels is None:
            return QRectF()
        top = self._strip_height()
        room = QRectF(0, top, self.width(), max(0, self.height() - top))
        tall, wide = self._pixels.shape[:2]
        scale = min(room.width() / wide, room.height() / tall)
        if self._honest and scale - int(scale) < SPARE * scale:
            scale = float(int(scale))  # every pixel a square of the same size
        width, height = wide * scale, tall * scale
        return QRectF(round(room.center().x() - width / 2), round(room.center().y() - height / 2), width, height)

    def sizeHint(self) -> QSize:
        return QSize(self._scale_px(320), self._scale_px(180) + self._strip_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._scale_px(LEAST), self._scale_px(LEAST))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if self._pixels is not None:
            place = self.get_frame_rect()
            self._paint_frame(painter, place)
            if self._crop is not None:
                self._paint_crop(painter, self._on_widget(self._crop, place))
            self._paint_marks(painter, place)
        self._paint_strip(painter)
        painter.end()

    def _paint_frame(self, painter: QPainter, place: QRectF) -> None:
        """Brought to the screen's pixels once a frame: half the time of a painter that scales while it draws."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(place.width() * ratio), round(place.height() * ratio))
        if size.isEmpty() or self._pixels is None:
            return
        if self._fitted is None or self._fitted.size() != size:
            self._fitted = _resize_to_widget(self._pixels, size, self._honest)
            self._fitted.setDevicePixelRatio(ratio)
        painter.drawImage(place.topLeft(), self._fitted)

    def _set_texts(self, title: str, description: str) -> None:
        if title != self._title:
            self._title = title
            self.setToolTip(make_plain_tip(title))
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)
        self.update()

    def _on_widget(self, box: tuple[float, float, float, float], place: QRectF) -> QRectF:
        assert self._pixels is not None
        scale = place.width() / self._pixels.shape[1]
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

    def _paint_marks(self, painter: QPainter, place: QRectF) -> None:
        """All boxes, as far as they lie in the picture; then what stands beside them, where it covers nothing else that is said."""
        if not self._marks:
            return
        painter.save()
        painter.setClipRect(place)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        boxes = [self._on_widget(mark.box, place) for mark in self._marks]
        for box, mark in zip(boxes, self._marks, strict=True):
            for colour, width in (("#000000", 5), ("#FFFFFF", 3.5), (OVER_PICTURES[mark.index % len(OVER_PICTURES)], 2)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(box)
        painter.restore()
        painter.setFont(self._make_font())
        painter.setPen(QColor(ON_STRIP))
        tags: list[QRectF] = []
        for box, mark in zip(boxes, self._marks, strict=True):
            tags.append(self._find_free_tag_rect(box, mark.caption, tags, place))
            painter.fillRect(tags[-1], QColor(STRIP))
            painter.drawText(tags[-1], Qt.AlignmentFlag.AlignCenter, mark.caption)

    def _find_free_tag_rect(self, box: QRectF, said: str, others: Sequence[QRectF], place: QRectF) -> QRectF:
        metrics, top = QFontMetrics(self._make_font()), max(place.top(), float(self._strip_height()))
        room = QRectF(place.left(), top, place.width(), place.bottom() - top)
        return find_tag_rect(box, QSizeF(metrics.horizontalAdvance(said) + 8, metrics.height() + 2), others, room)

    def _paint_strip(self, painter: QPainter) -> None:
        """Kept as a picture: its words stay while frames go by."""
        size, ratio = QSize(self.width(), self._strip_height()), self.devicePixelRatioF()
        asked = (self._title, size, ratio, self.font().key())
        if self._strip is None or self._strip[0] != asked:
            drawn = QPixmap(size * ratio)
            drawn.setDevicePixelRatio(ratio)
            self._strip = (asked, drawn)
            on_it = QPainter(drawn)
            self._draw_strip(on_it, QRect(QPoint(0, 0), size))
            on_it.end()
        painter.drawPixmap(0, 0, self._strip[1])

    def _draw_strip(self, painter: QPainter, strip: QRect) -> None:
        painter.fillRect(strip, QColor(STRIP))
        painter.setPen(QColor(ON_STRIP))
        painter.setFont(self._make_font())
        inside = strip.adjusted(self._scale_px(8), 0, -self._scale_px(8), 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self._title)

    def _strip_height(self) -> int:
        """As many lines as the title needs. Asked several times a frame, so it is measured when title or width are others."""
        asked = (self._title, self.width())
        if self._measured[0] != asked:
            self._measured = asked, self._measure_strip()
        return self._measured[1]

    def _measure_strip(self) -> int:
        metrics = QFontMetrics(self._make_font())
        room = QRect(0, 0, max(1, self.width() - 2 * self._scale_px(8)), 10_000)
        needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._title or "X").height()
        return max(needed, metrics.height()) + 2 * self._scale_px(STRIP_PAD)

    def _make_font(self) -> QFont:
        return self._look.make_font(self.font(), CAPTION)

    def _scale_px(self, at_100: float) -> int:
        return self._look.metrics.scale_px(at_100)
