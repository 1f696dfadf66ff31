"""The rows of the table of actions, in the language that is spoken: those that are valid everywhere, and those of each screen."""

from __future__ import annotations

from fieldcheck.ui.registered import spec_of, specs
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import text

SCREENS = tuple(spec.id for spec in specs())
"""The screens that there are, in the order of the rail."""
PLACES = tuple(spec.id for spec in specs() if spec.is_step)
"""Those that are steps of a site visit."""


def screen_name(screen: str) -> str:
    """The name of a screen on the rail and as its title."""
    return spec_of(screen).name()


def table() -> tuple[Entry, ...]:
    """Every action there is."""
    return (*_going(), *_everywhere(), *(entry for spec in specs() for entry in spec.actions()))


def _going() -> list[Entry]:
    return [
        *(spec.going() for spec in specs()),
        Entry("go.next", text("Next step"), ("Ctrl+PgDown",)),
        Entry("go.previous", text("Previous step"), ("Ctrl+PgUp",)),
    ]


def _everywhere() -> list[Entry]:
    return [
        Entry("primary", text("Primary action of this screen"), ("Ctrl+Return",)),
        Entry("undo", text("Undo"), ("Ctrl+Z",)),
        Entry("redo", text("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y")),
        Entry("new", text("New project"), ("Ctrl+N",)),
        Entry("open", text("Open project"), ("Ctrl+O",)),
        Entry("close", text("Close project"), ("Ctrl+W",)),
        Entry("export", text("Export report"), ("Ctrl+E",)),
        Entry("saved", text("Show save status"), ("Ctrl+S",)),
        Entry("finder", text("Find action"), ("Ctrl+K",)),
        Entry("keys", text("Shortcuts on this screen"), ("?",)),
        Entry("menu", text("Menu"), ("F10",)),
        Entry("messages", text("Messages"), ("Ctrl+M",)),
        Entry("jobs", text("Jobs"), ("Ctrl+J",)),
        Entry("full_screen", text("Full screen"), ("F11",)),
        Entry("region.next", text("Next pane"), ("F6",)),
        Entry("region.previous", text("Previous pane"), ("Shift+F6",)),
        Entry("larger", text("Increase size"), ("Ctrl++", "Ctrl+=")),
        Entry("smaller", text("Decrease size"), ("Ctrl+-",)),
        Entry("usual_size", text("Reset size to 100%"), ("Ctrl+0",)),
        Entry("theme", text("Next theme"), ("Ctrl+Shift+T",)),
        Entry("gloves", text("Gloves mode"), ("Ctrl+Shift+G",)),
        Entry("diagnostics", text("Copy diagnostics"), ("Ctrl+Shift+C",)),
        Entry("escape", text("Cancel or close"), ("Esc",)),
        Entry("quit", text("Quit"), ("Ctrl+Q",)),
    ]
