"""Choice of corruptions: the catalogue by cause as previews on the present frame, and choosing by
digit, arrow or name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.corruptions.catalogue import FAVOURITES
from fieldcheck.corruptions.messages import (
    STOPS,
    describe_severity,
    get_corruption_name,
    group_by_cause,
)
from fieldcheck.i18n.language import tr
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.screens.stress.state import MODERATE, RecipeSelection
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.layouts import make_plain_tip
from fieldcheck.ui.widgets.pages import Popover

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Choice of corruptions, as a person chooses it: by digit, arrow or name, one on top of another,
# harder or milder.


class CorruptionChoice(QObject):
    """`changed` says that `selection` is another, or the same once more; `opened` carries a list
    that waits for its pictures."""

    changed = Signal()
    opened = Signal(object)

    def __init__(self, corruption_list_display: CorruptionPopover) -> None:
        super().__init__()
        self.selection = RecipeSelection(FAVOURITES[0])
        self.list_display = corruption_list_display

    def set_selection(self, chosen: RecipeSelection) -> None:
        """From now on this."""
        self.selection = chosen
        self.changed.emit()

    def choose_favourite(self, index: int) -> None:
        """The corruption with that place on the screen, from 0 on."""
        self.set_selection(self.selection.with_corruption(FAVOURITES[index % len(FAVOURITES)]))

    def step_corruption(self, steps: int) -> None:
        """The next favourite or the one before, round and round."""
        here = self.selection.corruption
        self.choose_favourite(
            FAVOURITES.index(here) + steps if here in FAVOURITES else min(steps, 0)
        )

    def choose_from_all(self) -> None:
        """Any one of the catalogue, asked for."""
        others = [name for name, _ in self.selection.steps]
        self._open_list(
            tr("All corruptions"),
            others,
            lambda name: self.set_selection(self.selection.with_corruption(name)),
        )

    def add_corruption(self) -> None:
        """Another one on top of the chosen one, asked for."""
        if not self.selection.is_full:
            self._open_list(
                tr("Second corruption"),
                self.selection.names,
                lambda name: self.set_selection(self.selection.with_corruption_on_top(name)),
            )

    def remove_step(self, index: int = -1) -> None:
        """No longer the one at that place under the chosen one; without a place the one put under
        last."""
        self.set_selection(
            self.selection.with_step_removed(index if index >= 0 else len(self.selection.steps) - 1)
        )

    def set_severity(self, severity: float) -> None:
        """How hard it is, 0 to 5."""
        self.set_selection(self.selection.with_severity(severity))

    def step_severity(self, steps: int) -> None:
        """The next named stop in that direction."""
        further = [stop for stop in STOPS if (stop - self.selection.severity) * steps > 0]
        if further:
            self.set_severity(min(further) if steps > 0 else max(further))

    def _open_list(self, title: str, besides: Collection[str], then: Callable[[str], None]) -> None:
        """The whole catalogue, as severe as the chosen one."""
        opened_list = self.list_display.open_list(
            title, besides, (self.selection.corruption, self.selection.severity or MODERATE), then
        )
        self.opened.emit(opened_list)


STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
ICON = QSize(80, 45)
WIDTH, HEIGHT, GAP = 700, 470, 6
NAME = Qt.ItemDataRole.UserRole


class CorruptionList(QWidget):
    """A field, and a list with a heading for each cause. `chosen` carries the name of the
    catalogue; a heading cannot be chosen."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, besides: Collection[str], severity: float) -> None:
        super().__init__()
        self.field = QLineEdit(placeholderText=tr("Type a corruption, or browse with ↑ and ↓"))
        self.field.setAccessibleName(tr("Search corruptions"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Corruptions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._icon = ICON * (theme.metrics.percent / 100)
        self.list.setIconSize(self._icon)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setProperty("elides", True)
        for cause, names in group_by_cause():
            self._add_heading(cause)
            for name in names:
                if name not in besides:
                    self._add_corruption(name, severity)
        self.field.textChanged.connect(self._filter_items)
        self.field.returnPressed.connect(self._emit_chosen)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._emit_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self._filter_items("")

    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """(h, w, 3) uint8 RGB each, by the name of the corruption."""
        for item in self._list_items():
            rgb = pictures.get(item.data(NAME))
            if rgb is not None:
                image = QImage(
                    rgb.data,
                    rgb.shape[1],
                    rgb.shape[0],
                    3 * rgb.shape[1],
                    QImage.Format.Format_RGB888,
                )
                item.setIcon(QIcon(QPixmap.fromImage(image)))

    def select_name(self, name: str) -> None:
        """This one is marked in the list."""
        for item in self._list_items():
            if item.data(NAME) == name:
                self.list.setCurrentItem(item)

    def list_names(self) -> list[str]:
        """Those that fit what is typed, in their order."""
        return [
            item.data(NAME)
            for item in self._list_items()
            if item.data(NAME) and not item.isHidden()
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk through the list while the field keeps the keys."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in STEPS
        ):
            self._step_selection(STEPS[Qt.Key(event.key())])
            return True
        return False

    def _list_items(self) -> list[QListWidgetItem]:
        return [self.list.item(index) for index in range(self.list.count())]

    def _add_heading(self, cause: str) -> None:
        item = QListWidgetItem(cause)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = self.font()
        font.setBold(True)
        item.setFont(font)
        self.list.addItem(item)

    def _add_corruption(self, name: str, severity: float) -> None:
        item = QListWidgetItem(f"{get_corruption_name(name)}: {describe_severity(name, severity)}")
        item.setData(NAME, name)
        # the picture comes later, and nothing moves then
        item.setSizeHint(QSize(0, self._icon.height() + GAP))
        item.setToolTip(make_plain_tip(item.text()))
        self.list.addItem(item)

    def _filter_items(self, typed: str) -> None:
        """Words of the name or of its meaning; a heading stays while one of its own does."""
        words, heading, first = typed.lower().split(), None, None
        for item in self._list_items():
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

    def _step_selection(self, steps: int) -> None:
        index = self.list.currentRow() + steps
        while 0 <= index < self.list.count() and (
            self.list.item(index).isHidden() or not self.list.item(index).data(NAME)
        ):
            index += steps
        if 0 <= index < self.list.count():
            self.list.setCurrentRow(index)

    def _emit_chosen(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(NAME):
            self.chosen.emit(item.data(NAME))


class CorruptionPopover:
    """Opens the list over the window, one at a time, and closes it with the choice, with Esc, or
    with a click beside it."""

    def __init__(self, theme: Theme, actions: Actions, view: QWidget) -> None:
        self._theme, self._actions, self._view = theme, actions, view
        self._open: Popover | None = None
        self.chooser: CorruptionList | None = None

    def open_list(
        self,
        title: str,
        besides: Collection[str],
        choice: tuple[str, float],
        then: Callable[[str], None],
    ) -> CorruptionList:
        """`then(name)` with what was chosen; those `besides` are not offered. `choice`: what is
        chosen now, and how severe they are shown."""
        self.close_list()
        window = self._view.window()
        parent = (
            require_value(window.centralWidget()) if isinstance(window, QMainWindow) else window
        )
        chooser = CorruptionList(self._theme, besides, choice[1])
        chooser.chosen.connect(lambda name: self._on_chosen(name, then))
        chooser.select_name(choice[0])
        self._open, self.chooser = Popover(self._theme, parent, title, self._on_closed), chooser
        self._open.add_content(chooser)
        px = self._theme.metrics.scale_px
        self._actions.set_blocked(True)
        self._open.open_at(
            (parent.width() - px(WIDTH)) // 2, px(60), px(WIDTH), px(HEIGHT), chooser.field
        )
        return chooser

    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """The pictures have come; the list may be closed meanwhile."""
        if self.chooser is not None:
            self.chooser.show_pictures(pictures)

    def close_list(self) -> bool:
        """Closes it; whether it was open."""
        if self._open is None:
            return False
        self._open.close_popover()
        return True

    def _on_chosen(self, name: str, then: Callable[[str], None]) -> None:
        self.close_list()
        then(name)

    def _on_closed(self) -> None:
        self._open = self.chooser = None
        self._actions.set_blocked(False)
