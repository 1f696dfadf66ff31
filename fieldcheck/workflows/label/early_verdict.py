"""Early verdict while labelling: whether the labels so far decide the gap on this footage, asked after any label (methods 11.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.pick import Draw, Pick
from fieldcheck.measure.draw import make_showing_order
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.early_verdict import Side, StratumProgress, compute_benchmark_bounds, decide_early_verdict
from fieldcheck.scoring.field import UNSHARED
from fieldcheck.scoring.gap import is_claim_met
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.project.describe_project import get_gap_limits
from fieldcheck.workflows.report.shared_classes import load_compared_sides
from fieldcheck.workflows.report.two_sides import FieldSide

NotAskedReason = Literal[
    "", "no_model", "no_benchmark", "not_comparable", "not_run", "no_draw", "several_draws", "picks_changed", "older_order", "other_metric",
    "nothing_shared",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class InterimVerdict:
    """`decided`: "fail", "pass" or None (go on); `n` labels, from the first of the showing order, that it rests on; `tolerance`, a
    fraction; `why` it was not asked, empty where it was. It speaks of this footage only: no early verdict says that a camera passes."""

    decided: Side | None
    n: int
    tolerance: float
    why: NotAskedReason = ""


def get_interim_verdict(project: Project) -> InterimVerdict:
    """Early verdict on the footage from the first labels of the showing order.

    Labels given out of turn wait until those before them are given. A frame that nobody could tell counts against what would be decided.
    As in the gap, both sides are over the classes that they share: a frame of another class leaves the sample and shrinks its stratum.
    """
    tolerance = get_gap_limits(project).tolerance
    models = project.read(models_table.list_models)
    if not models:
        return InterimVerdict(None, 0, tolerance, "no_model")
    sides = load_compared_sides(project, models[-1])
    benchmark, field = sides.benchmark_all, sides.field
    if benchmark is None or sides.benchmark is None:
        return InterimVerdict(None, 0, tolerance, "no_benchmark")
    if benchmark.metric != get_card(models[-1]).answers.metric:
        return InterimVerdict(None, 0, tolerance, "other_metric")
    if is_claim_met(benchmark.compared, benchmark.benchmark.claimed) is False:
        return InterimVerdict(None, 0, tolerance, "not_comparable")
    why = _find_unfit_reason(field)
    if why or not sides.benchmark.score.measured:
        return InterimVerdict(None, 0, tolerance, why or "nothing_shared")
    return _compute_verdict(field, sides.benchmark.score, tolerance)


def _find_unfit_reason(side: FieldSide) -> NotAskedReason:
    """Why the labels of this draw are no random sample in their order, empty where they are."""
    if not side.draws:
        return "no_draw"
    if len(side.draws) > 1:
        return "several_draws"
    names = [stratum.name for stratum in side.draws[0].strata]
    if sorted(names) not in (["hard", "rest"], ["even"]):
        return "no_draw"
    if any(pick.taken_out or pick.stratum not in names for pick in side.picks):
        return "picks_changed"
    return "" if _is_random_order(side.draws[0], side.picks) else "older_order"


def _is_random_order(draw: Draw, picks: Sequence[Pick]) -> bool:
    """Whether the picks are shown in the random order of their strata; draws of earlier versions kept near-alike frames together."""
    return bool([pick.place for pick in picks] == make_showing_order([pick.stratum for pick in picks], draw.seed).tolist())


def _compute_verdict(side: FieldSide, benchmark: Estimate, tolerance: float) -> InterimVerdict:
    prefix = _find_answered_prefix(side)
    labelled = [at for at in prefix if side.sample.state[at] == "done"]
    if not labelled:
        return InterimVerdict(None, 0, tolerance, "not_run" if side.labels else "")
    bounds = compute_benchmark_bounds(round(benchmark.value * benchmark.n), benchmark.n)
    if decide_early_verdict(*_count_strata(side, prefix, untold_right=True), bounds, tolerance) == "fail":
        return InterimVerdict("fail", len(labelled), tolerance)
    passes = decide_early_verdict(*_count_strata(side, prefix, untold_right=False), bounds, tolerance) == "pass"
    return InterimVerdict("pass" if passes else None, len(labelled), tolerance)


def _find_answered_prefix(side: FieldSide) -> list[int]:
    """Places of the picks that were answered one after another from the first that is shown."""
    found = []
    for at in sorted(range(len(side.picks)), key=lambda one: side.picks[one].place):
        if side.sample.state[at] == "":
            break
        found.append(at)
    return found


def _count_strata(side: FieldSide, prefix: Sequence[int], *, untold_right: bool) -> tuple[StratumProgress, StratumProgress]:
    """Counts of the hard stratum and the rest; a draw with one stratum has an empty hard one."""
    strata = {stratum.name: round(stratum.counted) for stratum in side.scores.strata}
    counts = {name: [0, 0] for name in strata}
    for at in (one for one in prefix if side.sample.state[one] != UNSHARED):
        told = side.sample.state[at] == "done"
        counts[side.picks[at].stratum][0 if (bool(side.sample.right[at]) if told else untold_right) else 1] += 1
    parts = {name: StratumProgress(max(strata[name], sum(counts[name])), *counts[name]) for name in strata}
    rest = parts.get("rest") or parts["even"]
    return parts.get("hard", StratumProgress(0, 0, 0)), rest
