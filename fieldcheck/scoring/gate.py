"""May a new model take the old one's place? One rule for each set that both have answered, and one verdict over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.measure.bootstrap import Statistic, estimate_by_frame
from fieldcheck.measure.interval import StratumCount, estimate_stratified, estimate_wilson
from fieldcheck.measure.significance import compute_q_values
from fieldcheck.scoring.paired import PairedComparison, compare_paired

Kind = Literal["clean", "corrupted", "golden", "field", "slice"]
State = Literal["pass", "fail", "not_enough", "too_few"]
SEED = 0  # of the bootstrap
DEFAULT_MAX_DROP = 0.03  # the article's largest drop of a held-out set
FALSE_DISCOVERIES = 0.10  # as for blind spots (methods 6.2)
KINDS: tuple[Kind, ...] = ("clean", "corrupted", "golden", "field", "slice")
DECIDING: tuple[Kind, ...] = ("clean", "corrupted", "golden")


@dataclass(frozen=True, slots=True)
class PairedCorrectness:
    """Right and wrong answers of two models on one set. `before`, `after`: (n,) bool, right; `subjects`: (n,) names of the pictures.
    `stratum` and `counted` as in `paired`, None where every picture counts alike. `scores`: each model's metric as a function of (b, n)
    weights of the pictures, where they are not compared by the share that is right."""

    kind: Kind
    name: str
    subjects: tuple[str, ...]
    before: NDArray[np.bool_]
    after: NDArray[np.bool_]
    stratum: NDArray[np.str_] | None = None
    counted: Mapping[str, float] | None = None
    scores: tuple[Statistic, Statistic] | None = None


@dataclass(frozen=True, slots=True)
class GateSetResult:
    """One line of the gate. `before`, `after`: each model's score, that of the footage where the pictures are of strata; `change` = after −
    before; `lost`: pictures that were right and are wrong now; `q`: the false discovery rate of a slice, None for the other kinds."""

    kind: Kind
    name: str
    before: Estimate
    after: Estimate
    table: PairedComparison
    lost: tuple[str, ...]
    state: State
    q: float | None = None

    @property
    def change(self) -> Estimate:
        return self.table.change


def check_gate_sets(sets: Sequence[PairedCorrectness], tolerance: float = DEFAULT_MAX_DROP) -> tuple[GateSetResult, ...]:
    """Each set judged by the rule of its kind, in the order given.

    Clean, corrupted and the labelled field frames: the interval of the drop, by `scores` where there are any, against the tolerance, three
    ways (methods 11.1, 8.4). A golden set fails with the first picture that was right and is wrong now. A slice fails where its drop
    exceeds the tolerance and McNemar's p holds among all slices (Benjamini–Hochberg, q ≤ 0.10); under ten frames it says nothing.
    """
    tables = [_compare_models(one) for one in sets]
    tested = [k for k, one in enumerate(sets) if one.kind == "slice" and one.before.size >= FEW_FRAMES]
    q = dict(zip(tested, compute_q_values([tables[k].p for k in tested]).tolist(), strict=True))
    return tuple(_decide_gate_set(one, table, tolerance, q.get(k)) for k, (one, table) in enumerate(zip(sets, tables, strict=True)))


def decide_gate_verdict(lines: Sequence[GateSetResult], required: Sequence[Kind] = ()) -> State:
    """`fail` where one line fails; `not_enough` where the clean, the corrupted or a golden set leaves it open; else `pass`.

    Field frames and slices can stop a model and cannot hold it up: a hundred labelled frames show a loss of twenty points, and never
    that there is none of three (methods 2.2). `required`: kinds that hold it up all the same, where they are open or not there.
    """
    if any(line.state == "fail" for line in lines):
        return "fail"
    open_ = any(line.state in ("not_enough", "too_few") for line in lines if line.kind in {*DECIDING, *required})
    absent = not set(required) <= {line.kind for line in lines}
    return "not_enough" if open_ or absent or not lines else "pass"


def list_undecided(lines: Sequence[GateSetResult]) -> tuple[GateSetResult, ...]:
    """The lines of which nothing may be said: neither that there is a loss, nor that there is none."""
    return tuple(line for line in lines if line.state in ("not_enough", "too_few"))


def _compare_models(one: PairedCorrectness) -> PairedComparison:
    """The table of right and wrong; where another metric is compared its change, with the same pictures resampled for both models."""
    table = compare_paired(one.before, one.after, one.stratum, one.counted)
    if one.scores is None or not table.n:
        return table
    before, after = one.scores
    return replace(table, change=estimate_by_frame(lambda w: after(w) - before(w), *_compute_weights(one), SEED, least=-1.0))


def _compute_weights(one: PairedCorrectness) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """(n,) weights and strata: how many frames of the footage each picture stands for."""
    if one.stratum is None:
        return np.ones(one.before.size), np.zeros(one.before.size, np.str_)
    shares = {name: size / max(1, int((one.stratum == name).sum())) for name, size in (one.counted or {}).items()}
    return np.array([shares[name] for name in one.stratum.tolist()]), one.stratum


def _decide_gate_set(one: PairedCorrectness, table: PairedComparison, tolerance: float, q: float | None) -> GateSetResult:
    lost = tuple(name for name, was, now in zip(one.subjects, one.before, one.after, strict=True) if was and not now)
    before, after = (_score_model(one, right) for right in (one.before, one.after))
    if one.scores is not None and table.n:
        before, after = (estimate_by_frame(score, *_compute_weights(one), SEED) for score in one.scores)
    return GateSetResult(one.kind, one.name, before, after, table, lost, _decide_state(one.kind, table, lost, tolerance, q), q)


def _score_model(one: PairedCorrectness, right: NDArray[np.bool_]) -> Estimate:
    """Frames of strata are never averaged as if all were as common (methods 3.5): their change is not, and stands beside it."""
    if one.stratum is None:
        return estimate_wilson(int(right.sum()), right.size)
    members = {name: one.stratum == name for name in one.counted or {}}
    sizes = {name: (int(member.sum()), size) for (name, member), size in zip(members.items(), (one.counted or {}).values(), strict=True)}
    return estimate_stratified([StratumCount(int(right[members[name]].sum()), n, max(n, size)) for name, (n, size) in sizes.items()])


def _decide_state(kind: Kind, table: PairedComparison, lost: Sequence[str], tolerance: float, q: float | None) -> State:
    if kind == "golden":
        return "fail" if lost else "pass" if table.n else "too_few"
    if table.n == 0 or (kind == "slice" and q is None):
        return "too_few"
    drop_lo, drop_hi = -table.change.hi, -table.change.lo
    beyond_chance = q is not None and q <= FALSE_DISCOVERIES and -table.change.value > tolerance
    if beyond_chance if kind == "slice" else drop_lo > tolerance:
        return "fail"
    return "pass" if drop_hi <= tolerance else "not_enough"
