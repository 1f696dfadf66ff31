"""Long work as pure, keyed chunks: the same function over the same inputs gives the same rows,
wherever it runs."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from fieldcheck.progress import Progress, get_cancel_token, is_background_work, set_cancel_token

Chunk = TypeVar("Chunk")
Rows = TypeVar("Rows")
Item = TypeVar("Item")

MOST_PICTURES, PORTIONS = 32, 20
# a cancel takes effect within a second (architecture 6): at the next chunk border
CHECK_EVERY_S = 0.1


def default_workers() -> int:
    """One worker a core: decoding, measuring and inference leave the interpreter lock alone. A
    single one where nobody waits for it."""
    return 1 if is_background_work() else os.cpu_count() or 1


def split_into_chunks(items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """Neighbouring pictures as chunks have them: at most 32, and of a hundred so few that no worker
    is left with a long last chunk."""
    step = min(MOST_PICTURES, max(1, len(items) // PORTIONS))
    return [tuple(items[index : index + step]) for index in range(0, len(items), step)]


@dataclass(frozen=True, slots=True)
class ChunkFile:
    """A file that a chunk reads, by its absolute path. `stays`: further chunks read it too, as a
    model or a recording; else it is a picture of this chunk."""

    path: str
    stays: bool


@runtime_checkable
class PortableChunk(Protocol):
    """A chunk that another computer can work on: it can be pickled, and names its files."""

    def list_files(self) -> tuple[ChunkFile, ...]: ...


class ChunkRunner(Protocol):
    """Something else than the threads of this computer that chunks are run by."""

    def run_chunks(
        self,
        work: Callable[[Any], Any],
        chunks: Sequence[PortableChunk],
        keep: Callable[[Any, Any], None],
        progress: Progress,
    ) -> None: ...


_runners: list[ChunkRunner] = []


@contextmanager
def use_chunk_runner(runner: ChunkRunner) -> Iterator[None]:
    """Inside the block portable chunks of every thread are run by `runner`."""
    _runners.append(runner)
    try:
        yield
    finally:
        _runners.remove(runner)


def map_chunks(
    work: Callable[[Chunk], Rows],
    chunks: Sequence[Chunk],
    keep: Callable[[Chunk, Rows], None],
    progress: Progress,
) -> None:
    """Runs `work` over every chunk and hands each result to `keep`, in this thread, as it comes (in
    any order).

    Every worker goes through neighbouring chunks in order, so that a reader of one long file need
    not seek. On the first error, or when `progress` says stop, running chunks are finished and kept
    before the error goes on; where this thread works under a flag that is raised, those that read
    footage or ask a model are given up before the next frame: who wants to leave is not to wait for
    seconds. Where a runner is set, portable chunks go to it.
    """
    portable = [chunk for chunk in chunks if isinstance(chunk, PortableChunk)] if _runners else []
    if portable and len(portable) == len(chunks):
        _runners[-1].run_chunks(work, portable, keep, progress)
        return
    pool = _ChunkPool(work, chunks, min(default_workers(), len(chunks)))
    try:
        pool.start_workers()
        while (finished := pool.next_result(progress)) is not None:
            keep(*finished)
    finally:
        for chunk, rows in pool.stop_workers():
            keep(chunk, rows)
    pool.raise_failure()


@dataclass(frozen=True, slots=True)
class _Failure:
    error: BaseException


class _ChunkPool(Generic[Chunk, Rows]):
    """Threads over contiguous spans of the chunks; an idle one takes the last chunk of the longest
    span left."""

    def __init__(
        self, work: Callable[[Chunk], Rows], chunks: Sequence[Chunk], workers: int
    ) -> None:
        self._work = work
        self._open = len(chunks)
        self._spans = [
            deque(chunks[len(chunks) * w // workers : len(chunks) * (w + 1) // workers])
            for w in range(workers)
        ]
        self._results: queue.SimpleQueue[tuple[Chunk, Rows] | _Failure] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self._flag = get_cancel_token()
        self._threads = [
            threading.Thread(target=self._run_worker, args=(w,), name=f"chunks-{w}")
            for w in range(workers)
        ]

    def start_workers(self) -> None:
        for thread in self._threads:
            thread.start()

    def next_result(self, progress: Progress) -> tuple[Chunk, Rows] | None:
        """The next finished chunk, or None when all are done or one has failed."""
        while self._open and self._failure is None:
            progress.check()
            try:
                result = self._results.get(timeout=CHECK_EVERY_S)
            except queue.Empty:
                continue
            if isinstance(result, _Failure):
                self._failure = result.error
            else:
                self._open -= 1
                return result
        return None

    def stop_workers(self) -> list[tuple[Chunk, Rows]]:
        """Takes what has not begun away, waits for what has, and returns it."""
        with self._lock:
            for span in self._spans:
                span.clear()
        for thread in self._threads:
            # where no memory is left, not all of them could be started
            if thread.ident is not None:
                thread.join()
        late = []
        while not self._results.empty():
            result = self._results.get()
            if isinstance(result, _Failure):
                self._failure = self._failure or result.error
            else:
                late.append(result)
        return late

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _take_chunk(self, worker: int) -> Chunk | None:
        with self._lock:
            if self._spans[worker]:
                return self._spans[worker].popleft()
            longest = max(self._spans, key=len)
            return longest.pop() if longest else None

    def _run_worker(self, worker: int) -> None:
        if self._flag is not None:
            set_cancel_token(self._flag)
        while (chunk := self._take_chunk(worker)) is not None:
            try:
                rows = self._work(chunk)
            except BaseException as error:  # noqa: BLE001 - the job boundary: whatever it is goes on in the caller's thread
                self._results.put(_Failure(error))
                return
            self._results.put((chunk, rows))
