"""Shared classes of benchmark and field: what each side lacks, and the gap without and with it."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate


@dataclass(frozen=True, slots=True)
class NamedCount:
    """A class and how many pictures, frames or objects are labelled so."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class SharedClasses:
    """Classes with a label on both sides (methods 2.0b); those that one side lacks, with their labels, and those that the model lacks.

    `benchmark`, `field` and `gap` are over `shared` alone, `benchmark_all`, `field_all` and `gap_all` over every class. The recalls are
    those of a detector at the deployed threshold, over all labelled objects: those of a class that the model lacks are missed.
    """

    shared: tuple[str, ...]
    benchmark_only: tuple[NamedCount, ...]
    field_only: tuple[NamedCount, ...]
    unknown_to_model: tuple[NamedCount, ...]
    benchmark: Estimate
    benchmark_all: Estimate
    field: Estimate
    field_all: Estimate
    gap: Estimate
    gap_all: Estimate
    benchmark_recall_all: Estimate | None = None
    field_recall_all: Estimate | None = None

    @property
    def has_differences(self) -> bool:
        """Whether a class is labelled on one side only."""
        return bool(self.benchmark_only or self.field_only)
