"""The JSON schema of a frozen dataclass as `plain` writes it: what `summary.schema.json` holds of sections with facts of their own.

`packaging/summary_schema.py` puts it there, and a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.sections import SECTIONS

PLAIN: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},  # a figure that was not measured is null
    Estimate: {"$ref": "#/$defs/estimate"},
}


def build_schema(kind: Any) -> dict[str, Any]:
    """Of a dataclass, or of the type of one of its fields. Raises TypeError for what JSON has no word for."""
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        names = [one.name for one in fields(kind)]
        return {"type": "object", "properties": {name: build_schema(hints[name]) for name in names}, "required": names}
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, UnionType):
        return (
            make_nullable([build_schema(one) for one in inner if one is not NoneType])
            if NoneType in inner
            else {"anyOf": [*map(build_schema, inner)]}
        )
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return {"type": "array", "items": build_schema(inner[0])}
    if origin is tuple and len(set(inner)) == 1:
        return {"type": "array", "items": build_schema(inner[0]), "minItems": len(inner), "maxItems": len(inner)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": build_schema(inner[1])}
    raise TypeError(f"JSON has no schema for {kind}")


def make_nullable(schemas: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One of these, or null."""
    if len(schemas) == 1 and schemas[0].keys() == {"type"}:
        known = schemas[0]["type"]
        return {"type": [*dict.fromkeys([*([known] if isinstance(known, str) else known), "null"])]}
    return {"anyOf": [*map(dict, schemas), {"type": "null"}]}


def build_section_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each key of `summary.json` that a section's own facts stand under; null where a project has none."""
    return {one.key: make_nullable([build_schema(one.facts)]) for one in SECTIONS if one.facts is not None}
