"""The class buttons: number, name and colour bar; one column up to seven, two beyond."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import CLASS_NAME
from fieldcheck.ui.widgets.key_button import painted_without_text
from fieldcheck.ui.widgets.plain import plain_tip
from fieldcheck.words.language import text

ONE_COLUMN = 7
BAR = 10


class ClassButton(QPushButton):
    """`number` is the class's place from 1; `key` what is pressed for it. Every second colour bar is hatched."""

    def __init__(self, look: Look, number: int, key: str, name: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._number, self._key, self._name, self._height = look, number, key, name, height
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(plain_tip(name))
        self.setAccessibleName(text("Label {name}, key {key}").format(name=name, key=key))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(140), self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def nextCheckState(self) -> None:
        """The presenter decides which class is marked, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painted_without_text(self)
        tokens, px = self._look.tokens, self._look.metrics.px
        bar = QRect(3, 3, px(BAR), self.height() - 6)
        colour = QColor(tokens.classes[(self._number - 1) % len(tokens.classes)])
        painter.fillRect(bar, colour)
        if self._number % 2 == 0:
            painter.fillRect(bar, QBrush(QColor(tokens.panel), Qt.BrushStyle.BDiagPattern))
        font = self.font()
        font.setPixelSize(px(CLASS_NAME))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_selection if self.isChecked() or self.isDown() else tokens.text))
        left = px(BAR) + px(14)
        painter.drawText(QRect(left, 0, px(34), self.height()), Qt.AlignmentFlag.AlignVCenter, self._key)
        font.setBold(self.isChecked())
        painter.setFont(font)
        left += max(px(24), QFontMetrics(font).horizontalAdvance(self._key) + px(10))
        room = QRect(left, 0, self.width() - left - px(8), self.height())
        name = QFontMetrics(font).elidedText(self._name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
        painter.end()


class ClassPanel(QWidget):
    """All classes that have a key, in order."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.buttons: list[ClassButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.metrics.gap)

    def show_classes(self, keyed: Sequence[tuple[str, str]], compact: bool) -> list[ClassButton]:
        """`keyed` pairs a key with a class name. Returns the buttons."""
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.setParent(None)
            button.deleteLater()
        height = min(self._look.metrics.primary, self._look.metrics.px(40)) if compact else self._look.metrics.primary
        if self._look.metrics.gloves:
            height = self._look.metrics.primary
        columns = 2 if compact or len(keyed) > ONE_COLUMN else 1
        self.buttons = [ClassButton(self._look, at + 1, key, name, height) for at, (key, name) in enumerate(keyed)]
        for at, button in enumerate(self.buttons):
            self._grid.addWidget(button, at // columns, at % columns)
        return self.buttons

    def mark(self, at: int) -> None:
        """The class that the frame has, or that the next box gets; −1 for none."""
        for place, button in enumerate(self.buttons):
            button.setChecked(place == at)


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
