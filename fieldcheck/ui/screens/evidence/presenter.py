"""Evidence screen: its parts in order, the view that shows one of them, and the presenter of their
actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import tr
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.qt_types import get_layout
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.evidence import annotators
from fieldcheck.ui.screens.evidence import exports as exports_presenter
from fieldcheck.ui.screens.evidence import packs as packs_presenter
from fieldcheck.ui.screens.evidence import runs as runs_presenter
from fieldcheck.ui.screens.evidence.annotators import AnnotatorsPage
from fieldcheck.ui.screens.evidence.exports import ExportsPage
from fieldcheck.ui.screens.evidence.fleet import FleetPage, FleetPresenter
from fieldcheck.ui.screens.evidence.packs import PacksPage
from fieldcheck.ui.screens.evidence.runs import RunsPage
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import make_column, set_focus_target
from fieldcheck.ui.widgets.pages import PageButtons, PageStack, Placeholder

# View of the Evidence screen: a line of buttons, one for each part, and the part that is shown.


class EvidenceView(QWidget):
    """`parts`: the page of each part, by its code."""

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        parts: Sequence[EvidencePart],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.placeholder = Placeholder(theme)
        self.parts = {part.code: part.make_page(theme, actions) for part in parts}
        self.buttons = PageButtons(
            theme, actions, "evidence", {part.code: part.name() for part in parts}
        )
        self.line = self.buttons.make_line(theme)
        self.pages = PageStack(self.placeholder, *self.parts.values())
        make_column(theme, self.line, (self.pages, 1), parent=self)

    def show_empty(self, text: str, actions: Sequence[str]) -> None:
        """No project: a sentence and the buttons of these actions."""
        self.placeholder.show_empty(
            text, [make_key_button(self._theme, self._actions, action) for action in actions]
        )
        self.line.hide()
        self._show_placeholder()

    def show_loading(self, part: str, sentence: str) -> None:
        """This part is being read; an empty one: which is not known before a project is open."""
        self.line.setVisible(bool(part))
        if part:
            self.buttons.show_part(part)
        self._show_placeholder()
        self.placeholder.show_loading(sentence)

    def show_failed(self, sentence: str) -> None:
        """The part could not be read."""
        self._show_placeholder()
        self.placeholder.show_failed(sentence)

    def _show_placeholder(self) -> None:
        set_focus_target(self, None)
        self.pages.show_page(self.placeholder)

    def show_part(self, part: str) -> None:
        """One of the parts; keys go to what it lists, its `front`."""
        self.line.show()
        self.buttons.show_part(part)
        page = self.parts[part]
        other = self.pages.current_page is not page
        self.pages.show_page(page)
        to: QWidget | None = getattr(page, "front", None)
        set_focus_target(self, to)
        if other and self.isVisible():  # The widget with the focus may be hidden now.
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: lists scroll in the room that there
        is."""
        return get_layout(self).totalMinimumHeightForWidth(width)


def make_key_button(theme: Theme, actions: Actions, singular: str) -> KeyButton:
    """A button that says what its action says."""
    return KeyButton(
        theme, actions.get_action(singular).text(), actions.get_key_text(singular)
    ).bind_action(actions.get_action(singular))


# Parts of the Evidence screen, in the order of their keys: a new one is named here, has its page,
# its presenter and its actions.


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
    """One part of the screen. `code`: end of its action's name; `hint`: sentence in the header.
    `make_page` builds its page; `make_presenter(page, context, changed)` builds its presenter and
    binds its actions. The presenter gives `enabled_actions` and `main_action` (text and end of its
    name)."""

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
        annotators.AnnotatorsPresenter,
    ),
    EvidencePart(
        "exports",
        lambda: tr("Export"),
        lambda: tr("Each export is written to a new folder."),
        ExportsPage,
        exports_presenter.ExportsPresenter,
    ),
    EvidencePart(
        "fleet",
        lambda: tr("Fleet"),
        lambda: tr("Many sites in one table, worst first."),
        FleetPage,
        FleetPresenter,
    ),
)


PART = "evidence.part"
BY_CODE = {part.code: part for part in PARTS}


class EvidencePresenter:
    """Work of each part is done by its own presenter, in `parts` by its code; `part` is the one
    that is shown."""

    def __init__(self, view: EvidenceView, context: Context, header: Header) -> None:
        self._view, self._context, self._header = view, context, header
        self.parts: Mapping[str, PartPresenter] = {}
        self._here = False

    def enter(self) -> None:
        """The screen is shown now; another part where somebody came for it."""
        self._here = True
        for part_presenter in self.parts.values():
            part_presenter.body.enter()
        self._update_view()

    def leave(self) -> None:
        """Jobs go on."""
        self._here = False
        for part_presenter in self.parts.values():
            part_presenter.leave()

    def refresh(self, changes: Changes) -> None:
        """Something in the project is other than it was, or another is open."""
        if changes.act.startswith("project."):
            for part_presenter in self.parts.values():
                part_presenter.leave()
                part_presenter.body.reset()
                part_presenter.on_project_changed()
        self._update_view()

    def on_primary_action(self) -> None:
        """Main action of this part."""
        self._context.actions.get_action(
            f"evidence.{self.parts[self.part].main_action[1]}"
        ).trigger()

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
        if (
            message := get_opening_message(self._context.current)
            if self._context.current.project is None
            else ""
        ):
            self._view.show_loading("", message)
        elif self._context.current.project is None:
            message = tr(
                "No project is open. Open a project to see its seal, packs and runs. Packs "
                "can be verified without a project."
            )
            self._view.show_empty(message, ["evidence.verify"])
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
        for code, part_presenter in self.parts.items():
            enable(f"evidence.{code}", there)
            for name, can in part_presenter.enabled_actions.items():
                enable(
                    f"evidence.{name}",
                    there and can and code == self.part and part_presenter.body.is_read,
                )
        title = get_screen_name("evidence")
        if there and not self.parts[self.part].body.is_read:
            self._header.show_head(ScreenHeading(title, BY_CODE[self.part].hint()))
        elif there:
            text, act = self.parts[self.part].main_action
            self._header.show_head(
                ScreenHeading(
                    title,
                    BY_CODE[self.part].hint(),
                    text,
                    self.parts[self.part].enabled_actions[act],
                )
            )
        else:
            self._header.show_head(ScreenHeading(title, tr("Audit trail for the results.")))


def build_screen(context: Context, header: Header) -> Screen:
    """The screen with its parts and their actions."""
    view = EvidenceView(context.theme, context.actions, PARTS)
    presenter = EvidencePresenter(view, context, header)
    presenter.parts = {
        part.code: part.make_presenter(view.parts[part.code], context, presenter.on_part_changed)
        for part in PARTS
    }
    view.placeholder.retry_requested.connect(presenter.enter)
    return Screen(view, presenter, view)
