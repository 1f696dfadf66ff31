"""The rows of the table of actions, in the language that is spoken: those that are valid everywhere, and those of each screen."""

from __future__ import annotations

from fieldcheck.ui.registered import get_spec, list_specs
from fieldcheck.ui.shell.action_entry import ActionSpec
from fieldcheck.words.language import tr

SCREENS = tuple(spec.id for spec in list_specs())
"""The screens that there are, in the order of the rail."""
STEP_IDS = tuple(spec.id for spec in list_specs() if spec.is_step)
"""Those that are steps of a site visit."""


def get_screen_name(screen: str) -> str:
    """The name of a screen on the rail and as its title."""
    return get_spec(screen).name()


def list_actions() -> tuple[ActionSpec, ...]:
    """Every action there is."""
    return (*_list_navigation_actions(), *_list_global_actions(), *(entry for spec in list_specs() for entry in spec.actions()))


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
