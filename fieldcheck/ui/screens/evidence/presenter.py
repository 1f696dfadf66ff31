"""Presenter of the Evidence screen: which part is shown, and what can be done there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from fieldcheck.domain.changes import Changes
from fieldcheck.ui.context import Context
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.evidence.exports_presenter import ExportsDisplay, ExportsPresenter
from fieldcheck.ui.screens.evidence.packs_presenter import PacksDisplay, PacksPresenter
from fieldcheck.ui.screens.evidence.people_presenter import PeopleDisplay, PeoplePresenter
from fieldcheck.ui.screens.evidence.runs_presenter import RunsDisplay, RunsPresenter
from fieldcheck.ui.screens.evidence.session import EvidenceSession
from fieldcheck.ui.screens.evidence.view import EvidenceView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.choose import PACK_ENDING, choose_file, choose_files, choose_folder, choose_pack
from fieldcheck.words.language import text

PART = "evidence.part"
OF_PARTS = {
    "runs": ("repeat", "newer", "older"),
    "packs": ("key", "pack", "pin"),
    "people": ("share", "merge", "first", "second", "previous", "next"),
    "exports": ("export",),
}
MAIN = {"runs": "repeat", "packs": "pack", "people": "merge", "exports": "export"}


class EvidenceDisplay(Protocol):
    """All that the presenter knows of its view."""

    @property
    def runs(self) -> RunsDisplay: ...
    @property
    def packs(self) -> PacksDisplay: ...
    @property
    def people(self) -> PeopleDisplay: ...
    @property
    def exports(self) -> ExportsDisplay: ...

    def show_empty(self, said: str, actions: Sequence[str]) -> None: ...
    def show_part(self, part: str) -> None: ...


class EvidencePresenter:
    """Work of each part is done by `runs`, `packs`, `people` and `exports`."""

    def __init__(self, view: EvidenceDisplay, context: Context, header: Header) -> None:
        self._view, self._context, self._header = view, context, header
        self.session = EvidenceSession()
        self.session.turn(context.kept.get(PART, self.session.part))
        self.runs, self.packs = RunsPresenter(view.runs, context, self._say), PacksPresenter(view.packs, context, self.session)
        self.people, self.exports = PeoplePresenter(view.people, context), ExportsPresenter(view.exports, context)
        self._take_session()
        self._here = False

    def enter(self) -> None:
        """The screen is shown now; another part where somebody came for it."""
        self._here = True
        self.session.turn(self._context.kept.get(PART, self.session.part))
        self._show()

    def leave(self) -> None:
        """Jobs go on."""
        self._here = False
        self.runs.leave()

    def refresh(self, changes: Changes) -> None:
        """Something in the project is other than it was, or another is open."""
        if changes.act.startswith("project."):
            self.session.forget()
            self.runs.leave()
            self._take_session()
        self._show()

    def _take_session(self) -> None:
        self.runs.pages, self.people.conflicts = self.session.runs, self.session.conflicts

    def primary(self) -> None:
        """Main action of this part."""
        self._context.actions.get(f"evidence.{MAIN[self.session.part]}").trigger()

    def turn(self, part: str) -> None:
        """Another part."""
        if self.session.turn(part):
            self._context.kept[PART] = part
            self._show()

    def choose(self, row: int) -> None:
        """Another run is looked at."""
        self.runs.choose(row)
        self._say()

    def repeat(self) -> None:
        """Repeats the run that is looked at."""
        self.runs.repeat()
        self._say()

    def _show(self) -> None:
        if not self._here:
            return
        if self._context.current.project is None:
            self._view.show_empty(text("No project is open. Packs are verified without one."), ["go.project", "evidence.verify"])
        else:
            self._view.show_part(self.session.part)
            looks = {"packs": self.packs.look, "people": self.people.look, "exports": self.exports.look}
            looks.get(self.session.part, self.runs.look)()
        self._say()

    def _say(self) -> None:
        """The header, and what can be done in this part."""
        if not self._here:
            return
        there, can, part = self._context.current.project is not None, self._context.current.writable, self.session.part
        for one, names in OF_PARTS.items():
            self._context.actions.enable(f"evidence.{one}", there)
            for name in names:
                self._context.actions.enable(f"evidence.{name}", one == part and (can if one != "runs" else there))
        for name, on in (("repeat", self.runs.can_repeat), ("newer", self.runs.pages.has_newer), ("older", self.runs.pages.has_older)):
            self._context.actions.enable(f"evidence.{name}", there and part == "runs" and on)
        if part != "packs" or not can:
            self._context.actions.enable("evidence.seal", False)
        title = screen_name("evidence")
        if not there:
            self._header.show_head(ScreenHead(title, text("What stands behind the figures, for whoever doubts them.")))
        elif part == "runs":
            hint = text("Repeat a run: the same digits, or what changed is named.")
            self._header.show_head(ScreenHead(title, hint, text("Repeat this run"), self.runs.can_repeat))
        elif part == "people":
            hint = text("Label apart, bring both together, decide where they differ.")
            self._header.show_head(ScreenHead(title, hint, text("Take labels in"), can))
        elif part == "exports":
            hint = text("Choose a format: a new folder holds it, and what is there already is not touched.")
            self._header.show_head(ScreenHead(title, hint, text("Export to a folder"), can))
        else:
            hint = text("Seal before the first label; carry everything in one file.")
            self._header.show_head(ScreenHead(title, hint, text("Make a pack"), can))


def build(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = EvidenceView(context.look, context.actions)
    presenter = EvidencePresenter(view, context, header)

    def pack(folder: Path) -> None:
        presenter.packs.pack(folder, view.packs.recordings.isChecked(), view.packs.people.isChecked())

    view.runs.chosen.connect(presenter.choose)
    view.packs.pin_given.connect(presenter.packs.give_pin)
    view.packs.pin_cleared.connect(presenter.packs.clear_pin)
    bind = context.actions.bind
    for part in OF_PARTS:
        bind(f"evidence.{part}", partial(presenter.turn, part))
    bind("evidence.repeat", presenter.repeat)
    bind("evidence.newer", partial(presenter.runs.turn, -1))
    bind("evidence.older", partial(presenter.runs.turn, 1))
    bind("evidence.seal", presenter.packs.seal)
    bind("evidence.key", lambda: choose_file(view, text("Choose a key that signs"), f"{text('All files')} (*)", presenter.packs.take_key))
    bind("evidence.pack", lambda: choose_folder(view, text("Where the pack goes"), pack))
    bind("evidence.verify", lambda: choose_pack(view, text("Verify an evidence pack"), presenter.packs.verify))
    bind("evidence.pin", view.packs.pin.setFocus)

    def share(folder: Path) -> None:
        presenter.people.share(folder, view.people.overlap.value(), view.people.people.isChecked())

    def export(folder: Path) -> None:
        page = view.exports
        presenter.exports.export(folder, page.chosen, page.people.isChecked(), page.corrected.isChecked())

    bind("evidence.export", lambda: choose_folder(view, text("Where the export goes"), export))
    packs = f"{text('Evidence packs')} (*{PACK_ENDING})"
    bind("evidence.share", lambda: choose_folder(view, text("Where the two packs go"), share))
    bind("evidence.merge", lambda: choose_files(view, text("Take labels of another laptop in"), packs, presenter.people.merge))
    bind("evidence.first", partial(presenter.people.decide, second=False))
    bind("evidence.second", partial(presenter.people.decide, second=True))
    bind("evidence.previous", partial(presenter.people.step, -1))
    bind("evidence.next", partial(presenter.people.step, 1))
    return Screen(view, presenter, view)
