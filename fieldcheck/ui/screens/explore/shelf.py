"""Everything that can be looked at, read once for all parts of the screen and read again only when something changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.changes import Changes
from fieldcheck.ui.context import Context
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.items import Items
    from fieldcheck.domain.saved_slice import SavedSlice
    from fieldcheck.project.project import Project

QUICK = 20_000  # rows that are read in less time than it takes to notice
WATCHED = frozenset(("label", "pick", "tag", "slice", "second_look", "clip", "setting", "repeat", "mark"))


class Rows(Sequence[str]):
    """The names of some rows in some order, without a list of them: what a grid of 200,000 frames is given."""

    def __init__(self, subjects: Sequence[str], order: NDArray[np.int32]) -> None:
        self._subjects, self.order = subjects, order

    def __len__(self) -> int:
        return int(self.order.size)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self._subjects[row] for row in self.order[at].tolist()]
        return self._subjects[int(self.order[at])]


class Shelf:
    """`items` of the project that is open, None while there are none; `changed` is called when others have come."""

    def __init__(self, context: Context, changed: Callable[[], None]) -> None:
        self._context, self._changed = context, changed
        self.items: Items | None = None
        self.slices: tuple[SavedSlice, ...] = ()
        self.row: dict[str, int] = {}
        self._frames: Any = None
        self._orders: dict[tuple[str, bool], NDArray[np.int32]] = {}
        self._fresh = False
        self._of: object = None
        self._standing: object = None

    def forget(self, changes: Changes) -> None:
        """Something is other than it was: whether it concerns the shelf."""
        if changes.act.startswith("project."):
            self.items, self._frames, self._fresh = None, None, False
        elif changes.kinds & WATCHED or self._context.current.standing != self._standing:
            self._fresh = False

    def look(self) -> None:
        """Reads what is not fresh."""
        project = self._context.current.project
        if project is not self._of:
            self.items, self._frames, self._fresh = None, None, False
        if project is None or self._fresh:
            return
        self._of, self._fresh, self._standing = project, True, self._context.current.standing
        kept = self._frames

        def work(project: Project) -> Any:
            from fieldcheck.workflows.items import all_items
            from fieldcheck.workflows.slicing import saved_slices

            items, frames = all_items(project, kept)
            return items, frames, saved_slices(project), {name: at for at, name in enumerate(items.subjects)}

        standing = self._context.current.standing
        if standing is None or standing.n_frames + standing.n_benchmark <= QUICK:
            self._context.current.ask(work, self._came, self._failed)
        else:
            self._context.runner.start(text("Frames looked through"), lambda _progress: work(project), self._came, self._failed)

    def order(self, figure: str, falling: bool) -> NDArray[np.int32]:
        """All rows by a figure; by an empty one, in list order."""
        assert self.items is not None
        if not figure:
            return np.arange(len(self.items), dtype=np.int32)
        if (figure, falling) not in self._orders:
            from fieldcheck.measure.filtering import ordered

            self._orders[figure, falling] = ordered(self.items, figure, falling)
        return self._orders[figure, falling]

    def _came(self, found: Any) -> None:
        if self._context.current.project is not self._of:
            return
        self.items, self._frames, self.slices, self.row = found
        self._orders = {}
        self._changed()

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, "explore.items")
