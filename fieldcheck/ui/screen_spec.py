"""A screen as it registers itself: everything that rail, key sheet, finder, help, steps of a visit and the window have to know of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fieldcheck.ui.shell.action_entry import ActionSpec
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.context import Context
    from fieldcheck.ui.screen import Header, Screen

State = Literal["none", "not_yet", "optional", "ready", "going", "done", "look", "failed", "recording"]
MARKS: dict[str, str] = {
    "none": "", "not_yet": "–", "optional": "–", "ready": "→", "going": "", "done": "✓", "look": "▲", "failed": "⬣", "recording": "●",
}  # fmt: skip


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
    """Of a step that waits for one before it, or for a project."""
    return Badge("not_yet", tr("not yet"))


def make_ready_badge() -> Badge:
    """Of a step that can be begun."""
    return Badge("ready", tr("ready"))


LAST_STEP = 9
"""The last place that is a step of a visit; screens with higher ones stand at the foot of the rail."""


@dataclass(frozen=True, slots=True)
class ScreenHelp:
    """The page of a screen in the help: what it is for, what to do there (two to four sentences), and what its numbers mean."""

    purpose: str
    steps: tuple[str, ...]
    numbers: tuple[str, ...] = ()


def _no_actions() -> Sequence[ActionSpec]:
    return ()


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """One screen. What is said is a function, because it is said in the language that is spoken when it is asked for.

    - `id`: its name in code, actions (`id.what`) and kept settings; `name`: as it stands on the rail and as its title.
    - `icon`: a name of Material Design Icons.
    - `place`: the step of a visit, 1 to 9, which is also its key with Ctrl and stays its own while a step before it is not there;
      from 10 on it stands at the foot of the rail.
    - `make`: builds view and presenter when the screen is first shown; only then may its modules be loaded.
    - `badge`: how far the step is (None: no project is open; and the project's name). None: it has no badge.
    - `requires`: the steps of a visit that come before it. With any it belongs to the path of a visit, and is the next step where it is
      the first that is not done; without, a visit can do without it.
    - `help`: its page; `actions`: what can be done there and with which keys.
    - `acts`: names of the acts (`words/acts.py`), or their first parts, that are seen on it: where undo leads to.
    - `undoes`: beginnings of the names of the acts that alone undo and redo touch while it is shown, where it is not the newest whatsoever.
    - `go`: words and key of the action that shows it, where they are not “Go to …” and Ctrl with its place.
    - `visit`: minutes and what is done, for the list of steps on the first page.
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
        said, key = (
            self.open_action() if self.open_action is not None else (tr("Go to {screen}").format(screen=self.name()), f"Ctrl+{self.order}")
        )
        return ActionSpec(f"go.{self.id}", said, (key,))
