"""The range that a model was trained in, from its recipe, beside what the field's camera does to its pictures."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from fieldcheck import plain_yaml
from fieldcheck.corruption.fit import FittedCorruption
from fieldcheck.corruption.trained_range import compare_with_training, parse_training_recipe
from fieldcheck.domain.training import FieldRange, Training, TrainingRecipe
from fieldcheck.errors import NoBenchmark, NoFootage, PathMissing, RecipeRefused
from fieldcheck.plain_json import parse_json
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.models.run_model import compute_benchmark_key
from fieldcheck.workflows.stress.fit_field import fit_camera_severities

CAMERA_SEVERITIES_FACT = "camera_severities"
LARGEST = 1 << 20  # bytes
SEED = 0


def read_recipe_file(path: Path, side: int) -> TrainingRecipe:
    """A pipeline as albumentations saves it, JSON or YAML, read as plain values. Raises PathMissing, RecipeRefused."""
    if not path.is_file():
        raise PathMissing(path)
    if path.stat().st_size > LARGEST:
        raise RecipeRefused(path, "size")
    try:
        said = path.read_text(encoding="utf-8-sig")
        found = plain_yaml.parse_yaml(said) if path.suffix.lower() in (".yaml", ".yml") else parse_json(said)
    except ValueError as error:
        raise RecipeRefused(path, "text", str(error).partition("\n")[0][:100]) from error
    try:
        hardest, unread = parse_training_recipe(found, side)
    except ValueError as error:
        raise RecipeRefused(path, "pipeline") from error
    return TrainingRecipe(path.name, hardest, unread)


def compute_field_ranges(project: Project, training: Training | None, progress: Progress) -> tuple[FieldRange, ...] | None:
    """Field range beside the trained one; None without a recipe, footage or benchmark. Raises Cancelled.

    What the camera shows is measured where `store_camera_severities` has not kept it: seconds.
    """
    if training is None or training.recipe is None:
        return None
    known = _load_camera_severities(project)
    if known is None:
        try:
            known = fit_camera_severities(project, SEED, progress)
        except (NoFootage, NoBenchmark):
            return None
    return compare_with_training(known, training.recipe.hardest)


def get_known_ranges(project: Project, training: Training | None) -> tuple[FieldRange, ...] | None:
    """Field range beside the trained one, where what the camera shows has been measured already, else None."""
    known = _load_camera_severities(project) if training is not None and training.recipe is not None else None
    return None if known is None or training is None or training.recipe is None else compare_with_training(known, training.recipe.hardest)


def store_camera_severities(project: Project, progress: Progress, now: str) -> None:
    """Measures what the camera shows and keeps it, unless it is known or there is nothing to measure. Raises Cancelled."""
    if _load_camera_severities(project) is not None:
        return
    try:
        found = [asdict(one) for one in fit_camera_severities(project, SEED, progress)]
    except (NoFootage, NoBenchmark):
        return
    about = _get_measured_subject(project)
    project.write(lambda db: facts_table.put_fact(db, CAMERA_SEVERITIES_FACT, "", "", about, found, now)).result()


def _load_camera_severities(project: Project) -> tuple[FittedCorruption, ...] | None:
    about = _get_measured_subject(project)
    found = project.read(lambda db: facts_table.get_newest_fact(db, CAMERA_SEVERITIES_FACT, "", "", about))
    if found is None:
        return None
    return tuple(FittedCorruption(one["corruption"], one["parameter"], (*one["stops"],), one["n"]) for one in found)


def _get_measured_subject(project: Project) -> str:
    """The footage and the benchmark that it was measured on."""
    benchmark = project.read(benchmarks_table.get_benchmark)
    told = [line.frame.frame_id for line in project.read(list_sampling_lines)]
    return hashlib.sha256(json.dumps([told, compute_benchmark_key(benchmark) if benchmark else ""]).encode()).hexdigest()[:32]
