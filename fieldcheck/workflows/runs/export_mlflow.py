"""Stored runs for MLflow: an SQLite store and a folder of files, opened by `mlflow ui --backend-store-uri sqlite:///OUT/mlflow.db`."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from math import isfinite
from pathlib import Path

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.pick import Pick
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.domain.tracked_run import TrackedMetric, TrackedRun
from fieldcheck.errors import NoRuns
from fieldcheck.files import join_inside, write_text
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import mlflow_store
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import run_environments as environments_table
from fieldcheck.project.tables import run_providers as providers_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.footage.saved_frames import list_intact_picks
from fieldcheck.workflows.models.training_info import get_training
from fieldcheck.workflows.project.describe_project import get_site
from fieldcheck.workflows.runs.run_scores import compute_run_scores
from fieldcheck.workflows.stress.export_recipe import ExportResult, write_folder_atomically

PICTURES = 10  # a run: MLflow slows down with each
STORE, FILES = "mlflow.db", "artifacts"


def export_mlflow(
    project: Project, out: Path, progress: Progress, pictures: int = PICTURES, with_people: bool = False
) -> ExportResult:  # fmt: skip
    """Every stored run with its parameters, scores and at most `pictures` of the frames it answered; and how each model was trained, where
    somebody told it. Frames on which a person is marked stay out without `with_people`.

    Raises PathOccupied where `out` holds something, NoRuns without a run, Cancelled, DiskFull, ReadOnlyPlace.
    """
    runs, models = project.read(runs_table.list_all_runs), project.read(models_table.list_models)
    if not runs:
        raise NoRuns(project.path)
    root = (out.resolve() / FILES).as_uri()
    people = frozenset() if with_people else project.read(marks_table.list_with_person)
    picks = list_intact_picks(project, progress)
    shown = [pick for pick in picks if pick.frame_id not in people and pick.file]
    with write_folder_atomically(out) as into:
        scores, tracked, kept = compute_run_scores(project, progress), list[TrackedRun](), list[str]()
        for at, run in enumerate(runs):
            progress.check()
            model = next((one for one in models if (one.sha256, _hash_text(one.card)) == (run.model_sha256, run.card_sha256)), None)
            one = _make_tracked_run(project, run, model, root, scores.get(run.run_id))
            kept += _write_run_files(project, into, one, run, model, shown, pictures)
            tracked.append(one)
            progress.report(at + 1, len(runs), "runs")
        for model in models:
            tracked += _write_training_run(project, into, model, root, kept)
        mlflow_store.write_mlflow_store(into / STORE, get_site(project).site or project.path.stem, root, tracked)
    return ExportResult(out, "mlflow", len(tracked), (STORE, *kept), n_people=len(picks) - len(shown))


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _to_milliseconds(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp() * 1000)


def _make_tracked_run(project: Project, run: Run, model: StoredModel | None, root: str, score: tuple[str, Estimate] | None) -> TrackedRun:
    name, at = model.name if model else run.model_sha256[:12], _to_milliseconds(run.created)
    metrics = {"answers": float(project.read(lambda db: predictions_table.count_predictions(db, [run.run_id])).get(run.run_id, 0))}
    if score is not None:
        metric, value = score
        metrics |= {metric: value.value, f"{metric}_lo": value.lo, f"{metric}_hi": value.hi, f"{metric}_n": float(value.n)}
    recipe = "" if run.recipe == "none" else f" {run.recipe} {run.severity:g}".removesuffix(" 0")
    run_id = _hash_text(f"{run.run_id} {run.created}")[:32]
    return TrackedRun(
        run_id,
        f"{name} {run.on}{recipe}",
        at,
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
            "providers": ", ".join(project.read(lambda db: providers_table.get_run_providers(db, run.run_id))) or "cpu",
        },
        {"fieldcheck.run_id": run.run_id, "fieldcheck.version": run.code_version},
        tuple(TrackedMetric(key, value, at) for key, value in metrics.items() if isfinite(value)),
    )


def _write_run_files(
    project: Project, into: Path, tracked: TrackedRun, run: Run, model: StoredModel | None, picks: Sequence[Pick], most: int
) -> list[str]:  # fmt: skip
    """Files of a run: what it is repeated with, its card, and a few of its frames."""
    folder = f"{FILES}/{tracked.run_id}/{FILES}"
    environments = [asdict(one) for one in project.read(lambda db: environments_table.get_run_environments(db, run.run_id))]
    texts = {"run.json": json.dumps({**asdict(run), "environments": environments}, indent=1, sort_keys=True)}
    texts |= {"model_card.json": model.card} if model else {}
    for name, text in texts.items():
        write_text(_make_artifact_path(into, f"{folder}/{name}"), text)
    answered: Collection[str] = ()
    if most and run.on == "field" and run.recipe == "none":
        answered = project.read(lambda db: predictions_table.get_predicted_subjects(db, run.run_id))
    shown = [pick for pick in picks if pick.frame_id in answered][:most]
    names = [f"{folder}/frames/{Path(pick.file).name}" for pick in shown]
    for pick, name in zip(shown, names, strict=True):
        shutil.copyfile(join_inside(project.path, pick.file), _make_artifact_path(into, name))
    return [*(f"{folder}/{name}" for name in texts), *names]


def _make_artifact_path(into: Path, name: str) -> Path:
    path = into / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_training_run(project: Project, into: Path, model: StoredModel, root: str, kept: list[str]) -> list[TrackedRun]:
    """How a model was trained, as a run of its own: losses by epoch, base, checkpoint, seed, recipe and notes; none where nobody told."""
    told = get_training(project, model)
    if told is None:
        return []
    run_id, at = _hash_text(f"training {model.sha256} {model.name}")[:32], _to_milliseconds(model.added)
    texts = {"notes.txt": told.notes} if told.notes else {}
    texts |= {"recipe.json": json.dumps(asdict(told.recipe), indent=1)} if told.recipe else {}
    for name, text in texts.items():
        write_text(_make_artifact_path(into, f"{FILES}/{run_id}/{FILES}/{name}"), text)
    kept += [f"{FILES}/{run_id}/{FILES}/{name}" for name in texts]
    curves = told.curves
    columns = {"train_loss": curves.train, "val_loss": curves.val, **curves.others} if curves else {}
    metrics = [
        TrackedMetric(name, value, at, round(epoch))
        for name, values in columns.items()
        for epoch, value in zip(curves.epochs if curves else (), values, strict=True)
        if isfinite(value)
    ]
    known = {
        "model": model.name,
        "model_sha256": model.sha256,
        "base": told.base,
        "checkpoint": told.checkpoint,
        "checkpoint_sha256": told.checkpoint_sha256,
        "seed": "" if told.seed is None else str(told.seed),
        "recipe": told.recipe.file if told.recipe else "",
    }
    parameters = {name: value for name, value in known.items() if value}
    files = f"{root}/{run_id}/{FILES}"
    return [TrackedRun(run_id, f"training of {model.name}", at, "", files, parameters, {"fieldcheck.kind": "training"}, tuple(metrics))]
