"""The components table (facts): the parts of a frame's hardness, by name and by the model that was asked."""

from __future__ import annotations

from collections.abc import Mapping

from sqlite_utils import Database

from fieldcheck.project.tables.values import from_real, to_real


def put_component(db: Database, name: str, model_sha256: str, values: Mapping[str, float]) -> None:
    """Values of one component: frame id → value, NaN where there is none. One that is there already stays as it is.

    `model_sha256` is empty for what needs no model.
    """
    db.conn.executemany(
        """INSERT INTO component (name, model_sha256, frame_id, value) VALUES (?, ?, ?, ?)
        ON CONFLICT (name, model_sha256, frame_id) DO NOTHING""",
        [(name, model_sha256, frame_id, to_real(value)) for frame_id, value in values.items()],
    )


def get_component(db: Database, name: str, model_sha256: str) -> dict[str, float]:
    """Values of one component: frame id → value."""
    found = db.execute("SELECT frame_id, value FROM component WHERE name = ? AND model_sha256 = ? ORDER BY frame_id", [name, model_sha256])
    return {str(frame_id): from_real(value) for frame_id, value in found}


def count_component(db: Database, name: str, model_sha256: str) -> int:
    """How many frames one component is there for."""
    return int(db.execute("SELECT count(*) FROM component WHERE name = ? AND model_sha256 = ?", [name, model_sha256]).fetchone()[0])
