"""Rows of a list with a key each: all keys stand in one column, before what they do or after it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QApplication, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fieldcheck.words.language import tr

Index = QModelIndex | QPersistentModelIndex
KEY = int(Qt.ItemDataRole.UserRole) + 1
ABOVE, BESIDE, BETWEEN = 4, 8, 20  # pixels


class KeyedList(QListWidget):
    """`before`: the keys stand on the left, else at the right edge. `widest` is the one that their column has room for."""

    def __init__(self, before: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_KeyedRowDelegate(before, self))
        self.widest = ""

    def add_row(self, said: str, key: str, enabled: bool = True) -> QListWidgetItem:
        """One more row; what cannot be done now is grey."""
        item = QListWidgetItem(said, self)
        item.setData(KEY, key)
        if self.fontMetrics().horizontalAdvance(key) > self.fontMetrics().horizontalAdvance(self.widest):
            self.widest = key
        item.setData(Qt.ItemDataRole.AccessibleTextRole, tr("{action}, key {key}").format(action=said, key=key) if key else said)
        if not enabled:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def list_rows(self) -> list[tuple[str, str]]:
        """Key and words of every row."""
        return [(self.item(at).data(KEY), self.item(at).text()) for at in range(self.count())]


class _KeyedRowDelegate(QStyledItemDelegate):
    def __init__(self, before: bool, parent: KeyedList) -> None:
        super().__init__(parent)
        self._before, self._list = before, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, option.fontMetrics.height() + 2 * ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        said, key = option.text, index.data(KEY)
        option.text = ""
        self._list.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._list)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if option.state & QStyle.StateFlag.State_Enabled:
            pen = option.palette.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
        else:  # a style sheet gives the list one colour for both, so its own palette knows no grey
            pen = QApplication.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        painter.setPen(pen)
        of_key, of_said = self._split_rect(option)
        middle = Qt.AlignmentFlag.AlignVCenter
        fitting = option.fontMetrics.elidedText(said, Qt.TextElideMode.ElideRight, of_said.width())
        painter.drawText(of_said, middle | Qt.AlignmentFlag.AlignLeft, fitting)
        painter.drawText(of_key, middle | (Qt.AlignmentFlag.AlignLeft if self._before else Qt.AlignmentFlag.AlignRight), key)

    def _split_rect(self, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        """Of the key and of the words."""
        inside = option.rect.adjusted(BESIDE, 0, -BESIDE, 0)
        wide = option.fontMetrics.horizontalAdvance(self._list.widest)
        if self._before:
            return inside.adjusted(0, 0, wide - inside.width(), 0), inside.adjusted(wide + BETWEEN, 0, 0, 0)
        return inside.adjusted(inside.width() - wide, 0, 0, 0), inside.adjusted(0, 0, -wide - BETWEEN, 0)
