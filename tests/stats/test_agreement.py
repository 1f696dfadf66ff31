import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats import agreement
from fieldcheck.stats.wilson_interval import estimate_wilson


def pairs(table):
    """The answers of two passes that make that table."""
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return [a for a, _ in cells], [b for _, b in cells]


def test_the_golden_kappa():
    found = agreement.estimate_kappa(np.array([[40, 5], [4, 51]]))
    actual = (found.value, found.lo, found.hi)
    assert actual == pytest.approx((0.817814, 0.704318, 0.931310), abs=1e-6)
    assert (found.hi - found.lo) / 2 / 1.959963984540054 == pytest.approx(0.057907, abs=1e-6)


@given(st.lists(st.lists(st.integers(1, 20), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_agrees_with_statsmodels(cells):
    table = np.array(cells)
    found, reference = agreement.estimate_kappa(table), cohens_kappa(table)
    assert found.value == pytest.approx(reference.kappa, abs=1e-9)
    assert found.lo == pytest.approx(max(-1.0, min(reference.kappa, reference.kappa_low)), abs=1e-6)


@pytest.mark.parametrize(("d", "e"), [(0.05, 0.0257), (0.10, 0.0528), (0.20, 0.1127)])
def test_the_golden_errors_of_two_classes(d, e):
    assert agreement.compute_pass_error(d, 2) == pytest.approx(e, abs=5e-5)


def test_disagreement_by_chance_has_no_error():
    assert math.isnan(agreement.compute_pass_error(0.5, 2))
    found = agreement.measure_agreement(["a", "b"] * 20, ["b", "a"] * 20, 2)
    assert (found.error.note, found.error.n, found.ceiling.measured) == ("chance", 40, False)


def test_agreement_counts_and_the_ceiling_is_what_errors_leave():
    found = agreement.measure_agreement(*pairs([[40, 5], [4, 51]]), 2)
    assert (found.n, found.agreement.value) == (100, pytest.approx(0.91))
    assert found.error.value == pytest.approx(agreement.compute_pass_error(0.09, 2))
    assert found.ceiling.value == pytest.approx(1 - found.error.value)
    assert found.ceiling.method == "repeats"
    assert found.error.lo < found.error.value < found.error.hi


def test_one_answer_alone_says_nothing_beyond_chance():
    found = agreement.measure_agreement(["a"] * 30, ["a"] * 30, 3)
    assert found.agreement.value == 1.0
    assert (found.kappa.measured, found.kappa.note) == (False, "one_class")
    assert not agreement.measure_agreement(["x"] * 30, ["x"] * 30, 3, single=False).kappa.measured


def test_nothing_repeated_is_nothing_measured():
    assert not agreement.measure_agreement([], [], 2).agreement.measured
    with pytest.raises(ValueError, match="labels"):
        agreement.measure_agreement(["a"], [], 2)


@pytest.mark.parametrize(
    ("n", "k"), [(0, 0), (12, 12), (100, 30), (299, 30), (305, 31), (1000, 100)]
)
def test_thirty_or_a_tenth_are_repeated(n, k):
    assert agreement.count_repeats(n) == k
    again = agreement.draw_repeats(n, 7, 1)
    assert (again.size, np.unique(again).size) == (k, k)
    assert np.array_equal(again, agreement.draw_repeats(n, 7, 1))


@pytest.mark.full("blind_repeats")
def test_an_operator_who_errs_five_times_in_a_hundred_is_found_out(counts, evidence):
    """100 visits of 300 labels, three classes: the mean estimate is within a point, the 95 %
    interval holds the truth in 90 and more."""
    rng = np.random.default_rng(11)

    def labelled(truth):
        wrong = rng.random(truth.size) < 0.05
        return np.where(wrong, (truth + rng.integers(1, 3, truth.size)) % 3, truth)

    estimates, held = [], 0
    for visit in range(counts(ci=100, full=100)):
        truth = rng.integers(0, 3, 300)
        first = labelled(truth)
        again = agreement.draw_repeats(300, visit, 1)
        second = labelled(truth)[again].tolist()
        found = agreement.measure_agreement(first[again].tolist(), second, 3).error
        estimates.append(found.value)
        held += found.lo <= 0.05 <= found.hi
    assert abs(float(np.mean(estimates)) - 0.05) <= 0.01
    assert held >= 90
    mean = round(float(np.mean(estimates)), 4)
    evidence(true_error=0.05, mean_estimate=mean, intervals_that_hold_it=held)


def test_the_golden_effect_of_label_noise_on_a_score():
    score = estimate_wilson(65, 100)
    band = agreement.get_worst_case(score, 0.05)
    actual = (band.value, band.lo, band.hi)
    assert actual == pytest.approx((0.65, score.lo - 0.05, score.hi + 0.05), abs=1e-9)
    assert (band.lo, band.hi) == pytest.approx((0.503, 0.786), abs=1e-3)
    found = agreement.correct_for_label_noise(score, 0.05, 3)
    assert found.value == pytest.approx(0.675676, abs=1e-6)
    assert (found.lo, found.hi) == pytest.approx((0.570, 0.769), abs=1e-3)
    actual = agreement.correct_for_label_noise(estimate_wilson(9700, 10000), 0.01, 3).value
    assert actual == pytest.approx(0.979695, abs=1e-6)


def test_a_band_stays_a_share_and_chance_corrects_nothing():
    assert agreement.get_worst_case(estimate_wilson(100, 100), 0.1).hi == 1.0
    assert agreement.get_worst_case(estimate_wilson(0, 10), 0.1).lo == 0.0
    assert agreement.correct_for_label_noise(estimate_wilson(65, 100), 0.5, 2).status == "na"
    assert agreement.get_worst_case(Estimate.not_measured("no_labels"), 0.1).status == "na"
    assert (
        0
        <= agreement.correct_for_label_noise(estimate_wilson(10, 100), 0.2, 2).lo
        <= agreement.correct_for_label_noise(estimate_wilson(100, 100), 0.2, 2).hi
        <= 1
    )
