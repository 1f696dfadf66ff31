"""Projects as a stranger may hand them on: a sound copy with one thing in it changed."""

import re
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fieldcheck.project import migrations

VALUES = {
    "TEXT": (
        "[[[", "", "../../../etc/passwd", "/etc/passwd", "x" * 100_000, "\0a", "null", "[1e400]",
        "{}", "-1",
    ),
    "INTEGER": (-1, 2**63 - 1, 0, 99_999),
    "REAL": (-1.0, 1e308, float("inf"), 0.0),
    "BLOB": (b"", b"x", bytes(1000)),
}  # fmt: skip
STATEMENTS = {
    "view": "ALTER TABLE label RENAME TO was; CREATE VIEW label AS SELECT * FROM was;",
    "trigger": "CREATE TRIGGER gone AFTER INSERT ON edit BEGIN DELETE FROM label; END;",
    "file trigger": "CREATE TRIGGER out AFTER INSERT ON edit BEGIN SELECT writefile('outside', 'x'); END;",
    "virtual": "CREATE VIRTUAL TABLE aside USING fts5(a);",
    "table less": "DROP TABLE tag;",
    "column more": "ALTER TABLE label ADD COLUMN more TEXT;",
    "path of a pick": "UPDATE pick SET file = '../../outside.png';",
    "path of a model": "UPDATE model SET file = '/etc/passwd';",
    "path of a recording": "UPDATE recording SET path = '../..';",
    "id that is a path": (
        "UPDATE frame SET frame_id = '../../outside' WHERE frame_id = (SELECT min(frame_id) "
        "FROM frame);"
    ),
    "path of a benchmark image": "UPDATE benchmark_item SET path = '../../outside.png' WHERE place = 0;",
    "benchmark elsewhere": "UPDATE benchmark SET root = '/proc/self';",
}


def changes(path: Path) -> list[tuple[str, str, object]]:
    """Table, column and value of every change of one value in each table's first row."""
    return list(_changes(path))


def _changes(path: Path) -> Iterator[tuple[str, str, object]]:
    db = sqlite3.connect(path)
    for table in migrations.TABLES:
        if db.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]:
            for _, column, kind, *_ in db.execute(
                "SELECT * FROM pragma_table_info(?)", [table.name]
            ):
                yield from ((table.name, column, value) for value in VALUES[kind])
    db.close()


def change(path: Path, table: str, column: str, value: object) -> None:
    """What SQLite itself refuses stays as it was."""
    db = sqlite3.connect(path)
    keys = db.execute("SELECT name FROM pragma_table_info(?) WHERE pk LIMIT 1", [table])
    key = keys.fetchone()[0]
    try:
        db.execute(
            f"UPDATE {table} SET {column} = ? WHERE {key} = (SELECT min({key}) FROM {table})",
            [value],
        )
        db.commit()
    except (sqlite3.Error, OverflowError):
        db.rollback()
    db.close()


def run(path: Path, statements: str) -> None:
    db = sqlite3.connect(path)
    db.executescript(statements)
    db.close()


ADDED_COLUMN = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+)")


def put_back(path: Path, n: int) -> None:
    """The database as the first `n` steps of its schema leave it."""
    with sqlite3.connect(path) as db:
        for step in reversed(migrations.STEPS[n:]):
            db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [step.name])
            for table, column in reversed(ADDED_COLUMN.findall("; ".join(step.extra_statements))):
                db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
            for table in reversed(step.tables):
                db.execute(f"DROP TABLE {table.name}")
    db.close()


def journal(path: Path, names: Path | None = None) -> Path:
    """A journal as a crash leaves it beside a database, which SQLite goes back to; one that names a
    file makes it delete that file. Source: sqlite.org/fileformat.html, section 3, and
    `readSuperJournal` of pager.c."""
    magic, data = bytes.fromhex("d9d505f920a163d7"), path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    head = (magic + struct.pack(">IIIII", 0, 0, len(data) // size, 512, size)).ljust(512, b"\0")
    name = b"" if names is None else str(names).encode()
    end = (
        struct.pack(">I", (1 << 30) // size + 1)
        + name
        + struct.pack(">II", len(name), sum(name))
        + magic
        if name
        else b""
    )
    made = path.with_name(path.name + "-journal")
    made.write_bytes(head + end)
    return made


def damage_page(path: Path, rng: np.random.Generator) -> None:
    """A page of noise, or one byte of the head."""
    data = bytearray(path.read_bytes())
    if rng.integers(4) == 0:
        data[int(rng.integers(16, 100))] = int(rng.integers(256))
    else:
        at = int(rng.integers(len(data) // 4096)) * 4096
        data[at : at + 4096] = rng.bytes(4096)
    path.write_bytes(bytes(data))


def roots(path: Path) -> dict[str, int]:
    """The first page of every table and index by its name, counted from 1; `sqlite_schema` is the
    one that names the others."""
    db = sqlite3.connect(path)
    rows = db.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage ORDER BY name")
    found = dict(rows)
    db.close()
    return {"sqlite_schema": 1, **found}


def damage_root(path: Path, page: int, rng: np.random.Generator) -> None:
    """Noise in the place of a page."""
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    data[(page - 1) * size : page * size] = rng.bytes(size)
    path.write_bytes(bytes(data))
