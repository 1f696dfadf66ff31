"""What was taken for what, in frames: rows are what the person said, columns what the model said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from fieldcheck.ui.widgets.plain import plain_tip
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.workflows.explore.explore import Count

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
MOST_NAMED = 4  # with more classes there is no room for their names over the columns: these carry the numbers of the rows


class Counts(QAbstractTableModel):
    """Each cell carries its figure; its colour is the report's, and a cell in which nothing was counted has none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._rows: tuple[tuple[str, tuple[Count, ...]], ...] = ()

    def show_counts(self, names: Sequence[str], rows: Sequence[tuple[str, tuple[Count, ...]]]) -> None:
        """`names` head the columns; each row has its name and as many cells."""
        self.beginResetModel()
        self._names, self._rows = tuple(names), tuple(rows)
        self.endResetModel()

    def names(self, row: int, column: int) -> tuple[str, str]:
        """What the person said and what the model said in that cell."""
        return self._rows[row][0], self._names[column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        name, cells = self._rows[index.row()]
        cell = cells[index.column()]
        if role == Role.DisplayRole:
            return cell.text
        if role == Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role == Role.BackgroundRole:
            return QBrush(QColor(cell.colours[0])) if cell.colours else None
        if role == Role.ForegroundRole:
            return QBrush(QColor(cell.colours[1])) if cell.colours else None
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            said = text("Label {truth}, prediction {answer}: {n}")
            said = said.format(truth=name, answer=self._names[index.column()], n=cell.text)
            return plain_tip(said) if role == Role.ToolTipRole else said
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        across = orientation == Qt.Orientation.Horizontal
        names = self._names if across else tuple(name for name, _ in self._rows)
        if not 0 <= section < len(names):
            return None
        if role == Role.ToolTipRole:
            return plain_tip(names[section])
        if role != Role.DisplayRole or len(names) <= MOST_NAMED:
            return names[section] if role == Role.DisplayRole else None
        return str(section + 1) if across else f"{section + 1}  {names[section]}"
