import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.recording import RecordingGap
from fieldcheck.footage.camera.camera import CameraSettings, FrameFormat
from fieldcheck.footage.recording_index import (
    HEADER_BYTES,
    MAGIC,
    RECORD_BYTES,
    TEXT_BYTES,
    ContainerHeader,
    FrameEntry,
    count_records,
    decode_entry,
    decode_header,
    encode_entry,
    encode_header,
)

HEAD = ContainerHeader(
    "a1b2c3", FrameFormat("bayer_rg8", 1920, 1080), "zstd-rows", 300, 1, 77,
    RecordingGap(30.5, 2.25, "silence"), {"camera": "Prüfung ✓"},
)  # fmt: skip
SINGLE = st.one_of(st.none(), st.floats(0, 1000, width=32))
WHOLE = st.integers(0, 2**32 - 1)
BIG = st.integers(0, 2**62)
ENTRIES = st.builds(
    FrameEntry, BIG, WHOLE, BIG, BIG, BIG, WHOLE, st.builds(CameraSettings, SINGLE, SINGLE, SINGLE),
    WHOLE, st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip


@given(st.lists(ENTRIES, max_size=4))
def test_records_come_back_as_they_were(entries):
    data = encode_header(HEAD) + b"".join(map(encode_entry, entries))
    assert len(data) == HEADER_BYTES + RECORD_BYTES * len(entries)
    assert decode_header(data) == HEAD
    assert [decode_entry(data, place) for place in range(count_records(data))] == entries


@given(ENTRIES, st.integers(0, RECORD_BYTES * 8 - 1))
def test_one_flipped_bit_is_found_wherever_it_is(entry, bit):
    damaged = bytearray(encode_header(HEAD) + encode_entry(entry) * 3)
    damaged[HEADER_BYTES + RECORD_BYTES + bit // 8] ^= 1 << bit % 8
    assert [decode_entry(bytes(damaged), place) for place in range(3)] == [entry, None, entry]


@given(st.integers(0, HEADER_BYTES * 8 - 1))
def test_a_damaged_header_is_no_header(bit):
    damaged = bytearray(encode_header(HEAD))
    damaged[bit // 8] ^= 1 << bit % 8
    assert decode_header(bytes(damaged)) is None


@pytest.mark.parametrize("length", [0, 5, HEADER_BYTES - 1])
def test_a_torn_header_is_no_header(length):
    assert decode_header(encode_header(HEAD)[:length]) is None
    assert count_records(encode_header(HEAD)[:length]) == 0


@pytest.mark.parametrize("text", [
    "7", "[]", "{}", '{"gap": null, "delivery": 3}', '{"gap": null, "delivery": {}, "more": 1}',
    "no JSON",
])  # fmt: skip
def test_any_other_json_behind_a_right_checksum_is_no_header(text):
    import zlib

    body = MAGIC + text.encode().ljust(TEXT_BYTES)
    assert decode_header(body + zlib.crc32(body).to_bytes(4, "little")) is None


def test_more_than_fits_is_refused_before_anything_is_written():
    with pytest.raises(ValueError, match="about a recording"):
        encode_header(dataclasses.replace(HEAD, about={"location": "x" * TEXT_BYTES}))


def test_the_header_can_be_read_by_a_person():
    said = json.loads(encode_header(HEAD)[len(MAGIC) :].rstrip(b"\0")[:TEXT_BYTES])
    assert said["about"] == {"camera": "Prüfung ✓"}
    assert said["gap"] == {"at_s": 30.5, "seconds": 2.25, "cause": "silence"}


def test_there_is_no_record_before_the_first_and_after_the_last():
    data = encode_header(HEAD) + encode_entry(FrameEntry(0, 1, 2, 3, 4, 5))
    assert decode_entry(data, -1) is None
    assert decode_entry(data, 1) is None


@pytest.mark.parametrize("changed", [
    {"packing": "mp4"}, {"delivery": FrameFormat("yuv9", 64, 48)},
    {"delivery": FrameFormat("rgb8", 2**20, 2**20)},
    {"delivery": FrameFormat("rgb8", 64, 48, "", "no hex")}, {"first": -1}, {"segment": True},
    {"gap": RecordingGap(-1.0, 2.0, "silence")}, {"about": {"camera": 7}},
    {"about": {"list_fps": "2"}}, {"about": {"on_grid": "yes"}},
    {"about": {"conditions": "dark"}}, {"about": ["dark"]},
], ids=repr)  # fmt: skip
def test_a_header_that_no_recorder_wrote_is_none_of_ours(changed):
    assert decode_header(encode_header(dataclasses.replace(HEAD, **changed))) is None
