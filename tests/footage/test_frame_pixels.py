import numpy as np
import pytest

from fieldcheck.errors.labels import FrameChanged
from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.footage.frame_pixels import (
    compute_frame_look,
    iter_frames,
    read_frame_pixels,
    read_listed_pixels,
)
from fieldcheck.imaging.codec import compute_pixels_sha256
from tests import makers


@pytest.fixture
def mixed(footed, tmp_path):
    makers.add_footage(
        footed,
        makers.picture_folder(tmp_path / "Werkstück", ["red", "blue", "green"], "ü {}.png".format),
    )
    return footed


def test_the_pixels_of_a_frame_are_those_that_were_listed(mixed):
    for line in (mixed.read(list_sampling_lines)[place] for place in (0, 60, 119, 120, 122)):
        actual = compute_pixels_sha256(read_frame_pixels(mixed, line.recording, line.frame))
        assert actual == line.frame.sha256


def test_each_frame_comes_once_and_forward_in_time(mixed):
    listing = mixed.read(list_sampling_lines)
    recordings = {line.recording.recording_id: line.recording for line in listing}
    asked = [listing[place].frame for place in (100, 3, 121)]
    found = {frame.frame_id: rgb for frame, rgb in iter_frames(mixed, recordings, asked)}
    assert set(found) == {frame.frame_id for frame in asked}
    assert all(rgb.shape == (48, 64, 3) for rgb in found.values())


def test_a_lost_look_is_made_anew_from_the_footage(mixed):
    line = mixed.read(list_sampling_lines)[5]
    stored = mixed.cache.get_looks([line.frame.frame_id])[line.frame.frame_id]
    assert np.array_equal(compute_frame_look(mixed, line.recording, line.frame), stored)


def test_footage_that_was_exchanged_is_noticed(mixed):
    line = mixed.read(list_sampling_lines)[120]
    makers.save_picture(mixed.path / line.recording.path / "ü 0.png", "blue")
    actual = read_listed_pixels(mixed.path / line.recording.path, line.recording, line.frame).shape
    assert actual == (48, 64, 3)
    with pytest.raises(FrameChanged) as caught:
        read_frame_pixels(mixed, line.recording, line.frame)
    assert caught.value.source == "Werkstück/ü 0.png"
