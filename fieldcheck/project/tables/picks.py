"""The picks table (edits): the frames to be labelled, in the random order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.pick import Pick
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import from_id, from_place, from_real, to_json, to_real

PICK_COLUMNS = "frame_id, draw_id, stratum, probability, weight, reason, place, file, taken_out"


def list_picks(db: Database) -> tuple[Pick, ...]:
    """Every pick, also those taken out: draw after draw, in the order in which they are shown."""
    return tuple(_parse_pick(row) for row in db.execute(f"SELECT {PICK_COLUMNS} FROM pick ORDER BY draw_id, place, frame_id"))


def get_pick(db: Database, frame_id: str) -> Pick | None:
    """The pick of that frame, None where it was not picked."""
    row = db.execute(f"SELECT {PICK_COLUMNS} FROM pick WHERE frame_id = ?", [frame_id]).fetchone()
    return _parse_pick(row) if row else None


def remove_other_picks(db: Database, frame_ids: Iterable[str]) -> None:
    """Drops every other pick, in a copy of the database that goes to somebody else."""
    db.conn.execute("DELETE FROM pick WHERE frame_id NOT IN (SELECT value FROM json_each(?))", [to_json(sorted(frame_ids))])


def make_pick_row(pick: Pick) -> TableRow:
    """A pick for an edit to put."""
    return TableRow(
        "pick",
        {
            "frame_id": pick.frame_id,
            "draw_id": int(pick.draw_id),
            "stratum": pick.stratum,
            "probability": to_real(pick.probability),
            "weight": float(pick.weight),
            "reason": pick.reason,
            "place": int(pick.place),
            "file": pick.file,
            "taken_out": pick.taken_out,
        },
    )


def make_pick_key(frame_id: str) -> Key:
    """A pick for an edit to delete."""
    return Key("pick", frame_id)


def _parse_pick(found: tuple[Any, ...]) -> Pick:
    frame_id, draw_id, stratum, probability, *rest = found
    pick = Pick(from_id(frame_id, "pick.frame_id"), draw_id, stratum, from_real(probability), *rest)
    from_place(pick.file, "pick.file")
    return pick
