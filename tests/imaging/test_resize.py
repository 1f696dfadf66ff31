import cv2
import numpy as np
import pytest
from PIL import Image

from fieldcheck.imaging.colour import crop_centre, resize, resize_for_display


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (45, 61, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("nearest", cv2.INTER_NEAREST),
        ("linear", cv2.INTER_LINEAR),
        ("area", cv2.INTER_AREA),
        ("cubic", cv2.INTER_CUBIC),
    ],
)
def test_four_kernels_are_opencvs(noise, name, flag):
    assert np.array_equal(
        resize(noise, 20, 30, name), cv2.resize(noise, (30, 20), interpolation=flag)
    )


@pytest.mark.parametrize(
    ("name", "kernel"),
    [("pil_bilinear", Image.Resampling.BILINEAR), ("pil_bicubic", Image.Resampling.BICUBIC)],
)
def test_two_kernels_are_pillows(noise, name, kernel):
    assert np.array_equal(
        resize(noise, 20, 30, name), np.asarray(Image.fromarray(noise).resize((30, 20), kernel))
    )


def test_a_picture_that_fits_is_not_touched(noise):
    assert resize(noise, 45, 61, "linear") is noise


def test_a_cut_out_picture_may_be_resized(noise):
    cut = noise[5:25, 7:40]
    assert np.array_equal(resize(cut, 10, 10, "linear"), resize(cut.copy(), 10, 10, "linear"))


@pytest.mark.parametrize("size", [(720, 1280), (1079, 1919)])
@pytest.mark.parametrize("period", [2, 4])
def test_fine_stripes_turn_grey_and_not_into_broad_ones(size, period):
    stripes = np.zeros((*size, 3), np.uint8)
    stripes[:, np.arange(size[1]) % period < period // 2] = 255
    assert resize(stripes, 190, 338, "linear").std() > 70
    small = resize_for_display(stripes, 190, 338)
    assert small.shape == (190, 338, 3)
    assert small.std() < 5
    assert abs(small.mean() - 127.5) < 2


def test_a_picture_that_is_hardly_scaled_keeps_its_edges(noise):
    assert np.array_equal(resize_for_display(noise, 30, 40), resize(noise, 30, 40, "linear"))
    assert np.array_equal(resize_for_display(noise, 90, 122), resize(noise, 90, 122, "linear"))


def test_the_central_share_loses_the_same_on_both_ends(noise):
    assert np.array_equal(crop_centre(noise, 0.5), noise[11:34, 15:46])
    assert crop_centre(noise, 1.0).shape == noise.shape
