from math import log

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.imaging.quality import (
    ON_BLACK,
    ON_WHITE,
    compute_laplace_variance,
    compute_level_shares,
    compute_noise_levels,
    crop_native,
    estimate_noise_sigma,
    find_level_at,
    mark_clipping,
    measure_quality,
)


def grey(y: np.ndarray) -> np.ndarray:
    return np.repeat(y[:, :, None], 3, axis=2)


@pytest.fixture
def spike() -> np.ndarray:
    """The picture of the method's golden number: a slope with one pixel too bright."""
    y = (4 * np.arange(8)[:, None] + 2 * np.arange(8)).astype(np.uint8)
    y[3, 3] += 20
    return y


@pytest.fixture
def texture() -> np.ndarray:
    return cv2.resize(
        np.random.default_rng(0).integers(30, 220, (30, 40), dtype=np.uint8),
        (400, 300),
        interpolation=cv2.INTER_CUBIC,
    )


def test_the_golden_noise_is_met(spike):
    assert estimate_noise_sigma(compute_noise_levels(spike)) == pytest.approx(1.856762, abs=1e-6)


def test_the_golden_laplace_variance_is_met(spike):
    assert compute_laplace_variance(spike) == pytest.approx(222.222222, abs=1e-6)


def test_quality_holds_both_numbers(spike):
    found = measure_quality(grey(spike))
    assert found.noise == pytest.approx(1.856762, abs=1e-6)
    assert found.sharpness == pytest.approx(log(223.222222), abs=1e-6)


@pytest.mark.parametrize("sigma", [2, 5, 12])
def test_noise_is_measured_at_native_resolution_whatever_the_slope(sigma):
    y = np.linspace(60, 180, 1600)[None] + np.random.default_rng(1).normal(0, sigma, (900, 1600))
    actual = measure_quality(grey(np.clip(np.round(y), 0, 255).astype(np.uint8))).noise
    assert actual == pytest.approx(sigma, rel=0.05)


def test_blur_lowers_sharpness_and_nothing_raises_it_but_detail(texture):
    figures = [
        measure_quality(
            grey(cv2.GaussianBlur(texture, (0, 0), sigma) if sigma else texture)
        ).sharpness
        for sigma in (0, 1, 2, 4)
    ]
    assert figures == sorted(figures, reverse=True)
    assert measure_quality(grey(np.full((90, 160), 70, np.uint8))).sharpness == 0


def test_levels_clipped_at_either_end_are_counted():
    y = np.full((100, 100), 128, np.uint8)
    y[:10], y[10:15], y[15], y[16] = 10, 245, 11, 244
    found = measure_quality(grey(y))
    assert found.clipped_low == pytest.approx(0.10)
    assert found.clipped_high == pytest.approx(0.05)


def test_contrast_is_the_99th_less_the_1st_percentile():
    y = np.repeat(np.arange(100, dtype=np.uint8) * 2, 100).reshape(100, 100)
    assert measure_quality(grey(y)).contrast == 196
    assert measure_quality(grey(y)).mean == pytest.approx(99)


def test_light_from_behind_is_a_bright_border():
    y = np.full((80, 160), 200, np.uint8)
    y[20:60, 40:120] = 50
    assert measure_quality(grey(y)).backlight == pytest.approx(150)
    assert measure_quality(grey(255 - y)).backlight == pytest.approx(-150)
    assert measure_quality(grey(np.full((80, 160), 9, np.uint8))).backlight == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (2, 2), (3, 3), (700, 1)])
def test_the_smallest_pictures_have_finite_figures(shape):
    found = measure_quality(grey(np.full(shape, 40, np.uint8)))
    assert found.mean == 40
    assert (found.noise, found.sharpness, found.contrast) == (0, 0, 0)


def test_the_native_crop_keeps_coding_blocks_in_place():
    y, x = np.mgrid[:1081, :1923]
    crop = crop_native(np.dstack([y % 8, x % 8]).astype(np.uint8))
    assert crop.shape == (512, 512, 2)
    assert crop[0, 0].tolist() == [0, 0]
    assert crop_native(np.zeros((100, 700), np.uint8)).shape == (100, 512)


def test_levels_are_found_by_share():
    shares = compute_level_shares(np.array([[0, 0, 3, 9]], np.uint8))
    assert [find_level_at(shares, quantile) for quantile in (0.5, 0.51, 0.75, 1.0)] == [0, 3, 3, 9]


def test_only_what_is_clipped_is_striped_and_black_otherwise_than_white():
    rgb = np.full((32, 48, 3), 128, np.uint8)
    rgb[:, :16], rgb[:, 16:32] = 255, 0
    shown = mark_clipping(rgb)
    assert (shown[:, :16] == ON_WHITE).all(axis=2).mean() == 0.25
    assert (shown[:, 16:32] == ON_BLACK).all(axis=2).mean() == 0.25
    assert (shown[:, 32:] == 128).all()


def test_the_stripes_run_in_different_directions():
    white = mark_clipping(np.full((16, 16, 3), 255, np.uint8))
    black = mark_clipping(np.zeros((16, 16, 3), np.uint8))
    rising = (white == ON_WHITE).all(axis=2)
    falling = (black == ON_BLACK).all(axis=2)
    assert rising[0, 1]
    assert rising[1, 0]
    assert falling[1, 1]
    assert not falling[1, 0]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 255))
def test_the_frame_itself_is_not_changed(height, width, level):
    rgb = np.full((height, width, 3), level, np.uint8)
    rgb.flags.writeable = False
    shown = mark_clipping(rgb)
    assert (rgb == level).all()
    assert shown.shape == rgb.shape
