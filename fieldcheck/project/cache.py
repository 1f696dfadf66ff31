"""Cache of what can be made again from the footage: thumbnails, looks and vectors, in a database of their own that is never backed up."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.errors import PathMissing, ProjectDamaged, ReadOnlyPlace
from fieldcheck.files import map_os_errors
from fieldcheck.project import schema
from fieldcheck.project.connect import naming_faults, writing
from fieldcheck.project.reader import Reader
from fieldcheck.project.tables import pictures, vectors
from fieldcheck.project.writer import Writer

LOOK = (90, 160)  # rows, columns of luma
ABOVE, BEFORE = np.zeros((1, LOOK[1]), np.uint8), np.zeros((LOOK[0], 1), np.uint8)
AT_ONCE = 500  # names in one question
TABLES = (*pictures.TABLES, *vectors.TABLES)

T = TypeVar("T")
Question = Callable[[Database, Sequence[str]], list[tuple[str, bytes]]]


class Cache:
    """Written on the project's writer thread, read on any. What is damaged or missing is simply not in it."""

    def __init__(self, path: Path, writer: Writer | None) -> None:
        self._path = path
        self._writer = writer
        self._db: Database | None = None  # the write connection, touched on the writer thread only
        self._readers: list[Reader] = []  # the last one is in use, the others looked at files that were thrown away

    def put(self, entries: Iterable[tuple[str, bytes, NDArray[np.uint8] | None]]) -> None:
        """Keep (frame id, JPEG thumbnail, look (90, 160) uint8 luma or None); returns when they are stored. Raises DiskFull,
        ReadOnlyPlace."""
        packed = [(frame_id, thumbnail, None if look is None else _pack(look)) for frame_id, thumbnail, look in entries]
        self._write(lambda db: pictures.put(db, packed))

    def put_looks(self, looks: Mapping[str, NDArray[np.uint8]]) -> None:
        """Keep looks (90, 160) uint8 luma by frame id. Raises DiskFull, ReadOnlyPlace."""
        packed = {frame_id: _pack(look) for frame_id, look in looks.items()}
        self._write(lambda db: pictures.put_looks(db, packed))

    def looks(self, frame_ids: Sequence[str]) -> dict[str, NDArray[np.uint8]]:
        """Looks (90, 160) uint8 luma, not writeable, of those frames that have one."""
        found = {frame_id: _unpack(blob) for frame_id, blob in self._read(pictures.looks, frame_ids)}
        return {frame_id: look for frame_id, look in found.items() if look.size}

    def thumbnails(self, frame_ids: Sequence[str]) -> dict[str, bytes]:
        """JPEG thumbnails of those frames that have one."""
        return dict(self._read(pictures.thumbnails, frame_ids))

    def put_vectors(self, key: str, source: str, found: Mapping[str, NDArray[np.floating]]) -> None:
        """Keep vectors (d,) of subjects – frame ids, or paths of benchmark items – under the name of what made them. `source` is the
        tensor they come from, empty for image statistics. Raises DiskFull, ReadOnlyPlace."""
        packed = {subject: pack_vector(vector) for subject, vector in found.items()}
        self._write(lambda db: vectors.put(db, key, source, packed))

    def vectors(self, key: str, subjects: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors (d,) float32, not writeable, of those subjects that have one."""
        rows = self._read(lambda db, names: vectors.get(db, key, names), subjects)
        found = {subject: unpack_vector(blob) for subject, blob in rows}
        return {subject: vector for subject, vector in found.items() if vector.size}

    def vector_source(self, key: str) -> str | None:
        """The tensor that the vectors kept under `key` come from, empty for image statistics; None where there are none."""
        found = self._read(lambda db, names: [(name, source.encode()) for name in names for source in vectors.source(db, name)], [key])
        return found[0][1].decode() if found else None

    def all_vectors(self) -> list[tuple[str, str, str, bytes]]:
        """Key, tensor, subject and packed figures of every vector; none where there is no cache, or a damaged one."""
        return self._ask(vectors.all)

    def forget(self, subjects: Sequence[str], frame_ids: Sequence[str]) -> None:
        """Take out vectors of `subjects` and pictures of `frame_ids`, which are made anew when somebody asks. Raises DiskFull,
        ReadOnlyPlace."""

        def take_out(db: Database) -> None:
            vectors.forget(db, subjects)
            pictures.forget(db, frame_ids)

        self._write(take_out)

    def close(self) -> None:
        """Let go of the file. The writer must be closed before."""
        while self._readers:
            self._readers.pop().close()
        self._drop_connection()

    def _write(self, work: Callable[[Database], None]) -> None:
        if self._writer is None:
            raise ReadOnlyPlace(self._path)
        self._writer.run(lambda _project: self._written(work)).result()

    def _written(self, work: Callable[[Database], None]) -> None:
        try:
            self._in_transaction(work)
        except ProjectDamaged:
            self._start_anew()
            self._in_transaction(work)

    def _in_transaction(self, work: Callable[[Database], None]) -> None:
        if not self._path.exists() and self._db is not None:
            raise PathMissing(self._path)  # moved or deleted while it was open: nobody would ever see what is written
        if self._db is None:
            self._db = self._made()
        with naming_faults(self._path), self._db.atomic():
            work(self._db)

    def _made(self) -> Database:
        """A connection to a cache that has its tables; where they cannot be made, none is left open."""
        db = writing(self._path, "NORMAL")
        try:
            with naming_faults(self._path):
                if not make(db):
                    raise ProjectDamaged(self._path, "foreign_schema")
        except BaseException:
            db.close()
            raise
        return db

    def _start_anew(self) -> None:
        """Throw a damaged cache away; what was in it is made again when somebody asks."""
        self._drop_connection()
        self._readers.append(Reader(self._path))
        with map_os_errors(self._path):
            for ending in ("", "-wal", "-shm", "-journal"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def _drop_connection(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _read(self, question: Question, frame_ids: Sequence[str]) -> list[tuple[str, bytes]]:
        parts = [frame_ids[at : at + AT_ONCE] for at in range(0, len(frame_ids), AT_ONCE)]
        return self._ask(lambda db: [found for part in parts for found in question(db, part)])

    def _ask(self, question: Callable[[Database], list[T]]) -> list[T]:
        if not self._path.exists():
            return []
        if not self._readers:
            self._readers.append(Reader(self._path))
        try:
            return self._readers[-1].read(lambda db: question(db) if fits(db) else [])
        except (ProjectDamaged, ReadOnlyPlace):
            return []


def make(db: Database) -> bool:
    """Make the tables in an empty database. False where it holds anything else than these tables."""
    if not schema.text(db):
        with db.atomic():
            for statement in TABLES:
                db.execute(statement)
    return fits(db)


def fits(db: Database) -> bool:
    """Whether the database holds exactly these tables."""
    return {sql for _, _, _, sql in schema.text(db) if sql} == set(TABLES)


def pack_vector(vector: NDArray[np.floating]) -> bytes:
    """The kind of its figures and the figures: half precision is enough for vectors of unit length, statistics keep theirs."""
    kept = vector.astype("<f2" if vector.dtype == np.float16 else "<f4")
    return kept.dtype.str[1:].encode() + kept.tobytes()


def unpack_vector(blob: bytes) -> NDArray[np.float32]:
    """The vector, or one of size 0 where the bytes are none."""
    kind, figures = blob[:2], blob[2:]
    if kind not in (b"f2", b"f4") or len(figures) % int(kind[1:]):
        return np.empty(0, np.float32)
    vector = np.frombuffer(figures, f"<{kind.decode()}").astype(np.float32)
    vector.flags.writeable = False
    return vector


def _pack(look: NDArray[np.uint8]) -> bytes:
    """What each pixel differs by from its neighbours above and before it (left + above − the one between), in Huffman's code."""
    if look.shape != LOOK or look.dtype != np.uint8:
        raise ValueError(f"a look is {LOOK} uint8, not {look.shape} {look.dtype}")
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)  # made in the hot pass
    return packer.compress(np.diff(np.diff(look, axis=0, prepend=ABOVE), axis=1, prepend=BEFORE).tobytes()) + packer.flush()


def _unpack(blob: bytes) -> NDArray[np.uint8]:
    """The look, or an array of size 0 where the bytes are none; never more memory than a look needs."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(blob, LOOK[0] * LOOK[1])
    except zlib.error:
        data = b""
    if len(data) != LOOK[0] * LOOK[1]:
        return np.empty((0, 0), np.uint8)
    steps = np.frombuffer(data, np.uint8).reshape(LOOK)
    look = steps.cumsum(axis=1, dtype=np.uint8).cumsum(axis=0, dtype=np.uint8)
    look.flags.writeable = False
    return look
