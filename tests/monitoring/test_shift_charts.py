from math import inf

import numpy as np
import pytest

from fieldcheck.domain.shift import ShiftStatistics
from fieldcheck.monitoring.drift_ewma import (
    compute_centroid_shift,
    compute_g_test,
    compute_median_upper_limit,
    find_fallen_classes,
)


def shift(counts, sure=0.9, **changes):
    confidence = dict.fromkeys(counts, sure)
    return ShiftStatistics(
        "2026-11-02T06:00:00+01:00", sum(counts.values()), counts, confidence | changes, {}
    )


def test_the_golden_shift_of_the_centroid():
    frames = np.array([[0.2, 1, 0.1], [0.4, -0.2, 0.3], [0, 0.6, 0.2]])
    actual = compute_centroid_shift(frames.mean(axis=0), np.zeros(3), np.array([1, 2, 0.5]))
    assert actual == pytest.approx(0.291230, abs=1e-6)


def test_the_golden_g_test():
    g, dof = compute_g_test(np.array([10, 20, 30, 25, 15]), np.array([200, 300, 250, 150, 100]))
    assert (g, dof) == (pytest.approx(16.886805, abs=1e-6), 4)


def test_rare_classes_are_one_and_a_single_class_has_no_mix():
    assert compute_g_test(np.array([50, 1, 2, 0]), np.array([480, 10, 9, 1]))[1] == 1
    assert compute_g_test(np.array([50]), np.array([300])) == (0.0, 0)


def test_a_class_that_fell_by_five_per_cent_beyond_chance_is_named():
    rng = np.random.default_rng(0)
    reference = [shift({"a": 60, "b": 60}, 0.9 + 0.004 * rng.standard_normal()) for _ in range(10)]
    assert find_fallen_classes(shift({"a": 60, "b": 60}, 0.9, b=0.8), reference) == (("b",), 2)
    # beyond chance, and less than five per cent
    assert find_fallen_classes(shift({"a": 60, "b": 60}, 0.88), reference) == ((), 2)
    # too few of one, and of what came before
    assert find_fallen_classes(shift({"a": 60, "b": 40}, 0.5), reference[:5])[1] == 1


def test_the_upper_limit_of_a_median_needs_twenty():
    assert compute_median_upper_limit(np.full(19, 0.4)) == inf
    assert compute_median_upper_limit(np.full(20, 0.4)) == 0.4
    assert compute_median_upper_limit(np.r_[np.full(12, 0.4), np.full(8, 0.9)]) == 0.9


def test_a_rare_class_is_tested_with_the_shifts_right_before():
    def one(sure):
        return ShiftStatistics(
            "2026-10-01T06:00:00+01:00", 100, {"ok": 88, "pore": 12}, {"ok": 0.9, "pore": sure}, {}
        )

    usual = [one(0.9 + 0.001 * (at % 3)) for at in range(12)]
    assert find_fallen_classes(one(0.6), usual) == (("pore",), 2)
    assert find_fallen_classes(one(0.9), usual) == ((), 1)
