"""Many small pictures with a line or two under each, loaded as they come into view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fieldcheck.ui.look.theme import Look
from fieldcheck.ui.look.tokens import CAPTION

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
WAIT_MS = 20  # a scroll that goes on asks for nothing


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture. `first` stands bold under it, `second` beside that or below; `description` is what a screen reader says."""

    frame_id: str
    first: str
    second: str
    description: str


class TileModel(QAbstractListModel):
    """Tiles in order; their pictures come later."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[Tile, ...] = ()
        self._pictures: dict[str, QImage] = {}

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Other tiles. Pictures that are there already stay."""
        self.beginResetModel()
        self._tiles = tuple(tiles)
        kept = {tile.frame_id for tile in tiles}
        self._pictures = {frame_id: picture for frame_id, picture in self._pictures.items() if frame_id in kept}
        self.endResetModel()

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Pictures that have come, by frame."""
        self._pictures.update(pictures)
        for row, tile in enumerate(self._tiles):
            if tile.frame_id in pictures:
                at = self.index(row)
                self.dataChanged.emit(at, at, [Role.DecorationRole])

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All of them."""
        return self._tiles

    def tile(self, row: int) -> Tile | None:
        """The tile in that row, None where there is none."""
        return self._tiles[row] if 0 <= row < len(self._tiles) else None

    def row_of(self, frame_id: str) -> int:
        """Its row, -1 where it is not shown."""
        return next((row for row, tile in enumerate(self._tiles) if tile.frame_id == frame_id), -1)

    def has_picture(self, frame_id: str) -> bool:
        """Whether its picture has come."""
        return frame_id in self._pictures

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        tile = self.tile(index.row()) if index.isValid() else None
        if tile is None:
            return None
        if role == Role.DisplayRole:
            return tile.first
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            return tile.description
        if role == Role.DecorationRole:
            return self._pictures.get(tile.frame_id)
        return tile if role == Role.UserRole else None


class TileDelegate(QStyledItemDelegate):
    """Draws a tile: the picture, under it its words on one line or on two."""

    def __init__(self, look: Look, picture: QSize, stacked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._picture, self._stacked = look, picture, stacked

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.size()

    def size(self) -> QSize:
        """Of every tile."""
        font = QFont()
        font.setPixelSize(self._look.metrics.px(CAPTION))
        line = QFontMetrics(font).height()
        return QSize(self._picture.width() + 8, self._picture.height() + 12 + line * (2 if self._stacked else 1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._look.tokens
        tile: Tile = index.data(Role.UserRole)
        box = option.rect.adjusted(1, 1, -1, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(box, QColor(tokens.selection if chosen else tokens.panel))
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.border), 3 if chosen else 1))
        painter.drawRect(box)
        room = QRect(box.left() + 3, box.top() + 3, box.width() - 5, self._picture.height())
        painter.fillRect(room, QColor(tokens.canvas))
        self._paint_picture(painter, room, index.data(Role.DecorationRole))
        words = QRect(room.left() + 3, room.bottom() + 2, room.width() - 6, box.bottom() - room.bottom() - 3)
        self._paint_words(painter, words, tile, tokens.on_selection if chosen else tokens.text)
        painter.restore()

    def _paint_picture(self, painter: QPainter, room: QRect, image: QImage | None) -> None:
        if image is None or image.isNull():
            return
        size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(
            room.left() + (room.width() - size.width()) // 2, room.top() + (room.height() - size.height()) // 2, size.width(), size.height()
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)

    def _paint_words(self, painter: QPainter, room: QRect, tile: Tile, colour: str) -> None:
        painter.setPen(QColor(colour))
        bold, plain = QFont(painter.font()), QFont(painter.font())
        for font, heavy in ((bold, True), (plain, False)):
            font.setPixelSize(self._look.metrics.px(CAPTION))
            font.setBold(heavy)
        left, right = (
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        )
        half = room.height() // 2
        upper = QRect(room.left(), room.top(), room.width(), half) if self._stacked else room
        lower = QRect(room.left(), room.top() + half, room.width(), half) if self._stacked else room
        painter.setFont(bold)
        painter.drawText(upper, left, QFontMetrics(bold).elidedText(tile.first, Qt.TextElideMode.ElideRight, room.width()))
        painter.setFont(plain)
        painter.drawText(
            lower, left if self._stacked else right, QFontMetrics(plain).elidedText(tile.second, Qt.TextElideMode.ElideRight, room.width())
        )


class PictureGrid(QListView):
    """`wanted` names the frames in view whose pictures have not come; `chosen` the frame that is looked at."""

    wanted = Signal(object)
    chosen = Signal(str)

    def __init__(self, look: Look, name: str, picture: QSize, stacked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = TileModel(self)
        self.setModel(self.tiles)
        delegate = TileDelegate(look, picture, stacked, self)
        self.setItemDelegate(delegate)
        self.setAccessibleName(name)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setGridSize(delegate.size() + QSize(look.metrics.px(6), look.metrics.px(6)))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._asked: set[str] = set()
        self._timer = QTimer(self, interval=WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self._ask)
        self.verticalScrollBar().valueChanged.connect(self._soon)
        self.selectionModel().currentChanged.connect(self._moved)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Other tiles. The frame that was looked at stays so, where it is still among them; else the first is. The same tiles again
        leave everything where it is scrolled to."""
        if tuple(tiles) == self.tiles.tiles:
            return
        now = self.tiles.tile(self.currentIndex().row())
        self.tiles.show_tiles(tiles)
        self._asked.clear()
        row = max(0, self.tiles.row_of(now.frame_id)) if now is not None else 0
        if tiles:
            self.setCurrentIndex(self.tiles.index(row))
        self._soon()

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Pictures that have come."""
        self.tiles.show_pictures(pictures)

    def current(self) -> str:
        """The frame that is looked at, empty for none."""
        tile = self.tiles.tile(self.currentIndex().row())
        return tile.frame_id if tile is not None else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon()

    def _soon(self, _value: int = 0) -> None:
        self._timer.start()

    def _ask(self) -> None:
        if not self.isVisible():
            return
        window = self.viewport().rect()
        missing = []
        for row in range(self.tiles.rowCount()):
            tile = self.tiles.tile(row)
            in_view = tile is not None and self.visualRect(self.tiles.index(row)).intersects(window)
            if tile is not None and in_view and tile.frame_id not in self._asked and not self.tiles.has_picture(tile.frame_id):
                missing.append(tile.frame_id)
        self._asked.update(missing)
        if missing:
            self.wanted.emit(tuple(missing))

    def _moved(self, now: QModelIndex, _before: QModelIndex) -> None:
        tile = self.tiles.tile(now.row())
        if tile is not None:
            self.chosen.emit(tile.frame_id)
