"""A table of the report on a screen: the same cells, colours and words, looked at with the arrow keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from fieldcheck.ui.look.theme import Look

if TYPE_CHECKING:
    from fieldcheck.report.blocks import Table

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ROW, LEAST = 25, 48


class BlockModel(QAbstractTableModel):
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
            return int(Qt.AlignmentFlag.AlignCenter if cell.figure else Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        if role == Role.BackgroundRole:
            return QBrush(QColor(cell.colours[0])) if cell.colours else None
        if role == Role.ForegroundRole:
            return QBrush(QColor(cell.colours[1])) if cell.colours else None
        if role == Role.FontRole and cell.head:
            bold = QFont()
            bold.setBold(True)
            return bold
        if role == Role.ToolTipRole:
            return cell.text
        if role == Role.AccessibleTextRole:
            return cell.text if not index.column() else f"{line[0].text}, {self._table.heads[index.column()].text}: {cell.text}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if self._table is None or orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._table.heads):
            return None
        return self._table.heads[section].text if role in (Role.DisplayRole, Role.ToolTipRole) else None


class BlockTable(QTableView):
    """Its first column takes the room that the figures leave."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = BlockModel(self)
        self._look = look
        self.setModel(self.lines)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(look.metrics.px(ROW))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(look.metrics.px(LEAST))

    def show_table(self, table: Table | None, wide: int = 0) -> None:
        """Other lines; the column `wide` stretches, the others are as wide as their words."""
        self.lines.show_table(table)
        heads = self.horizontalHeader()
        for at in range(self.lines.columnCount()):
            mode = QHeaderView.ResizeMode.Stretch if at == wide else QHeaderView.ResizeMode.ResizeToContents
            heads.setSectionResizeMode(at, mode)
