"""The open project: screens change it and are notified of changes here only; and cached reading for
a screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Signal

from fieldcheck.errors.files import DiskFull, FolderGone, NotStored, ReadOnlyPlace
from fieldcheck.errors.projects import NothingToUndo, ProjectLocked, ProjectNewer, ProjectOnlyRead
from fieldcheck.i18n.language import tr
from fieldcheck.logging_and_crash import format_traceback
from fieldcheck.progress import Progress
from fieldcheck.ui.jobs import RUNNING, Job, JobName, JobRunner, Operation, make_cancelled_job
from fieldcheck.ui.lazy_import import LazyModule

if TYPE_CHECKING:
    from fieldcheck.domain import project_state
    from fieldcheck.domain.project_state import Changes, ProjectStatus
    from fieldcheck.project import folder, repair
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import project_state as standing_table
else:
    project_state = LazyModule("fieldcheck.domain.project_state")
    folder = LazyModule("fieldcheck.project.folder")
    repair = LazyModule("fieldcheck.project.repair")
    standing_table = LazyModule("fieldcheck.project.tables.project_state")

# Reading for a screen: whether what it shows of the open project is there, and still as the project
# is.

AnswerT = TypeVar("AnswerT")
NEVER = -1


class BodyLoader:
    """Reads data for a screen. The screen shows "loading" until the first result, so that nothing
    is reported as missing too early."""

    def __init__(self, current: CurrentProject, view: object) -> None:
        self._current, self._view = current, view
        self._revision = NEVER  # of the project, when what is shown was asked for
        self.failed = False

    @property
    def is_read(self) -> bool:
        """Whether data was read, even if it is empty."""
        return self._revision != NEVER

    def enter(self) -> bool:
        """Called when the screen is shown. Data read before the project changed is discarded.
        Returns whether any is still valid."""
        if self._revision != self._current.revision:
            self.reset()
        return self.is_read

    def reset(self) -> None:
        """Discards all data, because another project or none is open."""
        self._revision, self.failed = NEVER, False

    def query(self, question: Callable[[Project], AnswerT]) -> Operation[AnswerT]:
        """Starts `question(project)`. With its answer the screen is marked as read; on an error it
        is marked as failed, unless older data is shown."""
        answered: Operation[AnswerT] = Operation(self._view)
        reading = self._current.query(self._view, question)
        reading.on_success(partial(self._on_answer, self._current.revision, answered))
        reading.on_failure(partial(self._on_failure, answered))
        return answered

    def mark_read(self, revision: int) -> None:
        """Mark the screen as read, because its data was loaded in another way at this revision."""
        self._revision, self.failed = revision, False

    def _on_answer(self, revision: int, answered: Operation[AnswerT], answer: AnswerT) -> None:
        self._revision, self.failed = revision, False
        answered.succeed(answer)

    def _on_failure(self, answered: Operation[AnswerT], error: BaseException) -> None:
        self.failed = not self.is_read
        answered.fail(error)


def get_opening_message(current: CurrentProject) -> str:
    """Message shown in place of “No project is open.” while a project is being opened; empty where
    none is."""
    return tr("Opening the project …") if current.opening else ""


T = TypeVar("T")
Failed = Callable[[BaseException], None]
Status: TypeAlias = "tuple[ProjectStatus, tuple[int, int]]"
"""Of the project, with how many acts can be undone and redone."""


class CurrentProject(QObject):
    """The open project, at most one. Reads and acts run off the main thread, in the order they were
    requested; results arrive as calls on the main thread. Results for a project closed meanwhile
    are dropped."""

    opened = Signal()
    opening_changed = Signal()
    """Opening of a project started while none is open, or it failed."""
    closing = Signal()
    """Emitted before closing. Connected writers must stop; `close` waits for them."""
    closed = Signal()
    close_failed = Signal(object)
    """The project is closed, with the error met on the way. Acknowledged acts are on disk all the
    same."""
    reserve_released = Signal()
    """The disk is full; the reserved space was released to the act that has just been stored."""
    changed = Signal(object)
    """`Changes`: the kinds of rows that changed. Emitted once `status` and the undo depths are up
    to date."""

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        runner.translate_error = self._translate_error
        self.project: Project | None = None
        self._jobs: list[Job] = []  # of this project
        self.status: ProjectStatus | None = None
        self.undo_depth = self.redo_depth = 0
        self.saved_at: datetime | None = None
        self.opening = False
        self.revision = 0  # goes up with every change: what was read at the same one is still so
        self.disk_full = self.disconnected = False  # at the newest act: nothing of it was stored

    @property
    def name(self) -> str:
        """The folder's name without its ending; empty without a project."""
        return self.project.path.name.removesuffix(".fieldcheck") if self.project else ""

    @property
    def writable(self) -> bool:
        """Whether a project is open and this window may change it."""
        return self.project is not None and self.project.writable

    def has_open(self, path: Path) -> bool:
        """Whether this window already writes that project, and its folder is still there."""
        project = self.project
        if project is None or not project.writable or self.disconnected:
            return False
        return path.resolve() == project.path.resolve()

    def open(self, path: Path, failed: Failed, only_reading: Failed) -> None:
        """Opens a project folder in place of the open one. Where another process writes it, or a
        newer Fieldcheck created it, it is opened for reading and `only_reading(why)` is called."""
        opening = self._open_project(self, lambda: _open_or_read(path), only_reading)
        opening.on_failure(failed)

    def create_project(self, parent: object, make: Callable[[], Project]) -> Operation[None]:
        """Opens the project that `make()` creates, in place of the open one; the operation succeeds
        once every screen knows of it."""
        return self._open_project(parent, lambda: (make(), None), lambda _why: None)

    def close(self) -> None:
        """Closes the project, whose jobs are asked to stop; `closed` is emitted when that is
        done."""
        if self.project is not None:
            self.closing.emit()
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()
        project, self.project = self.project, None
        if project is not None:
            closing = self._runner.run_in_order(self, partial(_close_project, project))
            closing.on_failure(self.close_failed.emit)
            self._reset()
            self.revision += 1
            self.closed.emit()

    def query(self, parent: object, question: Callable[[Project], T]) -> Operation[T]:
        """Starts `question(project)`. Does nothing without a project."""
        project = self.project
        if project is None:
            return Operation(parent)
        return self._runner.run_in_order(
            parent, lambda: question(project), is_wanted=lambda: self.project is project
        )

    def run_edit(self, parent: object, work: Callable[[Project], T]) -> Operation[T]:
        """Starts an act of a person. Once it is on disk its handler is called, then `changed` is
        emitted. Does nothing without a project."""
        return self._run_change(parent, work, "")

    def undo(self, parent: object, prefixes: tuple[str, ...] = ()) -> Operation[Changes]:
        """Undoes the newest act, whichever screen it was done on; with `prefixes` only if its name
        begins so."""
        return self._run_change(parent, lambda project: project.undo(prefixes), "undo")

    def redo(self, parent: object, prefixes: tuple[str, ...] = ()) -> Operation[Changes]:
        """Redoes the act that was undone last; `prefixes` as for `undo`."""
        return self._run_change(parent, lambda project: project.redo(prefixes), "redo")

    def run_job(
        self,
        parent: object,
        name: JobName,
        work: Callable[[Project, Progress], Any],
        *,
        key: str = "",
        in_background: bool = False,
        writes: bool = True,
        resumes: bool = True,
    ) -> Job:
        """Starts long work on the project, as `JobRunner.run_job`. `changed` is emitted however it
        ends, since finished parts are kept: with `job`, or with `background` for work in the
        background, which touches nothing that a person works on. `writes` False: the work only
        computes what is shown and may be ended by leaving. Without a project nothing is started:
        the job was cancelled."""
        project = self.project
        if project is None:
            return make_cancelled_job(name)
        job = self._runner.run_job(
            parent,
            name,
            lambda progress: work(project, progress),
            key=key,
            in_background=in_background,
            writes=writes and not in_background,
            resumes=resumes,
            # Results of another project are not shown in this one.
            is_wanted=lambda: self.project is project,
        )
        self._jobs = [*(other for other in self._jobs if other.state == RUNNING), job]
        changes = project_state.Changes("background" if in_background else "job")
        job.ended.connect(lambda: self.refresh(changes) if self.project is project else None)
        return job

    def refresh(self, changes: Changes) -> None:
        """Reads the project's status again, then notifies every screen."""
        reading = self.query(self, _read_status)
        reading.on_success(lambda status: self._apply_status(status, changes))

    def _open_project(
        self,
        parent: object,
        make: Callable[[], tuple[Project, BaseException | None]],
        only_reading: Failed,
    ) -> Operation[None]:
        operation: Operation[None] = Operation(parent)

        def on_open(result: tuple[Project, BaseException | None, Status]) -> None:
            project, why, status = result
            self.close()
            self.opening = False
            self.revision += 1
            self.project = project
            self.status, (self.undo_depth, self.redo_depth) = status
            self.opened.emit()
            self.query(self, _hold_reserve)
            operation.succeed(None)
            if why is not None:
                only_reading(why)

        def open_and_read() -> tuple[Project, BaseException | None, Status]:
            project, why = make()
            return project, why, _read_status(project)

        def on_failure(error: BaseException) -> None:
            self.opening = False
            self.opening_changed.emit()
            self._tell_failure(operation, error)

        self.opening = True
        if self.project is None:
            self.opening_changed.emit()
        self._runner.run_in_order(self, open_and_read).on_success(on_open).on_failure(on_failure)
        return operation

    def _run_change(self, parent: object, work: Callable[[Project], T], how: str) -> Operation[T]:
        """`how`: what is refused where there is no project; nothing is where it is empty."""
        operation: Operation[T] = Operation(parent)
        project = self.project
        if project is None or not project.writable:
            refusal = ProjectOnlyRead(project.path) if project is not None else NothingToUndo(how)
            if project is not None or how:
                refusing = self._runner.run_in_order(self, lambda: refusal)
                refusing.on_success(partial(self._tell_failure, operation))
            return operation

        def on_success(result: tuple[T, Status]) -> None:
            if self.project is not project:
                return
            answer, status = result
            self.saved_at, self.disk_full, self.disconnected = datetime.now(), False, False
            if project.gave_room:
                project.gave_room = False
                self.reserve_released.emit()
            operation.succeed(answer)
            known = project_state.Changes
            self._apply_status(status, answer if isinstance(answer, known) else known("act"))

        def on_failure(error: BaseException) -> None:
            self.disk_full = self.project is project and isinstance(error, DiskFull)
            self.disconnected = self.project is project and isinstance(error, FolderGone)
            self._tell_failure(operation, error)

        acting = self._runner.run_in_order(self, lambda: (work(project), _read_status(project)))
        acting.on_success(on_success).on_failure(on_failure)
        return operation

    def _tell_failure(self, operation: Operation[Any], error: BaseException) -> None:
        if not operation.fail(error):
            self._runner.unexpected.emit(error, format_traceback(error))

    def _translate_error(self, error: Exception) -> Exception:
        """Return the underlying error, for instance a disk that no longer answers. Called on the
        working thread."""
        project = self.project
        return repair.find_root_cause(error, project.path) if project is not None else error

    def _apply_status(self, status: Status, changes: Changes) -> None:
        self.status, (self.undo_depth, self.redo_depth) = status
        self.revision += 1
        self.changed.emit(changes)

    def _reset(self) -> None:
        self.status, self.saved_at, self.disk_full, self.disconnected = None, None, False, False
        self.undo_depth = self.redo_depth = 0


def _close_project(project: Project) -> None:
    with repair.map_to_root_cause(project.path):
        project.close()


def _open_or_read(path: Path) -> tuple[Project, BaseException | None]:
    try:
        return folder.open_project(path, wait_s=0.5), None
    except (DiskFull, NotStored, ProjectLocked, ProjectNewer, ReadOnlyPlace) as why:
        return folder.open_project(path, write=False), why


def _hold_reserve(project: Project) -> None:
    project.hold_reserve()


def _read_status(project: Project) -> Status:
    return project.read(standing_table.read_project_status), project.count_history()
