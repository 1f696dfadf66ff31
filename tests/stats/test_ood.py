from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fieldcheck.stats.robustness import (
    compute_auroc,
    compute_false_positive_rates,
    estimate_confident_ood_rate,
)

# methods 4
OWN = [
    0.859684, 0.367165, 0.943045, 0.469932, 0.911873, 0.701741, 0.479037, 0.964493, 0.490155,
    0.916969,
]  # fmt: skip
STRANGE = [0.35, 0.5, 0.99, 0.6, 0.41]
scores = st.lists(st.floats(0, 1).map(lambda x: round(x, 2)), min_size=1, max_size=30)


def test_the_golden_figures():
    assert compute_auroc(OWN, STRANGE) == pytest.approx(0.62)
    rate, threshold = compute_false_positive_rates(OWN, STRANGE)
    assert (rate, threshold) == pytest.approx((0.8, 0.367165))
    actual = estimate_confident_ood_rate(np.array(STRANGE) >= 0.9, [False] * 5).value
    assert actual == pytest.approx(0.2)


@given(scores, scores)
def test_auroc_is_that_of_scikit_learn(own, strange):
    wanted = roc_auc_score([1] * len(own) + [0] * len(strange), own + strange)
    assert compute_auroc(own, strange) == pytest.approx(wanted)


@given(scores, scores)
def test_the_threshold_keeps_ninety_five_of_a_hundred_of_its_own_frames(own, strange):
    rate, threshold = compute_false_positive_rates(own, strange)
    assert np.mean(np.array(own) >= threshold) >= 0.95
    assert rate == np.mean(np.array(strange) >= threshold)


@pytest.mark.parametrize(("n", "lost"), [(19, 0), (20, 1), (40, 2), (100, 5)])
def test_one_in_twenty_may_lie_below_the_threshold(n, lost):
    rate, threshold = compute_false_positive_rates(np.arange(n), np.arange(n))
    assert (threshold, rate) == (lost, pytest.approx((n - lost) / n))


def test_scores_that_are_not_finite_are_left_out():
    odd = [float("nan"), float("inf"), -float("inf")]
    assert compute_auroc([*OWN, *odd], [*odd, *STRANGE]) == compute_auroc(OWN, STRANGE)
    actual = compute_false_positive_rates([*OWN, *odd], [*odd, *STRANGE])
    assert actual == compute_false_positive_rates(OWN, STRANGE)
    assert [
        isnan(figure)
        for figure in (
            *compute_false_positive_rates([], STRANGE),
            *compute_false_positive_rates(OWN, []),
            compute_auroc(OWN, []),
        )
    ] == [True] * 5


def test_without_frames_of_either_kind_there_is_no_figure():
    assert isnan(compute_auroc([], STRANGE))
    assert isnan(compute_false_positive_rates(OWN, [float("nan")])[0])


def test_answers_that_were_allowed_are_not_nonsense():
    found = estimate_confident_ood_rate([True, True, True, False], [True, False, False, False])
    assert (found.value, found.n) == (0.5, 4)
