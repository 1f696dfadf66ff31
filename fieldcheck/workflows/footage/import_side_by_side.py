"""Parallel import: short videos side by side, one worker each; whatever is longer has all workers for itself.

A video read by two workers is opened twice, and decoded twice up to where the second begins: a fifth of the time of a short one.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fieldcheck.capture.video_index import load_video_index
from fieldcheck.errors import FieldcheckError
from fieldcheck.progress import Progress, set_background_work
from fieldcheck.project.folder import Project
from fieldcheck.workflows import chunks
from fieldcheck.workflows.footage.import_footage import BegunImport, FootageInfo, ImportedRecording, begin_import, finish_import

SHORT_FRAMES = 2000


class FinalProgress(Progress, Protocol):
    """Progress of one file among several."""

    def finish(self) -> None:
        """The file is through."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """One file or folder to be imported, with what is told of it and whom to tell how far it is."""

    path: Path
    told: FootageInfo
    progress: FinalProgress


def import_in_parallel(
    project: Project, orders: Sequence[ImportOrder], expected: tuple[type[FieldcheckError], ...], now: str
) -> list[ImportedRecording | FieldcheckError]:
    """Import outcome of each order, in their order, which is also that of the recordings: an import, or one of the `expected` errors.

    Any other error ends it once what runs beside it is through; what was finished stands.
    """
    return _ParallelImport(project, expected, now).run_orders(orders)


class _ParallelImport:
    def __init__(self, project: Project, expected: tuple[type[FieldcheckError], ...], now: str) -> None:
        self._project, self._expected, self._now = project, expected, now
        self._running = dict[str, Future[ImportedRecording]]()  # by recording id

    def run_orders(self, orders: Sequence[ImportOrder]) -> list[ImportedRecording | FieldcheckError]:
        """As `import_in_parallel`."""
        found = []
        with ThreadPoolExecutor(chunks.default_workers()) as pool:
            for at, order in enumerate(orders):
                found.append(self._start_order(order, pool, is_last=at == len(orders) - 1))
        return [self._get_outcome(one) for one in found]

    def _start_order(self, order: ImportOrder, pool: ThreadPoolExecutor, is_last: bool) -> Future[ImportedRecording]:
        """The import of an order, running beside others or through already."""
        try:
            begun = begin_import(self._project, order.path, order.told, order.progress)
            if begun.recording.recording_id in self._running:  # the same footage under another name
                self._wait_for_running(0)
                begun = begin_import(self._project, order.path, order.told, order.progress)
            beside = chunks.default_workers() > 1 and (self._running or not is_last) and _is_short(begun, self._project)
        except self._expected as error:
            order.progress.finish()
            return _make_finished_future(error)
        if not beside:
            self._wait_for_running(0)
            return self._import_alone(begun, order.progress)
        self._wait_for_running(chunks.default_workers() - 1)
        started = pool.submit(copy_context().run, self._import_beside, begun, order.progress)
        self._running[begun.recording.recording_id] = started
        return started

    def _import_beside(self, begun: BegunImport, progress: FinalProgress) -> ImportedRecording:
        set_background_work()
        try:
            return finish_import(self._project, begun, progress, self._now)
        finally:
            progress.finish()

    def _import_alone(self, begun: BegunImport, progress: FinalProgress) -> Future[ImportedRecording]:
        try:
            return _make_finished_future(finish_import(self._project, begun, progress, self._now))
        except self._expected as error:
            return _make_finished_future(error)
        finally:
            progress.finish()

    def _wait_for_running(self, most: int) -> None:
        """Waits until no more than `most` are running. Raises what nobody expects of them."""
        while len(self._running) > most:
            self._get_outcome(self._running.pop(next(iter(self._running))))

    def _get_outcome(self, started: Future[ImportedRecording]) -> ImportedRecording | FieldcheckError:
        try:
            return started.result()
        except self._expected as error:
            return error


def _make_finished_future(outcome: ImportedRecording | FieldcheckError) -> Future[ImportedRecording]:
    done = Future[ImportedRecording]()
    if isinstance(outcome, FieldcheckError):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
    return done


def _is_short(begun: BegunImport, project: Project) -> bool:
    if begun.known or begun.recording.kind != "video":
        return False
    return len(load_video_index(project.path / begun.recording.path)) <= SHORT_FRAMES
