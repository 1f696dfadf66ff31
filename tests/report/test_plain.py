from dataclasses import dataclass
from math import inf, nan

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.plain import estimate, number, plain


@dataclass(frozen=True)
class Row:
    names: tuple[str, ...]
    share: float
    score: Estimate


def test_a_figure_that_is_none_is_null():
    assert [number(value) for value in (0.5, 1, nan, inf, None)] == [0.5, 1.0, None, None, None]


def test_a_dataclass_is_told_field_by_field():
    score = Estimate.na("no_labels")
    assert plain(Row(("a",), nan, score)) == {"names": ["a"], "share": None, "score": score.to_json()}
    assert plain({1: (Row((), 0.5, score),)})["1"][0]["share"] == 0.5


def test_an_estimate_may_be_missing():
    assert estimate(None) is None
    assert estimate(Estimate.na("no_labels"))["status"] == "na"
