import cv2
import numpy as np
import pytest

from fieldcheck.corruptions.transforms.blur import (
    add_gaussian_blur,
    add_glass_blur,
    add_motion_blur,
    add_zoom_blur,
    make_motion_kernel,
)
from tests.corruptions.pictures import scene


def point(size=(192, 192)):
    rgb = np.zeros((*size, 3), np.uint8)
    rgb[size[0] // 2, size[1] // 2] = 255
    return rgb


@pytest.mark.parametrize("sigma", [0.5, 1, 2, 3, 4, 6, 12, 22])
def test_a_square_is_spread_by_the_sigma_asked_for(sigma):
    side, half = 480, 20
    rgb = np.zeros((side, side, 3), np.uint8)
    rgb[side // 2 - half : side // 2 + half, side // 2 - half : side // 2 + half] = 255
    profile = add_gaussian_blur(rgb, sigma)[..., 0].astype(np.float64).sum(axis=0)
    x = np.arange(side)
    mean = (profile * x).sum() / profile.sum()
    variance = (profile * (x - mean) ** 2).sum() / profile.sum() - ((2 * half) ** 2 - 1) / 12
    assert variance**0.5 == pytest.approx(sigma, rel=0.08)


def test_spreading_by_way_of_a_smaller_picture_is_nearly_the_plain_gaussian():
    rgb = scene(480, 640)
    apart = np.abs(add_gaussian_blur(rgb, 10).astype(int) - cv2.GaussianBlur(rgb, (0, 0), 10))
    assert apart.mean() < 1.0


@pytest.mark.parametrize("length", [2.0, 3.5, 6.0, 22.0, 60.0])
@pytest.mark.parametrize("angle", [0.0, 0.7, 1.5, 2.6])
def test_a_streak_is_as_long_as_asked_for_and_keeps_the_light(length, angle):
    rgb = np.zeros((192, 192, 3), np.uint8)
    rgb[95:98, 95:98] = 255
    moved = add_motion_blur(rgb, length, angle)[..., 0].astype(float)
    rows, columns = np.nonzero(moved > 0.05 * moved.max())
    along = columns * np.cos(angle) + rows * np.sin(angle)
    assert np.ptp(along) - 3 == pytest.approx(length - 1, abs=max(2.5, 0.1 * length))
    assert np.ptp(rows * np.cos(angle) - columns * np.sin(angle)) <= 6
    flat = np.full((100, 120, 3), 90, np.uint8)
    assert np.abs(add_motion_blur(flat, length, angle).astype(int) - 90).max() <= 1


def test_a_long_streak_is_what_a_kernel_gives():
    rgb = scene(240, 320)
    filtered = cv2.filter2D(rgb, -1, make_motion_kernel(20, 0.6), borderType=cv2.BORDER_REFLECT)
    exact = filtered.astype(int)
    assert np.abs(add_motion_blur(rgb, 20, 0.6).astype(int) - exact).mean() < 2


def test_a_zoom_leaves_the_middle_sharp_and_the_edges_streaked():
    rgb = scene(480, 640)
    change = np.abs(add_zoom_blur(rgb, 1.15, seed=1).astype(int) - rgb)
    assert change[210:270, 290:350].mean() < 0.7 * change[:60].mean()


def test_rough_glass_moves_points_no_farther_than_asked_for_and_differs_by_seed():
    out = add_glass_blur(point(), 2.0, seed=4)[..., 0]
    rows, columns = np.nonzero(out)
    # two pixels and the blur of the glass
    assert max(abs(rows - 96).max(), abs(columns - 96).max(), 0) <= 7
    assert not np.array_equal(add_glass_blur(scene(), 2.0, 1), add_glass_blur(scene(), 2.0, 2))
