"""The strip under the frame: the frames around it with what was said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_plain_tip

CELL, GAP = 100, 4
PICTURE, PICTURE_LOW = 54, 40  # pixels, whatever the size of the text; the lower one in low windows
WIDEST = 140
CAPTION_PX = 12


@dataclass(frozen=True, slots=True)
class FilmstripCell:
    """One frame: its place from 0, its picture where it was read, what stands under it."""

    index: int
    picture: QImage | None
    caption: str


class Filmstrip(QWidget):
    """Filmstrip: as many cells as fit, the shown frame in the middle. `chosen` carries the place of one that was clicked."""

    chosen = Signal(int)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._cells: Sequence[FilmstripCell] = ()
        self._here = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._cell = min(look.metrics.scale_px(CELL), WIDEST)
        self.set_low(False)

    def set_low(self, low: bool) -> None:
        """Lower pictures, so that the frame above has the room."""
        self._tall = PICTURE_LOW if low else PICTURE
        self.setFixedHeight(self._tall + self._look.metrics.scale_px(20))

    def sizeHint(self) -> QSize:
        return QSize(self._cell * 3, self.height())

    def count_visible_cells(self) -> int:
        """How many cells fit."""
        return max(1, self.width() // self._cell)

    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None:
        """`here` is the place of the frame that is shown."""
        self._cells, self._here = cells, here
        self.setAccessibleName(described)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._find_cell(event.position().x())
        if cell is not None:
            self.chosen.emit(cell.index)

    def event(self, event: QEvent) -> bool:
        """The whole caption is the tooltip of its cell."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._find_cell(event.pos().x())
            QToolTip.showText(event.globalPos(), make_plain_tip(cell.caption) if cell is not None else "", self)
            return True
        return super().event(event)

    def _find_cell(self, x: float) -> FilmstripCell | None:
        at = int(x // self._cell)
        return self._cells[at] if 0 <= at < len(self._cells) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        px, tokens = self._look.metrics.scale_px, self._look.tokens
        font = self.font()
        font.setPixelSize(px(CAPTION_PX))
        for at, cell in enumerate(self._cells):
            box = QRect(at * self._cell, 0, self._cell - GAP, self._tall)
            painter.fillRect(box, QColor(tokens.canvas))
            if cell.picture is not None and not cell.picture.isNull():
                painter.drawImage(box, cell.picture, _compute_crop(cell.picture.size(), box.size()))
            here = cell.index == self._here
            if here:
                painter.setPen(QPen(QColor(tokens.accent), 3))
                painter.drawRect(box.adjusted(1, 1, -2, -2))
            font.setBold(here)
            painter.setFont(font)
            painter.setPen(QColor(tokens.text if here else tokens.text2))
            under = QRect(box.x(), box.bottom() + 2, box.width(), px(18))
            said = QFontMetrics(font).elidedText(cell.caption, Qt.TextElideMode.ElideRight, under.width())
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, said)
        painter.end()


def _compute_crop(picture: QSize, box: QSize) -> QRect:
    """The middle of a picture in the proportions of a box."""
    scale = min(picture.width() / box.width(), picture.height() / box.height())
    width, height = round(box.width() * scale), round(box.height() * scale)
    return QRect((picture.width() - width) // 2, (picture.height() - height) // 2, width, height)
