import cv2
import numpy as np
import pytest

from fieldcheck.imaging.codec import decode_image
from fieldcheck.imaging.colour import to_luma
from fieldcheck.imaging.thumbnail import (
    downscale_by_halves,
    downscale_image,
    make_look,
    make_look_from_luma,
    make_thumbnail,
    make_thumbnail_pixels,
)


@pytest.fixture
def scene() -> np.ndarray:
    return cv2.resize(
        np.random.default_rng(1).integers(0, 256, (27, 48, 3), dtype=np.uint8),
        (1920, 1080),
        interpolation=cv2.INTER_CUBIC,
    )


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((1080, 1920), (180, 320)), ((1920, 1080), (320, 180)), ((1001, 777), (320, 248))],
)
def test_a_thumbnail_keeps_the_shape_of_its_picture(scene, shape, expected):
    assert decode_image(make_thumbnail(cv2.resize(scene, shape[::-1]))).shape == (*expected, 3)


def test_a_small_picture_is_not_blown_up(scene):
    small = scene[:90, :160]
    assert make_thumbnail_pixels(small) is small
    assert downscale_image(small, 160) is small


def test_a_thin_picture_keeps_at_least_one_pixel():
    assert downscale_image(np.zeros((2000, 1), np.uint8), 100).shape == (100, 1)
    assert make_thumbnail_pixels(np.zeros((2, 4000, 3), np.uint8)).shape == (1, 320, 3)


def test_a_picture_made_smaller_averages_areas_in_one_step(scene):
    assert np.array_equal(
        downscale_image(scene, 512), cv2.resize(scene, (512, 288), interpolation=cv2.INTER_AREA)
    )


@pytest.mark.parametrize(
    "shape",
    [(1080, 1920), (640, 480), (270, 480, 3), (513, 513), (1536, 2560), (75, 600), (1088, 1920)],
)
def test_areas_are_averaged_as_opencv_does_by_every_ratio(shape):
    """Even, odd and whole ratios; noise, and what lies at both ends of the grey levels."""
    height, width = shape[:2]
    pictures = [
        np.random.default_rng(2).integers(0, 256, shape, np.uint8),
        np.full(shape, 255, np.uint8),
    ]
    for longer, picture in ((longer, picture) for longer in (512, 320) for picture in pictures):
        scale = min(1, longer / max(shape))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        assert np.array_equal(
            downscale_image(picture, longer),
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA),
        )


def test_halves_stop_before_the_size_that_is_wanted(scene):
    assert downscale_by_halves(scene, 320).shape == (270, 480, 3)
    assert downscale_by_halves(scene[:1079], 320).shape == (1079, 1920, 3)
    assert downscale_by_halves(scene[:2, :1920], 320).shape == (1, 960, 3)


def test_halving_first_shows_no_other_thumbnail(scene):
    assert np.abs(make_thumbnail_pixels(scene).astype(int) - downscale_image(scene, 320)).mean() < 2


def test_a_look_is_luma_of_ninety_by_one_hundred_and_sixty(scene):
    found = make_look(scene)
    assert (found.shape, found.dtype) == ((90, 160), np.uint8)
    assert (
        np.abs(
            found.astype(int) - cv2.resize(to_luma(scene), (160, 90), interpolation=cv2.INTER_AREA)
        ).max()
        <= 6
    )
    assert np.array_equal(found, make_look_from_luma(downscale_image(to_luma(scene), 512)))


def test_a_look_of_another_shape_is_stretched():
    actual = make_look(np.full((300, 100, 3), 80, np.uint8)).tolist()
    assert actual == np.full((90, 160), 80).tolist()
    assert make_look(np.full((5, 4, 3), 80, np.uint8)).shape == (90, 160)
