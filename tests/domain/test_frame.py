import numpy as np
import pytest

from fieldcheck.domain.frame import Frame, make_frame_id


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
