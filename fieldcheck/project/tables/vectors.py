"""Two tables of the cache: what a model, or the image statistics, made of each frame and benchmark picture, as one vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlite_utils import Database

VECTOR_TABLES = (
    "CREATE TABLE vector_source (key TEXT PRIMARY KEY, tensor TEXT NOT NULL)",
    "CREATE TABLE vector (key TEXT NOT NULL, subject TEXT NOT NULL, figures BLOB NOT NULL, PRIMARY KEY (key, subject)) WITHOUT ROWID",
)


def put_packed_vectors(db: Database, key: str, tensor: str, packed: Mapping[str, bytes]) -> None:
    """Packed vectors by subject, and the tensor they come from, empty for image statistics."""
    db.execute("INSERT OR REPLACE INTO vector_source VALUES (?, ?)", [key, tensor])
    db.conn.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", [(key, subject, figures) for subject, figures in packed.items()])


def get_packed_vectors(db: Database, key: str, subjects: Sequence[str]) -> list[tuple[str, bytes]]:
    """Subject and packed vector of those that have one."""
    marks = ", ".join("?" * len(subjects))
    return db.execute(f"SELECT subject, figures FROM vector WHERE key = ? AND subject IN ({marks})", [key, *subjects]).fetchall()


def get_tensor_source(db: Database, key: str) -> list[str]:
    """The tensor that vectors of this key come from, as a list of one or none."""
    return [tensor for (tensor,) in db.execute("SELECT tensor FROM vector_source WHERE key = ?", [key])]


def remove_vectors(db: Database, subjects: Sequence[str]) -> None:
    """Takes out every vector of these subjects, whatever made it."""
    db.conn.executemany("DELETE FROM vector WHERE subject = ?", [(subject,) for subject in subjects])


def list_packed_vectors(db: Database) -> list[tuple[str, str, str, bytes]]:
    """Key, tensor, subject and packed vector of every one, in a fixed order."""
    return db.execute("SELECT key, tensor, subject, figures FROM vector JOIN vector_source USING (key) ORDER BY key, subject").fetchall()
