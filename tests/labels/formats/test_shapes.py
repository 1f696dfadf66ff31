import math

import numpy as np
import pytest
from faster_coco_eval.core import mask as reference
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fieldcheck.domain.label import Point
from fieldcheck.labels.formats import label_set as shapes

HORSESHOE = ((0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30))


def inside(corners, x, y):
    cuts = [
        ax + (y - ay) / (by - ay) * (bx - ax)
        for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True)
        if (ay <= y) != (by <= y)
    ]
    return sum(cut < x for cut in cuts) % 2 == 1


def test_the_point_of_a_horseshoe_lies_in_its_bow_and_not_in_the_gap():
    assert shapes.compute_bounding_box(HORSESHOE) == (0, 0, 30, 30)
    x, y = shapes.find_inner_point(HORSESHOE)
    assert (x, y < 10) == (15, True)


@example([(0.0, 0.0), (0.0, 3.0), (0.0, 1.2e-308)])
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=3, max_size=12))
def test_a_point_lies_inside_of_whatever_has_an_area(corners):
    x, y = shapes.find_inner_point(corners)
    left, top, width, height = shapes.compute_bounding_box(corners)
    assert left - 1e-9 <= x <= left + width + 1e-9
    assert top - 1e-9 <= y <= top + height + 1e-9
    levels = [top + height * (line + 0.5) / 16 for line in range(16)]
    if y in levels and y not in [corner_y for _, corner_y in corners]:
        steps = np.linspace(left, left + width, 401)
        assert inside(corners, x, y) or not any(
            inside(corners, step, level) for level in levels for step in steps[1:-1:40]
        )


@pytest.mark.parametrize(
    ("angle", "turned"), [(0, False), (90, False), (1, False), (20, True), (45, True), (85, True)]
)
def test_a_rectangle_is_turned_where_no_side_stands_upright(angle, turned):
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    ends = ((-20, -8), (20, -8), (20, 8), (-20, 8))
    corners = [(50 + x * cos - y * sin, 50 + x * sin + y * cos) for x, y in ends]
    assert shapes.is_rotated(corners) is turned
    assert not shapes.is_rotated([*corners[:3], (90, 90)])
    assert not shapes.is_rotated(corners[:3])


def test_each_region_has_a_point_where_it_is_deepest_and_specks_have_none():
    mask = np.zeros((200, 200), bool)
    mask[10:31, 10:31] = mask[100:103, 100:151] = mask[199, 199] = True
    points, specks = shapes.find_mask_points(mask, "crack")
    assert points[0] == Point("crack", 20.5, 20.5)
    assert (len(points), points[1].y, specks) == (2, 101.5, 1)
    alone = np.zeros((200, 200), bool)
    alone[7, 3] = True
    assert shapes.find_mask_points(alone, "crack") == ((Point("crack", 3.5, 7.5),), 0)
    assert shapes.find_mask_points(alone & False, "crack") == ((), 0)


@pytest.mark.parametrize("said", [[1, 2, 3, 4, 5], [1, 2], list(range(8)) * 100_000])
def test_what_has_no_corners_is_no_outline(said):
    with pytest.raises(ValueError, match="figures of an outline"):
        shapes.make_corners(said)
    assert shapes.make_corners([0, 1, 2, 3, 4, 5.5]) == ((0, 1), (2, 3), (4, 5.5))


@pytest.mark.parametrize("said", ["1,2", [1, "2"], [1, True], [1, float("nan")], [1, 1e9], None])
def test_figures_of_strangers_are_plain_or_refused(said):
    with pytest.raises(ValueError, match="figures"):
        shapes.parse_numbers(said)


MASKS = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1)).map(
    lambda one: np.random.default_rng(one[2]).random((one[0], one[1])) < 0.3
)


@given(MASKS)
@settings(max_examples=40, deadline=None)
def test_packed_runs_are_read_as_those_who_made_them_read_them(mask):
    packed = reference.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert (shapes.decode_rle(packed["counts"].decode(), list(mask.shape)) == mask).all()
    counts = list(shapes.decode_counts(packed["counts"].decode()))
    assert (shapes.decode_rle(counts, list(mask.shape)) == mask).all()


@pytest.mark.parametrize(("counts", "size"), [
    ([3, 4], [60, 90]), ([-1, 5], [2, 2]), ([2, True, 1], [2, 2]), (["4"], [2, 2]),
    ([float("inf")], [2, 2]), ([10**30], [2, 2]), ("zzzzzzzzzzzz", [2, 2]), ("é", [2, 2]),
    ("o", [2, 2]), ([4], [2]), ([4], [2, -2]), ([4], "22"), ([4], [10**6, 10**6]), (None, [2, 2]),
])  # fmt: skip
def test_runs_that_are_no_mask_are_refused(counts, size):
    with pytest.raises(ValueError):  # noqa: PT011
        shapes.decode_rle(counts, size)


def brush(mask):
    """As Label Studio packs it: four equal figures a pixel, in runs of up to sixteen."""
    values = np.repeat(mask.ravel().astype(np.uint8) * 255, 4)
    bits = f"{values.size:032b}{7:05b}" + "".join(f"{length - 1:04b}" for length in (4, 8, 12, 16))
    at = 0
    while at < values.size:
        end = at + 1
        while end < min(values.size, at + 16) and values[end] == values[at]:
            end += 1
        bits += f"100{end - at - 1:04b}{values[at]:08b}"
        at = end
    return [int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8)]


@given(MASKS)
@settings(max_examples=15, deadline=None)
def test_a_brush_is_read_as_it_was_painted(mask):
    assert (shapes.decode_brush_rle(brush(mask), mask.shape[1], mask.shape[0]) == mask).all()


@pytest.mark.parametrize(
    "data",
    [None, [], [1, 2, 3], [256] * 20, [0, 0, 0, 16] + [255] * 30, brush(np.ones((2, 2)))[:-1]],
)
def test_a_brush_that_ends_early_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011
        shapes.decode_brush_rle(data, 2, 2)
