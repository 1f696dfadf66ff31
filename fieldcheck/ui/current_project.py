"""The open project: the one place through which screens change it and hear of changes, and cached reading for a screen."""

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

# Reading for a screen: whether what it shows of the open project is there, and still as the project is.

AnswerT = TypeVar("AnswerT")
NEVER = -1


class BodyLoader:
    """Reads for a screen. Until an answer has come the screen is loading: nothing is known, so nothing is called missing."""

    def __init__(self, current: CurrentProject) -> None:
        self._current = current
        self._revision = NEVER  # of the project, when what is shown was asked for
        self.failed = False

    @property
    def is_read(self) -> bool:
        """Whether there is something to show, or known to be nothing."""
        return self._revision != NEVER

    def enter(self) -> bool:
        """The screen is shown. What was read before something changed in the project is not shown again; whether anything still is."""
        if self._revision != self._current.revision:
            self.reset()
        return self.is_read

    def reset(self) -> None:
        """Forgets what was read: it is another project's, or of none."""
        self._revision, self.failed = NEVER, False

    def query(
        self, question: Callable[[Project], AnswerT], then: Callable[[AnswerT], None], failed: Callable[[BaseException], None]
    ) -> None:
        """`then(question(project))`, when what is asked for counts as read. Before `failed(error)` it counts as `failed`, unless something
        older is shown."""
        self._current.query(question, partial(self._on_answer, self._current.revision, then), partial(self._on_failure, failed))

    def mark_read(self, revision: int) -> None:
        """Takes it that what is shown was read in another way, of the project as it was at this revision."""
        self._revision, self.failed = revision, False

    def _on_answer(self, revision: int, then: Callable[[AnswerT], None], answer: AnswerT) -> None:
        self._revision, self.failed = revision, False
        then(answer)

    def _on_failure(self, failed: Callable[[BaseException], None], error: BaseException) -> None:
        self.failed = not self.is_read
        failed(error)


def get_opening_message(current: CurrentProject) -> str:
    """Sentence in place of “No project is open.” while one is being opened; empty where none is."""
    return tr("Opening the project …") if current.opening else ""


T = TypeVar("T")
Failed = Callable[[BaseException], None]


class CurrentProject(QObject):
    """At most one project. Every question and act runs off the main thread, in the order in which it was asked for; answers come back
    as calls on the main thread. An answer for a project that was closed meanwhile is dropped.
    """

    opened = Signal()
    opening_changed = Signal()
    """A project is being opened while none is, or is not any more because it could not be."""
    closing = Signal()
    """The project is about to be closed: what still writes to it asks to be stopped now, and is before it closes."""
    closed = Signal()
    close_failed = Signal(object)
    """The project is closed here, and why that was not in good order. What was acknowledged is stored all the same."""
    reserve_released = Signal()
    """The disk is full; what was kept back for acts was given to the one that has just been stored."""
    changed = Signal(object)
    """`Changes`: which kinds of rows are others now. Comes after `status` and the depths are up to date."""

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

    def open(self, path: Path, failed: Failed, only_reading: Callable[[BaseException], None]) -> None:
        """Opens a project folder in place of the one that is open. Where somebody else writes it, or a newer Fieldcheck made it, it is
        opened for reading and `only_reading(why)` is called."""
        self._open_project(lambda: _open_or_read(path), failed, only_reading)

    def create_project(self, make: Callable[[], Project], failed: Failed) -> None:
        """Opens the project that `make()` makes, in place of the one that is open."""
        self._open_project(lambda: (make(), None), failed, lambda _why: None)

    def close(self) -> None:
        """Closes the project in order; the answer is the signal `closed`."""
        if self.project is not None:
            self.closing.emit()
        project, self.project = self.project, None
        if project is not None:
            self._runner.run_edit(partial(_close_project, project), failed=self.close_failed.emit)
            self._reset()
            self.revision += 1
            self.closed.emit()

    def query(self, question: Callable[[Project], T], then: Callable[[T], None], failed: Failed | None = None) -> None:
        """`then(question(project))`. Nothing happens without a project."""
        project = self.project
        if project is not None:
            self._runner.run_edit(
                lambda: question(project), self._only_if_still_open(project, then), failed and self._only_if_still_open(project, failed)
            )

    def run_edit(self, work: Callable[[Project], Any], then: Callable[[Any], None] | None = None, failed: Failed | None = None) -> None:
        """A person's act. When it is on disk, `then(result)` is called and `changed` tells every screen."""
        self._run_change(work, then, failed, "")

    def undo(self, then: Callable[[Changes], None], failed: Failed, of: tuple[str, ...] = ()) -> None:
        """Take the newest act back, whichever screen it was done on; where `of` is given only one whose name begins so."""
        self._run_change(lambda project: project.undo(of), then, failed, "undo")

    def redo(self, then: Callable[[Changes], None], failed: Failed, of: tuple[str, ...] = ()) -> None:
        """Do again what was undone last; `of` as for `undo`."""
        self._run_change(lambda project: project.redo(of), then, failed, "redo")

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
        """Long work on the project. Whatever it came to – done, cancelled, failed – `changed` is told, since finished parts stay:
        `job`, or `background` for work `behind`, which touches nothing that a person is busy with. `writes` False: it only works out
        what is shown, and may be ended by leaving."""
        project = self.project
        if project is None:
            return None

        def on_finish() -> None:
            if self.project is project:
                self.refresh(Changes("background" if behind else "job"))
            if ended is not None:
                ended()

        answer = then and self._only_if_still_open(project, then)
        refused = failed and self._only_if_still_open(project, failed)  # what became of another project is not told in this one
        writes = writes and not behind
        job = self._runner.start_job(name, lambda progress: work(project, progress), answer, refused, behind=behind, writes=writes)
        job.ended.connect(on_finish)
        return job

    def refresh(self, changes: Changes) -> None:
        """Read again how far the project is, then tell every screen."""
        self.query(_read_status, lambda looked: self._apply_status(looked, changes))

    def _open_project(self, make: Callable[[], tuple[Project, BaseException | None]], failed: Failed, only_reading: Failed) -> None:
        def on_open(result: tuple[Project, BaseException | None, tuple[ProjectStatus, tuple[int, int]]]) -> None:
            project, why, looked = result
            self.close()
            self.opening = False
            self.revision += 1
            self.project = project
            self.status, (self.undo_depth, self.redo_depth) = looked
            self.opened.emit()
            self.query(_hold_reserve, lambda _: None)
            if why is not None:
                only_reading(why)

        def open_and_read() -> tuple[Project, BaseException | None, tuple[ProjectStatus, tuple[int, int]]]:
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

    def _run_change(self, work: Callable[[Project], Any], then: Callable[[Any], None] | None, failed: Failed | None, how: str) -> None:
        project = self.project
        if project is None:
            if failed is not None and how:
                failed(NothingToUndo(how))
            return
        if not project.writable and failed is not None:
            failed(ProjectOnlyRead(project.path))
            return

        def on_success(result: tuple[Any, tuple[ProjectStatus, tuple[int, int]]]) -> None:
            answer, looked = result
            self.saved_at, self.disk_full, self.disconnected = datetime.now(), False, False
            if project.gave_room:
                project.gave_room = False
                self.reserve_released.emit()
            if then is not None:
                call_if_alive(then, answer)
            self._apply_status(looked, answer if isinstance(answer, Changes) else Changes("act"))

        def on_failure(error: BaseException) -> None:
            self.disk_full = self.project is project and isinstance(error, DiskFull)
            self.disconnected = self.project is project and isinstance(error, FolderGone)
            if failed is not None:
                failed(error)

        self._runner.run_edit(
            lambda: (work(project), _read_status(project)), self._only_if_still_open(project, on_success), failed and on_failure
        )

    def _translate_error(self, error: Exception) -> Exception:
        """What lies below it, as a disk of the project that answers no more. Called on the thread that works."""
        project = self.project
        return audit.find_root_cause(error, project.path) if project is not None else error

    def _apply_status(self, looked: tuple[ProjectStatus, tuple[int, int]], changes: Changes) -> None:
        self.status, (self.undo_depth, self.redo_depth) = looked
        self.revision += 1
        self.changed.emit(changes)

    def _only_if_still_open(self, project: Project, then: Callable[[T], None]) -> Callable[[T], None]:
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
