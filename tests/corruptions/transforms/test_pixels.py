import numpy as np
import pytest

from fieldcheck.corruptions.transforms import pixels
from tests.corruptions.pictures import scene


def test_lengths_are_of_a_picture_whose_shorter_side_has_192_pixels():
    assert pixels.compute_scale(np.zeros((192, 400, 3), np.uint8)) == 1
    assert pixels.compute_scale(np.zeros((1080, 1920, 3), np.uint8)) == pytest.approx(5.625)


@pytest.mark.parametrize(
    ("size", "layer"), [((720, 1280), (360, 640)), ((96, 128), (360, 480)), ((2, 300), (10, 1536))]
)
def test_a_layer_is_as_large_for_any_picture_of_one_form_and_never_huge(size, layer):
    height, width, unit = pixels.get_layer_size(np.zeros((*size, 3), np.uint8))
    assert (height, width) == layer
    assert unit == pytest.approx(height / 192, rel=0.05)


def test_a_picture_made_smaller_by_halves_is_the_mean_of_its_pixels():
    rgb = scene(256, 512)
    small = pixels.shrink_image(rgb, 64, 32).astype(float)
    assert np.abs(small - rgb.reshape(32, 8, 64, 8, 3).mean(axis=(1, 3))).max() <= 2
    assert pixels.shrink_image(rgb, 512, 256) is rgb


def test_what_a_layer_covers_is_seen_in_its_colour():
    grey = np.full((40, 60, 3), 100, np.uint8)
    levels = set(np.unique(pixels.cover_image(grey, np.full((2, 2), 0.5), (200, 200, 200))))
    assert levels <= {149, 150, 151}
    assert set(np.unique(pixels.overlay_layers(grey, None, np.full((2, 2), 20.0)))) == {120}
    assert pixels.overlay_layers(grey, None, None) is not grey


@pytest.mark.parametrize("size", [(300, 400), (721, 1281), (1080, 1920)])
def test_the_quick_way_down_leaves_what_averaging_does(size):
    rgb = scene(*size)
    slow, quick = (
        pixels.shrink_image(rgb, 256, 192, quick=way).astype(int) for way in (False, True)
    )
    assert np.abs(slow - quick).mean() < 2.5


def test_clouds_reach_from_nothing_to_all():
    one = pixels.make_cloud_noise(50, 70, 20, np.random.default_rng(0))
    assert (one.shape, one.min(), one.max()) == ((50, 70), 0, 1)
