import dataclasses
import errno
import hashlib
import itertools
import json
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.domain.recording import RecordingGap
from fieldcheck.errors.files import DiskFull, PathMissing, VideoUnreadable
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.footage import recording_container
from fieldcheck.footage.camera.camera import FrameFormat
from fieldcheck.footage.camera.exposure_control import CameraSettings
from fieldcheck.footage.recording_container import (
    RecordedCamera,
    RecordedFootage,
    RecordingReader,
    RecordingWriter,
    compute_recording_sha256,
    find_index_fault,
    pack_frame,
    read_recorded_frame,
)
from fieldcheck.footage.recording_index import (
    HEADER_BYTES,
    MAGIC,
    RECORD_BYTES,
    TEXT_BYTES,
    ContainerHeader,
    FrameEntry,
    compute_checksum,
    count_records,
    decode_entry,
    decode_header,
    encode_entry,
    encode_header,
)
from fieldcheck.imaging.raw import decode_raw
from tests.footage import made
from tests.footage.coded_stream import coded
from tests.footage.made_recordings import START, sensor, webcam, write_recording
from tests.footage.test_recorder import pushed
from tests.hostile import indexes

WEBCAM = [webcam(index) for index in range(12)]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a1b2c3"


def readable(folder):
    """The index of every frame that can be read, with its bytes."""
    found = {}
    with RecordingReader(folder) as reader:
        for index in range(len(reader)):
            try:
                found[index] = reader.read_raw(index).encoded
            except VideoUnreadable:
                continue
    return found


def test_every_byte_of_a_cameras_jpegs_is_stored_and_nothing_else(folder):
    write_recording(folder, WEBCAM)
    assert (folder / "000.frames").read_bytes() == b"".join(frame.raw.encoded for frame in WEBCAM)
    assert readable(folder) == {frame.index: frame.raw.encoded for frame in WEBCAM}


def test_players_open_the_frames_of_a_webcam_as_a_video(folder, tmp_path):
    write_recording(folder, WEBCAM)
    film = str((folder / "000.frames").rename(tmp_path / "film.mjpeg"))
    capture = cv2.VideoCapture(film, cv2.CAP_FFMPEG)
    numbers = [made.number_of(capture.read()[1][..., ::-1]) for _ in WEBCAM]
    assert numbers == list(range(12))


@pytest.mark.parametrize("pixel_format", ["bayer_rg8", "mono8"])
def test_pixels_come_back_as_the_sensor_gave_them(folder, pixel_format):
    frames = [sensor(index, pixel_format=pixel_format) for index in range(5)]
    write_recording(folder, frames)
    with RecordingReader(folder) as reader:
        for index in (4, 0, 2):
            raw = reader.read_raw(index)
            assert raw.format == pixel_format
            assert np.array_equal(raw.pixels, frames[index].raw.pixels)


def test_true_times_numbers_and_settings_are_kept(folder):
    frames = [webcam(index, exposure=4.5) for index in (0, 1, 5, 6)]
    write_recording(folder, frames)
    with RecordingReader(folder) as reader:
        entries = [entry for _, entry in reader.iter_entries()]
        assert [entry.number for entry in entries] == [0, 1, 5, 6]
        assert [entry.utc_ns for entry in entries] == [frame.utc_ns for frame in frames]
        assert [entry.monotonic_ns for entry in entries] == [frame.monotonic_ns for frame in frames]
        assert entries[0].settings == CameraSettings(exposure_ms=4.5, gain=2.0)
        assert [reader.get_time_s(index) for index in range(4)] == pytest.approx([0, 0.1, 0.5, 0.6])


def test_a_new_pair_begins_when_one_is_full_and_frames_are_found_across_them(folder):
    size = len(WEBCAM[0].raw.encoded)
    write_recording(folder, WEBCAM, pair_bytes=3 * size + size // 2)
    assert len(list(folder.glob("*.frames"))) > 3
    with RecordingReader(folder) as reader:
        assert len(reader) == 12
        assert [head.segment for head in reader.headers] == [0] * len(reader.headers)
        actual = [made.number_of(container_rgb(reader, index)) for index in (11, 0, 5, 4, 3)]
        assert actual == [11, 0, 5, 4, 3]


def container_rgb(reader, index):
    from fieldcheck.imaging.raw import decode_raw

    return decode_raw(reader.read_raw(index))


def test_a_frame_larger_than_a_pair_stands_in_one_of_its_own(folder):
    write_recording(folder, WEBCAM[:3], pair_bytes=10)
    actual = sorted(path.name for path in folder.iterdir())
    assert actual == [f"00{n}.{ending}" for n in range(3) for ending in ("frames", "idx")]
    assert len(readable(folder)) == 3


def test_another_segment_may_be_of_another_format_and_tells_the_gap_before_it(folder):
    gap = RecordingGap(0.5, 2.0, "silence")
    with RecordingWriter(folder, "a1b2c3", {"camera": "left"}) as writer:
        for first, before in ((webcam(0), None), (sensor(25), gap)):
            writer.begin_segment(pack_frame(first), before)
            writer.append_frame(pack_frame(first))
    with RecordingReader(folder) as reader:
        assert [reader.read_raw(index).format for index in range(2)] == ["jpeg", "bayer_rg8"]
        assert reader.gaps == (gap,)
        expected = [(0, 0, START), (1, 1, START)]
        assert [(head.segment, head.first, head.began_ns) for head in reader.headers] == expected
        assert reader.headers[1].about == {"camera": "left"}
        assert reader.get_time_s(1) == pytest.approx(2.5)


def test_the_hash_made_while_writing_is_that_of_the_files(folder):
    written = write_recording(folder, WEBCAM, pair_bytes=4000)
    assert written == compute_recording_sha256(folder)
    (folder / "001.frames").write_bytes((folder / "001.frames").read_bytes()[:-1] + b"?")
    assert written != compute_recording_sha256(folder)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.sampled_from(["000.frames", "000.idx", "001.frames", "001.idx"]), st.data())
def test_no_byte_of_a_recording_can_change_without_its_hash(tmp_path_factory, name, data):
    folder = tmp_path_factory.mktemp("changed") / "a1b2c3"
    write_recording(folder, WEBCAM, pair_bytes=sum(len(frame.raw.encoded) for frame in WEBCAM) // 2)
    with (folder / "000.frames").open("ab") as file:
        file.write(b"torn off")  # no record names it
    before, stored = compute_recording_sha256(folder), bytearray((folder / name).read_bytes())
    stored[data.draw(st.integers(0, len(stored) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / name).write_bytes(stored)
    assert compute_recording_sha256(folder) != before


def test_frames_without_a_sound_record_are_hashed_too(folder, monkeypatch):
    monkeypatch.setattr(recording_container, "READ_BYTES", 100)
    write_recording(folder, WEBCAM)
    (folder / "000.idx").write_bytes(b"")
    before = compute_recording_sha256(folder)
    stored = bytearray((folder / "000.frames").read_bytes())
    stored[len(stored) // 2] ^= 1
    (folder / "000.frames").write_bytes(stored)
    assert compute_recording_sha256(folder) != before


def test_frames_can_be_read_while_the_recording_goes_on(folder):
    with RecordingWriter(folder, "a1b2c3", {}) as writer:
        writer.begin_segment(pack_frame(WEBCAM[0]), None)
        for n, frame in enumerate(WEBCAM, 1):
            writer.append_frame(pack_frame(frame))
            assert len(readable(folder)) == n


def test_frames_go_to_disk_before_their_records_every_half_second(folder, monkeypatch):
    synced = []
    monkeypatch.setattr(
        recording_container, "_sync_file", lambda file: synced.append(file.name.rsplit(".", 1)[1])
    )
    monkeypatch.setattr(recording_container, "SYNC_S", 0.05)
    with RecordingWriter(folder, "a1b2c3", {}) as writer:
        writer.begin_segment(pack_frame(WEBCAM[0]), None)
        for frame in WEBCAM[:4]:
            time.sleep(0.06)
            writer.append_frame(pack_frame(frame))
    assert len(synced) >= 8
    assert synced == ["frames", "idx"] * (len(synced) // 2)


def test_a_folder_that_is_there_is_not_written_into(folder):
    folder.mkdir()
    with pytest.raises(PathOccupied):
        RecordingWriter(folder, "a1b2c3", {})


def test_a_recording_that_is_gone_is_missing(folder):
    with pytest.raises(PathMissing):
        RecordingReader(folder)
    with pytest.raises(PathMissing):
        compute_recording_sha256(folder)


def test_a_frame_that_was_never_stored_is_not_there(folder):
    write_recording(folder, WEBCAM[:2])
    with RecordingReader(folder) as reader:
        for index in (-1, 2):
            assert reader.get_entry(index) is None
            with pytest.raises(VideoUnreadable):
                reader.read_raw(index)
            with pytest.raises(VideoUnreadable):
                reader.get_time_s(index)


def test_a_disk_that_is_full_leaves_what_was_stored_before(folder, monkeypatch):
    writer = RecordingWriter(folder, "a1b2c3", {})
    writer.begin_segment(pack_frame(WEBCAM[0]), None)
    for frame in WEBCAM[:5]:
        writer.append_frame(pack_frame(frame))
    whole = recording_container._write_all

    def half(file, data, offset):
        whole(file, data[: len(data) // 2], offset)
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(recording_container, "_write_all", half)
    with pytest.raises(DiskFull):
        writer.append_frame(pack_frame(WEBCAM[5]))
    monkeypatch.setattr(recording_container, "_write_all", whole)
    assert sorted(readable(folder)) == [0, 1, 2, 3, 4]
    writer.append_frame(pack_frame(WEBCAM[6]))
    writer.close()
    assert writer.n_frames == 6
    actual = list(readable(folder).values())
    assert actual == [frame.raw.encoded for frame in (*WEBCAM[:5], WEBCAM[6])]
    assert writer.compute_sha256() == compute_recording_sha256(folder)


def test_a_recording_closed_on_a_full_disk_holds_no_half_frame(folder, monkeypatch):
    writer = RecordingWriter(folder, "a1b2c3", {})
    writer.begin_segment(pack_frame(WEBCAM[0]), None)
    writer.append_frame(pack_frame(WEBCAM[0]))
    whole = recording_container._write_all

    def half(file, data, offset):
        whole(file, data[: len(data) // 2], offset)
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(recording_container, "_write_all", half)
    with pytest.raises(DiskFull):
        writer.append_frame(pack_frame(WEBCAM[1]))
    writer.close()
    assert (folder / "000.frames").read_bytes() == WEBCAM[0].raw.encoded
    assert writer.compute_sha256() == compute_recording_sha256(folder)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.integers(0, HEADER_BYTES + 12 * RECORD_BYTES),
    st.integers(0, sum(len(frame.raw.encoded) for frame in WEBCAM)),
)
def test_whatever_a_crash_tears_earlier_frames_stay(tmp_path_factory, idx_length, frames_length):
    folder = tmp_path_factory.mktemp("torn") / "a1b2c3"
    write_recording(folder, WEBCAM)
    for name, length in (("000.idx", idx_length), ("000.frames", frames_length)):
        with (folder / name).open("r+b") as file:
            file.truncate(length)
    n_records = max(0, idx_length - HEADER_BYTES) // RECORD_BYTES
    ends = list(itertools.accumulate(len(frame.raw.encoded) for frame in WEBCAM))
    n_whole = min(n_records, sum(end <= frames_length for end in ends))
    assert readable(folder) == {frame.index: frame.raw.encoded for frame in WEBCAM[:n_whole]}


@pytest.mark.long
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.sampled_from(["000.idx", "000.frames"]),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 255),
)
def test_a_flipped_byte_costs_one_frame_and_changes_no_other(tmp_path_factory, name, where, flip):
    folder = tmp_path_factory.mktemp("flipped") / "a1b2c3"
    write_recording(folder, WEBCAM)
    data = bytearray((folder / name).read_bytes())
    at = int(where * len(data))
    data[at] ^= flip
    (folder / name).write_bytes(data)
    left = readable(folder)
    assert all(WEBCAM[index].raw.encoded == stored for index, stored in left.items())
    assert len(left) == (0 if name == "000.idx" and at < HEADER_BYTES else 11)


def listed(folder, first=0, stop=10**9, list_fps=2.0):
    with RecordedFootage(folder, list_fps) as footage:
        listed = [(frame.index, round(frame.t_s, 3)) for frame in footage.read_listed(first, stop)]
        return (listed, footage.ended_at, footage.n_unreadable)


def test_the_list_is_a_grid_over_the_true_times(folder):
    write_recording(folder, [webcam(index) for index in (*range(12), 40, 41, 42)])
    assert listed(folder) == ([(0, 0.0), (5, 0.5), (10, 1.0), (12, 4.0)], 15, 0)


def test_any_stretch_lists_what_the_whole_does(folder):
    write_recording(folder, [webcam(index) for index in range(30)])
    whole, *_ = listed(folder)
    parts = [listed(folder, first, first + 7)[0] for first in range(0, 30, 7)]
    assert list(itertools.chain.from_iterable(parts)) == whole
    assert listed(folder, 0, 7)[1] is None


def test_a_recording_slower_than_the_list_is_listed_whole(folder):
    write_recording(folder, [sensor(index, fps=1.0) for index in range(5)])
    assert [index for index, _ in listed(folder)[0]] == [0, 1, 2, 3, 4]


def test_a_lost_record_costs_its_frame_and_no_other_changes_its_name(folder):
    write_recording(folder, [webcam(index) for index in range(20)])
    data = bytearray((folder / "000.idx").read_bytes())
    data[-64 * 15 + 3] ^= 1  # of frame 5, which is on the list
    (folder / "000.idx").write_bytes(data)
    assert listed(folder) == ([(0, 0.0), (6, 0.6), (10, 1.0), (15, 1.5)], 20, 1)
    assert made.number_of(read_recorded_frame(folder, 19).rgb) == 19


def test_a_frame_that_does_not_decode_is_told(folder):
    torn = webcam(5)
    frames = [*(webcam(index) for index in range(5)), torn, webcam(6)]
    with RecordingWriter(folder, "a1b2c3", {}) as writer:
        for place, frame in enumerate(frames):
            ready = pack_frame(frame)
            if frame is torn:
                sha256 = hashlib.sha256(ready.data[:900]).digest()
                entry = replace(ready.entry, length=900, check=compute_checksum(sha256))
                ready = replace(ready, data=ready.data[:900], sha256=sha256, entry=entry)
            if not place:
                writer.begin_segment(ready, None)
            writer.append_frame(ready)
    assert listed(folder) == ([(0, 0.0)], 7, 1)
    with pytest.raises(VideoUnreadable):
        read_recorded_frame(folder, 5)


def test_stretches_of_the_same_bytes_are_known_when_they_last(folder):
    with RecordingWriter(folder, "a1b2c3", {}) as writer:
        for index in range(60):
            ready = pack_frame(webcam(index))
            changed = replace(ready.entry, repeated=11 <= index <= 32 or index == 50)
            ready = replace(ready, entry=changed)
            if not index:
                writer.begin_segment(ready, None)
            writer.append_frame(ready)
    with RecordedFootage(folder, 2.0) as footage:
        assert footage.stuck == frozenset(range(10, 33))


def test_a_recording_is_played_round_and_round_at_its_own_times(folder):
    frames = [webcam(index, fps=100.0) for index in range(5)]
    write_recording(folder, frames)
    camera = RecordedCamera("left", folder)
    camera.open()
    seen = [frame for frame in (camera.read(5.0) for _ in range(12)) if frame is not None]
    camera.close()
    assert {made.number_of(frame.rgb) for frame in seen} == set(range(5))
    assert all(np.array_equal(frame.rgb, decode_raw(frames[frame.index % 5].raw)) for frame in seen)
    assert seen[-1].index >= 11
    assert {frame.source for frame in seen} == {"left"}


def test_what_is_not_there_cannot_be_played(folder, tmp_path):
    with pytest.raises(PathMissing):
        RecordedCamera("left", folder).open()
    folder.mkdir()
    with pytest.raises(VideoUnreadable):
        RecordedCamera("left", folder).open()


def test_what_a_recorder_wrote_fits(tmp_path):
    assert find_index_fault(indexes.made(tmp_path / indexes.ID)) == ""
    write_recording(tmp_path / "b", [webcam(index) for index in (0, 1, 50)])
    assert find_index_fault(tmp_path / "b") == ""


def test_a_recording_killed_before_its_first_frame_fits(tmp_path):
    (tmp_path / "a").mkdir()
    assert find_index_fault(tmp_path / "a") == ""
    (tmp_path / "a" / "000.frames").write_bytes(b"")
    assert find_index_fault(tmp_path / "a") == ""
    (tmp_path / "a" / "000.frames").write_bytes(b"x")
    assert find_index_fault(tmp_path / "a") == "header"


def test_damaged_records_have_no_say(tmp_path):
    folder = indexes.made(tmp_path / indexes.ID)
    data = bytearray((folder / "000.idx").read_bytes())
    data[-200] ^= 1
    (folder / "000.idx").write_bytes(bytes(data))
    assert find_index_fault(folder) == ""


def test_frames_that_overlap_do_not_fit(tmp_path):
    folder = indexes.made(tmp_path / indexes.ID)
    indexes.with_record(folder / "001.idx", 2, "offset", 0)
    assert find_index_fault(folder) == "order"


def test_a_folder_that_is_gone_is_missing(tmp_path):
    with pytest.raises(PathMissing):
        find_index_fault(tmp_path / "none")


@pytest.mark.parametrize(
    ("field", "value", "said"), [("number", 2**62, "number"), ("monotonic", 2**62, "time")]
)
def test_a_record_of_no_camera_does_not_fit(field, value, said, tmp_path):
    folder = indexes.made(tmp_path / indexes.ID)
    indexes.with_record(folder / "001.idx", 2, field, value)
    assert find_index_fault(folder) == said


def test_a_recording_of_another_name_does_not_fit(tmp_path):
    actual = find_index_fault(indexes.made(tmp_path / indexes.ID).rename(tmp_path / "another"))
    assert actual == "name"


# Recordings of packets that need each other: stored as they came, and any frame found.

KEYS = [0, 15, 30]


def shown(folder):
    with RecordingReader(folder) as reader:
        return [reader.read_raw(index).pixels for index in range(len(reader))]


def test_packets_are_stored_untouched_and_any_frame_is_found_in_any_order(folder):
    frames = coded()
    assert [frame.index for frame in frames if not frame.raw.dependent] == KEYS
    assert write_recording(folder, frames) == compute_recording_sha256(folder)
    assert (folder / "000.frames").read_bytes() == b"".join(frame.raw.encoded for frame in frames)
    pictures = shown(folder)
    assert len({picture.tobytes() for picture in pictures}) == len(frames)
    with RecordingReader(folder) as reader:
        actual = [reader.read_stored_bytes(index) for index in range(len(reader))]
        assert actual == [frame.raw.encoded for frame in frames]
        for index in (35, 2, 16, 14, 15, 0, 31):
            assert np.array_equal(reader.read_raw(index).pixels, pictures[index])
            assert reader.get_entry(index).dependent == (index not in KEYS)


def test_a_pair_of_files_begins_with_a_frame_that_needs_no_other(folder):
    write_recording(folder, coded(), pair_bytes=3000)
    with RecordingReader(folder) as reader:
        firsts = [head.first for head in reader.headers]
    assert len(firsts) > 1
    assert set(firsts) <= set(KEYS)
    assert len(shown(folder)) == 36


def test_a_damaged_packet_takes_with_it_what_hangs_on_it_and_nothing_else(folder):
    write_recording(folder, coded())
    with RecordingReader(folder) as reader:
        at = reader.get_entry(20).offset
    data = bytearray((folder / "000.frames").read_bytes())
    data[at + 20] ^= 1
    (folder / "000.frames").write_bytes(data)
    lost = []
    with RecordingReader(folder) as reader:
        for index in range(len(reader)):
            try:
                reader.read_raw(index)
            except VideoUnreadable:
                lost.append(index)
    assert lost == list(range(20, 30))


def test_a_recording_of_packets_is_footage_like_any_other(folder):
    write_recording(folder, coded())
    with RecordedFootage(folder, list_fps=10.0) as footage:
        frames = list(footage.read_listed(0, 100))
    assert [frame.index for frame in frames] == list(range(0, 36, 3))
    assert all(frame.rgb.shape == (120, 160, 3) for frame in frames)


def test_recording_begins_with_a_frame_that_needs_no_other(folder):
    frames = coded()[7:]
    recorded, _ = pushed(folder, frames, waited=8)
    assert (recorded.n_frames, recorded.n_skipped, recorded.n_dropped) == (21, 0, 0)
    with RecordingReader(folder) as reader:
        assert reader.read_stored_bytes(0) == coded()[15].raw.encoded


def test_after_a_dropped_frame_recording_waits_for_one_that_needs_no_other(folder):
    frames = [frame for frame in coded() if frame.index != 4]
    recorded, _ = pushed(folder, frames)
    assert recorded.n_frames == 4 + 21
    assert (recorded.n_dropped, recorded.n_skipped) == (1, 10)
    with RecordingReader(folder) as reader:
        assert [entry.number for _, entry in reader.iter_entries()] == [0, 1, 2, 3, *range(15, 36)]
        assert reader.get_entry(4).skipped == 10
        assert len(shown(folder)) == 25


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


@pytest.mark.long
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
