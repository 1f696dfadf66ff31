"""Finding a class by typing: a field, and under it the classes that fit; more of them than there are keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.words.language import text


class ClassFinder(QWidget):
    """`chosen` carries what Enter was pressed on: the class that is marked in the list, else what was typed."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: Sequence[str] = ()
        self.field = QLineEdit(placeholderText=text("Type a class, then Enter"))
        self.field.setAccessibleName(text("Find a class by typing"))
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._choose)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(text("Classes that fit"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.list.setMinimumHeight(look.metrics.px(44))
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.text()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.metrics.gap)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)

    def show_classes(self, classes: Sequence[str]) -> None:
        """All classes there are."""
        self._classes = tuple(dict.fromkeys(classes))
        self._typed(self.field.text())

    def clear(self) -> None:
        """Nothing is typed."""
        self.field.clear()

    def fitting(self, typed: str) -> list[str]:
        """The classes that begin so, then those that hold it somewhere."""
        sought = typed.strip().lower()
        first = [name for name in self._classes if name.lower().startswith(sought)]
        return first + [name for name in self._classes if sought in name.lower() and name not in first]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk through the list while the field keeps the keys."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow(min(max(0, self.list.currentRow() + step), self.list.count() - 1))
                return True
        return False

    def _typed(self, typed: str) -> None:
        self.list.clear()
        self.list.addItems(self.fitting(typed))
        self.list.setCurrentRow(0 if typed.strip() else -1)

    def _choose(self) -> None:
        item = self.list.currentItem()
        self.chosen.emit(item.text() if item is not None else self.field.text())
