from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from fieldcheck.stats import decision_thresholds
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.decision_thresholds import (
    GRID,
    LEAST_POSITIVES,
    BinaryScores,
    JudgedClasses,
    decide_class,
    find_best_threshold,
    find_box_thresholds,
    find_share_threshold,
    find_thresholds,
    judge_threshold,
    measure_abstention,
    predict_with_threshold,
    split_clips_in_halves,
)
from tests.counts import rows


def frames(seed=0, n=200, clips=10, lift=0.0):
    """A model of two classes that names the second, rare one too seldom: its probabilities for it
    are too low by `lift`."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < 0.3).astype(np.int64)
    score = np.clip(0.35 * truth + 0.2 + 0.15 * rng.standard_normal(n) - lift, 0.001, 0.999)
    p = np.column_stack([1 - score, score])
    return JudgedClasses(
        p, truth, p.argmax(axis=1), rng.choice([6.0, 16.0], n),
        np.array([f"c{k % clips}" for k in range(n)]),
    )  # fmt: skip


def class_threshold(name, k, of, on, precision):
    one = BinaryScores(
        of.p[:, k], of.truth == k, of.predicted == k, of.weight, of.clip,
        split_clips_in_halves(of.clip),
    )  # fmt: skip
    return decision_thresholds.find_class_threshold(name, one, on, precision)


@pytest.mark.long
@pytest.mark.parametrize("seed", rows(range(4), full=range(4, 20)))
def test_the_threshold_is_the_best_of_the_grid_by_sklearn(seed):
    rng = np.random.default_rng(seed)
    positive, score, weight = rng.random(60) < 0.4, rng.random(60), rng.uniform(1, 9, 60)
    floor = float(rng.uniform(0.2, 0.6))
    found = find_best_threshold(score, positive, weight, floor)
    allowed = {}
    for level in np.unique(np.quantile(score, GRID)):
        called = score >= level
        if precision_score(positive, called, sample_weight=weight, zero_division=0) >= floor:
            allowed[float(level)] = recall_score(positive, called, sample_weight=weight)
    most = max(allowed.values(), default=0.0)
    assert found == (
        max(level for level, recall in allowed.items() if recall >= most - 1e-12)
        if most > 0
        else None
    )


@pytest.mark.parametrize(("p", "levels", "named"), [
    ((0.5, 0.3, 0.2), {}, 0),
    ((0.5, 0.3, 0.2), {2: 0.2}, 2),
    ((0.5, 0.3, 0.2), {1: 0.1, 2: 0.1}, 1),
    ((0.5, 0.3, 0.2), {1: 0.3, 2: 0.1}, 2),
    ((0.5, 0.3, 0.2), {0: 0.6}, 1),
    ((0.5, 0.3, 0.2), {0: 0.9, 1: 0.9, 2: 0.9}, 0),
    ((0.5, 0.3, 0.2), {1: 0.0}, 1),
    ((np.nan, np.nan), {0: 0.5}, -1),
])  # fmt: skip
def test_a_class_is_named_where_it_reaches_its_own_level(p, levels, named):
    assert decide_class(np.array(p), levels) == named


def test_halves_hold_whole_clips_and_about_as_many_frames():
    clip = np.repeat([f"c{k}" for k in range(7)], [40, 20, 10, 10, 10, 5, 5])
    first = split_clips_in_halves(clip)
    assert set(clip[first]).isdisjoint(clip[~first])
    assert abs(first.sum() - (~first).sum()) <= 10
    assert split_clips_in_halves(np.repeat(["a", "b", "c"], 30)) is None


def test_a_half_of_one_clip_is_none():
    clip = np.repeat(["a", "b", "c", "d"], [100, 5, 5, 5])
    assert split_clips_in_halves(clip) is None
    assert split_clips_in_halves(np.repeat(["a", "b", "c", "d"], [9, 5, 5, 5])) is not None


def test_a_frame_without_an_answer_keeps_none_under_a_threshold():
    side = frames(n=400, lift=0.15)
    proposal = find_thresholds(("ok", "crack"), side, None, 0.5).classes[1]
    none = np.arange(400) % 7 == 0
    silent = replace(
        side, p=np.where(none[:, None], 0.0, side.p), predicted=np.where(none, -1, side.predicted)
    )
    after = predict_with_threshold(silent, 1, proposal, 0.5)
    assert (after[none] == -1).all()
    assert (after[~none] >= 0).all()


def test_a_class_that_is_named_too_seldom_gains_recall():
    found = class_threshold("crack", 1, frames(lift=0.15), "field", 0.5)
    assert found.has_gain
    assert found.recall_after.value > found.recall_before.value + 0.2
    assert found.precision_after.value >= 0.5
    assert found.change.value == pytest.approx(found.recall_after.value - found.recall_before.value)


def test_a_score_that_tells_nothing_promises_nothing():
    """Tested where it was chosen, the best threshold looks good; over many such models the tested
    precision is that of chance."""
    rng, tested = np.random.default_rng(1), []
    for _ in range(40):
        truth = (rng.random(120) < 0.3).astype(np.int64)
        score = rng.random(120)
        p = np.column_stack([1 - score, score])
        values = np.array([f"c{k % 8}" for k in range(120)])
        of = JudgedClasses(p, truth, p.argmax(axis=1), np.ones(120), values)
        found = class_threshold("x", 1, of, "field", 0.5)
        if found.precision_after.measured:
            tested.append(found.precision_after.value)
    assert np.mean(tested) < 0.4


@pytest.mark.parametrize("change", ["few", "clips", "absent"])
def test_too_little_is_no_threshold(change):
    of = frames(n=40 if change == "few" else 200, clips=3 if change == "clips" else 10)
    assert (
        class_threshold("x", 1 if change != "absent" else 0, of, "field", 0.5) is None
        or change == "absent"
    )
    none = JudgedClasses(of.p, np.zeros_like(of.truth), of.predicted, of.weight, of.clip)
    assert class_threshold("x", 1, none, "field", 0.5) is None


def test_the_benchmark_stands_in_where_the_field_has_few():
    few, many = frames(n=30), frames(seed=1, n=400, clips=400)
    found = find_thresholds(("ok", "crack"), few, many, 0.5)
    expected = [("ok", "field"), ("crack", "benchmark")]
    assert [(one.class_name, one.on) for one in found.classes] == expected
    assert find_thresholds(("ok", "crack"), few, None, 0.5).too_few == ("crack",)
    assert found.too_few == ()


def test_an_object_that_no_box_found_is_a_miss_at_every_threshold():
    """A detector whose boxes of a class come with half the score of the deployed threshold: 30 of
    40 objects have a box, ten none."""
    rng = np.random.default_rng(4)
    unseen = np.full(10, -np.inf)
    score = np.concatenate([rng.uniform(0.2, 0.3, 30), unseen, rng.uniform(0.05, 0.12, 20)])
    positive = np.arange(60) < 40
    clip = np.array([f"c{k % 6}" for k in range(60)])
    halves = split_clips_in_halves(clip)
    one = BinaryScores(score, positive, score >= 0.5, np.ones(60), clip, halves)
    found = find_box_thresholds(
        [
            ("hole", one),
            (
                "never",
                BinaryScores(
                    score, score > 9, score > 9, np.ones(60), clip, split_clips_in_halves(clip)
                ),
            ),
        ],
        0.8,
    )
    (hole,) = found.classes
    assert (hole.recall_before.value, hole.n) == (0.0, 40)
    assert hole.recall_after.value > 0.6
    assert hole.recall_after.value <= 30 / 40
    # between two scores any level calls the same boxes
    assert score[~positive].max() < hole.threshold <= score[positive].max()
    assert found.too_few == ()


@pytest.mark.parametrize("share", [0.05, 0.12, 0.3])
def test_no_more_than_the_share_lies_below_the_threshold(share):
    rng = np.random.default_rng(2)
    confidence, weight = rng.choice([0.4, 0.6, 0.8, 0.9], 100), rng.uniform(1, 5, 100)
    level = find_share_threshold(confidence, weight, share)
    assert weight[confidence < level].sum() <= share * weight.sum() + 1e-9
    above = np.unique(confidence[confidence > level])
    assert above.size == 0 or weight[confidence < above[0]].sum() > share * weight.sum()


def test_a_share_that_is_met_exactly_is_met_whatever_rounding_says():
    assert find_share_threshold(np.arange(10) / 10, np.full(10, 0.1), 0.3) == 0.3


def unsure(seed=0, n=200, clips=10, informative=True):
    rng = np.random.default_rng(seed)
    wrong = rng.random(n) < 0.35
    confidence = np.clip(0.9 - (0.4 * wrong if informative else 0) - 0.1 * rng.random(n), 0, 1)
    return confidence, wrong, np.ones(n), np.array([f"c{k % clips}" for k in range(n)])


def test_errors_fall_where_confidence_tells_them():
    found = measure_abstention(*unsure(), 0.2)
    assert found.error == estimate_camera_interval(unsure()[1], np.ones(200), unsure()[3])
    assert found.at.asked == 0.2
    assert found.at.share.value == pytest.approx(0.2, abs=0.03)
    assert found.at.fall.lo > 0
    assert found.at.fall.value == pytest.approx(found.error.value - found.at.error.value)
    assert [point.asked for point in found.curve] == sorted(point.asked for point in found.curve)


@pytest.mark.long
def test_no_fall_is_shown_where_confidence_tells_nothing():
    shown = [
        measure_abstention(*unsure(seed, informative=False)).at.fall.lo > 0 for seed in range(20)
    ]
    assert sum(shown) <= 3


def test_a_share_of_ones_own_has_its_point():
    assert measure_abstention(*unsure(), 0.12).at.asked == 0.12


def test_an_answer_without_a_figure_goes_to_a_person():
    confidence, wrong, weight, clip = unsure()
    confidence[:30] = np.nan
    found = measure_abstention(confidence, wrong, weight, clip, 0.15)
    assert found.at.share.value == pytest.approx(0.15, abs=0.02)
    assert found.threshold >= 0


def test_where_nothing_is_left_to_the_model_there_is_no_error_of_it():
    confidence, wrong, weight, clip = unsure()
    found = measure_abstention(np.full_like(confidence, np.nan), wrong, weight, clip)
    assert (found.at.share.value, found.threshold) == (1.0, 0.0)
    assert (found.at.error.status, found.at.error.note, found.at.error.n) == ("na", "no_labels", 0)
    assert (found.at.fall.status, found.at.fall.n) == ("na", 200)


@pytest.mark.parametrize(("n", "clips"), [(30, 10), (200, 3), (200, 1), (1, 1)])
def test_too_few_frames_or_clips_say_so(n, clips):
    assert measure_abstention(*unsure(n=n, clips=clips)) is None


@pytest.mark.parametrize("wrong", [False, True])
def test_all_right_or_all_wrong_falls_by_nothing(wrong):
    confidence, was, weight, clip = unsure()
    found = measure_abstention(confidence, np.full_like(was, wrong), weight, clip)
    actual = (found.error.value, found.at.error.value, found.at.fall.value)
    assert actual == (float(wrong), float(wrong), 0.0)


def test_a_side_that_shows_one_class_alone_has_no_threshold():
    """Any threshold would look perfect there: no frame is of another class."""
    every = frames(n=200)
    rare = every.truth == 1
    only = JudgedClasses(
        *(part[rare] for part in (every.p, every.truth, every.predicted, every.weight, every.clip))
    )
    assert rare.sum() >= LEAST_POSITIVES
    found = find_thresholds(("ok", "crack"), only, None, 0.5)
    assert (found.classes, found.too_few) == ((), ("crack",))
    actual = [one.class_name for one in find_thresholds(("ok", "crack"), every, None, 0.5).classes]
    assert actual == ["ok", "crack"]


def test_the_golden_threshold_of_a_class():
    found = class_threshold("crack", 1, frames(lift=0.15), "field", 0.5)
    assert (found.class_name, found.on, found.n) == ("crack", "field", 53)
    assert found.threshold == pytest.approx(0.1724265456626)
    scores = [
        found.recall_before, found.recall_after, found.precision_before, found.precision_after,
    ]  # fmt: skip
    actual = [one.value for one in scores]
    assert actual == pytest.approx([0.2185628743, 0.9760479042, 0.9605263158, 0.7149122807])
    expected = [(53, 44.707184), (53, 41.064091), (12, 18.0), (77, 68.100491)]
    assert [(one.n, round(one.n_eff, 6)) for one in scores] == expected
    assert found.change.lo == pytest.approx(0.5513586720)
    assert (found.change.hi, found.change.method) == (pytest.approx(0.9110017744), "clip_change")
    on_benchmark = class_threshold("crack", 1, frames(lift=0.15), "benchmark", 0.5)
    assert on_benchmark.change.value == pytest.approx(41 / 53)
    assert on_benchmark.change.method == "bonett_price"


def test_the_golden_curve_of_risk_and_coverage():
    confidence, wrong, _, clip = unsure()
    weight = np.random.default_rng(3).uniform(1, 4, 200)
    found = measure_abstention(confidence, wrong, weight, clip, 0.2)
    assert (found.error.value, found.threshold) == pytest.approx((0.3149289382, 0.4604908292))
    errors = [0.283853, 0.230369, 0.20125, 0.157911, 0.015629, 0.0, 0.0]
    shares = [0.043394, 0.109871, 0.142321, 0.186462, 0.304052, 0.410929, 0.491471]
    assert [point.error.value for point in found.curve] == pytest.approx(errors, abs=1e-6)
    assert [point.share.value for point in found.curve] == pytest.approx(shares, abs=1e-6)
    fall = found.at.fall
    actual = (fall.value, fall.lo, fall.hi)
    assert actual == pytest.approx((0.1570178982, 0.1090927723, 0.2132718013))
    assert (fall.n, fall.n_eff, fall.method, fall.status) == (200, 10.0, "bootstrap_clips", "ok")


def test_the_larger_clips_are_dealt_out_first():
    clip = np.repeat([f"c{k}" for k in range(7)], [40, 20, 10, 10, 10, 5, 5])
    assert set(clip[split_clips_in_halves(clip)]) == {"c0", "c3"}


@pytest.mark.parametrize(("n", "enough"), [(40, True), (39, False)])
def test_twenty_frames_in_each_half_are_enough(n, enough):
    confidence, wrong, weight, _ = unsure(n=40)
    clip = np.repeat(["a", "b", "c", "d"], 10)
    actual = measure_abstention(confidence[:n], wrong[:n], weight[:n], clip[:n]) is not None
    assert actual == enough


def judged(k, limits=(), lift=0.15, ok=0):
    side = frames(n=400, lift=lift)
    proposal = find_thresholds(("ok", "crack"), side, None, 0.5).classes[k]
    return side, judge_threshold(side, k, proposal, 0.5, np.array([ok]), dict(limits))


def test_a_proposal_shows_escapes_and_false_rejects_before_and_after():
    side, found = judged(1)
    effect, defect = found.effect, side.truth == 1
    passed = (side.predicted == 0)[defect]
    expected = estimate_camera_interval(passed, side.weight[defect], side.clip[defect])
    assert effect.escape_before == expected
    assert effect.escape_after.value < effect.escape_before.value  # more is called a crack
    assert effect.reject_after.value > effect.reject_before.value
    assert (found.refused, found.has_gain) == ("", True)


def test_a_class_that_means_a_good_part_is_never_called_more_often():
    _, found = judged(1, ok=1)
    assert (found.refused, found.has_gain) == ("ok_class", False)


@pytest.mark.parametrize(("code", "limit", "refused"), [
    ("false_reject_rate", 0.01, "false_reject_rate"),
    ("false_reject_rate", 0.99, ""),
    ("escape_rate", 0.0, "escape_rate"),
])  # fmt: skip
def test_a_proposal_that_breaks_a_limit_is_refused(code, limit, refused):
    assert judged(1, {code: limit})[1].refused == refused


@pytest.mark.parametrize(("limits", "refused"), [
    ({}, "most_rejected"), ({"false_reject_rate": 1.0}, ""),
])  # fmt: skip
def test_a_proposal_that_rejects_most_good_frames_is_refused_where_no_limit_allows_it(
    limits, refused
):
    side = frames(n=400, lift=0.15)
    proposal = find_thresholds(("ok", "crack"), side, None, 0.5).classes[1]
    lowest = replace(proposal, threshold=0.0, on="benchmark")
    found = judge_threshold(side, 1, lowest, 0.5, np.array([0]), limits)
    assert found.effect.reject_after.value == 1
    assert found.refused == refused


def test_a_threshold_is_tested_on_the_half_that_it_was_not_chosen_on():
    side, found = judged(1)
    first = split_clips_in_halves(side.clip)
    after = predict_with_threshold(side, 1, found, 0.5)
    for chosen, tested in ((first, ~first), (~first, first)):
        level = find_best_threshold(
            side.p[chosen, 1], side.truth[chosen] == 1, side.weight[chosen], 0.5
        )
        assert np.array_equal(after[tested], np.where(side.p[tested, 1] >= level, 1, 0))
