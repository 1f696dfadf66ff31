"""Packs to test with: taken apart, changed, and made again with the product's own code."""

import json
import sqlite3
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from fieldcheck.evidence.open_pack import list_log_records, list_seal_records
from fieldcheck.evidence.signed_seal import hash_chained_lines, write_pack
from fieldcheck.progress import NullProgress
from fieldcheck.project.repair import open_packed
from fieldcheck.verify_pack import (
    KEYS,
    LOG,
    MANIFEST,
    SEAL,
    STATEMENT,
    make_central_header,
    make_end_record,
    make_local_header,
)

CHAINS = {LOG: b"", SEAL: b""}


def held(pack: Path) -> dict[str, bytes]:
    """The files of a pack, read by somebody else's library."""
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def raw_archive(files: list[tuple[bytes, bytes]], method=0, packed=0, attributes=0) -> bytes:
    """Any files one after the other, as a pack has them, with what its list says of each."""
    body, block = b"", b""
    for raw, data in files:
        listed_as = bytearray(make_central_header(raw, len(data), zlib.crc32(data), len(body)))
        listed_as[10:12] = method.to_bytes(2, "little")
        listed_as[20:24] = (len(data) + packed).to_bytes(4, "little")
        listed_as[38:42] = (attributes << 28).to_bytes(4, "little")
        head = make_local_header(raw, len(data), zlib.crc32(data))
        block, body = (block + listed_as, body + head + data)
    return body + block + make_end_record(len(files), len(block), len(body))


def made_of(
    out: Path, files: Mapping[str, bytes], about: Mapping[str, object] | None = None
) -> Path:
    """A pack of any files, with every hash as the product makes it."""
    write_pack(out, {**CHAINS, **files}, about or {}, None, [], {}, NullProgress())
    return out


def made_again(pack: Path, out: Path, changed: Mapping[str, bytes | None]) -> Path:
    """The pack with some of its files changed, or taken out where they are None, and every hash of
    the archive made again; its chains stay unless they are among them."""
    files = held(pack)
    manifest = json.loads(files[MANIFEST]).items()
    about = {key: value for key, value in manifest if key not in ("schema", "files", "chains")}
    unchanged = {
        name: data for name, data in files.items() if name not in (MANIFEST, STATEMENT, KEYS)
    }
    items = {**unchanged, **changed}.items()
    return made_of(out, {name: data for name, data in items if data is not None}, about)


def laid_out(pack: Path, folder: Path) -> dict[str, bytes]:
    """The files of a pack in a folder, and by their names."""
    files = held(pack)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return files


def recorded(folder: Path) -> dict[str, bytes]:
    """Database of a folder, and the chains that are made of it."""
    with open_packed(folder) as project:
        records = list_log_records(project, json.loads((folder / "summary.json").read_bytes()))
        log = hash_chained_lines(records)
        seal = hash_chained_lines(list_seal_records(project))
    return {"project.db": (folder / "project.db").read_bytes(), LOG: log, SEAL: seal}


def forged(pack: Path, out: Path, folder: Path, *statements: str) -> Path:
    """The pack after its database was changed, with its log and every hash made again."""
    laid_out(pack, folder)
    with sqlite3.connect(folder / "project.db") as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    return made_again(pack, out, recorded(folder))
