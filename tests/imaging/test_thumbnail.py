import cv2
import numpy as np
import pytest

from fieldcheck.imaging.codec import decode_image
from fieldcheck.imaging.contrast_and_colour import to_luma
from fieldcheck.imaging.thumbnail import (
    GAP,
    LabelOverlay,
    downscale_by_halves,
    downscale_image,
    draw_labels,
    make_look,
    make_look_from_luma,
    make_thumbnail,
    make_thumbnail_pixels,
)


@pytest.fixture
def scene() -> np.ndarray:
    coarse = np.random.default_rng(1).integers(0, 256, (27, 48, 3), dtype=np.uint8)
    return cv2.resize(coarse, (1920, 1080), interpolation=cv2.INTER_CUBIC)


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
    resized = cv2.resize(scene, (512, 288), interpolation=cv2.INTER_AREA)
    assert np.array_equal(downscale_image(scene, 512), resized)


@pytest.mark.parametrize(
    "shape",
    [(1080, 1920), (640, 480), (270, 480, 3), (513, 513), (1536, 2560), (75, 600), (1088, 1920)],
)
def test_areas_are_averaged_as_opencv_does_by_every_ratio(shape):
    """Even, odd and whole ratios; noise, and what lies at both ends of the grey levels."""
    height, width = shape[:2]
    noise = np.random.default_rng(2).integers(0, 256, shape, np.uint8)
    pictures = [noise, np.full(shape, 255, np.uint8)]
    for longer, picture in ((longer, picture) for longer in (512, 320) for picture in pictures):
        scale = min(1, longer / max(shape))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        wanted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        assert np.array_equal(downscale_image(picture, longer), wanted)


def test_halves_stop_before_the_size_that_is_wanted(scene):
    assert downscale_by_halves(scene, 320).shape == (270, 480, 3)
    assert downscale_by_halves(scene[:1079], 320).shape == (1079, 1920, 3)
    assert downscale_by_halves(scene[:2, :1920], 320).shape == (1, 960, 3)


def test_halving_first_shows_no_other_thumbnail(scene):
    assert np.abs(make_thumbnail_pixels(scene).astype(int) - downscale_image(scene, 320)).mean() < 2


def test_a_look_is_luma_of_ninety_by_one_hundred_and_sixty(scene):
    found = make_look(scene)
    assert (found.shape, found.dtype) == ((90, 160), np.uint8)
    small = cv2.resize(to_luma(scene), (160, 90), interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - small).max() <= 6
    assert np.array_equal(found, make_look_from_luma(downscale_image(to_luma(scene), 512)))


def test_a_look_of_another_shape_is_stretched():
    actual = make_look(np.full((300, 100, 3), 80, np.uint8)).tolist()
    assert actual == np.full((90, 160), 80).tolist()
    assert make_look(np.full((5, 4, 3), 80, np.uint8)).shape == (90, 160)


GREY = np.full((240, 480, 3), 128, np.uint8)


def test_a_label_is_a_closed_line_and_a_prediction_has_gaps():
    overlay = LabelOverlay(labels=[(40, 40, 120, 120)], predictions=[(260, 40, 120, 120)])
    shown = draw_labels(GREY, overlay, 480)
    assert shown.shape == (240, 480, 3)
    solid, dashed = (shown[40, x : x + 120] for x in (40, 260))
    assert (solid == 255).all(axis=1).all()
    amber = (dashed == (255, 176, 0)).all(axis=1)
    assert 30 < amber.sum() < 110


def test_boxes_are_in_pixels_of_the_frame_whatever_the_size_of_the_picture():
    shown = draw_labels(GREY, LabelOverlay(labels=[(80, 80, 240, 120)]), 240)
    assert shown.shape == (120, 240, 3)
    assert (shown[40, 60] == 255).all()
    assert (shown[60, 100] == 128).all()


def test_a_small_object_stands_beside_it_enlarged():
    frame = GREY.copy()
    frame[100:110, 200:210] = 0
    shown = draw_labels(frame, LabelOverlay(predictions=[(200, 100, 10, 10)]), 480)
    assert shown.shape == (240, 480 + GAP + 240, 3)
    beside = shown[:, 480 + GAP :]
    # ten pixels of the 24 seen have become a hundred of 240
    assert (beside[100:140, 100:140] < 40).all()


def test_an_object_at_the_edge_is_enlarged_within_the_frame():
    assert draw_labels(GREY, LabelOverlay(labels=[(475, 235, 5, 5)]), 480).shape == (240, 726, 3)


def test_points_are_crosses_and_without_marks_nothing_changes():
    assert (draw_labels(GREY, LabelOverlay(points=[(100, 100)]), 480)[100, 95:106] == 255).all()
    assert (draw_labels(GREY, LabelOverlay(), 480) == GREY).all()


def test_a_mask_is_an_outline_with_gaps_and_what_it_marks_stays_as_it_is():
    mask = np.zeros((240, 480), np.bool_)
    mask[60:180, 100:300] = True
    shown = draw_labels(GREY, LabelOverlay(mask=mask), 480)
    amber = (shown == (255, 176, 0)).all(axis=2)
    assert 0.3 < amber[60, 102:298].mean() < 0.7
    assert (shown[70:170, 110:290] == 128).all()
    assert (draw_labels(GREY, LabelOverlay(mask=~np.ones_like(mask)), 480) == 128).all()
