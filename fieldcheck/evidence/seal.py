"""Seal of a project: criteria and frame list fixed before the first label, signed with a person's
own key where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.project_state import SealRecord, SealState
from fieldcheck.errors.projects import KeyRefused
from fieldcheck.evidence.signing import (
    SigningKey,
    get_signed_statement,
    make_envelope,
    make_statement,
    read_key,
)
from fieldcheck.project import criteria
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import project_state as seals_table
from fieldcheck.verify_pack import MOST_SIGNATURES, SEAL_PREDICATE


def create_seal(project: Project, key: Path | None, now: str) -> SealState:
    """Seal the project where it is not sealed – the first label does so too – and sign the chain.
    An existing seal is never replaced. Raises KeyRefused, also `often`, PathMissing."""
    signer = read_key(key) if key is not None else None

    def seal_and_sign(db: Database) -> SealState | None:
        criteria.add_first_seal(db, now)
        if signer is not None and key is not None:
            _sign_chain(db, signer, key, now)
        return criteria.read_seal_state(db)

    seal_state = project.write(seal_and_sign).result()
    assert seal_state is not None  # Sealed by this call.
    return seal_state


def get_seal_state(project: Project) -> SealState | None:
    """State of the seal; None before anything was sealed."""
    return project.read(criteria.read_seal_state)


def _sign_chain(db: Database, key: SigningKey, path: Path, now: str) -> None:
    """Add a link: an envelope over the hash of the last link and its state. A state that this key
    signed last is not signed again. Raises KeyRefused `often` where a pack could carry no more
    signatures."""
    records = seals_table.list_seals(db)
    if records[-1].kind == "signed" and records[-1].body.get("key_id") == key.key_id:
        return
    if (
        sum(record.kind == "signed" for record in records) >= MOST_SIGNATURES - 1
    ):  # One signature is the pack's own.
        raise KeyRefused(path, "often")
    statement = make_statement(
        SEAL_PREDICATE, {"seal": records[-1].sha256}, criteria.get_newest_state(records)
    )
    body = {
        "envelope": make_envelope(statement, key),
        "key_id": key.key_id,
        "public": key.public.hex(),
        "n_labels": labels_table.count_labels(db),
    }
    seals_table.add_seal(db, "signed", body, now)


def find_wrong_signature(records: tuple[SealRecord, ...]) -> int | None:
    """Number of the first signed link, from 1, whose signature is not by its key or is for another
    chain; None where all are valid."""
    before = ""
    for number, record in enumerate(records, 1):
        if record.kind == "signed" and not _is_signed(record, before):
            return number
        before = record.sha256
    return None


def _is_signed(seal_record: SealRecord, before: str) -> bool:
    """Whether the key named in a link signed the link before it."""
    statement = get_signed_statement(
        seal_record.body.get("envelope", {}),
        str(seal_record.body.get("public", "")),
        str(seal_record.body.get("key_id", "")),
        SEAL_PREDICATE,
    )
    return statement is not None and _get_subject(statement) == before


def _get_subject(statement: dict[str, Any]) -> str:
    try:
        return str(statement["subject"][0]["digest"]["sha256"])
    except (KeyError, IndexError, TypeError):
        return ""
