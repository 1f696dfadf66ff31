"""Chunks of long work on an existing Dask scheduler, in place of the threads of this computer. Only
this computer writes the project: workers get chunks, the model and pictures, and return rows."""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import logging
import os
import pickle
import platform
import re
import shutil
import ssl
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, TypeVar

from fieldcheck import __version__
from fieldcheck.errors.files import ClusterRefused, ExtraMissing
from fieldcheck.files import TEMPORARY, write_bytes
from fieldcheck.parallel import CHECK_EVERY_S, ChunkFile, PortableChunk, use_chunk_runner
from fieldcheck.paths import FORKS, get_library_version
from fieldcheck.progress import Progress

Rows = TypeVar("Rows")

EXTRA, PURPOSE = "cluster", "--cluster"
ANSWER_S, RETURN_S = 10.0, 60.0  # for a scheduler to answer, and to come back after a restart
POLL_S, COUNT_EVERY_S = 0.02, 1.0
AHEAD = 2  # chunks that wait at each thread of a worker
ENDS = 1 << 16  # bytes at either end of a file by which two copies are told apart
# whose versions decide what a model answers
LIBRARIES = ("numpy", "opencv-python-headless", "onnxruntime", "albumentations")
# albumentations and its fork, whose corruptions are the same to the byte
SAME_PICTURES = {"2.0.8", "nrtk-albumentations 2.3.0"}

log = logging.getLogger(__name__)

# On a worker: a chunk with its files, as this computer sees them or as copies that were sent.


@dataclass(frozen=True, slots=True)
class FileCopy:
    """A file that a chunk reads, as the computer knows it that sent the chunk: its absolute path,
    the hash of its size and both ends, and whether a copy of it stays for further chunks."""

    path: str
    key: str
    stays: bool


@dataclass(frozen=True, slots=True)
class MissingFiles:
    """Files of a chunk that a worker does not see and was not sent yet."""

    paths: tuple[str, ...]


def get_versions() -> dict[str, str]:
    """Versions that must be the same on both sides for the answers to be."""
    versions = {name: get_library_version(name) for name in LIBRARIES}
    python = ".".join(platform.python_version_tuple()[:2])
    return {"fieldcheck": __version__, "Python": python, **versions}


def describe_difference(here: Mapping[str, str], there: Mapping[str, str], worker: str) -> str:
    """The first version that differs, with both; empty where none does."""
    for name, version in here.items():
        if there.get(name) != version and {there.get(name), version} != SAME_PICTURES:
            return f"{name} {version} ≠ {there.get(name) or '–'} ({worker})"
    return ""


def compute_file_key(path: str) -> str:
    """Hash of a file's size and both ends; empty where it cannot be read."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256(str(size).encode())
            digest.update(file.read(ENDS))
            if size > ENDS:
                file.seek(max(ENDS, size - ENDS))
                digest.update(file.read(ENDS))
    except OSError:
        return ""
    return digest.hexdigest()[:32]


def run_chunk(
    work: Callable[[Any], Any],
    chunk: Any,
    files: tuple[FileCopy, ...],
    sent: Mapping[str, bytes],
    versions: Mapping[str, str],
) -> Any:
    """Run one chunk on a worker, with the files that it sees under the same path, else with copies.

    Args:
        work: A pure function of the chunk.
        chunk: The chunk, with the paths of the computer that sent it.
        files: All files that it reads.
        sent: Content of those that this worker was missing, by path.
        versions: Of the computer that sent it.

    Returns:
        What `work` returns, or MissingFiles.

    Raises:
        ClusterRefused: This worker has other versions.
    """
    if differs := describe_difference(versions, get_versions(), platform.node()):
        raise ClusterRefused("", "versions", differs)
    if all(compute_file_key(file.path) == file.key for file in files):
        return work(chunk)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as passing:
        copies = {file.path: _place_copy(file, Path(passing), sent) for file in files}
        missing = tuple(path for path, copy in copies.items() if not copy)
        if missing:
            return MissingFiles(missing)
        return work(_replace_paths(chunk, _add_folders(copies)))


_writing = threading.Lock()


def _place_copy(file: FileCopy, passing: Path, sent: Mapping[str, bytes]) -> str:
    """Where this worker has a copy of a file, below a folder that looks as where it came from;
    empty where there is none and none was sent."""
    root = _get_kept_folder() if file.stays else passing
    copy = root.joinpath(*_split_path(file.path))
    with _writing:
        if compute_file_key(str(copy)) == file.key:
            return str(copy)
        if file.path not in sent:
            return ""
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(copy, sent[file.path])
    return str(copy)


@cache
def _get_kept_folder() -> Path:
    """Folder of this worker for models and recordings that it was sent; gone when it ends."""
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _split_path(path: str) -> list[str]:
    """Folders and name of an absolute path of any system, as names of this one."""
    return [part.rstrip(":") for part in re.split(r"[\\/]", path) if part.rstrip(":")]


def _add_folders(copies: Mapping[str, str]) -> dict[str, str]:
    """The same with every folder above a file, since a chunk may name that."""
    paths = dict(copies)
    for path, copy in copies.items():
        target = Path(copy)
        while (cut := max(path.rfind("/"), path.rfind("\\"))) > 0:
            path, target = path[:cut], target.parent
            paths.setdefault(path, str(target))
    return paths


def _replace_paths(value: Any, paths: Mapping[str, str]) -> Any:
    """A chunk with other paths, however deep they stand in it."""
    if isinstance(value, str):
        return paths.get(value, value)
    if isinstance(value, tuple):
        return tuple(_replace_paths(item, paths) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _replace_paths(getattr(value, field.name), paths) for field in fields(value)
        }
        return replace(value, **changed)
    return value


# Here: one client, and futures keyed by chunk.

PEM_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----\n.+?-----END \1-----\n", re.DOTALL)


def read_certificates(path: Path) -> tuple[str, str]:
    """This computer's certificate with its key, and all certificates of a PEM file. The order of
    the file does not matter: the own certificate is the one that fits the key.

    Raises:
        ClusterRefused: There is no such file, or no certificate in it fits the key.
    """
    if not path.is_file():
        raise ClusterRefused(str(path), "certificate")
    text = path.read_text(encoding="ascii", errors="replace").replace("\r\n", "\n") + "\n"
    blocks = [(match[1], match[0]) for match in PEM_BLOCK.finditer(text)]
    certificates = [block for kind, block in blocks if kind == "CERTIFICATE"]
    keys = [block for kind, block in blocks if kind.endswith("PRIVATE KEY")]
    for index in range(len(certificates)):
        own = "".join([*certificates[index:], *certificates[:index], *keys[:1]])
        if _is_pair(own):
            return own, "".join(certificates)
    raise ClusterRefused(str(path), "unusable")


def _is_pair(pem: str) -> bool:
    """Whether the first certificate fits the key, which has no password. The standard library reads
    them from a file only; nobody else may read that one."""
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        file = Path(folder) / "own.pem"
        write_bytes(file, pem.encode("ascii", errors="replace"))
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(file, password="")
        except (ssl.SSLError, ValueError):
            return False
    return True


@contextmanager
def use_cluster(address: str, certificate: Path | None, progress: Progress) -> Iterator[None]:
    """Send chunks to a Dask scheduler for the length of the block.

    Args:
        address: Such as `tcp://10.0.0.5:8786`, or `tls://` with a certificate.
        certificate: PEM file with the authority's certificate and this computer's certificate and
            key; None without TLS.
        progress: Is checked while the scheduler is waited for.

    Raises:
        ExtraMissing: Dask is not installed.
        ClusterRefused: It does not answer, has no workers, or these have other versions.
    """
    runner = ClusterRunner(address, certificate)
    try:
        runner.connect(progress, ANSWER_S)
        with use_chunk_runner(runner):
            yield
    finally:
        runner.close()


@dataclass(slots=True)
class _Task:
    """A chunk that is not done: `sent` holds contents that a worker was missing, `tries` counts how
    often it was handed out."""

    chunk: PortableChunk
    sent: dict[str, bytes] = field(default_factory=dict)
    tries: int = 0


class ClusterRunner:
    """Runs chunks on a Dask scheduler. No queue, retry or scheduler of its own: a worker that is
    lost is Dask's business, and after a restart of the scheduler what is not done is sent again."""

    def __init__(self, address: str, certificate: Path | None) -> None:
        try:
            self._distributed = import_module("distributed")
        except ImportError as error:
            raise ExtraMissing(PURPOSE, EXTRA) from error
        _log_to_file_only()
        self._address, self._certificate = address, certificate
        self._client: Any = None
        self._reconnecting = threading.Lock()
        self._lost = (OSError, TimeoutError, CancelledError)
        self._keys = dict[str, str]()
        self._places, self._counted_s, self._worked_s = 1, 0.0, time.monotonic()
        self._versions = get_versions()

    def connect(self, progress: Progress, wait_s: float) -> None:
        """Connect and hold the versions of all workers against those here. Raises
        ClusterRefused."""
        progress.check()
        try:
            security = self._make_security()
            self._greet(security, wait_s)
            self._client = self._distributed.Client(
                self._address, timeout=wait_s, set_as_default=False, security=security
            )
            self._client.wait_for_workers(1, timeout=wait_s)
        except (OSError, TimeoutError, ValueError) as error:
            problem = "no_workers"
            if self._client is None:
                problem = "untrusted" if self._is_distrust(error) else "no_answer"
            self.close()
            raise ClusterRefused(self._address, problem) from error
        self._check_versions()

    def _is_distrust(self, error: BaseException) -> bool:
        """Whether TLS ended the connection: by its alert, in Dask's own word, or by hanging up on
        our certificate before the alert was read, which the system tells TLS or, from Python 3.13
        on, whoever reads."""
        if isinstance(error, self._distributed.comm.core.FatalCommClosedError):
            return True
        if isinstance(error, ConnectionResetError) and self._address.startswith("tls://"):
            return True
        cause = error.__cause__
        return (isinstance(error, ssl.SSLError) and error.library == "SYS") or (
            cause is not None and self._is_distrust(cause)
        )

    def _greet(self, security: Any, wait_s: float) -> None:
        """Exchange one greeting. The client waits without end for it where somebody takes the
        connection and says nothing, and leaves threads behind where nobody takes it. Raises
        OSError, ValueError, TimeoutError."""

        async def greet() -> None:
            arguments = security.get_connection_args("client")
            connection = await self._distributed.comm.connect(
                self._address, timeout=wait_s, **arguments
            )
            await connection.close()

        async def greet_in_time() -> None:
            await asyncio.wait_for(greet(), wait_s + 1)

        asyncio.run(greet_in_time())

    def _make_security(self) -> Any:
        is_tls = self._address.startswith("tls://")
        if self._certificate is None:
            if is_tls:
                raise ClusterRefused(self._address, "needs_certificate")
            return self._distributed.Security()
        own, authorities = read_certificates(self._certificate)
        if not is_tls:
            raise ClusterRefused(self._address, "needs_tls")
        return self._distributed.Security(
            tls_ca_file=authorities, tls_client_cert=own, tls_client_key=own,
            require_encryption=True,
        )  # fmt: skip

    def _check_versions(self) -> None:
        """Ask with a function of Python's own, so that a worker without Fieldcheck answers too."""
        for name, version in self._versions.items():
            if name == "Python":
                continue
            for worker, worker_version in self._ask_versions(name).items():
                if detail := describe_difference({name: version}, {name: worker_version}, worker):
                    raise ClusterRefused(self._address, "versions", detail)

    def _ask_versions(self, name: str) -> dict[str, str]:
        """By worker the version of a library, or of the build or fork in its place; empty without
        any."""
        found: dict[str, str] = {}
        for there in (name, *FORKS.get(name, ())):
            answers = self._client.run(metadata.version, there, on_error="return")
            for worker, version in answers.items():
                if isinstance(version, str) and not found.get(worker):
                    found[worker] = version if there == name else f"{there} {version}"
            found = {worker: found.get(worker, "") for worker in answers}
            if all(found.values()):
                break
        return found

    def close(self) -> None:
        """End the connection; the scheduler drops what nobody waits for."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, TimeoutError):
                client.close(timeout=5)

    def run_chunks(
        self,
        work: Callable[[Any], Rows],
        chunks: Sequence[PortableChunk],
        keep: Callable[[Any, Rows], None],
        progress: Progress,
    ) -> None:
        """Run `work` over every chunk and hand each result to `keep` in this thread, as it comes.

        Raises:
            ClusterRefused: The scheduler is gone and did not come back.
            Cancelled: Somebody asked to stop; what was done by then is kept.
        """
        waiting, running = deque(map(_Task, chunks)), dict[Any, _Task]()
        try:
            while waiting or running:
                progress.check()
                self._submit(work, waiting, running, progress)
                finished = [future for future in running if future.status != "pending"]
                for future in finished:
                    task = running.pop(future)
                    rows = self._get_rows(future, task, progress)
                    if rows is None:
                        waiting.appendleft(task)
                    else:
                        keep(task.chunk, rows)
                if not finished:
                    time.sleep(POLL_S)
        finally:
            self._keep_finished(running, keep)

    def _submit(
        self,
        work: Callable[[Any], Any],
        waiting: deque[_Task],
        running: dict[Any, _Task],
        progress: Progress,
    ) -> None:
        if not waiting or len(running) >= self._count_places():
            return
        client = self._get_client(progress)
        while waiting and len(running) < self._count_places():
            task = waiting.popleft()
            files = tuple(
                FileCopy(file.path, self._get_file_key(file), file.stays)
                for file in task.chunk.list_files()
            )
            content = pickle.dumps((work.__qualname__, task.chunk, files, self._versions))
            key = f"fieldcheck-{hashlib.sha256(content).hexdigest()[:32]}-{task.tries}"
            task.tries += 1
            future = client.submit(
                run_chunk, work, task.chunk, files, task.sent, self._versions, key=key
            )
            running[future] = task

    def _count_places(self) -> int:
        """Chunks that may be handed out: some for each thread of the workers, counted once a
        second. Raises ClusterRefused where there has been no worker for long."""
        now = time.monotonic()
        if now >= self._counted_s + COUNT_EVERY_S:
            threads = 0
            with suppress(*self._lost):
                threads = sum(self._client.nthreads().values())
            self._counted_s = now
            if threads:
                self._places, self._worked_s = AHEAD * threads, now
            elif now - self._worked_s > RETURN_S:
                raise ClusterRefused(self._address, "lost")
        return self._places

    def _get_file_key(self, file: ChunkFile) -> str:
        """A recording or a model is looked at once, a picture each time."""
        if not file.stays:
            return compute_file_key(file.path)
        if file.path not in self._keys:
            self._keys[file.path] = compute_file_key(file.path)
        return self._keys[file.path]

    def _get_client(self, progress: Progress) -> Any:
        """The client, connected again where the scheduler was restarted. Raises ClusterRefused,
        Cancelled."""
        with self._reconnecting:
            ends = time.monotonic() + RETURN_S
            while self._client is None or self._client.status != "running":
                progress.check()
                if time.monotonic() > ends:
                    raise ClusterRefused(self._address, "lost")
                if self._client is None or self._client.status == "closed":
                    self.close()
                    with suppress(ClusterRefused):
                        self.connect(progress, ANSWER_S)
                time.sleep(CHECK_EVERY_S)
            return self._client

    def _get_rows(self, future: Any, task: _Task, progress: Progress) -> Any:
        """Rows of a chunk that is done; None where it is to be handed out again, with the files
        that a worker was missing or because scheduler or worker is gone."""
        if future.status in ("cancelled", "lost"):
            self._get_client(progress)
            return None
        try:
            rows = future.result(timeout=ANSWER_S)
        except self._distributed.KilledWorker as error:
            raise ClusterRefused(self._address, "killed") from error
        except self._lost:
            if future.status == "error":
                raise
            log.warning("a result was lost on its way", exc_info=True)
            return None
        finally:
            future.release()
        if isinstance(rows, MissingFiles):
            task.sent = {path: Path(path).read_bytes() for path in rows.paths}
            return None
        return rows

    def _keep_finished(
        self, running: Mapping[Any, _Task], keep: Callable[[Any, Any], None]
    ) -> None:
        """Keep what came in before the end, and call the rest off."""
        for future, task in running.items():
            if future.status == "finished":
                with suppress(*self._lost):
                    rows = future.result(timeout=ANSWER_S)
                    if not isinstance(rows, MissingFiles):
                        keep(task.chunk, rows)
            else:
                with suppress(*self._lost):
                    future.cancel()


def _log_to_file_only() -> None:
    """Dask writes to standard error as soon as it is imported; here its lines go into our log."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("distributed", "tornado"):
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
