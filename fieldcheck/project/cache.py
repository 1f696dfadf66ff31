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
from fieldcheck.project.connect import map_database_errors, open_for_writing
from fieldcheck.project.reader import Reader
from fieldcheck.project.tables import pictures, vectors
from fieldcheck.project.writer import Writer

LOOK = (90, 160)  # rows, columns of luma
ABOVE, BEFORE = np.zeros((1, LOOK[1]), np.uint8), np.zeros((LOOK[0], 1), np.uint8)
AT_ONCE = 500  # names in one question
TABLES = (*pictures.PICTURE_TABLES, *vectors.VECTOR_TABLES)

T = TypeVar("T")
Question = Callable[[Database, Sequence[str]], list[tuple[str, bytes]]]


class Cache:
    """Written on the project's writer thread, read on any. What is damaged or missing is simply not in it."""

    def __init__(self, path: Path, writer: Writer | None) -> None:
        self._path = path
        self._writer = writer
        self._db: Database | None = None  # the write connection, touched on the writer thread only
        self._readers: list[Reader] = []  # the last one is in use, the others looked at files that were thrown away

    def put_thumbnails(self, entries: Iterable[tuple[str, bytes, NDArray[np.uint8] | None]]) -> None:
        """Keep (frame id, JPEG thumbnail, look (90, 160) uint8 luma or None); returns when they are stored. Raises DiskFull,
        ReadOnlyPlace."""
        packed = [(frame_id, thumbnail, None if look is None else _pack_look(look)) for frame_id, thumbnail, look in entries]
        self._submit_write(lambda db: pictures.put_pictures(db, packed))

    def put_looks(self, looks: Mapping[str, NDArray[np.uint8]]) -> None:
        """Keep looks (90, 160) uint8 luma by frame id. Raises DiskFull, ReadOnlyPlace."""
        packed = {frame_id: _pack_look(look) for frame_id, look in looks.items()}
        self._submit_write(lambda db: pictures.put_packed_looks(db, packed))

    def get_looks(self, frame_ids: Sequence[str]) -> dict[str, NDArray[np.uint8]]:
        """Looks (90, 160) uint8 luma, not writeable, of those frames that have one."""
        found = {frame_id: _unpack_look(blob) for frame_id, blob in self._read_chunks(pictures.read_looks, frame_ids)}
        return {frame_id: look for frame_id, look in found.items() if look.size}

    def get_thumbnails(self, frame_ids: Sequence[str]) -> dict[str, bytes]:
        """JPEG thumbnails of those frames that have one."""
        return dict(self._read_chunks(pictures.read_thumbnails, frame_ids))

    def put_vectors(self, key: str, source: str, found: Mapping[str, NDArray[np.floating]]) -> None:
        """Keep vectors (d,) of subjects – frame ids, or paths of benchmark items – under the name of what made them. `source` is the
        tensor they come from, empty for image statistics. Raises DiskFull, ReadOnlyPlace."""
        packed = {subject: pack_vector(vector) for subject, vector in found.items()}
        self._submit_write(lambda db: vectors.put_packed_vectors(db, key, source, packed))

    def get_vectors(self, key: str, subjects: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors (d,) float32, not writeable, of those subjects that have one."""
        rows = self._read_chunks(lambda db, names: vectors.get_packed_vectors(db, key, names), subjects)
        found = {subject: unpack_vector(blob) for subject, blob in rows}
        return {subject: vector for subject, vector in found.items() if vector.size}

    def get_vector_source(self, key: str) -> str | None:
        """The tensor that the vectors kept under `key` come from, empty for image statistics; None where there are none."""
        found = self._read_chunks(
            lambda db, names: [(name, source.encode()) for name in names for source in vectors.get_tensor_source(db, name)], [key]
        )
        return found[0][1].decode() if found else None

    def list_vectors(self) -> list[tuple[str, str, str, bytes]]:
        """Key, tensor, subject and packed figures of every vector; none where there is no cache, or a damaged one."""
        return self._run_query(vectors.list_packed_vectors)

    def remove_subjects(self, subjects: Sequence[str], frame_ids: Sequence[str]) -> None:
        """Take out vectors of `subjects` and pictures of `frame_ids`, which are made anew when somebody asks. Raises DiskFull,
        ReadOnlyPlace."""

        def take_out(db: Database) -> None:
            vectors.remove_vectors(db, subjects)
            pictures.remove_pictures(db, frame_ids)

        self._submit_write(take_out)

    def close(self) -> None:
        """Let go of the file. The writer must be closed before."""
        while self._readers:
            self._readers.pop().close()
        self._close_connection()

    def _submit_write(self, work: Callable[[Database], None]) -> None:
        if self._writer is None:
            raise ReadOnlyPlace(self._path)
        self._writer.run(lambda _project: self._run_write(work)).result()

    def _run_write(self, work: Callable[[Database], None]) -> None:
        try:
            self._run_in_transaction(work)
        except ProjectDamaged:
            self._reset_cache()
            self._run_in_transaction(work)

    def _run_in_transaction(self, work: Callable[[Database], None]) -> None:
        if not self._path.exists() and self._db is not None:
            raise PathMissing(self._path)  # moved or deleted while it was open: nobody would ever see what is written
        if self._db is None:
            self._db = self._open_database()
        with map_database_errors(self._path), self._db.atomic():
            work(self._db)

    def _open_database(self) -> Database:
        """A connection to a cache that has its tables; where they cannot be made, none is left open."""
        db = open_for_writing(self._path, "NORMAL")
        try:
            with map_database_errors(self._path):
                if not create_tables(db):
                    raise ProjectDamaged(self._path, "foreign_schema")
        except BaseException:
            db.close()
            raise
        return db

    def _reset_cache(self) -> None:
        """Throw a damaged cache away; what was in it is made again when somebody asks."""
        self._close_connection()
        self._readers.append(Reader(self._path))
        with map_os_errors(self._path):
            for ending in ("", "-wal", "-shm", "-journal"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def _close_connection(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _read_chunks(self, question: Question, frame_ids: Sequence[str]) -> list[tuple[str, bytes]]:
        parts = [frame_ids[at : at + AT_ONCE] for at in range(0, len(frame_ids), AT_ONCE)]
        return self._run_query(lambda db: [found for part in parts for found in question(db, part)])

    def _run_query(self, question: Callable[[Database], list[T]]) -> list[T]:
        if not self._path.exists():
            return []
        if not self._readers:
            self._readers.append(Reader(self._path))
        try:
            return self._readers[-1].read(lambda db: question(db) if has_cache_tables(db) else [])
        except (ProjectDamaged, ReadOnlyPlace):
            return []


def create_tables(db: Database) -> bool:
    """Make the tables in an empty database. False where it holds anything else than these tables."""
    if not schema.read_schema(db):
        with db.atomic():
            for statement in TABLES:
                db.execute(statement)
    return has_cache_tables(db)


def has_cache_tables(db: Database) -> bool:
    """Whether the database holds exactly these tables."""
    return {sql for _, _, _, sql in schema.read_schema(db) if sql} == set(TABLES)


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


def _pack_look(look: NDArray[np.uint8]) -> bytes:
    """What each pixel differs by from its neighbours above and before it (left + above − the one between), in Huffman's code."""
    if look.shape != LOOK or look.dtype != np.uint8:
        raise ValueError(f"a look is {LOOK} uint8, not {look.shape} {look.dtype}")
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)  # made in the hot pass
    return packer.compress(np.diff(np.diff(look, axis=0, prepend=ABOVE), axis=1, prepend=BEFORE).tobytes()) + packer.flush()


def _unpack_look(blob: bytes) -> NDArray[np.uint8]:
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
