"""Rows of a database copied or changed as a whole: absolute paths shortened, rows rescued from
damage, one text replaced everywhere."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from fieldcheck.files import ELSEWHERE, find_path_problem, shorten_path
from fieldcheck.project import migrations
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables.values import UnfitValue, from_json, to_json

# Rows out of a damaged database, and into a new one.

JSON_COLUMN = {"setting": "value"}


@dataclass(frozen=True, slots=True)
class SalvagedRows:
    """Rows that could be read of one table; `whole` where that is all of it. Every row has all
    `columns`."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    whole: bool


def list_tables(db: Database) -> tuple[str, ...]:
    """The tables that hold the project's rows."""
    return tuple(
        name
        for kind, name, _, _ in migrations.read_schema(db)
        if kind == "table" and name not in ("_sqlite_migrations", "version")
    )


def read_rows(db: Database, table: str, columns: tuple[str, ...]) -> SalvagedRows:
    """The rows of a table as far as pages can be read: from its beginning up to the first fault,
    and from its end back to the last."""
    order = _list_order_columns(db, table)
    forward, whole = _read_until_fault(
        db, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(order)}"
    )
    if whole:
        return _drop_unreadable(SalvagedRows(table, columns, tuple(forward), True))
    falling = ", ".join(f"{name} DESC" for name in order)
    backward, _ = _read_until_fault(
        db, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {falling}"
    )
    return _drop_unreadable(SalvagedRows(table, columns, (*forward, *reversed(backward)), False))


def restore_rows(db: Database, saved: SalvagedRows) -> int:
    """Put rows where none stands under their key, and return how many fitted."""
    statement = (
        f"INSERT OR IGNORE INTO {saved.table} ({', '.join(saved.columns)}) VALUES "
        f"({', '.join('?' * len(saved.columns))})"
    )
    return sum(_put_if_missing(db, statement, row) for row in saved.rows)


def remove_all_rows(db: Database, table: str) -> None:
    """Takes every row away."""
    db.execute(f"DELETE FROM {table}")


def restore_fitting(db: Database, saved: SalvagedRows, fits: Callable[[Database], bool]) -> int:
    """Put rows where none stands under their key, without those after which `fits(db)` is no longer
    so; how many came in. They are halved until each that is to blame stands alone."""
    if not saved.rows:
        return 0
    db.execute("SAVEPOINT part")
    n = restore_rows(db, saved)
    good = fits(db)
    if not good:
        db.execute("ROLLBACK TO part")
    db.execute("RELEASE part")
    if good or len(saved.rows) == 1:
        return n if good else 0
    half = len(saved.rows) // 2
    return sum(
        restore_fitting(db, replace(saved, rows=some), fits)
        for some in (saved.rows[:half], saved.rows[half:])
    )


def _put_if_missing(db: Database, statement: str, row: tuple[object, ...]) -> int:
    try:
        return db.conn.execute(statement, row).rowcount
    except (sqlite3.IntegrityError, sqlite3.InterfaceError):
        return 0  # a fault that the page check missed left a value that cannot be one of ours


def _list_order_columns(db: Database, table: str) -> list[str]:
    """The columns by which the table lies on disk."""
    text = next(
        sql
        for kind, name, _, sql in migrations.read_schema(db)
        if kind == "table" and name == table
    )
    if "WITHOUT ROWID" not in text:
        return ["rowid"]
    return [
        str(name)
        for (name,) in db.execute(
            "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", [table]
        )
    ]


def _read_until_fault(db: Database, question: str) -> tuple[list[tuple[object, ...]], bool]:
    rows: list[tuple[object, ...]] = []
    try:
        for row in db.conn.execute(question):
            rows.append(row)  # one by one: what came before a fault is kept
    except sqlite3.DatabaseError:
        return rows, False
    return rows, True


def _drop_unreadable(saved: SalvagedRows) -> SalvagedRows:
    """Without rows whose value is no JSON: the page is sound, and nobody can read what stands on
    it."""
    name = JSON_COLUMN.get(saved.table)
    if name is None:
        return saved
    index = saved.columns.index(name)
    rows = tuple(row for row in saved.rows if _is_json(row[index]))
    return replace(saved, rows=rows, whole=saved.whole and len(rows) == len(saved.rows))


def _is_json(value: object) -> bool:
    try:
        from_json(str(value), "")
    except UnfitValue:
        return False
    return True


# One text in the place of another, in every row of a database, so that nothing of the old one stays
# in its file.

NAME_QUERIES = (
    "SELECT source FROM recording", "SELECT camera FROM recording", "SELECT camera FROM clip",
)  # fmt: skip


@memoisable
def list_camera_texts(db: Database) -> frozenset[str]:
    """Every text that was stored as the source or the name of a camera."""
    return frozenset(str(text) for question in NAME_QUERIES for (text,) in db.execute(question))


def replace_texts(db: Database, forms: Mapping[str, str]) -> None:
    """Puts new texts for old ones, the first of `forms` first, and makes the file anew: what was
    deleted is overwritten.

    `db` writes and has no transaction open.
    """
    db.execute("PRAGMA secure_delete = ON")
    with db.atomic():
        for table in list_tables(db):
            for column in migrations.list_columns(db, table):
                for old, new in forms.items():
                    db.execute(
                        (
                            f"UPDATE {table} SET {column} = replace({column}, ?, ?) WHERE "
                            f"typeof({column}) = 'text' AND instr({column}, ?)"
                        ),
                        [old, new, old],
                    )
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def set_sha256(db: Database, recording_id: str, sha256: str) -> None:
    """The hash of a recording whose files were made anew."""
    db.execute("UPDATE recording SET sha256 = ? WHERE recording_id = ?", [sha256, recording_id])


ABSOLUTE = re.compile(r"(/|[A-Za-z]:[\\/]|\\\\)[^\n]*[\\/][^\n]*")
"""A folder inside a folder: shorter ones name nobody, and may be something else that begins with a
stroke."""


ROOT = "root"  # of a golden set, in its setting


def to_portable_path(text: str) -> str:
    """Return the last part of a path that leads out of its folder, whether or not it looks
    absolute."""
    if not text or not find_path_problem(text):
        return text
    named = shorten_path(text)
    return ELSEWHERE if find_path_problem(named) else named


def list_image_paths(fact: Any) -> list[str]:
    """Pictures that a fact names, and their folder; a shift of an earlier version listed its
    outliers as rows."""
    document = fact if isinstance(fact, dict) else {}
    folders = [str(document["folder"])] if "folder" in document else []
    return (
        folders
        + [str(entry["picture"]) for entry in document.get("sampled", ()) if "picture" in entry]
        + [str(row[3]) for row in document.get("outliers", ())]
    )


def list_golden_roots(db: Database) -> list[str]:
    """Folders of golden sets that the settings name, or did before an edit."""
    texts = db.execute(
        "SELECT value FROM setting UNION ALL SELECT before FROM edit_row WHERE kind = 'setting'"
    ).fetchall()
    texts += db.execute("SELECT after FROM edit_row WHERE kind = 'setting'").fetchall()
    return [root for (text,) in texts for root in _iter_roots(text)]


def _iter_roots(value: Any) -> Iterator[str]:
    """Texts under the key `root` of a JSON value, at any depth, also where a text in it is JSON."""
    if isinstance(value, str) and value[:1] in ('"', "[", "{"):
        with suppress(ValueError):
            yield from _iter_roots(json.loads(value))
    elif isinstance(value, list):
        for item in value:
            yield from _iter_roots(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from [item] if key == ROOT and isinstance(item, str) else _iter_roots(item)


def replace_machine_paths(db: Database, passwords: Mapping[str, str]) -> None:
    """Shortens every such path; those of `passwords` to what stands there. A report's summary,
    where other texts begin with a stroke, has those of `passwords` alone."""

    def get_short(text: str) -> str:
        return passwords.get(text) or (shorten_path(text) if ABSOLUTE.fullmatch(text) else text)

    def get_folder(text: str) -> str:
        return passwords.get(text) or to_portable_path(text)

    def in_summary(text: str) -> str:
        for path, name in passwords.items():
            text = text.replace(
                json.dumps(path, ensure_ascii=False), json.dumps(name, ensure_ascii=False)
            )
        return text

    for table, column, shorten in (
        ("benchmark", "root", get_folder),
        ("report", "folder", get_folder),
        ("report", "summary", in_summary),
        ("setting", "value", _map_json_texts(get_short)),
        ("edit_row", "before", _map_json_texts(get_short)),
        ("edit_row", "after", _map_json_texts(get_short)),
        ("model_fact", "about", _map_json_texts(get_short)),
        ("model_fact", "found", _map_json_texts(get_short)),
        ("model_fact", "found", _clean_fact),
    ):
        only = "AND kind = 'setting'" if table == "edit_row" else ""
        texts = db.execute(
            f"SELECT DISTINCT {column} FROM {table} WHERE {column} GLOB '*[/\\]*' {only}"
        ).fetchall()
        for (text,) in texts:
            if (named := shorten(text)) != text:
                db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [named, text])


def _map_json_texts(short: Callable[[str], str]) -> Callable[[str], str]:
    """The same for every text in a JSON document, also where that is a text in another one."""

    def map_text(text: str) -> str:
        if text[:1] not in ('"', "[", "{"):
            return short(text)
        try:
            value = json.loads(text)
        except ValueError:
            return text
        named = map_value(value)
        return text if named == value else to_json(named)

    def map_value(value: Any) -> Any:
        if isinstance(value, str):
            return map_text(value)
        if isinstance(value, list):
            return [map_value(item) for item in value]
        if isinstance(value, dict):
            return {
                key: to_portable_path(item)
                if key == ROOT and isinstance(item, str)
                else map_value(item)
                for key, item in value.items()
            }
        return value

    return map_text


def _clean_fact(text: str) -> str:
    """A fact whose pictures are named as `to_portable_path` names them."""
    fact = json.loads(text)
    if all(to_portable_path(image_path) == image_path for image_path in list_image_paths(fact)):
        return text
    sampled = [
        {**entry, "picture": to_portable_path(str(entry.get("picture", "")))}
        for entry in fact.get("sampled", ())
    ]
    rows = [[*row[:3], to_portable_path(str(row[3])), *row[4:]] for row in fact.get("outliers", ())]
    return to_json(
        {
            **fact,
            **({"sampled": sampled} if sampled else {}),
            **({"outliers": rows} if rows else {}),
        }
    )
