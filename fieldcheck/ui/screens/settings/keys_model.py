"""The table of actions as rows of text, and the list that is narrowed by typing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.shell.entry import EVERYWHERE, Entry
from fieldcheck.ui.widgets.plain import plain_tip
from fieldcheck.words.language import text

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Rows of text under headings, for looking at."""

    def __init__(self, headings: tuple[str, ...], rows: list[tuple[str, ...]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings, self._rows = headings, rows

    def show_rows(self, rows: list[tuple[str, ...]]) -> None:
        """Other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            said = self._rows[index.row()][index.column()]
            return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else said
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None


def narrowed(rows: list[tuple[str, ...]], typed: str) -> list[tuple[str, ...]]:
    """The rows in which every typed word occurs, in any column."""
    words = typed.lower().split()
    return [row for row in rows if all(word in " ".join(row).lower() for word in words)]


def headings() -> tuple[str, ...]:
    """What stands above the columns of `key_rows`."""
    return text("Key"), text("What it does"), text("Where")


def key_rows(entries: tuple[Entry, ...]) -> list[tuple[str, ...]]:
    """Key, action and screen of every entry that has a key."""
    everywhere = text("Everywhere")
    where = {entry.screen: everywhere if entry.screen == EVERYWHERE else screen_name(entry.screen) for entry in entries}
    return [(entry.shown_key, entry.text, where[entry.screen]) for entry in entries if entry.keys]
