"""The fitted recipe taken home: a pipeline for training, the transforms that go with it, and the families it must not have seen."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fieldcheck import resources
from fieldcheck.corruption.pipeline import RecipePart, format_pipeline, list_recipe_parts, split_parts
from fieldcheck.errors import PathOccupied
from fieldcheck.files import map_os_errors, remove_stale, sync_folder, write_bytes, write_text
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.report.sheets import Cell, format_csv, get_finite
from fieldcheck.words.exports import build_recipe_readme
from fieldcheck.workflows.report.two_sides import load_benchmark_side, load_field_side
from fieldcheck.workflows.stress.fit_field import CameraFit, fit_field

TRANSFORMS = "fieldcheck_transforms.py"
PIPELINE, README, TABLE = "pipeline.json", "README.md", "ablation.csv"
UNSEEN, ALL = "unseen", "all"
COLUMNS = ("recipe", "left_out", "model", "benchmark", "benchmark_lo", "benchmark_hi", "field", "field_lo", "field_hi")


@dataclass(frozen=True, slots=True)
class AugmentationRecipe:
    """Augmentation recipe: what is trained with, what is held out, and what of it is this camera's; `fit` is None without footage or
    benchmark."""

    trained: tuple[RecipePart, ...]
    unseen: tuple[RecipePart, ...]
    fit: CameraFit | None
    seed: int


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Exported files: `files` relative to `out`, `n` of what the format counts. `left_out`: labelled frames whose saved picture is not what
    was stored; `n_people`: frames that were left out because a person is marked on them; `losses`: what the format cannot hold, as pairs of
    a kind (`words.labels`) and how many."""

    out: Path
    format: str
    n: int
    files: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    n_people: int = 0
    losses: tuple[tuple[str, int], ...] = ()


def fit_recipe(project: Project, seed: int, progress: Progress) -> AugmentationRecipe:
    """The recipe of this camera; the plain core set where there is no footage to fit it to, or no benchmark. Raises Cancelled."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    there = benchmark is not None and benchmark.items and project.read(frames_table.list_frames)
    fit = fit_field(project, seed, progress) if there else None
    kept = [name for name, _ in fit.match.named_corruptions] if fit is not None else []
    trained, unseen = split_parts(list_recipe_parts(fit.fitted if fit else ()), seed, kept)
    return AugmentationRecipe(trained, unseen, fit, seed)


def export_recipe(project: Project, out: Path, seed: int, progress: Progress) -> ExportResult:
    """The folder of a recipe. Raises PathOccupied where `out` holds something already."""
    with write_folder_atomically(out) as into:
        recipe = fit_recipe(project, seed, progress)
        files = [
            _write_pipeline(into, PIPELINE, recipe.trained),
            _write_pipeline(into, f"{UNSEEN}/{PIPELINE}", recipe.unseen),
            _copy_transforms(into),
        ]
        write_text(into / README, build_recipe_readme(recipe.trained, recipe.unseen, seed))
    return ExportResult(out, "recipe", len(recipe.trained), (*files, README))


def export_ablation(project: Project, out: Path, seed: int, progress: Progress) -> ExportResult:
    """One recipe with everything, one for each corruption left out, and the table that compares the models trained with them; beside them
    the two that none of these has seen.

    A model of the project is taken for the one trained with a recipe when it is called as the recipe is: `without_jpeg.onnx`.
    """
    with write_folder_atomically(out) as into:
        recipe = fit_recipe(project, seed, progress)
        names = {ALL: recipe.trained} | {
            f"without_{part.corruption}": tuple(other for other in recipe.trained if other != part) for part in recipe.trained
        }
        files = [_write_pipeline(into, f"{name}/{PIPELINE}", parts) for name, parts in {**names, UNSEEN: recipe.unseen}.items()]
        files.append(_copy_transforms(into))
        write_text(into / TABLE, format_csv(COLUMNS, _iter_score_rows(project, names)))
    return ExportResult(out, "ablation", len(names), (*files, TABLE))


def _iter_score_rows(project: Project, names: Iterable[str]) -> Iterator[tuple[Cell, ...]]:
    """One row a recipe: the scores of the project's model of that name, empty as long as there is none."""
    models = {model.name: model for model in project.read(models_table.list_models)}
    for name in names:
        model, left_out = models.get(name), name.removeprefix("without_") if name != ALL else ""
        if model is None:
            yield (name, left_out, *[None] * 7)
            continue
        side = load_benchmark_side(project, model)
        field = load_field_side(project, model).scores.footage
        scores = [*((side.score.value, side.score.lo, side.score.hi) if side else [None] * 3), field.value, field.lo, field.hi]
        yield (name, left_out, model.name, *(None if score is None else get_finite(score) for score in scores))


@contextmanager
def write_folder_atomically(out: Path) -> Iterator[Path]:
    """A folder to write into, which takes the name `out` at the end of the block: an export is whole or absent, and may be tried again.

    Raises PathOccupied where something is in `out`, or a file stands there; DiskFull, ReadOnlyPlace.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise PathOccupied(out)
    with map_os_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        begins = f".{out.name[:40]}."
        remove_stale(out.parent, rf"{re.escape(begins)}.{{8}}\.part")
        part = Path(tempfile.mkdtemp(prefix=begins, suffix=".part", dir=out.parent))
    try:
        with map_os_errors(out):
            into = part / out.name  # what is written may name its own folder
            into.mkdir()
            yield into
            if out.exists():
                out.rmdir()
            into.rename(out)
            part.rmdir()
            sync_folder(out.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _write_pipeline(out: Path, name: str, parts: Sequence[RecipePart]) -> str:
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    write_text(out / name, format_pipeline(parts))
    return name


def _copy_transforms(out: Path) -> str:
    write_bytes(out / TRANSFORMS, resources.get_resource_path(f"recipe/{TRANSFORMS}").read_bytes())
    return TRANSFORMS
