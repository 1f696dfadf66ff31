"""Effect of label noise on the field score: what wrong labels can make of it, from frames that were labelled twice."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.repeat import RepeatKind


@dataclass(frozen=True, slots=True)
class LabelEffect:
    """Label noise from `n` blind repeats, `how` they were made. `error`: share of wrong labels of one pass; `score`: the field's; `worst`:
    its worst-case band; `corrected`: the same were errors independent of the model, "na" for labels that are no single classes;
    `ceiling`: what no model can exceed. Labels that are clean in the benchmark alone make a gap of about `error`."""

    how: RepeatKind
    n: int
    error: Estimate
    score: Estimate
    worst: Estimate
    corrected: Estimate
    ceiling: float
