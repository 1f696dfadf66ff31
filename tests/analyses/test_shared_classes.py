from dataclasses import replace

from fieldcheck.analyses.shared_classes import NamedCount, SharedClasses
from fieldcheck.domain.estimate import Estimate

NONE = Estimate.not_measured("")


def test_sides_differ_where_one_labels_what_the_other_does_not():
    same = SharedClasses(("ok",), (), (), (), *[NONE] * 6)
    assert not same.has_differences
    assert replace(same, field_only=(NamedCount("burr", 1),)).has_differences
    assert replace(same, benchmark_only=(NamedCount("burr", 1),)).has_differences
