"""Opening of projects in the window: a folder, what a pack holds, a repaired copy; and what is said where that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.errors import ProjectDamaged, ProjectLocked
from fieldcheck.files import free_place
from fieldcheck.paths import PACK_ENDING
from fieldcheck.progress import Progress
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors.messages import Messages
from fieldcheck.ui.jobs.runner import JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.preferences import Preferences
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.project import repair
    from fieldcheck.workflows.evidence import open_pack
else:
    repair = LazyModule("fieldcheck.project.repair")
    open_pack = LazyModule("fieldcheck.workflows.evidence.open_pack")

READ_ONLY, UNPACKING = "read_only", "project.unpack"


class ProjectOpening:
    """`ask(path)` is the window's own way to open, which asks first where a camera is being recorded."""

    def __init__(
        self, current: CurrentProject, runner: JobRunner, messages: Messages, preferences: Preferences, ask: Callable[[Path], None]
    ) -> None:
        self._current, self._runner, self._messages, self._preferences, self._ask = current, runner, messages, preferences, ask

    def open(self, path: Path) -> None:
        """Opens a project folder in place of the one that is open; of a pack a new project is made first. For a damaged project a repaired
        copy is offered."""
        if path.suffix == PACK_ENDING and not path.is_dir():
            self._unpack(path)
        else:
            self._current.open(path, partial(self._failed, path), partial(self._only_reading, path))

    def _unpack(self, pack: Path) -> None:
        """Makes a project of a pack where new projects are made, as a job that can be cancelled, and opens it; one at a time."""
        if any(job.objectName() == UNPACKING for job in self._runner.running()):
            return
        self._messages.clear("error")
        target = free_place(self._preferences.usual_place(), pack.stem, ".fieldcheck")

        def work(progress: Progress) -> Path:
            return open_pack.unpack_project(pack, target, progress)

        def made(project: Path) -> None:
            self._messages.toast(text("{pack} verified; unpacking to {folder}.").format(pack=pack.name, folder=project))
            self._ask(project)

        job = self._runner.start(lambda: text("Unpack {file}").format(file=pack.name), work, made, self._messages.error, writes=True)
        job.setObjectName(UNPACKING)
        job.resumes = False

    def _failed(self, path: Path, error: BaseException) -> None:
        if isinstance(error, ProjectDamaged):
            again = partial(self._failed, path, error)
            self._messages.error(error, "error", text("Open repaired copy"), partial(self._open_repaired, path), again)
        else:
            self._messages.error(error)

    def _only_reading(self, path: Path, why: BaseException) -> None:
        """The project is open, for reading. Where somebody else has it, it can be had for writing once they have closed it."""
        if isinstance(why, ProjectLocked):
            self._messages.error(why, READ_ONLY, text("Accept"), partial(self._ask, path), partial(self._only_reading, path, why))
        else:
            self._messages.error(why, READ_ONLY)

    def _open_repaired(self, path: Path) -> None:
        """Makes a sound copy beside the damaged project, which is left as it is, and opens that."""
        self._messages.clear("error")
        self._runner.start(
            lambda: text("Repair the project"), lambda _: repair.repaired_copy(path), self._ask, self._messages.error, writes=True
        )
