"""Small pictures with their words as rows of a list: nothing is made or kept of a row before somebody looks at it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from fieldcheck.ui.widgets.plain import make_plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
PICTURES_KEPT = 400
"""Pictures in memory at once: some screens full of them, about 90 MB."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture. `first` stands bold under it, `second` beside that or below; `description` is what a screen reader says.

    `badge` stands in the upper right corner (`×3`: three alike lie here), `sign` in the upper left one, `mark` after the words;
    `excluded` dims the picture and crosses it.
    """

    frame_id: str
    first: str
    second: str
    description: str
    badge: str = ""
    sign: str = ""
    mark: str = ""
    excluded: bool = False


class TileModel(QAbstractListModel):
    """Frames by id. The tile of a row is made when it is asked for, its picture comes later, and only the newest are kept."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame_ids: Sequence[str] = ()
        self._tile_at: Callable[[int], Tile] = _make_empty_tile
        self._pictures: OrderedDict[str, QImage] = OrderedDict()

    def show_rows(self, frame_ids: Sequence[str], tile_at: Callable[[int], Tile]) -> None:
        """Other rows. `tile_at(row)` is called for those in view only, so that it may be slow where the list is long."""
        self.beginResetModel()
        self._frame_ids, self._tile_at = frame_ids, tile_at
        self.endResetModel()

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Other rows, all of whose tiles exist already. Pictures that are there stay."""
        kept = tuple(tiles)
        self.show_rows([tile.frame_id for tile in kept], kept.__getitem__)

    def show_pictures(self, pictures: Mapping[str, QImage]) -> list[str]:
        """Pictures that have come, by frame. Returns the frames whose pictures were let go of for them."""
        for frame_id, picture in pictures.items():
            self._pictures[frame_id] = picture
            self._pictures.move_to_end(frame_id)
        if pictures and self._frame_ids:  # all rows at once: to look for each of them would take longer than to paint what is in view
            self.dataChanged.emit(self.index(0), self.index(len(self._frame_ids) - 1), [Role.DecorationRole])
        gone = []
        while len(self._pictures) > max(PICTURES_KEPT, len(pictures)):
            gone.append(self._pictures.popitem(last=False)[0])
        return gone

    @property
    def frame_ids(self) -> Sequence[str]:
        """All of them, in the order in which they are shown."""
        return self._frame_ids

    def get_tile(self, row: int) -> Tile | None:
        """The tile in that row, None where there is none."""
        return self._tile_at(row) if 0 <= row < len(self._frame_ids) else None

    def find_row(self, frame_id: str) -> int:
        """Its row, -1 where it is not shown."""
        return self._frame_ids.index(frame_id) if frame_id and frame_id in self._frame_ids else -1

    def has_picture(self, frame_id: str) -> bool:
        """Whether its picture has come, and is still there."""
        return frame_id in self._pictures

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._frame_ids)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._frame_ids):
            return None
        if role == Role.DecorationRole:
            return self._get_picture(self._frame_ids[index.row()])
        if role not in (Role.DisplayRole, Role.AccessibleTextRole, Role.ToolTipRole, Role.UserRole):
            return None
        tile = self._tile_at(index.row())
        if role == Role.DisplayRole:
            return tile.first
        if role == Role.ToolTipRole:
            return make_plain_tip(tile.description)
        return tile if role == Role.UserRole else tile.description

    def _get_picture(self, frame_id: str) -> QImage | None:
        picture = self._pictures.get(frame_id)
        if picture is not None:
            self._pictures.move_to_end(frame_id)
        return picture


def _make_empty_tile(row: int) -> Tile:
    raise IndexError(row)
