"""The three sets that a model is tested on: clean pictures, damaged ones, and failures that somebody collected by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.estimate import Estimate

Kind = Literal["clean", "damaged", "collected"]


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """`name` tells collected sets apart and is empty for the others. `n` pictures are there; `score` is "na" with the reason where the
    set does not exist (`no_set`), is gone or spoilt (`gone`) or was not run yet (`not_run`)."""

    kind: Kind
    name: str
    n: int
    score: Estimate
