"""Parts of the Evidence screen, in the order of their keys: a new one is named here, has its page, its presenter and its actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from fieldcheck.ui.body import ScreenBody
from fieldcheck.ui.context import Context
from fieldcheck.ui.screens.evidence import exports_presenter, packs_presenter, people_presenter, runs_presenter
from fieldcheck.ui.screens.evidence.exports_page import ExportsPage
from fieldcheck.ui.screens.evidence.packs_page import PacksPage
from fieldcheck.ui.screens.evidence.people_page import PeoplePage
from fieldcheck.ui.screens.evidence.runs_page import RunsPage
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.words.language import text


class PartPresenter(Protocol):
    """All that the screen knows of the presenter of a part: `body` is what it has read."""

    body: ScreenBody

    def look(self) -> None: ...
    def leave(self) -> None: ...
    def forget(self) -> None: ...
    @property
    def acts(self) -> Mapping[str, bool]: ...
    @property
    def main(self) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """`code` is the end of its action's name; `hint` stands in the header; `page` makes its page, `present(page, context, changed)` its
    presenter with its actions bound. The presenter says which `acts` can be done, and the `main` one: words and the end of its name."""

    code: str
    name: Callable[[], str]
    hint: Callable[[], str]
    page: Callable[[Look, Actions], QWidget]
    present: Callable[[Any, Context, Callable[[], None]], PartPresenter]


PARTS = (
    EvidencePart(
        "packs",
        lambda: text("Overview"),
        lambda: text("Seal, sign and pack the results."),
        PacksPage,
        packs_presenter.build,
    ),
    EvidencePart(
        "runs", lambda: text("Runs"), lambda: text("Reproduce a run and compare every prediction."), RunsPage, runs_presenter.build
    ),
    EvidencePart(
        "people",
        lambda: text("Annotators"),
        lambda: text("Label independently, then resolve conflicts."),
        PeoplePage,
        people_presenter.build,
    ),
    EvidencePart(
        "exports", lambda: text("Export"), lambda: text("Each export is written to a new folder."), ExportsPage, exports_presenter.build
    ),
)
