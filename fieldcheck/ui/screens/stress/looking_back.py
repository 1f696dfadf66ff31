"""Back to a frame whose answer changed: the one of a disc on the line of doubt, or with a key the last one, and then those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from fieldcheck.ui.screens.stress.tally import Tally
    from fieldcheck.workflows.stress.live_stress import LiveResult

NEAR_S = 1.0  # of a run of changes not every frame is kept: the nearest one stands for it


class Holder(Protocol):
    """All that is known of the presenter here."""

    tally: Tally

    def hold(self, earlier: LiveResult | None = None) -> None: ...


class LookingBack(QObject):
    """Holds frames that were seen before."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(holder if isinstance(holder, QObject) else None)
        self._holder = holder
        self._found: LiveResult | None = None

    def at(self, moment: float) -> None:
        """The frame of that moment, on the clock of the tally; nothing where it is kept no more."""
        near = [(abs(then - moment), one) for then, one in self._holder.tally.changed() if abs(then - moment) <= NEAR_S]
        if near:
            self._show(min(near, key=lambda pair: pair[0])[1])

    def further(self) -> None:
        """The last frame whose answer changed; once there, the one before it."""
        kept = [one for _, one in self._holder.tally.changed()]
        here = next((at for at, one in enumerate(kept) if one is self._found), len(kept))
        if here > 0:
            self._show(kept[here - 1])

    def _show(self, found: LiveResult) -> None:
        self._found = found
        self._holder.hold(found)
