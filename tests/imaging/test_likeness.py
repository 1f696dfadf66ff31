from math import inf, log10

import numpy as np
import pytest

from fieldcheck.imaging.similarity import compute_psnr, compute_ssim
from tests.corruptions.pictures import scene


def grey(level, size=(40, 50)):
    return np.full((*size, 3), level, np.uint8)


def test_ten_grey_levels_are_twenty_eight_decibel():
    assert compute_psnr(grey(100), grey(110)) == pytest.approx(20 * log10(255 / 10))
    assert compute_psnr(grey(100), grey(100)) == inf


def test_structure_that_is_the_same_is_one_and_noise_has_none():
    rng = np.random.default_rng(0)
    one, two = (
        np.repeat(rng.integers(0, 256, (60, 80, 1), dtype=np.uint8), 3, axis=2) for _ in range(2)
    )
    assert compute_ssim(one, one) == pytest.approx(1)
    assert abs(compute_ssim(one, two)) < 0.05
    actual = compute_ssim(one, np.asarray((one.astype(int) + two) // 2, np.uint8))
    assert actual == pytest.approx(0.7, abs=0.15)


def test_light_alone_counts_as_the_source_says():
    actual = compute_ssim(grey(100), grey(110))
    assert actual == pytest.approx((2 * 100 * 110 + 6.5025) / (100**2 + 110**2 + 6.5025))


def test_a_picture_smaller_than_the_window_is_taken():
    assert compute_ssim(grey(9, (4, 4)), grey(9, (4, 4))) == pytest.approx(1)


def test_a_large_picture_is_as_like_as_it_is_seen_at_a_usual_size():
    small, other = scene(250, 333), np.asarray(255 - scene(250, 333), np.uint8)
    one, two = (np.repeat(np.repeat(picture, 3, axis=0), 3, axis=1) for picture in (small, other))
    assert compute_ssim(one, two) == pytest.approx(compute_ssim(small, other), abs=1e-6)
