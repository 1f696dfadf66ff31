"""Image widgets: encoded images decoded on any thread, a still image, a frame with caption, zoom by
pixel, and a viewer for foreign files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.colours_and_high_contrast import OVER_PICTURES
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import CAPTION, Theme
from fieldcheck.ui.widgets.layouts import make_plain_tip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.imaging import contrast_and_colour as convert
else:
    convert = LazyModule("fieldcheck.imaging.contrast_and_colour")

# Encoded pictures as images of Qt, decoded on any thread.

JPEG = b"\xff\xd8"


def decode_image(data: bytes) -> QImage:
    """A JPEG or a PNG as an image, a null one where it is neither.

    The format is named. Without it Qt asks every plugin, and that of SVG connects a signal on the
    way: with the interpreter's lock held here, and Qt's lock of connections held by a main thread
    that waits for the interpreter, neither would ever go on.
    """
    # the library's own types ask for bytes, which it refuses
    named: Any = "JPG" if data.startswith(JPEG) else "PNG"
    return QImage.fromData(data, named)


def paint_cropped(painter: QPainter, image: QImage, box: QRect, radius: float, ground: str) -> None:
    """The middle of a picture so that it fills the box, with round corners."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(box), radius, radius)
    painter.save()
    painter.setClipPath(path)
    painter.fillRect(box, QColor(ground))
    if not image.isNull():
        size = box.size().scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (image.width() - size.width()) / 2, (image.height() - size.height()) / 2
        painter.drawImage(QRectF(box), image, QRectF(left, top, size.width(), size.height()))
    painter.restore()


PAN = 40  # pixels of the picture a key moves it by
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
STEPS = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class ZoomView(QWidget):
    """`stepped(by)`: another picture is asked for. Arrows do that while the whole picture is shown,
    and move it pixel for pixel; Page up and down always do. The mouse drags it."""

    stepped = Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._image = theme, QImage()
        self._centre, self._drag_start = QPoint(), QPoint()
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

    def show_pixels(self, enabled: bool) -> None:
        """Every pixel of the picture one of the screen, or the whole picture."""
        self.true_pixels = enabled
        self._move_to(self._centre)

    def get_image_rect(self) -> QRect:
        """Where the picture is painted, beyond the edges of this widget too; empty without one."""
        if self._image.isNull():
            return QRect()
        if self.true_pixels:
            return QRect(self.rect().center() - self._centre, self._image.size())
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2), size
        )

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(320), self._theme.metrics.scale_px(180))

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
        self._drag_start = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        now = event.position().toPoint()
        if self.true_pixels and event.buttons():
            self._move_to(self._centre - (now - self._drag_start))
        self._drag_start = now

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.true_pixels)
            painter.drawImage(self.get_image_rect(), self._image)
        if self.hasFocus():
            painter.setPen(QColor(self._theme.tokens.focus))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _move_to(self, centre: QPoint) -> None:
        """Around this place, kept on the picture."""
        self._centre = QPoint(
            min(max(0, centre.x()), self._image.width()),
            min(max(0, centre.y()), self._image.height()),
        )
        self.update()


# A still picture at its own shape on the neutral surround.

LEAST_WIDTH, LEAST_HEIGHT = 96, 64


IMAGE_CORNER = 4


class ImageView(QWidget):
    """Shows one `QImage` as large as there is room, never larger than twice its pixels. `painted`
    comes after each paint event. `on_panel`: it stands among words, flush with them, and what it
    does not fill is not dark."""

    painted = Signal()
    on_panel = False

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._image = theme, QImage()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_image(self, image: QImage | None, description: str) -> None:
        """From now on this picture, or only the surround; `description` says in words what it
        is."""
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
        size = (
            self._image.size()
            .scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            .boundedTo(self._image.size() * 2)
        )
        left = 0 if self.on_panel else (self.width() - size.width()) // 2
        return QRect(left, (self.height() - size.height()) // 2, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """It takes what is left and asks for no more: words beside it must not be cut off for its
        sake."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(
            self._theme.metrics.scale_px(LEAST_WIDTH), self._theme.metrics.scale_px(LEAST_HEIGHT)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        if not self.on_panel:
            painter.fillRect(self.rect(), QColor(tokens.canvas))
        if not self._image.isNull():
            painter.setRenderHints(
                QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing
            )
            box = self.get_image_rect()
            if self.on_panel:
                paint_cropped(painter, self._image, box, IMAGE_CORNER, tokens.canvas)
            else:
                painter.drawImage(box, self._image)
        painter.end()
        self.painted.emit()


# A frame as it is: the picture at its own shape on a neutral surround, under a strip that says what
# it is.

# Place of a tag beside its box over a picture, where it covers no other tag.

GAP = 3.0  # pixels between a box and its tag


def find_tag_rect(box: QRectF, size: QSizeF, others: Sequence[QRectF], area: QRectF) -> QRectF:
    """Free place for a tag of `size`: above its box, below it, in it at its top, then on down the
    frame; above where none is free.

    Always within `area`; all in pixels of the widget.
    """
    left = max(area.left(), min(box.left(), area.right() - size.width()))
    lowest = max(area.top(), area.bottom() - size.height())
    tops = [box.top() - size.height() - GAP, box.bottom() + GAP, box.top() + GAP]
    tops += [tops[1] + step * size.height() for step in range(1, 4)]
    areas = [
        QRectF(left, max(area.top(), min(top, lowest)), size.width(), size.height()) for top in tops
    ]
    return next(
        (rect for rect in areas if not any(rect.intersects(other) for other in others)), areas[0]
    )


STRIP, ON_STRIP = "#16191C", "#FFFFFF"
"""The strip looks the same in every theme: it belongs to the picture, not to the window."""
STRIP_PAD, LEAST = 4, 96
DASH = 4.0  # pixels
SPARE = 0.2  # of the room is given up for squares of one size


@dataclass(frozen=True, slots=True)
class BoxMark:
    """A box over the picture: x1, y1, x2, y2 in pixels of the frame, the number of its class from 0
    on, and what stands beside it."""

    box: tuple[float, float, float, float]
    index: int
    caption: str


def _resize_to_widget(rgb: NDArray[np.uint8], size: QSize, honest: bool) -> QImage:
    """The picture at that size, in the format that a screen takes without a conversion. `honest`:
    pixels that are enlarged stay squares."""
    enlarged = size.width() >= rgb.shape[1]
    pixels = (
        convert.resize(rgb, size.height(), size.width(), "nearest")
        if honest and enlarged
        else convert.resize_for_display(rgb, size.height(), size.width())
    )
    if pixels.strides != (3 * size.width(), 3, 1):
        pixels = pixels.copy()
    looked_into = QImage(
        pixels.data, size.width(), size.height(), 3 * size.width(), QImage.Format.Format_RGB888
    )
    return looked_into.convertToFormat(QImage.Format.Format_RGB32)


class FrameView(QWidget):
    """Paints an (H, W, 3) uint8 RGB frame. `honest` draws every pixel as a square of its own
    colour, where the picture has fewer than there is room for: left out, as nearest-neighbour does
    it, pixels would be least honest of all."""

    def __init__(self, theme: Theme, name: str, honest: bool = False) -> None:
        super().__init__()
        self._theme, self._honest = theme, honest
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
        """From now on this frame, which must not change any more. `crop`: a dashed rectangle, x1,
        y1, x2, y2 in its pixels."""
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
        rect = QRectF(0, top, self.width(), max(0, self.height() - top))
        tall, wide = self._pixels.shape[:2]
        scale = min(rect.width() / wide, rect.height() / tall)
        if self._honest and scale - int(scale) < SPARE * scale:
            scale = float(int(scale))  # every pixel a square of the same size
        width, height = wide * scale, tall * scale
        return QRectF(
            round(rect.center().x() - width / 2),
            round(rect.center().y() - height / 2),
            width,
            height,
        )

    def sizeHint(self) -> QSize:
        return QSize(self._scale_px(320), self._scale_px(180) + self._strip_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._scale_px(LEAST), self._scale_px(LEAST))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.canvas))
        if self._pixels is not None:
            rect = self.get_frame_rect()
            self._paint_frame(painter, rect)
            if self._crop is not None:
                self._paint_crop(painter, self._on_widget(self._crop, rect))
            self._paint_marks(painter, rect)
        self._paint_strip(painter)
        painter.end()

    def _paint_frame(self, painter: QPainter, rect: QRectF) -> None:
        """Brought to the screen's pixels once a frame: half the time of a painter that scales while
        it draws."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(rect.width() * ratio), round(rect.height() * ratio))
        if size.isEmpty() or self._pixels is None:
            return
        if self._fitted is None or self._fitted.size() != size:
            self._fitted = _resize_to_widget(self._pixels, size, self._honest)
            self._fitted.setDevicePixelRatio(ratio)
        painter.drawImage(rect.topLeft(), self._fitted)

    def _set_texts(self, title: str, description: str) -> None:
        if title != self._title:
            self._title = title
            self.setToolTip(make_plain_tip(title))
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)
        self.update()

    def _on_widget(self, box: tuple[float, float, float, float], rect: QRectF) -> QRectF:
        assert self._pixels is not None
        scale = rect.width() / self._pixels.shape[1]
        x1, y1, x2, y2 = box
        return QRectF(
            rect.left() + x1 * scale, rect.top() + y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale
        )

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

    def _paint_marks(self, painter: QPainter, rect: QRectF) -> None:
        """All boxes, as far as they lie in the picture; then what stands beside them, where it
        covers nothing else that is said."""
        if not self._marks:
            return
        painter.save()
        painter.setClipRect(rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        boxes = [self._on_widget(mark.box, rect) for mark in self._marks]
        for box, mark in zip(boxes, self._marks, strict=True):
            for colour, width in (
                ("#000000", 5),
                ("#FFFFFF", 3.5),
                (OVER_PICTURES[mark.index % len(OVER_PICTURES)], 2),
            ):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(box)
        painter.restore()
        painter.setFont(self._make_font())
        painter.setPen(QColor(ON_STRIP))
        tags: list[QRectF] = []
        for box, mark in zip(boxes, self._marks, strict=True):
            tags.append(self._find_free_tag_rect(box, mark.caption, tags, rect))
            painter.fillRect(tags[-1], QColor(STRIP))
            painter.drawText(tags[-1], Qt.AlignmentFlag.AlignCenter, mark.caption)

    def _find_free_tag_rect(
        self, box: QRectF, text: str, others: Sequence[QRectF], rect: QRectF
    ) -> QRectF:
        metrics, top = (
            QFontMetrics(self._make_font()),
            max(rect.top(), float(self._strip_height())),
        )
        area = QRectF(rect.left(), top, rect.width(), rect.bottom() - top)
        return find_tag_rect(
            box, QSizeF(metrics.horizontalAdvance(text) + 8, metrics.height() + 2), others, area
        )

    def _paint_strip(self, painter: QPainter) -> None:
        """Kept as a picture: its words stay while frames go by."""
        size, ratio = QSize(self.width(), self._strip_height()), self.devicePixelRatioF()
        strip_key = (self._title, size, ratio, self.font().key())
        if self._strip is None or self._strip[0] != strip_key:
            drawn = QPixmap(size * ratio)
            drawn.setDevicePixelRatio(ratio)
            self._strip = (strip_key, drawn)
            on_it = QPainter(drawn)
            self._draw_strip(on_it, QRect(QPoint(0, 0), size))
            on_it.end()
        painter.drawPixmap(0, 0, self._strip[1])

    def _draw_strip(self, painter: QPainter, strip: QRect) -> None:
        painter.fillRect(strip, QColor(STRIP))
        painter.setPen(QColor(ON_STRIP))
        painter.setFont(self._make_font())
        inside = strip.adjusted(self._scale_px(8), 0, -self._scale_px(8), 0)
        painter.drawText(
            inside, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self._title
        )

    def _strip_height(self) -> int:
        """As many lines as the title needs. Asked several times a frame, so it is measured when
        title or width are others."""
        strip_key = (self._title, self.width())
        if self._measured[0] != strip_key:
            self._measured = strip_key, self._measure_strip()
        return self._measured[1]

    def _measure_strip(self) -> int:
        metrics = QFontMetrics(self._make_font())
        area = QRect(0, 0, max(1, self.width() - 2 * self._scale_px(8)), 10_000)
        needed = metrics.boundingRect(area, Qt.TextFlag.TextWordWrap, self._title or "X").height()
        return max(needed, metrics.height()) + 2 * self._scale_px(STRIP_PAD)

    def _make_font(self) -> QFont:
        return self._theme.make_font(self.font(), CAPTION)

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


# Viewer for one image of a stranger's file, inside the window: no other program is asked to open
# it.

SHARE = 0.8  # of the window


class ImageViewer(QDialog):
    """A dialog over the window with one image under its title; Esc closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Image"))
        self.frame = FrameView(theme, tr("Image"))
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.frame, 1)
        column.addWidget(self.buttons)

    def show_image(self, title: str, rgb: NDArray[np.uint8]) -> None:
        """Opens with this (H, W, 3) uint8 RGB image; one that is open shows it instead."""
        height, width = rgb.shape[:2]
        self.frame.show_frame(rgb, title, f"{title}, {width} × {height}")
        self.resize(require_value(self.parentWidget()).window().size() * SHARE)
        self.open()
