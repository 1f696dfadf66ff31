"""Run the model where it has something to answer, and score what is labelled."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.errors import NoFootage
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.models.run_model import Ran, run_on, tell_left_out
from fieldcheck.workflows.report.two_sides import benchmark_side, field_side, metric_of
from fieldcheck.workflows.stress.evaluation_sets import answer_golden


@dataclass(frozen=True, slots=True)
class Scored:
    """A run and its score; None where nothing of it is labelled (footage never is)."""

    ran: Ran
    metric: str
    score: Estimate | None


def run_and_score(project: Project, model_name: str | None, on: str, progress: Progress, now: str) -> list[Scored]:
    """`on`: field, benchmark, footage, or `all` of them that there are, and golden sets. Nothing but the model is asked: field and
    benchmark are held against each other by `compare_sets`, for reports and packs, and in the background of the window.

    Raises NoModel, ModelUnknown, NoFootage, NothingPicked, NoBenchmark, PictureUnreadable.
    """
    model = find_model(project, model_name)
    sets = _what_there_is(project) if on == "all" else [_ON[on]]
    scored = []
    for one in sets:
        ran = run_on(project, model, one, progress, now)
        tell_left_out(project, ran, progress)
        scored.append(Scored(ran, metric_of(card_of(model)), score_on(project, model, ran.run.on)))
    if on == "all":
        answer_golden(project, model, progress, now)
    return scored


_ON: dict[str, On] = {"field": "field", "benchmark": "benchmark", "footage": "footage"}


def _what_there_is(project: Project) -> list[On]:
    there: list[tuple[On, bool]] = [
        ("field", bool(project.read(picks_table.all))),
        ("footage", project.read(frames_table.count) > 0),
        ("benchmark", project.read(benchmarks_table.get) is not None),
    ]
    found = [on for on, is_there in there if is_there]
    if not found:
        raise NoFootage(project.path)
    return found


def score_on(project: Project, model: StoredModel, on: On) -> Estimate | None:
    """Score of a model on a set as its labels are now, from stored answers; None for footage, which nobody labels."""
    if on == "footage":
        return None
    if on == "benchmark":
        side = benchmark_side(project, model)
        return side.score if side else None
    scores = field_side(project, model).scores
    return scores.chosen if scores.chosen is not None else scores.footage
