import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.corruptions.transforms import geometry

SIZES = st.tuples(st.integers(20, 90), st.integers(20, 90))


@given(SIZES, st.floats(-0.3, 0.3))
def test_points_go_where_the_lens_shows_them(size, bend):
    height, width = size
    corner = np.hypot(width, height) / 2
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    points = middle + np.array([[0, 0], [0.3, 0.1], [-0.4, 0.35]]) * (width, height)
    shown = (geometry.distort_points(points, height, width, bend) - middle) / corner
    back = shown * (1 + bend * (shown**2).sum(axis=1, keepdims=True))
    inside = np.hypot(*((points - middle) / corner).T) < 1 + bend
    assert np.allclose(back[inside], ((points - middle) / corner)[inside], atol=1e-6)


@given(SIZES, st.floats(-180, 180))
def test_turning_back_and_forth_leaves_points_where_they_are(size, degrees):
    points = np.array([[0.0, 0.0], [5, 17], [19, 3]])
    there = geometry.transform_points(points, geometry.make_rotation_matrix(*size, degrees))
    back = geometry.transform_points(there, geometry.make_rotation_matrix(*size, -degrees))
    assert np.allclose(back, points, atol=1e-9)


def test_a_quarter_turn_of_a_square_is_exact():
    rgb = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    turned = geometry.warp_image(rgb, geometry.make_rotation_matrix(40, 40, 90)).astype(int)
    assert np.abs(turned - np.rot90(rgb)).max() <= 1


def test_an_enlarged_part_fills_the_picture():
    rgb = np.zeros((100, 200, 3), np.uint8)
    rgb[:50, :100] = 255
    assert (geometry.crop_and_enlarge(rgb, 0.5, 0, 0) == 255).all()
    assert geometry.get_crop_rectangle(100, 200, 0.5, 1, 1) == (100, 50, 100, 50)


def test_a_slanted_view_moves_two_corners_of_one_edge():
    corners = np.array([[0, 0], [200, 0], [200, 100], [0, 100]]) - 0.5
    matrix = geometry.make_perspective_matrix(100, 200, 0.1, seed=0)
    moved = geometry.transform_points(corners, matrix)
    assert (np.abs(moved - corners).max(axis=1) > 1).sum() == 2


def test_boxes_are_put_around_all_of_their_old_sides_and_end_with_the_picture():
    boxes = np.array([[10.0, 20, 30, 60]])
    outlines = geometry.make_box_outlines(boxes)
    assert geometry.fit_boxes_around(outlines, 100, 100).tolist() == boxes.tolist()
    expected = [[90, 20, 100, 60]]
    assert geometry.fit_boxes_around(outlines + np.array([80, 0]), 100, 100).tolist() == expected


def test_what_was_not_seen_is_grey_and_of_no_class():
    matrix = geometry.make_rotation_matrix(50, 50, 45)
    corner = geometry.warp_image(np.zeros((50, 50, 3), np.uint8), matrix)[0, 0]
    assert (corner == geometry.OUTSIDE).all()
    assert geometry.warp_mask(np.ones((50, 50), np.uint8), matrix)[0, 0] == 0
    assert geometry.distort_image(np.zeros((50, 50, 3), np.uint8), 0.3)[0, 0, 0] > 60
    assert geometry.distort_mask(np.ones((50, 50), np.uint8), 0.3)[0, 0] == 0
    assert geometry.distort_mask(np.ones((50, 50), np.uint8), 0.3)[25, 25] == pytest.approx(1)


def test_a_box_goes_round_what_is_still_seen():
    outlines = geometry.make_box_outlines(np.array([[0.0, 0.0, 20.0, 20.0]]))
    # a diamond whose upper half has left the picture
    turned = (outlines - 10) @ np.array([[1, 1], [-1, 1]]) / 2**0.5 + [10, 0]
    half = 10 * 2**0.5
    assert geometry.fit_boxes_around(turned, 100, 100)[0] == pytest.approx([0, 0, 10 + half, half])


def test_a_box_that_has_left_the_picture_has_no_area():
    outlines = geometry.make_box_outlines(np.array([[0.0, 0.0, 20.0, 20.0]])) + np.array([200, 5])
    x1, y1, x2, y2 = geometry.fit_boxes_around(outlines, 100, 100)[0]
    assert (x2 - x1) * (y2 - y1) == 0
