"""Fix finder: preprocessing changes that are tried on labelled frames, and what each was shown to gain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import RESIZES, InputSpec, Interpolation

CROPS = (1.0, 0.875)
USUAL_INTERPOLATIONS: tuple[Interpolation, ...] = ("area", "linear")

FixState = Literal["proven", "nothing", "too_few_clips"]


@dataclass(frozen=True, slots=True)
class FixCandidate:
    """Preprocessing change. `steps`: what is done to the picture, by the codes of `imaging.picture_changes`, in order; `card`: keys of the
    card's `input`, each with the value that stands in place of its own."""

    steps: tuple[str, ...] = ()
    card: tuple[tuple[str, str | float], ...] = ()

    @property
    def name(self) -> str:
        """Code of the change, such as `clahe+resize=letterbox`."""
        return "+".join((*self.steps, *(f"{key}={value}" for key, value in self.card)))

    def apply_to_spec(self, spec: InputSpec) -> InputSpec:
        """The card's input as this change has it."""
        return replace(spec, **dict(self.card))  # type: ignore[arg-type]

    def combine_with(self, other: FixCandidate) -> FixCandidate:
        """Both changes, this one's steps first."""
        return FixCandidate((*self.steps, *other.steps), (*self.card, *other.card))


@dataclass(frozen=True, slots=True)
class FixTrial:
    """Candidate on half A: `gain` is the change of the share of right frames; `carried`: it was held to half B."""

    candidate: FixCandidate
    gain: Estimate
    carried: bool


@dataclass(frozen=True, slots=True)
class FixProof:
    """Candidate on half B, with limits at 1 − .05 / the number carried; `benchmark`: what a proven one changes there, else None."""

    candidate: FixCandidate
    change: Estimate
    benchmark: Estimate | None = None

    @property
    def is_proven(self) -> bool:
        """Whether the lower limit on half B is a gain."""
        return self.change.measured and self.change.lo > 0


@dataclass(frozen=True, slots=True)
class FixResult:
    """All that was tried, the largest gain first, and the proofs, the highest lower limit first. `clips`, `frames`: those of half A and of
    half B. Where either half has too few clips nothing was tried."""

    model: str
    seed: int
    frames: tuple[int, int]
    clips: tuple[int, int]
    tried: tuple[FixTrial, ...] = ()
    proofs: tuple[FixProof, ...] = ()

    @property
    def state(self) -> FixState:
        """State of the search in one word."""
        if not self.tried:
            return "too_few_clips"
        return "proven" if any(one.is_proven for one in self.proofs) else "nothing"


def list_card_candidates(spec: InputSpec) -> tuple[FixCandidate, ...]:
    """Candidates of a card that may be wrong: other resizes, crops and interpolations, each only where the card says another one."""
    wanted = (("resize", RESIZES), ("crop", CROPS), ("interpolation", USUAL_INTERPOLATIONS))
    return tuple(FixCandidate(card=((key, value),)) for key, values in wanted for value in values if value != getattr(spec, key))
