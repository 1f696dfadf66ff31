"""What a person has chosen to do to frames: one corruption with its severity, and those that lie under it."""

from __future__ import annotations

from dataclasses import dataclass, replace

MODERATE = 3.0
"""Where one begins: the article tips models there."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """`under` is done first, each at a severity of its own. No corruption stands twice among the three at most."""

    corruption: str
    severity: float = MODERATE
    under: tuple[tuple[str, float], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every corruption, in the order in which they are done."""
        return (*(name for name, _ in self.under), self.corruption)

    @property
    def full(self) -> bool:
        """Whether no other one can be put on top."""
        return len(self.names) >= MOST

    def turned_to(self, name: str) -> Chosen:
        """Another corruption in place of the chosen one, as severe as it; one that lies under is lifted out of there."""
        return replace(self, corruption=name, under=tuple(step for step in self.under if step[0] != name))

    def on_top(self, name: str) -> Chosen:
        """Another one, moderate, after the chosen one, which lies under it from now on. As it is where that cannot be."""
        if self.full or name in self.names:
            return self
        return Chosen(name, MODERATE, (*self.under, (self.corruption, self.severity)))

    def without(self, place: int) -> Chosen:
        """Without the one at that place under the chosen one; as it is where there is none."""
        return replace(self, under=tuple(step for at, step in enumerate(self.under) if at != place))

    def at(self, severity: float) -> Chosen:
        """The chosen one at another severity, 0 to 5."""
        return replace(self, severity=severity)
