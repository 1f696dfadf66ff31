"""The filmstrip under the frame, and the frames decoded ahead on other threads."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QImageReader,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.layouts import make_plain_tip

CELL, PICTURE_WIDTH = 100, 84
PICTURE, PICTURE_LOW = 47, 36  # pixels, whatever the size of the text; the lower one in low windows
TOP, BOTTOM = 6, 21  # pixels at 100 % over the pictures, and for what stands under them
WIDEST = 140
DIMMED = 0.82  # opacity of the frames around the one that is shown
CAPTION_COLOUR, CAPTION_HERE = "#C3C9D0", "#FFFFFF"
CAPTION_PX = 12
RING = "#7AB2FF"  # round the frame that is shown, on the dark of the strip


@dataclass(frozen=True, slots=True)
class FilmstripCell:
    """One frame: its place from 0, its picture where it was read, what stands under it. −1: a frame
    that cannot be chosen, since it is not picked."""

    index: int
    picture: QImage | None
    caption: str


class Filmstrip(QWidget):
    """The strip of cells, as many as fit, with the shown frame in the middle. `chosen` carries the
    index of a clicked cell."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cells: Sequence[FilmstripCell] = ()
        self._here = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._cell = min(theme.metrics.scale_px(CELL), WIDEST)
        self.set_low(False)

    def set_low(self, low: bool) -> None:
        """Lower pictures, so that the frame above has the room."""
        self._tall = PICTURE_LOW if low else PICTURE
        self.setFixedHeight(self._tall + self._theme.metrics.scale_px(TOP + BOTTOM))

    def sizeHint(self) -> QSize:
        return QSize(self._cell * 3, self.height())

    def count_visible_cells(self) -> int:
        """How many cells are seen, with those that are cut off at both ends."""
        return max(1, self.width() // self._cell) + 2

    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None:
        """`here` is the place of the frame that is shown."""
        self._cells, self._here = cells, here
        self.setAccessibleName(described)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._find_cell(event.position().x())
        if cell is not None and cell.index >= 0:
            self.chosen.emit(cell.index)

    def event(self, event: QEvent) -> bool:
        """The whole caption is the tooltip of its cell."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._find_cell(event.pos().x())
            QToolTip.showText(
                event.globalPos(), make_plain_tip(cell.caption) if cell is not None else "", self
            )
            return True
        return super().event(event)

    def _find_cell(self, x: float) -> FilmstripCell | None:
        index = int((x - self._get_left()) // self._cell)
        return self._cells[index] if 0 <= index < len(self._cells) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.canvas))
        for index, cell in enumerate(self._cells):
            self._paint_cell(painter, self._get_left() + index * self._cell, cell)
        painter.end()

    def _paint_cell(self, painter: QPainter, left: int, cell: FilmstripCell) -> None:
        px, here = self._theme.metrics.scale_px, cell.index == self._here
        wide = min(px(PICTURE_WIDTH), self._cell - px(8))
        box = QRect(left + (self._cell - wide) // 2, px(TOP), wide, self._tall)
        if cell.picture is not None and not cell.picture.isNull():
            painter.setOpacity(1.0 if here else DIMMED)
            painter.drawImage(box, cell.picture, _compute_crop(cell.picture.size(), box.size()))
            painter.setOpacity(1.0)
        if here:
            painter.setPen(QPen(QColor(RING), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(-2, -2, 2, 2), 4, 4)
        font = self._theme.make_font(self.font(), CAPTION_PX, bold=here)
        painter.setFont(font)
        painter.setPen(QColor(CAPTION_HERE if here else CAPTION_COLOUR))
        under = QRect(left + 2, box.bottom() + px(3), self._cell - 4, px(16))
        text = QFontMetrics(font).elidedText(
            cell.caption, Qt.TextElideMode.ElideRight, under.width()
        )
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, text)

    def _get_left(self) -> int:
        """Where the first cell begins: the one that is shown stands in the middle where it has as
        many neighbours before it."""
        shown = next(
            (index for index, cell in enumerate(self._cells) if cell.index == self._here), 0
        )
        centred = (self.width() - self._cell) // 2 - shown * self._cell
        last = self.width() - len(self._cells) * self._cell
        return min(0, max(centred, last))


def _compute_crop(picture: QSize, box: QSize) -> QRect:
    """The middle of a picture in the proportions of a box."""
    scale = min(picture.width() / box.width(), picture.height() / box.height())
    width, height = round(box.width() * scale), round(box.height() * scale)
    return QRect((picture.width() - width) // 2, (picture.height() - height) // 2, width, height)


# Pictures read ahead: the next few and the last few are decoded on other threads before anybody
# asks for them.

AHEAD, BEHIND = 5, 2
KEPT = 12
THUMB = QSize(96, 54)
THREADS = 2


class ImagePrefetcher(QObject):
    """Decoded frames by file, with their thumbnails. `arrived` carries the file of one that is
    ready now."""

    arrived = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="picture")
        # Separate threads, so that no frame waits for thumbnails.
        self._small_pool = ThreadPoolExecutor(1, thread_name_prefix="thumb")
        self._small_asked: set[str] = set()
        self._whole: OrderedDict[str, Future[QImage]] = OrderedDict()
        self._thumbs: dict[str, QImage] = {}
        self._sums: Mapping[str, str] = {}

    def prefetch_images(
        self, files: Sequence[Path], index: int, sums: Mapping[str, str] | None = None
    ) -> None:
        """The frame at `index` is shown now: read it and its neighbours, the nearest first, and
        forget those far away. `sums`: the SHA-256 of the pixels by file; a frame that has others is
        as one that cannot be read."""
        self._sums = sums or {}
        order = [
            index,
            *(index + step for step in range(1, AHEAD + 1)),
            *(index - step for step in range(1, BEHIND + 1)),
        ]
        for position in order:
            if 0 <= position < len(files):
                self._start_reading(str(files[position]))
        while len(self._whole) > KEPT:
            self._whole.popitem(last=False)[1].cancel()

    def get_image(self, file: Path) -> QImage | None:
        """The frame, or None while it is still being read. A file that cannot be read gives a null
        image."""
        future = self._whole.get(str(file))
        return (
            future.result()
            if future is not None and future.done() and not future.cancelled()
            else None
        )

    def is_broken(self, file: Path) -> bool:
        """Whether the file was read and is not an image."""
        image = self.get_image(file)
        return image is not None and image.isNull()

    def get_thumbnail(self, file: Path) -> QImage | None:
        """The frame in the size of the strip, or None where it was not read yet: it comes then, and
        `arrived` tells of it."""
        name = str(file)
        if name not in self._thumbs and name not in self._whole and name not in self._small_asked:
            self._small_asked.add(name)
            self._small_pool.submit(self._read_image, name).add_done_callback(
                partial(self._emit_arrived, name)
            )
        return self._thumbs.get(name)

    def close(self) -> None:
        """Stop reading."""
        for pool in (self._pool, self._small_pool):
            pool.shutdown(wait=True, cancel_futures=True)

    def _start_reading(self, file: str) -> None:
        if file in self._whole:
            self._whole.move_to_end(file)
            return
        future = self._pool.submit(self._read_image, file)
        self._whole[file] = future
        future.add_done_callback(partial(self._emit_arrived, file))

    def _read_image(self, file: str) -> QImage:
        image = QImageReader(file).read()
        if (
            (wanted := self._sums.get(file))
            and not image.isNull()
            and _compute_sha256(image) != wanted
        ):
            return QImage()
        if not image.isNull():
            image = image.convertToFormat(QImage.Format.Format_RGB32)  # what is painted fastest
            self._thumbs[file] = image.scaled(
                THUMB * 2,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
        return image

    def _emit_arrived(self, file: str, future: Future[QImage]) -> None:
        if not future.cancelled():
            self.arrived.emit(file)


def _compute_sha256(image: QImage) -> str:
    """Of the raw RGB bytes, row by row, as the project keeps it of every frame."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows, used = rgb.constBits(), rgb.width() * 3
    digest = hashlib.sha256()
    for index in range(0, rgb.height() * rgb.bytesPerLine(), rgb.bytesPerLine()):
        digest.update(rows[index : index + used])
    return digest.hexdigest()
