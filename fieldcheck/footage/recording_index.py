"""The index of a recording's frames as bytes: a header that says what the frames are, then one
record of fixed size a frame.

`NNN.idx` = 8 bytes of magic, 4 KiB of JSON filled up with spaces, CRC32 of both; then records of 64
bytes, little-endian:

    u64 offset in NNN.frames · u32 length · u32 flags · i64 monotonic ns · i64 UTC ns · u64 number
    by the camera's count ·
    f32 exposure ms · f32 gain · f32 white balance K (NaN: not told) · u32 skipped before it · the
    first 4 bytes of the SHA-256 of
    the frame's bytes · u32 CRC32 of the 60 bytes before

A record that does not agree with its own CRC32 was torn or damaged and counts as absent; its
neighbours stay where they are.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fieldcheck.domain.recording import RecordingGap
from fieldcheck.footage.camera.camera import FrameFormat
from fieldcheck.footage.camera.exposure_control import CameraSettings
from fieldcheck.imaging.codec import MOST_PIXELS
from fieldcheck.imaging.raw import CODEC, OWN_CODING, get_raw_dtype
from fieldcheck.safe_json_yaml import parse_json

MAGIC = b"FCIDX2\r\n"
TEXT_BYTES = 4096
HEADER_BYTES = len(MAGIC) + TEXT_BYTES + 4
RECORD = struct.Struct("<QIIqqQfffII")
CHECK = struct.Struct("<I")
RECORD_BYTES = RECORD.size + CHECK.size
REPEATED, ASKED_FOR, DEPENDENT = 1, 2, 4
NOT_TOLD = CameraSettings()
PACKINGS = OWN_CODING | {CODEC}
TEXT_KEYS = ("source", "camera", "location", "taken_at")
SLOWEST_FPS, FASTEST_FPS = 1e-3, 1e4
MOST_WHOLE = 1 << 62
LONGEST_S = 400 * 86400.0  # Upper limit of one recording.


@dataclass(frozen=True, slots=True)
class ContainerHeader:
    """Container header, true of all frames in one pair of files. `packing` is `jpeg`, `h264`,
    `h265` (the camera's own bytes) or `zstd-rows`.

    `first` is the index in the recording of the pair's first frame. `segment` counts how often the
    recording began anew; `gap` stands in the first pair of such a segment. `began_ns` is the
    monotonic time of the recording's first frame. `about` is what was said of the recording when it
    began: enough to make its row again from the files alone.
    """

    recording_id: str
    delivery: FrameFormat
    packing: str
    first: int
    segment: int
    began_ns: int
    gap: RecordingGap | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameEntry:
    """Position of one stored frame in its file, and when it was captured. `number`: the camera's
    own count since it was opened.

    `check`: `compute_checksum` of the frame's SHA-256. `skipped`: frames before it that arrived but
    could not be stored in time. `repeated`: byte for byte equal to the one before. `asked_for`:
    stored because a person requested this frame. `dependent`: it can only be decoded after the
    frames before it."""

    offset: int
    length: int
    monotonic_ns: int
    utc_ns: int
    number: int
    check: int
    settings: CameraSettings = NOT_TOLD
    skipped: int = 0
    repeated: bool = False
    asked_for: bool = False
    dependent: bool = False


def compute_checksum(sha256: bytes) -> int:
    """Checksum in a record: the part that it keeps of the SHA-256 of its frame's bytes."""
    return int.from_bytes(sha256[:4], "little")


def encode_header(head: ContainerHeader) -> bytes:
    """The header of an index. Raises ValueError where what is said of the recording does not
    fit."""
    text = json.dumps(asdict(head), ensure_ascii=False, sort_keys=True).encode()
    if len(text) > TEXT_BYTES:
        raise ValueError(f"{len(text)} bytes about a recording")
    body = MAGIC + text.ljust(TEXT_BYTES)
    return body + CHECK.pack(zlib.crc32(body))


def decode_header(data: bytes) -> ContainerHeader | None:
    """The header at the beginning of an index; None where it is torn, damaged or none of ours."""
    body, check = data[: HEADER_BYTES - 4], data[HEADER_BYTES - 4 : HEADER_BYTES]
    if (
        len(check) < CHECK.size
        or not body.startswith(MAGIC)
        or CHECK.pack(zlib.crc32(body)) != check
    ):
        return None
    try:
        header = parse_json(body[len(MAGIC) :])
        gap = RecordingGap(**header.pop("gap")) if header["gap"] else None
        head = ContainerHeader(
            delivery=FrameFormat(**header.pop("delivery")), **{**header, "gap": gap}
        )
        return head if _is_valid_header(head) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # a stranger's file may hold any JSON


def _is_valid_header(head: ContainerHeader) -> bool:
    """Whether every field is of its kind and within what a recording of ours can hold. Raises
    ValueError for some that are not."""
    delivery, gap = head.delivery, head.gap
    texts = (
        head.recording_id,
        head.packing,
        delivery.format,
        delivery.decoded_from,
        delivery.setup,
        *([gap.cause] if gap else []),
    )
    wholes = (head.first, head.segment, head.began_ns, delivery.width, delivery.height)
    if not all(isinstance(number, str) for number in texts) or not all(
        type(number) is int and 0 <= number < MOST_WHOLE for number in wholes
    ):
        return False
    if head.packing not in PACKINGS or not (
        delivery.format in OWN_CODING or get_raw_dtype(delivery.format)
    ):
        return False
    if not 0 < delivery.width * delivery.height <= MOST_PIXELS:
        return False
    bytes.fromhex(delivery.setup)
    return _is_valid_metadata(head.about) and (
        gap is None or all(_is_valid_duration(seconds) for seconds in (gap.at_s, gap.seconds))
    )


def _is_valid_metadata(about: object) -> bool:
    """Whether the recording's metadata is valid: texts, a rate, conditions, a flag. Keys of later
    versions may hold any value."""
    if not isinstance(about, Mapping) or not all(
        isinstance(about.get(key, ""), str) for key in TEXT_KEYS
    ):
        return False
    rate, conditions = about.get("list_fps", 1.0), about.get("conditions", [])
    if (
        type(rate) not in (int, float)
        or not SLOWEST_FPS <= rate <= FASTEST_FPS
        or not isinstance(about.get("on_grid", False), bool)
    ):
        return False
    return isinstance(conditions, list) and all(
        isinstance(condition, str) for condition in conditions
    )


def _is_valid_duration(seconds: object) -> bool:
    return type(seconds) in (int, float) and 0 <= float(str(seconds)) <= LONGEST_S


def encode_entry(entry: FrameEntry) -> bytes:
    """One record."""
    set_to = entry.settings
    flags = entry.repeated * REPEATED | entry.asked_for * ASKED_FOR | entry.dependent * DEPENDENT
    body = RECORD.pack(
        entry.offset,
        entry.length,
        flags,
        entry.monotonic_ns,
        entry.utc_ns,
        entry.number,
        _to_stored_float(set_to.exposure_ms),
        _to_stored_float(set_to.gain),
        _to_stored_float(set_to.white_balance_k),
        entry.skipped,
        entry.check,
    )
    return body + CHECK.pack(zlib.crc32(body))


def count_records(data: bytes) -> int:
    """How many whole records an index holds behind its header, sound or not."""
    return max(0, len(data) - HEADER_BYTES) // RECORD_BYTES


def decode_entry(data: bytes, index: int) -> FrameEntry | None:
    """One record of an index, counted from 0; None where it is damaged or not there."""
    position = HEADER_BYTES + index * RECORD_BYTES
    record = data[position : position + RECORD_BYTES] if index >= 0 else b""
    body = record[: RECORD.size]
    if CHECK.pack(zlib.crc32(body)) != record[RECORD.size :]:
        return None
    offset, length, flags, monotonic_ns, utc_ns, number, exposure, gain, white, skipped, check = (
        RECORD.unpack(body)
    )
    settings = CameraSettings(
        _from_stored_float(exposure), _from_stored_float(gain), _from_stored_float(white)
    )
    return FrameEntry(
        offset, length, monotonic_ns, utc_ns, number, check, settings, skipped,
        bool(flags & REPEATED), bool(flags & ASKED_FOR), bool(flags & DEPENDENT),
    )  # fmt: skip


def _to_stored_float(value: float | None) -> float:
    return math.nan if value is None else value


def _from_stored_float(value: float) -> float | None:
    return None if math.isnan(value) else value
