from math import inf, log10

import numpy as np
import pytest

from fieldcheck.imaging.similarity import (
    compute_detail_vector,
    compute_dhash,
    compute_hamming_distance,
    compute_phash,
    compute_psnr,
    compute_ssim,
)
from tests.corruptions.pictures import scene


@pytest.fixture
def slope() -> np.ndarray:
    y, x = np.mgrid[:64, :64]
    return ((3 * x + 2 * y) % 256).astype(np.uint8)


def with_square(picture: np.ndarray) -> np.ndarray:
    changed = picture.copy()
    changed[20:40, 20:40] = 255
    return changed


def test_the_slope_has_the_fingerprint_that_the_method_prints(slope):
    assert f"{compute_phash(slope):016x}" == "922d5a15ab5655ba"


def test_a_square_turns_as_many_bits_as_the_method_prints(slope):
    changed = with_square(slope)
    assert compute_hamming_distance(compute_phash(slope), compute_phash(changed)) == 12
    assert compute_hamming_distance(compute_dhash(slope), compute_dhash(changed)) == 7


def test_more_light_turns_none(slope):
    brighter = np.minimum(slope.astype(int) + 12, 255).astype(np.uint8)
    assert compute_hamming_distance(compute_phash(slope), compute_phash(brighter)) == 0
    assert compute_hamming_distance(compute_dhash(slope), compute_dhash(brighter)) == 0


def test_fingerprints_are_those_of_imagehash(slope):
    imagehash = pytest.importorskip("imagehash")
    from PIL import Image

    rng = np.random.default_rng(0)
    grey = np.full((50, 70), 90, np.uint8)
    pictures = [slope, with_square(slope), grey, np.zeros((9, 9), np.uint8)]
    pictures += [rng.integers(0, 256, rng.integers(8, 200, 2), dtype=np.uint8) for _ in range(40)]
    pictures += [
        np.repeat(np.repeat(rng.integers(0, 256, (5, 7), dtype=np.uint8), 20, 0), 20, 1)
        for _ in range(40)
    ]
    for picture in pictures:
        assert f"{compute_phash(picture):016x}" == str(imagehash.phash(Image.fromarray(picture)))
        assert f"{compute_dhash(picture):016x}" == str(imagehash.dhash(Image.fromarray(picture)))


def test_a_fingerprint_has_sixty_four_bits_without_a_sign():
    falling = np.repeat(np.arange(255, 0, -1, dtype=np.uint8)[None], 40, axis=0)
    assert compute_dhash(falling) == 0
    assert compute_dhash(falling[:, ::-1]) == 2**64 - 1


def test_the_distance_counts_bits():
    assert compute_hamming_distance(0b1011, 0b0010) == 2
    assert compute_hamming_distance(2**63, 0) == 1
    assert compute_hamming_distance(7, 7) == 0


def test_fine_structure_is_of_unit_length_and_blind_to_slow_changes_of_light(slope):
    found = compute_detail_vector(with_square(slope))
    assert (found.shape, found.dtype) == ((256,), np.float32)
    assert np.linalg.norm(found) == pytest.approx(1)
    dimmed = (with_square(slope) * np.linspace(0.6, 0.9, 64)[:, None]).astype(np.uint8)
    assert float(found @ compute_detail_vector(dimmed)) > 0.98
    assert float(found @ compute_detail_vector(slope)) < 0.9


def test_a_blank_picture_has_no_fine_structure():
    assert not compute_detail_vector(np.full((90, 160), 17, np.uint8)).any()


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
