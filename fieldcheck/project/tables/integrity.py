"""What SQLite says about the soundness of a database."""

from __future__ import annotations

from sqlite_utils import Database


def quick(db: Database) -> str:
    """The first fault of the pages, empty where there is none."""
    found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if found == "ok" else found


def thorough(db: Database) -> tuple[str, ...]:
    """Every fault of pages and indices, at most 100."""
    found = [str(text) for (text,) in db.execute("PRAGMA integrity_check(100)")]
    return () if found == ["ok"] else tuple(found)
