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
from fieldcheck.workflows.models.models import find_model, get_card
from fieldcheck.workflows.models.run_model import RunResult, report_unreadable, run_on_set
from fieldcheck.workflows.report.two_sides import get_scored_metric, load_benchmark_side, load_field_side
from fieldcheck.workflows.stress.evaluation_sets import run_golden_sets


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """A run and its score; None where nothing of it is labelled (footage never is)."""

    run_result: RunResult
    metric: str
    score: Estimate | None


def run_and_score(project: Project, model_name: str | None, on: str, progress: Progress, now: str) -> list[ScoredRun]:
    """`on`: field, benchmark, footage, or `all` of them that there are, and golden sets. Nothing but the model is asked: field and
    benchmark are held against each other by `compare_sets`, for reports and packs, and in the background of the window.

    Raises NoModel, ModelUnknown, NoFootage, NothingPicked, NoBenchmark, PictureUnreadable.
    """
    model = find_model(project, model_name)
    sets = _list_available_sets(project) if on == "all" else [_ON[on]]
    scored = []
    for one in sets:
        ran = run_on_set(project, model, one, progress, now)
        report_unreadable(project, ran, progress)
        scored.append(ScoredRun(ran, get_scored_metric(get_card(model)), compute_score(project, model, ran.run.on)))
    if on == "all":
        run_golden_sets(project, model, progress, now)
    return scored


_ON: dict[str, On] = {"field": "field", "benchmark": "benchmark", "footage": "footage"}


def _list_available_sets(project: Project) -> list[On]:
    there: list[tuple[On, bool]] = [
        ("field", bool(project.read(picks_table.list_picks))),
        ("footage", project.read(frames_table.count_frames) > 0),
        ("benchmark", project.read(benchmarks_table.get_benchmark) is not None),
    ]
    found = [on for on, is_there in there if is_there]
    if not found:
        raise NoFootage(project.path)
    return found


def compute_score(project: Project, model: StoredModel, on: On) -> Estimate | None:
    """Score of a model on a set as its labels are now, from stored answers; None for footage, which nobody labels."""
    if on == "footage":
        return None
    if on == "benchmark":
        side = load_benchmark_side(project, model)
        return side.score if side else None
    scores = load_field_side(project, model).scores
    return scores.chosen if scores.chosen is not None else scores.footage
