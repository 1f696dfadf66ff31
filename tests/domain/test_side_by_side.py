import json
from math import nan

import pytest

from fieldcheck.domain.latency import LatencyVariant, SideBySide, TotalLatency

TOTAL = TotalLatency(20.0, 31.0, nan, nan, nan, 40.0, 1.0, 19.0, 21.0, 30.0, 33.0)


def variant(ratio, noise=0.02, threads=1):
    return LatencyVariant("cpu", threads, 400, TOTAL, (20.0, 20.4), noise, ratio)


def beside(*variants):
    return SideBySide({"processor": "Atom"}, "net", "belt.avi", "none", 10.0, variants)


def test_the_noise_floor_is_the_largest_and_a_difference_counts_beyond_it_alone():
    found = beside(
        variant(1.0, 0.01), variant(1.03, 0.04), variant(0.5), variant(2.0), variant(1.05)
    )
    assert found.noise == 0.04
    assert [found.is_different(one) for one in found.variants] == [False, False, True, True, True]


def test_half_is_as_far_as_double():
    found = beside(variant(1.0, 0.9), variant(1.95), variant(1 / 1.95))
    assert [found.is_different(one) for one in found.variants] == [False, True, True]


def test_json_has_no_figure_that_is_none():
    told = beside(variant(1.0), variant(0.6)).to_json()
    assert json.loads(json.dumps(told, allow_nan=False))["variants"][0]["total"]["p99_ms"] is None
    assert (told["noise"], told["variants"][1]["differs"]) == (pytest.approx(0.02), True)
