import numpy as np

from fieldcheck.models.doctor.feed import render_probe_images


def test_the_pictures_are_the_same_every_time_and_unlike_each_other():
    shown = render_probe_images(6)
    assert all(one.shape == (160, 160, 3) and one.dtype == np.uint8 for one in shown)
    assert all(
        np.array_equal(one, other) for one, other in zip(shown, render_probe_images(6), strict=True)
    )
    apart = [
        float(np.abs(shown[a].astype(float) - shown[b]).mean()) for a in range(6) for b in range(a)
    ]
    assert min(apart) > 10


def test_they_are_lit_as_scenes_are_neither_black_nor_burnt_out():
    for one in render_probe_images(8):
        assert 30 < one.mean() < 225
        assert one.std() > 10
        assert np.mean((one == 0) | (one == 255)) < 0.2
