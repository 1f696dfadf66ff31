import numpy as np

from fieldcheck.imaging.colour import split_planes, to_bgr, to_luma, to_rgb_from_bgr


def test_luma_weighs_the_colours_as_the_eye_does():
    red, green, blue = (np.eye(3, dtype=np.uint8)[i][None, None] * 255 for i in range(3))
    assert [int(to_luma(colour)[0, 0]) for colour in (red, green, blue)] == [76, 150, 29]


def test_bgr_there_and_back_is_the_same_picture():
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert np.array_equal(to_bgr(rgb), rgb[..., ::-1])
    assert np.array_equal(to_rgb_from_bgr(to_bgr(rgb)), rgb)


def test_planes_are_the_channels_in_their_order_without_gaps():
    rgb = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)[:, 1:7]
    for channel, plane in enumerate(split_planes(rgb)):
        assert np.array_equal(plane, rgb[..., channel])
        assert plane.flags.c_contiguous
