"""A grid of small pictures, however long the list: only what is in view is measured, painted and loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.tile_delegate import TileDelegate
from fieldcheck.ui.widgets.tile_model import Index, Tile, TileModel

__all__ = ["ThumbnailGrid", "Tile", "TileModel"]

WAIT_MS = 20  # a scroll that goes on asks for nothing
GAP = 6

Move = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint


class ThumbnailGrid(QAbstractItemView):
    """`images_requested` names the frames in view whose pictures have not come; `chosen` the frame that is looked at; `frame_opened` one
    that Enter or a double click is meant for.

    Qt's own icon view lays every item out before it paints the first (200,000 of them hold the window up for seconds); all
    tiles here are of one size, so a place follows from a row by division.
    """

    images_requested = Signal(object)
    frame_chosen = Signal(str)
    frame_opened = Signal(str)

    def __init__(self, look: Theme, name: str, picture: QSize, stacked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = TileModel(self)
        self._look, self._stacked = look, stacked
        self._given: tuple[Tile, ...] = ()
        self._asked: set[str] = set()
        self._delegate = TileDelegate(look, picture, stacked, self)
        self.setItemDelegate(self._delegate)
        self.setModel(self.tiles)
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._timer = QTimer(self, interval=WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self._request_images)
        self.verticalScrollBar().valueChanged.connect(self._request_soon)
        self.doubleClicked.connect(self._open_row)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Other tiles. The frame that was looked at stays so, where it is still among them; else the first is. The same tiles again
        leave everything where it is scrolled to."""
        given = tuple(tiles)
        if given == self._given:
            return
        self.show_rows([tile.frame_id for tile in given], given.__getitem__)
        self._given = given

    def show_rows(self, frame_ids: Sequence[str], tile_at: Callable[[int], Tile]) -> None:
        """Shows the rows of a list whose tiles are made when they come into view."""
        now, top, same = self.get_current_subject(), self.verticalScrollBar().value(), frame_ids == self.tiles.frame_ids
        chosen = self.get_selected_subjects()
        self._given = ()
        self.tiles.show_rows(frame_ids, tile_at)
        self._asked.clear()
        self.updateGeometries()
        if frame_ids:
            self.setCurrentIndex(self.tiles.index(max(0, self.tiles.find_row(now))))
        if len(chosen) > 1:
            self._restore_selection(chosen)
        if same:
            self.verticalScrollBar().setValue(top)
        self._request_soon()

    def show_images(self, pictures: Mapping[str, QImage]) -> None:
        """Pictures that have come. Of those let go of for them, the ones in view are asked for again at the next scroll."""
        self._asked.difference_update(self.tiles.show_pictures(pictures))

    def set_picture_size(self, picture: QSize) -> None:
        """Larger or smaller tiles."""
        self._delegate = TileDelegate(self._look, picture, self._stacked, self)
        self.setItemDelegate(self._delegate)
        self.updateGeometries()
        self.scrollTo(self.currentIndex())
        self.viewport().update()
        self._request_soon()

    def get_current_subject(self) -> str:
        """The frame that is looked at, empty for none."""
        row = self.currentIndex().row()
        return self.tiles.frame_ids[row] if 0 <= row < len(self.tiles.frame_ids) else ""

    def get_selected_subjects(self) -> list[str]:
        """The frames that are selected, in the order in which they stand."""
        return [self.tiles.frame_ids[row] for row in sorted(index.row() for index in self.selectionModel().selectedIndexes())]

    # --- where a row lies -------------------------------------------------------------------------------------------------

    def get_column_count(self) -> int:
        """How many tiles stand side by side."""
        gap = self._look.metrics.scale_px(GAP)
        return max(1, (self.viewport().width() + gap) // self._get_cell_size().width())

    def list_visible_rows(self) -> range:
        """The rows of which something can be seen."""
        height, columns = self._get_cell_size().height(), self.get_column_count()
        first = self.verticalOffset() // height
        last = (self.verticalOffset() + self.viewport().height() - 1) // height
        return range(min(first * columns, self.tiles.rowCount()), min((last + 1) * columns, self.tiles.rowCount()))

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        line, column = divmod(index.row(), self.get_column_count())
        cell = self._get_cell_size()
        gap = self._look.metrics.scale_px(GAP)
        return QRect(column * cell.width(), line * cell.height() - self.verticalOffset(), cell.width() - gap, cell.height() - gap)

    def indexAt(self, point: QPoint) -> QModelIndex:
        cell, columns = self._get_cell_size(), self.get_column_count()
        column, line = point.x() // cell.width(), (point.y() + self.verticalOffset()) // cell.height()
        index = self.tiles.index(line * columns + column) if 0 <= column < columns and line >= 0 else QModelIndex()
        return index if self.visualRect(index).contains(point) else QModelIndex()

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        rect, bar = self.visualRect(index), self.verticalScrollBar()
        if not index.isValid():
            return
        if hint == Hint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - self.viewport().height() // 2)
        elif rect.top() < 0 or hint == Hint.PositionAtTop:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + 1)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def moveCursor(self, action: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, row, columns = self.tiles.rowCount(), max(0, self.currentIndex().row()), self.get_column_count()
        page = max(1, self.viewport().height() // self._get_cell_size().height()) * columns
        steps = {
            Move.MoveLeft: -1, Move.MovePrevious: -1, Move.MoveRight: 1, Move.MoveNext: 1, Move.MoveUp: -columns,
            Move.MoveDown: columns, Move.MovePageUp: -page, Move.MovePageDown: page, Move.MoveHome: -row, Move.MoveEnd: count,
        }  # fmt: skip
        return self.tiles.index(min(max(0, row + steps[action]), count - 1)) if count else QModelIndex()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Selects by rubber band or Shift: every tile from that under its first corner to that under its last."""
        first, last = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
        if not (first.isValid() and last.isValid()):
            first = last = self.indexAt(rect.center())
        rows = sorted((first.row(), last.row()))
        chosen = QItemSelection(self.tiles.index(rows[0]), self.tiles.index(rows[1])) if first.isValid() else QItemSelection()
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for row in self.list_visible_rows():
            if selection.contains(self.tiles.index(row)):
                region += self.visualRect(self.tiles.index(row))
        return region

    def updateGeometries(self) -> None:
        super().updateGeometries()
        lines, cell = -(-self.tiles.rowCount() // self.get_column_count()), self._get_cell_size()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, lines * cell.height() - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(cell.height() // 2)

    # --- what Qt tells ----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state
        for row in self.list_visible_rows():
            index = self.tiles.index(row)
            option.rect = self.visualRect(index)
            if not option.rect.intersects(event.rect()):
                continue
            option.state = plain
            if self.selectionModel().isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if index == self.currentIndex() and self.hasFocus():
                option.state |= QStyle.StateFlag.State_HasFocus
            self.itemDelegate().paint(painter, option, index)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open_row(self.currentIndex())
            return
        super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.frame_chosen.emit(self.tiles.frame_ids[current.row()])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()
        self._request_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._request_soon()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def _restore_selection(self, frame_ids: Sequence[str]) -> None:
        """A run of frames that was selected stays so, where they are still shown."""
        for row in sorted(self.tiles.find_row(name) for name in frame_ids):
            if row >= 0:
                self.selectionModel().select(self.tiles.index(row), QItemSelectionModel.SelectionFlag.Select)

    def _get_cell_size(self) -> QSize:
        """Size of a tile with its gap: as many side by side as there is room for, stretched so that they reach from edge to edge."""
        gap, least = self._look.metrics.scale_px(GAP), self._delegate.get_tile_size()
        room = self.viewport().width() + gap
        columns = max(1, room // (least.width() + gap))
        return self._delegate.get_tile_size(max(least.width(), room // columns - gap)) + QSize(gap, gap)

    def _open_row(self, index: Index) -> None:
        if index.isValid():
            self.frame_opened.emit(self.tiles.frame_ids[index.row()])

    def _request_soon(self, _value: int = 0) -> None:
        self._timer.start()

    def _request_images(self) -> None:
        if not self.isVisible():
            return
        in_view = [self.tiles.frame_ids[row] for row in self.list_visible_rows()]
        missing = tuple(name for name in in_view if name not in self._asked and not self.tiles.has_picture(name))
        self._asked.update(missing)
        if missing:
            self.images_requested.emit(missing)
