import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fieldcheck.stats.point_scores import estimate_point_scores, match_points

GROUND, CRACK, HOLE, UNSEEN = 0, 1, 2, 255


def frame(**regions):
    """20 × 10 pixels of ground; `crack=(x, y, w, h)` and so on are painted over it."""
    mask = np.zeros((10, 20), np.uint8)
    for name, (x, y, w, h) in regions.items():
        mask[y : y + h, x : x + w] = {"crack": CRACK, "far": CRACK, "hole": HOLE, "unseen": UNSEEN}[
            name
        ]
    return mask


def points(*rows):
    return np.array(rows, np.float64).reshape(-1, 3)


def test_a_point_is_hit_if_the_mask_of_its_class_covers_it():
    mask = frame(crack=(0, 0, 4, 5), hole=(10, 0, 4, 5), unseen=(18, 0, 2, 10))
    said = points((1, 1, CRACK), (11, 1, CRACK), (11.9, 4.9, HOLE), (19, 9, HOLE), (6, 6, CRACK))
    found = match_points([mask], [said])
    assert (found.points.tolist(), found.hit.tolist()) == ([5], [2])
    assert found.covered.tolist() == [True, False, True, False, False]
    assert found.image.tolist() == [0] * 5
    assert found.category.tolist() == [CRACK, CRACK, HOLE, HOLE, CRACK]
    assert found.frame_right.tolist() == [False]


def test_a_region_that_nobody_points_at_is_false_area_and_a_neighbouring_one_is_not():
    mask = frame(crack=(0, 0, 4, 5), far=(10, 0, 2, 5))
    assert match_points([mask], [points((1, 1, CRACK))]).false.tolist() == [pytest.approx(10 / 200)]
    assert match_points([mask], [points((1, 1, HOLE))]).false.tolist() == [pytest.approx(30 / 200)]
    mask[5, 4] = mask[6, 5] = CRACK  # goes on over corners
    actual = match_points([mask], [points((5.5, 6.5, CRACK))]).false.tolist()
    assert actual == [pytest.approx(10 / 200)]


def test_false_areas_of_several_classes_add_up():
    mask = frame(crack=(0, 0, 4, 5), hole=(10, 0, 2, 5))
    assert match_points([mask], [points()]).false.tolist() == [pytest.approx(30 / 200)]
    assert match_points([mask], [points((11, 1, HOLE))]).false.tolist() == [pytest.approx(20 / 200)]


def test_false_area_alone_does_not_make_a_frame_with_things_wrong_but_one_without():
    mask = frame(crack=(0, 0, 4, 5), far=(10, 0, 2, 5))
    found = match_points([mask, mask, frame()], [points((1, 1, CRACK)), points(), points()])
    assert found.frame_right.tolist() == [True, False, True]


def test_a_speck_is_no_false_alarm():
    large = np.zeros((1000, 1000), np.uint8)
    large[:9, :11] = CRACK
    assert match_points([large], [points()]).frame_right.tolist() == [True]
    large[9, 0] = CRACK
    assert match_points([large], [points()]).frame_right.tolist() == [False]


def test_the_first_class_is_ground_until_somebody_points_at_it():
    assert match_points([frame()], [points()]).false.tolist() == [0]
    found = match_points([frame(), frame()], [points((0, 0, GROUND)), points()])
    assert found.false.tolist() == [0, 1]


def test_hits_and_false_area_stand_beside_with_limits():
    masks = [frame(crack=(0, 0, 4, 5))] * 30
    found = match_points(masks, [points((1, 1, CRACK))] * 20 + [points((9, 9, CRACK))] * 10)
    said = estimate_point_scores(found, np.ones(30), np.zeros(30), 0)
    assert (said["points_hit"].value, said["points_hit"].n) == (pytest.approx(2 / 3), 30)
    assert said["points_hit"].lo < 2 / 3 < said["points_hit"].hi
    assert said["false_area"].value == pytest.approx(10 * 0.1 / 30)
    scores = estimate_point_scores(match_points([frame()], [points()]), np.ones(1), np.zeros(1), 0)
    assert not scores["points_hit"].measured


@given(arrays.arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 2, 255])))
def test_pointing_at_every_pixel_of_a_thing_leaves_nothing_false(mask):
    y, x = np.nonzero((mask != GROUND) & (mask != UNSEEN))
    found = match_points([mask], [np.column_stack([x, y, mask[y, x]]).astype(np.float64)])
    assert found.hit.tolist() == found.points.tolist() == [y.size]
    assert found.false.tolist() == [0]
