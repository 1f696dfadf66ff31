"""How a model was trained: base model, notes and training log, kept with the model; and the range
of its training compared with the camera."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path

from fieldcheck import safe_json_yaml
from fieldcheck.corruptions.fit_camera import FittedCorruption
from fieldcheck.corruptions.match_field import fit_camera_severities
from fieldcheck.corruptions.training_recipe import compare_with_training, parse_training_recipe
from fieldcheck.domain.model_card import Curves, FieldRange, Training, TrainingRecipe
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import RecipeRefused, TrainingLogRefused
from fieldcheck.errors.labels import NoBenchmark, NoFootage
from fieldcheck.files import sha256_file
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.models.onnx_graph import compare_layers
from fieldcheck.models.run import compute_benchmark_key
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_json_yaml import parse_json

# Augmentation ranges of the training recipe, compared with the field's camera.

CAMERA_SEVERITIES_FACT = "camera_severities"
LARGEST = 1 << 20  # bytes
SEED = 0


def read_recipe_file(path: Path, side: int) -> TrainingRecipe:
    """A pipeline as albumentations saves it, JSON or YAML, read as plain values. Raises
    PathMissing, RecipeRefused."""
    if not path.is_file():
        raise PathMissing(path)
    if path.stat().st_size > LARGEST:
        raise RecipeRefused(path, "size")
    try:
        text = path.read_text(encoding="utf-8-sig")
        recipe = (
            safe_json_yaml.parse_yaml(text)
            if path.suffix.lower() in (".yaml", ".yml")
            else parse_json(text)
        )
    except ValueError as error:
        raise RecipeRefused(path, "text", str(error).partition("\n")[0][:100]) from error
    try:
        hardest, unread = parse_training_recipe(recipe, side)
    except ValueError as error:
        raise RecipeRefused(path, "pipeline") from error
    return TrainingRecipe(path.name, hardest, unread)


def compute_field_ranges(
    project: Project, training: Training | None, progress: Progress
) -> tuple[FieldRange, ...] | None:
    """Field range beside the trained one; None without a recipe, footage or benchmark. Raises
    Cancelled.

    What the camera shows is measured where `store_camera_severities` has not kept it: seconds.
    """
    if training is None or training.recipe is None:
        return None
    severities = _load_camera_severities(project)
    if severities is None:
        try:
            severities = fit_camera_severities(project, SEED, progress)
        except (NoFootage, NoBenchmark):
            return None
    return compare_with_training(severities, training.recipe.hardest)


def get_known_ranges(project: Project, training: Training | None) -> tuple[FieldRange, ...] | None:
    """Field range beside the trained one, where what the camera shows has been measured already,
    else None."""
    severities = (
        _load_camera_severities(project)
        if training is not None and training.recipe is not None
        else None
    )
    return (
        None
        if severities is None or training is None or training.recipe is None
        else compare_with_training(severities, training.recipe.hardest)
    )


def store_camera_severities(project: Project, progress: Progress, now: str) -> None:
    """Measures what the camera shows and keeps it, unless it is known or there is nothing to
    measure. Raises Cancelled."""
    if _load_camera_severities(project) is not None:
        return
    try:
        severities = [
            asdict(camera_severity)
            for camera_severity in fit_camera_severities(project, SEED, progress)
        ]
    except (NoFootage, NoBenchmark):
        return
    about = _get_measured_subject(project)
    project.write(
        lambda db: models_table.put_fact(db, CAMERA_SEVERITIES_FACT, "", "", about, severities, now)
    ).result()


def _load_camera_severities(project: Project) -> tuple[FittedCorruption, ...] | None:
    about = _get_measured_subject(project)
    fact = project.read(
        lambda db: models_table.get_newest_fact(db, CAMERA_SEVERITIES_FACT, "", "", about)
    )
    if fact is None:
        return None
    return tuple(
        FittedCorruption(
            instance["corruption"], instance["parameter"], (*instance["stops"],), instance["n"]
        )
        for instance in fact
    )


def _get_measured_subject(project: Project) -> str:
    """The footage and the benchmark that it was measured on."""
    benchmark = project.read(models_table.get_benchmark)
    frame_ids = [line.frame.frame_id for line in project.read(list_sampling_lines)]
    return hashlib.sha256(
        json.dumps([frame_ids, compute_benchmark_key(benchmark) if benchmark else ""]).encode()
    ).hexdigest()[:32]


TRAINING_FACT = "training"
LONGEST_NOTES = 100_000  # characters
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class TrainingFiles:
    """Files that say how a model was trained, and the seed; None for each that was not given."""

    base: Path | None = None
    notes: Path | None = None
    log: Path | None = None
    recipe: Path | None = None
    checkpoint: Path | None = None
    seed: int | None = None

    def __bool__(self) -> bool:
        return any(
            value is not None
            for value in (self.base, self.notes, self.log, self.recipe, self.checkpoint, self.seed)
        )


def read_training_files(model: Path, training_files: TrainingFiles, side: int) -> Training:
    """Everything that the files say; `side`: shorter side of the model's input in pixels, the size
    that a recipe is taken to work at.

    Raises PathMissing, PathRefused, ModelRejected for the base, TrainingLogRefused, RecipeRefused.
    """
    notes = ""
    if training_files.notes is not None:
        if not training_files.notes.is_file():
            raise PathMissing(training_files.notes)
        with training_files.notes.open(encoding="utf-8", errors="replace") as file:
            notes = file.read(LONGEST_NOTES).strip()
    layers = compare_layers(model, training_files.base) if training_files.base else ()
    curves = read_training_log(training_files.log) if training_files.log else None
    recipe = read_recipe_file(training_files.recipe, side) if training_files.recipe else None
    if training_files.checkpoint is not None and not training_files.checkpoint.is_file():
        raise PathMissing(training_files.checkpoint)
    checkpoint = (
        (training_files.checkpoint.name, sha256_file(training_files.checkpoint))
        if training_files.checkpoint
        else ("", "")
    )
    return Training(
        training_files.base.name if training_files.base else "",
        layers,
        notes,
        curves,
        recipe,
        *checkpoint,
        training_files.seed,
    )


def store_training(project: Project, model: StoredModel, training: Training, now: str) -> None:
    """Stores training information with the model, for whatever card it is used with."""
    project.write(
        lambda db: models_table.put_fact(
            db, TRAINING_FACT, model.sha256, "", "", training.to_json(), now
        )
    ).result()


def get_training(project: Project, model: StoredModel | None) -> Training | None:
    """Return the training information stored last for the model; None without any."""
    if model is None:
        return None
    fact = project.read(
        lambda db: models_table.get_newest_fact(db, TRAINING_FACT, model.sha256, "", "")
    )
    return Training.from_json(fact) if fact else None


def read_training_log(path: Path) -> Curves:
    """A CSV with a column `epoch`, `train_loss` and `val_loss`, and any further columns of figures.
    Ultralytics' `train/…loss` and `val/…loss` columns are added up. Rows without finite losses are
    left out.

    Raises PathMissing, TrainingLogRefused `text`, `columns`, `rows`.
    """
    if not path.is_file():
        raise PathMissing(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [
                {str(key).strip(): value for key, value in row.items()}
                for row, _ in zip(csv.DictReader(file), range(MOST_ROWS), strict=False)
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrainingLogRefused(path, "text", str(error)[:100]) from error
    names = [name for name in (rows[0] if rows else {}) if name][:MOST_COLUMNS]
    train = [
        name
        for name in names
        if name == "train_loss" or (name.startswith("train/") and name.endswith("loss"))
    ]
    val = [
        name
        for name in names
        if name == "val_loss" or (name.startswith("val/") and name.endswith("loss"))
    ]
    if not train or not val:
        raise TrainingLogRefused(path, "columns", ", ".join(names[:8]))
    figures = [{name: _parse_number(row.get(name)) for name in names} for row in rows]
    whole = [row for row in figures if all(isfinite(row[name]) for name in (*train, *val))]
    if not whole:
        raise TrainingLogRefused(path, "rows", str(len(rows)))
    epochs = tuple(
        row["epoch"] if "epoch" in names and isfinite(row["epoch"]) else float(k + 1)
        for k, row in enumerate(whole)
    )
    others = [
        name
        for name in names
        if name not in (*train, *val, "epoch") and all(isfinite(row[name]) for row in whole)
    ]
    sums = [tuple(sum(row[name] for name in side) for row in whole) for side in (train, val)]
    return Curves(
        epochs, sums[0], sums[1], {name: tuple(row[name] for row in whole) for name in others}
    )


def _parse_number(text: str | list[str] | None) -> float:
    try:
        return float(text) if isinstance(text, str) else float("nan")
    except ValueError:
        return float("nan")
