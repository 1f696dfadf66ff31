"""Two tables of the cache: one thumbnail and one look a frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlite_utils import Database

PICTURE_TABLES = (
    "CREATE TABLE thumbnail (frame_id TEXT PRIMARY KEY, jpeg BLOB NOT NULL)",
    "CREATE TABLE look (frame_id TEXT PRIMARY KEY, luma BLOB NOT NULL)",
)


def put_pictures(db: Database, entries: Iterable[tuple[str, bytes, bytes | None]]) -> None:
    """Frame id, JPEG thumbnail and packed look, or None for one that is made when somebody asks for it."""
    kept = list(entries)
    db.conn.executemany("INSERT OR REPLACE INTO thumbnail VALUES (?, ?)", [(frame_id, jpeg) for frame_id, jpeg, _ in kept])
    put_packed_looks(db, {frame_id: look for frame_id, _, look in kept if look is not None})


def put_packed_looks(db: Database, looks: Mapping[str, bytes]) -> None:
    """Packed looks by frame id."""
    db.conn.executemany("INSERT OR REPLACE INTO look VALUES (?, ?)", list(looks.items()))


def read_thumbnails(db: Database, frame_ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """Frame id and JPEG of those that have one."""
    return db.execute(f"SELECT frame_id, jpeg FROM thumbnail WHERE frame_id IN ({_make_placeholders(frame_ids)})", frame_ids).fetchall()


def read_looks(db: Database, frame_ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """Frame id and packed look of those that have one."""
    return db.execute(f"SELECT frame_id, luma FROM look WHERE frame_id IN ({_make_placeholders(frame_ids)})", frame_ids).fetchall()


def remove_pictures(db: Database, frame_ids: Sequence[str]) -> None:
    """Drop thumbnails and looks of pictures that are others now: they are made anew when somebody asks."""
    for table in ("thumbnail", "look"):
        db.conn.executemany(f"DELETE FROM {table} WHERE frame_id = ?", [(name,) for name in frame_ids])


def _make_placeholders(names: Sequence[str]) -> str:
    return ", ".join("?" * len(names))
