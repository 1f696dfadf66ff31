"""What is in an evidence pack, read by the standard library: members, log, database."""

import base64
import json
import re
import sqlite3
import tempfile
import zipfile
from collections import Counter
from functools import partial
from itertools import groupby
from pathlib import Path

from tests.outputs.texts import PROGRAMS, indented, sha256

RECORDS = ("log.jsonl.txt", "project.db.txt")
# letters of a record; of a longer one, such as a whole summary that is stored as a file elsewhere,
# the beginning stands
LONGEST = 4000
CHAINED = re.compile(r'"hash":"[0-9a-f]{64}"')
HELD = re.compile(r"[0-9a-f]{64}")


def members_of(pack: Path, with_log: bool) -> dict[str, str]:
    """`members.txt` and the members that say something, as text."""
    with zipfile.ZipFile(pack) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    hashes = {sha256(data) for data in files.values()}
    members = "".join(f"{name} {kind_of(name, data)}\n" for name, data in files.items())
    texts = {"members.txt": members}
    for name in ("manifest.json", "statement.intoto.jsonl"):
        texts[f"{name}.txt"] = manifest(files[name].decode(), hashes)
    texts["seal.jsonl.txt"] = chained(files["seal.jsonl"].decode())
    texts["log.jsonl.txt"] = (
        chained(files["log.jsonl"].decode()) if with_log else counted(files["log.jsonl"].decode())
    )
    texts["project.db.txt"] = database(files["project.db"], with_log)
    return texts


def sorted_records(text: str) -> str:
    """The records of each part in the order of their text: the order of ids changes with the place
    of a benchmark. Long ones are cut."""
    lines = [line if len(line) <= LONGEST else f"{line[:200]} …" for line in text.splitlines()]
    parts = groupby(lines, key=lambda line: line.startswith(("  ", "{")))
    return "".join(
        f"{line}\n" for records, part in parts for line in (sorted(part) if records else part)
    )


def kind_of(name: str, data: bytes) -> str:
    """The hash of a picture or a model; other members hold moments of the run, or are code."""
    if Path(name).name in PROGRAMS:
        return "a program"
    return sha256(data) if name.endswith((".png", ".onnx", ".avi", ".mp4")) else "-"


def manifest(text: str, hashes: set[str]) -> str:
    """A list of the members, with `right` for the hash of a member and `-` for one of a chain; what
    is packed within is unpacked."""
    document = json.loads(text)
    if "payload" in document:
        document["payload"] = json.loads(base64.b64decode(document["payload"]))
    masked = HELD.sub(lambda found: "right" if found[0] in hashes else "-", json.dumps(document))
    return indented(masked)


def chained(text: str) -> str:
    """Records without the hashes that chain them."""
    return CHAINED.sub('"hash":"-"', text)


def counted(text: str) -> str:
    kinds = Counter(json.loads(line)["kind"] for line in text.splitlines())
    return "".join(f"{kind} {n}\n" for kind, n in sorted(kinds.items()))


def database(data: bytes, with_rows: bool) -> str:
    """Its schema, and how many rows each table has, or the rows themselves."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.db"
        path.write_bytes(data)
        db = sqlite3.connect(path)
        try:
            made = db.execute(
                "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
            ).fetchall()
            lines = [f"version {db.execute('PRAGMA user_version').fetchone()[0]}"]
            lines += [str(sql) for _, _, sql in made if sql and with_rows]
            for name in [name for kind, name, _ in made if kind == "table"]:
                found = db.execute(f'SELECT * FROM "{name}"')
                columns, rows = [column for column, *_ in found.description], found.fetchall()
                lines.append(f"{name}: {len(rows)}")
                told = [" | ".join(map(partial(cell, name), columns, row)) for row in rows]
                lines += [f"  {row}" for row in told] if with_rows else []
        finally:
            db.close()
    return "\n".join(lines) + "\n"


def cell(table: str, column: str, value: object) -> str:
    """A value; the hash that chains a record to the one before holds when both were made."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes {sha256(value)[:16]}"
    return "'-'" if (table, column) == ("seal", "sha256") else repr(value)
