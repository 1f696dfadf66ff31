import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn import metrics

from fieldcheck.stats import bootstrap_draw, wilson_interval
from fieldcheck.stats.confusion_matrix import (
    NO_ANSWER,
    compute_balanced_accuracy,
    compute_f1,
    compute_macro_f1,
    compute_precision,
    compute_recall,
    count_by_class,
    count_confusion,
    estimate_class_scores,
    make_statistic,
    score_classes,
)

TRUTH = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2]  # methods 1.1
SAID = [0, 0, 0, 0, 1, 2, 1, 1, 0, 1, 2, 1]

cases = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 20)), min_size=1, max_size=60
)


def accuracy(counts):
    """The share of the weight that is right, as a score of resamples."""
    with np.errstate(invalid="ignore"):
        return counts.hits.sum(axis=-1) / counts.truths.sum(axis=-1)


def counts(truth, said, k, weight=None):
    return count_by_class(
        truth, said, k, np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=float)
    )


def test_the_golden_scores():
    got = counts(TRUTH, SAID, 3)
    assert accuracy(got) == pytest.approx(0.666667, abs=1e-6)
    assert compute_balanced_accuracy(got) == pytest.approx(0.638889, abs=1e-6)
    assert compute_precision(got) == pytest.approx([0.8, 0.6, 0.5], abs=1e-6)
    assert compute_recall(got) == pytest.approx([0.666667, 0.75, 0.5], abs=1e-6)
    assert compute_f1(got) == pytest.approx([0.727273, 0.666667, 0.5], abs=1e-6)
    assert compute_macro_f1(got) == pytest.approx(0.631313, abs=1e-6)


def test_an_exotic_answer_adds_no_class_to_the_mean():
    said = [3, *SAID[1:]]
    assert compute_macro_f1(counts(TRUTH, said, 4)) == pytest.approx(0.588889, abs=1e-6)
    actual = metrics.f1_score(TRUTH, said, average="macro", zero_division=0)
    assert actual == pytest.approx(0.441667, abs=1e-6)


def test_the_golden_weighted_scores():
    got = counts([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 2], 3, [6, 16, 16, 6, 16, 6])
    assert accuracy(got) == pytest.approx(0.515152, abs=1e-6)
    assert compute_macro_f1(got) == pytest.approx(0.617225, abs=1e-6)


@pytest.mark.long
@given(cases)
def test_scores_agree_with_scikit_learn(rows):
    truth, said, weight = (np.array(column) for column in zip(*rows, strict=True))
    present = np.unique(truth)
    p, r, f, _ = metrics.precision_recall_fscore_support(
        truth, said, labels=present, zero_division=0, sample_weight=weight
    )
    got = counts(truth, said, 5, weight)
    assert np.nan_to_num(compute_precision(got))[present] == pytest.approx(p)
    assert compute_recall(got)[present] == pytest.approx(r)
    assert compute_f1(got)[present] == pytest.approx(f)
    assert compute_macro_f1(got) == pytest.approx(f.mean())
    assert compute_balanced_accuracy(got) == pytest.approx(r.mean())
    assert accuracy(got) == pytest.approx(metrics.accuracy_score(truth, said, sample_weight=weight))
    theirs = metrics.confusion_matrix(truth, said, labels=range(5), sample_weight=weight)
    assert count_confusion(truth, said, 5, weight) == pytest.approx(theirs)


@given(cases)
def test_equal_weights_are_no_weights(rows):
    truth, said, _ = (np.array(column) for column in zip(*rows, strict=True))
    actual = compute_macro_f1(counts(truth, said, 5, np.full(len(rows), 7.0)))
    assert actual == pytest.approx(compute_macro_f1(counts(truth, said, 5)))


def test_a_class_without_truth_has_no_recall_and_one_never_answered_no_precision():
    got = counts([0, 0, 1], [0, 0, 0], 3)
    assert np.isnan(compute_recall(got)).tolist() == [False, False, True]
    assert np.isnan(compute_precision(got)).tolist() == [False, True, True]
    assert compute_f1(got)[1] == 0.0
    assert np.isnan(compute_f1(got)[2])


def test_a_frame_without_an_answer_is_wrong():
    got = counts([0, 1], [0, NO_ANSWER], 2)
    assert accuracy(got) == 0.5
    assert compute_recall(got).tolist() == [1.0, 0.0]
    assert count_confusion([0, 1], [0, NO_ANSWER], 2).sum() == 1


def test_no_frames_have_no_score():
    got = counts([], [], 2)
    assert np.isnan(accuracy(got))
    assert np.isnan(compute_macro_f1(got))


def test_every_row_of_weights_is_a_sample_of_its_own():
    weights = np.array([[1, 1, 1, 1], [2, 0, 1, 0]], dtype=float)
    got = count_by_class([0, 0, 1, 1], [0, 1, 1, 0], 2, weights)
    assert accuracy(got) == pytest.approx([0.5, 1.0])


def test_each_class_has_its_counts_and_intervals():
    got = score_classes(TRUTH, SAID, "abcd")
    assert [(row.name, row.n) for row in got] == [("a", 6), ("b", 4), ("c", 2), ("d", 0)]
    assert got[0].recall == wilson_interval.estimate_wilson(4, 6)
    assert got[0].precision == wilson_interval.estimate_wilson(4, 5)
    assert got[1].f1 == pytest.approx(2 / 3)
    assert (got[3].recall.status, np.isnan(got[3].f1)) == ("na", True)


def test_weights_reach_the_classes():
    got = score_classes([0, 0, 0, 1], [0, 1, 0, 1], "ab", [6, 16, 16, 6])
    assert got[0].recall.value == pytest.approx(22 / 38)
    assert got[0].recall.method == "hajek_wilson"


def test_resampled_scores_hold_their_values():
    truth, said = TRUTH * 10, SAID * 10
    got = estimate_class_scores(truth, said, 3, np.ones(120), np.zeros(120), seed=0)
    assert got["macro_f1"].value == pytest.approx(0.631313, abs=1e-6)
    assert got["balanced_accuracy"].lo < 0.638889 < got["balanced_accuracy"].hi
    assert 0.05 < got["macro_f1"].half_width < 0.15


def test_a_frame_that_weighs_nothing_is_no_frame_among_those_that_are_all_right():
    three = estimate_class_scores([0, 1, 1], [0, 1, 0], 2, [2, 1, 0], np.zeros(3), seed=0)
    assert three == estimate_class_scores([0, 1], [0, 1], 2, [2, 1], np.zeros(2), seed=0)
    assert three["macro_f1"].method == "exact"


def test_bootstrapped_accuracy_is_close_to_wilson():
    truth, said = TRUTH * 20, SAID * 20
    statistic = make_statistic(accuracy, truth, said, 3)
    got = bootstrap_draw.estimate_by_frame(statistic, np.ones(240), np.zeros(240), seed=1)
    reference = wilson_interval.estimate_wilson(160, 240)
    assert (got.lo, got.hi) == pytest.approx((reference.lo, reference.hi), abs=0.01)


@pytest.mark.parametrize("n", [1, 10, 400])
def test_for_one_class_it_is_the_limit_of_clopper_and_pearson(n):
    actual = wilson_interval.compute_balanced_floor(np.array([float(n)]))
    assert actual == pytest.approx(beta.ppf(0.025, n, 1), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_no_recalls_that_still_have_a_chance_are_worse(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 60, 4).astype(float)
    share = rng.dirichlet(np.ones(4), 20_000)  # of ln 40 that a class may lose
    recalls = np.exp(-share * np.log(40) / n)
    floor = wilson_interval.compute_balanced_floor(n)
    assert recalls.mean(axis=1).min() >= floor - 1e-9
    assert recalls.mean(axis=1).min() <= floor + 0.02


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("seed", range(3))
def test_no_confusion_with_so_few_errors_has_a_lower_macro_f1(seed):
    rng = np.random.default_rng(seed)
    share, n, k = rng.dirichlet(np.full(4, 2.0)), 60.0, 4
    wrong, floor = 1 - 0.025 ** (1 / n), wilson_interval.compute_macro_f1_floor(share, n)
    for _ in range(3000):
        table, left = np.diag(share), wrong
        for _ in range(3):
            a, b = rng.permutation(k)[:2]
            moved = min(table[a, a], left * rng.choice([1.0, rng.random()]))
            table[a, a], table[a, b], left = table[a, a] - moved, table[a, b] + moved, left - moved
        f1 = 2 * np.diag(table) / (table.sum(axis=0) + table.sum(axis=1))
        assert f1.mean() >= floor - 1e-9


def test_all_wrong_has_a_ceiling_and_no_spread_is_printed():
    assert 0 < wilson_interval.compute_macro_f1_ceiling(np.array([0.7, 0.2, 0.1]), 100.0) < 0.2
    assert wilson_interval.compute_macro_f1_ceiling(np.array([1.0]), 1.0) <= 1
    truth = np.repeat([0, 1, 2], [60, 30, 10])
    right, wrong = (
        estimate_class_scores(truth, said, 3, np.ones(100), np.zeros(100), 0)
        for said in (truth, (truth + 1) % 3)
    )
    assert right["balanced_accuracy"].value == 1
    assert (right["balanced_accuracy"].hi, right["balanced_accuracy"].method) == (1, "exact")
    assert 0.85 < right["balanced_accuracy"].lo < 0.95
    assert 0.5 < right["macro_f1"].lo < 0.95
    assert (wrong["balanced_accuracy"].value, wrong["balanced_accuracy"].lo) == (0, 0)
    assert 0 < wrong["macro_f1"].hi < 0.3


def test_frames_that_weigh_unequally_are_worth_fewer():
    truth = np.repeat([0, 1], 50)
    weight = np.tile([6.0] * 2 + [16.0] * 3, 20)
    even, drawn = (
        estimate_class_scores(truth, truth, 2, w, np.zeros(100), 0)["balanced_accuracy"]
        for w in (np.ones(100), weight)
    )
    assert drawn.lo < even.lo
    assert drawn.n_eff < even.n_eff == 100


@pytest.mark.long
@pytest.mark.parametrize("recall", [0.95, 0.99, 0.999])
def test_the_limits_cover_what_a_nearly_perfect_model_has(recall):
    """60, 30 and 10 frames, 300 samples: either interval holds the model's long-run score."""
    rng, n = np.random.default_rng(1), (60, 30, 10)
    truth = np.repeat([0, 1, 2], n)
    table = np.full((3, 3), (1 - recall) / 2) + np.eye(3) * (recall - (1 - recall) / 2)
    joint = table * (np.array(n) / 100)[:, None]
    f1 = (2 * np.diag(joint) / (joint.sum(axis=0) + joint.sum(axis=1))).mean()
    held = {"balanced_accuracy": 0, "macro_f1": 0}
    for _ in range(300):
        said = np.where(rng.random(100) < recall, truth, (truth + rng.integers(1, 3, 100)) % 3)
        counts = count_by_class(truth, said, 3, np.ones(100))
        if (said == truth).all():
            found = estimate_class_scores(truth, said, 3, np.ones(100), np.zeros(100), 0)
            held["balanced_accuracy"] += found["balanced_accuracy"].lo <= recall
            held["macro_f1"] += found["macro_f1"].lo <= f1
        else:  # errors were seen: the bootstrap has a spread
            assert max(compute_balanced_accuracy(counts), compute_macro_f1(counts)) < 1
            held = {name: count + 1 for name, count in held.items()}
    assert min(held.values()) >= 0.97 * 300
