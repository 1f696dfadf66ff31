"""Opening of projects in the window: a folder, what a pack holds, a repaired copy; and what is said where that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.errors import ProjectDamaged, ProjectLocked
from fieldcheck.files import find_unused_path
from fieldcheck.paths import PACK_ENDING
from fieldcheck.progress import Progress
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors.messages import Messages
from fieldcheck.ui.jobs.runner import JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.preferences import Preferences
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.project import repair
    from fieldcheck.workflows.evidence import open_pack
else:
    repair = LazyModule("fieldcheck.project.repair")
    open_pack = LazyModule("fieldcheck.workflows.evidence.open_pack")

READ_ONLY, UNPACKING = "read_only", "project.unpack"


class ProjectOpener:
    """`ask(path)` is the window's own way to open, which asks first where a camera is being recorded."""

    def __init__(
        self, current: CurrentProject, runner: JobRunner, messages: Messages, preferences: Preferences, ask: Callable[[Path], None]
    ) -> None:
        self._current, self._runner, self._messages, self._preferences, self._ask = current, runner, messages, preferences, ask

    def open(self, path: Path) -> None:
        """Opens a project folder in place of the one that is open; of a pack a new project is made first. For a damaged project a repaired
        copy is offered."""
        if path.suffix == PACK_ENDING and not path.is_dir():
            self._unpack_pack(path)
        else:
            self._current.open(path, partial(self._on_failure, path), partial(self._show_read_only, path))

    def _unpack_pack(self, pack: Path) -> None:
        """Makes a project of a pack where new projects are made, as a job that can be cancelled, and opens it; one at a time."""
        if any(job.objectName() == UNPACKING for job in self._runner.list_running()):
            return
        self._messages.clear_banner("error")
        target = find_unused_path(self._preferences.get_default_folder(), pack.stem, ".fieldcheck")

        def unpack_in_background(progress: Progress) -> Path:
            return open_pack.unpack_project(pack, target, progress)

        def on_unpacked(project: Path) -> None:
            self._messages.show_toast(tr("{pack} verified; unpacking to {folder}.").format(pack=pack.name, folder=project))
            self._ask(project)

        job = self._runner.start_job(
            lambda: tr("Unpack {file}").format(file=pack.name), unpack_in_background, on_unpacked, self._messages.show_error, writes=True
        )
        job.setObjectName(UNPACKING)
        job.resumes = False

    def _on_failure(self, path: Path, error: BaseException) -> None:
        if isinstance(error, ProjectDamaged):
            again = partial(self._on_failure, path, error)
            self._messages.show_error(error, "error", tr("Open repaired copy"), partial(self._open_repaired, path), again)
        else:
            self._messages.show_error(error)

    def _show_read_only(self, path: Path, why: BaseException) -> None:
        """The project is open, for reading. Where somebody else has it, it can be had for writing once they have closed it."""
        if isinstance(why, ProjectLocked):
            self._messages.show_error(why, READ_ONLY, tr("Accept"), partial(self._ask, path), partial(self._show_read_only, path, why))
        else:
            self._messages.show_error(why, READ_ONLY)

    def _open_repaired(self, path: Path) -> None:
        """Makes a sound copy beside the damaged project, which is left as it is, and opens that."""
        self._messages.clear_banner("error")
        self._runner.start_job(
            lambda: tr("Repair the project"), lambda _: repair.get_repaired_path(path), self._ask, self._messages.show_error, writes=True
        )
