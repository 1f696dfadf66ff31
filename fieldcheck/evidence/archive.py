"""Archive of a pack: stored files in one layout, written whole or not at all, and taken apart
without trusting anything in it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import PackRefused
from fieldcheck.evidence.signed_seal import SigningKey, make_envelope, make_statement
from fieldcheck.files import map_os_errors, open_atomic
from fieldcheck.progress import Progress
from fieldcheck.verify_pack import (
    FOLDERS,
    KEYS,
    LOG,
    MANIFEST,
    MOST_NAME,
    PACK_PREDICATE,
    PIECE,
    SCHEMA,
    SEAL,
    STATEMENT,
    CheckedPack,
    PackFault,
    check_bytes,
    hash_chain_record,
    is_misplaced,
    iter_file_chunks,
    make_central_header,
    make_end_record,
    make_local_header,
    read_entries,
    to_canonical_json,
)

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
        self._at = 0
        self.sums: dict[str, str] = {}

    def write_file(self, name: str, source: Source) -> None:
        """Add a file. Raises PackRefused (`large`), PathMissing."""
        size, crc, text = 0, 0, hashlib.sha256()
        for piece in _iter_chunks(source):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            text.update(piece)
        raw = name.encode()
        if self._at + size > ROOM or len(self._list) >= MOST_FILES:
            raise PackRefused(self._out, "large", name)
        self._list.append(make_central_header(raw, size, crc, self._at))
        self._write_bytes(make_local_header(raw, size, crc))
        for piece in _iter_chunks(source):
            self._write_bytes(piece)
        self.sums[name] = text.hexdigest()

    def write_end(self) -> None:
        """Add the list of the files, which ends the archive."""
        block, start = b"".join(self._list), self._at
        self._write_bytes(block + make_end_record(len(self._list), len(block), start))

    def _write_bytes(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._at += len(data)


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
            _check_names(read_entries(file))
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


def _check_names(names: Iterable[str]) -> None:
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
