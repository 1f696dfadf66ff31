import io

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fieldcheck.imaging.raw import get_raw_dtype, get_raw_shape, pack_pixels, unpack_pixels

FORMATS = ("rgb8", "bgr8", "yuyv8", "mono8", "mono12", "mono16", "bayer_rg8", "bayer_gb12")


@given(st.data(), st.sampled_from(FORMATS), st.integers(1, 9), st.integers(1, 9))
def test_every_picture_of_every_format_comes_back_to_the_last_bit(
    data, pixel_format, width, height
):
    pixels = data.draw(
        arrays.arrays(get_raw_dtype(pixel_format), get_raw_shape(pixel_format, width, height))
    )
    before = pixels.copy()
    back = unpack_pixels(pack_pixels(pixels, pixel_format), pixel_format, width, height)
    assert back.format == pixel_format
    assert back.pixels.dtype == pixels.dtype
    assert np.array_equal(back.pixels, before)
    assert np.array_equal(pixels, before)


def test_a_packed_frame_is_a_plain_zstandard_frame_of_row_differences():
    pixels = np.random.default_rng(1).integers(0, 256, (6, 5), dtype=np.uint8)
    plain = (
        zstandard.ZstdDecompressor().stream_reader(io.BytesIO(pack_pixels(pixels, "mono8"))).read()
    )
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
