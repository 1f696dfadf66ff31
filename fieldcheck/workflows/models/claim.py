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
from fieldcheck.scoring.gap import is_claim_met
from fieldcheck.workflows.models.benchmarks import get_claimed_score, get_compared_metric
from fieldcheck.workflows.models.check_model import ModelCheck, check_stored_model, list_warnings
from fieldcheck.workflows.models.judge_answers import filter_known_items
from fieldcheck.workflows.models.models import find_model, get_card
from fieldcheck.workflows.models.run_model import compute_benchmark_key, get_benchmark, report_unreadable, run_benchmark_part
from fieldcheck.workflows.report.two_sides import load_benchmark_side, select_spot_items

KIND = "claim"


@dataclass(frozen=True, slots=True)
class CardGuess:
    """The change of the card that fits labelled pictures of the benchmark best, as dotted keys with their values, and its score there."""

    change: Mapping[str, Any]
    score: Estimate


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """`score` by `metric`, the one that is claimed. `spot`: it is that of the spot check, not of the whole benchmark. `reproduced` None
    without a claim or a score. `guess` None where the claim is met, and where no other way to feed the model scores better by more than
    chance. `look`: what the doctor said, where it was asked just now."""

    claimed: float | None
    metric: str
    score: Estimate | None
    spot: bool
    reproduced: bool | None
    guess: CardGuess | None = None
    look: ModelCheck | None = field(default=None, compare=False, repr=False)


def check_claim(project: Project, progress: Progress, now: str, model: StoredModel | None = None) -> ClaimCheck:
    """Runs the newest model over 200 pictures of the benchmark, unless they are answered, and holds the score against the claim.

    Where it is missed, other ways of feeding the model are tried on labelled pictures, once. Raises NoModel, NoBenchmark,
    PictureUnreadable, ModelRejected, Cancelled.
    """
    model = model or find_model(project)
    benchmark = get_benchmark(project)
    spot = select_spot_items(filter_known_items(benchmark.items, get_card(model)))
    report_unreadable(project, run_benchmark_part(project, model, {item.path for item in spot}, progress, now), progress)
    found = get_claim(project, model)
    if found.reproduced is False and _load_look(project, model) is None:
        look = check_stored_model(project, progress, model=model)
        _store_look(project, model, _get_best_guess(look), now)
        return replace(get_claim(project, model), look=look)
    return found


def check_claim_if_any(project: Project, progress: Progress, now: str) -> ClaimCheck | None:
    """Checks a claim where there is a model and a claim to hold it against; else nothing is run. Raises as `check_claim`."""
    model, benchmark = project.read(models_table.get_newest_model), project.read(benchmarks_table.get_benchmark)
    if model is None or benchmark is None or project.read(lambda db: get_claimed_score(db, benchmark, model)) is None:
        return None
    return check_claim(project, progress, now, model)


def check_new_model(project: Project, progress: Progress, now: str) -> tuple[ClaimCheck | None, tuple[Finding, ...]]:
    """The claim as `check_claim_if_any`, and what is wrong with how the newest model is fed; the doctor looks once for both. Raises as
    `check_claim`."""
    found = check_claim_if_any(project, progress, now)
    return found, list_warnings(project, progress, found.look if found else None)


def get_claim(project: Project, model: StoredModel | None) -> ClaimCheck:
    """Claim, and what is known of it already; nothing is run."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None or model is None:
        return ClaimCheck(benchmark.claimed if benchmark else None, "accuracy", None, False, None)
    side = load_benchmark_side(project, model)
    score, spot = (side.compared, side.spot) if side else (None, False)
    claimed, metric = project.read(lambda db: (get_claimed_score(db, benchmark, model), get_compared_metric(db, benchmark, model)))
    met = is_claim_met(score, claimed)
    found = _load_look(project, model) if met is False else None
    guess = CardGuess(found["change"], Estimate.from_json(found["score"])) if found and found["change"] else None
    return ClaimCheck(claimed, metric, score, spot, met, guess)


def _get_best_guess(look: ModelCheck) -> CardGuess | None:
    """The doctor's best way to feed the model, where it fits better than the card does."""
    if look.diagnosis is None or not look.n_labelled:
        return None
    measured = [one for one in look.diagnosis.candidates if one.score.measured]
    as_it_is = max((one.score.value for one in measured if not one.change), default=0.0)
    better = [one for one in measured if one.change and one.score.lo > as_it_is]  # of many ways one is always a little better by chance
    best = max(better, key=lambda one: one.score.value, default=None)
    return CardGuess(best.change, best.score) if best else None


def _get_look_subject(project: Project, model: StoredModel) -> tuple[str, str, str]:
    """Model, card and benchmark that a look was about."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    return model.sha256, model.card_sha256, compute_benchmark_key(benchmark) if benchmark else ""


def _load_look(project: Project, model: StoredModel) -> dict[str, Any] | None:
    about = _get_look_subject(project, model)
    return project.read(lambda db: facts_table.get_newest_fact(db, KIND, *about))


def _store_look(project: Project, model: StoredModel, guess: CardGuess | None, now: str) -> None:
    about = _get_look_subject(project, model)
    found: dict[str, Any] = {"change": dict(guess.change), "score": guess.score.to_json()} if guess else {"change": {}, "score": None}
    project.write(lambda db: facts_table.put_fact(db, KIND, *about, found, now)).result()
