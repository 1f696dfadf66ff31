"""Presenter of the Evidence screen: which part is shown, and what can be done there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from fieldcheck.domain.changes import Changes
from fieldcheck.ui.body import opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.evidence.parts import PARTS, PartPresenter
from fieldcheck.ui.screens.evidence.view import EvidenceView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.words.language import text

PART = "evidence.part"
BY_CODE = {part.code: part for part in PARTS}


class EvidenceDisplay(Protocol):
    """All that the presenter knows of its view."""

    def show_loading(self, part: str, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_empty(self, said: str, actions: Sequence[str]) -> None: ...
    def show_part(self, part: str) -> None: ...


class EvidencePresenter:
    """Work of each part is done by its own presenter, in `parts` by its code; `part` is the one that is shown."""

    def __init__(self, view: EvidenceDisplay, context: Context, header: Header) -> None:
        self._view, self._context, self._header = view, context, header
        self.parts: Mapping[str, PartPresenter] = {}
        self._here = False

    def enter(self) -> None:
        """The screen is shown now; another part where somebody came for it."""
        self._here = True
        for one in self.parts.values():
            one.body.enter()
        self._show()

    def leave(self) -> None:
        """Jobs go on."""
        self._here = False
        for one in self.parts.values():
            one.leave()

    def refresh(self, changes: Changes) -> None:
        """Something in the project is other than it was, or another is open."""
        if changes.act.startswith("project."):
            for one in self.parts.values():
                one.leave()
                one.body.forget()
                one.forget()
        self._show()

    def primary(self) -> None:
        """Main action of this part."""
        self._context.actions.get(f"evidence.{self.parts[self.part].main[1]}").trigger()

    def turn(self, part: str) -> None:
        """Another part."""
        if part != self.part:
            self._context.kept[PART] = part
            self._show()

    @property
    def part(self) -> str:
        """Code of the part that is shown."""
        kept = self._context.kept.get(PART, "")
        return kept if kept in BY_CODE else PARTS[0].code

    def _show(self) -> None:
        if not self._here:
            return
        if said := opening_sentence(self._context.current) if self._context.current.project is None else "":
            self._view.show_loading("", said)
        elif self._context.current.project is None:
            said = text("No project is open. Open a project to see its seal, packs and runs. Packs can be verified without a project.")
            self._view.show_empty(said, ["evidence.verify"])
        else:
            self.parts[self.part].look()
            self._show_part()
        self.say()

    def changed(self) -> None:
        """A part was read, or other things can be done in it."""
        if self._here and self._context.current.project is not None:
            self._show_part()
        self.say()

    def _show_part(self) -> None:
        """The part, or what stands in its place until it is read."""
        body = self.parts[self.part].body
        if body.is_read:
            self._view.show_part(self.part)
        elif body.failed:
            self._view.show_failed(text("The evidence could not be read."))
        else:
            self._view.show_loading(self.part, text("Reading the evidence …"))

    def say(self) -> None:
        """The header, and what can be done in this part."""
        if not self._here:
            return
        there, enable = self._context.current.project is not None, self._context.actions.enable
        for code, one in self.parts.items():
            enable(f"evidence.{code}", there)
            for name, can in one.acts.items():
                enable(f"evidence.{name}", there and can and code == self.part and one.body.is_read)
        title = screen_name("evidence")
        if there and not self.parts[self.part].body.is_read:
            self._header.show_head(ScreenHead(title, BY_CODE[self.part].hint()))
        elif there:
            said, act = self.parts[self.part].main
            self._header.show_head(ScreenHead(title, BY_CODE[self.part].hint(), said, self.parts[self.part].acts[act]))
        else:
            self._header.show_head(ScreenHead(title, text("Audit trail for the results.")))


def build(context: Context, header: Header) -> Screen:
    """The screen with its parts and their actions."""
    view = EvidenceView(context.look, context.actions, PARTS)
    presenter = EvidencePresenter(view, context, header)
    presenter.parts = {part.code: part.present(view.parts[part.code], context, presenter.changed) for part in PARTS}
    view.placeholder.again.connect(presenter.enter)
    for part in PARTS:
        context.actions.bind(f"evidence.{part.code}", partial(presenter.turn, part.code))
    return Screen(view, presenter, view)
