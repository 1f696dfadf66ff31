"""Dataclasses as plain JSON values: one serialiser for summaries, documents and stored results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

JSON_KEY = "json"


def published_as(key: str | None) -> dict[str, str | None]:
    """Returns the metadata of a dataclass field whose published key is not its name.

    `field(metadata=published_as("estimate"))`; None leaves the field out.
    """
    return {JSON_KEY: key}


def list_json_fields(kind: Any) -> list[tuple[str, str]]:
    """Returns field and published key of each published field of a dataclass, in its order."""
    names = [(one.name, one.metadata.get(JSON_KEY, one.name)) for one in fields(kind)]
    return [(name, key) for name, key in names if key is not None]


def to_json_number(value: float | None) -> float | None:
    """Returns the number; None where it was not measured or is not finite."""
    return float(value) if value is not None and isfinite(value) else None


def to_json_value(value: Any) -> Any:
    """Converts dataclasses, mappings and sequences to plain JSON values.

    Numbers that are not finite become None, as JSON has no word for them.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {key: to_json_value(getattr(value, name)) for name, key in list_json_fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json_value(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_json_value(item) for item in value]
    return to_json_number(value) if isinstance(value, float) else value
