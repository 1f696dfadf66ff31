"""The strip under the frame: the frames around it with what was said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look

CELL, PICTURE, GAP = 100, 54, 4
CAPTION_PX = 12


@dataclass(frozen=True, slots=True)
class FilmstripCell:
    """One frame: its place from 0, its picture where it was read, what stands under it."""

    place: int
    picture: QImage | None
    caption: str


class Filmstrip(QWidget):
    """Filmstrip: as many cells as fit, the shown frame in the middle. `chosen` carries the place of one that was clicked."""

    chosen = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._cells: Sequence[FilmstripCell] = ()
        self._here = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.metrics.px(PICTURE + 22))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(CELL) * 3, self.height())

    def room(self) -> int:
        """How many cells fit."""
        return max(1, self.width() // self._look.metrics.px(CELL))

    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None:
        """`here` is the place of the frame that is shown."""
        self._cells, self._here = cells, here
        self.setAccessibleName(described)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = int(event.position().x() // self._look.metrics.px(CELL))
        if 0 <= at < len(self._cells):
            self.chosen.emit(self._cells[at].place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        px, tokens = self._look.metrics.px, self._look.tokens
        font = self.font()
        font.setPixelSize(px(CAPTION_PX))
        for at, cell in enumerate(self._cells):
            box = QRect(at * px(CELL), 0, px(CELL) - px(GAP), px(PICTURE))
            painter.fillRect(box, QColor(tokens.canvas))
            if cell.picture is not None and not cell.picture.isNull():
                painter.drawImage(box, cell.picture, _cut(cell.picture.size(), box.size()))
            here = cell.place == self._here
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


def _cut(picture: QSize, box: QSize) -> QRect:
    """The middle of a picture in the proportions of a box."""
    scale = min(picture.width() / box.width(), picture.height() / box.height())
    width, height = round(box.width() * scale), round(box.height() * scale)
    return QRect((picture.width() - width) // 2, (picture.height() - height) // 2, width, height)
