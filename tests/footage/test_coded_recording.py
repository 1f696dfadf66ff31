"""Recordings of packets that need each other: stored as they came, and any frame found."""

import numpy as np
import pytest

from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.footage.recording_container import (
    RecordedFootage,
    RecordingReader,
    compute_recording_sha256,
)
from tests.footage.coded_stream import coded
from tests.footage.made_recordings import write_recording
from tests.footage.test_recorder import pushed

KEYS = [0, 15, 30]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a1b2c3"


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
