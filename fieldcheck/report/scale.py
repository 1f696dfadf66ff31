"""Scale of the report's charts: its five figures, in the language that is set."""

from __future__ import annotations

from fieldcheck.words.figures import percent


def ticks() -> tuple[str, ...]:
    """0 to 100 per cent in quarters."""
    return tuple(percent(at / 4) for at in range(5))
