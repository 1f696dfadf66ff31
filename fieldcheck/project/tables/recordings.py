"""Tables of recordings (storage, gaps, marked moments, lighting) and of clips."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

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
    FILE_PATH,
    ID,
    NAME,
    NAMES,
    PLAIN,
    Converter,
    Key,
    RowMapper,
    TableRow,
    UnfitValue,
    from_json,
    to_json,
)
from fieldcheck.timestamp import parse_local_time

SKIPPED = Converter(
    lambda skipped: to_json([[skipped_file.file, skipped_file.why] for skipped_file in skipped]),
    lambda stored, what: tuple(SkippedFile(file, why) for file, why in from_json(stored, what)),
)
RECORDINGS = RowMapper(
    "recording",
    Recording,
    {
        "recording_id": ID, "path": FILE_PATH, "camera": NAME, "location": NAME,
        "conditions": NAMES, "skipped": SKIPPED,
    },
    without=("ahead_s",),
)  # fmt: skip
CLOCK, DAY_S = "clock", 86_400


def put_recording(db: Database, recording: Recording) -> None:
    """A new recording goes to the end of the list; one that is there is brought up to date and
    keeps its place."""
    columns, marks = ", ".join(RECORDINGS.columns), ", ".join("?" * len(RECORDINGS.columns))
    updates = ", ".join(f"{name} = excluded.{name}" for name in RECORDINGS.columns[1:])
    db.execute(
        f"""INSERT INTO recording ({columns}, import_order)
        VALUES ({marks}, (SELECT coalesce(max(import_order), 0) + 1 FROM recording))
        ON CONFLICT (recording_id) DO UPDATE SET {updates}""",
        RECORDINGS.to_values(recording),
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
    return RECORDINGS.get(db, "WHERE recording_id = ?", [recording_id])


def find_recording_by_sha256(db: Database, sha256: str) -> Recording | None:
    """The recording with this content, closed or not; None where it never came in."""
    rest = "WHERE sha256 = ? ORDER BY closed DESC, import_order LIMIT 1"
    return RECORDINGS.get(db, rest, [sha256])


@memoisable
def list_recordings(db: Database) -> tuple[Recording, ...]:
    """Every recording in order of import, also those whose import is not finished."""
    result, ahead = RECORDINGS.select(db, "ORDER BY import_order"), _read_clock(db)
    return tuple(replace(recording, ahead_s=ahead.get(recording.taken_at)) for recording in result)


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


# The tables of recordings that were made here (facts): how each was kept, its gaps, its marked
# moments, and the light that was
# told.

CAPTURES = RowMapper("captured", RecordingStorage, {"n_dropped": PLAIN})
GAPS = RowMapper("gap", RecordingGap)
MOMENTS = RowMapper("moment", RecordedMoment)
LIGHTS = RowMapper("light", LightingChange, {"conditions": NAMES})


def put_capture(db: Database, captured: RecordingStorage, gaps: Iterable[RecordingGap]) -> None:
    """Stores what is known of a recording once it has ended, in place of what was known before."""
    db.execute("DELETE FROM captured WHERE recording_id = ?", [captured.recording_id])
    CAPTURES.insert(db, [captured])
    db.execute("DELETE FROM gap WHERE recording_id = ?", [captured.recording_id])
    for position, gap in enumerate(gaps):
        GAPS.insert(db, [gap], {"recording_id": captured.recording_id, "place": position})


def get_capture(db: Database, recording_id: str) -> RecordingStorage | None:
    """How a recording was kept; None where it was not made here, or has not ended."""
    return CAPTURES.get(db, "WHERE recording_id = ?", [recording_id])


def list_gaps(db: Database, recording_id: str) -> tuple[RecordingGap, ...]:
    """The gaps of a recording that has ended, in time order."""
    return GAPS.select(db, "WHERE recording_id = ? ORDER BY place", [recording_id])


def add_moment(db: Database, recording_id: str, moment: RecordedMoment) -> None:
    """A moment was marked."""
    more = {"recording_id": recording_id}
    MOMENTS.insert(db, [moment], more, "ON CONFLICT DO NOTHING")


def list_moments(db: Database, recording_id: str) -> tuple[RecordedMoment, ...]:
    """The marked moments of a recording in time order."""
    return MOMENTS.select(db, "WHERE recording_id = ? ORDER BY at_s", [recording_id])


def add_light(db: Database, recording_id: str, light: LightingChange) -> None:
    """Adds a lighting note that holds from then on."""
    more = {"recording_id": recording_id}
    update = "ON CONFLICT (recording_id, at_s) DO UPDATE SET conditions = excluded.conditions"
    LIGHTS.insert(db, [light], more, update)


def list_lights(db: Database, recording_id: str) -> tuple[LightingChange, ...]:
    """Lighting notes of a recording in time order; empty for an imported one."""
    return LIGHTS.select(db, "WHERE recording_id = ? ORDER BY at_s", [recording_id])


# The clips table (edits): where a recording is cut, and what a person says about each stretch.

CLIPS = RowMapper("clip", Clip, {"camera": NAME, "location": NAME, "conditions": NAMES})


@memoisable
def list_clips(db: Database) -> tuple[Clip, ...]:
    """Every clip: recordings in order of import, clips in time order."""
    rest = "JOIN recording USING (recording_id) ORDER BY recording.import_order, clip.first_index"
    return CLIPS.select(db, rest)


def list_clips_of_recording(db: Database, recording_id: str) -> tuple[Clip, ...]:
    """The clips of one recording in time order."""
    return CLIPS.select(db, "WHERE recording_id = ? ORDER BY first_index", [recording_id])


def put_clips(db: Database, clips: Iterable[Clip]) -> None:
    """The clips that an import found: no act of a person, so nothing to undo. A clip that is there
    already keeps what was said of it."""
    for clip in clips:
        if values_table.get_row(db, make_clip_key(clip.clip_id)) is None:
            values_table.put_row(db, make_clip_row(clip))


def make_clip_row(clip: Clip) -> TableRow:
    """A clip for an edit to put."""
    return CLIPS.make_row(clip)


def make_clip_key(clip_id: str) -> Key:
    """A clip for an edit to delete."""
    return Key("clip", clip_id)
