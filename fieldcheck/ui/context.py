"""Screen context: what a screen is handed when it is built; there are no globals and no singletons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors.messages import Messages
from fieldcheck.ui.jobs.runner import JobRunner
from fieldcheck.ui.open_cameras import OpenCameras
from fieldcheck.ui.preferences import Preferences
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme

SAMPLE_PLACE, SAMPLE_FRESH = "home.sample.place", "home.sample.fresh"
"""Under these keys of `session_values` the first page finds where the command line wants the sample project made, and whether anew."""


@dataclass(frozen=True, slots=True)
class Context:
    """`show_screen(name)` shows another screen by its name, `open_project(folder)` opens a project and says where it cannot.

    `session_values` is what a screen wants to find again after the window was built anew, by `screen.what`; it ends with the program.
    `session_values["before"]` is the screen that was left last.
    """

    preferences: Preferences
    runner: JobRunner
    current: CurrentProject
    messages: Messages
    actions: Actions
    theme: Theme
    cameras: OpenCameras
    show_screen: Callable[[str], None]
    open_project: Callable[[Path], None]
    session_values: dict[str, str] = field(default_factory=dict)
