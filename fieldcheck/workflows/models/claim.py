"""Is the benchmark's claim met here? A spot check of 200 pictures, and where it is missed the doctor's best guess (methods 2.4c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import StoredModel
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.gap import reproduced
from fieldcheck.workflows.models.benchmarks import claimed_of, metric_on
from fieldcheck.workflows.models.check_model import ModelCheck, check_stored, warnings_of
from fieldcheck.workflows.models.judge_answers import known_items
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.models.run_model import benchmark_key, benchmark_of, run_part, tell_left_out
from fieldcheck.workflows.report.two_sides import benchmark_side, spot_items

KIND = "claim"


@dataclass(frozen=True, slots=True)
class Guess:
    """The change of the card that fits labelled pictures of the benchmark best, as dotted keys with their values, and its score there."""

    change: Mapping[str, Any]
    score: Estimate


@dataclass(frozen=True, slots=True)
class Claim:
    """`score` by `metric`, the one that is claimed. `spot`: it is that of the spot check, not of the whole benchmark. `reproduced` None
    without a claim or a score. `guess` None where the claim is met, and where no other way to feed the model scores better by more than
    chance. `look`: what the doctor said, where it was asked just now."""

    claimed: float | None
    metric: str
    score: Estimate | None
    spot: bool
    reproduced: bool | None
    guess: Guess | None = None
    look: ModelCheck | None = field(default=None, compare=False, repr=False)


def check_claim(project: Project, progress: Progress, now: str, model: StoredModel | None = None) -> Claim:
    """Runs the newest model over 200 pictures of the benchmark, unless they are answered, and holds the score against the claim.

    Where it is missed, other ways of feeding the model are tried on labelled pictures, once. Raises NoModel, NoBenchmark,
    PictureUnreadable, ModelRejected, Cancelled.
    """
    model = model or find_model(project)
    benchmark = benchmark_of(project)
    spot = spot_items(known_items(benchmark.items, card_of(model)))
    tell_left_out(project, run_part(project, model, {item.path for item in spot}, progress, now), progress)
    found = claim_of(project, model)
    if found.reproduced is False and _looked(project, model) is None:
        look = check_stored(project, progress, model=model)
        _keep(project, model, _guess(look), now)
        return replace(claim_of(project, model), look=look)
    return found


def check_where_claimed(project: Project, progress: Progress, now: str) -> Claim | None:
    """Checks a claim where there is a model and a claim to hold it against; else nothing is run. Raises as `check_claim`."""
    model, benchmark = project.read(models_table.newest), project.read(benchmarks_table.get)
    if model is None or benchmark is None or project.read(lambda db: claimed_of(db, benchmark, model)) is None:
        return None
    return check_claim(project, progress, now, model)


def check_new_model(project: Project, progress: Progress, now: str) -> tuple[Claim | None, tuple[Finding, ...]]:
    """The claim as `check_where_claimed`, and what is wrong with how the newest model is fed; the doctor looks once for both. Raises as
    `check_claim`."""
    found = check_where_claimed(project, progress, now)
    return found, warnings_of(project, progress, found.look if found else None)


def claim_of(project: Project, model: StoredModel | None) -> Claim:
    """Claim, and what is known of it already; nothing is run."""
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None or model is None:
        return Claim(benchmark.claimed if benchmark else None, "accuracy", None, False, None)
    side = benchmark_side(project, model)
    score, spot = (side.compared, side.spot) if side else (None, False)
    claimed, metric = project.read(lambda db: (claimed_of(db, benchmark, model), metric_on(db, benchmark, model)))
    met = reproduced(score, claimed)
    found = _looked(project, model) if met is False else None
    guess = Guess(found["change"], Estimate.from_json(found["score"])) if found and found["change"] else None
    return Claim(claimed, metric, score, spot, met, guess)


def _guess(look: ModelCheck) -> Guess | None:
    """The doctor's best way to feed the model, where it fits better than the card does."""
    if look.diagnosis is None or not look.n_labelled:
        return None
    measured = [one for one in look.diagnosis.candidates if one.score.measured]
    as_it_is = max((one.score.value for one in measured if not one.change), default=0.0)
    better = [one for one in measured if one.change and one.score.lo > as_it_is]  # of many ways one is always a little better by chance
    best = max(better, key=lambda one: one.score.value, default=None)
    return Guess(best.change, best.score) if best else None


def _about(project: Project, model: StoredModel) -> tuple[str, str, str]:
    """Model, card and benchmark that a look was about."""
    benchmark = project.read(benchmarks_table.get)
    return model.sha256, model.card_sha256, benchmark_key(benchmark) if benchmark else ""


def _looked(project: Project, model: StoredModel) -> dict[str, Any] | None:
    about = _about(project, model)
    return project.read(lambda db: facts_table.newest(db, KIND, *about))


def _keep(project: Project, model: StoredModel, guess: Guess | None, now: str) -> None:
    about = _about(project, model)
    found: dict[str, Any] = {"change": dict(guess.change), "score": guess.score.to_json()} if guess else {"change": {}, "score": None}
    project.write(lambda db: facts_table.put(db, KIND, *about, found, now)).result()
