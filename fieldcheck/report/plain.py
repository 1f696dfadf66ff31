"""Frozen data as plain JSON values: estimates with their limits, figures that are not finite as null, tuples as lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

from fieldcheck.domain.estimate import Estimate


def to_json_number(value: float | None) -> float | None:
    """The figure; None for what was not measured."""
    return float(value) if value is not None and isfinite(value) else None


def to_json_estimate(found: Estimate | None) -> dict[str, Any] | None:
    """A value between its limits; None where there is none."""
    return None if found is None else found.to_json()


def to_json_value(value: Any) -> Any:
    """A dataclass field by field, a card or a receipt as JSON knows it."""
    if isinstance(value, Estimate):
        return value.to_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_json_value(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json_value(found) for key, found in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_json_value(found) for found in value]
    return to_json_number(value) if isinstance(value, float) else value
