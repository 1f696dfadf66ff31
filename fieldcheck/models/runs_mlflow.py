"""Stored runs: run and score a model, list runs, their scores, and their export to MLflow (`mlflow
ui --backend-store-uri sqlite:///OUT/mlflow.db`)."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path

from sqlite_utils import Database

from fieldcheck.corruptions.catalogue import IN_PLACE
from fieldcheck.corruptions.export import ExportResult, write_folder_atomically
from fieldcheck.corruptions.sweep_scores import CONFIDENCE, load_newest_sweep, run_golden_sets
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Pick
from fieldcheck.domain.run import (
    LOGGED_PICTURES,
    RUNS_PER_PAGE,
    On,
    Run,
    RunLine,
    StoredModel,
    TrackedMetric,
    TrackedRun,
)
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import NoRuns
from fieldcheck.files import join_inside, write_text
from fieldcheck.footage.frame_pixels import list_intact_picks
from fieldcheck.models.run import RunResult, report_unreadable, run_on_set
from fieldcheck.models.scored_sides import get_scored_metric, load_benchmark_side, load_field_side
from fieldcheck.models.store import find_model, get_card
from fieldcheck.models.training_info import get_training
from fieldcheck.progress import Progress
from fieldcheck.project.limits import get_site
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as runs_table

# Run the model where it has something to answer, and score what is labelled.


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """A run and its score; None where nothing of it is labelled (footage never is)."""

    run_result: RunResult
    metric: str
    score: Estimate | None


def run_and_score(
    project: Project, model_name: str | None, set_name: str, progress: Progress, now: str
) -> list[ScoredRun]:
    """Run a model on one set or on all, and score it there.

    Field and benchmark are not compared here; `compare_sets` does that.

    Args:
        project: the project, open for writing.
        model_name: name of the model; the newest where None.
        set_name: `field`, `benchmark` or `footage`; `all` for every one that exists and the golden
            sets.
        progress: counts the frames, and may cancel.
        now: timestamp of the runs.

    Returns:
        One scored run per set; golden sets are run but not among them.

    Raises:
        NoModel, ModelUnknown, NoFootage, NothingPicked, NoBenchmark, PictureUnreadable, Cancelled.
    """
    model = find_model(project, model_name)
    sets = _list_available_sets(project) if set_name == "all" else [_ON[set_name]]
    scored = []
    for side in sets:
        ran = run_on_set(project, model, side, progress, now)
        report_unreadable(project, ran, progress)
        scored.append(
            ScoredRun(
                ran, get_scored_metric(get_card(model)), compute_score(project, model, ran.run.on)
            )
        )
    if set_name == "all":
        run_golden_sets(project, model, progress, now)
    return scored


_ON: dict[str, On] = {"field": "field", "benchmark": "benchmark", "footage": "footage"}


def _list_available_sets(project: Project) -> list[On]:
    there: list[tuple[On, bool]] = [
        ("field", bool(project.read(labels_table.list_picks))),
        ("footage", project.read(frames_table.count_frames) > 0),
        ("benchmark", project.read(models_table.get_benchmark) is not None),
    ]
    available = [set_name for set_name, is_there in there if is_there]
    if not available:
        raise NoFootage(project.path)
    return available


def compute_score(project: Project, model: StoredModel, set_name: On) -> Estimate | None:
    """Score of a model on a set by its present labels, from stored predictions; None for footage,
    which has no labels."""
    if set_name == "footage":
        return None
    if set_name == "benchmark":
        side = load_benchmark_side(project, model)
        return side.score if side else None
    scores = load_field_side(project, model).scores
    return scores.chosen if scores.chosen is not None else scores.footage


# The list of stored runs, page by page, the newest first.


def list_runs(
    project: Project, most: int = RUNS_PER_PAGE, skip: int = 0
) -> tuple[int, tuple[RunLine, ...]]:
    """How many runs there are, and at most `most` of them behind the `skip` newest."""
    return project.read(lambda db: (runs_table.count_runs(db), _read_page(db, most, skip)))


def _read_page(db: Database, most: int, skip: int) -> tuple[RunLine, ...]:
    runs = runs_table.list_run_page(db, most, skip)
    names = {model.sha256: model.name for model in models_table.list_models(db)}
    prediction_counts = runs_table.count_predictions(db, [run.run_id for run in runs])
    run_lines: list[RunLine] = []
    for run in runs:
        n = prediction_counts.get(run.run_id, 0)
        # of footage under a corruption only how sure each answer was is kept
        if not n and run.on == "footage" and run.recipe in IN_PLACE:
            n = frames_table.count_component(db, f"{CONFIDENCE}-{run.run_id}", run.model_sha256)
        run_lines.append(
            RunLine(
                run,
                names.get(run.model_sha256, ""),
                n,
                runs_table.get_run_providers(db, run.run_id),
            )
        )
    return tuple(run_lines)


# Scores of stored runs: of the newest run of each model over each labelled set, clean and swept.

LABELLED: tuple[On, ...] = ("field", "benchmark")


def compute_run_scores(project: Project, progress: Progress) -> dict[str, tuple[str, Estimate]]:
    """Run id → metric and score, as the labels are now. Runs that a newer one of their kind
    replaced, and footage, have none."""
    runs, models = project.read(runs_table.list_all_runs), project.read(models_table.list_models)
    newest = {
        (run.model_sha256, run.card_sha256, run.on, run.recipe, run.severity, run.seed): run.run_id
        for run in runs
    }
    scores: dict[str, tuple[str, Estimate]] = {}
    for model in models:
        card, metric = model.card_sha256, get_scored_metric(get_card(model))
        for set_name in LABELLED:
            progress.check()
            run_id = newest.get((model.sha256, card, set_name, "none", 0.0, 0))
            score = compute_score(project, model, set_name) if run_id else None
            if run_id and score is not None:
                scores[run_id] = metric, score
        sweep = load_newest_sweep(project, model)
        for row in sweep.rows if sweep is not None else ():
            run_id = newest.get(
                (
                    model.sha256,
                    card,
                    row.on,
                    row.corruption,
                    row.severity,
                    sweep.seed if sweep else 0,
                )
            )
            if run_id:
                scores.setdefault(run_id, (metric, row.value))
    return scores


STORE, FILES = "mlflow.db", "artifacts"


def export_mlflow(
    project: Project,
    out: Path,
    progress: Progress,
    pictures: int = LOGGED_PICTURES,
    with_people: bool = False,
) -> ExportResult:
    """Every stored run with its parameters, scores and at most `pictures` of the frames it
    answered; and how each model was trained, where somebody told it. Frames on which a person is
    marked stay out without `with_people`.

    Raises PathOccupied where `out` holds something, NoRuns without a run, Cancelled, DiskFull,
    ReadOnlyPlace.
    """
    runs, models = project.read(runs_table.list_all_runs), project.read(models_table.list_models)
    if not runs:
        raise NoRuns(project.path)
    root = (out.resolve() / FILES).as_uri()
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    picks = list_intact_picks(project, progress)
    shown = [pick for pick in picks if pick.frame_id not in people and pick.file]
    with write_folder_atomically(out) as into:
        scores, tracked, kept = (
            compute_run_scores(project, progress),
            list[TrackedRun](),
            list[str](),
        )
        for index, run in enumerate(runs):
            progress.check()
            model = next(
                (
                    model
                    for model in models
                    if (model.sha256, _hash_text(model.card)) == (run.model_sha256, run.card_sha256)
                ),
                None,
            )
            tracked_run = _make_tracked_run(project, run, model, root, scores.get(run.run_id))
            kept += _write_run_files(project, into, tracked_run, run, model, shown, pictures)
            tracked.append(tracked_run)
            progress.report(index + 1, len(runs), "runs")
        for model in models:
            tracked += _write_training_run(project, into, model, root, kept)
        runs_table.write_mlflow_store(
            into / STORE, get_site(project).site or project.path.stem, root, tracked
        )
    return ExportResult(
        out, "mlflow", len(tracked), (STORE, *kept), n_people=len(picks) - len(shown)
    )


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _to_milliseconds(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp() * 1000)


def _make_tracked_run(
    project: Project,
    run: Run,
    model: StoredModel | None,
    root: str,
    score: tuple[str, Estimate] | None,
) -> TrackedRun:
    name, index = model.name if model else run.model_sha256[:12], _to_milliseconds(run.created)
    metrics = {
        "answers": float(
            project.read(lambda db: runs_table.count_predictions(db, [run.run_id])).get(
                run.run_id, 0
            )
        )
    }
    if score is not None:
        metric, value = score
        metrics |= {
            metric: value.value,
            f"{metric}_lo": value.lo,
            f"{metric}_hi": value.hi,
            f"{metric}_n": float(value.n),
        }
    recipe = "" if run.recipe == "none" else f" {run.recipe} {run.severity:g}".removesuffix(" 0")
    run_id = _hash_text(f"{run.run_id} {run.created}")[:32]
    return TrackedRun(
        run_id,
        f"{name} {run.on}{recipe}",
        index,
        run.code_version,
        f"{root}/{run_id}/{FILES}",
        {
            "model": name,
            "model_sha256": run.model_sha256,
            "card_sha256": run.card_sha256,
            "on": run.on,
            "recipe": run.recipe,
            "severity": f"{run.severity:g}",
            "seed": str(run.seed),
            "providers": ", ".join(
                project.read(lambda db: runs_table.get_run_providers(db, run.run_id))
            )
            or "cpu",
        },
        {"fieldcheck.run_id": run.run_id, "fieldcheck.version": run.code_version},
        tuple(
            TrackedMetric(key, value, index) for key, value in metrics.items() if isfinite(value)
        ),
    )


def _write_run_files(
    project: Project,
    into: Path,
    tracked: TrackedRun,
    run: Run,
    model: StoredModel | None,
    picks: Sequence[Pick],
    most: int,
) -> list[str]:
    """Files of a run: what it is repeated with, its card, and a few of its frames."""
    folder = f"{FILES}/{tracked.run_id}/{FILES}"
    environments = [
        asdict(run_environment)
        for run_environment in project.read(
            lambda db: runs_table.get_run_environments(db, run.run_id)
        )
    ]
    texts = {
        "run.json": json.dumps(
            {**asdict(run), "environments": environments}, indent=1, sort_keys=True
        )
    }
    texts |= {"model_card.json": model.card} if model else {}
    for name, text in texts.items():
        write_text(_make_artifact_path(into, f"{folder}/{name}"), text)
    answered: Collection[str] = ()
    if most and run.on == "field" and run.recipe == "none":
        answered = project.read(lambda db: runs_table.get_predicted_subjects(db, run.run_id))
    shown = [pick for pick in picks if pick.frame_id in answered][:most]
    names = [f"{folder}/frames/{Path(pick.file).name}" for pick in shown]
    for pick, name in zip(shown, names, strict=True):
        shutil.copyfile(join_inside(project.path, pick.file), _make_artifact_path(into, name))
    return [*(f"{folder}/{name}" for name in texts), *names]


def _make_artifact_path(into: Path, name: str) -> Path:
    path = into / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_training_run(
    project: Project, into: Path, model: StoredModel, root: str, kept: list[str]
) -> list[TrackedRun]:
    """How a model was trained, as a run of its own: losses by epoch, base, checkpoint, seed, recipe
    and notes; none where nobody told."""
    training = get_training(project, model)
    if training is None:
        return []
    run_id, index = (
        _hash_text(f"training {model.sha256} {model.name}")[:32],
        _to_milliseconds(model.added),
    )
    texts = {"notes.txt": training.notes} if training.notes else {}
    texts |= (
        {"recipe.json": json.dumps(asdict(training.recipe), indent=1)} if training.recipe else {}
    )
    for name, text in texts.items():
        write_text(_make_artifact_path(into, f"{FILES}/{run_id}/{FILES}/{name}"), text)
    kept += [f"{FILES}/{run_id}/{FILES}/{name}" for name in texts]
    curves = training.curves
    columns = (
        {"train_loss": curves.train, "val_loss": curves.val, **curves.others} if curves else {}
    )
    metrics = [
        TrackedMetric(name, value, index, round(epoch))
        for name, values in columns.items()
        for epoch, value in zip(curves.epochs if curves else (), values, strict=True)
        if isfinite(value)
    ]
    value_by_name = {
        "model": model.name,
        "model_sha256": model.sha256,
        "base": training.base,
        "checkpoint": training.checkpoint,
        "checkpoint_sha256": training.checkpoint_sha256,
        "seed": "" if training.seed is None else str(training.seed),
        "recipe": training.recipe.file if training.recipe else "",
    }
    parameters = {name: value for name, value in value_by_name.items() if value}
    files = f"{root}/{run_id}/{FILES}"
    return [
        TrackedRun(
            run_id,
            f"training of {model.name}",
            index,
            "",
            files,
            parameters,
            {"fieldcheck.kind": "training"},
            tuple(metrics),
        )
    ]
