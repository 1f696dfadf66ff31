"""What an act changed: the kinds of rows, and which of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """`act` is the edit's name (`label.set`), `kinds` the tables touched, `keys` the rows' keys."""

    act: str
    kinds: frozenset[str] = field(default_factory=frozenset)
    keys: tuple[str, ...] = ()
