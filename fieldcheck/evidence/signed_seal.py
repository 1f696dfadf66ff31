"""Seal of a project, and signatures with a person's own Ed25519 key (from `openssl genpkey` or
`ssh-keygen`) as in-toto statements in DSSE envelopes; and the archive of a pack: stored files in
one layout, written whole or not at all, and taken apart without trusting anything in it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlite_utils import Database

from fieldcheck.domain.project_state import SealRecord, SealState
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import KeyRefused, PackRefused
from fieldcheck.files import map_os_errors, open_atomic
from fieldcheck.progress import Progress
from fieldcheck.project import criteria
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import project_state as seals_table
from fieldcheck.verify_pack import (
    BASE,
    FOLDERS,
    KEYS,
    LOG,
    MANIFEST,
    MOST_NAME,
    MOST_SIGNATURES,
    ORDER,
    PACK_PREDICATE,
    PAYLOAD_TYPE,
    PIECE,
    SCHEMA,
    SEAL,
    SEAL_PREDICATE,
    STATEMENT,
    STATEMENT_TYPE,
    CheckedPack,
    PackFault,
    Point,
    add_points,
    check_bytes,
    compress_point,
    encode_for_signing,
    hash_chain_record,
    is_misplaced,
    is_valid_signature,
    iter_file_chunks,
    make_central_header,
    make_end_record,
    make_local_header,
    read_entries,
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
    has_type = (
        named
        and isinstance(statement, dict)
        and (statement.get("_type"), statement.get("predicateType"))
        == (STATEMENT_TYPE, predicate_type)
    )
    return (
        statement
        if has_type
        and is_valid_signature(key, encode_for_signing(PAYLOAD_TYPE, payload), signature)
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


Source = Path | bytes
ROOM = (1 << 32) - (1 << 22)  # bytes of a whole pack: the plain layout holds no more
MOST_FILES, DEEPEST = 60_000, 32
RESERVED = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{name}{number}" for name in ("COM", "LPT") for number in range(1, 10)),
}


def hash_chained_lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    """A chain of records, a line each, every one with the hash over itself and the one before."""
    lines, previous = [], ""
    for record in records:
        previous = hash_chain_record(previous, record)
        lines.append(to_canonical_json({**record, "hash": previous}))
    return b"".join(line + b"\n" for line in lines)


def write_pack(
    out: Path,
    files: Mapping[str, Source],
    about: Mapping[str, Any],
    key: SigningKey | None,
    seals: Iterable[Mapping[str, Any]],
    keys: Mapping[str, str],
    progress: Progress,
) -> str:
    """Writes the files with manifest, keys and statements; returns the SHA-256 of the pack. `files`
    holds both chains; `seals` are envelopes of the seal, `keys` the public keys (id → hexadecimal)
    that signed them; `key` signs the pack. `about` goes into the manifest.

    Raises PackRefused (`large`), PathMissing, DiskFull, ReadOnlyPlace, Cancelled.
    """
    signed_by = {**keys, **({key.key_id: key.public.hex()} if key else {})}
    content = {**files, KEYS: to_canonical_json(signed_by)}
    digest = hashlib.sha256()
    with open_atomic(out) as file:
        writer = PackWriter(out, file, digest)
        for done, (name, source) in enumerate(content.items()):
            progress.check()
            progress.report(done, len(content), "files")
            writer.write_file(name, source)
        chains = {name: _get_chain_end(content[name]) for name in (LOG, SEAL)}
        manifest = to_canonical_json(
            {**about, "schema": SCHEMA, "files": writer.sums, "chains": chains}
        )
        writer.write_file(MANIFEST, manifest)
        sums = {name: writer.sums[name] for name in sorted(writer.sums)}
        own = make_envelope(make_statement(PACK_PREDICATE, sums, {**about, "chains": chains}), key)
        writer.write_file(
            STATEMENT, b"".join(to_canonical_json(seal) + b"\n" for seal in (own, *seals))
        )
        writer.write_end()
    return digest.hexdigest()


def _get_chain_end(data: Source) -> list[Any]:
    lines = data.splitlines() if isinstance(data, bytes) else []
    return [len(lines), json.loads(lines[-1])["hash"] if lines else ""]


class PackWriter:
    """An archive of stored files as it grows in `file`; `out` is its name in errors. `sums`:
    SHA-256 of each file so far."""

    def __init__(self, out: Path, file: BinaryIO, digest: Any) -> None:
        self._out, self._file, self._digest = out, file, digest
        self._list: list[bytes] = []
        self._position = 0
        self.sums: dict[str, str] = {}

    def write_file(self, name: str, source: Source) -> None:
        """Add a file. Raises PackRefused (`large`), PathMissing."""
        size, crc, text = 0, 0, hashlib.sha256()
        for piece in _iter_chunks(source):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            text.update(piece)
        raw = name.encode()
        if self._position + size > ROOM or len(self._list) >= MOST_FILES:
            raise PackRefused(self._out, "large", name)
        self._list.append(make_central_header(raw, size, crc, self._position))
        self._write_bytes(make_local_header(raw, size, crc))
        for piece in _iter_chunks(source):
            self._write_bytes(piece)
        self.sums[name] = text.hexdigest()

    def write_end(self) -> None:
        """Add the list of the files, which ends the archive."""
        block, start = b"".join(self._list), self._position
        self._write_bytes(block + make_end_record(len(self._list), len(block), start))

    def _write_bytes(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._position += len(data)


def _iter_chunks(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    try:
        with source.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except FileNotFoundError:
        raise PathMissing(source) from None


def check_pack(path: Path) -> CheckedPack:
    """Check every name and every byte of the pack at `path`. Raises PathMissing, PackFault;
    PackRefused where it is not a pack."""
    if not path.is_file():
        raise PathMissing(path)
    with path.open("rb") as file:
        try:
            check_names(read_entries(file))
            file.seek(0)
            return check_bytes(file)
        except PackFault as fault:
            if fault.what == "not_pack":
                raise PackRefused(path, "not_pack", fault.record) from fault
            raise


def unpack_archive(path: Path, target: Path, progress: Progress) -> CheckedPack:
    """Unpack a pack into `target`, an empty folder; every byte is checked before anything is
    written, and nothing is written elsewhere. Raises PackFault, PackRefused, PathMissing, DiskFull,
    Cancelled."""
    entries = check_pack(path)
    with path.open("rb") as file:
        for done, (name, entry) in enumerate(entries.entries.items()):
            progress.check()
            progress.report(done, len(entries.entries), "files")
            destination = target.joinpath(*name.split("/"))
            with map_os_errors(destination):
                destination.parent.mkdir(parents=True, exist_ok=True)
                with destination.open("xb") as out:
                    for piece in iter_file_chunks(file, entry):
                        out.write(piece)
    return entries


def check_names_to_pack(out: Path, names: Iterable[str]) -> None:
    """Raises PackRefused (`unfit`, `alike`) for the first name that a reader of the pack `out`
    would refuse."""
    try:
        check_names(names)
    except PackFault as fault:
        code = "alike" if fault.what == "duplicate" else "unfit"
        raise PackRefused(out, code, fault.record) from fault


def check_names(names: Iterable[str]) -> None:
    """Raises PackFault for a name that leads elsewhere, that equals another on some file systems,
    or that is not in a folder of the pack's layout."""
    files, above = set[str](), set(FOLDERS)
    for name in names:
        if problem := find_name_problem(name):
            raise PackFault(name, problem)
        same = unicodedata.normalize("NFC", name).casefold()
        if same in files or same in above:
            raise PackFault(name, "duplicate")
        parents = {same[:index] for index, letter in enumerate(same) if letter == "/"}
        if parents & files:
            raise PackFault(name, "duplicate")
        if is_misplaced(name):
            raise PackFault(name, "unknown")
        files.add(same)
        above |= parents


def find_name_problem(name: str) -> str:
    """Return the code of why a file name is not allowed in a pack; empty where it is allowed."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name:
        return "absolute"
    if ".." in parts:
        return "outside"
    if (
        any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name)
        or len(name.encode()) > MOST_NAME
        or len(parts) > DEEPEST
    ):
        return "name"
    wrong = any(
        part in ("", ".") or part[-1] in " ." or part.split(".")[0].upper() in RESERVED
        for part in parts
    )
    return "name" if wrong else ""
