"""The cache database: thumbnails, small versions, embeddings and results of long work, all of which
can be recomputed. Never backed up."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Condition
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.errors.files import DiskFull, PathMissing, ReadOnlyPlace
from fieldcheck.errors.projects import ProjectDamaged
from fieldcheck.files import map_os_errors
from fieldcheck.project import migrations
from fieldcheck.project.connection import Reader, Writer, map_database_errors, open_for_writing

# Two tables of the cache: one thumbnail and one look a frame.

PICTURE_TABLES = (
    "CREATE TABLE thumbnail (frame_id TEXT PRIMARY KEY, jpeg BLOB NOT NULL)",
    "CREATE TABLE look (frame_id TEXT PRIMARY KEY, luma BLOB NOT NULL)",
)


def put_pictures(db: Database, entries: Iterable[tuple[str, bytes, bytes | None]]) -> None:
    """Stores per frame id a JPEG thumbnail and a packed look, or None for one that is to be made on
    request."""
    kept = list(entries)
    db.conn.executemany(
        "INSERT OR REPLACE INTO thumbnail VALUES (?, ?)",
        [(frame_id, jpeg) for frame_id, jpeg, _ in kept],
    )
    put_packed_looks(db, {frame_id: look for frame_id, _, look in kept if look is not None})


def put_packed_looks(db: Database, looks: Mapping[str, bytes]) -> None:
    """Packed looks by frame id."""
    db.conn.executemany("INSERT OR REPLACE INTO look VALUES (?, ?)", list(looks.items()))


def read_thumbnails(db: Database, frame_ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """Frame id and JPEG of those that have one."""
    return db.execute(
        (
            "SELECT frame_id, jpeg FROM thumbnail WHERE frame_id IN "
            f"({_make_placeholders(frame_ids)})"
        ),
        frame_ids,
    ).fetchall()


def read_looks(db: Database, frame_ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """Frame id and packed look of those that have one."""
    return db.execute(
        f"SELECT frame_id, luma FROM look WHERE frame_id IN ({_make_placeholders(frame_ids)})",
        frame_ids,
    ).fetchall()


def remove_pictures(db: Database, frame_ids: Sequence[str]) -> None:
    """Removes thumbnails and looks of images that have changed; they are recomputed on request."""
    for table in ("thumbnail", "look"):
        db.conn.executemany(
            f"DELETE FROM {table} WHERE frame_id = ?", [(name,) for name in frame_ids]
        )


def _make_placeholders(names: Sequence[str]) -> str:
    return ", ".join("?" * len(names))


# Two tables of the cache: what a model, or the image statistics, made of each frame and benchmark
# picture, as one vector.

VECTOR_TABLES = (
    "CREATE TABLE vector_source (key TEXT PRIMARY KEY, tensor TEXT NOT NULL)",
    (
        "CREATE TABLE vector (key TEXT NOT NULL, subject TEXT NOT NULL, figures BLOB NOT NULL, "
        "PRIMARY KEY (key, subject)) WITHOUT ROWID"
    ),
)


def put_packed_vectors(db: Database, key: str, tensor: str, packed: Mapping[str, bytes]) -> None:
    """Packed vectors by subject, and the tensor they come from, empty for image statistics."""
    db.execute("INSERT OR REPLACE INTO vector_source VALUES (?, ?)", [key, tensor])
    db.conn.executemany(
        "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)",
        [(key, subject, figures) for subject, figures in packed.items()],
    )


def get_packed_vectors(db: Database, key: str, subjects: Sequence[str]) -> list[tuple[str, bytes]]:
    """Subject and packed vector of those that have one."""
    marks = ", ".join("?" * len(subjects))
    return db.execute(
        f"SELECT subject, figures FROM vector WHERE key = ? AND subject IN ({marks})",
        [key, *subjects],
    ).fetchall()


def get_tensor_source(db: Database, key: str) -> list[str]:
    """The tensor that vectors of this key come from, as a list of one or none."""
    return [
        tensor for (tensor,) in db.execute("SELECT tensor FROM vector_source WHERE key = ?", [key])
    ]


def remove_vectors(db: Database, subjects: Sequence[str]) -> None:
    """Takes out every vector of these subjects, whatever made it."""
    db.conn.executemany(
        "DELETE FROM vector WHERE subject = ?", [(subject,) for subject in subjects]
    )


def list_packed_vectors(db: Database) -> list[tuple[str, str, str, bytes]]:
    """Key, tensor, subject and packed vector of every one, in a fixed order."""
    return db.execute(
        "SELECT key, tensor, subject, figures FROM vector JOIN vector_source USING (key) "
        "ORDER BY key, subject"
    ).fetchall()


LOOK = (90, 160)  # rows, columns of luma
ABOVE, BEFORE = np.zeros((1, LOOK[1]), np.uint8), np.zeros((LOOK[0], 1), np.uint8)
AT_ONCE = 500  # names in one question
TABLES = (*PICTURE_TABLES, *VECTOR_TABLES)

T = TypeVar("T")
log = logging.getLogger(__name__)
Question = Callable[[Database, Sequence[str]], list[tuple[str, bytes]]]


class Cache:
    """The cache database. Written on the project's writer thread, read on any. Damaged or missing
    entries count as not cached; on a full disk nothing is cached."""

    def __init__(self, path: Path, writer: Writer | None) -> None:
        self._path = path
        self._writer = writer
        self._db: Database | None = None  # the write connection, touched on the writer thread only
        # the last one is in use, the others looked at files that were thrown away
        self._readers: list[Reader] = []

    def put_thumbnails(
        self, entries: Iterable[tuple[str, bytes, NDArray[np.uint8] | None]]
    ) -> None:
        """Stores (frame id, JPEG thumbnail, look (90, 160) uint8 luma or None); returns when they
        are on disk. Raises ReadOnlyPlace."""
        packed = [
            (frame_id, thumbnail, None if look is None else _pack_look(look))
            for frame_id, thumbnail, look in entries
        ]
        self._submit_write(lambda db: put_pictures(db, packed))

    def put_looks(self, looks: Mapping[str, NDArray[np.uint8]]) -> None:
        """Stores looks (90, 160) uint8 luma by frame id. Raises ReadOnlyPlace."""
        packed = {frame_id: _pack_look(look) for frame_id, look in looks.items()}
        self._submit_write(lambda db: put_packed_looks(db, packed))

    def get_looks(self, frame_ids: Sequence[str]) -> dict[str, NDArray[np.uint8]]:
        """Looks (90, 160) uint8 luma, read-only, of those frames that have one."""
        result = {
            frame_id: _unpack_look(blob)
            for frame_id, blob in self._read_chunks(read_looks, frame_ids)
        }
        return {frame_id: look for frame_id, look in result.items() if look.size}

    def get_thumbnails(self, frame_ids: Sequence[str]) -> dict[str, bytes]:
        """JPEG thumbnails of those frames that have one."""
        return dict(self._read_chunks(read_thumbnails, frame_ids))

    def put_vectors(
        self, key: str, source: str, result: Mapping[str, NDArray[np.floating]]
    ) -> None:
        """Stores vectors (d,) of subjects – frame ids, or paths of benchmark items – under `key`,
        which names their model. `source`: the tensor they come from, empty for image statistics.
        Raises ReadOnlyPlace."""
        packed = {subject: pack_vector(vector) for subject, vector in result.items()}
        self._submit_write(lambda db: put_packed_vectors(db, key, source, packed))

    def get_vectors(self, key: str, subjects: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors (d,) float32, read-only, of those subjects that have one."""
        rows = self._read_chunks(lambda db, names: get_packed_vectors(db, key, names), subjects)
        result = {subject: unpack_vector(blob) for subject, blob in rows}
        return {subject: vector for subject, vector in result.items() if vector.size}

    def get_vector_source(self, key: str) -> str | None:
        """The tensor that the vectors kept under `key` come from, empty for image statistics; None
        where there are none."""
        chunks = self._read_chunks(
            lambda db, names: [
                (name, source.encode()) for name in names for source in get_tensor_source(db, name)
            ],
            [key],
        )
        return chunks[0][1].decode() if chunks else None

    def list_vectors(self) -> list[tuple[str, str, str, bytes]]:
        """Key, tensor, subject and packed figures of every vector; none where there is no cache, or
        a damaged one."""
        return self._run_query(list_packed_vectors)

    def remove_subjects(self, subjects: Sequence[str], frame_ids: Sequence[str]) -> None:
        """Take out vectors of `subjects` and pictures of `frame_ids`, which are made anew when
        somebody asks. Raises ReadOnlyPlace."""

        def take_out(db: Database) -> None:
            remove_vectors(db, subjects)
            remove_pictures(db, frame_ids)

        self._submit_write(take_out)

    def close(self) -> None:
        """Closes the database. The writer must be closed before."""
        while self._readers:
            self._readers.pop().close()
        self._close_connection()

    def _submit_write(self, work: Callable[[Database], None]) -> None:
        if self._writer is None:
            raise ReadOnlyPlace(self._path)
        try:
            self._writer.run(lambda _project: self._run_write(work)).result()
        except DiskFull as error:
            # What is missing here is made again when it is needed; the work goes on without it.
            log.warning("not cached: %r", error)

    def _run_write(self, work: Callable[[Database], None]) -> None:
        try:
            self._run_in_transaction(work)
        except ProjectDamaged:
            self._reset_cache()
            self._run_in_transaction(work)

    def _run_in_transaction(self, work: Callable[[Database], None]) -> None:
        if not self._path.exists() and self._db is not None:
            # moved or deleted while it was open: nobody would ever see what is written
            raise PathMissing(self._path)
        if self._db is None:
            self._db = self._open_database()
        with map_database_errors(self._path), self._db.atomic():
            work(self._db)

    def _open_database(self) -> Database:
        """A connection to a cache that has its tables; where they cannot be made, none is left
        open."""
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
        parts = [frame_ids[index : index + AT_ONCE] for index in range(0, len(frame_ids), AT_ONCE)]
        return self._run_query(lambda db: [row for part in parts for row in question(db, part)])

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
    """Creates the tables in an empty database. False where it contains anything but these
    tables."""
    if not migrations.read_schema(db):
        with db.atomic():
            for statement in TABLES:
                db.execute(statement)
    return has_cache_tables(db)


def has_cache_tables(db: Database) -> bool:
    """Whether the database holds exactly these tables."""
    return {sql for _, _, _, sql in migrations.read_schema(db) if sql} == set(TABLES)


def pack_vector(vector: NDArray[np.floating]) -> bytes:
    """The kind of its figures and the figures: half precision is enough for vectors of unit length,
    statistics keep theirs."""
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
    """What each pixel differs by from its neighbours above and before it (left + above − the one
    between), in Huffman's code."""
    if look.shape != LOOK or look.dtype != np.uint8:
        raise ValueError(f"a look is {LOOK} uint8, not {look.shape} {look.dtype}")
    # made in the hot pass
    packer = zlib.compressobj(
        1, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY
    )
    return (
        packer.compress(
            np.diff(np.diff(look, axis=0, prepend=ABOVE), axis=1, prepend=BEFORE).tobytes()
        )
        + packer.flush()
    )


def _unpack_look(blob: bytes) -> NDArray[np.uint8]:
    """The look, or an array of size 0 where the bytes are none; never more memory than a look
    needs."""
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


# Results of long computations, valid for one state of the project: computed once, by the first
# caller.

LOOK_EVERY_S = 0.1  # how soon somebody who waits for another's work hears that he is to stop


class ResultCache:
    """The newest result of each name. Thread-safe; a caller waits for a result that another one is
    computing."""

    def __init__(self) -> None:
        self._cached: dict[Hashable, tuple[Hashable, object]] = {}
        self._under_way: set[tuple[Hashable, Hashable]] = set()
        self._changed = Condition()

    def find_result(self, name: Hashable, state: Hashable) -> object | None:
        """The result for this state; None where it was not computed."""
        with self._changed:
            cached_key, result = self._cached.get(name, (None, None))
            return result if cached_key == state else None

    def get_or_compute(
        self,
        name: Hashable,
        state: Callable[[], Hashable],
        work_out: Callable[[], T],
        check: Callable[[], None],
    ) -> T:
        """The result for the present state, computed where there is none. It is cached unless the
        state changed meanwhile.

        `check` raises to stop a waiting caller. What `work_out` raises is raised here, and the next
        caller tries again."""
        now = state()
        while not self._start_computing(name, now):
            check()
        try:
            result = self.find_result(name, now)
            if result is None:
                result = work_out()
                if state() == now:
                    with self._changed:
                        self._cached[name] = (now, result)
        finally:
            with self._changed:
                self._under_way.discard((name, now))
                self._changed.notify_all()
        return result  # type: ignore[return-value]  # what was kept under this name is what its `work_out` gave

    def _start_computing(self, name: Hashable, state: Hashable) -> bool:
        """Whether nobody works it out, as the caller does from now on; waits a moment where
        somebody does."""
        with self._changed:
            if (name, state) in self._under_way:
                self._changed.wait(LOOK_EVERY_S)
            if (name, state) in self._under_way:
                return False
            self._under_way.add((name, state))
            return True
