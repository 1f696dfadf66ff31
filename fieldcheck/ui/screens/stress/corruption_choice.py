"""Choice of corruptions, as a person chooses it: by digit, arrow or name, one on top of another, harder or milder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from fieldcheck.ui.screens.stress.session import MODERATE, Chosen
from fieldcheck.words.corruptions import FAVOURITES, STOPS
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Offered(Protocol):
    """The list that is open."""

    def names(self) -> list[str]: ...


class CorruptionListDisplay(Protocol):
    """Where the catalogue is shown, one list at a time."""

    def ask(self, title: str, besides: Collection[str], at: tuple[str, float], then: Callable[[str], None]) -> Offered: ...
    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None: ...
    def shut(self) -> bool: ...


class CorruptionChoice(QObject):
    """`changed` says that something else, or the same once more, is `chosen`; `opened` carries a list that waits for its pictures."""

    changed = Signal()
    opened = Signal(object)

    def __init__(self, place: CorruptionListDisplay) -> None:
        super().__init__()
        self.chosen = Chosen(FAVOURITES[0])
        self.place = place

    def take(self, chosen: Chosen) -> None:
        """From now on this."""
        self.chosen = chosen
        self.changed.emit()

    def choose(self, place: int) -> None:
        """The corruption with that place on the screen, from 0 on."""
        self.take(self.chosen.turned_to(FAVOURITES[place % len(FAVOURITES)]))

    def step_corruption(self, by: int) -> None:
        """The next favourite or the one before, round and round."""
        here = self.chosen.corruption
        self.choose(FAVOURITES.index(here) + by if here in FAVOURITES else min(by, 0))

    def choose_of_all(self) -> None:
        """Any one of the catalogue, asked for."""
        others = [name for name, _ in self.chosen.under]
        self._ask(text("All corruptions"), others, lambda name: self.take(self.chosen.turned_to(name)))

    def combine(self) -> None:
        """Another one on top of the chosen one, asked for."""
        if not self.chosen.full:
            self._ask(text("Second corruption"), self.chosen.names, lambda name: self.take(self.chosen.on_top(name)))

    def take_out(self, place: int = -1) -> None:
        """No longer the one at that place under the chosen one; without a place the one put under last."""
        self.take(self.chosen.without(place if place >= 0 else len(self.chosen.under) - 1))

    def set_severity(self, severity: float) -> None:
        """How hard it is, 0 to 5."""
        self.take(self.chosen.at(severity))

    def step_severity(self, by: int) -> None:
        """The next named stop in that direction."""
        further = [stop for stop in STOPS if (stop - self.chosen.severity) * by > 0]
        if further:
            self.set_severity(min(further) if by > 0 else max(further))

    def _ask(self, title: str, besides: Collection[str], then: Callable[[str], None]) -> None:
        """The whole catalogue, as severe as the chosen one."""
        asked = self.place.ask(title, besides, (self.chosen.corruption, self.chosen.severity or MODERATE), then)
        self.opened.emit(asked)
