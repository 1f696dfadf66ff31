"""The label_event table (facts): how each label was made. Undoing a label adds to it and takes nothing away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label import LabelEvent
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables.values import to_real

LABEL_EVENT_COLUMNS = "frame_id, action, shown, at, seconds, n_keys, n_clicks, loupe_ms, lifted, blind, by_whom, undo_of"


def add_label_events(db: Database, events: Iterable[LabelEvent]) -> None:
    """Append events, in the transaction of the label that they are about."""
    db.conn.executemany(
        f"INSERT INTO label_event ({LABEL_EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.frame_id, one.action, one.shown, one.at, to_real(one.seconds), int(one.n_keys), int(one.n_clicks), int(one.loupe_ms),
                int(one.lifted), int(one.blind), clean_name(one.by), int(one.undo_of),
            )
            for one in events
        ],
    )  # fmt: skip


def list_label_events(db: Database) -> tuple[LabelEvent, ...]:
    """Every event, oldest first."""
    return tuple(_parse_event(row) for row in db.execute(f"SELECT {LABEL_EVENT_COLUMNS} FROM label_event ORDER BY event_id"))


def get_newest_event(db: Database, frame_id: str) -> int:
    """The number of the newest event about a frame, 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(event_id), 0) FROM label_event WHERE frame_id = ?", [frame_id]).fetchone()[0])


def _parse_event(row: tuple[Any, ...]) -> LabelEvent:
    frame_id, action, shown, at, seconds, n_keys, n_clicks, loupe_ms, lifted, blind, by, undo_of = row
    return LabelEvent(frame_id, action, shown, at, seconds, n_keys, n_clicks, loupe_ms, bool(lifted), bool(blind), by, undo_of)
