import numpy as np

from fieldcheck.domain.box import Box
from fieldcheck.ui.screens.label.snap import snap


def square(noise=0):
    luma = np.full((100, 120), 60, np.uint8)
    luma[30:70, 40:90] = 180
    return (luma + np.random.default_rng(3).integers(0, noise + 1, luma.shape)).astype(np.uint8)


def test_edges_within_reach_are_found_in_noise_too():
    assert snap(square(20), Box("a", 35, 36, 60, 30)) == Box("a", 40, 30, 50, 40)


def test_edges_out_of_reach_and_flat_pictures_leave_the_box_as_it_is():
    far = Box("a", 20, 5, 10, 10)
    assert snap(square(), far) == far
    assert snap(np.full((50, 50), 9, np.uint8), Box("a", 5, 5, 20, 20)) == Box("a", 5, 5, 20, 20)


def test_a_box_at_the_border_or_as_thin_as_nothing_breaks_nothing():
    for box in (Box("a", 0, 0, 120, 100), Box("a", 119, 99, 1, 1), Box("a", 10, 10, 1, 1)):
        assert snap(square(), box).w >= 1
