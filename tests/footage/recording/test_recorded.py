import hashlib
import itertools
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.errors.files import PathMissing, VideoUnreadable
from fieldcheck.footage.recording_container import (
    RecordedCamera,
    RecordedFootage,
    RecordingWriter,
    pack_frame,
    read_recorded_frame,
)
from fieldcheck.footage.recording_index import compute_checksum
from fieldcheck.imaging.raw import decode_raw
from tests.footage import made
from tests.footage.made_recordings import sensor, webcam, write_recording


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a1b2c3"


def listed(folder, first=0, stop=10**9, list_fps=2.0):
    with RecordedFootage(folder, list_fps) as footage:
        return (
            [(frame.index, round(frame.t_s, 3)) for frame in footage.read_listed(first, stop)],
            footage.ended_at,
            footage.n_unreadable,
        )


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
                ready = replace(
                    ready,
                    data=ready.data[:900],
                    sha256=sha256,
                    entry=replace(ready.entry, length=900, check=compute_checksum(sha256)),
                )
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
            ready = replace(
                ready, entry=replace(ready.entry, repeated=11 <= index <= 32 or index == 50)
            )
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
