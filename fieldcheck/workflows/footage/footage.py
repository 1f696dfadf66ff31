"""Footage that the project holds, one line a recording, as a person looks through it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from fieldcheck.domain.captured import Light, recorded_seconds
from fieldcheck.domain.recording import Kind, Recording
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table


@dataclass(frozen=True, slots=True)
class FootageLine:
    """One recording. `seconds` from its first moment to its last, `recorded_s` of them without its `n_gaps` gaps. `n_listed` frames may be
    drawn, `n_frozen` show a stretch in which the sensor stood still; `closed` is False where the import was broken off. `lights`: what was
    told of the light of a recording that was made here, and from when on. `shown` is the frame that stands for it, empty where none was
    read yet."""

    recording_id: str
    source: str
    kind: Kind
    camera: str
    location: str
    taken_at: str
    conditions: tuple[str, ...]
    seconds: float
    n_clips: int
    n_listed: int
    n_frozen: int
    n_unreadable: int
    closed: bool
    shown: str
    recorded_s: float
    n_gaps: int = 0
    lights: tuple[Light, ...] = ()


def footage(db: Database) -> tuple[FootageLine, ...]:
    """Every recording in order of import, also those whose import was broken off."""
    return tuple(_line(db, recording) for recording in recordings_table.all(db))


def _line(db: Database, recording: Recording) -> FootageLine:
    frames = frames_table.of_recording(db, recording.recording_id)
    n_frozen = sum(frame.frozen for frame in frames)
    gaps = captures_table.gaps(db, recording.recording_id)
    return FootageLine(
        recording.recording_id, recording.source, recording.kind, recording.camera, recording.location, recording.taken_at,
        recording.conditions, recording.seconds, len(clips_table.of_recording(db, recording.recording_id)), len(frames) - n_frozen,
        n_frozen, recording.n_unreadable, recording.closed, frames[len(frames) // 2].frame_id if frames else "",
        recorded_seconds(recording.seconds, gaps), len(gaps), captures_table.lights(db, recording.recording_id),
    )  # fmt: skip
