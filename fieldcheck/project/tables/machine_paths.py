"""Absolute paths of one computer in a database, shortened before it goes to another: folders of benchmarks, reports, settings and facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlite_utils import Database

from fieldcheck.files import ELSEWHERE, find_path_problem, shorten_path
from fieldcheck.project.tables.values import to_json

ABSOLUTE = re.compile(r"(/|[A-Za-z]:[\\/]|\\\\)[^\n]*[\\/][^\n]*")
"""A folder inside a folder: shorter ones name nobody, and may be something else that begins with a stroke."""


ROOT = "root"  # of a golden set, in its setting


def to_portable_path(text: str) -> str:
    """A path by its last part where it leads out of the folder that it is told of, whether or not it looks like one."""
    if not text or not find_path_problem(text):
        return text
    named = shorten_path(text)
    return ELSEWHERE if find_path_problem(named) else named


def list_image_paths(fact: Any) -> list[str]:
    """Pictures that a fact names, and their folder; a shift of an earlier version listed its outliers as rows."""
    told = fact if isinstance(fact, dict) else {}
    folders = [str(told["folder"])] if "folder" in told else []
    return (
        folders
        + [str(one["picture"]) for one in told.get("sampled", ()) if "picture" in one]
        + [str(row[3]) for row in told.get("outliers", ())]
    )


def list_golden_roots(db: Database) -> list[str]:
    """Folders of golden sets that the settings name, or did before an edit."""
    texts = db.execute("SELECT value FROM setting UNION ALL SELECT before FROM edit_row WHERE kind = 'setting'").fetchall()
    texts += db.execute("SELECT after FROM edit_row WHERE kind = 'setting'").fetchall()
    return [root for (text,) in texts for root in _iter_roots(text)]


def _iter_roots(value: Any) -> Iterator[str]:
    """Texts under the key `root` of a JSON value, at any depth, also where a text in it is JSON."""
    if isinstance(value, str) and value[:1] in ('"', "[", "{"):
        with suppress(ValueError):
            yield from _iter_roots(json.loads(value))
    elif isinstance(value, list):
        for one in value:
            yield from _iter_roots(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from [one] if key == ROOT and isinstance(one, str) else _iter_roots(one)


def replace_machine_paths(db: Database, told: Mapping[str, str]) -> None:
    """Shortens every such path; those of `told` to what stands there. A report's summary, where other texts begin with a stroke, has those
    of `told` alone."""

    def get_short(text: str) -> str:
        return told.get(text) or (shorten_path(text) if ABSOLUTE.fullmatch(text) else text)

    def get_folder(text: str) -> str:
        return told.get(text) or to_portable_path(text)

    def in_summary(text: str) -> str:
        for path, name in told.items():
            text = text.replace(json.dumps(path, ensure_ascii=False), json.dumps(name, ensure_ascii=False))
        return text

    for table, column, found in (
        ("benchmark", "root", get_folder), ("report", "folder", get_folder), ("report", "summary", in_summary),
        ("setting", "value", _map_json_texts(get_short)),
        ("edit_row", "before", _map_json_texts(get_short)), ("edit_row", "after", _map_json_texts(get_short)),
        ("model_fact", "about", _map_json_texts(get_short)),
        ("model_fact", "found", _map_json_texts(get_short)), ("model_fact", "found", _clean_fact),
    ):  # fmt: skip
        only = "AND kind = 'setting'" if table == "edit_row" else ""
        texts = db.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} GLOB '*[/\\]*' {only}").fetchall()
        for (text,) in texts:
            if (named := found(text)) != text:
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
            return [map_value(one) for one in value]
        if isinstance(value, dict):
            return {key: to_portable_path(one) if key == ROOT and isinstance(one, str) else map_value(one) for key, one in value.items()}
        return value

    return map_text


def _clean_fact(text: str) -> str:
    """A fact whose pictures are named as `to_portable_path` names them."""
    fact = json.loads(text)
    if all(to_portable_path(one) == one for one in list_image_paths(fact)):
        return text
    sampled = [{**one, "picture": to_portable_path(str(one.get("picture", "")))} for one in fact.get("sampled", ())]
    rows = [[*row[:3], to_portable_path(str(row[3])), *row[4:]] for row in fact.get("outliers", ())]
    return to_json({**fact, **({"sampled": sampled} if sampled else {}), **({"outliers": rows} if rows else {})})
