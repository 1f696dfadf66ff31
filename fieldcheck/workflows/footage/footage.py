"""Footage that the project holds, one line a recording, as a person looks through it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from fieldcheck.domain.captured import LightingChange, compute_recorded_seconds
from fieldcheck.domain.recording import Kind, Recording
from fieldcheck.project.tables import captures as captures_table
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table


@dataclass(frozen=True, slots=True)
class FootageSummary:
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
    lights: tuple[LightingChange, ...] = ()


def list_footage(db: Database) -> tuple[FootageSummary, ...]:
    """Every recording in order of import, also those whose import was broken off."""
    return tuple(_make_summary(db, recording) for recording in recordings_table.list_recordings(db))


def _make_summary(db: Database, recording: Recording) -> FootageSummary:
    frames = frames_table.list_frames_of_recording(db, recording.recording_id)
    n_frozen = sum(frame.frozen for frame in frames)
    gaps = captures_table.list_gaps(db, recording.recording_id)
    return FootageSummary(
        recording.recording_id, recording.source, recording.kind, recording.camera, recording.location, recording.taken_at,
        recording.conditions, recording.seconds, len(clips_table.list_clips_of_recording(db, recording.recording_id)),
        len(frames) - n_frozen, n_frozen, recording.n_unreadable, recording.closed, frames[len(frames) // 2].frame_id if frames else "",
        compute_recorded_seconds(recording.seconds, gaps), len(gaps), captures_table.list_lights(db, recording.recording_id),
    )  # fmt: skip
