import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from fieldcheck.stats import bootstrap_draw
from fieldcheck.stats.classification_scores import (
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
from fieldcheck.stats.intervals import estimate_wilson

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
    assert count_confusion(truth, said, 5, weight) == pytest.approx(
        metrics.confusion_matrix(truth, said, labels=range(5), sample_weight=weight)
    )


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
    got = score_classes(TRUTH, SAID, 4)
    assert [row.n for row in got] == [6, 4, 2, 0]
    assert got[0].recall == estimate_wilson(4, 6)
    assert got[0].precision == estimate_wilson(4, 5)
    assert got[1].f1 == pytest.approx(2 / 3)
    assert (got[3].recall.status, np.isnan(got[3].f1)) == ("na", True)


def test_weights_reach_the_classes():
    got = score_classes([0, 0, 0, 1], [0, 1, 0, 1], 2, [6, 16, 16, 6])
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
    got = bootstrap_draw.estimate_by_frame(
        make_statistic(accuracy, truth, said, 3), np.ones(240), np.zeros(240), seed=1
    )
    reference = estimate_wilson(160, 240)
    assert (got.lo, got.hi) == pytest.approx((reference.lo, reference.hi), abs=0.01)
