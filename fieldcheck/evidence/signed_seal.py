"""Seal of a project, and signatures with a person's own Ed25519 key (from `openssl genpkey` or
`ssh-keygen`) as in-toto statements in DSSE envelopes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.project_state import SealRecord, SealState
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import KeyRefused
from fieldcheck.project import criteria
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import project_state as seals_table
from fieldcheck.verify_pack import (
    BASE,
    MOST_SIGNATURES,
    ORDER,
    PAYLOAD_TYPE,
    SEAL_PREDICATE,
    STATEMENT_TYPE,
    Point,
    add_points,
    compress_point,
    encode_for_signing,
    is_valid_signature,
    to_canonical_json,
)

# RFC 8410: what stands before the 32 bytes of an Ed25519 key
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
OPENSSH = b"openssh-key-v1\0"
LARGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. `public` are 32 bytes, `key_id` their SHA-256, by which signatures name it."""

    seed: bytes = field(repr=False)
    public: bytes
    key_id: str


def read_key(path: Path) -> SigningKey:
    """The key in a file, PKCS #8 or OpenSSH, not encrypted. Raises PathMissing, KeyRefused."""
    if not path.is_file():
        raise PathMissing(path)
    if path.stat().st_size > LARGEST:
        raise KeyRefused(path, "format")
    lines = path.read_text(encoding="ascii", errors="replace").split("\n")
    head, body = (
        lines[0].strip(),
        "".join(line.strip() for line in lines[1:] if not line.startswith("-----")),
    )
    if "ENCRYPTED" in head:
        raise KeyRefused(path, "encrypted")
    try:
        data = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise KeyRefused(path, "format") from error
    return make_key(_read_seed(path, head, data))


def make_key(seed: bytes) -> SigningKey:
    """Make a key from 32 random bytes."""
    public = compress_point(_scalar_multiply(_expand_seed(seed)[0], BASE))
    return SigningKey(seed, public, hashlib.sha256(public).hexdigest())


def sign_message(key: SigningKey, message: bytes) -> bytes:
    """Ed25519 signature, 64 bytes; the same message gives the same ones. Source: RFC 8032, section
    5.1.6."""
    secret, prefix = _expand_seed(key.seed)
    nonce = _to_int(prefix + message)
    first = compress_point(_scalar_multiply(nonce, BASE))
    return first + ((nonce + _to_int(first + key.public + message) * secret) % ORDER).to_bytes(
        32, "little"
    )


def _to_int(data: bytes) -> int:
    return int.from_bytes(hashlib.sha512(data).digest(), "little") % ORDER


def _scalar_multiply(times: int, point: Point) -> Point:
    """Multiply a point by a number. The running time depends on the number, so it is not for
    machines whose timing others can measure."""
    total: Point = (0, 1, 1, 0)
    while times:
        total, point, times = (
            add_points(total, point) if times & 1 else total,
            add_points(point, point),
            times >> 1,
        )
    return total


def _expand_seed(seed: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    return int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254, digest[32:]


def _read_seed(path: Path, head: str, data: bytes) -> bytes:
    if head == "-----BEGIN PRIVATE KEY-----":
        if data[: len(PKCS8)] == PKCS8 and len(data) == len(PKCS8) + 32:
            return data[len(PKCS8) :]
        raise KeyRefused(path, "kind")
    if head == "-----BEGIN OPENSSH PRIVATE KEY-----" and data.startswith(OPENSSH):
        return _read_openssh_seed(path, data[len(OPENSSH) :])
    raise KeyRefused(path, "format")


def _read_openssh_seed(path: Path, data: bytes) -> bytes:
    """The private part of OpenSSH's format: cipher, its derivation and its options, the count, the
    public key, and the block of secrets."""
    cipher, data = _split_field(path, data)
    if cipher != b"none":
        raise KeyRefused(path, "encrypted")
    for _ in range(2):
        _, data = _split_field(path, data)
    _, data = _split_field(path, data[4:])
    block, _ = _split_field(path, data)
    kind, rest = _split_field(path, block[8:])
    if kind != b"ssh-ed25519":
        raise KeyRefused(path, "kind")
    _, rest = _split_field(path, rest)
    secret, _ = _split_field(path, rest)
    if len(secret) != 64:
        raise KeyRefused(path, "format")
    return secret[:32]


def _split_field(path: Path, data: bytes) -> tuple[bytes, bytes]:
    """Split a length-prefixed field from the bytes that follow."""
    length = int.from_bytes(data[:4], "big")
    if len(data) < 4 + length or len(data) < 4:
        raise KeyRefused(path, "format")
    return data[4 : 4 + length], data[4 + length :]


# In-toto statements (version 1) in DSSE envelopes, which other tools can verify too.


def make_statement(
    predicate_type: str, subjects: Mapping[str, str], predicate: Mapping[str, Any]
) -> dict[str, Any]:
    """Statement about files or records: `subjects` is name → SHA-256."""
    subjects_document = [
        {"name": name, "digest": {"sha256": digest}} for name, digest in subjects.items()
    ]
    return {
        "_type": STATEMENT_TYPE,
        "subject": subjects_document,
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def make_envelope(statement: Mapping[str, Any], key: SigningKey | None) -> dict[str, Any]:
    """The statement in its envelope, signed where there is a key; without one it holds no
    signature."""
    payload = to_canonical_json(statement)
    signatures = []
    if key is not None:
        text = base64.b64encode(
            sign_message(key, encode_for_signing(PAYLOAD_TYPE, payload))
        ).decode()
        signatures.append({"keyid": key.key_id, "sig": text})
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": signatures,
    }


def get_signed_statement(
    envelope: Mapping[str, Any], public: str, key_id: str, predicate_type: str
) -> dict[str, Any] | None:
    """Return the statement of this kind in an envelope signed by exactly this public key
    (hexadecimal) with this id; None without one."""
    try:
        payload = base64.b64decode(envelope["payload"], validate=True)
        (item,) = envelope["signatures"]
        key, signature = bytes.fromhex(public), base64.b64decode(item["sig"], validate=True)
        named = (
            envelope["payloadType"] == PAYLOAD_TYPE
            and item["keyid"] == key_id == hashlib.sha256(key).hexdigest()
        )
        statement = json.loads(payload)
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    known = (
        named
        and isinstance(statement, dict)
        and (statement.get("_type"), statement.get("predicateType"))
        == (STATEMENT_TYPE, predicate_type)
    )
    return (
        statement
        if known and is_valid_signature(key, encode_for_signing(PAYLOAD_TYPE, payload), signature)
        else None
    )


# Seal of a project: criteria and frame list fixed before the first label, signed with a person's
# own key where there is one.


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
