import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask
from pycocotools import mask as reference

from fieldcheck.stats.iou_of_boxes_and_masks import (
    TOLERANCE,
    compute_class_boundary,
    compute_class_iou,
    compute_f1_agreement,
    compute_iou,
    count_pairs,
    detect_class_flips,
    estimate_mask_scores,
    estimate_point_scores,
    match_boxes,
    match_masks,
    match_points,
)


def boxes(rng, n):
    corner = rng.integers(0, 40, (n, 2)).astype(float)
    return np.hstack([corner, corner + rng.integers(1, 30, (n, 2))])


def xywh(xyxy):
    return np.hstack([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]])


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6))
def test_overlap_agrees_with_the_coco_tools(seed, n, m):
    rng = np.random.default_rng(seed)
    a, b, crowd = boxes(rng, n), boxes(rng, m), rng.random(m) < 0.3
    actual = compute_iou(a, b, crowd)
    assert actual == pytest.approx(mask.iou(xywh(a), xywh(b), crowd.astype(np.uint8)))


def test_a_box_overlaps_itself_wholly_and_a_stranger_not_at_all():
    a = np.array([[0, 0, 10, 10]], dtype=np.float32)
    assert compute_iou(a, a) == [[1.0]]
    assert compute_iou(a, a + 10) == [[0.0]]


def test_boxes_without_area_overlap_nothing():
    flat = np.array([[5.0, 5.0, 5.0, 9.0]])
    assert compute_iou(flat, flat) == [[0.0]]


def test_boxes_smaller_than_a_pixel_overlap_as_larger_ones_do():
    a = np.array([[0.0, 0.0, 0.5, 0.5]])
    b = np.array([[0.0, 0.0, 0.5, 0.25], [0.25, 0.25, 0.75, 0.75]])
    assert compute_iou(a, b) == pytest.approx(np.array([[0.5, 1 / 7]]))
    assert compute_iou(a, b, np.array([False, True])) == pytest.approx(np.array([[0.5, 1 / 4]]))


def test_an_overlap_that_is_the_threshold_reaches_it_and_a_whole_one_reaches_one():
    values = np.array([[0.5, 0.0], [0.0, 1 - 1e-12]])
    got = match_boxes(values, np.array([0.5, 1.0]), np.array([False, False]))
    assert got.truth.tolist() == [[0, 1], [-1, 1]]
    assert count_pairs(np.array([[0.5]]), np.ones((1, 1), bool)) == 1
    assert count_pairs(np.array([[0.6]]), np.ones((1, 1), bool), 0.7) == 0


def test_the_best_overlap_is_paired_first():
    assert count_pairs(np.array([[0.9, 0.8], [0.8, 0.0]]), np.ones((2, 2), bool)) == 1
    assert count_pairs(np.array([[0.8, 0.9], [0.7, 0.0]]), np.ones((2, 2), bool)) == 2


def test_no_boxes_make_an_empty_table():
    assert compute_iou(np.zeros((0, 4)), np.zeros((3, 4))).shape == (0, 3)


def test_the_better_answer_takes_the_truth_and_the_second_is_a_false_alarm():
    got = match_boxes(np.array([[0.7], [0.9]]), np.array([0.5]), np.array([False]))
    assert got.truth.tolist() == [[0, -1]]
    assert got.right.tolist() == [[True, False]]


def test_each_threshold_is_matched_for_itself():
    values = np.array([[0.6, 0.55], [0.58, 0.0]])
    got = match_boxes(values, np.array([0.5, 0.57, 0.8]), np.array([False, False]))
    assert got.truth.tolist() == [[0, -1], [0, -1], [-1, -1]]


def test_a_truth_that_counts_is_preferred_to_a_region_that_does_not():
    got = match_boxes(np.array([[1.0, 0.6], [1.0, 0.6]]), np.array([0.5]), np.array([True, False]))
    assert got.truth.tolist() == [[1, 0]]
    assert got.ignored.tolist() == [[False, True]]


def test_an_ignore_region_may_take_many_answers():
    got = match_boxes(np.full((3, 1), 0.9), np.array([0.5]), np.array([True]))
    assert got.ignored.all()
    assert not got.right.any()


def test_of_equal_overlaps_the_later_truth_is_taken():
    boxes = match_boxes(np.array([[0.8, 0.8]]), np.array([0.5]), np.array([False, False]))
    assert boxes.truth.tolist() == [[1]]


def test_no_truths_leave_every_answer_alone():
    got = match_boxes(np.zeros((2, 0)), np.array([0.5, 0.75]), np.zeros(0, dtype=bool))
    assert got.truth.tolist() == [[-1, -1], [-1, -1]]


def test_pairs_are_one_to_one_and_of_one_kind():
    overlap = np.array([[0.9, 0.8], [0.85, 0.1], [0.0, 0.7]])
    assert count_pairs(overlap, np.ones((3, 2), dtype=bool)) == 2
    assert count_pairs(overlap, np.array([[True, False], [True, False], [True, False]])) == 1
    assert count_pairs(np.zeros((0, 2)), np.ones((0, 2), dtype=bool)) == 0


def answer(*rows):
    return np.array(rows, dtype=np.float32).reshape(-1, 6)


def test_a_flip_is_another_top_class():
    assert detect_class_flips([0, 1, 2], [0, 2, 2]).tolist() == [False, True, False]


def test_answers_to_different_frames_are_refused():
    with pytest.raises(ValueError, match="different frames"):
        detect_class_flips([0, 1], [0])


def test_the_same_boxes_agree_wholly():
    boxes = answer([0, 0, 10, 10, 0.9, 1], [20, 20, 30, 40, 0.5, 2])
    assert compute_f1_agreement(boxes, boxes[::-1]) == 1.0


def test_two_empty_answers_agree_and_one_empty_does_not():
    assert compute_f1_agreement(answer(), answer()) == 1.0
    assert compute_f1_agreement(answer(), answer([0, 0, 10, 10, 0.9, 1])) == 0.0


def test_another_class_or_little_overlap_is_no_pair():
    box = answer([0, 0, 10, 10, 0.9, 1])
    assert compute_f1_agreement(box, answer([0, 0, 10, 10, 0.9, 2])) == 0.0
    assert compute_f1_agreement(box, answer([6, 0, 16, 10, 0.9, 1])) == 0.0
    assert compute_f1_agreement(box, answer([0, 0, 10, 5, 0.9, 1])) == 1.0


def test_a_lost_box_costs_its_share():
    two = answer([0, 0, 10, 10, 0.9, 1], [20, 20, 30, 40, 0.5, 1])
    assert compute_f1_agreement(two, two[:1]) == pytest.approx(2 / 3)


@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.integers(0, 6))
def test_agreement_has_no_direction(seed, n, m):
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 6, (n + m, 2)).astype(float)
    rows = np.hstack([
        corner, corner + rng.integers(3, 8, (n + m, 2)), rng.random((n + m, 1)),
        rng.integers(0, 2, (n + m, 1)),
    ])  # fmt: skip
    assert compute_f1_agreement(rows[:n], rows[n:]) == compute_f1_agreement(rows[n:], rows[:n])


GROUND, CRACK, HOLE, NOT_JUDGED = 0, 1, 2, 255
MASKS = arrays.arrays(np.uint8, (12, 16), elements=st.sampled_from((GROUND, CRACK, HOLE, 255)))


def frame(*regions, size=(10, 20)):
    """Ground with rectangles (class, x, y, width, height)."""
    mask = np.zeros(size, np.uint8)
    for k, x, y, w, h in regions:
        mask[y : y + h, x : x + w] = k
    return mask


def test_iou_is_over_all_images_together():
    truths = [frame((CRACK, 0, 0, 10, 4)), frame((CRACK, 0, 0, 10, 10))]
    predictions = [frame((CRACK, 5, 0, 10, 4)), frame((CRACK, 0, 0, 10, 5))]
    found = match_masks(truths, predictions, 3)
    assert found.shared[:, CRACK].tolist() == [20, 50]
    assert found.united[:, CRACK].tolist() == [60, 100]
    (iou,) = compute_class_iou(found, np.ones((1, 2)))
    # ground: 140 of 180 pixels, then 100 of 150
    assert iou[:2].tolist() == pytest.approx([240 / 330, 70 / 160], abs=1e-12)
    assert np.isnan(iou[HOLE])
    scores = estimate_mask_scores(found, np.ones(2), np.zeros(2), 0)
    assert scores["mean_iou"].value == pytest.approx((240 / 330 + 70 / 160) / 2, abs=1e-12)


def test_pixels_that_nobody_judged_do_not_count_and_unseen_ones_are_missed():
    truth = frame((CRACK, 0, 0, 10, 5), (NOT_JUDGED, 0, 0, 4, 5))
    prediction = frame((CRACK, 0, 0, 6, 5), (255, 8, 0, 2, 5))
    found = match_masks([truth], [prediction], 2)
    assert (found.shared[0, CRACK], found.united[0, CRACK]) == (10, 30)


def test_an_object_that_the_model_does_not_know_is_no_hit_of_any_class():
    found = match_masks([frame((254, 0, 0, 10, 5))], [frame((CRACK, 0, 0, 10, 5))], 2)
    assert (found.shared[0, CRACK], found.united[0, CRACK]) == (0, 50)


def test_the_boundary_may_be_off_by_a_share_of_the_diagonal():
    """400 × 300 pixels: 0.75 % of the diagonal of 500 are 3.75 pixels."""
    truth = frame((CRACK, 100, 100, 100, 100), size=(300, 400))
    moved = [frame((CRACK, 100 + by, 100, 100, 100), size=(300, 400)) for by in (3, 4)]
    found = match_masks([truth] * 2, moved, 2)
    assert pytest.approx(3.75) == TOLERANCE * 500
    assert found.boundary[0, CRACK] == 1.0
    assert found.boundary[1, CRACK] == pytest.approx(_brute_force_f(truth, moved[1], CRACK))
    assert found.boundary[1, CRACK] < 0.6


def test_nothing_labelled_or_predicted_has_no_boundary_and_one_side_alone_has_none_right():
    found = match_masks(
        [frame(), frame((CRACK, 2, 2, 4, 4)), frame((CRACK, 0, 0, 20, 10))],
        [frame(), frame(), frame((CRACK, 0, 0, 20, 10))],
        2,
    )
    assert np.isnan(found.boundary[0, CRACK])
    assert found.boundary[1, CRACK] == 0.0
    assert np.isnan(found.boundary[2, CRACK])  # all of the image: its edge is none
    (mean,) = compute_class_boundary(found, np.array([[1.0, 3.0, 1.0]]))
    assert mean.tolist() == [0.0, 0.0]


@pytest.mark.long
@given(MASKS, MASKS)
def test_both_agree_with_pycocotools_and_with_a_count_of_every_pair(truth, prediction):
    found = match_masks([truth], [prediction], 3)
    (iou,) = compute_class_iou(found, np.ones((1, 1)))
    for k in range(3):
        sides = [
            np.asfortranarray((mask == k) & (truth != NOT_JUDGED)).astype(np.uint8)
            for mask in (prediction, truth)
        ]
        if sides[0].any() or sides[1].any():
            encoded = [[reference.encode(side)] for side in sides]
            assert iou[k] == pytest.approx(reference.iou(*encoded, [0])[0, 0], abs=1e-12)
        else:
            assert np.isnan(iou[k])
        expected = _brute_force_f(truth, prediction, k)
        assert found.boundary[0, k] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def _brute_force_f(truth, prediction, k):
    """The F score of Csurka et al. by the distance of every pair of boundary pixels."""
    judged = truth != NOT_JUDGED
    reach = TOLERANCE * float(np.hypot(*truth.shape))
    edges = [_list_boundary((mask == k) & judged, judged) for mask in (truth, prediction)]
    if not edges[0] and not edges[1]:
        return float("nan")
    if not edges[0] or not edges[1]:
        return 0.0
    near = np.hypot(*(np.array(edges[0])[:, None] - np.array(edges[1])[None]).transpose(2, 0, 1))
    recall, precision = ((near.min(axis=axis) <= reach).mean() for axis in (1, 0))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _list_boundary(mask, judged):
    height, width = mask.shape
    found = []
    for y, x in np.argwhere(mask).tolist():
        beside = [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
        inside = [(a, b) for a, b in beside if 0 <= a < height and 0 <= b < width]
        if any(judged[place] and not mask[place] for place in inside):
            found.append((y, x))
    return found


def test_the_golden_of_methods():
    """Methods 1.4: two images of 40 × 30 pixels."""
    size = (30, 40)
    truths = [frame((CRACK, 5, 5, 10, 8), (HOLE, 25, 10, 6, 6), size=size), frame(size=size)]
    predictions = [
        frame((CRACK, 6, 5, 10, 8), (HOLE, 25, 14, 6, 6), size=size),
        frame((CRACK, 0, 0, 4, 4), size=size),
    ]
    found = match_masks(truths, predictions, 3)
    (iou,), (edge,) = (
        score(found, np.ones((1, 2))) for score in (compute_class_iou, compute_class_boundary)
    )
    assert iou.tolist() == pytest.approx([0.965457685665, 0.692307692308, 0.2], abs=1e-12)
    assert edge.tolist() == pytest.approx([0.183333333333, 0.28125, 0.2], abs=1e-12)
    scores = estimate_mask_scores(found, np.ones(2), np.zeros(2), 0)
    assert scores["mean_iou"].value == pytest.approx(0.619255125991, abs=1e-12)
    assert scores["boundary_f"].value == pytest.approx(0.221527777778, abs=1e-12)
    assert scores["mean_iou"].lo < scores["mean_iou"].value < scores["mean_iou"].hi


UNSEEN = 255


def paint_frame(**regions):
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
    mask = paint_frame(crack=(0, 0, 4, 5), hole=(10, 0, 4, 5), unseen=(18, 0, 2, 10))
    said = points((1, 1, CRACK), (11, 1, CRACK), (11.9, 4.9, HOLE), (19, 9, HOLE), (6, 6, CRACK))
    found = match_points([mask], [said])
    assert (found.points.tolist(), found.hit.tolist()) == ([5], [2])
    assert found.covered.tolist() == [True, False, True, False, False]
    assert found.image.tolist() == [0] * 5
    assert found.category.tolist() == [CRACK, CRACK, HOLE, HOLE, CRACK]
    assert found.frame_right.tolist() == [False]


def test_a_region_that_nobody_points_at_is_false_area_and_a_neighbouring_one_is_not():
    mask = paint_frame(crack=(0, 0, 4, 5), far=(10, 0, 2, 5))
    assert match_points([mask], [points((1, 1, CRACK))]).false.tolist() == [pytest.approx(10 / 200)]
    assert match_points([mask], [points((1, 1, HOLE))]).false.tolist() == [pytest.approx(30 / 200)]
    mask[5, 4] = mask[6, 5] = CRACK  # goes on over corners
    actual = match_points([mask], [points((5.5, 6.5, CRACK))]).false.tolist()
    assert actual == [pytest.approx(10 / 200)]


def test_false_areas_of_several_classes_add_up():
    mask = paint_frame(crack=(0, 0, 4, 5), hole=(10, 0, 2, 5))
    assert match_points([mask], [points()]).false.tolist() == [pytest.approx(30 / 200)]
    assert match_points([mask], [points((11, 1, HOLE))]).false.tolist() == [pytest.approx(20 / 200)]


def test_false_area_alone_does_not_make_a_frame_with_things_wrong_but_one_without():
    mask = paint_frame(crack=(0, 0, 4, 5), far=(10, 0, 2, 5))
    found = match_points([mask, mask, paint_frame()], [points((1, 1, CRACK)), points(), points()])
    assert found.frame_right.tolist() == [True, False, True]


def test_a_speck_is_no_false_alarm():
    large = np.zeros((1000, 1000), np.uint8)
    large[:9, :11] = CRACK
    assert match_points([large], [points()]).frame_right.tolist() == [True]
    large[9, 0] = CRACK
    assert match_points([large], [points()]).frame_right.tolist() == [False]


def test_the_first_class_is_ground_until_somebody_points_at_it():
    assert match_points([paint_frame()], [points()]).false.tolist() == [0]
    found = match_points([paint_frame(), paint_frame()], [points((0, 0, GROUND)), points()])
    assert found.false.tolist() == [0, 1]


def test_hits_and_false_area_stand_beside_with_limits():
    masks = [paint_frame(crack=(0, 0, 4, 5))] * 30
    found = match_points(masks, [points((1, 1, CRACK))] * 20 + [points((9, 9, CRACK))] * 10)
    said = estimate_point_scores(found, np.ones(30), np.zeros(30), 0)
    assert (said["points_hit"].value, said["points_hit"].n) == (pytest.approx(2 / 3), 30)
    assert said["points_hit"].lo < 2 / 3 < said["points_hit"].hi
    assert said["false_area"].value == pytest.approx(10 * 0.1 / 30)
    scores = estimate_point_scores(
        match_points([paint_frame()], [points()]), np.ones(1), np.zeros(1), 0
    )
    assert not scores["points_hit"].measured


@given(arrays.arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 2, 255])))
def test_pointing_at_every_pixel_of_a_thing_leaves_nothing_false(mask):
    y, x = np.nonzero((mask != GROUND) & (mask != UNSEEN))
    found = match_points([mask], [np.column_stack([x, y, mask[y, x]]).astype(np.float64)])
    assert found.hit.tolist() == found.points.tolist() == [y.size]
    assert found.false.tolist() == [0]
