"""A frame as the model got it: the frame with the part that went in, the model's input, and the
most similar image of the benchmark."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.image_view import ImageView
from fieldcheck.ui.widgets.layouts import make_column, make_label


@dataclass(frozen=True, slots=True)
class FrameImages:
    """Pictures of one frame, null ones where there is none. `crop`: left, top, right and bottom of
    the model's part as shares of the frame; `nearest_name`: what the benchmark image is of."""

    frame: QImage
    crop: tuple[float, float, float, float] | None
    model_input: QImage
    nearest: QImage
    nearest_name: str = ""


class CropView(ImageView):
    """A still picture with a dashed line round the part that the model gets."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._crop: tuple[float, float, float, float] | None = None

    def show_crop(self, crop: tuple[float, float, float, float] | None) -> None:
        """Another part; None or the whole picture has no line."""
        self._crop = None if crop is None or crop == (0.0, 0.0, 1.0, 1.0) else crop
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._crop is None or self.image.isNull():
            return
        at, (left, top, right, bottom) = QRectF(self.get_image_rect()), self._crop
        box = QRectF(
            at.left() + left * at.width() + 1,
            at.top() + top * at.height() + 1,
            (right - left) * at.width() - 2,
            (bottom - top) * at.height() - 2,
        )
        painter = QPainter(self)
        painter.setPen(QPen(QColor("#000000"), 2))
        painter.drawRect(box)
        painter.setPen(QPen(QColor("#FFFFFF"), 2, Qt.PenStyle.DashLine))
        painter.drawRect(box)
        painter.end()


class FramePictures(QWidget):
    """The three pictures: the frame above the two others, or `in_row` before them. Room for all of
    them is kept, so that nothing moves when they come."""

    def __init__(self, theme: Theme, in_row: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame = CropView(theme, tr("Selected frame"))
        self.model_input = ImageView(theme, tr("Model input"))
        self.nearest = ImageView(theme, tr("Most similar benchmark image"))
        self.captions = [make_label(size="caption", tone="quiet", wrap=True) for _ in range(3)]
        parts = [
            make_column(theme, (view, 1), caption, gap=4)
            for view, caption in zip(
                (self.frame, self.model_input, self.nearest), self.captions, strict=True
            )
        ]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        gap = theme.metrics.scale_px(12)
        if in_row:
            line = QHBoxLayout(self)
            line.setContentsMargins(0, 0, 0, 0)
            for part, share in zip(parts, (25, 14, 14), strict=True):
                line.addLayout(part, share)
            line.setSpacing(gap)
        else:
            below = QHBoxLayout()
            below.setSpacing(gap)
            for part in parts[1:]:
                below.addLayout(part, 1)
            self.captions[0].hide()
            make_column(theme, (parts[0], 12), (below, 13), gap=12, parent=self)

    def show_images(self, images: FrameImages | None, title: str, described: str) -> None:
        """The pictures of another frame, described in words; None: of no frame."""
        shown = images or FrameImages(QImage(), None, QImage(), QImage())
        self.frame.show_image(shown.frame, described)
        self.frame.show_crop(shown.crop)
        size = shown.model_input.size()
        text = tr("Model input {width} × {height}").format(width=size.width(), height=size.height())
        self.model_input.show_image(shown.model_input, text)
        nearest = tr("Benchmark, nearest: {name}").format(name=shown.nearest_name)
        self.nearest.show_image(shown.nearest, nearest)
        self.captions[0].setText(title)
        self.captions[1].setText("" if shown.model_input.isNull() else text)
        self.captions[2].setText("" if shown.nearest.isNull() else nearest)
        self.nearest.setVisible(not shown.nearest.isNull())
        self.captions[2].setVisible(not shown.nearest.isNull())
