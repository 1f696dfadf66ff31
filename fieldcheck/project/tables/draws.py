"""The draw tables (facts): every act of choosing, and the place of every listed frame in it.

Whether a draw stands is not stored: it stands as long as picks of it do. So undoing the act that put its picks in place of an
earlier draw's brings the earlier one back by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.pick import Draw, DrawnFrame, Stratum
from fieldcheck.project.tables.values import from_json, from_real, to_json, to_real

DRAW_COLUMNS = "draw_id, design, seed, seed_typed, count, census, strata, components, model_sha256, created, labels_existed"
STANDS = "EXISTS (SELECT 1 FROM pick WHERE pick.draw_id = draw.draw_id)"


def get_next_draw_id(db: Database) -> int:
    """The number of the draw that comes next, from 1."""
    return int(db.execute("SELECT coalesce(max(draw_id), 0) + 1 FROM draw").fetchone()[0])


def put_draw(db: Database, draw: Draw, members: Iterable[DrawnFrame]) -> None:
    """Log a draw with all its members; its picks are put by an edit in the same transaction."""
    strata = to_json([[stratum.name, stratum.listed, stratum.picked] for stratum in draw.strata])
    components = to_json([[name, float(weight)] for name, weight in draw.components])
    values = (
        draw.draw_id, draw.design, int(draw.seed), int(draw.seed_typed), int(draw.count), int(draw.census), strata, components,
        draw.model_sha256, draw.created, int(draw.labels_existed),
    )  # fmt: skip
    db.execute(f"INSERT INTO draw ({DRAW_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    db.conn.executemany(
        "INSERT INTO member (draw_id, frame_id, stratum, hardness) VALUES (?, ?, ?, ?)",
        [(member.draw_id, member.frame_id, member.stratum, to_real(member.hardness)) for member in members],
    )


def list_draws(db: Database) -> tuple[Draw, ...]:
    """Every draw ever made, oldest first."""
    return tuple(_parse_draw(row) for row in db.execute(f"SELECT {DRAW_COLUMNS} FROM draw ORDER BY draw_id"))


def list_current_draws(db: Database) -> tuple[Draw, ...]:
    """The draws whose picks stand, oldest first: none before the first, several where labelled ones were added to."""
    return tuple(_parse_draw(row) for row in db.execute(f"SELECT {DRAW_COLUMNS} FROM draw WHERE {STANDS} ORDER BY draw_id"))


def list_members(db: Database, draw_id: int) -> tuple[DrawnFrame, ...]:
    """Every frame that was listed when the draw was made, by frame id."""
    found = db.execute("SELECT draw_id, frame_id, stratum, hardness FROM member WHERE draw_id = ? ORDER BY frame_id", [draw_id])
    return tuple(DrawnFrame(number, frame_id, stratum, from_real(hardness)) for number, frame_id, stratum, hardness in found)


def _parse_draw(row: tuple[Any, ...]) -> Draw:
    draw_id, design, seed, seed_typed, count, census, strata, components, model_sha256, created, labels_existed = row
    return Draw(
        draw_id, design, seed, bool(seed_typed), count, bool(census),
        tuple(Stratum(*one) for one in from_json(strata, "draw.strata")),
        tuple((name, weight) for name, weight in from_json(components, "draw.components")),
        model_sha256, created, bool(labels_existed),
    )  # fmt: skip
