import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from fieldcheck.stats.mean_average_precision import (
    _scale_to_integers,
    compute_average_precision,
    compute_coco_precision,
    compute_coco_stats,
    compute_mean_average_precision,
    compute_precision_recall,
    estimate_average_precision,
    estimate_precision_recall,
    list_judged_boxes,
    list_labelled_objects,
    match_all_classes,
    match_at_threshold,
    stack_detected_boxes,
    stack_labelled_boxes,
)

CLASSES = 2
GOLDEN_TRUTHS = [
    # image, class, box xywh, crowd: methods 1.3
    (0, 0, (10, 10, 30, 30), 0), (0, 0, (50, 50, 20, 40), 0), (0, 1, (5, 60, 20, 20), 0),
    (1, 0, (20, 20, 40, 40), 0), (1, 1, (60, 10, 30, 30), 0), (2, 1, (10, 10, 15, 15), 0),
    (1, 0, (0, 0, 100, 15), 1),
]  # fmt: skip
GOLDEN_ANSWERS = [
    # image, class, box xywh, score
    (0, 0, (11, 12, 30, 28), 0.9), (0, 0, (52, 49, 18, 36), 0.8), (0, 0, (80, 80, 10, 10), 0.7),
    (0, 1, (6, 58, 22, 20), 0.6), (1, 0, (25, 18, 38, 44), 0.85), (1, 1, (58, 12, 26, 30), 0.4),
    (2, 1, (12, 12, 15, 15), 0.95), (2, 0, (10, 10, 15, 15), 0.5), (1, 0, (5, 2, 30, 10), 0.3),
    (1, 0, (22, 22, 40, 40), 0.85),
]  # fmt: skip
STATS = [
    0.487335, 0.957921, 0.417079, 0.522607, 0.6, -1, 0.4, 0.533333, 0.533333, 0.533333, 0.7, -1,
]  # fmt: skip


def corners(box):
    return [box[0], box[1], box[0] + box[2], box[1] + box[3]]


def by_image(truth_rows, answer_rows, n_images):
    """Truths and answers of this module from flat rows."""
    truths = [
        np.array(
            [[*corners(b), c, crowd] for i, c, b, crowd in truth_rows if i == image], dtype=float
        )
        for image in range(n_images)
    ]
    answers = [
        np.array([[*corners(b), s, c] for i, c, b, s in answer_rows if i == image], dtype=float)
        for image in range(n_images)
    ]
    detected = stack_detected_boxes([rows.reshape(-1, 6) for rows in answers])
    return stack_labelled_boxes([rows.reshape(-1, 6) for rows in truths]), detected


def reference_stats(truth_rows, answer_rows, images, n_classes=CLASSES):
    """The twelve figures of the COCO tools; `images` repeats an image that counts twice."""
    truths, answers = [], []
    for place, image in enumerate(images):
        for i, c, box, crowd in truth_rows:
            if i == image:
                truths.append({
                    "id": len(truths) + 1, "image_id": place + 1, "category_id": c + 1,
                    "bbox": list(box), "iscrowd": crowd,
                })  # fmt: skip
                truths[-1]["area"] = box[2] * box[3]
        answers += [
            {"image_id": place + 1, "category_id": c + 1, "bbox": list(b), "score": s}
            for i, c, b, s in answer_rows
            if i == image
        ]
    with contextlib.redirect_stdout(io.StringIO()):
        real = COCO()
        real.dataset = {
            "info": {},
            "images": [{"id": place + 1} for place in range(len(images))],
            "categories": [{"id": c + 1} for c in range(n_classes)],
            "annotations": truths,
        }
        real.createIndex()
        evaluation = COCOeval(real, real.loadRes(answers) if answers else COCO(), "bbox")
        evaluation.params.imgIds = [place + 1 for place in range(len(images))]
        evaluation.params.catIds = [c + 1 for c in range(n_classes)]
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats


def random_rows(seed):
    """A small random set: empty images, crowds, equal scores, boxes near the truth and far away."""
    rng = np.random.default_rng(seed)
    n_images = int(rng.integers(1, 6))
    truths, answers = [], []
    for image in range(n_images):
        for _ in range(int(rng.integers(0, 5))):
            box = [*rng.integers(0, 60, 2).tolist(), *rng.integers(4, 40, 2).tolist()]
            kind, crowd = int(rng.integers(0, 3)), int(rng.random() < 0.2)
            truths.append((image, kind, tuple(box), crowd))
            for _ in range(int(rng.integers(0, 3))):
                near = np.maximum(np.array(box) + rng.integers(-4, 5, 4), 1).tolist()
                answers.append((
                    image, kind if rng.random() < 0.8 else int(rng.integers(0, 3)), tuple(near),
                    float(rng.integers(1, 20)) / 20,
                ))  # fmt: skip
        for _ in range(int(rng.integers(0, 3))):
            far = [*rng.integers(0, 80, 2).tolist(), *rng.integers(3, 30, 2).tolist()]
            answer = (image, int(rng.integers(0, 3)), tuple(far), float(rng.integers(1, 20)) / 20)
            answers.append(answer)
    return truths, answers, n_images


@pytest.fixture(scope="module")
def golden():
    return by_image(GOLDEN_TRUTHS, GOLDEN_ANSWERS, 3)


def test_the_golden_coco_figures(golden):
    assert compute_coco_stats(*golden, 3, CLASSES) == pytest.approx(STATS, abs=1e-6)
    actual = reference_stats(GOLDEN_TRUTHS, GOLDEN_ANSWERS, [0, 1, 2])
    assert actual == pytest.approx(STATS, abs=1e-6)


def test_the_golden_class_figures(golden):
    outcomes = match_all_classes(*golden, 3, CLASSES)
    table = [compute_average_precision(outcome, np.ones((1, 3)))[0] for outcome in outcomes]
    assert [one.mean() for one in table] == pytest.approx([0.630446, 0.344224], abs=1e-6)
    assert [one[0] for one in table] == pytest.approx([0.915842, 1.0], abs=1e-6)


@pytest.mark.parametrize(("weights", "precision", "at_half"), [
    ([2, 1, 0], 0.526568, 0.966997),
    ([6, 16, 16], 0.470719, 0.960396),
    ([1, 1, 1], 0.487335, 0.957921),
])  # fmt: skip
def test_the_golden_weighted_figures(golden, weights, precision, at_half):
    classes = match_all_classes(*golden, 3, CLASSES)
    got = compute_mean_average_precision(classes, np.array([weights], dtype=float))
    assert (got.mean(), got[0, 0]) == pytest.approx((precision, at_half), abs=1e-6)


def test_the_golden_figures_at_the_deployed_threshold(golden):
    got = match_at_threshold(*golden, 3, CLASSES, 0.5)
    assert (got.right.sum(), got.false.sum(), got.truths.sum(), got.ignored.sum()) == (5, 3, 6, 0)
    precision, recall = compute_precision_recall(got, np.ones((1, 3)))
    assert (precision[0], recall[0]) == pytest.approx((0.625, 0.833333), abs=1e-6)
    lower = match_at_threshold(*golden, 3, CLASSES, 0.3)
    assert (lower.right.sum(), lower.false.sum(), lower.ignored.sum()) == (6, 3, 1)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("seed", range(50))
def test_random_sets_agree_with_the_coco_tools(seed):
    truths, answers, n_images = random_rows(seed)
    ours = by_image(truths, answers, n_images)
    reference = reference_stats(truths, answers, list(range(n_images)), n_classes=3)
    assert compute_coco_stats(*ours, n_images, 3) == pytest.approx(reference, abs=1e-6)
    told = compute_coco_precision(*ours, n_images, 3)
    actual = np.nan_to_num([told["map"], told["map50"]], nan=-1)
    assert actual == pytest.approx(reference[:2], abs=1e-6)
    classes = match_all_classes(*ours, n_images, 3)
    own = compute_mean_average_precision(classes, np.full((1, n_images), 12.5))
    assert np.nan_to_num(own.mean(), nan=-1) == pytest.approx(reference[0], abs=1e-6)
    assert np.nan_to_num(own[0, 0], nan=-1) == pytest.approx(reference[1], abs=1e-6)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("seed", range(50, 110))
def test_whole_weights_are_repeated_images(seed):
    truths, answers, n_images = random_rows(seed)
    # Equal scores of different outcome are the one documented exception, so every answer gets a
    # score of its own.
    answers = [
        (i, c, box, score + 1e-4 * place) for place, (i, c, box, score) in enumerate(answers)
    ]
    weights = np.random.default_rng(seed).integers(0, 8, n_images)
    repeated = np.repeat(np.arange(n_images), weights).tolist()
    if not repeated:
        weights, repeated = np.ones(n_images, dtype=int), list(range(n_images))
    matches = match_all_classes(*by_image(truths, answers, n_images), n_images, 3)
    own = compute_mean_average_precision(matches, weights[np.newaxis].astype(float))
    reference = reference_stats(truths, answers, repeated, n_classes=3)
    assert np.nan_to_num(own.mean(), nan=-1) == pytest.approx(reference[0], abs=1e-6)


def test_weights_of_one_least_share_are_whole_multiples_of_it():
    expected = [[1.0, 3.0, 7.0], [0.0, 2.0, 5.0]]
    assert _scale_to_integers(np.array([[0.1, 0.3, 0.7], [0.0, 2.0, 5.0]])).tolist() == expected


def test_resampled_frames_of_one_weight_are_repeated_images():
    truths, answers, n_images = random_rows(67)
    counts = np.array([7, 1, 2, 3, 5][:n_images])
    own, by_weight = (
        compute_mean_average_precision(
            match_all_classes(*by_image(truths, answers, n_images), n_images, 3),
            (counts * weight)[np.newaxis].astype(float),
        )
        for weight in (1, 241 / 40)
    )
    assert own.tolist() == by_weight.tolist()


def test_a_class_without_truth_is_left_out_and_one_without_answers_is_zero(golden):
    truths, answers = by_image(GOLDEN_TRUTHS, [row for row in GOLDEN_ANSWERS if row[1] == 0], 3)
    outcomes = match_all_classes(truths, answers, 3, 3)
    got = [compute_average_precision(outcome, np.ones((1, 3)))[0] for outcome in outcomes]
    assert got[1].tolist() == [0.0] * 10
    assert np.isnan(got[2]).all()


def test_nothing_to_find_gives_no_score():
    truths, answers = by_image([], GOLDEN_ANSWERS, 3)
    matches = match_all_classes(truths, answers, 3, CLASSES)
    assert np.isnan(compute_mean_average_precision(matches, np.ones((1, 3)))).all()
    assert compute_coco_stats(truths, answers, 3, CLASSES).tolist() == [-1.0] * 12


def test_no_answers_at_all():
    truths, answers = by_image(GOLDEN_TRUTHS, [], 3)
    got = match_at_threshold(truths, answers, 3, CLASSES, 0.5)
    precision, recall = compute_precision_recall(got, np.ones((1, 3)))
    assert np.isnan(precision[0])
    assert recall[0] == 0.0
    assert compute_coco_stats(truths, answers, 3, CLASSES)[0] == 0.0


@pytest.mark.parametrize("threshold", [0.1, 0.35, 0.6, 0.7, 0.9])
def test_a_score_that_is_the_threshold_reaches_it(threshold):
    answers = stack_detected_boxes([np.array([[0, 0, 10, 10, threshold, 0]], np.float32)])
    labelled = stack_labelled_boxes([np.array([[0.0, 0, 10, 10, 0, 0]])])
    got = match_at_threshold(labelled, answers, 1, 1, threshold)
    assert got.right.tolist() == [1]


def test_a_frame_is_right_without_miss_and_false_alarm():
    truths, answers = by_image(
        [(0, 0, (10, 10, 30, 30), 0), (1, 0, (10, 10, 30, 30), 0), (2, 0, (10, 10, 30, 30), 0)],
        [
            (0, 0, (10, 10, 30, 30), 0.9),
            (1, 0, (10, 10, 30, 30), 0.4),
            (2, 0, (10, 10, 30, 30), 0.9),
            (2, 0, (60, 60, 9, 9), 0.6),
        ],
        4,
    )
    expected = [True, False, False, True]
    assert match_at_threshold(truths, answers, 4, 1, 0.5).frame_right.tolist() == expected


def test_a_crowd_region_hides_neither_misses_nor_alarms_elsewhere():
    found = [(0, 0, (5, 5, 10, 10), 0.9), (0, 0, (70, 70, 10, 10), 0.9)]
    truths, answers = by_image([(0, 0, (0, 0, 50, 50), 1)], found, 1)
    got = match_at_threshold(truths, answers, 1, 1, 0.5)
    assert (got.ignored.tolist(), got.false.tolist(), got.truths.tolist()) == ([1], [1], [0])


def test_more_than_a_hundred_answers_of_a_class_are_cut_like_coco():
    truths = [(0, 0, (10, 10, 30, 30), 0)]
    small = [(0, 0, (60, 60, 9, 9), 0.9 - 0.001 * i) for i in range(100)]
    answers = [*small, (0, 0, (10, 10, 30, 30), 0.1)]
    ours = by_image(truths, answers, 1)
    own = compute_mean_average_precision(match_all_classes(*ours, 1, 1), np.ones((1, 1)))
    assert own.mean() == pytest.approx(reference_stats(truths, answers, [0], n_classes=1)[0]) == 0.0


def test_many_rows_of_weights_are_worked_in_parts(monkeypatch, golden):
    classes = match_all_classes(*golden, 3, CLASSES)
    weights = np.random.default_rng(0).integers(0, 3, (40, 3)).astype(float)
    whole = compute_mean_average_precision(classes, weights)
    monkeypatch.setattr("fieldcheck.stats.mean_average_precision.MOST_CELLS", 100)
    assert np.array_equal(compute_mean_average_precision(classes, weights), whole, equal_nan=True)


def test_resampled_scores_hold_their_values():
    truths = [(i, i % 2, (10, 10, 30, 30), 0) for i in range(40)]
    first = [(i, i % 2, (11, 11, 30, 30), 0.5 + i / 100) for i in range(0, 40, 2)]
    answers = first + [(i, i % 2, (11, 11, 30, 30), 0.4) for i in range(1, 40, 4)]
    ours = by_image(truths, answers, 40)
    weight = np.ones(40)
    classes = match_all_classes(*ours, 40, 2)
    got = estimate_average_precision(classes, weight, weight, seed=0, draws=400)
    assert got["map50"].lo < got["map50"].value < got["map50"].hi
    assert got["map"].value <= got["map50"].value
    felt = estimate_precision_recall(match_at_threshold(*ours, 40, 2, 0.3), weight, weight, seed=0)
    assert felt["recall"].value == pytest.approx(30 / 40)
    assert felt["recall"].lo < 0.75 < felt["recall"].hi
    assert felt["precision"].value == 1.0
    classes = match_all_classes(*ours, 40, 2)
    other = estimate_average_precision(classes, weight, weight, seed=1, draws=400)
    assert (other["map"] != got["map"], other["map50"] != got["map50"]) == (True, True)
    threshold = match_at_threshold(*ours, 40, 2, 0.3)
    actual = estimate_precision_recall(threshold, weight, weight, seed=1)["recall"]
    assert actual != felt["recall"]
    expected = [(40, "bootstrap_frames")] * 4
    assert [(one.n, one.method) for one in (*got.values(), *felt.values())] == expected


def test_each_object_is_found_or_missed_as_at_the_threshold():
    rng = np.random.default_rng(3)
    for _ in range(20):
        boxes = [
            np.column_stack([xy := rng.uniform(0, 60, (n, 2)), xy + 20, rng.integers(0, 3, n)])
            for n in rng.integers(0, 5, 6)
        ]
        said = [
            np.column_stack(
                [
                    rows[:, :4] + rng.normal(0, 3, (len(rows), 4)),
                    rng.uniform(0, 1, len(rows)),
                    rows[:, 4],
                ]
            )
            for rows in boxes
        ]
        truths, answers = stack_labelled_boxes(boxes), stack_detected_boxes(said)
        image, category, missed = list_labelled_objects(truths, answers, 6, 3, 0.4)
        whole = match_at_threshold(truths, answers, 6, 3, 0.4)
        assert np.bincount(image, minlength=6).tolist() == whole.truths.tolist()
        assert np.bincount(image[~missed], minlength=6).tolist() == whole.right.tolist()
        actual = np.bincount(category, minlength=3).tolist()
        assert actual == np.bincount(truths.category, minlength=3).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_judged_boxes_are_those_that_count_at_the_threshold(seed):
    truths, answers, n_images = random_rows(seed)
    ours = by_image(truths, answers, n_images)
    for threshold in (0.0, 0.5):
        judged = list_judged_boxes(*ours, n_images, 3, threshold)
        felt = match_at_threshold(*ours, n_images, 3, threshold)
        actual = np.bincount(judged.image[judged.right], minlength=n_images).tolist()
        assert actual == felt.right.tolist()
        actual = np.bincount(judged.image[~judged.right], minlength=n_images).tolist()
        assert actual == felt.false.tolist()
        kept = [score for *_, score in answers if score >= threshold]
        assert len(judged.score) == len(kept) - felt.ignored.sum()
        assert {*judged.score.tolist()} <= {*kept}


def test_each_judged_box_has_its_score_and_without_boxes_there_is_none(golden):
    judged = list_judged_boxes(*golden, 3, CLASSES, 0.3)
    pairs = zip(judged.image.tolist(), judged.score.tolist(), judged.right.tolist(), strict=True)
    told = sorted(pairs)
    wrong = [(0, 0.7), (1, 0.85), (2, 0.5)]
    assert [(image, score) for image, score, right in told if not right] == wrong
    expected = [(0, 0.6), (0, 0.8), (0, 0.9), (1, 0.4), (1, 0.85), (2, 0.95)]
    assert [(image, score) for image, score, right in told if right] == expected
    none = list_judged_boxes(*golden, 3, CLASSES, 0.99)
    assert none.image.dtype == judged.image.dtype == np.int64
    assert (none.image.size, none.score.size, none.right.size) == (0, 0, 0)
