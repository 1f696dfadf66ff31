"""The reserve table (facts): which frames take the place of a pick that is taken out before it is labelled, in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from fieldcheck.project.tables.values import from_json, to_json


def put_reserves(db: Database, draw_id: int, reserves: Mapping[str, Sequence[str]]) -> None:
    """The reserves of each pick of a draw, as drawn from its seed."""
    db.conn.executemany(
        "INSERT INTO reserve (draw_id, frame_id, reserves) VALUES (?, ?, ?)",
        [(int(draw_id), frame_id, to_json(list(others))) for frame_id, others in reserves.items()],
    )


def get_block_reserves(db: Database, draw_id: int, frame_id: str) -> tuple[str, ...]:
    """The frames of the time block that a pick, or one that came in its place, belongs to: the drawn one first, then its reserves in
    order. Only the frame itself where the draw has none."""
    for drawn, text in db.execute("SELECT frame_id, reserves FROM reserve WHERE draw_id = ? ORDER BY frame_id", [int(draw_id)]):
        block = (str(drawn), *(str(name) for name in from_json(text, "reserve.reserves")))
        if frame_id in block:
            return block
    return (frame_id,)
