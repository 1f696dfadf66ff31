import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import PictureUnreadable
from fieldcheck.imaging.raw import CodecPipeline, RawImage, decode_raw
from tests.footage.coded_stream import PACKETS, SAID, SETUP, packets

FIRST = [data for data, _ in packets()][:15]


@pytest.fixture
def pictures():
    """The same pictures as OpenCV plays them from the file."""
    capture = cv2.VideoCapture(str(PACKETS / "ball.h264"))
    found = [capture.read()[1] for _ in SAID["packets"]]
    capture.release()
    return found


def test_pictures_of_a_chain_are_found_forward_and_back(pictures):
    chain = CodecPipeline(SETUP + b"".join(FIRST))
    for place in (0, 1, 9, 9, 14, 3, 0):
        assert np.array_equal(chain.decode_image(place), pictures[place])


def test_what_is_not_in_a_chain_is_told_and_the_rest_stays_readable(pictures):
    chain = CodecPipeline(SETUP + b"".join(FIRST[:5]))
    with pytest.raises(PictureUnreadable):
        chain.decode_image(5)
    assert np.array_equal(chain.decode_image(4), pictures[4])


@pytest.mark.parametrize("stream", [b"", b"\0" * 100, b"no stream at all"])
def test_bytes_that_are_no_stream_hold_no_picture(stream):
    with pytest.raises(PictureUnreadable):
        CodecPipeline(stream).decode_image(0)


def test_a_packet_that_needs_no_other_is_a_picture_and_one_that_does_is_none_alone(pictures):
    size = SAID["width"], SAID["height"]
    key, after = (
        RawImage("h264", FIRST[at], *size, dependent=bool(at), setup=SETUP) for at in (0, 1)
    )
    assert (key.width, key.height, key.encoded) == (*size, FIRST[0])
    assert np.array_equal(decode_raw(key), pictures[0][..., ::-1])
    with pytest.raises(PictureUnreadable):
        decode_raw(after)


def test_a_packet_has_the_size_that_is_told_and_none_is_refused():
    with pytest.raises(ValueError, match="no size"):
        RawImage("h264", FIRST[0])
