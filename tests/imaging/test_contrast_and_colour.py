import cv2
import numpy as np
import pytest
from PIL import Image

from fieldcheck.imaging.contrast_and_colour import (
    CHANGES,
    apply_changes,
    crop_centre,
    remove_haze,
    resize,
    resize_for_display,
    split_planes,
    to_bgr,
    to_luma,
    to_rgb_from_bgr,
)
from tests.corruptions.pictures import scene


def test_luma_weighs_the_colours_as_the_eye_does():
    red, green, blue = (np.eye(3, dtype=np.uint8)[i][None, None] * 255 for i in range(3))
    assert [int(to_luma(colour)[0, 0]) for colour in (red, green, blue)] == [76, 150, 29]


def test_bgr_there_and_back_is_the_same_picture():
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert np.array_equal(to_bgr(rgb), rgb[..., ::-1])
    assert np.array_equal(to_rgb_from_bgr(to_bgr(rgb)), rgb)


def test_planes_are_the_channels_in_their_order_without_gaps():
    rgb = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)[:, 1:7]
    for channel, plane in enumerate(split_planes(rgb)):
        assert np.array_equal(plane, rgb[..., channel])
        assert plane.flags.c_contiguous


RGB = scene(60, 80)
RAMP = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_gives_another_picture_of_the_same_size_and_leaves_its_own_alone(name):
    before = RGB.copy()
    found = apply_changes(RGB, (name,))
    assert (found.shape, found.dtype) == (RGB.shape, np.uint8)
    assert np.array_equal(RGB, before)
    assert not np.array_equal(found, RGB)


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "clahe"])
def test_a_black_picture_stays_black(name):
    assert not apply_changes(np.zeros((48, 64, 3), np.uint8), (name,)).any()


@pytest.mark.parametrize("exponent", [0.67, 0.45, 1.5, 2.2])
def test_gamma_is_a_power_law_of_each_value(exponent):
    expected = np.floor(255 * (np.arange(256) / 255) ** exponent + 0.5)
    assert np.array_equal(apply_changes(RAMP, (f"gamma_{exponent}",))[0, :, 1], expected)


def test_white_balance_gives_the_three_channels_one_mean():
    cast = np.clip(RGB * np.array([0.9, 0.7, 0.5]), 0, 255).astype(np.uint8)
    means = apply_changes(cast, ("grey_world",)).reshape(-1, 3).mean(axis=0)
    assert np.ptp(means) < 1.0 < np.ptp(cast.reshape(-1, 3).mean(axis=0))


def test_contrast_is_stretched_from_the_first_to_the_last_percentile_of_luma():
    dull = (80 + RGB * 0.2).astype(np.uint8)
    low, high = np.percentile(to_luma(dull), [1, 99], method="inverted_cdf")
    wanted = np.clip(np.rint((dull.astype(float) - low) * (255 / (int(high) - int(low)))), 0, 255)
    assert np.array_equal(apply_changes(dull, ("contrast_stretch",)), wanted)
    flat = apply_changes(np.full((9, 9, 3), 77, np.uint8), ("contrast_stretch",))
    assert np.array_equal(flat, np.full((9, 9, 3), 77))


def test_clahe_raises_local_contrast_and_a_median_takes_a_single_wrong_pixel():
    dull = (80 + RGB * 0.2).astype(np.uint8)
    assert to_luma(apply_changes(dull, ("clahe",))).std() > 1.2 * to_luma(dull).std()
    speck = np.full((9, 9, 3), 100, np.uint8)
    speck[4, 4] = 255
    assert (apply_changes(speck, ("median",)) == 100).all()
    assert apply_changes(speck, ("unsharp",))[4, 3, 0] < 100


def test_haze_before_a_scene_with_dark_spots_is_removed_and_a_flat_picture_stays():
    clean = cv2.resize(RGB, (320, 240), interpolation=cv2.INTER_NEAREST)
    clean[::8, ::8] = 0
    through = np.linspace(0.5, 0.8, 240)[:, None, None]
    hazy = np.rint(clean * through + 210 * (1 - through)).astype(np.uint8)

    def count_error(rgb):
        return np.abs(rgb.astype(float) - clean).mean()

    assert count_error(apply_changes(hazy, ("dehaze",))) < 0.5 * count_error(hazy)
    flat = np.full((9, 9, 3), 77, np.uint8)
    assert np.array_equal(apply_changes(flat, ("dehaze",)), flat)


def test_haze_measured_on_a_smaller_picture_is_removed_as_on_the_whole_one():
    clean = cv2.resize(RGB, (1280, 720), interpolation=cv2.INTER_CUBIC)
    through = np.linspace(0.3, 0.9, 720)[:, None, None]
    hazy = np.rint(clean * through + np.array([210, 215, 220]) * (1 - through)).astype(np.uint8)
    small, whole = (remove_haze(hazy, shrink).astype(float) for shrink in (4, 1))
    assert 0 < np.abs(small - whole).mean() < 2
    assert np.percentile(np.abs(small - whole), 99) < 10
    little = hazy[:479, :479]
    assert np.array_equal(remove_haze(little), remove_haze(little, 1))


def test_several_are_done_one_after_the_other_and_none_leaves_the_picture():
    both = apply_changes(RGB, ("grey_world", "median"))
    assert np.array_equal(both, CHANGES["median"].change(CHANGES["grey_world"].change(RGB)))
    assert apply_changes(RGB, ()) is RGB
    with pytest.raises(KeyError):
        apply_changes(RGB, ("sharper",))


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (45, 61, 3), dtype=np.uint8)


@pytest.mark.parametrize(("name", "flag"), [
    ("nearest", cv2.INTER_NEAREST),
    ("linear", cv2.INTER_LINEAR),
    ("area", cv2.INTER_AREA),
    ("cubic", cv2.INTER_CUBIC),
])  # fmt: skip
def test_four_kernels_are_opencvs(noise, name, flag):
    resized = cv2.resize(noise, (30, 20), interpolation=flag)
    assert np.array_equal(resize(noise, 20, 30, name), resized)


@pytest.mark.parametrize(
    ("name", "kernel"),
    [("pil_bilinear", Image.Resampling.BILINEAR), ("pil_bicubic", Image.Resampling.BICUBIC)],
)
def test_two_kernels_are_pillows(noise, name, kernel):
    wanted = np.asarray(Image.fromarray(noise).resize((30, 20), kernel))
    assert np.array_equal(resize(noise, 20, 30, name), wanted)


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
