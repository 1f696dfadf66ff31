"""The clips table (edits): where a recording is cut, and what a person says about each stretch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.recording import Clip
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables import rows
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import from_json, to_json

CLIP_COLUMNS = "clip.clip_id, clip.recording_id, clip.first_index, clip.start_s, clip.camera, clip.location, clip.conditions"


def list_clips(db: Database) -> tuple[Clip, ...]:
    """Every clip: recordings in order of import, clips in time order."""
    found = db.execute(
        f"SELECT {CLIP_COLUMNS} FROM clip JOIN recording USING (recording_id) ORDER BY recording.import_order, clip.first_index"
    )
    return tuple(_parse_clip(row) for row in found)


def list_clips_of_recording(db: Database, recording_id: str) -> tuple[Clip, ...]:
    """The clips of one recording in time order."""
    return tuple(
        _parse_clip(row)
        for row in db.execute(f"SELECT {CLIP_COLUMNS} FROM clip WHERE recording_id = ? ORDER BY first_index", [recording_id])
    )


def put_clips(db: Database, clips: Iterable[Clip]) -> None:
    """The clips that an import found: no act of a person, so nothing to undo. A clip that is there already keeps what was said of it."""
    for clip in clips:
        if rows.get_row(db, make_clip_key(clip.clip_id)) is None:
            rows.put_row(db, make_clip_row(clip))


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


def _parse_clip(found: tuple[Any, ...]) -> Clip:
    return Clip(*(*found[:6], tuple(from_json(found[6], "clip.conditions"))))
