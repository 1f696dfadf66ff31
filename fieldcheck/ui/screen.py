"""Screen interface: how a screen registers itself, the registry of screens, the steps of a site
visit, and the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtWidgets import QWidget

from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import tr
from fieldcheck.ui import screens
from fieldcheck.ui.shell.shortcuts import ActionSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.ui.context import Context


@dataclass(frozen=True, slots=True)
class ScreenHeading:
    """Header of a screen: its title, one sentence in the imperative, and its one primary action.
    `key` is drawn on its button where the action has a shorter one than that of every primary
    action."""

    title: str
    hint: str = ""
    primary: str = ""
    enabled: bool = True
    key: str = ""


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
    `fixed_layout`: no banner may move what it shows."""

    view: QWidget
    presenter: Presenter
    focus: QWidget
    fixed_layout: bool = False


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
    """The second line of a step on the rail. `share`, 0 to 1, draws a thin bar under it."""

    state: State
    text: str
    share: float | None = None

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
    and what its numbers mean."""

    purpose: str
    steps: tuple[str, ...]
    numbers: tuple[str, ...] = ()


def _no_actions() -> Sequence[ActionSpec]:
    return ()


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """One screen. Texts are functions, because they are translated when they are shown.

    - `id`: its name in code, actions (`id.what`) and saved settings; `name`: its name in the
      sidebar and its title.
    - `icon`: a name of Material Design Icons.
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
    - `bind_actions`: names of the acts (`domain/project_state.py`), or their first parts, that are
      visible on it: undo leads here.
    - `undo_scope`: prefixes of the acts that undo and redo are limited to while it is shown;
      without any, they take the newest act.
    - `open_action`: text and key of the action that shows it, where they are not “Go to …” and Ctrl
      with its number.
    - `visit`: minutes and what is done, for the list of steps on the start page.
    """

    id: str
    icon: str
    order: int
    name: Callable[[], str]
    make: Callable[[Context, Header], Screen]
    badge: Callable[[ProjectStatus | None, str], Badge] | None = None
    requires: tuple[str, ...] = ()
    help: Callable[[], ScreenHelp] | None = None
    actions: Callable[[], Sequence[ActionSpec]] = _no_actions
    bind_actions: tuple[str, ...] = ()
    undo_scope: tuple[str, ...] = ()
    open_action: Callable[[], tuple[str, str]] | None = None
    visit: Callable[[], tuple[int, str]] | None = None

    @property
    def is_step(self) -> bool:
        """Whether it is a step of a visit."""
        return self.order <= LAST_STEP

    def make_open_action(self) -> ActionSpec:
        """The action that shows it, from everywhere."""
        text, key = (
            self.open_action()
            if self.open_action is not None
            else (tr("Go to {screen}").format(screen=self.name()), f"Ctrl+{self.order}")
        )
        return ActionSpec(f"go.{self.id}", text, (key,))


# The screens that there are: every folder of `ui/screens` names its own in its module `spec`, so
# adding one needs no list
# elsewhere.


@cache
def list_specs() -> tuple[ScreenSpec, ...]:
    """All of them, in the order of the rail."""
    rooms = [module.name for module in iter_modules(screens.__path__) if module.ispkg]
    return sort_specs(import_module(f"{screens.__name__}.{name}.spec").SPEC for name in rooms)


def sort_specs(screen_specs: Iterable[ScreenSpec]) -> tuple[ScreenSpec, ...]:
    """Sort by position. Raises ValueError where two have the same position or name, or one requires
    a missing one."""
    ordered = tuple(sorted(screen_specs, key=lambda screen_spec: screen_spec.order))
    names = {screen_spec.id for screen_spec in ordered}
    for before, screen_spec in pairwise(ordered):
        if before.order == screen_spec.order:
            raise ValueError(
                f"{before.id} and {screen_spec.id} want the same place: {screen_spec.order}"
            )
    if len(names) < len(ordered):
        ids = ", ".join(screen_spec.id for screen_spec in ordered)
        raise ValueError(f"two screens have the same name among {ids}")
    for screen_spec in ordered:
        if lacking := set(screen_spec.requires) - names:
            raise ValueError(
                f"{screen_spec.id} requires a screen that is not there: {lacking.pop()}"
            )
    return ordered


def get_spec(screen: str) -> ScreenSpec:
    """The one with that name. Raises KeyError for a screen that is not there."""
    return {spec.id: spec for spec in list_specs()}[screen]


# The path of a site visit: how far each step is, in a mark and a word, and which step comes next.

REQUIRED = tuple(spec.id for spec in list_specs() if spec.requires)
"""The required steps of a visit, in order; an open project comes before them."""


def make_badges(standing: ProjectStatus | None, name: str) -> dict[str, Badge]:
    """Every step's badge; `standing` None: no project is open. `name` is the project's."""
    return {spec.id: spec.badge(standing, name) for spec in list_specs() if spec.badge is not None}


def exclude_open_imports(standing: ProjectStatus | None, n: int) -> ProjectStatus | None:
    """Return the status without `n` unfinished imports, which are still running."""
    return (
        replace(standing, n_open=max(0, standing.n_open - n))
        if standing is not None and n
        else standing
    )


def make_recording_badge(text: str, lost: bool) -> Badge:
    """The step's badge while a camera is recorded: `text` is how long; `lost`: it gives no pictures
    just now."""
    return Badge("failed", tr("camera offline")) if lost else Badge("recording", text)


def get_next_step(standing: ProjectStatus | None) -> str:
    """The first required step that is not done; the last one where all are."""
    states = make_badges(standing, "")
    return next((step for step in REQUIRED if states[step].state != "done"), REQUIRED[-1])


# The rows of the table of actions, in the language that is spoken: those that are valid everywhere,
# and those of each screen.

SCREENS = tuple(spec.id for spec in list_specs())
"""All screens, in the order of the sidebar."""
STEP_IDS = tuple(spec.id for spec in list_specs() if spec.is_step)
"""The screens that are steps of a site visit."""


def get_screen_name(screen: str) -> str:
    """The name of a screen on the rail and as its title."""
    return get_spec(screen).name()


def list_actions() -> tuple[ActionSpec, ...]:
    """Every action there is."""
    return (
        *_list_navigation_actions(),
        *_list_global_actions(),
        *(entry for spec in list_specs() for entry in spec.actions()),
    )


def _list_navigation_actions() -> list[ActionSpec]:
    return [
        *(spec.make_open_action() for spec in list_specs()),
        ActionSpec("go.next", tr("Next step"), ("Ctrl+PgDown",)),
        ActionSpec("go.previous", tr("Previous step"), ("Ctrl+PgUp",)),
    ]


def _list_global_actions() -> list[ActionSpec]:
    return [
        ActionSpec("primary", tr("Primary action of this screen"), ("Ctrl+Return",)),
        ActionSpec("undo", tr("Undo"), ("Ctrl+Z",)),
        ActionSpec("redo", tr("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y")),
        ActionSpec("new", tr("New project"), ("Ctrl+N",)),
        ActionSpec("open", tr("Open project"), ("Ctrl+O",)),
        ActionSpec("close", tr("Close project"), ("Ctrl+W",)),
        ActionSpec("export", tr("Export report"), ("Ctrl+E",)),
        ActionSpec("saved", tr("Show save status"), ("Ctrl+S",)),
        ActionSpec("finder", tr("Find action"), ("Ctrl+K",)),
        ActionSpec("keys", tr("Shortcuts on this screen"), ("?",)),
        ActionSpec("menu", tr("Menu"), ("F10",)),
        ActionSpec("messages", tr("Messages"), ("Ctrl+M",)),
        ActionSpec("jobs", tr("Jobs"), ("Ctrl+J",)),
        ActionSpec("full_screen", tr("Full screen"), ("F11",)),
        ActionSpec("region.next", tr("Next pane"), ("F6",)),
        ActionSpec("region.previous", tr("Previous pane"), ("Shift+F6",)),
        ActionSpec("larger", tr("Increase size"), ("Ctrl++", "Ctrl+=")),
        ActionSpec("smaller", tr("Decrease size"), ("Ctrl+-",)),
        ActionSpec("usual_size", tr("Reset size to 100%"), ("Ctrl+0",)),
        ActionSpec("theme", tr("Next theme"), ("Ctrl+Shift+T",)),
        ActionSpec("gloves", tr("Gloves mode"), ("Ctrl+Shift+G",)),
        ActionSpec("diagnostics", tr("Copy diagnostics"), ("Ctrl+Shift+C",)),
        ActionSpec("escape", tr("Cancel or close"), ("Esc",)),
        ActionSpec("quit", tr("Quit"), ("Ctrl+Q",)),
    ]
