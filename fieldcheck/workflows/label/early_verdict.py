"""Early verdict while labelling: whether the labels so far decide the gap on this footage, asked after any label (methods 11.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.pick import Draw, Pick
from fieldcheck.measure.draw import showing_order
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.early_verdict import Side, StratumSeen, benchmark_bounds, early_verdict
from fieldcheck.scoring.field import UNSHARED
from fieldcheck.scoring.gap import reproduced
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.project.describe_project import limits_of
from fieldcheck.workflows.report.shared_classes import compared_sides
from fieldcheck.workflows.report.two_sides import FieldSide

NotAsked = Literal[
    "", "no_model", "no_benchmark", "not_comparable", "not_run", "no_draw", "several_draws", "picks_changed", "older_order", "other_metric",
    "nothing_shared",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EarlyLook:
    """`decided`: "fail", "pass" or None (go on); `n` labels, from the first of the showing order, that it rests on; `tolerance`, a
    fraction; `why` it was not asked, empty where it was. It speaks of this footage only: no early verdict says that a camera passes."""

    decided: Side | None
    n: int
    tolerance: float
    why: NotAsked = ""


def early_look(project: Project) -> EarlyLook:
    """Early verdict on the footage from the first labels of the showing order.

    Labels given out of turn wait until those before them are given. A frame that nobody could tell counts against what would be decided.
    As in the gap, both sides are over the classes that they share: a frame of another class leaves the sample and shrinks its stratum.
    """
    tolerance = limits_of(project).tolerance
    models = project.read(models_table.all)
    if not models:
        return EarlyLook(None, 0, tolerance, "no_model")
    sides = compared_sides(project, models[-1])
    benchmark, field = sides.benchmark_all, sides.field
    if benchmark is None or sides.benchmark is None:
        return EarlyLook(None, 0, tolerance, "no_benchmark")
    if benchmark.metric != card_of(models[-1]).answers.metric:
        return EarlyLook(None, 0, tolerance, "other_metric")
    if reproduced(benchmark.compared, benchmark.benchmark.claimed) is False:
        return EarlyLook(None, 0, tolerance, "not_comparable")
    why = _unfit(field)
    if why or not sides.benchmark.score.measured:
        return EarlyLook(None, 0, tolerance, why or "nothing_shared")
    return _asked(field, sides.benchmark.score, tolerance)


def _unfit(side: FieldSide) -> NotAsked:
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
    return "" if _random_order(side.draws[0], side.picks) else "older_order"


def _random_order(draw: Draw, picks: Sequence[Pick]) -> bool:
    """Whether the picks are shown in the random order of their strata; draws of earlier versions kept near-alike frames together."""
    return bool([pick.place for pick in picks] == showing_order([pick.stratum for pick in picks], draw.seed).tolist())


def _asked(side: FieldSide, benchmark: Estimate, tolerance: float) -> EarlyLook:
    prefix = _prefix(side)
    labelled = [at for at in prefix if side.sample.state[at] == "done"]
    if not labelled:
        return EarlyLook(None, 0, tolerance, "not_run" if side.labels else "")
    bounds = benchmark_bounds(round(benchmark.value * benchmark.n), benchmark.n)
    if early_verdict(*_seen(side, prefix, untold_right=True), bounds, tolerance) == "fail":
        return EarlyLook("fail", len(labelled), tolerance)
    passes = early_verdict(*_seen(side, prefix, untold_right=False), bounds, tolerance) == "pass"
    return EarlyLook("pass" if passes else None, len(labelled), tolerance)


def _prefix(side: FieldSide) -> list[int]:
    """Places of the picks that were answered one after another from the first that is shown."""
    found = []
    for at in sorted(range(len(side.picks)), key=lambda one: side.picks[one].place):
        if side.sample.state[at] == "":
            break
        found.append(at)
    return found


def _seen(side: FieldSide, prefix: Sequence[int], *, untold_right: bool) -> tuple[StratumSeen, StratumSeen]:
    """Counts of the hard stratum and the rest; a draw with one stratum has an empty hard one."""
    strata = {stratum.name: round(stratum.counted) for stratum in side.scores.strata}
    counts = {name: [0, 0] for name in strata}
    for at in (one for one in prefix if side.sample.state[one] != UNSHARED):
        told = side.sample.state[at] == "done"
        counts[side.picks[at].stratum][0 if (bool(side.sample.right[at]) if told else untold_right) else 1] += 1
    parts = {name: StratumSeen(max(strata[name], sum(counts[name])), *counts[name]) for name in strata}
    rest = parts.get("rest") or parts["even"]
    return parts.get("hard", StratumSeen(0, 0, 0)), rest
