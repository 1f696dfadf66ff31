"""Columns of all listed frames: hundreds of thousands of rows become arrays, not objects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.project.tables.values import UnfitValue

FIGURES = ("t_s", "mean", "contrast", "clipped_high", "sharpness", "noise", "backlight")


@dataclass(frozen=True, slots=True)
class FrameColumns:
    """One row a listed frame in list order, frozen ones left out. `recording`: (n,) index into `recording_ids`; `figures`: (n,) float64
    by name: `t_s`, seconds from the recording's first frame, and what one pass measured on each frame."""

    frame_ids: tuple[str, ...]
    recording_ids: tuple[str, ...]
    recording: NDArray[np.int32]
    source_index: NDArray[np.int64]
    figures: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """Answers of one run as they are stored: `subjects`, the shape of each (rows and columns, these None for shares), and the floats."""

    subjects: tuple[str, ...]
    shapes: tuple[tuple[int, int | None], ...]
    blobs: tuple[bytes, ...]


def load_frame_columns(db: Database) -> FrameColumns:
    """Every frame of `frames.list_frames`, as columns."""
    names, parts, which = [], [], []
    recordings = [str(one) for (one,) in db.execute("SELECT recording_id FROM recording WHERE closed ORDER BY import_order")]
    question = f"SELECT frame_id, source_index, {', '.join(FIGURES)} FROM frame WHERE recording_id = ? AND frozen = 0 ORDER BY source_index"
    for at, recording_id in enumerate(recordings):
        rows = db.execute(question, [recording_id]).fetchall()
        names += [row[0] for row in rows]
        parts.append(np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 1 + len(FIGURES)))
        which.append(np.full(len(rows), at, dtype=np.int32))
    table = np.concatenate(parts) if parts else np.empty((0, 1 + len(FIGURES)))
    figures = {name: np.ascontiguousarray(table[:, 1 + at]) for at, name in enumerate(FIGURES)}
    recording = np.concatenate(which) if which else np.empty(0, np.int32)
    return FrameColumns(tuple(names), tuple(recordings), recording, table[:, 0].astype(np.int64), figures)


def count_listed_frames(db: Database) -> int:
    """How many frames `load_frame_columns` gives: known before they are read."""
    found = db.execute("SELECT count(*) FROM frame JOIN recording USING (recording_id) WHERE recording.closed AND frozen = 0")
    return int(found.fetchone()[0])


def list_first_frame_ids(db: Database, n: int) -> tuple[str, ...]:
    """The first `n` frame ids of the list, found without looking at the others."""
    found: list[str] = []
    for (recording_id,) in db.execute("SELECT recording_id FROM recording WHERE closed ORDER BY import_order").fetchall():
        rows = db.execute(
            "SELECT frame_id FROM frame WHERE recording_id = ? AND frozen = 0 ORDER BY source_index LIMIT ?", [recording_id, n - len(found)]
        )
        found += [str(frame_id) for (frame_id,) in rows]
        if len(found) >= n:
            break
    return tuple(found)


def load_statistics(db: Database) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Frame ids in list order, and their image statistics (n, d) float32. Raises UnfitValue where they differ in length."""
    found = db.execute(
        """SELECT frame.frame_id, frame.statistics FROM frame JOIN recording USING (recording_id)
        WHERE recording.closed AND frame.frozen = 0 ORDER BY recording.import_order, frame.source_index"""
    ).fetchall()
    return tuple(row[0] for row in found), _unpack_matrix([row[1] for row in found], "frame.statistics")


def load_answer_columns(db: Database, run_id: str) -> AnswerColumns:
    """Every answer of a run, by subject."""
    found = db.execute("SELECT subject, n_rows, n_columns, answer FROM prediction WHERE run_id = ? ORDER BY subject", [run_id]).fetchall()
    return AnswerColumns(tuple(row[0] for row in found), tuple((row[1], row[2]) for row in found), tuple(row[3] for row in found))


def get_share_matrix(found: AnswerColumns) -> NDArray[np.float32]:
    """(n, K) float32 of answers that are all shares of the same number of classes. Raises UnfitValue where they are not."""
    return _unpack_matrix(list(found.blobs), "prediction.answer")


def _unpack_matrix(blobs: list[bytes], what: str) -> NDArray[np.float32]:
    width = len(blobs[0]) if blobs else 0
    if any(len(blob) != width for blob in blobs) or width % 4:
        raise UnfitValue(f"{what}: vectors of different length")
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), width // 4 if blobs else 0).astype(np.float32, copy=False)
