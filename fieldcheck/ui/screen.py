"""What a screen consists of: its spec, actions, badge, help, header and presenter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fieldcheck.i18n.language import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from fieldcheck.domain.project_state import Changes, ProjectStatus


# One row of the table of actions: what can be done, with which key, and on which screen.

GLOBAL = ""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: menu, buttons, key sheet, palette and help read it.

    - `keys`: key sequences as Qt writes them in English.
    - `run`: what it does; given the screen's presenter, or the window's `GlobalActions`.
    - `hold`: in place of `run` where it lasts while the key is down; given whether it is, too.
    - `screen`: where it is valid; a screen's own actions get its name.
    - `repeats`: again and again while the key is down.
    - `icon`: a file in `resources/icons`, for a button without words.
    """

    id: str
    text: str
    keys: tuple[str, ...] = ()
    run: Callable[[Any], object] | None = None
    hold: Callable[[Any, bool], object] | None = None
    screen: str = GLOBAL
    repeats: bool = False
    icon: str = ""

    @property
    def shown_key(self) -> str:
        """The first key as it stands on a button."""
        return _format_key(self.keys[0]) if self.keys else ""


def _format_key(key: str) -> str:
    """A key as it stands on this language's keyboards."""
    names = {
        "Ctrl": tr("Ctrl"), "Shift": tr("Shift"), "Return": tr("Enter"), "PgDown": tr("PgDn"),
        "PgUp": tr("PgUp"),
        "Del": tr("Del"), "Ins": tr("Ins"), "Home": tr("Home"), "End": tr("End"),
        "Space": tr("Space"), "Esc": tr("Esc"),
        "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Backspace": "⌫",
    }  # fmt: skip
    if key.endswith("++"):
        return f"{names['Ctrl']}++"
    return "+".join(names.get(part, part) for part in key.split("+"))


@dataclass(frozen=True, slots=True)
class ScreenHeading:
    """Header of a screen: its title, what it is about in a few words, and its one primary action.

    - `key`: drawn on the primary button where the action has a shorter key than that of every
      primary action.
    - `role`: `primary`, `quiet` where there is more to do here first and the button has no fill,
      `alarm` where it ends something.
    - `secondary`: id of an action whose button stands before the primary one; `secondary_text`:
      what that button says where it is not the text of the action.
    - `on_page`: the button of the primary action stands on the empty page, so that the header has
      none; its key works all the same.
    - `keys`: what the status bar says of the keys of this screen.
    - `picture_first`: the rail is narrow, so that the picture has the room (Label, Label review,
      Capture while it records). F6 still goes into the rail, which then lies open.
    """

    title: str
    hint: str = ""
    primary: str = ""
    enabled: bool = True
    key: str = ""
    role: Literal["primary", "quiet", "alarm"] = "primary"
    keys: str = ""
    picture_first: bool = False
    secondary: str = ""
    secondary_text: str = ""
    on_page: bool = False


class Header(Protocol):
    """The part of the window's header that a screen may set."""

    def show_head(self, head: ScreenHeading) -> None:
        """Show this heading while the screen is shown."""


class Presenter(Protocol):
    """Decisions of a screen. It has no widgets and tells its view what to show."""

    def enter(self) -> None:
        """Called when the screen is shown."""

    def leave(self) -> None:
        """Called when another screen is shown or the window closes: release threads and cameras."""

    def refresh(self, changes: Changes) -> None:
        """Called while shown, when something in the project changed or another project is open."""

    def on_primary_action(self) -> None:
        """Called for the primary action."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as it was built. `focus` is the widget that keys go to when it is shown;
    `fixed_layout`: no banner may move what it shows. `place_header`: the screen reaches the edges
    of the window and takes the window's header into its own layout; None: it is to let it go.
    `reaches_edges`: it does so below the window's header, and keeps its own distance where it has
    any. `has_tabs`: tabs are its first line, and stand right below the header.
    `max_width`, pixels at 100 %: on a larger screen it takes no more, since its lines would be too
    long to read; 0: all there is."""

    view: QWidget
    presenter: Presenter
    focus: QWidget
    fixed_layout: bool = False
    place_header: Callable[[QWidget | None], None] | None = None
    reaches_edges: bool = False
    has_tabs: bool = False
    max_width: int = 0


# A screen as it registers itself: everything that rail, key sheet, finder, help, steps of a visit
# and the window have to know of
# it.

State = Literal[
    "none", "not_yet", "optional", "ready", "going", "done", "look", "failed", "recording"
]
MARKS: dict[str, str] = {
    "none": "",
    "not_yet": "–",
    "optional": "–",
    "ready": "→",
    "going": "",
    "done": "✓",
    "look": "▲",
    "failed": "⬣",
    "recording": "●",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """How far a screen is, as the rail shows it. `text` is read out; `count` stands at the end of
    the line; `share`, 0 to 1: as much of the line to the next step is done."""

    state: State
    text: str
    share: float | None = None
    count: str = ""

    @property
    def caption(self) -> str:
        """Mark and word."""
        return f"{MARKS[self.state]} {self.text}".strip()


def make_pending_badge() -> Badge:
    """Badge of a step that waits for an earlier one, or for a project."""
    return Badge("not_yet", tr("not yet"))


def make_ready_badge() -> Badge:
    """Badge of a step that can be started."""
    return Badge("ready", tr("ready"))


LAST_STEP = 9
"""The last place that is a step of a visit; screens with higher ones stand at the foot of the rail.
"""


@dataclass(frozen=True, slots=True)
class ScreenHelp:
    """The page of a screen in the help: what it is for, what to do there (two to four sentences),
    what its numbers mean, `problems`: “If …”, with what helps then, and `risks`: a fault on site,
    with how it looks and what shows it here."""

    purpose: str
    steps: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    risks: tuple[tuple[str, str], ...] = ()


def _no_actions() -> Sequence[ActionSpec]:
    return ()


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """One screen. Texts are functions, because they are translated when they are shown.

    - `id`: its name in code, actions (`id.what`) and saved settings; `name`: its name in the
      sidebar and its title.
    - `icon`: a file in `resources/icons`.
    - `order`: 1 to 9 for a step of a visit, which is also its key with Ctrl and does not change
      where an earlier step is missing; from 10
      on it stands at the foot of the sidebar.
    - `make`: builds view and presenter when the screen is first shown; its modules may only be
      loaded then.
    - `badge`: progress of the step, from the project's status (None without a project) and the
      project's name. None: no badge.
    - `requires`: steps that come before it. With any, it belongs to the path of a visit and is the
      next step where it is the first not
      done; without, it is optional.
    - `help`: its help page; `actions`: what can be done on it, with keys.
    - `acts`: names of the acts (`domain/project_state.py`), or their first parts, that are
      visible on it: undo leads here.
    - `undo_scope`: prefixes of the acts that undo and redo are limited to while it is shown;
      without any, they take the newest act.
    - `needs_project`: it has nothing to show without one.
    - `open_action`: text and key of the action that shows it, where they are not “Go to …” and Ctrl
      with its number.
    - `visit`: minutes and what is done, for the list of steps on the start page.
    """

    id: str
    package: str
    icon: str
    order: int
    name: Callable[[], str]
    badge: Callable[[ProjectStatus | None, str], Badge] | None = None
    requires: tuple[str, ...] = ()
    help: Callable[[], ScreenHelp] | None = None
    actions: Callable[[], Sequence[ActionSpec]] = _no_actions
    acts: tuple[str, ...] = ()
    undo_scope: tuple[str, ...] = ()
    needs_project: bool = True
    open_action: Callable[[], tuple[str, str]] | None = None
    visit: Callable[[], tuple[int, str]] | None = None

    def list_actions(self) -> list[ActionSpec]:
        """What can be done on it."""
        return [replace(action, screen=self.id) for action in self.actions()]

    @property
    def is_step(self) -> bool:
        """Whether it is a step of a visit."""
        return self.order <= LAST_STEP

    def make_open_action(self) -> ActionSpec:
        """The action that shows it, from everywhere."""
        text, key = (
            self.open_action()
            if self.open_action is not None
            else (tr("Go to {screen}", screen=self.name()), f"Ctrl+{self.order}")
        )
        return ActionSpec(
            f"go.{self.id}", text, (key,), lambda do: do.show_screen(self.id), icon=self.icon
        )
