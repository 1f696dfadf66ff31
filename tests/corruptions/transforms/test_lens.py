import numpy as np
import pytest

from fieldcheck.corruptions.transforms import lens
from tests.corruptions.pictures import scene


@pytest.mark.parametrize("share", [0.03, 0.06, 0.10, 0.16, 0.25])
@pytest.mark.parametrize("size", [(192, 256), (90, 500), (720, 1280)])
def test_an_ellipse_covers_the_share_of_the_frame_asked_for(share, size):
    rgb = np.full((*size, 3), (1, 2, 3), np.uint8)
    for seed in range(6):
        actual = (lens.add_occlusion(rgb, share, seed) != rgb).any(axis=2).mean()
        assert actual == pytest.approx(share, rel=0.04)


@pytest.mark.parametrize("cover", [lens.add_hand, lens.add_occluding_bar])
@pytest.mark.parametrize("share", [0.03, 0.10, 0.25])
@pytest.mark.parametrize("size", [(192, 256), (720, 1280)])
def test_a_hand_and_a_bar_cover_the_share_asked_for(cover, share, size):
    rgb = np.full((*size, 3), (1, 2, 3), np.uint8)
    for seed in range(4):
        actual = (cover(rgb, share, seed) != rgb).any(axis=2).mean()
        assert actual == pytest.approx(share, rel=0.1, abs=2.5 / min(size))


def test_patches_are_whole_and_as_many_as_asked_for():
    rgb = np.zeros((192, 256, 3), np.uint8)
    cells = lens.add_patch(rgb, 0.15, seed=1)[..., 0].reshape(8, 24, 8, 32)
    assert (cells == 128).all(axis=(1, 3)).sum() == 10
    assert ((cells == 128).all(axis=(1, 3)) == (cells == 128).any(axis=(1, 3))).all()


def test_dirt_is_dark_and_grows():
    rgb = np.full((192, 256, 3), 160, np.uint8)
    means = [lens.add_dust(rgb, share, seed=2).mean() for share in (0.05, 0.2, 0.4)]
    assert 160 > means[0] > means[1] > means[2]


def test_drops_blur_what_is_behind_them():
    rgb = scene(seed=4)
    apart = np.abs(lens.add_water_drops(rgb, 0.5, seed=2).astype(int) - rgb).max(axis=2)
    changed = (apart > 8).mean()
    assert 0.2 < changed < 0.7
    assert np.array_equal(lens.add_water_drops(rgb, 0, seed=2), rgb)


def test_a_reflection_lies_over_the_scene_and_takes_its_share():
    black, white = np.zeros((192, 256, 3), np.uint8), np.full((192, 256, 3), 255, np.uint8)
    apart = lens.add_reflection(white, 0.3, 1).astype(float) - lens.add_reflection(black, 0.3, 1)
    assert 150 < apart.mean() < 180
