"""Tables of frames (facts): the sampling list, its columns as arrays, and the components of a
frame's hardness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.frame import FrameFacts, ListedFrame, Quality
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables.values import (
    ID,
    RowMapper,
    UnfitValue,
    count_removal,
    from_blob,
    from_real,
    from_signed,
    to_blob,
    to_real,
    to_signed,
)
from fieldcheck.safe_text import clean_name

FRAMES = RowMapper("frame", ListedFrame, {"frame_id": ID})

MEASURED = (*(field.name for field in fields(Quality)), "dhash", "phash", "statistics")
FACTS = ", ".join(("frame_id", *MEASURED))
LIST_ORDER = "ORDER BY recording.import_order, frame.source_index"


def insert_frames(db: Database, frames: Iterable[ListedFrame], facts: Iterable[FrameFacts]) -> None:
    """Frames with their facts, pair by pair. A frame that is there already stays as it is, so a
    chunk may be done again."""
    columns = (*FRAMES.columns, *MEASURED)
    db.conn.executemany(
        f"""INSERT INTO frame ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})
        ON CONFLICT (frame_id) DO NOTHING""",
        [_get_frame_values(frame, fact) for frame, fact in zip(frames, facts, strict=True)],
    )


def remove_frames(db: Database, recording_id: str) -> None:
    """Take out what was listed of a recording whose import was given up, with the answers to it:
    nothing else refers to it yet."""
    own = "(SELECT frame_id FROM frame WHERE recording_id = ?)"
    for table in ("prediction", "mask"):
        db.execute(f"DELETE FROM {table} WHERE subject IN {own}", [recording_id])
    if db.execute("DELETE FROM frame WHERE recording_id = ?", [recording_id]).rowcount:
        count_removal(db)


def mark_frozen(db: Database, frame_ids: Iterable[str]) -> None:
    """These frames show a stretch in which the sensor stood still."""
    db.conn.executemany(
        "UPDATE frame SET frozen = 1 WHERE frame_id = ?", [(frame_id,) for frame_id in frame_ids]
    )


def get_frame(db: Database, frame_id: str) -> ListedFrame | None:
    """The frame of that name, None where none is listed."""
    return FRAMES.get(db, "WHERE frame_id = ?", [frame_id])


@memoisable
def list_frames(db: Database, with_frozen: bool = False) -> tuple[ListedFrame, ...]:
    """The sampling list of all finished recordings: these in order of import, frames in time
    order."""
    rest = f"""JOIN recording USING (recording_id)
        WHERE recording.closed AND (frame.frozen = 0 OR ?) {LIST_ORDER}"""
    return FRAMES.select(db, rest, [int(with_frozen)])


def list_frames_of_recording(db: Database, recording_id: str) -> tuple[ListedFrame, ...]:
    """Every frame of one recording in time order, frozen ones too, whether or not its import is
    finished."""
    rest = "WHERE recording_id = ? ORDER BY source_index"
    return FRAMES.select(db, rest, [recording_id])


@memoisable
def list_frame_facts(db: Database, with_frozen: bool = False) -> tuple[FrameFacts, ...]:
    """Facts of every frame of `list_frames`, in the same order."""
    cursor = db.execute(
        f"""SELECT {_select_frames(FACTS)} FROM frame JOIN recording USING (recording_id)
        WHERE recording.closed AND (frame.frozen = 0 OR ?) {LIST_ORDER}""",
        [int(with_frozen)],
    )
    return tuple(_parse_facts(row) for row in cursor)


@memoisable
def list_frame_sources(db: Database) -> tuple[tuple[str, str, int], ...]:
    """Frame id, source and source index of every listed frame, in list order: what names in label
    files are matched with."""
    cursor = db.execute(
        f"""SELECT frame.frame_id, frame.source, frame.source_index
        FROM frame JOIN recording USING (recording_id)
        WHERE recording.closed {LIST_ORDER}"""
    )
    return tuple(
        (str(frame_id), str(source), int(source_index)) for frame_id, source, source_index in cursor
    )


@memoisable
def list_frame_ids(db: Database) -> frozenset[str]:
    """The name of every frame in the table, whether or not its recording is finished."""
    return frozenset(frame_id for frame_id, _ in list_frame_hashes(db))


@memoisable
def list_frame_hashes(db: Database) -> tuple[tuple[str, str], ...]:
    """Frame id and hash of its raw RGB bytes, of every frame in the table."""
    return tuple(
        (str(frame_id), str(sha256))
        for frame_id, sha256 in db.execute("SELECT frame_id, sha256 FROM frame ORDER BY frame_id")
    )


@memoisable
def count_frames(db: Database) -> int:
    """How many frames stand in the table."""
    return int(db.execute("SELECT count(*) FROM frame").fetchone()[0])


def get_fingerprints(db: Database, frame_ids: Iterable[str]) -> dict[str, int]:
    """Perceptual hashes by frame, of those that are listed."""
    names = list(frame_ids)
    marks = ", ".join("?" * len(names))
    cursor = db.execute(f"SELECT frame_id, phash FROM frame WHERE frame_id IN ({marks})", names)
    return {str(frame_id): from_signed(phash) for frame_id, phash in cursor}


def _select_frames(names: str) -> str:
    return ", ".join(f"frame.{name.strip()}" for name in names.split(","))


def _get_frame_values(frame: ListedFrame, fact: FrameFacts) -> tuple[object, ...]:
    if frame.frame_id != fact.frame_id:
        raise ValueError(f"facts of {fact.frame_id} beside frame {frame.frame_id}")
    quality = fact.quality
    return (
        *FRAMES.to_values(frame),
        float(quality.mean),
        float(quality.contrast),
        float(quality.clipped_low),
        float(quality.clipped_high),
        float(quality.sharpness),
        float(quality.noise),
        float(quality.backlight),
        to_signed(int(fact.dhash)),
        to_signed(int(fact.phash)),
        to_blob(fact.statistics),
    )


def _parse_facts(row: tuple[Any, ...]) -> FrameFacts:
    vector = from_blob(row[10], (len(row[10]) // 4,), "frame.statistics")
    return FrameFacts(row[0], Quality(*row[1:8]), from_signed(row[8]), from_signed(row[9]), vector)


# Columns of all listed frames: hundreds of thousands of rows become arrays, not objects.

FIGURES = ("t_s", "mean", "contrast", "clipped_high", "sharpness", "noise", "backlight")


@dataclass(frozen=True, slots=True)
class FrameColumns:
    """One row a listed frame in list order, frozen ones left out. `recording`: (n,) index into
    `recording_ids`; `figures`: (n,) float64 by name: `t_s`, seconds from the recording's first
    frame, and what one pass measured on each frame."""

    frame_ids: tuple[str, ...]
    recording_ids: tuple[str, ...]
    recording: NDArray[np.int32]
    source_index: NDArray[np.int64]
    figures: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """Answers of one run as they are stored: `subjects`, the shape of each (rows and columns, these
    None for shares), and the floats."""

    subjects: tuple[str, ...]
    shapes: tuple[tuple[int, int | None], ...]
    blobs: tuple[bytes, ...]


def load_frame_columns(db: Database) -> FrameColumns:
    """Every frame of `frames.list_frames`, as columns."""
    names, parts, which = [], [], []
    recordings = [
        str(row)
        for (row,) in db.execute(
            "SELECT recording_id FROM recording WHERE closed ORDER BY import_order"
        )
    ]
    question = (
        f"SELECT frame_id, source_index, {', '.join(FIGURES)} FROM frame WHERE recording_id = "
        "? AND frozen = 0 ORDER BY source_index"
    )
    for index, recording_id in enumerate(recordings):
        rows = db.execute(question, [recording_id]).fetchall()
        names += [row[0] for row in rows]
        parts.append(
            np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 1 + len(FIGURES))
        )
        which.append(np.full(len(rows), index, dtype=np.int32))
    table = np.concatenate(parts) if parts else np.empty((0, 1 + len(FIGURES)))
    figures = {
        name: np.ascontiguousarray(table[:, 1 + index]) for index, name in enumerate(FIGURES)
    }
    recording = np.concatenate(which) if which else np.empty(0, np.int32)
    return FrameColumns(
        tuple(names), tuple(recordings), recording, table[:, 0].astype(np.int64), figures
    )


def count_listed_frames(db: Database) -> int:
    """How many frames `load_frame_columns` gives: known before they are read."""
    cursor = db.execute(
        "SELECT count(*) FROM frame JOIN recording USING (recording_id) WHERE "
        "recording.closed AND frozen = 0"
    )
    return int(cursor.fetchone()[0])


def list_first_frame_ids(db: Database, n: int) -> tuple[str, ...]:
    """The first `n` frame ids of the list, found without looking at the others."""
    frame_ids: list[str] = []
    for (recording_id,) in db.execute(
        "SELECT recording_id FROM recording WHERE closed ORDER BY import_order"
    ).fetchall():
        rows = db.execute(
            (
                "SELECT frame_id FROM frame WHERE recording_id = ? AND frozen = 0 ORDER BY "
                "source_index LIMIT ?"
            ),
            [recording_id, n - len(frame_ids)],
        )
        frame_ids += [str(frame_id) for (frame_id,) in rows]
        if len(frame_ids) >= n:
            break
    return tuple(frame_ids)


def load_statistics(db: Database) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Frame ids in list order, and their image statistics (n, d) float32. Raises UnfitValue where
    they differ in length."""
    rows = db.execute(
        """SELECT frame.frame_id, frame.statistics FROM frame JOIN recording USING (recording_id)
        WHERE recording.closed AND frame.frozen = 0 ORDER BY recording.import_order,
        frame.source_index"""
    ).fetchall()
    return tuple(row[0] for row in rows), _unpack_matrix(
        [row[1] for row in rows], "frame.statistics"
    )


def load_answer_columns(db: Database, run_id: str) -> AnswerColumns:
    """Every answer of a run, by subject."""
    rows = db.execute(
        (
            "SELECT subject, n_rows, n_columns, answer FROM prediction WHERE run_id = ? ORDER BY "
            "subject"
        ),
        [run_id],
    ).fetchall()
    return AnswerColumns(
        tuple(row[0] for row in rows),
        tuple((row[1], row[2]) for row in rows),
        tuple(row[3] for row in rows),
    )


def get_share_matrix(answer_columns: AnswerColumns) -> NDArray[np.float32]:
    """(n, K) float32 of answers that are all shares of the same number of classes. Raises
    UnfitValue where they are not."""
    return _unpack_matrix(list(answer_columns.blobs), "prediction.answer")


def _unpack_matrix(blobs: list[bytes], what: str) -> NDArray[np.float32]:
    width = len(blobs[0]) if blobs else 0
    if any(len(blob) != width for blob in blobs) or width % 4:
        raise UnfitValue(f"{what}: vectors of different length")
    return (
        np.frombuffer(b"".join(blobs), dtype="<f4")
        .reshape(len(blobs), width // 4 if blobs else 0)
        .astype(np.float32, copy=False)
    )


# Parts (facts): which part each frame shows, by list.


def insert_parts(db: Database, list_id: str, parts: Mapping[str, str]) -> None:
    """Adds frames with their parts to a list; one that is there already stays as it is."""
    db.conn.executemany(
        """INSERT INTO frame_part (list_id, frame_id, part) VALUES (?, ?, ?)
        ON CONFLICT (list_id, frame_id) DO NOTHING""",
        [(list_id, frame_id, part) for frame_id, part in parts.items()],
    )


def get_parts(db: Database, list_id: str) -> dict[str, str]:
    """Parts of a list: frame id → part, for frames of finished recordings that stood not still."""
    cursor = db.execute(
        f"""SELECT frame_part.frame_id, frame_part.part FROM frame_part
        JOIN frame USING (frame_id) JOIN recording USING (recording_id)
        WHERE list_id = ? AND recording.closed AND frame.frozen = 0 {LIST_ORDER}""",
        [list_id],
    )
    return {str(frame_id): clean_name(str(part)) for frame_id, part in cursor}


def list_frames_of_part(db: Database, list_id: str, frame_id: str) -> tuple[str, ...]:
    """Frames of the list that show the same part as this one, itself among them; only itself where
    it shows none."""
    cursor = db.execute(
        """SELECT frame_id FROM frame_part WHERE list_id = ? AND part =
        (SELECT part FROM frame_part WHERE list_id = ? AND frame_id = ?) ORDER BY frame_id""",
        [list_id, list_id, frame_id],
    )
    return tuple(str(name) for (name,) in cursor) or (frame_id,)


# The components table (facts): the parts of a frame's hardness, by name and by the model that was
# asked.


def put_component(db: Database, name: str, model_sha256: str, values: Mapping[str, float]) -> None:
    """Values of one component: frame id → value, NaN where there is none. One that is there already
    stays as it is.

    `model_sha256` is empty for what needs no model.
    """
    db.conn.executemany(
        """INSERT INTO component (name, model_sha256, frame_id, value) VALUES (?, ?, ?, ?)
        ON CONFLICT (name, model_sha256, frame_id) DO NOTHING""",
        [(name, model_sha256, frame_id, to_real(value)) for frame_id, value in values.items()],
    )


def get_component(db: Database, name: str, model_sha256: str) -> dict[str, float]:
    """Values of one component: frame id → value."""
    cursor = db.execute(
        (
            "SELECT frame_id, value FROM component WHERE name = ? AND model_sha256 = ? ORDER BY "
            "frame_id"
        ),
        [name, model_sha256],
    )
    return {str(frame_id): from_real(value) for frame_id, value in cursor}


def count_component(db: Database, name: str, model_sha256: str) -> int:
    """How many frames one component is there for."""
    return int(
        db.execute(
            "SELECT count(*) FROM component WHERE name = ? AND model_sha256 = ?",
            [name, model_sha256],
        ).fetchone()[0]
    )
