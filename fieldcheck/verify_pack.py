"""Checks evidence packs (.fcpack) of Fieldcheck with Python's standard library alone: python3 -I verify_pack.py PACK.fcpack
It names the first file or record that does not fit. `python3 PACK.fcpack` runs the copy in the pack; run your own where you do not trust the sender.
Exit code 0: everything fits; 1: something does not; 2: no pack was named. `fieldcheck verify` also computes every value again."""

import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", sys.flags.isolated):  # a stranger's json.py may lie beside it
    sys.path[:] = [one for one in sys.path if one not in ("", sys.path[0])]

import base64
import hashlib
import json
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

SCHEMA, STATEMENT_TYPE, PAYLOAD_TYPE = "fieldcheck.pack/1", "https://in-toto.io/Statement/v1", "application/vnd.in-toto+json"
MANIFEST, STATEMENT, LOG, SEAL, KEYS = "manifest.json", "statement.intoto.jsonl", "log.jsonl", "seal.jsonl", "keys.json"
TOP = (MANIFEST, STATEMENT, LOG, SEAL, KEYS, "summary.json", "project.db", "cache.db", "verify_pack.py", "__main__.py", "README.txt", "report.pdf")
CODE = " py pyw pyc pyo pyd so dll dylib exe com scr msi bat cmd ps1 sh bash command js jse vbs vbe wsf wsh hta jar lnk url desktop "
PACK_PREDICATE, SEAL_PREDICATE = "urn:fieldcheck:pack:1", "urn:fieldcheck:seal:1"
PIECE, MOST_TEXT, MOST_NAME, MOST_SIGNATURES, FOLDERS = 1 << 20, 1 << 28, 480, 256, ("frames", "models", "recordings")


class PackFault(Exception):
    """First thing of a pack that does not fit: `record` names it, `what` is a code."""

    def __init__(self, record: str, what: str) -> None:
        super().__init__(record, what)
        self.record, self.what = record, what


class PackEntry(NamedTuple):
    """One file of the archive: its name, size in bytes, CRC-32, and where its bytes begin."""

    name: str
    size: int
    crc: int
    start: int


class CheckedPack(NamedTuple):
    """A pack whose bytes all fit. `log` and `seal` are the records of the two chains, `signers` the ids of the keys that signed it."""

    entries: dict[str, PackEntry]
    manifest: dict[str, Any]
    log: tuple[dict[str, Any], ...]
    seal: tuple[dict[str, Any], ...]
    signers: tuple[str, ...]


def to_canonical_json(value: object) -> bytes:
    """JSON of a value in the one form that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def hash_chain_record(previous: str, record: Mapping[str, Any]) -> str:
    """Hash of a record of a chain, over the hash before it and the record; 64 hexadecimal digits. The first one follows on nothing."""
    return hashlib.sha256(previous.encode() + to_canonical_json(record)).hexdigest()


def make_local_header(name: bytes, size: int, crc: int) -> bytes:
    """Bytes before a file: stored, UTF-8, no date. Every pack is laid out so, and no other layout is taken."""
    return struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0x800, 0, 0, 0x21, crc, size, size, len(name), 0) + name


def make_central_header(name: bytes, size: int, crc: int, start: int) -> bytes:
    """Entry of a file in the list at the end; `start`: where its local header begins."""
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0x800, 0, 0, 0x21, crc, size, size, len(name), 0, 0, 0, 0, 0, start) + name


def make_end_record(number: int, size: int, start: int) -> bytes:
    """Last bytes of the archive: how many files, and where their list begins."""
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, size, start, 0)


def read_entries(file: BinaryIO) -> dict[str, PackEntry]:
    """The files of the archive by name, after a look at every byte that is not theirs. Raises PackFault."""
    first, size = file.read(4), file.seek(0, 2)
    if first != b"PK\3\4":
        raise PackFault("archive", "not_pack")
    file.seek(max(0, size - 22))
    last = file.read(22).ljust(22)
    number, list_size, list_start = struct.unpack("<H2L", last[10:20])
    whole = last == make_end_record(number, list_size, list_start) and list_start + list_size + 22 == size
    if not whole or list_size > number * (46 + MOST_NAME):
        raise PackFault("archive", "end")
    file.seek(list_start)
    found, at = dict[str, PackEntry](), 0
    for name, entry_size, crc, start in _iter_central_entries(file.read(list_size), number):
        header = make_local_header(name.encode(), entry_size, crc)
        file.seek(at)
        if name in found or start != at or file.read(len(header)) != header:
            raise PackFault(name, "duplicate" if name in found else "header")
        found[name] = PackEntry(name, entry_size, crc, at + len(header))
        at += len(header) + entry_size
    if at == list_start:
        return found
    raise PackFault("archive", "header")


def _iter_central_entries(block: bytes, number: int) -> Iterator[tuple[str, int, int, int]]:
    """Name, size, CRC and start of each file in the list at the end."""
    at = 0
    for place in range(number):
        head = block[at : at + 46]
        if len(head) < 46 or head[:4] != b"PK\1\2":
            raise PackFault(f"file {place + 1}", "header")
        _, _, _, _, method, _, _, crc, packed, size, long, _, _, _, _, attributes, start = struct.unpack("<4s6H3L5H2L", head)
        raw = block[at + 46 : at + 46 + long]
        name = raw.decode(errors="replace")
        if name.encode() != raw:
            raise PackFault(f"file {place + 1}", "name")
        if method or packed != size or attributes >> 28 == 0xA:
            raise PackFault(name, "link" if attributes >> 28 == 0xA else "compressed")
        if not block.startswith(make_central_header(raw, size, crc, start), at):
            raise PackFault(name, "header")
        at += 46 + long
        yield name, size, crc, start
    if at != len(block):
        raise PackFault("archive", "header")


def iter_file_chunks(file: BinaryIO, entry: PackEntry) -> Iterator[bytes]:
    """Bytes of one file, a megabyte at a time. Raises PackFault at the end where they do not fit its CRC."""
    file.seek(entry.start)
    left, crc = entry.size, 0
    while left and (piece := file.read(min(PIECE, left))):
        left, crc = left - len(piece), zlib.crc32(piece, crc)
        yield piece
    if left or crc != entry.crc:
        raise PackFault(entry.name, "content")


def read_entry_bytes(file: BinaryIO, entries: Mapping[str, PackEntry], name: str) -> bytes:
    """A file that is read whole. Raises PackFault where it is missing or too large."""
    if name not in entries or entries[name].size > MOST_TEXT:
        raise PackFault(name, "size" if name in entries else "missing")
    return b"".join(iter_file_chunks(file, entries[name]))


def parse_canonical_json(data: bytes, record: str) -> Any:
    """JSON in its canonical form. Raises PackFault for any other."""
    try:
        if to_canonical_json(value := json.loads(data)) == data:
            return value
    except (ValueError, RecursionError):
        raise PackFault(record, "content") from None
    raise PackFault(record, "content")


def read_chain(data: bytes, name: str) -> tuple[list[dict[str, Any]], str]:
    """The records of a chain, a line each, and the hash of the last one. Raises PackFault, which names the first that does not fit."""
    records, previous = list[dict[str, Any]](), ""
    for number, line in enumerate(data.splitlines(), 1):
        one = parse_canonical_json(line, f"{name}:{number}")
        told = one.pop("hash", "") if isinstance(one, dict) else ""
        if not isinstance(one, dict) or told != hash_chain_record(previous, one):
            raise PackFault(f"{name}:{number}", "chain")
        records.append(one)
        previous = told
    return records, previous


def is_misplaced(name: str) -> bool:
    """Whether no file of a pack lies there: in another folder, outside it, or as code, which is the verifier alone."""
    first, *rest = name.split("/")
    wrong = any(part in ("", ".", "..") or part[-1] in " ." or f" {part.lower().rpartition('.')[2]} " in CODE for part in rest)
    hidden = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name)
    return wrong or hidden or first not in (FOLDERS if rest else TOP) or "\\" in name or ":" in name


def check_bytes(file: BinaryIO) -> CheckedPack:
    """Every byte of a pack held against its hashes, its chains and its signatures. Raises PackFault."""
    entries = read_entries(file)
    digests = {name: hashlib.sha256() for name in entries}
    for name, entry in entries.items():
        for piece in iter_file_chunks(file, entry):
            digests[name].update(piece)
    manifest = parse_canonical_json(read_entry_bytes(file, entries, MANIFEST), MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA or not isinstance(manifest.get("files"), dict):
        raise PackFault(MANIFEST, "not_pack")
    told, sums = manifest["files"], {name: digest.hexdigest() for name, digest in digests.items()}
    for name in sorted({*told, *entries, STATEMENT}):
        if name not in entries or (name in told) is (name in (MANIFEST, STATEMENT)) or is_misplaced(name):
            raise PackFault(name, "unknown" if name in entries else "missing")
        if told.get(name, sums[name]) != sums[name]:
            raise PackFault(name, "content")
    chains = {name: read_chain(read_entry_bytes(file, entries, name), name) for name in (LOG, SEAL)}
    if manifest.get("chains") != {name: [len(records), head] for name, (records, head) in chains.items()}:
        raise PackFault(MANIFEST, "chain")
    subjects = [{"name": name, "digest": {"sha256": sums[name]}} for name in sorted(sums) if name != STATEMENT]
    about = {key: manifest[key] for key in manifest if key not in ("schema", "files")}
    own = to_canonical_json({"_type": STATEMENT_TYPE, "subject": subjects, "predicateType": PACK_PREDICATE, "predicate": about})
    statements, keys = read_entry_bytes(file, entries, STATEMENT), parse_canonical_json(read_entry_bytes(file, entries, KEYS), KEYS)
    return CheckedPack(entries, manifest, tuple(chains[LOG][0]), tuple(chains[SEAL][0]), check_statements(statements, keys, own, chains[SEAL][0]))


def check_statements(data: bytes, keys: Mapping[str, str], own: bytes, seal: list[dict[str, Any]]) -> tuple[str, ...]:
    """Ids of the keys that signed the first statement, which is `own`; the others are those of the seal. Raises PackFault for any other."""
    *lines, rest = data.split(b"\n")
    found = [parse_canonical_json(line, f"{STATEMENT}:{number}") for number, line in enumerate(lines, 1)]
    n, signed = 0, [one["body"] for one in seal if one.get("kind") == "signed" and isinstance(one.get("body"), dict)]
    if rest or not found or found[1:] != [body.get("envelope") for body in signed]:
        raise PackFault(STATEMENT, "statement")
    for number, envelope in enumerate(found, 1):
        record = f"{STATEMENT}:{number}"
        try:
            payload, signatures = base64.b64decode(envelope["payload"], validate=True), envelope["signatures"]
            by = [(one["keyid"], bytes.fromhex(keys[one["keyid"]]), base64.b64decode(one["sig"], validate=True)) for one in signatures]
            plain = len(envelope) == 3 and envelope["payloadType"] == PAYLOAD_TYPE and all(len(one) == 2 for one in signatures)
            fit = plain and (payload == own if number == 1 else json.loads(payload)["predicateType"] == SEAL_PREDICATE)
        except (KeyError, TypeError, ValueError, RecursionError):
            raise PackFault(record, "statement") from None
        n, message = n + len(by), encode_for_signing(PAYLOAD_TYPE, payload)
        if not fit or n > MOST_SIGNATURES:
            raise PackFault(record, "statement" if not fit else "signatures")
        if not all(hashlib.sha256(key).hexdigest() == name and is_valid_signature(key, message, signature) for name, key, signature in by):
            raise PackFault(record, "signature")
    return tuple(dict.fromkeys(one["keyid"] for one in found[0]["signatures"]))


def encode_for_signing(payload_type: str, payload: bytes) -> bytes:
    """Bytes that are signed of a DSSE envelope (its pre-authentication encoding, version 1)."""
    return b"DSSEv1 %d %s %d %s" % (len(payload_type.encode()), payload_type.encode(), len(payload), payload)


# Ed25519 (RFC 8032, section 5.1): points in extended coordinates (X, Y, Z, T), x = X / Z, y = Y / Z, x · y = T / Z.
Point = tuple[int, int, int, int]
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add_points(a: Point, b: Point) -> Point:
    """Sum of two points."""
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    r, s = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def compress_point(point: Point) -> bytes:
    """A point in 32 bytes."""
    x, y = (one * pow(point[2], -1, P) % P for one in point[:2])
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decompress_point(data: bytes) -> Point:
    """The point in 32 bytes. Raises ValueError where there is none."""
    sign, y = divmod(int.from_bytes(data[:32], "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or y >= P or x * x % P != square or (not x and sign):
        raise ValueError("no point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decompress_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_valid_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature (64 bytes) of the message is this key's (32 bytes). One of small order, which many fit, has none."""
    try:
        x, y, z, t = key = decompress_point(public)
    except ValueError:
        return False
    many = add_points(four := add_points(two := add_points(key, key), two), four)
    s, nothing = int.from_bytes(signature[32:64], "little"), (0, 1, 1, 0)
    if len(signature) != 64 or s >= ORDER or compress_point(many) == compress_point(nothing):
        return False
    less, times = (P - x, y, z, P - t), int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    steps, total = (nothing, BASE, less, add_points(BASE, less)), nothing
    for place in range(ORDER.bit_length() - 1, -1, -1):
        total = add_points(add_points(total, total), steps[(s >> place & 1) + 2 * (times >> place & 1)])
    return compress_point(total) == signature[:32]


def main(paths: list[str]) -> int:
    """Says of each pack whether it fits. Returns 0, 1 where one does not, 2 without a pack."""
    bad, letters = False, sys.stdout.encoding or "utf-8"
    for path in paths:
        try:
            with open(path, "rb") as file:
                a = check_bytes(file)
            said = f"fits: {len(a.entries)} files, {len(a.log)} records, {len(a.seal)} seals, signed by {', '.join(a.signers) or 'nobody'}"
        except (PackFault, OSError) as fault:
            bad, said = True, f"does not fit: {': '.join(map(str, fault.args))}"
        said = "".join(letter if letter.isprintable() else "?" for letter in said)
        sys.stdout.write(f"{path}: {said}\n".encode(letters, "backslashreplace").decode(letters))
    if not paths:
        sys.stdout.write(f"{__doc__}\n")
    return int(bad) if paths else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
