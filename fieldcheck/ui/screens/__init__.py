"""The registry of screens: all of them in the order of the rail, the steps of a visit, actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screen import ActionSpec, Badge, ScreenSpec
from fieldcheck.ui.screens.capture import SPEC as CAPTURE
from fieldcheck.ui.screens.evidence import SPEC as EVIDENCE
from fieldcheck.ui.screens.explore import SPEC as EXPLORE
from fieldcheck.ui.screens.help import SPEC as HELP
from fieldcheck.ui.screens.home import SPEC as HOME
from fieldcheck.ui.screens.label import SPEC as LABEL
from fieldcheck.ui.screens.latency import SPEC as LATENCY
from fieldcheck.ui.screens.monitor import SPEC as MONITOR
from fieldcheck.ui.screens.pick import SPEC as PICK
from fieldcheck.ui.screens.report import SPEC as REPORT
from fieldcheck.ui.screens.settings import SPEC as SETTINGS
from fieldcheck.ui.screens.stress import SPEC as STRESS

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus


def sort_specs(specs: Iterable[ScreenSpec]) -> tuple[ScreenSpec, ...]:
    """By their places. Raises ValueError where two want the same place or have the same name, or
    one requires what is not there."""
    ordered = tuple(sorted(specs, key=lambda item: item.order))
    names = {item.id for item in ordered}
    for before, spec in pairwise(ordered):
        if before.order == spec.order:
            raise ValueError(f"{before.id} and {spec.id} want the same place: {spec.order}")
    if len(names) < len(ordered):
        raise ValueError(
            f"two screens have the same name among {', '.join(item.id for item in ordered)}"
        )
    for spec in ordered:
        if lacking := set(spec.requires) - names:
            raise ValueError(f"{spec.id} requires a screen that is not there: {lacking.pop()}")
    return ordered


SPECS = sort_specs(
    (
        HOME,
        CAPTURE,
        PICK,
        LABEL,
        EXPLORE,
        STRESS,
        LATENCY,
        MONITOR,
        REPORT,
        EVIDENCE,
        SETTINGS,
        HELP,
    )
)
"""Every screen there is, in the order of the sidebar."""


def get_spec(screen: str) -> ScreenSpec:
    """The one with that name. Raises KeyError for a screen that is not there."""
    return {spec.id: spec for spec in SPECS}[screen]


# The path of a site visit: how far each step is, in a mark and a word, and which step comes next.

REQUIRED = tuple(spec.id for spec in SPECS if spec.requires)
"""The required steps of a visit, in order; an open project comes before them."""


def make_badges(standing: ProjectStatus | None, name: str) -> dict[str, Badge]:
    """Every step's badge; `standing` None: no project is open. `name` is the project's."""
    return {spec.id: spec.badge(standing, name) for spec in SPECS if spec.badge is not None}


def exclude_open_imports(standing: ProjectStatus | None, n: int) -> ProjectStatus | None:
    """Status without `n` of the imports that are not closed: they are still coming in."""
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


# The rows of the table of actions, in the language that is spoken: those that are valid everywhere;
# those of a screen are listed by its `ScreenSpec`.

SCREENS = tuple(spec.id for spec in SPECS)
"""All screens, in the order of the sidebar."""
STEP_IDS = tuple(spec.id for spec in SPECS if spec.is_step)
"""The screens that are steps of a site visit."""


def get_screen_name(screen: str) -> str:
    """The name of a screen on the rail and as its title."""
    return get_spec(screen).name()


def list_actions() -> tuple[ActionSpec, ...]:
    """Every action there is."""
    return (*list_common_actions(), *(entry for spec in SPECS for entry in spec.list_actions()))


def list_common_actions() -> tuple[ActionSpec, ...]:
    """The actions that are valid on every screen."""
    return (*_list_navigation_actions(), *_list_global_actions())


def _list_navigation_actions() -> list[ActionSpec]:
    return [
        *(spec.make_open_action() for spec in SPECS),
        ActionSpec("go.next", tr("Next step"), ("Ctrl+PgDown",), lambda do: do.step_screen(1)),
        ActionSpec(
            "go.previous", tr("Previous step"), ("Ctrl+PgUp",), lambda do: do.step_screen(-1)
        ),
    ]


def _list_global_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "primary",
            tr("Primary action of this screen"),
            ("Ctrl+Return",),
            lambda do: do.run_primary_action(),
        ),
        ActionSpec("undo", tr("Undo"), ("Ctrl+Z",), lambda do: do.undo_edit(), icon="undo"),
        ActionSpec(
            "redo", tr("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), lambda do: do.redo_edit(), icon="redo"
        ),
        ActionSpec("new", tr("New project"), ("Ctrl+N",), lambda do: do.create_project()),
        ActionSpec("open", tr("Open project"), ("Ctrl+O",), lambda do: do.open_project()),
        ActionSpec("close", tr("Close project"), ("Ctrl+W",), lambda do: do.close_project()),
        ActionSpec("export", tr("Export report"), ("Ctrl+E",), lambda do: do.export_report()),
        ActionSpec("fleet", tr("Go to the fleet of sites"), (), lambda do: do.show_fleet()),
        ActionSpec("saved", tr("Show save status"), ("Ctrl+S",), lambda do: do.show_saved_state()),
        ActionSpec(
            "finder", tr("Find action"), ("Ctrl+K",), lambda do: do.overlays.show_command_palette()
        ),
        ActionSpec(
            "keys", tr("Shortcuts on this screen"), ("?",), lambda do: do.overlays.show_shortcuts()
        ),
        ActionSpec("menu", tr("Menu"), ("F10",), lambda do: do.overlays.show_menu()),
        ActionSpec("messages", tr("Messages"), ("Ctrl+M",), lambda do: do.overlays.show_messages()),
        ActionSpec("jobs", tr("Jobs"), ("Ctrl+J",), lambda do: do.overlays.show_jobs()),
        *_list_window_actions(),
    ]


def _list_window_actions() -> list[ActionSpec]:
    return [
        ActionSpec("full_screen", tr("Full screen"), ("F11",), lambda do: do.toggle_full_screen()),
        ActionSpec("region.next", tr("Next pane"), ("F6",), lambda do: do.focus_next_region(1)),
        ActionSpec(
            "region.previous",
            tr("Previous pane"),
            ("Shift+F6",),
            lambda do: do.focus_next_region(-1),
        ),
        ActionSpec(
            "larger", tr("Increase size"), ("Ctrl++", "Ctrl+="), lambda do: do.change_size(1)
        ),
        ActionSpec("smaller", tr("Decrease size"), ("Ctrl+-",), lambda do: do.change_size(-1)),
        ActionSpec(
            "usual_size", tr("Reset size to 100%"), ("Ctrl+0",), lambda do: do.change_size(0)
        ),
        ActionSpec("theme", tr("Next theme"), ("Ctrl+Shift+T",), lambda do: do.switch_theme()),
        ActionSpec("gloves", tr("Gloves mode"), ("Ctrl+Shift+G",), lambda do: do.toggle_gloves()),
        ActionSpec("tour", tr("Start the tour"), ("Ctrl+Shift+D",), lambda do: do.start_tour()),
        ActionSpec(
            "label_demo", tr("Label it yourself"), ("Ctrl+Shift+L",), lambda do: do.label_demo()
        ),
        ActionSpec("show_keys", tr("Show keys"), ("Ctrl+Shift+K",), lambda do: do.toggle_keys()),
        ActionSpec(
            "diagnostics",
            tr("Copy diagnostics"),
            ("Ctrl+Shift+C",),
            lambda do: do.copy_diagnostics(),
        ),
        ActionSpec("escape", tr("Cancel or close"), ("Esc",), lambda do: do.handle_escape()),
        ActionSpec("quit", tr("Quit"), ("Ctrl+Q",), lambda do: do.close_window()),
    ]
