"""The class buttons: number, name and colour bar; one column up to seven, two beyond."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import CAPTION, CLASS_NAME
from fieldcheck.ui.widgets.key_button import BareButton
from fieldcheck.ui.widgets.plain import delete_widget, make_plain_tip
from fieldcheck.words.direction import isolate_rtl_names
from fieldcheck.words.language import tr
from fieldcheck.words.signs import replace_missing_symbols

ONE_COLUMN = 7
LARGE = 150  # per cent
BAR = 10
LEAST = 88  # of a class button's width, where large text leaves less room
LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter


class ClassButton(BareButton):
    """`number` is the class's place from 1; `key` what is pressed for it. Every second colour bar is hatched."""

    def __init__(self, look: Theme, number: int, key: str, name: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._number, self._key, self._height = look, number, key, height
        told = replace_missing_symbols(name, lambda sign: QFontMetrics(self._look.make_font(self.font(), CLASS_NAME)).inFontUcs4(ord(sign)))
        self._name = isolate_rtl_names(" ".join(told.split()))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(make_plain_tip(told))
        self.setAccessibleName(tr("Label {name}, key {key}").format(name=name, key=key))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(140), self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(LEAST), self._height)

    def nextCheckState(self) -> None:
        """The presenter decides which class is marked, not the click."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tokens, px = self._look.tokens, self._look.metrics.scale_px
        bar = QRect(3, 3, px(BAR), self.height() - 6)
        colour = QColor(tokens.classes[(self._number - 1) % len(tokens.classes)])
        painter.fillRect(bar, colour)
        if self._number % 2 == 0:
            painter.fillRect(bar, QBrush(QColor(tokens.panel), Qt.BrushStyle.BDiagPattern))
        font = self._look.make_font(self.font(), CLASS_NAME, bold=True)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_selection if self.isChecked() or self.isDown() else tokens.text))
        left = px(BAR) + px(14)
        painter.drawText(QRect(left, 0, px(34), self.height()), Qt.AlignmentFlag.AlignVCenter, self._key)
        left += max(px(24), QFontMetrics(font).horizontalAdvance(self._key) + px(10))
        room = QRect(left, 0, self.width() - left - px(8), self.height())
        font, lines = self._fit_name(room.width())
        painter.setFont(font)
        height = QFontMetrics(font).lineSpacing()
        top = (self.height() - height * len(lines)) // 2
        for at, line in enumerate(lines):
            painter.drawText(QRect(left, top + at * height, room.width(), height), LINE, line)
        painter.end()

    def _fit_name(self, room: int) -> tuple[QFont, list[str]]:
        """The name in one line, else smaller in two, else with its middle left out: numbers at the end tell long names apart."""
        font = self._look.make_font(self.font(), CLASS_NAME, bold=self.isChecked())
        if QFontMetrics(font).horizontalAdvance(self._name) <= room:
            return font, [self._name]
        small = self._look.make_font(self.font(), CAPTION, bold=self.isChecked())
        metrics = QFontMetrics(small)
        if 2 * metrics.lineSpacing() > self.height() - 4:
            return font, [QFontMetrics(font).elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)]
        at = next((at for at in range(len(self._name), 0, -1) if metrics.horizontalAdvance(self._name[:at]) <= room), 1)
        space = self._name.rfind(" ", 0, at + 1) + 1
        at = space if space > at // 2 else at
        return small, [self._name[:at].rstrip(), metrics.elidedText(self._name[at:], Qt.TextElideMode.ElideMiddle, room)]


class ClassPanel(QWidget):
    """All classes that have a key, in order. `pressed(at)`: a button was clicked, by the place of its class."""

    pressed = Signal(int)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[Sequence[tuple[str, str]], bool] = ((), False)
        self.buttons: list[ClassButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.metrics.gap)

    def show_classes(self, keyed: Sequence[tuple[str, str]], compact: bool) -> list[ClassButton]:
        """`keyed` pairs a key with a class name. Returns the buttons; the same classes keep theirs, so that an undo moves nothing."""
        asked = (tuple(keyed), compact)
        if asked == self._shown:
            return self.buttons
        self._shown = asked
        for button in self.buttons:
            self._grid.removeWidget(button)
            delete_widget(button)
        height = min(self._look.metrics.primary, self._look.metrics.scale_px(40)) if compact else self._look.metrics.primary
        if self._look.metrics.gloves:
            height = self._look.metrics.primary
        beside = compact or self._look.metrics.gloves or len(keyed) > ONE_COLUMN
        # In large text two columns of a narrow panel leave four letters of a name: the panel scrolls, names are read.
        columns = 2 if beside and not (compact and self._look.metrics.percent >= LARGE) else 1
        self.buttons = [ClassButton(self._look, at + 1, key, name, height) for at, (key, name) in enumerate(keyed)]
        for at, button in enumerate(self.buttons):
            button.clicked.connect(partial(self._on_clicked, at))
            self._grid.addWidget(button, at // columns, at % columns)
        return self.buttons

    def _on_clicked(self, at: int, _checked: bool = False) -> None:
        self.pressed.emit(at)

    def mark_class(self, at: int) -> None:
        """The class that the frame has, or that the next box gets; −1 for none."""
        for place, button in enumerate(self.buttons):
            button.setChecked(place == at)


class ClassFinder(QWidget):
    """`chosen` carries what Enter was pressed on: the class that is marked in the list, else what was typed. The list, which is a widget
    of its own, is there while a class is looked for: `opened` and `closed` tell of it."""

    chosen = Signal(str)
    opened = Signal()
    closed = Signal()

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: Sequence[str] = ()
        self.field = QLineEdit(placeholderText=tr("Type a class, press Enter"))
        self.field.setAccessibleName(tr("Search classes"))
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._emit_chosen)
        self.field.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setProperty("elides", True)
        self.list.setAccessibleName(tr("Matching classes"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.list.setMinimumHeight(look.metrics.scale_px(44))
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.text()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)

    def show_classes(self, classes: Sequence[str]) -> None:
        """All classes there are."""
        self._classes = tuple(dict.fromkeys(classes))
        self._on_typed(self.field.text())

    def clear_search(self) -> None:
        """Nothing is typed."""
        self.field.clear()

    def find_matching_classes(self, typed: str) -> list[str]:
        """The classes that begin so, then those that hold it somewhere."""
        sought = typed.strip().lower()
        first = [name for name in self._classes if name.lower().startswith(sought)]
        return first + [name for name in self._classes if sought in name.lower() and name not in first]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk through the list while the field keeps the keys."""
        if event.type() == QEvent.Type.FocusIn:
            self.opened.emit()
        elif event.type() == QEvent.Type.FocusOut and not self.field.text():
            self.closed.emit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow(min(max(0, self.list.currentRow() + step), self.list.count() - 1))
                return True
        return False

    def _on_typed(self, typed: str) -> None:
        self.list.clear()
        for name in self.find_matching_classes(typed):
            QListWidgetItem(name, self.list).setToolTip(make_plain_tip(name))
        self.list.setCurrentRow(0 if typed.strip() else -1)

    def _emit_chosen(self) -> None:
        item = self.list.currentItem()
        self.chosen.emit(item.text() if item is not None else self.field.text())
