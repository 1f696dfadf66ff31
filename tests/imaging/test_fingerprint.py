import numpy as np
import pytest

from fieldcheck.imaging.fingerprint import dhash64, hamming, phash64


@pytest.fixture
def slope() -> np.ndarray:
    y, x = np.mgrid[:64, :64]
    return ((3 * x + 2 * y) % 256).astype(np.uint8)


def with_square(picture: np.ndarray) -> np.ndarray:
    changed = picture.copy()
    changed[20:40, 20:40] = 255
    return changed


def test_the_slope_has_the_fingerprint_that_the_method_prints(slope):
    assert f"{phash64(slope):016x}" == "922d5a15ab5655ba"


def test_a_square_turns_as_many_bits_as_the_method_prints(slope):
    changed = with_square(slope)
    assert hamming(phash64(slope), phash64(changed)) == 12
    assert hamming(dhash64(slope), dhash64(changed)) == 7


def test_more_light_turns_none(slope):
    brighter = np.minimum(slope.astype(int) + 12, 255).astype(np.uint8)
    assert hamming(phash64(slope), phash64(brighter)) == 0
    assert hamming(dhash64(slope), dhash64(brighter)) == 0


def test_fingerprints_are_those_of_imagehash(slope):
    imagehash = pytest.importorskip("imagehash")
    from PIL import Image

    rng = np.random.default_rng(0)
    pictures = [slope, with_square(slope), np.full((50, 70), 90, np.uint8), np.zeros((9, 9), np.uint8)]
    pictures += [rng.integers(0, 256, rng.integers(8, 200, 2), dtype=np.uint8) for _ in range(40)]
    pictures += [np.repeat(np.repeat(rng.integers(0, 256, (5, 7), dtype=np.uint8), 20, 0), 20, 1) for _ in range(40)]
    for picture in pictures:
        assert f"{phash64(picture):016x}" == str(imagehash.phash(Image.fromarray(picture)))
        assert f"{dhash64(picture):016x}" == str(imagehash.dhash(Image.fromarray(picture)))


def test_a_fingerprint_has_sixty_four_bits_without_a_sign():
    falling = np.repeat(np.arange(255, 0, -1, dtype=np.uint8)[None], 40, axis=0)
    assert dhash64(falling) == 0
    assert dhash64(falling[:, ::-1]) == 2**64 - 1


def test_the_distance_counts_bits():
    assert hamming(0b1011, 0b0010) == 2
    assert hamming(2**63, 0) == 1
    assert hamming(7, 7) == 0
