"""A layout that goes on in the next line where a row has no room left, so that longer words of another language fit."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Widgets from left to right, `gap` pixels apart, each as wide as it asks for; every line is as high as its highest. The height of all
    its lines is kept for it, also on a page that has to be longer than the window for that.

    `fills`: what a line leaves over goes to its widgets in equal parts.
    """

    def __init__(self, gap: int, parent: QWidget | None = None, fills: bool = False) -> None:
        super().__init__(parent)
        self._fills = fills
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self._least = 0  # the height of all lines at the width it was given last
        self.setContentsMargins(0, 0, 0, 0)

    def set_fill(self, fills: bool) -> None:
        """Whether what a line leaves over goes to its widgets."""
        if fills != self._fills:
            self._fills = fills
            self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return self._layout_items(QRect(0, 0, inner, 0), move=False) + margins.top() + margins.bottom()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        before, self._least = self._least, self._layout_items(rect.marginsRemoved(self.contentsMargins()), move=True)
        around = self.parentWidget()
        if self._least != before and around is not None:
            QTimer.singleShot(0, around, self._on_height_change)

    def _on_height_change(self) -> None:
        """Whoever lays it out asks again how high it is."""
        around = self.parentWidget()
        self.invalidate()
        if around is not None:
            around.updateGeometry()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The widest item, inside the margins, as high as its lines were last."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        size.setHeight(max(size.height(), self._least))
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _layout_items(self, room: QRect, move: bool) -> int:
        """The height that is used; the items are put into place where `move` is set, each in the middle of its line."""
        top = room.top()
        for line in self._split_lines(room.width()):
            height = max(_get_item_size(item).height() for item in line)
            left = room.left()
            used = sum(_get_item_size(item).width() for item in line) + self._gap * (len(line) - 1)
            widest = max(room.width(), max(item.minimumSize().width() for item in line))
            more = max(0, room.width() - used) // len(line) if self._fills else 0
            for item in line:
                hint = _get_item_size(item) + QSize(more, 0)
                hint.setWidth(min(hint.width(), widest))
                if move:
                    item.setGeometry(QRect(QPoint(left, top + (height - hint.height()) // 2), hint))
                left += hint.width() + self._gap
            top += height + self._gap
        return max(0, top - self._gap - room.top())

    def _split_lines(self, width: int) -> list[list[QLayoutItem]]:
        """The items of each line."""
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            needed = _get_item_size(item).width()
            if lines and used + self._gap + needed <= width:
                lines[-1].append(item)
                used += self._gap + needed
            else:
                lines.append([item])
                used = needed
        return lines


def _get_item_size(item: QLayoutItem) -> QSize:
    """What it asks for, and never less than it needs."""
    return item.sizeHint().expandedTo(item.minimumSize())
