"""Work off the main thread: jobs in parallel and acts in sequence; frames polled by a timer;
garbage collection on the main thread."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from itertools import combinations
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fieldcheck.logging_and_crash import format_traceback
from fieldcheck.progress import (
    Cancelled,
    CancelToken,
    LatestValue,
    Progress,
    has_pace,
    set_background_work,
    set_cancel_token,
)
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import is_alive, require_value

if TYPE_CHECKING:
    import statistics
else:
    statistics = LazyModule("statistics")

LOOK_EVERY_MS = 100
STOP_S = 5.0  # Seconds that a closing window waits for its jobs.
JOBS_AT_ONCE = 2
# niceness: at 19 a thread that holds the interpreter's lock may get no core, and the window would
# wait with it
BACKGROUND_NICENESS = 10
PACE_EVERY_S, MOST_PACES = 0.1, 32
RUNNING, DONE, CANCELLED, FAILED = "running", "done", "cancelled", "failed"

JobName: TypeAlias = "str | Callable[[], str]"
"""What a job is called; one that is asked for speaks another language once the window does."""
ResultT = TypeVar("ResultT")
WorkOutcome: TypeAlias = "tuple[Future[Any], Operation[Any], Job | None]"

log = logging.getLogger(__name__)


class Operation(Generic[ResultT]):
    """Work off the main thread, and who hears of its end; handlers are called on the main thread.

    Handlers are called neither once `parent` was deleted, as a page is when the window is rebuilt,
    nor once `is_wanted` says no. `reads`: nothing is lost where nobody hears of an error then.
    """

    def __init__(
        self, parent: object, is_wanted: Callable[[], bool] = lambda: True, reads: bool = False
    ) -> None:
        self._parent, self._is_wanted, self._reads = parent, is_wanted, reads
        self._on_success: Callable[[ResultT], object] | None = None
        self._on_failure: Callable[[BaseException], object] | None = None

    @property
    def has_parent(self) -> bool:
        """Whether who started the work is still there."""
        return is_alive(self._parent)

    @property
    def has_listener(self) -> bool:
        """Whether who started the work is still there, and wants to know of it."""
        return self.has_parent and self._is_wanted()

    def on_success(self, handler: Callable[[ResultT], object]) -> Self:
        """Calls `handler(result)` once the work is done."""
        self._on_success = handler
        return self

    def on_failure(self, handler: Callable[[BaseException], object]) -> Self:
        """Calls `handler(error)` when the work fails; without one the window shows the error."""
        self._on_failure = handler
        return self

    def succeed(self, result: ResultT) -> None:
        """The work is done."""
        if self._on_success is not None and self.has_listener:
            self._on_success(result)

    def fail(self, error: BaseException) -> bool:
        """The work failed. Returns False for an error that somebody should still be told of."""
        if not self._is_wanted():
            return True
        if not self.has_parent:
            return self._reads
        if self._on_failure is None:
            return False
        self._on_failure(error)
        return True


class Job(QObject):
    """One piece of long work as a person sees it. `state`: running, done, cancelled or failed.

    - `key`: marks the work, so that a screen that is built again finds what it had started.
    - `in_background`: nobody waits for it.
    - `resumes`: one that was cancelled goes on where it was when it is begun again.
    - `writes`: nobody ends it by leaving without being asked.

    The work writes its figures from its own thread; the window looks at them from time to time, so
    no signal is sent for each frame.
    """

    progress_changed = Signal()
    ended = Signal()

    def __init__(
        self,
        name: JobName,
        owner: QObject | None = None,
        operation: Operation[Any] | None = None,
        key: str = "",
        in_background: bool = False,
        writes: bool = False,
        resumes: bool = True,
    ) -> None:
        super().__init__(owner)
        self.setObjectName(key)
        self._name, self.in_background, self.writes, self.resumes = (
            name,
            in_background,
            writes,
            resumes,
        )
        self._operation: Operation[Any] = operation or Operation(None)
        self._retry_parent: object = None
        self._start_again: Callable[[], object] | None = None
        self.state = RUNNING
        self.done, self.unit = 0, ""
        self.total: int | None = None
        self.began = time.monotonic()
        self.error: BaseException | None = None
        self.warnings: list[Exception] = []
        self._stop = CancelToken()
        self._shown: tuple[int, int | None] | None = None
        self._paces: list[tuple[float, int]] = []  # when so many pieces were finished

    @property
    def name(self) -> str:
        """Name of the job, in the language that is spoken now."""
        return self._name if isinstance(self._name, str) else self._name()

    @property
    def key(self) -> str:
        """What marks the work."""
        return self.objectName()

    def on_success(self, handler: Callable[[Any], object]) -> Self:
        """Calls `handler(result)` once the work is done; not after a cancel."""
        self._operation.on_success(handler)
        return self

    def on_failure(self, handler: Callable[[BaseException], object]) -> Self:
        """Calls `handler(error)` when the work fails; without one the window shows the error."""
        self._operation.on_failure(handler)
        return self

    def on_end(self, handler: Callable[[], object]) -> Self:
        """Calls `handler()` however the work ends, before the other handlers."""
        self.ended.connect(lambda: handler() if self._operation.has_parent else None)
        return self

    def on_retry(self, parent: object, start: Callable[[], object]) -> Self:
        """Offers `start()`, which begins the same work anew, once this job failed or was cancelled,
        for as long as `parent` was not deleted."""
        self._retry_parent, self._start_again = parent, start
        return self

    @property
    def can_retry(self) -> bool:
        """Whether the work can be begun anew."""
        ended = self.state in (CANCELLED, FAILED) and self._start_again is not None
        return ended and is_alive(self._retry_parent) and self._operation.has_listener

    def retry(self) -> None:
        """Begins the work anew, as a job of its own; once."""
        if self.can_retry:
            start, self._start_again = self._start_again, None
            require_value(start)()

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        """Report progress; called by the work from its thread."""
        now = time.monotonic()
        if unit != self.unit:
            self._paces = []  # pieces of another kind take another time
        if not self._paces or (
            now - self._paces[-1][0] >= PACE_EVERY_S and done > self._paces[-1][1]
        ):
            kept = self._paces[:: 2 if len(self._paces) >= MOST_PACES else 1]
            self._paces = [*kept, (now, done)]
        self.done, self.total, self.unit = done, total, unit

    def warn(self, error: Exception) -> None:
        """Report an error that does not stop the work; called by the work."""
        self.warnings.append(error)

    def check(self) -> None:
        """Raises Cancelled once the job was asked to stop; called by the work."""
        self._stop.check()

    def cancel(self) -> None:
        """Ask the work to stop. Finished work is kept, and starting it again continues there."""
        self._stop.cancel()

    def bind_to_thread(self) -> None:
        """Make a cancel also end a model run on this thread; called on the working thread."""
        set_cancel_token(self._stop)
        if self.in_background:
            set_background_work()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop and has not ended yet."""
        return self.state == RUNNING and self._stop.is_cancelled

    @property
    def share(self) -> float | None:
        """Finished share, 0 to 1; None while unknown."""
        return min(1.0, self.done / self.total) if self.total else None

    def get_eta_s(self) -> float | None:
        """Seconds left; None before 2 s and 5 % are done, and once everything is counted, since the
        final step has no rate. The rate is the median over all pairs of moments (Theil-Sen), so
        that a slow start, earlier work or a pause does not shift it."""
        spent, share = time.monotonic() - self.began, self.share
        if share is None or not self.total or not has_pace(share, spent):
            return None
        moments = [(self.began, 0), *self._paces] if len(self._paces) < 2 else self._paces
        paces = [
            (n - before) / (time_s - then)
            for (then, before), (time_s, n) in combinations(moments, 2)
            if time_s > then
        ]
        pace = statistics.median(paces) if paces else 0
        return (self.total - self.done) / pace if pace > 0 else None

    def end(self, error: BaseException | None) -> None:
        """The work is over: well, by a cancel or with an error."""
        self.error = error
        cancelled = isinstance(error, Cancelled)
        self.state = DONE if error is None else CANCELLED if cancelled else FAILED
        self.ended.emit()

    def poll_progress(self) -> None:
        """Emits `progress_changed` when the counts differ from the last call."""
        if (self.done, self.total) != self._shown:
            self._shown = (self.done, self.total)
            self.progress_changed.emit()


def make_cancelled_job(name: JobName) -> Job:
    """A job that was never begun, since there is nothing to work on."""
    job = Job(name)
    job.state = CANCELLED
    return job


class JobRunner(QObject):
    """Runs work off the main thread and delivers its result on the main thread.

    `run_job` runs a job; `run_in_order` an act of a person, or a reading. Those run one at a time,
    in the order they were started."""

    changed = Signal()
    """A job started or ended."""
    unexpected = Signal(object, str)
    """An unexpected error with its traceback; the window shows that the data is safe."""
    warned = Signal(object)
    """What a job of the list met and went on without, as a tuple of errors, when it ends."""
    _back = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs: list[Job] = []
        self.translate_error: Callable[[Exception], Exception] = lambda error: error
        """What an error that nobody raised to stop is told as; called on the thread that works."""
        self._pool = ThreadPoolExecutor(JOBS_AT_ONCE, thread_name_prefix="job")
        self._background = ThreadPoolExecutor(
            1, thread_name_prefix="background", initializer=_lower_priority
        )
        self._acts = ThreadPoolExecutor(1, thread_name_prefix="act")
        self._back.connect(self._on_outcome, Qt.ConnectionType.QueuedConnection)
        self._open = 0
        self._under_way: set[Future[None]] = set()
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._poll_jobs)

    @property
    def busy(self) -> bool:
        """Whether any work or act is under way."""
        return self._open > 0

    def list_running(self) -> list[Job]:
        """Running jobs, background jobs last."""
        return sorted(
            (job for job in self.jobs if job.state == RUNNING), key=lambda job: job.in_background
        )

    def list_writing(self) -> list[Job]:
        """Running jobs whose output is not complete yet."""
        return [job for job in self.list_running() if job.writes]

    def find_running(self, key: str) -> Job | None:
        """The job under way with this key: a screen that is built again finds what it started."""
        return next((job for job in self.list_running() if job.key == key), None)

    def run_job(
        self,
        parent: object,
        name: JobName,
        work: Callable[[Progress], Any],
        *,
        key: str = "",
        listed: bool = True,
        in_background: bool = False,
        writes: bool = False,
        resumes: bool = True,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Job:
        """Starts `work(progress)` on a thread of its own. Who hears of its end is said on the job.

        Args:
            parent: handlers are called for as long as it was not deleted.
            name: what a person reads in the list of jobs.
            work: gets the job to report to; it returns the result.
            key: marks the work, see `find_running`.
            listed: False for what a screen looks up in a moment; who starts that cancels it.
            in_background: one after the other, at a low priority.
            writes: nobody ends it by leaving without being asked.
            resumes: once cancelled, it goes on where it was when it is begun again.
            is_wanted: handlers are called only where it says so.
        """
        operation: Operation[Any] = Operation(parent, is_wanted, reads=not writes)
        owner = self if listed else None
        job = Job(name, owner, operation, key, in_background, writes, resumes)
        if listed:
            self.jobs.append(job)
        pool = self._background if in_background else self._pool
        self._submit_work(pool, lambda: work(job), operation, job)
        if listed:
            self._timer.start()
            self.changed.emit()
        return job

    def run_in_order(
        self,
        parent: object,
        work: Callable[[], ResultT],
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Operation[ResultT]:
        """Starts `work()` after every earlier one of these; results come back in the same order."""
        operation: Operation[ResultT] = Operation(parent, is_wanted, reads=True)
        self._submit_work(self._acts, work, operation, None)
        return operation

    def stop_jobs(self) -> None:
        """Asks every job to stop and waits for it, a few seconds at most."""
        for job in self.list_running():
            job.cancel()
        wait(self._under_way, timeout=STOP_S)

    def shutdown(self) -> None:
        """Asks every job to stop and waits for it; acts are finished, whatever they take. Nothing
        is delivered any more."""
        self._timer.stop()
        self._back.disconnect(self._on_outcome)
        self.stop_jobs()
        for pool in (self._pool, self._background):
            pool.shutdown(wait=False, cancel_futures=True)
        self._acts.shutdown(wait=True)

    def _submit_work(
        self,
        pool: ThreadPoolExecutor,
        work: Callable[[], Any],
        operation: Operation[Any],
        job: Job | None,
    ) -> None:
        def run_work() -> None:
            outcome: Future[Any] = Future()
            if job is not None:
                job.bind_to_thread()
            try:
                outcome.set_result(work())
            except BaseException as error:  # noqa: BLE001 - the job's boundary: whatever it is, the window says it
                outcome.set_exception(self._translate_error(error))
                if not isinstance(error, Cancelled):
                    log.info("job %s: %s", job.name if job else "act", format_traceback(error))
            finally:  # also where there is no memory for a line of the log
                self._back.emit((outcome, operation, job))

        self._open += 1
        # In the caller's context, so that sentences made by the work are in the caller's language.
        future = pool.submit(copy_context().run, run_work)
        if job is not None:
            self._under_way.add(future)
            future.add_done_callback(self._under_way.discard)

    def _translate_error(self, error: BaseException) -> BaseException:
        """Return the error to show; the error itself where there is none other, and where
        translating fails, so that a failed job always ends."""
        if isinstance(error, Cancelled) or not isinstance(error, Exception):
            return error
        try:
            return self.translate_error(error)
        except Exception as another:  # noqa: BLE001 - as for the work itself
            log.error("not named: %s", format_traceback(another))
            return error

    def _on_outcome(self, parcel: WorkOutcome) -> None:
        outcome, operation, job = parcel
        self._open -= 1
        error = outcome.exception()
        if job is not None:
            job.end(error)
            if job.warnings and job in self.jobs:
                self.warned.emit(tuple(job.warnings))
            if not self.list_running():
                self._timer.stop()
            self.changed.emit()
        if error is None:
            operation.succeed(outcome.result())
        elif not isinstance(error, Cancelled) and not operation.fail(error):
            self.unexpected.emit(error, format_traceback(error))

    def _poll_jobs(self) -> None:
        for job in self.list_running():
            job.poll_progress()


def _lower_priority() -> None:
    """Lower the priority of the calling thread and of those it starts. Only Linux has niceness per
    thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BACKGROUND_NICENESS)


# Frames are pulled into the window, never pushed: a timer takes the newest value and passes it on.


class LatestValuePoller(QObject):
    """Calls `show(value)` on the main thread with the newest value of a slot, at most every
    `every_ms`; runs between `start` and `stop`.

    A queued signal a frame would grow without bound as soon as painting is slower than the camera.
    """

    def __init__(self, show: Callable[[Any], None], every_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self._slot: LatestValue[Any] | None = None
        self._timer = QTimer(self, interval=every_ms, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll_slot)

    def start(self, slot: LatestValue[Any]) -> None:
        """Start polling `slot`."""
        self._slot = slot
        self._timer.start()

    def stop(self) -> None:
        """Stop polling."""
        self._timer.stop()
        self._slot = None

    def _poll_slot(self) -> None:
        value = self._slot.take_value() if self._slot is not None else None
        if value is not None:
            self._show(value)


# Garbage collection, kept to the main thread while the window is open.

COLLECT_EVERY_MS = 500


class GarbageCollector(QObject):
    """Collects from a timer of the main thread, as often as Python would have, and nowhere else.

    Python collects on whatever thread happens to allocate. Widgets live in cycles with the slots
    that they are connected to; collected on a job's thread they are destroyed there, which Qt
    forbids: the process crashes, or stands still with the interpreter locked.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.destroyed.connect(gc.enable)
        self._timer = QTimer(self, interval=COLLECT_EVERY_MS)
        self._timer.timeout.connect(collect_if_due)
        self._timer.start()

    def collect_soon(self) -> None:
        """Collects everything once the event loop is back: many widgets were let go of at once, and
        by the thresholds alone they would be kept for minutes."""
        QTimer.singleShot(0, self, gc.collect)

    def stop(self) -> None:
        """Restore Python's own collection, once no other thread is left."""
        self._timer.stop()
        gc.enable()


def collect_if_due() -> None:
    """Collects the oldest generation that is due by Python's own thresholds."""
    for generation in (2, 1, 0):
        due = gc.get_threshold()[generation]
        if due and gc.get_count()[generation] > due:
            gc.collect(generation)
            return
