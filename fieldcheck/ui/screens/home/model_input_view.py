"""One frame beside what the model sees of it: the crop on the frame, an arrow, and the model's input pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.frame_view import BoxMark, FrameView
from fieldcheck.ui.widgets.plain import make_row
from fieldcheck.words.language import tr

if TYPE_CHECKING:  # the window must paint before numpy is loaded
    import numpy as np
    from numpy.typing import NDArray

ARROW, HEAD = 36, 9
FRAME_SHARE, INPUT_SHARE = 16, 10


@dataclass(frozen=True, slots=True, eq=False)
class ModelInputImages:
    """`rgb`: (H, W, 3) uint8, `seen`: (h, w, 3) uint8; `crop`: x1, y1, x2, y2 in pixels of the frame; `source` names it; `marks` are boxes
    over it."""

    rgb: NDArray[np.uint8]
    seen: NDArray[np.uint8]
    crop: tuple[float, float, float, float]
    source: str
    marks: tuple[BoxMark, ...] = ()


class ModelInputView(QWidget):
    """Camera frame → model input."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.frame = FrameView(look, tr("Camera frame"))
        self.input = FrameView(look, tr("Model input"), honest=True)
        line = make_row(look, on=self)
        line.addWidget(self.frame, FRAME_SHARE)
        line.addWidget(_Arrow(look))
        line.addWidget(self.input, INPUT_SHARE)

    def show_images(self, pair: ModelInputImages) -> None:
        """From now on this frame."""
        height, width = pair.rgb.shape[:2]
        said = tr("{source}, {width} × {height} pixels").format(source=pair.source, width=width, height=height)
        title = tr("Camera frame {width} × {height}").format(width=width, height=height)
        self.frame.show_frame(pair.rgb, title, said, pair.crop, pair.marks)
        tall, wide = pair.seen.shape[:2]
        said = tr("{source}, {width} × {height} pixels").format(source=pair.source, width=wide, height=tall)
        self.input.show_frame(pair.seen, tr("Model input {width} × {height}").format(width=wide, height=tall), said)


class _Arrow(QWidget):
    """From the one picture to the other."""

    def __init__(self, look: Theme) -> None:
        super().__init__()
        self._look = look
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(ARROW), self._look.metrics.scale_px(ARROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        head, middle, colour = self._look.metrics.scale_px(HEAD), self.height() / 2, QColor(self._look.tokens.text)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, self._look.metrics.scale_px(2)))
        painter.drawLine(QPointF(0, middle), QPointF(self.width() - head, middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tip = [QPointF(self.width(), middle), QPointF(self.width() - head, middle - head / 2 - 1)]
        painter.drawPolygon(QPolygonF([*tip, QPointF(self.width() - head, middle + head / 2 + 1)]))
        painter.end()
