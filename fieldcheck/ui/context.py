"""Screen context, handed to a screen when it is built; the preferences of this computer; and the
opening of projects in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, Signal

from fieldcheck import settings
from fieldcheck.errors.files import FieldcheckError, ReadOnlyPlace
from fieldcheck.errors.projects import ProjectDamaged, ProjectLocked
from fieldcheck.files import find_unused_path
from fieldcheck.i18n.language import tr
from fieldcheck.paths import DEMO_PROJECT, FINISHED_DEMO, PACK_ENDING
from fieldcheck.progress import Progress
from fieldcheck.settings import Settings
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors import Messages
from fieldcheck.ui.jobs import JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.open_cameras import OpenCameras
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme

if TYPE_CHECKING:
    from fieldcheck.evidence import open_pack
    from fieldcheck.project import repair
else:
    repair = LazyModule("fieldcheck.project.repair")
    open_pack = LazyModule("fieldcheck.evidence.open_pack")

# Preferences: the settings of this computer, stored, and signalled when they change.

SIZES = (90, 100, 110, 125, 150, 175)
MOST_RECENT = 8


class Preferences(QObject):
    """Current settings; each change is stored at once. `changed` carries the names of changed
    fields. Where they cannot be stored, they hold until the program ends, and `save_failed` carries
    the error."""

    changed = Signal(frozenset)
    save_failed = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.settings: Settings = settings.load_settings(folder)

    def update(self, **values: Any) -> None:
        """Set some of the fields of `Settings`."""
        before, self.settings = self.settings, replace(self.settings, **values)
        names = frozenset(name for name in values if getattr(before, name) != values[name])
        if not names:
            return
        try:
            settings.save_settings(self._folder, self.settings)
        except FieldcheckError as error:
            self.save_failed.emit(error)
        except OSError:
            self.save_failed.emit(ReadOnlyPlace(self._folder))
        self.changed.emit(names)

    def change_size(self, steps: int) -> None:
        """Make the interface one size larger (`steps` 1) or smaller (−1), within the available
        sizes."""
        nearest = min(range(len(SIZES)), key=lambda index: abs(SIZES[index] - self.settings.size))
        self.update(size=SIZES[max(0, min(len(SIZES) - 1, nearest + steps))])

    def add_recent(self, project: Path) -> None:
        """Put a project at the top of the recent ones."""
        others = [path for path in self.settings.recent if path != str(project)]
        self.update(recent=(str(project), *others)[:MOST_RECENT])

    def get_default_folder(self) -> Path:
        """Folder for a new project: beside the one that was open last, else where this person's
        documents lie."""
        for path in self.settings.recent:
            if Path(path).parent.is_dir() and Path(path).name not in (DEMO_PROJECT, FINISHED_DEMO):
                return Path(path).parent
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        return Path(documents) if documents else Path.home()

    def remove_recent(self, project: str) -> None:
        """Remove a project from the recent ones; its folder is kept."""
        self.update(recent=tuple(path for path in self.settings.recent if path != project))


# Opening of projects in the window: from a folder, a pack or a repaired copy, with the messages
# where that fails.

READ_ONLY, UNPACKING = "read_only", "project.unpack"


class ProjectOpener:
    """`ask(path)` is the window's own way to open, which asks first where a camera is being
    recorded."""

    def __init__(
        self,
        current: CurrentProject,
        runner: JobRunner,
        messages: Messages,
        preferences: Preferences,
        ask: Callable[[Path], None],
    ) -> None:
        self._current, self._runner, self._messages, self._preferences, self._ask = (
            current,
            runner,
            messages,
            preferences,
            ask,
        )

    def open(self, path: Path) -> None:
        """Opens a project folder in place of the one that is open; of a pack a new project is made
        first. For a damaged project a repaired copy is offered."""
        if path.suffix == PACK_ENDING and not path.is_dir():
            self._unpack_pack(path)
        else:
            self._current.open(
                path, partial(self._on_failure, path), partial(self._show_read_only, path)
            )

    def _unpack_pack(self, pack: Path) -> None:
        """Makes a project of a pack where new projects are made, as a job that can be cancelled,
        and opens it; one at a time."""
        if any(job.key == UNPACKING for job in self._runner.list_running()):
            return
        self._messages.clear_banner("error")
        target = find_unused_path(self._preferences.get_default_folder(), pack.stem, ".fieldcheck")

        def unpack_in_background(progress: Progress) -> Path:
            return open_pack.unpack_project(pack, target, progress)

        def on_unpacked(project: Path) -> None:
            self._messages.show_toast(
                tr("{pack} verified; unpacking to {folder}.", pack=pack.name, folder=project)
            )
            self._ask(project)

        job = self._runner.run_job(
            self._messages,
            lambda: tr("Unpack {file}", file=pack.name),
            unpack_in_background,
            writes=True,
            key=UNPACKING,
            resumes=False,
        )
        job.on_success(on_unpacked).on_failure(self._messages.show_error)

    def _on_failure(self, path: Path, error: BaseException) -> None:
        if isinstance(error, ProjectDamaged):
            again = partial(self._on_failure, path, error)
            self._messages.show_error(
                error, "error", tr("Open repaired copy"), partial(self._open_repaired, path), again
            )
        else:
            self._messages.show_error(error)

    def _show_read_only(self, path: Path, why: BaseException) -> None:
        """The project is open, for reading. Where somebody else has it, it can be had for writing
        once they have closed it."""
        if isinstance(why, ProjectLocked):
            self._messages.show_error(
                why,
                READ_ONLY,
                tr("Take over"),
                partial(self._ask, path),
                partial(self._show_read_only, path, why),
            )
        else:
            self._messages.show_error(why, READ_ONLY)

    def _open_repaired(self, path: Path) -> None:
        """Make a repaired copy beside the damaged project, which is left unchanged, and open it."""
        self._messages.clear_banner("error")
        job = self._runner.run_job(
            self._messages,
            lambda: tr("Repair the project"),
            lambda _: repair.get_repaired_path(path),
            writes=True,
        )
        job.on_success(self._ask).on_failure(self._messages.show_error)


SAMPLE_PLACE, SAMPLE_FRESH = "home.sample.place", "home.sample.fresh"
"""Under these keys of `session_values` the first page finds where the command line wants the sample
project made, and whether anew."""

CARD_KEPT, TRIAL_KEPT = "home.card", "home.tried"
"""Under these keys of `session_values` the first page keeps the card that is edited and the model
that is tried; they go with the project that they were begun in."""

HELP_PAGE = "help.wanted"
"""Under this key of `session_values` the help finds the page that it opens at, once."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a screen receives when it is built. `show_screen(name)` switches to another screen;
    `open_project(folder)` opens a project and shows a message where that fails;
    `run_once_free(leave)` calls what leaves the open project, once a recording and jobs that write
    may stop.

    `session_values` keeps a screen's values across a rebuild of the window, under `screen.what`,
    until the program ends; `session_values["before"]` is the screen that was left last."""

    preferences: Preferences
    runner: JobRunner
    current: CurrentProject
    messages: Messages
    actions: Actions
    theme: Theme
    cameras: OpenCameras
    show_screen: Callable[[str], None]
    open_project: Callable[[Path], None]
    run_once_free: Callable[[Callable[[], None]], None]
    session_values: dict[str, str] = field(default_factory=dict)
