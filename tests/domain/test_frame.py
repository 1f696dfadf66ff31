import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.frame import (
    PICTURE_ENDINGS,
    UNREAD_ENDINGS,
    VIDEO_ENDINGS,
    Frame,
    FrameFacts,
    Quality,
    format_patterns,
    make_frame_id,
)
from fieldcheck.imaging import codec


def test_the_pixels_of_a_frame_cannot_be_written():
    frame = Frame(np.zeros((4, 6, 3), np.uint8), 0, 0.0)
    with pytest.raises(ValueError, match="read-only"):
        frame.rgb[0, 0, 0] = 1


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 4), np.uint8), np.zeros((4, 6, 3), np.float32)],
)
def test_only_three_channels_of_bytes_are_a_frame(pixels):
    with pytest.raises(ValueError, match="a frame is"):
        Frame(pixels, 0, 0.0)


def test_names_of_frames_sort_as_the_frames_do():
    actual = sorted(make_frame_id("ab", k) for k in (10, 9, 100))
    assert actual == [make_frame_id("ab", k) for k in (9, 10, 100)]


def test_every_ending_of_a_picture_is_one_of_the_decoders():
    Image.init()
    assert {Image.EXTENSION[ending] for ending in PICTURE_ENDINGS} == set(codec.FORMATS)


def test_no_ending_is_of_two_kinds():
    actual = len(PICTURE_ENDINGS | UNREAD_ENDINGS | VIDEO_ENDINGS)
    assert actual == len(PICTURE_ENDINGS) + len(UNREAD_ENDINGS) + len(VIDEO_ENDINGS)


def test_a_file_dialog_takes_them_as_patterns():
    assert format_patterns(frozenset({".png", ".jpg"}), frozenset({".avi"})) == "*.avi *.jpg *.png"


def test_the_statistics_of_a_frame_cannot_be_written():
    quality = Quality(118.0, 200.0, 0.0, 0.01, 6.5, 1.2, -3.0)
    facts = FrameFacts("r-000001", quality, 1, 2, np.zeros(16, np.float32))
    with pytest.raises(ValueError, match="read-only"):
        facts.statistics[0] = 1
