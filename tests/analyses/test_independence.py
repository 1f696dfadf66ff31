from dataclasses import replace

from fieldcheck.analyses.independence import Independence, LeakCount
from fieldcheck.domain.estimate import Estimate

NONE = Estimate.not_measured("")


def test_three_looks_wear_a_sample_out():
    two = Independence(None, False, None, 0, NONE, NONE, NONE, (), ("a", "b"), 0, 10)
    assert not two.is_worn_out
    assert replace(two, looks=("a", "b", "c")).is_worn_out


def test_the_share_of_an_empty_set_is_none():
    assert LeakCount("benchmark_field", 0, 0).share == 0
    assert LeakCount("benchmark_field", 1, 50).share == 0.02
