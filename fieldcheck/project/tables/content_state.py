"""State of everything that figures are made from, as one hash: another as soon as any of it is other than it was."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlite_utils import Database

from fieldcheck.project.schema import TABLES
from fieldcheck.project.table import ProjectTable

OF_NO_FIGURE = frozenset(("version", "edit", "edit_row", "label_event", "draft", "chunk", "report"))
"""Tables that no figure reads: the history, how labels were made, what is not accepted yet, and what was written."""
UPDATED = frozenset(("recording", "model", "benchmark", "draw"))
"""Small tables of facts whose rows are looked at themselves."""
NO_ROWID = "WITHOUT ROWID"


def compute_content_state(db: Database, without: Collection[str] = ()) -> str:
    """Hash of the state. Rows that acts change count by what they hold, facts, which are only added to, by how many there are. `without`:
    keys of settings that do not count."""
    told = hashlib.sha256()
    for table in TABLES:
        if table.name not in OF_NO_FIGURE:
            told.update(repr((table.name, _read_table_state(db, table, without))).encode())
    return told.hexdigest()


def _read_table_state(db: Database, table: ProjectTable, without: Collection[str]) -> list[tuple[object, ...]]:
    if table.edited_by or table.changing or table.name in UPDATED:
        rows = db.execute(f"SELECT * FROM {table.name} ORDER BY 1, 2").fetchall()
        return [row for row in rows if table.name != "setting" or row[0] not in without]
    if table.name == "frame":  # which of them show a sensor that stood still is told later
        return db.execute("SELECT count(*), max(rowid), coalesce(sum(frozen), 0) FROM frame").fetchall()
    newest = "0" if NO_ROWID in table.sql else "max(rowid)"
    return db.execute(f"SELECT count(*), {newest} FROM {table.name}").fetchall()
