"""Suspected label errors of one side, by how little the model believes its labels."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.label_review import LabelledSet


@dataclass(frozen=True, slots=True)
class SuspectLabel:
    """A frame or benchmark picture whose `label` the model doubts: it says `instead`, and is `confidence` sure of the label. `answer`: what
    a label review said, empty before one."""

    item: str
    label: str
    instead: str
    confidence: float
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SuspectedLabels:
    """Of `n` judged labels `flagged` are doubted (methods 9); `labels`: those to look at, the most doubtful first."""

    on: LabelledSet
    n: int
    flagged: int
    labels: tuple[SuspectLabel, ...]
