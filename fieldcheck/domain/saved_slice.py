"""A kind of frames that somebody wants to see scored again and again."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.filter import Filter


@dataclass(frozen=True, slots=True)
class SavedSlice:
    """A filter with a name. Frames that come later and pass it belong to it as well, unless it names frames one by one."""

    name: str
    wanted: Filter

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a slice without a name")
