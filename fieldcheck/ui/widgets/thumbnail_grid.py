"""Grid of thumbnails for lists of any length: only visible ones are measured, painted and
loaded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fieldcheck.ui.theme import BODY, CAPTION, Theme, has_edges
from fieldcheck.ui.widgets.buttons import OWN_RING, paint_ring
from fieldcheck.ui.widgets.images_and_zoom import paint_cropped
from fieldcheck.ui.widgets.layouts import make_plain_tip

# Thumbnails with their captions as rows of a list model: nothing of a row is created before it is
# visible.

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
PICTURES_KEPT = 400
"""Pictures in memory at once: some screens full of them, about 90 MB."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One thumbnail. `first`: bold text below it; `second`: text beside or below that;
    `description`: text for screen readers.

    `badge` is drawn in the upper right corner (`×3`: a stack of three near-alike frames), `sign` in
    the upper left corner, `mark` at the right of the first text. `alarm`: the second text is wrong.
    `excluded` dims the image and crosses it out."""

    frame_id: str
    first: str
    second: str
    description: str
    badge: str = ""
    sign: str = ""
    mark: str = ""
    excluded: bool = False
    alarm: bool = False


class TileModel(QAbstractListModel):
    """Frames by id. The tile of a row is made when it is asked for, its picture comes later, and
    only the newest are kept."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame_ids: Sequence[str] = ()
        self._tile_at: Callable[[int], Tile] = _make_empty_tile
        self._pictures: OrderedDict[str, QImage] = OrderedDict()

    def show_rows(self, frame_ids: Sequence[str], tile_at: Callable[[int], Tile]) -> None:
        """Other rows. `tile_at(row)` is called for those in view only, so that it may be slow where
        the list is long."""
        self.beginResetModel()
        self._frame_ids, self._tile_at = frame_ids, tile_at
        self.endResetModel()

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Other rows, all of whose tiles exist already. Pictures that are there stay."""
        kept = tuple(tiles)
        self.show_rows([tile.frame_id for tile in kept], kept.__getitem__)

    def show_pictures(self, pictures: Mapping[str, QImage]) -> list[str]:
        """Pictures that have come, by frame. Returns the frames whose pictures were let go of for
        them."""
        for frame_id, picture in pictures.items():
            self._pictures[frame_id] = picture
            self._pictures.move_to_end(frame_id)
        # all rows at once: to look for each of them would take longer than to paint what is in view
        if pictures and self._frame_ids:
            self.dataChanged.emit(
                self.index(0), self.index(len(self._frame_ids) - 1), [Role.DecorationRole]
            )
        missing = []
        while len(self._pictures) > max(PICTURES_KEPT, len(pictures)):
            missing.append(self._pictures.popitem(last=False)[0])
        return missing

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


# How a small picture with its words is painted.

BETWEEN, ARROW = " · ", " → "
LEGIBLE = 3  # a name in this part of the room still shows both its ends
BESIDE = 8  # pixels on both sides of a picture


class TileDelegate(QStyledItemDelegate):
    """Draws a tile: the picture, under it its words on one line or on two."""

    def __init__(
        self, theme: Theme, picture: QSize, stacked: bool, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._picture, self._stacked = theme, picture, stacked

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.get_tile_size()

    def get_tile_size(self, width: int = 0) -> QSize:
        """Of every tile: the least one, or one that is `width` pixels wide, whose picture keeps its
        shape."""
        picture = max(self._picture.width(), width - BESIDE)
        height = self._picture.height() * picture // self._picture.width()
        return QSize(picture + BESIDE, height + self._get_text_height())

    def _get_text_height(self) -> int:
        """Of everything but the picture."""
        font = QFont()
        font.setPixelSize(self._theme.metrics.scale_px(CAPTION))
        return 12 + QFontMetrics(font).height() * (2 if self._stacked else 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        tile: Tile = index.data(Role.UserRole)
        box = option.rect.adjusted(1, 1, -1, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        self._paint_ground(painter, box, chosen)
        area = QRect(
            box.left() + 3,
            box.top() + 3,
            box.width() - 5,
            option.rect.height() - self._get_text_height(),
        )
        image = index.data(Role.DecorationRole)
        # until it comes its place is held
        painter.fillRect(area, QColor(tokens.canvas if image is not None else tokens.pressed))
        self._paint_picture(painter, area, image)
        if tile.excluded:
            self._paint_cross(painter, area)
        self._paint_corner(painter, area, tile.badge, right=True)
        self._paint_corner(painter, area, tile.sign, right=False)
        words = QRect(
            area.left() + 3, area.bottom() + 2, area.width() - 6, box.bottom() - area.bottom() - 3
        )
        self._paint_words(painter, words, tile, tokens.on_selection if chosen else tokens.text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            # round the picture: none of its words is covered
            paint_ring(painter, area.adjusted(-3, -3, 3, 3), tokens.focus, tokens.panel)
        painter.restore()

    def _paint_ground(self, painter: QPainter, box: QRect, chosen: bool) -> None:
        """The chosen one stands out; others have an edge where the look asks for one."""
        tokens = self._theme.tokens
        if not chosen and not has_edges(tokens, self._theme.metrics):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.border), 1 + chosen))
        painter.setBrush(QColor(tokens.selection if chosen else tokens.panel))
        painter.drawRoundedRect(box, CORNER, CORNER)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRect, image: QImage | None) -> None:
        if image is None or image.isNull():
            return
        size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        position = QRect(
            rect.left() + (rect.width() - size.width()) // 2,
            rect.top() + (rect.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(position, image)

    def _paint_cross(self, painter: QPainter, rect: QRect) -> None:
        """Taken out: the picture fades and a cross lies over it."""
        veil = QColor(self._theme.tokens.panel)
        veil.setAlpha(150)
        painter.fillRect(rect, veil)
        side = rect.height() // 2
        cross = QRect(rect.center().x() - side // 2, rect.center().y() - side // 2, side, side)
        for width, shade in ((6, "#000000"), (3, "#FFFFFF")):
            painter.setPen(QPen(QColor(shade), width))
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())

    def _paint_corner(self, painter: QPainter, rect: QRect, text: str, right: bool) -> None:
        if not text:
            return
        font = QFont(painter.font())
        font.setPixelSize(self._theme.metrics.scale_px(CAPTION))
        font.setBold(True)
        painter.setFont(font)
        width, height = (
            QFontMetrics(font).horizontalAdvance(text) + 8,
            QFontMetrics(font).height() + 2,
        )
        box = QRect(rect.right() - width + 1 if right else rect.left(), rect.top(), width, height)
        painter.fillRect(box, QColor("#16191C"))
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_words(self, painter: QPainter, rect: QRect, tile: Tile, colour: str) -> None:
        painter.setPen(QColor(colour))
        bold, plain = QFont(painter.font()), QFont(painter.font())
        for font, heavy in ((bold, True), (plain, False)):
            font.setPixelSize(self._theme.metrics.scale_px(CAPTION))
            font.setBold(heavy)
        left, right = (
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        )
        half = rect.height() // 2
        upper = QRect(rect.left(), rect.top(), rect.width(), half) if self._stacked else rect
        lower = QRect(rect.left(), rect.top() + half, rect.width(), half) if self._stacked else rect
        if tile.mark:
            painter.setFont(bold)
            painter.drawText(upper, right, tile.mark)
            width = QFontMetrics(bold).horizontalAdvance(tile.mark) + 6
            upper = upper.adjusted(0, 0, -width, 0)
            lower = lower if self._stacked else upper
        painter.setFont(bold)
        painter.drawText(upper, left, elide_caption(tile.first, QFontMetrics(bold), rect.width()))
        painter.setFont(plain)
        painter.drawText(
            lower,
            left if self._stacked else right,
            elide_caption(tile.second, QFontMetrics(plain), rect.width()),
        )


RING, CORNER, LINE_HEIGHT = 4, 4, 20  # pixels: place of the ring round a picture; of a line


class PlainTileDelegate(TileDelegate):
    """A tile without a frame: the picture with round corners, under it label and prediction on two
    lines, or both words on one. The ring of the one that is looked at lies round the picture."""

    def get_tile_size(self, width: int = 0) -> QSize:
        """Of every tile: the least one, or one that is `width` pixels wide."""
        picture = max(self._picture.width(), width - 2 * RING)
        height = self._picture.height() * picture // self._picture.width()
        return QSize(picture + 2 * RING, height + self._get_text_height())

    def _get_text_height(self) -> int:
        lines = 2 if self._stacked else 1
        return 2 * RING + lines * self._theme.metrics.scale_px(LINE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, tile = self._theme.tokens, index.data(Role.UserRole)
        box = option.rect.adjusted(RING, RING, -RING, 0)
        area = QRect(
            box.topLeft(), QSize(box.width(), option.rect.height() - self._get_text_height())
        )
        image = index.data(Role.DecorationRole)
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        ground = tokens.canvas if image is not None else tokens.pressed
        paint_cropped(painter, image or QImage(), area, CORNER, ground)
        self._paint_corner(painter, area, tile.badge, right=True)
        if option.state & QStyle.StateFlag.State_Selected:
            focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(tokens.focus if focused else tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(-3, -3, 3, 3), CORNER + 3, CORNER + 3)
        words = QRect(box.left(), area.bottom() + RING + 1, box.width(), 0)
        words.setBottom(option.rect.bottom())
        self._paint_words(painter, words, tile, tokens.text)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, tile: Tile, colour: str) -> None:
        tokens, line = self._theme.tokens, self._theme.metrics.scale_px(LINE_HEIGHT)
        upper = QRect(rect.left(), rect.top(), rect.width(), line)
        bold, plain = (self._theme.make_font(QFont(), BODY, is_bold) for is_bold in (True, False))
        mark = QFontMetrics(plain).horizontalAdvance(tile.mark) + 8 if tile.mark else 0
        self._draw(painter, upper, (plain, tokens.text2), tile.mark, right=True)
        if self._stacked:
            self._draw(painter, upper.adjusted(0, 0, -mark, 0), (bold, colour), tile.first)
            style = (bold, tokens.alarm) if tile.alarm else (plain, colour)
            self._draw(painter, upper.translated(0, line), style, tile.second)
            return
        self._draw(painter, upper, (bold, colour), tile.first)
        left = QFontMetrics(bold).horizontalAdvance(tile.first) + 6
        small = self._theme.make_font(QFont(), CAPTION)
        self._draw(painter, upper.adjusted(left, 0, 0, 0), (small, tokens.text2), tile.second)

    @staticmethod
    def _draw(
        painter: QPainter, box: QRect, style: tuple[QFont, str], text: str, right: bool = False
    ) -> None:
        """A name that is longer than its place loses its middle; the whole is the tool tip."""
        font, colour = style
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(QColor(colour))
        fitting = elide_caption(text, QFontMetrics(font), box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, fitting)


def elide_caption(text: str, metrics: QFontMetrics, width: int) -> str:
    """Elided caption: as many whole parts as have room, `confidence 0.99` of `confidence 0.99 ·
    dark`; of one that is too long both ends, of a label and an answer the arrow between them."""
    parts = text.split(BETWEEN)
    while len(parts) > 1 and metrics.horizontalAdvance(BETWEEN.join(parts)) > width:
        parts.pop()
    shown = BETWEEN.join(parts)
    before, arrow, after = shown.partition(ARROW)
    if metrics.horizontalAdvance(shown) <= width:
        return shown
    if not arrow:
        return metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, width)
    number, widths = (
        width - metrics.horizontalAdvance(ARROW),
        [metrics.horizontalAdvance(text) for text in (before, after)],
    )
    # for the longer one; the shorter stays whole as long as the other is legible
    left = number - min(widths) - 1
    limits = (
        [left if width == max(widths) else width + 1 for width in widths]
        if left >= number // LEGIBLE
        else [number // 2] * 2
    )
    return ARROW.join(
        metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, most)
        for text, most in zip((before, after), limits, strict=True)
    )


WAIT_MS = 20  # a scroll that goes on asks for nothing
GAP, PLAIN_GAP = 6, 8

Move = QAbstractItemView.CursorAction
Hint = QAbstractItemView.ScrollHint


class ThumbnailGrid(QAbstractItemView):
    """`images_requested` names the frames in view whose pictures have not come; `chosen` the frame
    that is looked at; `frame_opened` one that Enter or a double click is meant for.

    Qt's own icon view lays every item out before it paints the first (200,000 of them hold the
    window up for seconds); all tiles here are of one size, so a place follows from a row by
    division.
    """

    images_requested = Signal(object)
    frame_chosen = Signal(str)
    frame_opened = Signal(str)

    def __init__(
        self, theme: Theme, name: str, picture: QSize, stacked: bool = False, plain: bool = False
    ) -> None:
        super().__init__()
        self.tiles = TileModel(self)
        self._theme, self._stacked = theme, stacked
        self._kind = PlainTileDelegate if plain else TileDelegate
        self._gap = theme.metrics.scale_px(PLAIN_GAP if plain else GAP)
        self.setProperty("bare", True)
        self.setProperty(OWN_RING, True)
        self._tiles: tuple[Tile, ...] = ()
        self._asked: set[str] = set()
        self._delegate = self._kind(theme, picture, stacked, self)
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
        """Other tiles. The frame that was looked at stays so, where it is still among them; else
        the first is. The same tiles again leave everything where it is scrolled to."""
        new_tiles = tuple(tiles)
        if new_tiles == self._tiles:
            return
        self.show_rows([tile.frame_id for tile in new_tiles], new_tiles.__getitem__)
        self._tiles = new_tiles

    def show_rows(self, frame_ids: Sequence[str], tile_at: Callable[[int], Tile]) -> None:
        """Shows the rows of a list whose tiles are made when they come into view."""
        now, top, same = (
            self.get_current_subject(),
            self.verticalScrollBar().value(),
            frame_ids == self.tiles.frame_ids,
        )
        chosen = self.get_selected_subjects()
        self._tiles = ()
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
        """Pictures that have come. Of those let go of for them, the ones in view are asked for
        again at the next scroll."""
        self._asked.difference_update(self.tiles.show_pictures(pictures))

    def set_picture_size(self, picture: QSize) -> None:
        """Larger or smaller tiles."""
        self._delegate = self._kind(self._theme, picture, self._stacked, self)
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
        return [
            self.tiles.frame_ids[row]
            for row in sorted(index.row() for index in self.selectionModel().selectedIndexes())
        ]

    # --- where a row lies
    # ---------------------------------------------------------------------------------------------

    def get_column_count(self) -> int:
        """How many tiles stand side by side."""
        gap = self._gap
        return max(1, (self.viewport().width() + gap) // self._get_cell_size().width())

    def list_visible_rows(self) -> range:
        """The rows of which something can be seen."""
        height, columns = self._get_cell_size().height(), self.get_column_count()
        first = self.verticalOffset() // height
        last = (self.verticalOffset() + self.viewport().height() - 1) // height
        return range(
            min(first * columns, self.tiles.rowCount()),
            min((last + 1) * columns, self.tiles.rowCount()),
        )

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        line, column = divmod(index.row(), self.get_column_count())
        cell = self._get_cell_size()
        gap = self._gap
        return QRect(
            column * cell.width(),
            line * cell.height() - self.verticalOffset(),
            cell.width() - gap,
            cell.height() - gap,
        )

    def indexAt(self, point: QPoint) -> QModelIndex:
        cell, columns = self._get_cell_size(), self.get_column_count()
        column, line = (
            point.x() // cell.width(),
            (point.y() + self.verticalOffset()) // cell.height(),
        )
        index = (
            self.tiles.index(line * columns + column)
            if 0 <= column < columns and line >= 0
            else QModelIndex()
        )
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
        count, row, columns = (
            self.tiles.rowCount(),
            max(0, self.currentIndex().row()),
            self.get_column_count(),
        )
        page = max(1, self.viewport().height() // self._get_cell_size().height()) * columns
        steps = {
            Move.MoveLeft: -1,
            Move.MovePrevious: -1,
            Move.MoveRight: 1,
            Move.MoveNext: 1,
            Move.MoveUp: -columns,
            Move.MoveDown: columns,
            Move.MovePageUp: -page,
            Move.MovePageDown: page,
            Move.MoveHome: -row,
            Move.MoveEnd: count,
        }
        return (
            self.tiles.index(min(max(0, row + steps[action]), count - 1))
            if count
            else QModelIndex()
        )

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Selects by rubber band or Shift: every tile from that under its first corner to that
        under its last."""
        first, last = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
        if not (first.isValid() and last.isValid()):
            first = last = self.indexAt(rect.center())
        rows = sorted((first.row(), last.row()))
        chosen = (
            QItemSelection(self.tiles.index(rows[0]), self.tiles.index(rows[1]))
            if first.isValid()
            else QItemSelection()
        )
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

    # --- what Qt tells
    # ---------------------------------------------------------------------------------------------

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
                self.selectionModel().select(
                    self.tiles.index(row), QItemSelectionModel.SelectionFlag.Select
                )

    def _get_cell_size(self) -> QSize:
        """Size of a tile with its gap: as many side by side as there is room for, stretched so that
        they reach from edge to edge."""
        gap, least = self._gap, self._delegate.get_tile_size()
        width = self.viewport().width() + gap
        columns = max(1, width // (least.width() + gap))
        return self._delegate.get_tile_size(max(least.width(), width // columns - gap)) + QSize(
            gap, gap
        )

    def _open_row(self, index: Index) -> None:
        if index.isValid():
            self.frame_opened.emit(self.tiles.frame_ids[index.row()])

    def _request_soon(self, _value: int = 0) -> None:
        self._timer.start()

    def _request_images(self) -> None:
        if not self.isVisible():
            return
        in_view = [self.tiles.frame_ids[row] for row in self.list_visible_rows()]
        missing = tuple(
            name for name in in_view if name not in self._asked and not self.tiles.has_picture(name)
        )
        self._asked.update(missing)
        if missing:
            self.images_requested.emit(missing)
