"""Everything that can be looked at, read once for all parts of the screen and read again only when something changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.changes import Changes
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.filter_bar import ORDERS
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.filter import SavedSlice
    from fieldcheck.domain.items import Items
    from fieldcheck.measure import filtering
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.explore import items as explored_items
    from fieldcheck.workflows.report import slicing
else:
    filtering = LazyModule("fieldcheck.measure.filtering")
    explored_items = LazyModule("fieldcheck.workflows.explore.items")
    slicing = LazyModule("fieldcheck.workflows.report.slicing")

QUICK = 20_000  # rows that are read in less time than it takes to notice
WATCHED = frozenset(("label", "pick", "tag", "slice", "second_look", "clip", "setting", "repeat", "mark"))


class LazySubjectNames(Sequence[str]):
    """The names of some rows in some order, without a list of them: what a grid of 200,000 frames is given."""

    def __init__(self, subjects: Sequence[str], order: NDArray[np.int32]) -> None:
        self._subjects, self.order = subjects, order

    def __len__(self) -> int:
        return int(self.order.size)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self._subjects[row] for row in self.order[at].tolist()]
        return self._subjects[int(self.order[at])]


class ItemStore:
    """`items` of the project that is open, None while there are none; `changed` is called when others have come. Of a long list the
    `first` page comes at once, the rest when it is read."""

    def __init__(self, context: Context, changed: Callable[[], None]) -> None:
        self._context, self._changed = context, changed
        self._failed = partial(context.messages.show_error, key="explore.items")
        self.items: Items | None = None
        self.first: tuple[str, ...] = ()
        self.slices: tuple[SavedSlice, ...] = ()
        self.row: dict[str, int] = {}
        self._frames: Any = None
        self._orders: dict[tuple[str, bool], NDArray[np.int32]] = {}
        self._fresh = False
        self._of: object = None
        self._standing: object = None

    def invalidate(self, changes: Changes) -> None:
        """Something is other than it was: whether it concerns the shelf."""
        if changes.act.startswith("project."):
            self.items, self.first, self._frames, self._fresh = None, (), None, False
        elif changes.kinds & WATCHED or self._context.current.status != self._standing:
            self._fresh = False

    def drop_items(self) -> None:
        """Something changed while nobody looked: what was read is not shown again."""
        self.items, self.first, self._fresh = None, (), False

    def load_items(self) -> None:
        """Reads what is not fresh."""
        project = self._context.current.project
        if project is not self._of:
            self.items, self.first, self._frames, self._fresh = None, (), None, False
        if project is None or self._fresh:
            return
        self._of, self._fresh, self._standing = project, True, self._context.current.status
        kept = self._frames

        def read_items(project: Project) -> Any:
            items, frames = explored_items.load_items(project, kept)
            return (
                items,
                frames,
                slicing.list_saved_slices(project),
                {name: at for at, name in enumerate(items.subjects)},
                compute_orders(items),
            )

        standing = self._context.current.status
        if standing is None or standing.n_frames + standing.n_benchmark <= QUICK:
            self._context.current.query(read_items, self._on_items_read, self._failed)
        else:
            if self.items is None:
                self._context.current.query(lambda project: explored_items.load_first_page(project), self._on_first_page, self._failed)
            self._context.runner.start_job(
                lambda: tr("Frames viewed"), lambda _progress: read_items(project), self._on_items_read, self._failed
            )

    def get_order(self, figure: str, falling: bool) -> NDArray[np.int32]:
        """All rows by a figure; by an empty one, in list order."""
        return self._orders[figure, falling]

    def _on_first_page(self, first: tuple[str, ...]) -> None:
        if self.items is None:
            self.first = first
            self._changed()

    def _on_items_read(self, found: Any) -> None:
        if self._context.current.project is not self._of:
            return
        self.items, self._frames, self.slices, self.row, self._orders = found
        self.first = ()
        self._changed()


def compute_orders(items: Items) -> dict[tuple[str, bool], NDArray[np.int32]]:
    """Every order that can be chosen, found while the rows are read: sorting 200,000 of them takes longer than painting a page."""
    found = {("", False): np.arange(len(items), dtype=np.int32)}
    for code in ORDERS:
        if code:
            key = (code.removesuffix("-"), code.endswith("-"))
            found[key] = filtering.sort_rows(items, *key)
    return found
