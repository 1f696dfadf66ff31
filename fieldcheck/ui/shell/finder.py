"""The command finder: every action that can be done here, found by typing, with its key; the key sheet of a screen; and what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QVBoxLayout, QWidget

from fieldcheck.ui.errors.messages import Message
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.widgets.keyed_rows import KEY, KeyedList
from fieldcheck.ui.widgets.plain import make_label
from fieldcheck.ui.words import format_time_of_day
from fieldcheck.words.language import tr

STEPS: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class CommandPalette(QWidget):
    """A field and a list below it. Enter does the chosen action, after `done()` has closed the finder."""

    def __init__(self, actions: Actions, done: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._done = done
        self.field = QLineEdit(self, placeholderText=tr("Search actions"))
        self.field.setAccessibleName(tr("Find action"))
        self.nothing = make_label(tone="quiet", wrap=True)
        self.list = KeyedList(False, self)
        self.list.setAccessibleName(tr("Actions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for entry, action in actions.list_available():
            if action.isEnabled() and not entry.hold:
                self.list.add_row(entry.text, entry.shown_key).setData(Qt.ItemDataRole.UserRole, action)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        column.addWidget(self.nothing)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._filter_actions)
        self.field.returnPressed.connect(self._trigger_selected)
        self.list.itemClicked.connect(self._trigger_selected)
        self.field.installEventFilter(self)
        self._filter_actions("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in STEPS:
            self._move_selection(STEPS[event.key()])
            return True
        return False

    def _filter_actions(self, typed: str) -> None:
        words = typed.lower().split()
        first = None
        for at in range(self.list.count()):
            item = self.list.item(at)
            known = f"{item.text()} {item.data(KEY)}".lower()
            fits = all(word in known for word in words)
            item.setHidden(not fits)
            first = item if fits and first is None else first
        self.list.setCurrentRow(-1 if first is None else self.list.row(first))
        self.nothing.setVisible(first is None)
        self.nothing.setText(tr("No action matches “{typed}”.").format(typed=typed))

    def _move_selection(self, by: int) -> None:
        at = self.list.currentRow() + by
        while 0 <= at < self.list.count() and self.list.item(at).isHidden():
            at += by
        if 0 <= at < self.list.count():
            self.list.setCurrentRow(at)

    def _trigger_selected(self) -> None:
        """The chosen action; while nothing fits the finder stays, and says so."""
        item = self.list.currentItem()
        if item is not None:
            self._done()
            item.data(Qt.ItemDataRole.UserRole).trigger()


class ShortcutSheet(KeyedList):
    """Every key of the screen that is shown, then those that are valid everywhere; grey is what cannot be done now."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(True, parent)
        self.setAccessibleName(tr("Shortcuts on this screen"))
        for entry, action in actions.list_available():
            if entry.keys:
                self.add_row(entry.text, entry.shown_key, action.isEnabled())


def make_message_list(kept: Sequence[Message]) -> QListWidget:
    """List of the messages that were kept, the newest first, each with its time."""
    shown = QListWidget()
    shown.setAccessibleName(tr("Messages"))
    shown.setWordWrap(True)
    for message in reversed(kept):
        shown.addItem(f"{format_time_of_day(message.timestamp)}  {message.text}")
    if not shown.count():
        shown.addItem(tr("No messages yet."))
    return shown
