"""The seal table (facts): the chain of what was settled before the first label, and of every change since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.seal import SealKind, SealRecord
from fieldcheck.project.tables.values import from_json
from fieldcheck.sealing.verify_pack import hash_chain_record, to_canonical_json


def add_seal(db: Database, kind: SealKind, body: Mapping[str, Any], at: str) -> SealRecord:
    """One more link at the end of the chain. Nothing is ever taken out of it."""
    last = db.execute("SELECT sha256 FROM seal ORDER BY place DESC LIMIT 1").fetchone()
    sha256 = hash_chain_record(str(last[0]) if last else "", {"at": at, "body": dict(body), "kind": kind})
    db.execute("INSERT INTO seal (at, kind, body, sha256) VALUES (?, ?, ?, ?)", [at, kind, to_canonical_json(dict(body)).decode(), sha256])
    return SealRecord(kind, at, body, sha256)


def list_seals(db: Database) -> tuple[SealRecord, ...]:
    """Every link, oldest first."""
    found = db.execute("SELECT kind, at, body, sha256 FROM seal ORDER BY place")
    return tuple(SealRecord(kind, at, from_json(body, "seal.body"), sha256) for kind, at, body, sha256 in found)


def has_seals(db: Database) -> bool:
    """Whether anything was sealed yet."""
    return db.execute("SELECT 1 FROM seal WHERE kind = 'sealed'").fetchone() is not None
