"""Independence of the test: near-duplicates between training, benchmark and field, looks at the same labels, labels given to training."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate

MOST_LEAKED = 0.02  # share of a set from which the first page says so
MOST_LOOKS = 3  # of models or cards at one draw


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """A picture and the one that is nearly the same, each by its name in its set."""

    picture: str
    twin: str


@dataclass(frozen=True, slots=True)
class LeakCount:
    """`n` of the `of` pictures of the first set have a near-duplicate in the second (`pairs`, the first few)."""

    between: str
    n: int
    of: int
    pairs: tuple[DuplicatePair, ...] = ()

    @property
    def share(self) -> float:
        return self.n / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class SourceScore:
    """Benchmark pictures of one source (the start of their file names, or their folder) and the score on them."""

    source: str
    score: Estimate


@dataclass(frozen=True, slots=True)
class Independence:
    """`leaks`: by pair of sets, None where near-duplicates were never looked for; `outdated`: they were looked for before benchmark or
    footage changed. `training`: pictures in the training folder, `unreadable` those that are no pictures, None where no folder is named.
    `with_leaks`, `without_leaks`, `leaked`: the benchmark's score over all, over what has no near-duplicate in field or training, and over
    the others. `looks`: models, or cards of one, that were scored on the labels; `exported` of `labelled` frames were given to training.
    """

    leaks: tuple[LeakCount, ...] | None
    outdated: bool
    training: int | None
    unreadable: int
    with_leaks: Estimate
    without_leaks: Estimate
    leaked: Estimate
    sources: tuple[SourceScore, ...]
    looks: tuple[str, ...]
    exported: int
    labelled: int

    @property
    def is_worn_out(self) -> bool:
        """Whether so many models or cards were looked at that a fresh sample is due."""
        return len(self.looks) >= MOST_LOOKS
