"""Tables of recordings (storage, gaps, marked moments, lighting) and of clips."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.recording import (
    Clip,
    LightingChange,
    RecordedMoment,
    Recording,
    RecordingGap,
    RecordingStorage,
    SkippedFile,
)
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables import values as values_table
from fieldcheck.project.tables.values import (
    Key,
    TableRow,
    UnfitValue,
    from_id,
    from_json,
    from_place,
    to_json,
)
from fieldcheck.safe_text import clean_name
from fieldcheck.timestamp import parse_local_time

RECORDING_COLUMNS = """recording_id, kind, source, path, sha256, camera, location, taken_at,
    conditions, list_fps, fps, width, height,
    seconds, n_frames, n_unreadable, skipped, closed"""
CLOCK, DAY_S = "clock", 86_400


def put_recording(db: Database, recording: Recording) -> None:
    """A new recording goes to the end of the list; one that is there is brought up to date and
    keeps its place."""
    values = (
        recording.recording_id,
        recording.kind,
        recording.source,
        recording.path,
        recording.sha256,
        clean_name(recording.camera),
        clean_name(recording.location),
        recording.taken_at,
        to_json(list(recording.conditions)),
        float(recording.list_fps),
        float(recording.fps),
        int(recording.width),
        int(recording.height),
        float(recording.seconds),
        int(recording.n_frames),
        int(recording.n_unreadable),
        to_json([[skipped_file.file, skipped_file.why] for skipped_file in recording.skipped]),
        int(recording.closed),
    )
    db.execute(
        f"""INSERT INTO recording ({RECORDING_COLUMNS}, import_order)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
        (SELECT coalesce(max(import_order), 0) + 1 FROM recording))
        ON CONFLICT (recording_id) DO UPDATE SET kind = excluded.kind, source = excluded.source,
        path = excluded.path,
            sha256 = excluded.sha256, camera = excluded.camera, location = excluded.location,
            taken_at = excluded.taken_at,
            conditions = excluded.conditions, list_fps = excluded.list_fps, fps = excluded.fps,
            width = excluded.width,
            height = excluded.height, seconds = excluded.seconds, n_frames = excluded.n_frames,
            n_unreadable = excluded.n_unreadable, skipped = excluded.skipped,
            closed = excluded.closed""",
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
    row = db.execute(
        f"SELECT {RECORDING_COLUMNS} FROM recording WHERE recording_id = ?", [recording_id]
    ).fetchone()
    return _parse_recording(row) if row else None


def find_recording_by_sha256(db: Database, sha256: str) -> Recording | None:
    """The recording with this content, closed or not; None where it never came in."""
    row = db.execute(
        (
            f"SELECT {RECORDING_COLUMNS} FROM recording WHERE sha256 = ? ORDER BY closed DESC, "
            "import_order LIMIT 1"
        ),
        [sha256],
    ).fetchone()
    return _parse_recording(row) if row else None


@memoisable
def list_recordings(db: Database) -> tuple[Recording, ...]:
    """Every recording in order of import, also those whose import is not finished."""
    cursor, ahead = (
        db.execute(f"SELECT {RECORDING_COLUMNS} FROM recording ORDER BY import_order"),
        _read_clock(db),
    )
    return tuple(
        replace(recording, ahead_s=ahead.get(recording.taken_at))
        for recording in map(_parse_recording, cursor)
    )


def store_site_clock(db: Database) -> None:
    """Store by how many seconds the site's clock was ahead of UTC at each recording, for computers
    in other time zones."""
    moments = {
        recording.taken_at: parse_local_time(recording.taken_at, recording.ahead_s).utcoffset()
        for recording in list_recordings(db)
        if recording.taken_at
    }
    values_table.store_setting(
        db,
        CLOCK,
        {iso: int(away.total_seconds()) for iso, away in moments.items() if away is not None},
    )


def is_site_clock(value: object) -> bool:
    """Whether a value of the settings is what `store_site_clock` noted."""
    return isinstance(value, dict) and not any(
        type(ahead) is not int or abs(ahead) >= DAY_S for ahead in value.values()
    )


def _read_clock(db: Database) -> dict[str, int]:
    clock: object = None
    with suppress(UnfitValue):  # named by the audit, with the settings; the footage is sound
        clock = values_table.get_setting(db, CLOCK)
    return clock if isinstance(clock, dict) and is_site_clock(clock) else {}


def _parse_recording(row: tuple[Any, ...]) -> Recording:
    conditions = tuple(from_json(row[8], "recording.conditions"))
    skipped = tuple(SkippedFile(file, why) for file, why in from_json(row[16], "recording.skipped"))
    from_id(row[0], "recording.recording_id")
    from_place(row[3], "recording.path")
    return Recording(*(*row[:8], conditions, *row[9:16], skipped, bool(row[17])))


# The tables of recordings that were made here (facts): how each was kept, its gaps, its marked
# moments, and the light that was
# told.

CAPTURE_COLUMNS = (
    "recording_id, n_bytes, n_dropped, n_skipped, format, decoded_from, on_grid, ended"
)


def put_capture(db: Database, captured: RecordingStorage, gaps: Iterable[RecordingGap]) -> None:
    """Stores what is known of a recording once it has ended, in place of what was known before."""
    db.execute(
        f"INSERT OR REPLACE INTO captured ({CAPTURE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            captured.recording_id,
            int(captured.n_bytes),
            captured.n_dropped,
            int(captured.n_skipped),
            captured.format,
            captured.decoded_from,
            int(captured.on_grid),
            captured.ended,
        ],
    )
    db.execute("DELETE FROM gap WHERE recording_id = ?", [captured.recording_id])
    db.conn.executemany(
        "INSERT INTO gap (recording_id, place, at_s, seconds, cause) VALUES (?, ?, ?, ?, ?)",
        [
            (captured.recording_id, position, float(gap.at_s), float(gap.seconds), gap.cause)
            for position, gap in enumerate(gaps)
        ],
    )


def get_capture(db: Database, recording_id: str) -> RecordingStorage | None:
    """How a recording was kept; None where it was not made here, or has not ended."""
    row = db.execute(
        f"SELECT {CAPTURE_COLUMNS} FROM captured WHERE recording_id = ?", [recording_id]
    ).fetchone()
    return RecordingStorage(*(*row[:6], bool(row[6]), row[7])) if row else None


def list_gaps(db: Database, recording_id: str) -> tuple[RecordingGap, ...]:
    """The gaps of a recording that has ended, in time order."""
    cursor = db.execute(
        "SELECT at_s, seconds, cause FROM gap WHERE recording_id = ? ORDER BY place", [recording_id]
    )
    return tuple(RecordingGap(*row) for row in cursor)


def add_moment(db: Database, recording_id: str, moment: RecordedMoment) -> None:
    """A moment was marked."""
    db.execute(
        "INSERT OR IGNORE INTO moment (recording_id, at_s, kind) VALUES (?, ?, ?)",
        [recording_id, float(moment.at_s), moment.kind],
    )


def list_moments(db: Database, recording_id: str) -> tuple[RecordedMoment, ...]:
    """The marked moments of a recording in time order."""
    return tuple(
        RecordedMoment(*row)
        for row in db.execute(
            "SELECT at_s, kind FROM moment WHERE recording_id = ? ORDER BY at_s", [recording_id]
        )
    )


def add_light(db: Database, recording_id: str, light: LightingChange) -> None:
    """Adds a lighting note that holds from then on."""
    db.execute(
        "INSERT OR REPLACE INTO light (recording_id, at_s, conditions) VALUES (?, ?, ?)",
        [recording_id, float(light.at_s), to_json(list(light.conditions))],
    )


def list_lights(db: Database, recording_id: str) -> tuple[LightingChange, ...]:
    """Lighting notes of a recording in time order; empty for an imported one."""
    cursor = db.execute(
        "SELECT at_s, conditions FROM light WHERE recording_id = ? ORDER BY at_s", [recording_id]
    )
    return tuple(
        LightingChange(at_s, tuple(from_json(conditions, "light.conditions")))
        for at_s, conditions in cursor
    )


# The clips table (edits): where a recording is cut, and what a person says about each stretch.

CLIP_COLUMNS = (
    "clip.clip_id, clip.recording_id, clip.first_index, clip.start_s, clip.camera, "
    "clip.location, clip.conditions"
)


@memoisable
def list_clips(db: Database) -> tuple[Clip, ...]:
    """Every clip: recordings in order of import, clips in time order."""
    cursor = db.execute(
        f"SELECT {CLIP_COLUMNS} FROM clip JOIN recording USING (recording_id) ORDER BY "
        "recording.import_order, clip.first_index"
    )
    return tuple(_parse_clip(row) for row in cursor)


def list_clips_of_recording(db: Database, recording_id: str) -> tuple[Clip, ...]:
    """The clips of one recording in time order."""
    return tuple(
        _parse_clip(row)
        for row in db.execute(
            f"SELECT {CLIP_COLUMNS} FROM clip WHERE recording_id = ? ORDER BY first_index",
            [recording_id],
        )
    )


def put_clips(db: Database, clips: Iterable[Clip]) -> None:
    """The clips that an import found: no act of a person, so nothing to undo. A clip that is there
    already keeps what was said of it."""
    for clip in clips:
        if values_table.get_row(db, make_clip_key(clip.clip_id)) is None:
            values_table.put_row(db, make_clip_row(clip))


def make_clip_row(clip: Clip) -> TableRow:
    """A clip for an edit to put."""
    return TableRow(
        "clip",
        {
            "clip_id": clip.clip_id,
            "recording_id": clip.recording_id,
            "first_index": int(clip.first_index),
            "start_s": float(clip.start_s),
            "camera": clean_name(clip.camera),
            "location": clean_name(clip.location),
            "conditions": to_json(list(clip.conditions)),
        },
    )


def make_clip_key(clip_id: str) -> Key:
    """A clip for an edit to delete."""
    return Key("clip", clip_id)


def _parse_clip(row: tuple[Any, ...]) -> Clip:
    return Clip(*(*row[:6], tuple(from_json(row[6], "clip.conditions"))))
