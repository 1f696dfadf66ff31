"""How a model was trained: told by its base model, by notes and by the log of the run, and kept with the model."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.training import Curves, Training
from fieldcheck.errors import PathMissing, TrainingLogRefused
from fieldcheck.files import sha256_file
from fieldcheck.inference.base_layers import compare_layers
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.models.trained_range import read_recipe_file

TRAINING_FACT = "training"
LONGEST_NOTES = 100_000  # characters
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class TrainingFiles:
    """Files, and the seed, that say how a model was trained; None where nobody says it."""

    base: Path | None = None
    notes: Path | None = None
    log: Path | None = None
    recipe: Path | None = None
    checkpoint: Path | None = None
    seed: int | None = None

    def __bool__(self) -> bool:
        return any(one is not None for one in (self.base, self.notes, self.log, self.recipe, self.checkpoint, self.seed))


def read_training_files(model: Path, told: TrainingFiles, side: int) -> Training:
    """Everything that the files say; `side`: shorter side of the model's input in pixels, the size that a recipe is taken to work at.

    Raises PathMissing, PathRefused, ModelRejected for the base, TrainingLogRefused, RecipeRefused.
    """
    notes = ""
    if told.notes is not None:
        if not told.notes.is_file():
            raise PathMissing(told.notes)
        with told.notes.open(encoding="utf-8", errors="replace") as file:
            notes = file.read(LONGEST_NOTES).strip()
    layers = compare_layers(model, told.base) if told.base else ()
    curves = read_training_log(told.log) if told.log else None
    recipe = read_recipe_file(told.recipe, side) if told.recipe else None
    if told.checkpoint is not None and not told.checkpoint.is_file():
        raise PathMissing(told.checkpoint)
    checkpoint = (told.checkpoint.name, sha256_file(told.checkpoint)) if told.checkpoint else ("", "")
    return Training(told.base.name if told.base else "", layers, notes, curves, recipe, *checkpoint, told.seed)


def store_training(project: Project, model: StoredModel, training: Training, now: str) -> None:
    """Keeps it with the model, whatever card it is used with."""
    project.write(lambda db: facts_table.put_fact(db, TRAINING_FACT, model.sha256, "", "", training.to_json(), now)).result()


def get_training(project: Project, model: StoredModel | None) -> Training | None:
    """Training information that was told last of the model."""
    if model is None:
        return None
    found = project.read(lambda db: facts_table.get_newest_fact(db, TRAINING_FACT, model.sha256, "", ""))
    return Training.from_json(found) if found else None


def read_training_log(path: Path) -> Curves:
    """A CSV with a column `epoch`, `train_loss` and `val_loss`, and any further columns of figures. Ultralytics' `train/…loss` and
    `val/…loss` columns are added up. Rows without finite losses are left out.

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
    train = [name for name in names if name == "train_loss" or (name.startswith("train/") and name.endswith("loss"))]
    val = [name for name in names if name == "val_loss" or (name.startswith("val/") and name.endswith("loss"))]
    if not train or not val:
        raise TrainingLogRefused(path, "columns", ", ".join(names[:8]))
    figures = [{name: _parse_number(row.get(name)) for name in names} for row in rows]
    whole = [row for row in figures if all(isfinite(row[name]) for name in (*train, *val))]
    if not whole:
        raise TrainingLogRefused(path, "rows", str(len(rows)))
    epochs = tuple(row["epoch"] if "epoch" in names and isfinite(row["epoch"]) else float(k + 1) for k, row in enumerate(whole))
    others = [name for name in names if name not in (*train, *val, "epoch") and all(isfinite(row[name]) for row in whole)]
    sums = [tuple(sum(row[name] for name in side) for row in whole) for side in (train, val)]
    return Curves(epochs, sums[0], sums[1], {name: tuple(row[name] for row in whole) for name in others})


def _parse_number(said: str | list[str] | None) -> float:
    try:
        return float(said) if isinstance(said, str) else float("nan")
    except ValueError:
        return float("nan")
