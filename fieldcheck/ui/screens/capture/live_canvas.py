"""The live picture, with what must be seen without looking elsewhere: that it records, or that no signal comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION, CLASS_NAME

if TYPE_CHECKING:  # the window must paint before numpy is loaded
    import numpy as np
    from numpy.typing import NDArray

PLATE, ON_PLATE, DISC, DARK_DISC = "#16191C", "#FFFFFF", "#FF5A55", "#8A929B"
"""What stands over a picture looks the same in every theme."""
VEIL = 150  # of 255: how dark a picture becomes that is no longer live
LEAST = QSize(240, 150)
PAD, GAP = 10, 12


class LiveCanvas(QWidget):
    """Paints the newest picture. `resized` says that there is other room for it now."""

    resized = Signal()

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pixels: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self._recording, self._lost = "", ""
        self._info: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_frame(self, rgb: NDArray[np.uint8]) -> None:
        """(h, w, 3) uint8, which must not change any more."""
        height, width = rgb.shape[:2]
        rows = rgb if rgb.strides == (3 * width, 3, 1) else rgb.copy()
        self._pixels = rows  # the image looks into this array and does not keep it alive
        self._image = QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self.update()

    def clear(self) -> None:
        """Only the surround."""
        self._pixels = self._image = None
        self.update()

    def show_state(self, recording: str, lost: str, info: Sequence[str], description: str) -> None:
        """`recording`: what stands beside the disc, empty for none; `lost`: why the picture is grey; `info`: lines of figures."""
        said = (recording, lost, tuple(info))
        if said != (self._recording, self._lost, self._info):
            self._recording, self._lost, self._info = said
            self.update()
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)

    @property
    def overlay_text(self) -> tuple[str, str, tuple[str, ...]]:
        """Overlay text of the live picture: of the recording, of the signal, of the figures."""
        return self._recording, self._lost, self._info

    @property
    def has_frame(self) -> bool:
        """Whether a picture is shown, live or not."""
        return self._image is not None

    def get_image_rect(self) -> QRect:
        """Where the picture is painted; empty without one."""
        if self._image is None:
            return QRect()
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(LEAST.width()), self._look.metrics.scale_px(LEAST.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.canvas))
        if self._image is not None:
            grey = self._image.convertToFormat(QImage.Format.Format_Grayscale8) if self._lost else self._image
            painter.drawImage(self.get_image_rect(), grey)
        if self._lost:
            painter.fillRect(self.rect(), QColor(0, 0, 0, VEIL))
            self._paint_text_plate(painter, self._lost, self.rect().center().y(), disc=False, centred=True)
        if self._recording:
            self._paint_text_plate(painter, self._recording, self._scale_px(GAP), disc=True, centred=False)
        self._paint_info(painter)
        if self.hasFocus():
            painter.setPen(QColor(self._look.tokens.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for inset in range(3):
                painter.drawRect(self.rect().adjusted(inset, inset, -inset - 1, -inset - 1))
        painter.end()

    def _paint_text_plate(self, painter: QPainter, said: str, top: int, disc: bool, centred: bool) -> None:
        font = self._make_font(CLASS_NAME, bold=True)
        metrics, pad = QFontMetrics(font), self._scale_px(PAD)
        mark = metrics.ascent() + pad if disc else 0
        width, height = metrics.horizontalAdvance(said) + mark + 2 * pad, metrics.height() + pad
        left = (self.width() - width) // 2 if centred else self._scale_px(GAP)
        box = QRect(left, top - height // 2 if centred else top, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(PLATE))
        painter.drawRoundedRect(box, 4, 4)
        if disc:
            if self._lost:  # nothing comes that could be recorded: the disc is dark
                painter.setPen(QColor(DARK_DISC))
            painter.setBrush(Qt.BrushStyle.NoBrush if self._lost else QColor(DISC))
            side = metrics.ascent()
            painter.drawEllipse(box.left() + pad, box.center().y() - side // 2 + 1, side, side)
        painter.setPen(QColor(ON_PLATE))
        painter.setFont(font)
        painter.drawText(box.adjusted(pad + mark, 0, -pad, 0), Qt.AlignmentFlag.AlignVCenter, said)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_info(self, painter: QPainter) -> None:
        if not self._info:
            return
        font = self._make_font(CAPTION, bold=False)
        metrics, pad = QFontMetrics(font), self._scale_px(PAD)
        width = max(metrics.horizontalAdvance(line) for line in self._info) + 2 * pad
        height = len(self._info) * metrics.height() + pad
        box = QRect(self._scale_px(GAP), self.height() - height - self._scale_px(GAP), width, height)
        painter.fillRect(box, QColor(PLATE))
        painter.setPen(QColor(ON_PLATE))
        painter.setFont(font)
        painter.drawText(box.adjusted(pad, pad // 2, -pad, 0), Qt.AlignmentFlag.AlignTop, "\n".join(self._info))

    def _make_font(self, size: int, bold: bool) -> QFont:
        return self._look.make_font(self.font(), size, bold)

    def _scale_px(self, at_100: float) -> int:
        return self._look.metrics.scale_px(at_100)
