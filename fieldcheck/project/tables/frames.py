"""The frames table (facts): the sampling list, and what one pass found out about each frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.quality import FrameFacts, Quality
from fieldcheck.project.tables.values import from_blob, from_id, from_signed, to_blob, to_signed

FRAME = "frame_id, recording_id, source_index, t_s, source, width, height, sha256, frozen"
FACTS = "frame_id, mean, contrast, clipped_low, clipped_high, sharpness, noise, backlight, dhash, phash, statistics"
LIST_ORDER = "ORDER BY recording.import_order, frame.source_index"


def insert_frames(db: Database, frames: Iterable[ListedFrame], facts: Iterable[FrameFacts]) -> None:
    """Frames with their facts, pair by pair. A frame that is there already stays as it is, so a chunk may be done again."""
    db.conn.executemany(
        """INSERT INTO frame (frame_id, recording_id, source_index, t_s, source, width, height, sha256, frozen,
            mean, contrast, clipped_low, clipped_high, sharpness, noise, backlight, dhash, phash, statistics)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (frame_id) DO NOTHING""",
        [_get_frame_values(frame, fact) for frame, fact in zip(frames, facts, strict=True)],
    )


def remove_frames(db: Database, recording_id: str) -> None:
    """Take out what was listed of a recording whose import was given up, with the answers to it: nothing else refers to it yet."""
    own = "(SELECT frame_id FROM frame WHERE recording_id = ?)"
    for table in ("prediction", "mask"):
        db.execute(f"DELETE FROM {table} WHERE subject IN {own}", [recording_id])
    db.execute("DELETE FROM frame WHERE recording_id = ?", [recording_id])


def mark_frozen(db: Database, frame_ids: Iterable[str]) -> None:
    """These frames show a stretch in which the sensor stood still."""
    db.conn.executemany("UPDATE frame SET frozen = 1 WHERE frame_id = ?", [(frame_id,) for frame_id in frame_ids])


def get_frame(db: Database, frame_id: str) -> ListedFrame | None:
    """The frame of that name, None where none is listed."""
    row = db.execute(f"SELECT {FRAME} FROM frame WHERE frame_id = ?", [frame_id]).fetchone()
    return _parse_frame(row) if row else None


def list_frames(db: Database, with_frozen: bool = False) -> tuple[ListedFrame, ...]:
    """The sampling list of all finished recordings: these in order of import, frames in time order."""
    found = db.execute(
        f"""SELECT {_select_frames(FRAME)} FROM frame JOIN recording USING (recording_id)
        WHERE recording.closed AND (frame.frozen = 0 OR ?) {LIST_ORDER}""",
        [int(with_frozen)],
    )
    return tuple(_parse_frame(row) for row in found)


def list_frames_of_recording(db: Database, recording_id: str) -> tuple[ListedFrame, ...]:
    """Every frame of one recording in time order, frozen ones too, whether or not its import is finished."""
    found = db.execute(f"SELECT {FRAME} FROM frame WHERE recording_id = ? ORDER BY source_index", [recording_id])
    return tuple(_parse_frame(row) for row in found)


def list_frame_facts(db: Database, with_frozen: bool = False) -> tuple[FrameFacts, ...]:
    """Facts of every frame of `list_frames`, in the same order."""
    found = db.execute(
        f"""SELECT {_select_frames(FACTS)} FROM frame JOIN recording USING (recording_id)
        WHERE recording.closed AND (frame.frozen = 0 OR ?) {LIST_ORDER}""",
        [int(with_frozen)],
    )
    return tuple(_parse_facts(row) for row in found)


def list_frame_sources(db: Database) -> tuple[tuple[str, str, int], ...]:
    """Frame id, source and source index of every listed frame, in list order: what names in label files are matched with."""
    found = db.execute(
        f"""SELECT frame.frame_id, frame.source, frame.source_index FROM frame JOIN recording USING (recording_id)
        WHERE recording.closed {LIST_ORDER}"""
    )
    return tuple((str(frame_id), str(source), int(source_index)) for frame_id, source, source_index in found)


def list_frame_ids(db: Database) -> frozenset[str]:
    """The name of every frame in the table, whether or not its recording is finished."""
    return frozenset(frame_id for frame_id, _ in list_frame_hashes(db))


def list_frame_hashes(db: Database) -> tuple[tuple[str, str], ...]:
    """Frame id and hash of its raw RGB bytes, of every frame in the table."""
    return tuple((str(frame_id), str(sha256)) for frame_id, sha256 in db.execute("SELECT frame_id, sha256 FROM frame ORDER BY frame_id"))


def count_frames(db: Database) -> int:
    """How many frames stand in the table."""
    return int(db.execute("SELECT count(*) FROM frame").fetchone()[0])


def get_fingerprints(db: Database, frame_ids: Iterable[str]) -> dict[str, int]:
    """Perceptual hashes by frame, of those that are listed."""
    names = list(frame_ids)
    marks = ", ".join("?" * len(names))
    found = db.execute(f"SELECT frame_id, phash FROM frame WHERE frame_id IN ({marks})", names)
    return {str(frame_id): from_signed(phash) for frame_id, phash in found}


def _select_frames(names: str) -> str:
    return ", ".join(f"frame.{name.strip()}" for name in names.split(","))


def _get_frame_values(frame: ListedFrame, fact: FrameFacts) -> tuple[object, ...]:
    if frame.frame_id != fact.frame_id:
        raise ValueError(f"facts of {fact.frame_id} beside frame {frame.frame_id}")
    quality = fact.quality
    return (
        frame.frame_id, frame.recording_id, int(frame.source_index), float(frame.t_s), frame.source, int(frame.width), int(frame.height),
        frame.sha256, int(frame.frozen), float(quality.mean), float(quality.contrast), float(quality.clipped_low),
        float(quality.clipped_high), float(quality.sharpness), float(quality.noise), float(quality.backlight),
        to_signed(int(fact.dhash)), to_signed(int(fact.phash)), to_blob(fact.statistics),
    )  # fmt: skip


def _parse_frame(row: tuple[Any, ...]) -> ListedFrame:
    from_id(row[0], "frame.frame_id")
    return ListedFrame(*(*row[:8], bool(row[8])))


def _parse_facts(row: tuple[Any, ...]) -> FrameFacts:
    vector = from_blob(row[10], (len(row[10]) // 4,), "frame.statistics")
    return FrameFacts(row[0], Quality(*row[1:8]), from_signed(row[8]), from_signed(row[9]), vector)
