"""Changes made by an act: the kinds of rows, and which of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that an act touched: the values of its columns before and now, None where there was or is none."""

    kind: str
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """`act` is the edit's name (`label.set`), `kinds` the tables touched, `keys` the rows' keys, `row_changes` the rows themselves."""

    act: str
    kinds: frozenset[str] = field(default_factory=frozenset)
    keys: tuple[str, ...] = ()
    row_changes: tuple[RowChange, ...] = field(default=(), compare=False, repr=False)
