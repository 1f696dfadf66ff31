import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from fieldcheck.analyses.escape_rate import (
    compute_escape_rates,
    compute_zero_escape_bound,
    count_parts_for_zero_escapes,
    estimate_exact,
)
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.intervals import estimate_wilson
from fieldcheck.stats.weighted_field_score import estimate_weighted_share

CLIPS = np.array([f"c{k % 10}" for k in range(100)])
DEFECT = np.array([True] * 20 + [False] * 80)
CALLED = np.array([True] * 17 + [False] * 3 + [True] * 4 + [False] * 76)


def rates(defect=DEFECT, called=CALLED, weight=None):
    weights = np.ones(defect.size) if weight is None else weight
    return compute_escape_rates(defect, called, weights, CLIPS[: defect.size], ("ok",), told=True)


@pytest.mark.parametrize(("rate", "parts"), [(0.01, 299), (0.02, 149), (0.05, 59)])
def test_the_golden_numbers_of_parts(rate, parts):
    assert count_parts_for_zero_escapes(rate) == parts
    assert compute_zero_escape_bound(parts) < rate <= compute_zero_escape_bound(parts - 1)


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (3, 20), (20, 20), (1, 7), (50, 100)])
def test_the_exact_limits_are_scipys(hits, n):
    found = estimate_exact(hits, n)
    wanted = binomtest(hits, n).proportion_ci(method="exact")
    assert (found.lo, found.hi) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_each_rate_has_its_own_denominator():
    found = rates()
    assert (found.escaped, found.defects, found.rejected, found.good) == (3, 20, 4, 80)
    assert found.escape == estimate_exact(3, 20)
    assert found.false_reject == estimate_exact(4, 80)
    assert found.escape_below is None
    assert found.parts_to_show == (299, 149, 59)
    assert (found.ok_classes, found.told) == (("ok",), True)
    assert found.escape_cameras == estimate_camera_interval(~CALLED[:20], np.ones(20), CLIPS[:20])
    actual = found.false_reject_cameras
    assert actual == estimate_camera_interval(CALLED[20:], np.ones(80), CLIPS[20:])
    actual = [(one.n, one.n_eff, one.method) for one in (found.escape, found.false_reject)]
    assert actual == [(20, 20.0, "clopper_pearson"), (80, 80.0, "clopper_pearson")]


def test_frames_of_different_weight_are_weighed():
    weight = np.where(np.arange(100) % 2 == 0, 6.0, 16.0)
    found = rates(weight=weight)
    assert found.escape == estimate_weighted_share((~CALLED[:20]).astype(float), weight[:20])
    assert found.escape.value != pytest.approx(3 / 20)
    assert found.false_reject == estimate_weighted_share(CALLED[20:].astype(float), weight[20:])
    assert rates(weight=np.full(100, 7.0)).escape == estimate_exact(3, 20)


def test_none_escaped_says_what_is_excluded():
    found = rates(called=DEFECT)
    assert found.escape.value == 0
    assert found.escape_below == pytest.approx(1 - 0.05 ** (1 / 20))


def test_without_a_defect_there_is_no_escape_rate():
    found = rates(np.zeros(5, bool), np.zeros(5, bool))
    assert found.escape.status == "na"
    assert (found.escape_cameras.status, found.escape_below) == ("na", None)
    assert compute_zero_escape_bound(0) == 1.0
    assert compute_zero_escape_bound(1) == pytest.approx(0.95)
    assert (estimate_exact(0, 0).note, estimate_exact(0, 0).n) == ("no_labels", 0)


@pytest.mark.parametrize(("hits", "n"), [(0, 40), (1, 12), (7, 65), (19, 35), (12, 12)])
def test_exact_and_wilson_limits_agree_with_statsmodels(hits, n):
    found, other = estimate_exact(hits, n), estimate_wilson(hits, n)
    actual = (found.lo, found.hi)
    assert actual == pytest.approx(proportion_confint(hits, n, method="beta"), abs=1e-9)
    actual = (other.lo, other.hi)
    assert actual == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-9)
