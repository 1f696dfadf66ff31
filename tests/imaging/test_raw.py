import io

import cv2
import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fieldcheck.errors.files import PictureUnreadable
from fieldcheck.imaging.codec import decode_image, encode_jpeg
from fieldcheck.imaging.raw import (
    CodecPipeline,
    RawImage,
    decode_raw,
    get_raw_dtype,
    get_raw_shape,
    pack_pixels,
    read_jpeg_size,
    unpack_pixels,
)
from tests.footage.coded_stream import PACKETS, SAID, SETUP, packets

MOSAIC = {
    "bayer_rg": [0, 1, 1, 2],
    "bayer_gr": [1, 0, 2, 1],
    "bayer_gb": [1, 2, 0, 1],
    "bayer_bg": [2, 1, 1, 0],
}
ORANGE = (200, 120, 40)


def noise(*shape, top=256, dtype=np.uint8):
    return np.random.default_rng(3).integers(0, top, shape).astype(dtype)


def test_a_cameras_jpeg_is_kept_byte_for_byte_and_seen_as_any_jpeg():
    data = encode_jpeg(noise(48, 64, 3), 90)
    raw = RawImage("jpeg", data)
    assert raw.encoded is data
    assert raw.pixels is None
    assert (raw.width, raw.height, raw.n_bytes) == (64, 48, len(data))
    assert np.array_equal(decode_raw(raw), decode_image(data))


def test_a_jpeg_without_huffman_tables_as_webcams_send_it_is_seen():
    """UVC cameras leave the usual tables out of every frame, as AVI did."""
    whole = encode_jpeg(noise(32, 32, 3) // 4 + 90, 90)
    data, at = whole, whole.index(b"\xff\xc4")
    while data[at : at + 2] == b"\xff\xc4":
        data = data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]
    assert np.array_equal(decode_raw(RawImage("jpeg", data)), decode_image(whole))


def test_rgb_and_bgr_are_the_same_picture_in_another_order():
    rgb = noise(4, 6, 3)
    assert np.array_equal(decode_raw(RawImage("rgb8", rgb.copy())), rgb)
    assert np.array_equal(decode_raw(RawImage("bgr8", rgb[..., ::-1].copy())), rgb)


def test_grey_becomes_three_equal_channels_and_its_upper_eight_bits_are_seen():
    grey = noise(4, 6, top=4096, dtype=np.uint16)
    seen = decode_raw(RawImage("mono12", grey.copy()))
    assert all(np.array_equal(seen[..., channel], grey >> 4) for channel in range(3))


def test_yuyv_is_seen_in_colour():
    grey = np.dstack([np.full((4, 6), 126, np.uint8), np.full((4, 6), 128, np.uint8)])
    assert decode_raw(RawImage("yuyv8", grey)).std() == 0
    red = np.dstack([np.full((4, 6), 82, np.uint8), np.tile([90, 240], (4, 3)).astype(np.uint8)])
    assert decode_raw(RawImage("yuyv8", red))[0, 0].tolist() == pytest.approx([255, 0, 0], abs=3)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("kind", MOSAIC)
def test_a_mosaic_of_one_colour_is_seen_in_that_colour(kind, bits):
    tile = np.array([ORANGE[channel] for channel in MOSAIC[kind]]).reshape(2, 2) << (bits - 8)
    mosaic = np.tile(tile, (8, 8)).astype(np.uint8 if bits == 8 else np.uint16)
    seen = decode_raw(RawImage(f"{kind}{bits}", mosaic))
    assert np.all(seen == ORANGE)


@pytest.mark.parametrize(("pixel_format", "data"), [
    ("rgb8", np.zeros((2, 3), np.uint8)),
    ("rgb8", np.zeros((2, 3, 3), np.uint16)),
    ("mono8", np.zeros((2, 3, 3), np.uint8)),
    ("mono12", np.zeros((2, 3), np.uint8)),
    ("mono8", np.zeros(6, np.uint8)),
    ("mono9", np.zeros((2, 3), np.uint8)),
    ("h264", b"\0\0\0\1"),
    ("jpeg", b"GIF89a" + bytes(20)),
    ("jpeg", np.zeros((2, 3), np.uint8)),
])  # fmt: skip
def test_what_is_not_what_it_says_is_refused(pixel_format, data):
    with pytest.raises(ValueError, match=r"a frame is|no |bytes"):
        RawImage(pixel_format, data)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_have_a_size_or_none(junk):
    try:
        width, height = read_jpeg_size(b"\xff\xd8" + junk)
    except ValueError:
        return
    assert 0 < width < 1 << 16
    assert 0 < height < 1 << 16


def test_the_size_in_the_header_is_that_of_the_picture_whatever_stands_before_it():
    plain = encode_jpeg(noise(20, 30, 3), 80)
    noted = plain[:2] + b"\xff\xe1\x00\x20" + b"\xff\xc0" * 15 + b"\xff\xff" + plain[2:]
    jpeg = cv2.imencode(".jpg", noise(20, 30, 3), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    progressive = jpeg[1].tobytes()
    assert [read_jpeg_size(one) for one in (plain, noted, progressive)] == [(30, 20)] * 3


def test_a_torn_jpeg_is_told_only_when_somebody_wants_to_see_it():
    raw = RawImage("jpeg", encode_jpeg(noise(64, 64, 3), 90)[:700])
    with pytest.raises(PictureUnreadable):
        decode_raw(raw)


def test_the_shape_of_an_array_follows_from_its_format():
    actual = [get_raw_shape(name, 6, 4) for name in ("rgb8", "yuyv8", "mono8", "bayer_rg12")]
    assert actual == [(4, 6, 3), (4, 6, 2), (4, 6), (4, 6)]
    assert get_raw_dtype("bayer_rg12") is np.uint16
    with pytest.raises(ValueError, match="no format"):
        get_raw_shape("nv12", 6, 4)


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


FORMATS = ("rgb8", "bgr8", "yuyv8", "mono8", "mono12", "mono16", "bayer_rg8", "bayer_gb12")


@given(st.data(), st.sampled_from(FORMATS), st.integers(1, 9), st.integers(1, 9))
def test_every_picture_of_any_format_comes_back_to_the_last_bit(data, pixel_format, width, height):
    strategy = arrays.arrays(
        get_raw_dtype(pixel_format), get_raw_shape(pixel_format, width, height)
    )
    pixels = data.draw(strategy)
    before = pixels.copy()
    back = unpack_pixels(pack_pixels(pixels, pixel_format), pixel_format, width, height)
    assert back.format == pixel_format
    assert back.pixels.dtype == pixels.dtype
    assert np.array_equal(back.pixels, before)
    assert np.array_equal(pixels, before)


def test_a_packed_frame_is_a_plain_zstandard_frame_of_row_differences():
    pixels = np.random.default_rng(1).integers(0, 256, (6, 5), dtype=np.uint8)
    stream = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(pack_pixels(pixels, "mono8")))
    plain = stream.read()
    rows = np.frombuffer(plain, np.uint8).reshape(6, 5)
    assert np.array_equal(rows[0], pixels[0])
    assert np.array_equal(rows[1:], pixels[1:] - pixels[:-1])


def test_a_picture_that_is_not_contiguous_is_packed_as_it_looks():
    pixels = np.random.default_rng(1).integers(0, 256, (8, 12, 3), dtype=np.uint8)
    actual = pack_pixels(pixels[::2, ::-1], "rgb8")
    assert actual == pack_pixels(np.ascontiguousarray(pixels[::2, ::-1]), "rgb8")


def test_what_the_light_gives_evenly_packs_to_next_to_nothing():
    ramp = np.tile(np.arange(200, dtype=np.uint8), (100, 1))
    assert len(pack_pixels(ramp, "mono8")) < 300


@pytest.mark.parametrize(
    ("width", "height", "pixel_format"), [(5, 6, "rgb8"), (6, 5, "mono12"), (4, 6, "mono8")]
)
def test_a_frame_of_another_size_or_format_is_refused(width, height, pixel_format):
    with pytest.raises(ValueError, match="not a frame of"):
        unpack_pixels(pack_pixels(np.zeros((6, 5), np.uint8), "mono8"), pixel_format, width, height)


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_are_refused_as_what_they_are(junk):
    with pytest.raises(ValueError, match="not a"):
        unpack_pixels(junk, "mono8", 5, 6)
