"""The recordings table (facts): footage in the order in which it came in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.recording import Recording, SkippedFile
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables import settings
from fieldcheck.project.tables.values import UnfitValue, from_id, from_json, from_place, to_json
from fieldcheck.timestamp import parse_local_time

RECORDING_COLUMNS = """recording_id, kind, source, path, sha256, camera, location, taken_at, conditions, list_fps, fps, width, height,
    seconds, n_frames, n_unreadable, skipped, closed"""
CLOCK, DAY_S = "clock", 86_400


def put_recording(db: Database, recording: Recording) -> None:
    """A new recording goes to the end of the list; one that is there is brought up to date and keeps its place."""
    values = (
        recording.recording_id, recording.kind, recording.source, recording.path, recording.sha256,
        clean_name(recording.camera), clean_name(recording.location), recording.taken_at, to_json(list(recording.conditions)),
        float(recording.list_fps), float(recording.fps), int(recording.width), int(recording.height), float(recording.seconds),
        int(recording.n_frames), int(recording.n_unreadable), to_json([[one.file, one.why] for one in recording.skipped]),
        int(recording.closed),
    )  # fmt: skip
    db.execute(
        f"""INSERT INTO recording ({RECORDING_COLUMNS}, import_order)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(import_order), 0) + 1 FROM recording))
        ON CONFLICT (recording_id) DO UPDATE SET kind = excluded.kind, source = excluded.source, path = excluded.path,
            sha256 = excluded.sha256, camera = excluded.camera, location = excluded.location, taken_at = excluded.taken_at,
            conditions = excluded.conditions, list_fps = excluded.list_fps, fps = excluded.fps, width = excluded.width,
            height = excluded.height, seconds = excluded.seconds, n_frames = excluded.n_frames,
            n_unreadable = excluded.n_unreadable, skipped = excluded.skipped, closed = excluded.closed""",
        values,
    )


def remove_recording(db: Database, recording_id: str) -> None:
    """Take out a recording of which no frame came in. One with frames is a fact and stays."""
    db.execute(
        """DELETE FROM recording WHERE recording_id = ?
        AND NOT EXISTS (SELECT 1 FROM frame WHERE frame.recording_id = recording.recording_id)""",
        [recording_id],
    )


def get_recording(db: Database, recording_id: str) -> Recording | None:
    """The recording of that name, None where there is none."""
    row = db.execute(f"SELECT {RECORDING_COLUMNS} FROM recording WHERE recording_id = ?", [recording_id]).fetchone()
    return _parse_recording(row) if row else None


def find_recording_by_sha256(db: Database, sha256: str) -> Recording | None:
    """The recording with this content, closed or not; None where it never came in."""
    row = db.execute(
        f"SELECT {RECORDING_COLUMNS} FROM recording WHERE sha256 = ? ORDER BY closed DESC, import_order LIMIT 1", [sha256]
    ).fetchone()
    return _parse_recording(row) if row else None


def list_recordings(db: Database) -> tuple[Recording, ...]:
    """Every recording in order of import, also those whose import is not finished."""
    found, ahead = db.execute(f"SELECT {RECORDING_COLUMNS} FROM recording ORDER BY import_order"), _read_clock(db)
    return tuple(replace(one, ahead_s=ahead.get(one.taken_at)) for one in map(_parse_recording, found))


def store_site_clock(db: Database) -> None:
    """Has the project tell by how many seconds the clock of its site is ahead of UTC at each of its recordings, for computers elsewhere."""
    moments = {one.taken_at: parse_local_time(one.taken_at, one.ahead_s).utcoffset() for one in list_recordings(db) if one.taken_at}
    settings.store_setting(db, CLOCK, {iso: int(away.total_seconds()) for iso, away in moments.items() if away is not None})


def is_site_clock(told: object) -> bool:
    """Whether a value of the settings is what `store_site_clock` noted."""
    return isinstance(told, dict) and not any(type(ahead) is not int or abs(ahead) >= DAY_S for ahead in told.values())


def _read_clock(db: Database) -> dict[str, int]:
    told: object = None
    with suppress(UnfitValue):  # named by the audit, with the settings; the footage is sound
        told = settings.get_setting(db, CLOCK)
    return told if isinstance(told, dict) and is_site_clock(told) else {}


def _parse_recording(row: tuple[Any, ...]) -> Recording:
    conditions = tuple(from_json(row[8], "recording.conditions"))
    skipped = tuple(SkippedFile(file, why) for file, why in from_json(row[16], "recording.skipped"))
    from_id(row[0], "recording.recording_id")
    from_place(row[3], "recording.path")
    return Recording(*(*row[:8], conditions, *row[9:16], skipped, bool(row[17])))
