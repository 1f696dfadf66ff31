from dataclasses import dataclass
from math import inf, nan

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.section import to_json_estimate, to_json_number, to_json_value


@dataclass(frozen=True)
class Row:
    names: tuple[str, ...]
    share: float
    score: Estimate


def test_a_figure_that_is_none_is_null():
    expected = [0.5, 1.0, None, None, None]
    assert [to_json_number(value) for value in (0.5, 1, nan, inf, None)] == expected


def test_a_dataclass_is_told_field_by_field():
    score = Estimate.not_measured("no_labels")
    actual = to_json_value(Row(("a",), nan, score))
    assert actual == {"names": ["a"], "share": None, "score": score.to_json()}
    assert to_json_value({1: (Row((), 0.5, score),)})["1"][0]["share"] == 0.5


def test_an_estimate_may_be_missing():
    assert to_json_estimate(None) is None
    assert to_json_estimate(Estimate.not_measured("no_labels"))["status"] == "na"
