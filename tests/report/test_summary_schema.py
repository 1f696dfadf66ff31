import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from fieldcheck import resources
from fieldcheck.analyses.report_data import CheckRow, LabelReviewResult
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import EvaluationSet
from fieldcheck.report.folder import build_schema, build_section_schemas

KEPT = json.loads(
    resources.get_resource_path("report/summary.schema.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Facts:
    kind: Literal["a", "b"]
    score: Estimate
    names: tuple[str, ...]
    share: float
    n: int
    of: Mapping[str, int]
    told: str | None = None
    size: tuple[int, int] = (1, 1)


def test_the_schema_follows_the_fields():
    found = build_schema(Facts)
    assert found["required"] == ["kind", "score", "names", "share", "n", "of", "told", "size"]
    assert found["properties"] == {
        "kind": {"enum": ["a", "b"]},
        "score": {"$ref": "#/$defs/estimate"},
        "names": {"type": "array", "items": {"type": "string"}},
        "share": {"type": ["number", "null"]},
        "n": {"type": "integer"},
        "of": {"type": "object", "additionalProperties": {"type": "integer"}},
        "told": {"type": ["string", "null"]},
        "size": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    }


def test_what_json_has_no_word_for_is_refused():
    with pytest.raises(TypeError, match="complex"):
        build_schema(complex)


def test_the_kept_schema_holds_what_follows_from_the_sections():
    assert {
        key: KEPT["properties"].get(key) for key in build_section_schemas()
    } == build_section_schemas(), "run packaging/summary_schema.py"


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("label_noise", LabelReviewResult),
        ("checklist", CheckRow),
        ("evaluation_sets", EvaluationSet),
    ],
)
def test_rows_that_are_told_field_by_field_are_what_the_kept_schema_says(key, row):
    assert loosely(KEPT["properties"][key]["items"]) == loosely(build_schema(row))


def loosely(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what only a person can add: limits and descriptions."""
    kept = {
        name: one
        for name, one in schema.items()
        if name not in ("minimum", "maximum", "description")
    }
    if "enum" in kept:
        kept["enum"] = sorted(kept["enum"])
    return {
        name: {key: loosely(one) for key, one in part.items()} if name == "properties" else part
        for name, part in kept.items()
    }
