"""The pages that only tell: keys, privacy, about."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fieldcheck import __version__
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.screen import GLOBAL, ActionSpec
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_plain_tip, make_row

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Rows of text under headings, for looking at."""

    def __init__(
        self, headings: tuple[str, ...], rows: list[tuple[str, ...]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._headings, self._rows = headings, rows

    def show_rows(self, rows: list[tuple[str, ...]]) -> None:
        """Other rows; the same ones are not measured again."""
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._rows[index.row()][index.column()]
            return make_plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None


def filter_rows(rows: list[tuple[str, ...]], typed: str) -> list[tuple[str, ...]]:
    """The rows in which every typed word occurs, in any column."""
    words = typed.lower().split()
    return [row for row in rows if all(word in " ".join(row).lower() for word in words)]


def get_headings() -> tuple[str, ...]:
    """Headings of the columns of `build_key_rows`."""
    return tr("Key"), tr("Function"), tr("Location")


def build_key_rows(entries: tuple[ActionSpec, ...]) -> list[tuple[str, ...]]:
    """Key, action and screen of every entry that has a key."""
    everywhere = tr("All screens")
    where = {
        entry.screen: everywhere if entry.screen == GLOBAL else get_screen_name(entry.screen)
        for entry in entries
    }
    return [(entry.shown_key, entry.text, where[entry.screen]) for entry in entries if entry.keys]


class KeysPage(QWidget):
    """Every key there is, found by typing."""

    def __init__(
        self, theme: Theme, entries: tuple[ActionSpec, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = QLineEdit(
            placeholderText=tr("Type a key or an action"), clearButtonEnabled=True
        )
        self.field.setObjectName("find_key")
        self.field.setAccessibleName(tr("Search shortcuts"))
        self._all = build_key_rows(entries)
        self.rows = RowsModel(get_headings(), self._all, self)
        self.list = _make_table(theme, self.rows, stretched=1)
        self.list.setAccessibleName(tr("Shortcuts"))
        self._count = make_label(tone="quiet")
        self.field.textChanged.connect(self._filter_rows)
        _stack_widgets(self, theme, self.field, self.list, self._count)
        self._filter_rows("")

    def _filter_rows(self, typed: str) -> None:
        self.rows.show_rows(filter_rows(self._all, typed))
        n = self.rows.rowCount()
        self._count.setText(tr_plural("{n} key", "{n} keys", n).format(n=n))


class PrivacyPage(QWidget):
    """Privacy: what happens to the pictures, in plain sentences."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        texts = [
            tr(
                "Fieldcheck connects only to network cameras that you specify. No other "
                "network access exists, so "
                "there is nothing to switch off."
            ),
            tr(
                "Fieldcheck has no telemetry: no usage statistics, no crash reports, no "
                "update check."
            ),
            tr("Footage, labels and reports stay on this computer unless you export or copy them."),
            tr(
                "Frames with a marked person are never in reports, and in exports and packs "
                "only if you include them."
            ),
            tr(
                "The project stores the time taken per label, because the report describes "
                "how the labels were made."
            ),
            tr(
                "Diagnostics contain version numbers and the log file path, but no names, "
                "images or labels."
            ),
        ]
        _stack_widgets(self, theme, *[make_label(note, wrap=True) for note in texts]).addStretch()


class AboutPage(QWidget):
    """Version, licence, the parts that ship with it and theirs, and the text that helps to find a
    fault."""

    def __init__(
        self, theme: Theme, diagnostics: QAction, key: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.copy = KeyButton(theme, tr("Copy diagnostics"), key).bind_action(diagnostics)
        self.copy.setObjectName("copy_diagnostics")
        named = make_label(tr("Fieldcheck {version}").format(version=__version__), bold=True)
        top = make_row(theme, named)
        top.addStretch()
        top.addWidget(self.copy)
        self._rows = RowsModel((tr("Component"), tr("Version"), tr("Licence")), [], self)
        self.list = _make_table(theme, self._rows, stretched=2)
        self.list.setAccessibleName(tr("Third-party licences"))
        licence = make_label(
            tr(
                "Apache License 2.0. Fieldcheck includes these components under their own licences:"
            ),
            wrap=True,
        )
        make_column(theme, top, licence, (self.list, 1), parent=self)

    def show_parts(self, parts: list[tuple[str, ...]]) -> None:
        """Name, version and licence of each."""
        self._rows.show_rows(parts)
        self.list.resizeColumnsToContents()


def _stack_widgets(page: QWidget, theme: Theme, *widgets: QWidget) -> QVBoxLayout:
    inside = make_column(theme, parent=page)
    for widget in widgets:
        inside.addWidget(widget, 1 if isinstance(widget, QTableView) else 0)
    return inside


class RowsTable(QTableView):
    """Table of rows to look at; the column `stretched` takes what is left of the width. The others
    are as wide as their words, which is measured once it is shown: each step of putting a page
    together would measure all rows again."""

    def __init__(self, stretched: int) -> None:
        super().__init__()
        self._stretched = stretched

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        mode, header = QHeaderView.ResizeMode, self.horizontalHeader()
        for index in range(header.count()):
            header.setSectionResizeMode(
                index, mode.Stretch if index == self._stretched else mode.ResizeToContents
            )


def _make_table(theme: Theme, model: RowsModel, stretched: int) -> QTableView:
    """A list of rows to look at, not measured yet."""
    table = RowsTable(stretched)
    table.setProperty("roomy", True)
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.metrics.scale_px(30))
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    return table
