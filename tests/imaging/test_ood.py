import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.imaging import ood as probes

PICTURE = np.random.default_rng(0).integers(0, 256, (50, 67, 3), dtype=np.uint8)


@given(st.integers(1, 9), st.integers(0, 99))
def test_shuffled_patches_are_the_same_pixels_in_another_order(grid, seed):
    before = PICTURE.copy()
    found = probes.shuffle_patches(PICTURE, grid, seed)
    assert found.shape == PICTURE.shape
    colours = np.sort(PICTURE.reshape(-1, 3), axis=0)
    assert np.array_equal(np.sort(found.reshape(-1, 3), axis=0), colours)
    assert np.array_equal(PICTURE, before)


def test_a_patch_stays_whole_and_the_same_seed_gives_the_same_order():
    found = probes.shuffle_patches(PICTURE, 4, 3)
    assert np.array_equal(found, probes.shuffle_patches(PICTURE, 4, 3))
    height, width = 50 // 4, 67 // 4
    cut = {
        PICTURE[r * height : (r + 1) * height, c * width : (c + 1) * width].tobytes()
        for r in range(4)
        for c in range(4)
    }
    laid = {
        found[r * height : (r + 1) * height, c * width : (c + 1) * width].tobytes()
        for r in range(4)
        for c in range(4)
    }
    assert cut == laid
    assert not np.array_equal(found, PICTURE)


def test_blank_pictures_go_from_black_to_white():
    actual = [int(probes.make_blank_image(level, (2, 3)).max()) for level in (0.0, 0.5, 1.0)]
    assert actual == [0, 128, 255]
    assert probes.make_blank_image(0.3, (2, 3)).shape == (2, 3, 3)


def test_noise_has_the_mean_and_deviation_of_real_pictures():
    mean, deviation = np.array([60.0, 120.0, 180.0]), np.array([5.0, 10.0, 20.0])
    pixels = probes.make_gaussian_noise((200, 200), mean, deviation, 1).reshape(-1, 3).astype(float)
    assert pixels.mean(axis=0) == pytest.approx(mean, abs=0.5)
    assert pixels.std(axis=0) == pytest.approx(deviation, rel=0.03)
    assert abs(probes.make_uniform_noise((100, 100), 1).mean() - 127.5) < 1


def test_statistics_count_every_picture_alike_whatever_its_size():
    bright = np.full((400, 300, 3), 30, np.uint8)
    mean, deviation = probes.compute_channel_statistics([np.full((4, 4, 3), 10, np.uint8), bright])
    assert mean == pytest.approx([20, 20, 20])
    assert deviation == pytest.approx([10, 10, 10])


def test_hiding_the_object_paints_the_rest_over_it_and_leaves_the_rest():
    picture = np.full((20, 20, 3), 40, np.uint8)
    picture[5:10, 6:12] = 200
    found = probes.remove_object(picture, [(6.2, 5.0, 12.0, 9.7)])
    assert (found == 40).all()
    kept = probes.remove_background(picture, [(6.0, 5.0, 12.0, 10.0)])
    assert (kept[5:10, 6:12] == 200).all()
    assert (kept[0] == 128).all()


def test_a_box_beyond_the_picture_hides_what_is_in_it():
    assert (probes.remove_object(PICTURE, [(-5.0, -5.0, 500.0, 500.0)]) == 128).all()


def test_grey_and_mirrored():
    assert len(np.unique(np.ptp(probes.convert_to_grey(PICTURE), axis=2))) == 1
    assert np.array_equal(probes.flip_horizontally(probes.flip_horizontally(PICTURE)), PICTURE)
