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


LOOSE = (
    ("frame", "SELECT frame_id FROM frame WHERE recording_id NOT IN (SELECT recording_id FROM recording)"),
    ("captured", "SELECT recording_id FROM captured WHERE recording_id NOT IN (SELECT recording_id FROM recording)"),
    ("clip", "SELECT clip_id FROM clip WHERE recording_id NOT IN (SELECT recording_id FROM recording)"),
    ("pick", "SELECT frame_id FROM pick WHERE frame_id NOT IN (SELECT frame_id FROM frame)"),
    ("label", "SELECT frame_id FROM label WHERE frame_id NOT IN (SELECT frame_id FROM frame)"),
    ("prediction", "SELECT DISTINCT run_id FROM prediction WHERE run_id NOT IN (SELECT run_id FROM run)"),
    ("mask", "SELECT DISTINCT run_id FROM mask WHERE run_id NOT IN (SELECT run_id FROM run)"),
    ("member", "SELECT DISTINCT draw_id FROM member WHERE draw_id NOT IN (SELECT draw_id FROM draw)"),
)


def loose(db: Database) -> tuple[tuple[str, str], ...]:
    """Rows that speak of something that is not there: table and name."""
    return tuple((table, str(name)) for table, question in LOOSE for (name,) in db.execute(question))
