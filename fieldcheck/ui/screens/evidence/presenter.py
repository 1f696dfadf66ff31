"""Presenter of the Evidence screen: which part is shown, and what can be done there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from fieldcheck.domain.changes import Changes
from fieldcheck.ui.body import get_opening_message
from fieldcheck.ui.context import Context
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens.evidence.parts import PARTS, PartPresenter
from fieldcheck.ui.screens.evidence.view import EvidenceView
from fieldcheck.ui.shell.actions_table import get_screen_name
from fieldcheck.words.language import tr

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
        self._update_view()

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
                one.body.reset()
                one.on_project_changed()
        self._update_view()

    def on_primary_action(self) -> None:
        """Main action of this part."""
        self._context.actions.get_action(f"evidence.{self.parts[self.part].main_action[1]}").trigger()

    def switch_part(self, part: str) -> None:
        """Another part."""
        if part != self.part:
            self._context.session_values[PART] = part
            self._update_view()

    @property
    def part(self) -> str:
        """Code of the part that is shown."""
        kept = self._context.session_values.get(PART, "")
        return kept if kept in BY_CODE else PARTS[0].code

    def _update_view(self) -> None:
        if not self._here:
            return
        if said := get_opening_message(self._context.current) if self._context.current.project is None else "":
            self._view.show_loading("", said)
        elif self._context.current.project is None:
            said = tr("No project is open. Open a project to see its seal, packs and runs. Packs can be verified without a project.")
            self._view.show_empty(said, ["evidence.verify"])
        else:
            self.parts[self.part].load_data()
            self._show_part()
        self.update_header()

    def on_part_changed(self) -> None:
        """A part was read, or other things can be done in it."""
        if self._here and self._context.current.project is not None:
            self._show_part()
        self.update_header()

    def _show_part(self) -> None:
        """The part, or what stands in its place until it is read."""
        body = self.parts[self.part].body
        if body.is_read:
            self._view.show_part(self.part)
        elif body.failed:
            self._view.show_failed(tr("The evidence could not be read."))
        else:
            self._view.show_loading(self.part, tr("Reading the evidence …"))

    def update_header(self) -> None:
        """The header, and what can be done in this part."""
        if not self._here:
            return
        there, enable = self._context.current.project is not None, self._context.actions.set_enabled
        for code, one in self.parts.items():
            enable(f"evidence.{code}", there)
            for name, can in one.enabled_actions.items():
                enable(f"evidence.{name}", there and can and code == self.part and one.body.is_read)
        title = get_screen_name("evidence")
        if there and not self.parts[self.part].body.is_read:
            self._header.show_head(ScreenHeading(title, BY_CODE[self.part].hint()))
        elif there:
            said, act = self.parts[self.part].main_action
            self._header.show_head(ScreenHeading(title, BY_CODE[self.part].hint(), said, self.parts[self.part].enabled_actions[act]))
        else:
            self._header.show_head(ScreenHeading(title, tr("Audit trail for the results.")))


def build_screen(context: Context, header: Header) -> Screen:
    """The screen with its parts and their actions."""
    view = EvidenceView(context.theme, context.actions, PARTS)
    presenter = EvidencePresenter(view, context, header)
    presenter.parts = {part.code: part.make_presenter(view.parts[part.code], context, presenter.on_part_changed) for part in PARTS}
    view.placeholder.retry_requested.connect(presenter.enter)
    for part in PARTS:
        context.actions.bind_action(f"evidence.{part.code}", partial(presenter.switch_part, part.code))
    return Screen(view, presenter, view)
