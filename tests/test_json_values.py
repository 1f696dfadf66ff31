from dataclasses import dataclass, field
from math import inf, nan

import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.json_values import published_as, to_json_number, to_json_value
from fieldcheck.report.folder import build_schema

SCORE = Estimate.not_measured("no_labels")


@dataclass(frozen=True)
class Row:
    names: tuple[str, ...]
    share: float
    score: Estimate


@dataclass(frozen=True, slots=True)
class Published:
    name: str = field(metadata=published_as("class"))
    picture: bytes = field(default=b"", repr=False, metadata=published_as(None))
    n: int = 3


@pytest.mark.parametrize(
    ("value", "number"), [(0.5, 0.5), (1, 1.0), (nan, None), (inf, None), (None, None)]
)
def test_a_number_that_is_not_finite_is_null(value, number):
    assert to_json_number(value) == number


def test_a_dataclass_is_written_field_by_field():
    assert to_json_value(Row(("a",), nan, SCORE)) == {
        "names": ["a"],
        "share": None,
        "score": SCORE.to_json(),
    }
    assert to_json_value({1: (Row((), 0.5, SCORE),)})["1"][0]["share"] == 0.5
    assert to_json_value(None) is None


def test_a_field_carries_its_published_key_or_is_left_out():
    assert to_json_value(Published("crack")) == {"class": "crack", "n": 3}


def test_the_schema_names_the_published_keys():
    schema = build_schema(Published)
    assert schema["required"] == list(schema["properties"]) == ["class", "n"]
