"""The command palette: every available action found by typing, the key sheet of a screen, and the
list of messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.i18n.language import tr
from fieldcheck.ui.errors import Message
from fieldcheck.ui.formatting import format_time_of_day
from fieldcheck.ui.screen import GLOBAL, ActionSpec
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.widgets.layouts import make_label

# Rows of a list with a key each: all keys stand in one column, before what they do or after it.

Index = QModelIndex | QPersistentModelIndex
KEY = int(Qt.ItemDataRole.UserRole) + 1
ABOVE, BESIDE, BETWEEN = 4, 8, 20  # pixels


class KeyedList(QListWidget):
    """`before`: the keys stand on the left, else at the right edge. `widest` is the one that their
    column has room for."""

    def __init__(self, before: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_KeyedRowDelegate(before, self))
        self.widest = ""

    def add_row(self, text: str, key: str, enabled: bool = True) -> QListWidgetItem:
        """One more row; what cannot be done now is grey."""
        item = QListWidgetItem(text, self)
        item.setData(KEY, key)
        if self.fontMetrics().horizontalAdvance(key) > self.fontMetrics().horizontalAdvance(
            self.widest
        ):
            self.widest = key
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole,
            tr("{action}, key {key}", action=text, key=key) if key else text,
        )
        if not enabled:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def add_heading(self, text: str) -> None:
        """The name of a group, above its rows."""
        item = QListWidgetItem(text, self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        item.setFont(font)

    def list_rows(self) -> list[tuple[str, str]]:
        """Key and words of every row that is no heading."""
        items = (self.item(index) for index in range(self.count()))
        return [(item.data(KEY), item.text()) for item in items if item.data(KEY) is not None]


class _KeyedRowDelegate(QStyledItemDelegate):
    def __init__(self, before: bool, parent: KeyedList) -> None:
        super().__init__(parent)
        self._before, self._list = before, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, option.fontMetrics.height() + 2 * ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        text, key = option.text, index.data(KEY)
        if key is None:
            painter.setFont(option.font)
            painter.setPen(QApplication.palette().color(QPalette.ColorRole.Text))
            inside = option.rect.adjusted(BESIDE, 0, -BESIDE, 0)
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, text)
            return
        option.text = ""
        self._list.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, option, painter, self._list
        )
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if option.state & QStyle.StateFlag.State_Enabled:
            pen = option.palette.color(
                QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
            )
        else:  # a style sheet gives the list one colour for both, so its own palette knows no grey
            pen = QApplication.palette().color(
                QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text
            )
        painter.setPen(pen)
        of_key, of_said = self._split_rect(option)
        middle = Qt.AlignmentFlag.AlignVCenter
        fitting = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, of_said.width())
        painter.drawText(of_said, middle | Qt.AlignmentFlag.AlignLeft, fitting)
        painter.drawText(
            of_key,
            middle | (Qt.AlignmentFlag.AlignLeft if self._before else Qt.AlignmentFlag.AlignRight),
            key,
        )

    def _split_rect(self, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        """Of the key and of the words."""
        inside = option.rect.adjusted(BESIDE, 0, -BESIDE, 0)
        wide = option.fontMetrics.horizontalAdvance(self._list.widest)
        if self._before:
            return inside.adjusted(0, 0, wide - inside.width(), 0), inside.adjusted(
                wide + BETWEEN, 0, 0, 0
            )
        return inside.adjusted(inside.width() - wide, 0, 0, 0), inside.adjusted(
            0, 0, -wide - BETWEEN, 0
        )


STEPS: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class CommandPalette(QWidget):
    """A field and a list below it. Enter does the chosen action, after `done()` has closed the
    finder."""

    def __init__(self, actions: Actions, done: Callable[[], object]) -> None:
        super().__init__()
        self._done = done
        self.field = QLineEdit(self, placeholderText=tr("Search actions"))
        self.field.setAccessibleName(tr("Find action"))
        self.nothing = make_label(tone="quiet", wrap=True)
        self.list = KeyedList(False, self)
        self.list.setAccessibleName(tr("Actions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for entry, action in actions.list_available():
            if action.isEnabled() and not entry.hold:
                self.list.add_row(entry.text, entry.shown_key).setData(
                    Qt.ItemDataRole.UserRole, action
                )
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
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in STEPS
        ):
            self._move_selection(STEPS[event.key()])
            return True
        return False

    def _filter_actions(self, typed: str) -> None:
        words = typed.lower().split()
        first = None
        for index in range(self.list.count()):
            item = self.list.item(index)
            searchable = f"{item.text()} {item.data(KEY)}".lower()
            fits = all(word in searchable for word in words)
            item.setHidden(not fits)
            first = item if fits and first is None else first
        self.list.setCurrentRow(-1 if first is None else self.list.row(first))
        self.nothing.setVisible(first is None)
        self.nothing.setText(tr("No action matches “{typed}”.", typed=typed))

    def _move_selection(self, steps: int) -> None:
        index = self.list.currentRow() + steps
        while 0 <= index < self.list.count() and self.list.item(index).isHidden():
            index += steps
        if 0 <= index < self.list.count():
            self.list.setCurrentRow(index)

    def _trigger_selected(self) -> None:
        """The chosen action; while nothing fits the finder stays, and says so."""
        item = self.list.currentItem()
        if item is not None:
            self._done()
            item.data(Qt.ItemDataRole.UserRole).trigger()


RANKS = ("screen", "all", "go")


def get_group(entry: ActionSpec) -> str:
    """Group of an action on the key sheet: the screen's own, valid everywhere, or leading to a
    screen."""
    if entry.screen != GLOBAL:
        return "screen"
    return "go" if entry.id.startswith("go.") else "all"


class ShortcutSheet(KeyedList):
    """Every key of the screen that is shown, then those that are valid everywhere, then those that
    lead to another screen, each group under its name; grey is what cannot be done now."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(True, parent)
        self.setAccessibleName(tr("Shortcuts on this screen"))
        group = ""
        keyed = [pair for pair in actions.list_available() if pair[0].keys]
        for entry, action in sorted(keyed, key=lambda pair: RANKS.index(get_group(pair[0]))):
            if get_group(entry) != group:
                group = get_group(entry)
                names = {"all": tr("All screens"), "go": tr("Go to another screen")}
                self.add_heading(names.get(group) or get_screen_name(entry.screen))
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
