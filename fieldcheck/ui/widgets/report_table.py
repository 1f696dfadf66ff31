"""A table of the report on a screen: the same cells, colours and words, looked at with the arrow
keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fieldcheck.ui.theme import Theme, make_tabular_font
from fieldcheck.ui.widgets.layouts import make_plain_tip

if TYPE_CHECKING:
    from fieldcheck.analyses.blocks import Table

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ROW, LEAST, PAD, RING = 25, 48, 5, 3


class ReportTableModel(QAbstractTableModel):
    """The lines of a finished table; nothing before the first one is shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None

    def show_table(self, table: Table | None) -> None:
        """From now on this one."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or self._table is None else len(self._table.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or self._table is None else len(self._table.heads)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid() or self._table is None:
            return None
        line = self._table.rows[index.row()]
        cell = line[index.column()]
        if role == Role.DisplayRole:
            return cell.text
        if role == Role.TextAlignmentRole:
            return int(
                Qt.AlignmentFlag.AlignCenter
                if cell.figure
                else Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            )
        if role == Role.BackgroundRole:
            return QBrush(QColor(cell.colours[0])) if cell.colours else None
        if role == Role.ForegroundRole:
            return QBrush(QColor(cell.colours[1])) if cell.colours else None
        if role == Role.FontRole and (cell.head or cell.figure):
            font = make_tabular_font(QFont()) if cell.figure else QFont()
            font.setWeight(QFont.Weight.DemiBold if cell.head else QFont.Weight.Normal)
            return font
        if role == Role.ToolTipRole:
            return make_plain_tip(cell.text)
        if role == Role.AccessibleTextRole:
            return (
                cell.text
                if not index.column()
                else f"{line[0].text}, {self._table.heads[index.column()].text}: {cell.text}"
            )
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if (
            self._table is None
            or orientation != Qt.Orientation.Horizontal
            or not 0 <= section < len(self._table.heads)
        ):
            return None
        if role == Role.TextAlignmentRole and not self._table.heads[section].figure:
            return int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        text = (
            self._table.heads[section].text
            if role in (Role.DisplayRole, Role.ToolTipRole)
            else None
        )
        return make_plain_tip(text) if text is not None and role == Role.ToolTipRole else text


class CellDelegate(QStyledItemDelegate):
    """Words have air on both sides. The present cell has a ring round it and keeps its colour,
    which is a figure: the fill of a selection would read as another one."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return super().sizeHint(option, index) + QSize(2 * self._theme.metrics.scale_px(PAD), 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        inner = QStyleOptionViewItem(option)
        inner.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)
        if not index.data(Role.TextAlignmentRole) & Qt.AlignmentFlag.AlignHCenter.value:
            pad = self._theme.metrics.scale_px(PAD)
            inner.rect = option.rect.adjusted(pad, 0, -pad, 0)
        if (
            option.state & QStyle.StateFlag.State_Selected
            and index.data(Role.BackgroundRole) is None
        ):
            # the table has filled it already
            inner.palette.setColor(QPalette.ColorRole.Text, QColor(self._theme.tokens.on_selection))
        super().paint(painter, inner, index)
        if option.state & QStyle.StateFlag.State_Selected and not _selects_rows(option.widget):
            keys_here = bool(option.state & QStyle.StateFlag.State_HasFocus)
            self._paint_ring(painter, option.rect, RING if keys_here else 1, keys_here)

    def _paint_ring(self, painter: QPainter, cell: QRect, wide: int, keys_here: bool) -> None:
        """With a line of the table's ground inside, so that it stands out from any colour of a
        cell."""
        tokens = self._theme.tokens
        painter.save()
        painter.setClipRect(cell)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, inset, width in (
            (tokens.panel, wide, 2),
            (tokens.focus if keys_here else tokens.text, 0, 2 * wide),
        ):
            painter.setPen(
                QPen(
                    QColor(colour),
                    width,
                    Qt.PenStyle.SolidLine,
                    Qt.PenCapStyle.SquareCap,
                    Qt.PenJoinStyle.MiterJoin,
                )
            )
            painter.drawRect(cell.adjusted(inset, inset, -inset - 1, -inset - 1))
        painter.restore()


def _selects_rows(view: QWidget | None) -> bool:
    """Whether the fill of whole lines says already which one is chosen."""
    rows = QAbstractItemView.SelectionBehavior.SelectRows
    return isinstance(view, QAbstractItemView) and view.selectionBehavior() == rows


class ReportTable(QTableView):
    """Its first column takes the room that the figures leave."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.lines = ReportTableModel(self)
        self._theme = theme
        self.setModel(self.lines)
        self.setItemDelegate(CellDelegate(theme, self))
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.metrics.scale_px(ROW))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(theme.metrics.scale_px(LEAST))

    def show_table(self, table: Table | None, wide: int = 0) -> None:
        """Other lines; the column `wide` stretches, the others are as wide as their words."""
        self.lines.show_table(table)
        heads = self.horizontalHeader()
        for index in range(self.lines.columnCount()):
            mode = (
                QHeaderView.ResizeMode.Stretch
                if index == wide
                else QHeaderView.ResizeMode.ResizeToContents
            )
            heads.setSectionResizeMode(index, mode)
