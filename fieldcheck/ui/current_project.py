"""The open project: screens change it and are notified of changes here only; and cached reading for
a screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import DiskFull, FolderGone, NotStored, ReadOnlyPlace
from fieldcheck.errors.projects import NothingToUndo, ProjectLocked, ProjectNewer, ProjectOnlyRead
from fieldcheck.i18n.language import tr
from fieldcheck.progress import Progress
from fieldcheck.ui.jobs import Job, JobName, JobRunner, call_if_alive
from fieldcheck.ui.lazy_import import LazyModule

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.project import audit, folder
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import project_state as standing_table
else:
    folder = LazyModule("fieldcheck.project.folder")
    audit = LazyModule("fieldcheck.project.audit")
    standing_table = LazyModule("fieldcheck.project.tables.project_state")

# Reading for a screen: whether what it shows of the open project is there, and still as the project
# is.

AnswerT = TypeVar("AnswerT")
NEVER = -1


class BodyLoader:
    """Reads data for a screen. The screen shows "loading" until the first result, so that nothing
    is reported as missing too early."""

    def __init__(self, current: CurrentProject) -> None:
        self._current = current
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

    def query(
        self,
        question: Callable[[Project], AnswerT],
        then: Callable[[AnswerT], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Calls `then(question(project))` and marks the screen as read. On an error it is marked as
        failed, unless older data is shown, and `failed(error)` is called."""
        self._current.query(
            question,
            partial(self._on_answer, self._current.revision, then),
            partial(self._on_failure, failed),
        )

    def mark_read(self, revision: int) -> None:
        """Mark the screen as read, because its data was loaded in another way at this revision."""
        self._revision, self.failed = revision, False

    def _on_answer(self, revision: int, then: Callable[[AnswerT], None], answer: AnswerT) -> None:
        self._revision, self.failed = revision, False
        then(answer)

    def _on_failure(self, failed: Callable[[BaseException], None], error: BaseException) -> None:
        self.failed = not self.is_read
        failed(error)


def get_opening_message(current: CurrentProject) -> str:
    """Message shown in place of “No project is open.” while a project is being opened; empty where
    none is."""
    return tr("Opening the project …") if current.opening else ""


T = TypeVar("T")
Failed = Callable[[BaseException], None]


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

    def open(
        self, path: Path, failed: Failed, only_reading: Callable[[BaseException], None]
    ) -> None:
        """Opens a project folder in place of the open one. Where another process writes it, or a
        newer Fieldcheck created it, it is opened for reading and `only_reading(why)` is called."""
        self._open_project(lambda: _open_or_read(path), failed, only_reading)

    def create_project(self, make: Callable[[], Project], failed: Failed) -> None:
        """Opens the project that `make()` creates, in place of the open one."""
        self._open_project(lambda: (make(), None), failed, lambda _why: None)

    def close(self) -> None:
        """Closes the project; `closed` is emitted when that is done."""
        if self.project is not None:
            self.closing.emit()
        project, self.project = self.project, None
        if project is not None:
            self._runner.run_edit(partial(_close_project, project), failed=self.close_failed.emit)
            self._reset()
            self.revision += 1
            self.closed.emit()

    def query(
        self,
        question: Callable[[Project], T],
        then: Callable[[T], None],
        failed: Failed | None = None,
    ) -> None:
        """Calls `then(question(project))`. Does nothing without a project."""
        project = self.project
        if project is not None:
            self._runner.run_edit(
                lambda: question(project),
                self._only_if_still_open(project, then),
                failed and self._only_if_still_open(project, failed),
            )

    def run_edit(
        self,
        work: Callable[[Project], Any],
        then: Callable[[Any], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Runs an act of a person. Once it is on disk, `then(result)` is called and `changed` is
        emitted."""
        self._run_change(work, then, failed, "")

    def undo(
        self, then: Callable[[Changes], None], failed: Failed, prefixes: tuple[str, ...] = ()
    ) -> None:
        """Undoes the newest act, whichever screen it was done on; with `prefixes` only if its name
        begins so."""
        self._run_change(lambda project: project.undo(prefixes), then, failed, "undo")

    def redo(
        self, then: Callable[[Changes], None], failed: Failed, prefixes: tuple[str, ...] = ()
    ) -> None:
        """Redoes the act that was undone last; `prefixes` as for `undo`."""
        self._run_change(lambda project: project.redo(prefixes), then, failed, "redo")

    def run_job(
        self,
        name: JobName,
        work: Callable[[Project, Progress], Any],
        then: Callable[[Any], None] | None = None,
        failed: Failed | None = None,
        ended: Callable[[], None] | None = None,
        behind: bool = False,
        writes: bool = True,
    ) -> Job | None:
        """Runs long work on the project. `changed` is emitted however it ends, since finished parts
        are kept: with `job`, or with `background` for work `behind`, which touches nothing that a
        person works on. `writes` False: the work only computes what is shown and may be ended by
        leaving."""
        project = self.project
        if project is None:
            return None

        def on_finish() -> None:
            if self.project is project:
                self.refresh(Changes("background" if behind else "job"))
            if ended is not None:
                ended()

        answer = then and self._only_if_still_open(project, then)
        # Results of another project are not shown in this one.
        refused = failed and self._only_if_still_open(project, failed)
        writes = writes and not behind
        job = self._runner.start_job(
            name,
            lambda progress: work(project, progress),
            answer,
            refused,
            behind=behind,
            writes=writes,
        )
        job.ended.connect(on_finish)
        return job

    def refresh(self, changes: Changes) -> None:
        """Reads the project's status again, then notifies every screen."""
        self.query(_read_status, lambda status: self._apply_status(status, changes))

    def _open_project(
        self,
        make: Callable[[], tuple[Project, BaseException | None]],
        failed: Failed,
        only_reading: Failed,
    ) -> None:
        def on_open(
            result: tuple[Project, BaseException | None, tuple[ProjectStatus, tuple[int, int]]],
        ) -> None:
            project, why, status = result
            self.close()
            self.opening = False
            self.revision += 1
            self.project = project
            self.status, (self.undo_depth, self.redo_depth) = status
            self.opened.emit()
            self.query(_hold_reserve, lambda _: None)
            if why is not None:
                only_reading(why)

        def open_and_read() -> tuple[
            Project, BaseException | None, tuple[ProjectStatus, tuple[int, int]]
        ]:
            project, why = make()
            return project, why, _read_status(project)

        def on_failure(error: BaseException) -> None:
            self.opening = False
            self.opening_changed.emit()
            failed(error)

        self.opening = True
        if self.project is None:
            self.opening_changed.emit()
        self._runner.run_edit(open_and_read, on_open, on_failure)

    def _run_change(
        self,
        work: Callable[[Project], Any],
        then: Callable[[Any], None] | None,
        failed: Failed | None,
        how: str,
    ) -> None:
        project = self.project
        if project is None:
            if failed is not None and how:
                failed(NothingToUndo(how))
            return
        if not project.writable and failed is not None:
            failed(ProjectOnlyRead(project.path))
            return

        def on_success(result: tuple[Any, tuple[ProjectStatus, tuple[int, int]]]) -> None:
            answer, status = result
            self.saved_at, self.disk_full, self.disconnected = datetime.now(), False, False
            if project.gave_room:
                project.gave_room = False
                self.reserve_released.emit()
            if then is not None:
                call_if_alive(then, answer)
            self._apply_status(status, answer if isinstance(answer, Changes) else Changes("act"))

        def on_failure(error: BaseException) -> None:
            self.disk_full = self.project is project and isinstance(error, DiskFull)
            self.disconnected = self.project is project and isinstance(error, FolderGone)
            if failed is not None:
                failed(error)

        self._runner.run_edit(
            lambda: (work(project), _read_status(project)),
            self._only_if_still_open(project, on_success),
            failed and on_failure,
        )

    def _translate_error(self, error: Exception) -> Exception:
        """Return the underlying error, for instance a disk that no longer answers. Called on the
        working thread."""
        project = self.project
        return audit.find_root_cause(error, project.path) if project is not None else error

    def _apply_status(
        self, status: tuple[ProjectStatus, tuple[int, int]], changes: Changes
    ) -> None:
        self.status, (self.undo_depth, self.redo_depth) = status
        self.revision += 1
        self.changed.emit(changes)

    def _only_if_still_open(
        self, project: Project, then: Callable[[T], None]
    ) -> Callable[[T], None]:
        def call_if_open(answer: T) -> None:
            if self.project is project:
                then(answer)

        return call_if_open

    def _reset(self) -> None:
        self.status, self.saved_at, self.disk_full, self.disconnected = None, None, False, False
        self.undo_depth = self.redo_depth = 0


def _close_project(project: Project) -> None:
    with audit.map_to_root_cause(project.path):
        project.close()


def _open_or_read(path: Path) -> tuple[Project, BaseException | None]:
    try:
        return folder.open_project(path, wait_s=0.5), None
    except (DiskFull, NotStored, ProjectLocked, ProjectNewer, ReadOnlyPlace) as why:
        return folder.open_project(path, write=False), why


def _hold_reserve(project: Project) -> None:
    project.hold_reserve()


def _read_status(project: Project) -> tuple[ProjectStatus, tuple[int, int]]:
    return project.read(standing_table.read_project_status), project.count_history()
