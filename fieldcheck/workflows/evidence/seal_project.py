"""Seal of a project: criteria and list of frames settled before the first label, signed with a person's own key where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.seal import Sealed, SealRecord
from fieldcheck.project import criteria
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import seals as seals_table
from fieldcheck.sealing.signing import SigningKey, read_key
from fieldcheck.sealing.statement import SEAL_PREDICATE, envelope, statement, statement_in


def seal_project(project: Project, key: Path | None, now: str) -> Sealed:
    """Seals what nobody has sealed yet – the first label does so too – and signs the chain as it stands.

    A seal that stands is never made anew. Raises KeyRefused, PathMissing.
    """
    signer = read_key(key) if key is not None else None

    def work(db: Database) -> Sealed | None:
        criteria.seal(db, now)
        if signer is not None:
            _sign(db, signer, now)
        return criteria.sealed(db)

    found = project.write(work).result()
    assert found is not None  # it was sealed just now
    return found


def seal_of(project: Project) -> Sealed | None:
    """State of the seal; None before anything was sealed."""
    return project.read(criteria.sealed)


def _sign(db: Database, key: SigningKey, now: str) -> None:
    """One more link: an envelope over the hash of the last one and what the chain says."""
    records = seals_table.all(db)
    said = statement(SEAL_PREDICATE, {"seal": records[-1].sha256}, criteria.newest_state(records))
    body = {"envelope": envelope(said, key), "key_id": key.key_id, "public": key.public.hex(), "n_labels": labels_table.count(db)}
    seals_table.add(db, "signed", body, now)


def wrong_signature(records: tuple[SealRecord, ...]) -> int | None:
    """Number of the first signed link, from 1, whose signature is not of its key or of another chain; None where all fit."""
    before = ""
    for number, one in enumerate(records, 1):
        if one.kind == "signed":
            said = statement_in(one.body.get("envelope", {}), str(one.body.get("public", "")))
            if said is None or _subject(said) != before:
                return number
        before = one.sha256
    return None


def _subject(said: dict[str, Any]) -> str:
    try:
        return str(said["subject"][0]["digest"]["sha256"])
    except (KeyError, IndexError, TypeError):
        return ""
