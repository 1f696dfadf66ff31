"""A frame and what a corruption makes of it, kept because somebody wants to show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedComparison:
    """`before` and `after` are JPEG files relative to the project. `steps`: what was done, corruption and severity in order, by `seed`.

    `said_before` and `said_after` are class names, as many as there are boxes, empty where nothing was found; the confidences are those
    of the first, NaN without an answer.
    """

    key: str
    source: str
    before: str
    after: str
    steps: tuple[tuple[str, float], ...]
    seed: int
    said_before: tuple[str, ...]
    said_after: tuple[str, ...]
    sure_before: float
    sure_after: float
    at: str
