"""The files that rows own, as the declarations of the tables ask for them."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.project import schema
from fieldcheck.project.tables.values import from_place


def list_owned_rows(db: Database) -> tuple[tuple[str, str, str], ...]:
    """Place in the project, hash, and what is hashed, table by table. Raises UnfitValue for a place that is none inside."""
    found = []
    for table in (table for table in schema.TABLES if table.files):
        cursor = db.execute(table.files)
        what = f"{table.name}.{cursor.description[0][0]}"
        found += [(from_place(where, what), str(sha256), str(of)) for where, sha256, of in cursor]
    return tuple(found)
