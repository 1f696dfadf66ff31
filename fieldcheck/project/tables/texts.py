"""One text in the place of another, in every row of a database, so that nothing of the old one stays in its file."""

from __future__ import annotations

from collections.abc import Mapping

from sqlite_utils import Database

from fieldcheck.project import schema
from fieldcheck.project.tables import salvage

TOLD = (
    "SELECT source FROM recording", "SELECT camera FROM recording", "SELECT camera FROM clip",
)  # fmt: skip


def list_camera_texts(db: Database) -> frozenset[str]:
    """Every text that was stored as the source or the name of a camera."""
    return frozenset(str(said) for question in TOLD for (said,) in db.execute(question))


def replace_texts(db: Database, forms: Mapping[str, str]) -> None:
    """Puts new texts for old ones, the first of `forms` first, and makes the file anew: what was deleted is overwritten.

    `db` writes and has no transaction open.
    """
    db.execute("PRAGMA secure_delete = ON")
    with db.atomic():
        for table in salvage.list_tables(db):
            for column in schema.list_columns(db, table):
                for old, new in forms.items():
                    db.execute(
                        f"UPDATE {table} SET {column} = replace({column}, ?, ?) WHERE typeof({column}) = 'text' AND instr({column}, ?)",
                        [old, new, old],
                    )
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def set_sha256(db: Database, recording_id: str, sha256: str) -> None:
    """The hash of a recording whose files were made anew."""
    db.execute("UPDATE recording SET sha256 = ? WHERE recording_id = ?", [sha256, recording_id])
