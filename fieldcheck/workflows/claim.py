"""Is the benchmark's claim met here? A spot check of 200 pictures (methods 2.4c)."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import NoBenchmark
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.gap import reproduced
from fieldcheck.workflows.models import card_of, find_model
from fieldcheck.workflows.run_model import run_part
from fieldcheck.workflows.sides import benchmark_side, known_items, metric_of, spot_items


@dataclass(frozen=True, slots=True)
class Claim:
    """`spot`: the score is that of the spot check, not of the whole benchmark. `reproduced` None without a claim or a score."""

    claimed: float | None
    metric: str
    score: Estimate | None
    spot: bool
    reproduced: bool | None


def check_claim(project: Project, progress: Progress, now: str, model: StoredModel | None = None) -> Claim:
    """Runs the newest model over 200 pictures of the benchmark, unless they are answered, and holds the score against the claim.

    Raises NoModel, NoBenchmark, PictureUnreadable, ModelRejected, Cancelled.
    """
    model = model or find_model(project)
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None:
        raise NoBenchmark(project.path)
    spot = spot_items(known_items(benchmark.items, card_of(model)))
    run_part(project, model, {item.path for item in spot}, progress, now)
    return claim_of(project, model)


def check_where_claimed(project: Project, progress: Progress, now: str) -> Claim | None:
    """The same where there is a model and a claim to hold it against; else nothing is run. Raises as `check_claim`."""
    model, benchmark = project.read(models_table.newest), project.read(benchmarks_table.get)
    if model is None or benchmark is None or benchmark.claimed is None:
        return None
    return check_claim(project, progress, now, model)


def claim_of(project: Project, model: StoredModel | None) -> Claim:
    """What is known already; nothing is run."""
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None or model is None:
        return Claim(benchmark.claimed if benchmark else None, "accuracy", None, False, None)
    side = benchmark_side(project, model)
    score, spot = (side.score, side.spot) if side else (None, False)
    return Claim(benchmark.claimed, metric_of(card_of(model)), score, spot, reproduced(score, benchmark.claimed))
