"""How far a step of a site visit is, in a mark and a word: the second line of a step on the rail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.words.language import text

State = Literal["none", "not_yet", "optional", "ready", "going", "done", "look", "failed", "recording"]
MARKS: dict[str, str] = {
    "none": "", "not_yet": "–", "optional": "–", "ready": "→", "going": "", "done": "✓", "look": "▲", "failed": "⬣", "recording": "●",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Badge:
    """The second line of a step on the rail. `share`, 0 to 1, draws a thin bar under it."""

    state: State
    text: str
    share: float | None = None

    @property
    def said(self) -> str:
        """Mark and word."""
        return f"{MARKS[self.state]} {self.text}".strip()


def not_yet() -> Badge:
    """Of a step that waits for one before it, or for a project."""
    return Badge("not_yet", text("not yet"))


def ready() -> Badge:
    """Of a step that can be begun."""
    return Badge("ready", text("ready"))
