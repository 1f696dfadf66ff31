"""The tables of recordings that were made here (facts): how each was kept, its gaps, its marked moments, and the light that was told."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from fieldcheck.domain.captured import LightingChange, RecordedMoment, RecordingGap, RecordingStorage
from fieldcheck.project.tables.values import from_json, to_json

CAPTURE_COLUMNS = "recording_id, n_bytes, n_dropped, n_skipped, format, decoded_from, on_grid, ended"


def put_capture(db: Database, captured: RecordingStorage, gaps: Iterable[RecordingGap]) -> None:
    """Stores what is known of a recording once it has ended, in place of what was known before."""
    db.execute(
        f"INSERT OR REPLACE INTO captured ({CAPTURE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            captured.recording_id, int(captured.n_bytes), captured.n_dropped, int(captured.n_skipped), captured.format,
            captured.decoded_from, int(captured.on_grid), captured.ended,
        ],
    )  # fmt: skip
    db.execute("DELETE FROM gap WHERE recording_id = ?", [captured.recording_id])
    db.conn.executemany(
        "INSERT INTO gap (recording_id, place, at_s, seconds, cause) VALUES (?, ?, ?, ?, ?)",
        [(captured.recording_id, place, float(gap.at_s), float(gap.seconds), gap.cause) for place, gap in enumerate(gaps)],
    )


def get_capture(db: Database, recording_id: str) -> RecordingStorage | None:
    """How a recording was kept; None where it was not made here, or has not ended."""
    row = db.execute(f"SELECT {CAPTURE_COLUMNS} FROM captured WHERE recording_id = ?", [recording_id]).fetchone()
    return RecordingStorage(*(*row[:6], bool(row[6]), row[7])) if row else None


def list_gaps(db: Database, recording_id: str) -> tuple[RecordingGap, ...]:
    """The gaps of a recording that has ended, in time order."""
    found = db.execute("SELECT at_s, seconds, cause FROM gap WHERE recording_id = ? ORDER BY place", [recording_id])
    return tuple(RecordingGap(*row) for row in found)


def add_moment(db: Database, recording_id: str, moment: RecordedMoment) -> None:
    """A moment was marked."""
    db.execute("INSERT OR IGNORE INTO moment (recording_id, at_s, kind) VALUES (?, ?, ?)", [recording_id, float(moment.at_s), moment.kind])


def list_moments(db: Database, recording_id: str) -> tuple[RecordedMoment, ...]:
    """The marked moments of a recording in time order."""
    return tuple(
        RecordedMoment(*row) for row in db.execute("SELECT at_s, kind FROM moment WHERE recording_id = ? ORDER BY at_s", [recording_id])
    )


def add_light(db: Database, recording_id: str, light: LightingChange) -> None:
    """From then on something else was told of the light."""
    db.execute(
        "INSERT OR REPLACE INTO light (recording_id, at_s, conditions) VALUES (?, ?, ?)",
        [recording_id, float(light.at_s), to_json(list(light.conditions))],
    )


def list_lights(db: Database, recording_id: str) -> tuple[LightingChange, ...]:
    """Light of a recording, as it was told, in time order; empty for one that was imported."""
    found = db.execute("SELECT at_s, conditions FROM light WHERE recording_id = ? ORDER BY at_s", [recording_id])
    return tuple(LightingChange(at_s, tuple(from_json(conditions, "light.conditions"))) for at_s, conditions in found)
