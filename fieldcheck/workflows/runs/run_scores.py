"""Scores of stored runs: of the newest run of each model over each labelled set, clean and swept."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import On
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.models.run_and_score import compute_score
from fieldcheck.workflows.report.two_sides import get_scored_metric
from fieldcheck.workflows.stress.sweep_scores import load_newest_sweep

LABELLED: tuple[On, ...] = ("field", "benchmark")


def compute_run_scores(project: Project, progress: Progress) -> dict[str, tuple[str, Estimate]]:
    """Run id → metric and score, as the labels are now. Runs that a newer one of their kind replaced, and footage, have none."""
    runs, models = project.read(runs_table.list_all_runs), project.read(models_table.list_models)
    newest = {(run.model_sha256, run.card_sha256, run.on, run.recipe, run.severity, run.seed): run.run_id for run in runs}
    found: dict[str, tuple[str, Estimate]] = {}
    for model in models:
        card, metric = model.card_sha256, get_scored_metric(get_card(model))
        for on in LABELLED:
            progress.check()
            run_id = newest.get((model.sha256, card, on, "none", 0.0, 0))
            score = compute_score(project, model, on) if run_id else None
            if run_id and score is not None:
                found[run_id] = metric, score
        sweep = load_newest_sweep(project, model)
        for row in sweep.rows if sweep is not None else ():
            run_id = newest.get((model.sha256, card, row.on, row.corruption, row.severity, sweep.seed if sweep else 0))
            if run_id:
                found.setdefault(run_id, (metric, row.value))
    return found
