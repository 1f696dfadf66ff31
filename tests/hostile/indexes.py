"""Indexes of recordings as a stranger may have made them: right checksums, wrong fields."""

import json
import shutil
import struct
import zlib
from pathlib import Path

from fieldcheck.footage.recording_index import (
    CHECK,
    HEADER_BYTES,
    MAGIC,
    RECORD,
    RECORD_BYTES,
    TEXT_BYTES,
)
from tests.footage.made_recordings import webcam, write_recording

ID = "a1b2c3d4e5f6"
ABOUT = {
    "source": "http://camera/", "camera": "left", "location": "line 1", "conditions": ["dark"],
    "list_fps": 2.0, "on_grid": True,
}  # fmt: skip
FIELDS = (
    "offset", "length", "flags", "monotonic", "utc", "number", "exposure", "gain", "white",
    "skipped", "check",
)  # fmt: skip
NESTED = (
    "delivery.format", "delivery.width", "delivery.height", "delivery.decoded_from",
    "delivery.setup",
)  # fmt: skip
KEYS = (
    *("recording_id", "delivery", "packing", "first", "segment", "began_ns", "gap", "about"),
    *NESTED,
    *("about.list_fps", "about.conditions", "about.source", "about.camera", "about.taken_at",
      "about.on_grid"),
    *("gap.at_s", "gap.seconds", "gap.cause"),
)  # fmt: skip


def made(folder: Path) -> Path:
    """A recording of two pairs, thirty frames."""
    write_recording(folder, [webcam(index) for index in range(30)], ABOUT, pair_bytes=60_000)
    return folder


def with_header(path: Path, key: str, value: object) -> None:
    """One field of the header changed, its checksum made anew; as much of the text as fits."""
    data = path.read_bytes()
    said = json.loads(data[len(MAGIC) : len(MAGIC) + TEXT_BYTES])
    above, _, name = key.rpartition(".")
    if above == "gap":
        said["gap"] = {"at_s": 1.0, "seconds": 1.0, "cause": "silence"}
    place = said[above] if above else said
    if isinstance(place, dict):  # an earlier change may have put something else there
        place[name] = value
    text = json.dumps(said).encode()[:TEXT_BYTES].ljust(TEXT_BYTES)
    body = MAGIC + text
    path.write_bytes(body + CHECK.pack(zlib.crc32(body)) + data[HEADER_BYTES:])


def with_record(path: Path, place: int, field: str, value: int) -> None:
    """One field of one record changed, as far as its bytes can hold the value."""
    data = bytearray(path.read_bytes())
    at = HEADER_BYTES + place * RECORD_BYTES
    if at + RECORD_BYTES > len(data):
        return
    values = list(RECORD.unpack(data[at : at + RECORD.size]))
    values[FIELDS.index(field)] = float(value) if field in ("exposure", "gain", "white") else value
    try:
        body = RECORD.pack(*values)
    except (struct.error, OverflowError):
        return
    data[at : at + RECORD_BYTES] = body + CHECK.pack(zlib.crc32(body))
    path.write_bytes(bytes(data))


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target
