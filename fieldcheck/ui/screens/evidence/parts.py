"""Parts of the Evidence screen, in the order of their keys: a new one is named here, has its page, its presenter and its actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from fieldcheck.ui.body import BodyLoader
from fieldcheck.ui.context import Context
from fieldcheck.ui.screens.evidence import exports_presenter, packs_presenter, people_presenter, runs_presenter
from fieldcheck.ui.screens.evidence.exports_page import ExportsPage
from fieldcheck.ui.screens.evidence.packs_page import PacksPage
from fieldcheck.ui.screens.evidence.people_page import AnnotatorsPage
from fieldcheck.ui.screens.evidence.runs_page import RunsPage
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.words.language import tr


class PartPresenter(Protocol):
    """All that the screen knows of the presenter of a part: `body` is what it has read."""

    body: BodyLoader

    def load_data(self) -> None: ...
    def leave(self) -> None: ...
    def on_project_changed(self) -> None: ...
    @property
    def enabled_actions(self) -> Mapping[str, bool]: ...
    @property
    def main_action(self) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """`code` is the end of its action's name; `hint` stands in the header; `make_page` makes its page, `make_presenter(page, context,
    changed)` its presenter with its actions bound. The presenter says which `enabled_actions` can be done, and the
    `main_action` one: words and the end of its name."""

    code: str
    name: Callable[[], str]
    hint: Callable[[], str]
    make_page: Callable[[Theme, Actions], QWidget]
    make_presenter: Callable[[Any, Context, Callable[[], None]], PartPresenter]


PARTS = (
    EvidencePart(
        "packs",
        lambda: tr("Overview"),
        lambda: tr("Seal, sign and pack the results."),
        PacksPage,
        packs_presenter.create_packs_presenter,
    ),
    EvidencePart(
        "runs",
        lambda: tr("Runs"),
        lambda: tr("Reproduce a run and compare every prediction."),
        RunsPage,
        runs_presenter.create_runs_presenter,
    ),
    EvidencePart(
        "people",
        lambda: tr("Annotators"),
        lambda: tr("Label independently, then resolve conflicts."),
        AnnotatorsPage,
        people_presenter.create_annotators_presenter,
    ),
    EvidencePart(
        "exports",
        lambda: tr("Export"),
        lambda: tr("Each export is written to a new folder."),
        ExportsPage,
        exports_presenter.create_exports_presenter,
    ),
)
