"""Each class on both sides of the gap: its recall and precision on the benchmark and in the field, and how much they changed."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate


@dataclass(frozen=True, slots=True)
class ClassSides:
    """`name`: the class; `n_benchmark`, `n_field`: its labelled frames, objects of a detector at the deployed threshold, or points set in a
    segmenter's frames, whose recall is the share that is covered and whose precision is not measured. Changes are field less benchmark,
    fractions; a side on which the class has no label, or nothing is called so, is not measured."""

    name: str
    n_benchmark: int
    n_field: int
    recall_benchmark: Estimate
    recall_field: Estimate
    recall_change: Estimate
    precision_benchmark: Estimate
    precision_field: Estimate
    precision_change: Estimate
