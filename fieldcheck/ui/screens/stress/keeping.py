"""Keeps a pair of pictures for the report, and says where it is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.late import Late
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.kept_pair import KeptPair
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.stress import kept_pairs
    from fieldcheck.workflows.stress.live_stress import LiveResult
else:
    kept_pairs = Late("fieldcheck.workflows.stress.kept_pairs")

KEEPING = "stress.keep"


class KeptPairsPresenter:
    """One act a pair, which undo takes back as any other one."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def keep(self, result: LiveResult | None) -> None:
        """The frame as it was captured and what was made of it, as one result holds them."""
        if result is None or not result.recipe.changes:
            self._context.messages.toast(text("Nothing is done to the picture yet: a pair needs a corruption."))
            return

        def work(project: Project) -> KeptPair:
            return kept_pairs.keep_pair(project, result, timestamp())

        self._context.current.act(work, self._kept, self._failed)

    def _kept(self, _pair: KeptPair) -> None:
        self._context.messages.toast(text("The pair is kept: it stands in the report under “What breaks it”."), text("Undo"), self._unkeep)

    def _unkeep(self) -> None:
        self._context.current.undo(lambda _changes: self._context.messages.toast(text("The pair is no longer kept.")), self._failed)

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, KEEPING)
