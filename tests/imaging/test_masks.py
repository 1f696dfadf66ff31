import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from fieldcheck.imaging.masks import (
    OUTSIDE,
    Mask,
    MaskUnreadable,
    compute_class_shares,
    draw_mask_overlay,
    pack_masks,
    unpack_masks,
)

PIXELS = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=9))


@given(st.lists(st.tuples(st.integers(-50, 5000), st.integers(-50, 5000), PIXELS), max_size=4))
def test_what_is_packed_comes_back_to_the_pixel(parts):
    masks = [Mask(x, y, pixels) for x, y, pixels in parts]
    for one, other in zip(masks, unpack_masks(pack_masks(masks)), strict=True):
        assert (one.x, one.y) == (other.x, other.y)
        assert np.array_equal(one.pixels, other.pixels)
        assert not other.pixels.flags.writeable


@given(st.binary(max_size=200))
def test_other_bytes_are_refused_and_never_crash(data):
    for given_bytes in (data, zlib.compress(data)):
        try:
            unpack_masks(given_bytes)
        except MaskUnreadable:
            continue


def test_a_size_that_the_bytes_do_not_hold_is_refused():
    whole = zlib.decompress(pack_masks([Mask(0, 0, np.zeros((3, 3), np.uint8))]))
    for data, said in (
        (zlib.compress(whole[:-1]), "3 × 3 pixels in 8 bytes"),
        (zlib.compress(whole[:-12]), "a buffer of at least"),
        (pack_masks([])[:-2], "do not end"),
        (b"no mask", "while decompressing"),
    ):
        with pytest.raises(MaskUnreadable, match=said):
            unpack_masks(data)


def test_pixels_that_the_model_never_saw_are_in_no_share():
    actual = compute_class_shares(np.array([[0, 0, 1, OUTSIDE]], np.uint8), 3)
    assert actual == pytest.approx([2 / 3, 1 / 3, 0])
    assert np.isnan(compute_class_shares(np.array([[OUTSIDE]], np.uint8), 2)).all()


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="a mask is"):
        Mask(0, 0, np.zeros((2, 2, 1), np.uint8))


def test_an_overlay_colours_what_is_covered_and_leaves_ground_and_unseen_alone():
    rgb = np.full((4, 6, 3), 100, np.uint8)
    pixels = np.array([[0, 1, 2], [255, 9, 0]], np.uint8)
    drawn = draw_mask_overlay(rgb, [Mask(2, 1, pixels)])
    changed = (drawn != rgb).any(axis=2)
    assert changed.tolist() == [
        [False] * 6,
        [False, False, False, True, True, False],
        [False, False, False, True, False, False],
        [False] * 6,
    ]
    mixed = [(100 + 37) // 2, (100 + 136) // 2, (100 + 245) // 2]
    assert drawn[1, 3].tolist() == mixed, "half the frame, half the colour"
    assert (drawn[1, 3] != drawn[1, 4]).any()
    assert (drawn[1, 3] == drawn[2, 3]).all(), "eight colours, then the first one again"
    assert (rgb == 100).all()


def test_a_mask_that_reaches_beyond_the_frame_is_cut():
    rgb = np.zeros((3, 3, 3), np.uint8)
    drawn = draw_mask_overlay(rgb, [Mask(-1, 2, np.ones((4, 3), np.uint8))])
    assert (drawn != rgb).any(axis=2).tolist() == [[False] * 3, [False] * 3, [True, True, False]]


@pytest.mark.parametrize("shape", [(2, 5), (5, 2)])
def test_a_mask_larger_than_the_frame_covers_all_of_it(shape):
    rgb = np.zeros((*shape, 3), np.uint8)
    overlay = draw_mask_overlay(rgb, [Mask(-1, -1, np.ones((9, 9), np.uint8))])
    assert (overlay != rgb).any(axis=2).all()
