"""Choice of corruptions, as a person chooses it: by digit, arrow or name, one on top of another, harder or milder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from fieldcheck.ui.screens.stress.session import MODERATE, RecipeSelection
from fieldcheck.words.corruptions import FAVOURITES, STOPS
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class OpenCorruptionList(Protocol):
    """The list that is open."""

    def list_names(self) -> list[str]: ...


class CorruptionListDisplay(Protocol):
    """Where the catalogue is shown, one list at a time."""

    def open_list(self, title: str, besides: Collection[str], at: tuple[str, float], then: Callable[[str], None]) -> OpenCorruptionList: ...
    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None: ...
    def close_list(self) -> bool: ...


class CorruptionChoice(QObject):
    """`changed` says that `selection` is another, or the same once more; `opened` carries a list that waits for its pictures."""

    changed = Signal()
    opened = Signal(object)

    def __init__(self, place: CorruptionListDisplay) -> None:
        super().__init__()
        self.selection = RecipeSelection(FAVOURITES[0])
        self.list_display = place

    def set_selection(self, chosen: RecipeSelection) -> None:
        """From now on this."""
        self.selection = chosen
        self.changed.emit()

    def choose_favourite(self, place: int) -> None:
        """The corruption with that place on the screen, from 0 on."""
        self.set_selection(self.selection.with_corruption(FAVOURITES[place % len(FAVOURITES)]))

    def step_corruption(self, by: int) -> None:
        """The next favourite or the one before, round and round."""
        here = self.selection.corruption
        self.choose_favourite(FAVOURITES.index(here) + by if here in FAVOURITES else min(by, 0))

    def choose_from_all(self) -> None:
        """Any one of the catalogue, asked for."""
        others = [name for name, _ in self.selection.steps]
        self._open_list(tr("All corruptions"), others, lambda name: self.set_selection(self.selection.with_corruption(name)))

    def add_corruption(self) -> None:
        """Another one on top of the chosen one, asked for."""
        if not self.selection.is_full:
            self._open_list(
                tr("Second corruption"), self.selection.names, lambda name: self.set_selection(self.selection.with_corruption_on_top(name))
            )

    def remove_step(self, place: int = -1) -> None:
        """No longer the one at that place under the chosen one; without a place the one put under last."""
        self.set_selection(self.selection.with_step_removed(place if place >= 0 else len(self.selection.steps) - 1))

    def set_severity(self, severity: float) -> None:
        """How hard it is, 0 to 5."""
        self.set_selection(self.selection.with_severity(severity))

    def step_severity(self, by: int) -> None:
        """The next named stop in that direction."""
        further = [stop for stop in STOPS if (stop - self.selection.severity) * by > 0]
        if further:
            self.set_severity(min(further) if by > 0 else max(further))

    def _open_list(self, title: str, besides: Collection[str], then: Callable[[str], None]) -> None:
        """The whole catalogue, as severe as the chosen one."""
        asked = self.list_display.open_list(title, besides, (self.selection.corruption, self.selection.severity or MODERATE), then)
        self.opened.emit(asked)
