"""Rows of a project as records of evidence: frames, picks, labels and runs, each as one JSON value in a fixed order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from math import isfinite
from typing import Any

from sqlite_utils import Database

KINDS = {"frame": "frame_id", "pick": "frame_id", "label": "frame_id", "repeat": "repeat_id", "second_look": "subject", "run": "run_id"}
"""Table → its key, in the order of the log."""


def iter_evidence_records(db: Database) -> Iterator[dict[str, Any]]:
    """`kind`, `key` and `body` of every row; of a frame its hash alone, of a run also the hash of all its answers."""
    for kind, key in KINDS.items():
        wanted = "frame_id, sha256" if kind == "frame" else "*"
        cursor = db.execute(f"SELECT {wanted} FROM {kind} ORDER BY {key}")
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            body = {name: _to_plain(value) for name, value in zip(names, row, strict=True)}
            if kind == "run":
                body["answers_sha256"] = _hash_answers(db, str(body[key]))
            yield {"kind": kind, "key": str(body[key]), "body": body}


def _hash_answers(db: Database, run_id: str) -> str:
    digest = hashlib.sha256()
    for table, columns in (("prediction", "subject, n_rows, n_columns, answer, nan"), ("mask", "subject, packed")):
        for row in db.execute(f"SELECT {columns} FROM {table} WHERE run_id = ? ORDER BY subject", [run_id]):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def _to_plain(value: Any) -> Any:
    """Bytes as their hash, and a figure that JSON cannot hold as its text."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return repr(value) if isinstance(value, float) and not isfinite(value) else value
