import pytest

from fieldcheck.measure.interval import wilson
from fieldcheck.scoring.inspection import inspect, parts_for_zero_escapes, zero_escape_bound


@pytest.mark.parametrize(("rate", "parts"), [(0.01, 299), (0.02, 149), (0.05, 59)])
def test_the_golden_numbers_of_parts(rate, parts):
    assert parts_for_zero_escapes(rate) == parts
    assert zero_escape_bound(parts) < rate <= zero_escape_bound(parts - 1)


def test_each_rate_has_its_own_denominator():
    defect = [True] * 20 + [False] * 80
    called = [True] * 17 + [False] * 3 + [True] * 4 + [False] * 76
    got = inspect(defect, called)
    assert got.miss == wilson(3, 20)
    assert got.false_reject == wilson(4, 80)


def test_without_a_defect_there_is_no_miss_rate():
    got = inspect([False] * 5, [False] * 5)
    assert got.miss.status == "na"
    assert zero_escape_bound(0) == 1.0
