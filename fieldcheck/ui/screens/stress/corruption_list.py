"""The whole catalogue of corruptions, cause by cause, each on the present frame: found by typing or with the arrow keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QMainWindow, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import given
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.popover import Popover
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.plain import plain_tip
from fieldcheck.words.corruptions import by_cause, corruption_name, meaning
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
ICON = QSize(80, 45)
WIDTH, HEIGHT, GAP = 700, 470, 6
NAME = Qt.ItemDataRole.UserRole


class CorruptionList(QWidget):
    """A field, and a list with a heading for each cause. `chosen` carries the name of the catalogue; a heading cannot be chosen."""

    chosen = Signal(str)

    def __init__(self, look: Look, besides: Collection[str], severity: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit(placeholderText=text("Type a corruption, or browse with ↑ and ↓"))
        self.field.setAccessibleName(text("Search corruptions"))
        self.list = QListWidget()
        self.list.setAccessibleName(text("Corruptions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._icon = ICON * (look.metrics.percent / 100)
        self.list.setIconSize(self._icon)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setProperty("elides", True)
        for cause, names in by_cause():
            self._add_heading(cause)
            for name in names:
                if name not in besides:
                    self._add(name, severity)
        self.field.textChanged.connect(self._narrow)
        self.field.returnPressed.connect(self._choose)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self._narrow("")

    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """(h, w, 3) uint8 RGB each, by the name of the corruption."""
        for item in self._items():
            rgb = pictures.get(item.data(NAME))
            if rgb is not None:
                image = QImage(rgb.data, rgb.shape[1], rgb.shape[0], 3 * rgb.shape[1], QImage.Format.Format_RGB888)
                item.setIcon(QIcon(QPixmap.fromImage(image)))

    def mark(self, name: str) -> None:
        """This one is marked in the list."""
        for item in self._items():
            if item.data(NAME) == name:
                self.list.setCurrentItem(item)

    def names(self) -> list[str]:
        """Those that fit what is typed, in their order."""
        return [item.data(NAME) for item in self._items() if item.data(NAME) and not item.isHidden()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk through the list while the field keeps the keys."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in STEPS:
            self._step(STEPS[Qt.Key(event.key())])
            return True
        return False

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(at) for at in range(self.list.count())]

    def _add_heading(self, cause: str) -> None:
        item = QListWidgetItem(cause)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = self.font()
        font.setBold(True)
        item.setFont(font)
        self.list.addItem(item)

    def _add(self, name: str, severity: float) -> None:
        item = QListWidgetItem(f"{corruption_name(name)}: {meaning(name, severity)}")
        item.setData(NAME, name)
        item.setSizeHint(QSize(0, self._icon.height() + GAP))  # the picture comes later, and nothing moves then
        item.setToolTip(plain_tip(item.text()))
        self.list.addItem(item)

    def _narrow(self, typed: str) -> None:
        """Words of the name or of its meaning; a heading stays while one of its own does."""
        words, heading, first = typed.lower().split(), None, None
        for item in self._items():
            if not item.data(NAME):
                heading = item
                heading.setHidden(True)
                continue
            fits = all(word in item.text().lower() for word in words)
            item.setHidden(not fits)
            if fits and heading is not None:
                heading.setHidden(False)
            first = item if fits and first is None else first
        self.list.setCurrentRow(-1 if first is None else self.list.row(first))

    def _step(self, by: int) -> None:
        at = self.list.currentRow() + by
        while 0 <= at < self.list.count() and (self.list.item(at).isHidden() or not self.list.item(at).data(NAME)):
            at += by
        if 0 <= at < self.list.count():
            self.list.setCurrentRow(at)

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(NAME):
            self.chosen.emit(item.data(NAME))


class CorruptionPlace:
    """Opens the list over the window, one at a time, and closes it with the choice, with Esc, or with a click beside it."""

    def __init__(self, look: Look, actions: Actions, view: QWidget) -> None:
        self._look, self._actions, self._view = look, actions, view
        self._open: Popover | None = None
        self.chooser: CorruptionList | None = None

    def ask(self, title: str, besides: Collection[str], at: tuple[str, float], then: Callable[[str], None]) -> CorruptionList:
        """`then(name)` with what was chosen; those `besides` are not offered. `at`: what is chosen now, and how severe they are shown."""
        self.shut()
        window = self._view.window()
        room = given(window.centralWidget()) if isinstance(window, QMainWindow) else window
        made = CorruptionList(self._look, besides, at[1])
        made.chosen.connect(lambda name: self._chosen(name, then))
        made.mark(at[0])
        self._open, self.chooser = Popover(self._look, room, title, self._closed), made
        self._open.add(made)
        px = self._look.metrics.px
        self._actions.block(True)
        self._open.open_at((room.width() - px(WIDTH)) // 2, px(60), px(WIDTH), px(HEIGHT), made.field)
        return made

    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """The pictures have come; the list may be closed meanwhile."""
        if self.chooser is not None:
            self.chooser.show_pictures(pictures)

    def shut(self) -> bool:
        """Closes it; whether it was open."""
        if self._open is None:
            return False
        self._open.shut()
        return True

    def _chosen(self, name: str, then: Callable[[str], None]) -> None:
        self.shut()
        then(name)

    def _closed(self) -> None:
        self._open = self.chooser = None
        self._actions.block(False)
