"""Exports for training: the fitted recipe with its transforms, images corrupted to look like the
field, and multiplied failures."""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck import paths
from fieldcheck.corruptions.catalogue import make_transform, order_by_light_path
from fieldcheck.corruptions.match_field import CameraFit, fit_field
from fieldcheck.corruptions.training_recipe import (
    RecipePart,
    build_recipe_readme,
    format_pipeline,
    list_recipe_parts,
    split_parts,
)
from fieldcheck.csv_json_xml import Cell, format_csv, to_json_number
from fieldcheck.domain.label import Box
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.files import (
    join_inside_data_set,
    map_os_errors,
    remove_stale,
    sync_folder,
    write_bytes,
    write_text,
)
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_pixels import iter_frames
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.labels.formats.label_set import ANY_PART
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.models.evaluate import compute_image_seed
from fieldcheck.models.run import get_benchmark
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table

# The exported recipe: a training pipeline, its transforms, and the families held out of training.

TRANSFORMS = "fieldcheck_transforms.py"
PIPELINE, README, TABLE = "pipeline.json", "README.md", "ablation.csv"
UNSEEN, ALL = "unseen", "all"
COLUMNS = (
    "recipe",
    "left_out",
    "model",
    "benchmark",
    "benchmark_lo",
    "benchmark_hi",
    "field",
    "field_lo",
    "field_hi",
)


@dataclass(frozen=True, slots=True)
class AugmentationRecipe:
    """Augmentation recipe: corruptions to train with, those held out, and those fitted to this
    camera; `fit` is None without footage or benchmark."""

    trained: tuple[RecipePart, ...]
    unseen: tuple[RecipePart, ...]
    fit: CameraFit | None
    seed: int


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Exported files: `files` relative to `out`, `n` of what the format counts. `left_out`:
    labelled frames whose saved picture is not what was stored; `n_people`: frames that were left
    out because a person is marked on them; `losses`: what the format cannot hold, as pairs of a
    kind (named in `labels.messages`) and a count."""

    out: Path
    format: str
    n: int
    files: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    n_people: int = 0
    losses: tuple[tuple[str, int], ...] = ()


def fit_recipe(project: Project, seed: int, progress: Progress) -> AugmentationRecipe:
    """The recipe of this camera; the plain core set where there is no footage to fit it to, or no
    benchmark. Raises Cancelled."""
    benchmark = project.read(models_table.get_benchmark)
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
    """Export one recipe with everything, one for each corruption left out, and a table that
    compares the models trained with them, plus the two corruptions that none of them uses. A
    project's model belongs to the recipe of the same name: `without_jpeg.onnx`."""
    with write_folder_atomically(out) as into:
        recipe = fit_recipe(project, seed, progress)
        names = {ALL: recipe.trained} | {
            f"without_{part.corruption}": tuple(other for other in recipe.trained if other != part)
            for part in recipe.trained
        }
        files = [
            _write_pipeline(into, f"{name}/{PIPELINE}", parts)
            for name, parts in {**names, UNSEEN: recipe.unseen}.items()
        ]
        files.append(_copy_transforms(into))
        write_text(into / TABLE, format_csv(COLUMNS, _iter_score_rows(project, names)))
    return ExportResult(out, "ablation", len(names), (*files, TABLE))


def _iter_score_rows(project: Project, names: Iterable[str]) -> Iterator[tuple[Cell, ...]]:
    """One row a recipe: the scores of the project's model of that name, empty as long as there is
    none."""
    models = {model.name: model for model in project.read(models_table.list_models)}
    for name in names:
        model, left_out = models.get(name), name.removeprefix("without_") if name != ALL else ""
        if model is None:
            yield (name, left_out, *[None] * 7)
            continue
        side = load_benchmark_side(project, model)
        field = load_field_side(project, model).scores.footage
        scores = [
            *((side.score.value, side.score.lo, side.score.hi) if side else [None] * 3),
            field.value,
            field.lo,
            field.hi,
        ]
        yield (
            name,
            left_out,
            model.name,
            *(None if score is None else to_json_number(score) for score in scores),
        )


@contextmanager
def write_folder_atomically(out: Path) -> Iterator[Path]:
    """A folder to write into, which takes the name `out` at the end of the block: an export is
    whole or absent, and may be tried again.

    Raises PathOccupied where something is in `out`, or a file stands there; DiskFull,
    ReadOnlyPlace.
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
            into = part / out.name  # Files may contain the folder's name.
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
    write_text(out / TRANSFORMS, make_transforms_file())
    return TRANSFORMS


TRANSFORMS_PACKAGE = "fieldcheck.corruptions.transforms"
# in the order in which they need each other
TRANSFORMS_MODULES = (
    "pixels",
    "transform",
    "noise",
    "blur",
    "light",
    "coding",
    "weather",
    "lens",
    "geometry",
)
TRANSFORMS_HEAD = '''"""The transforms of a Fieldcheck recipe: import this file before \
albumentations loads the recipe \
that lies beside it.

Needs albumentations, OpenCV and numpy only. Made from fieldcheck/corruptions; Apache License 2.0.
"""

from __future__ import annotations

'''


def make_transforms_file() -> str:
    """Makes one module of our transforms and their formulas, which imports nothing of ours: all
    imports once, then the modules as they stand."""
    sources = [
        paths.read_source(TRANSFORMS_PACKAGE, f"{name}.py").decode() for name in TRANSFORMS_MODULES
    ]
    imports = {ast.unparse(node) for source in sources for node in _list_imports(source)}
    bodies = [_get_body(source) for source in sources]
    return TRANSFORMS_HEAD + "\n".join(sorted(imports)) + "\n\n" + "\n\n".join(bodies) + "\n"


def _list_imports(source: str) -> list[ast.Import | ast.ImportFrom]:
    """Those of other people's packages."""
    return [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.Import)
        or (isinstance(node, ast.ImportFrom) and not _is_left_out(node.module or ""))
    ]


def _is_left_out(module: str) -> bool:
    return module == "__future__" or module.startswith(f"{TRANSFORMS_PACKAGE}.")


def _get_body(source: str) -> str:
    """A module without its docstring and imports."""
    first = next(
        node
        for node in ast.parse(source).body[1:]
        if not isinstance(node, ast.Import | ast.ImportFrom)
    )
    start = min([first.lineno, *(mark.lineno for mark in getattr(first, "decorator_list", []))])
    return "\n".join(source.splitlines()[start - 1 :]).strip("\n")


HOLDOUT = 0.1
VARIANTS = 4  # of each failure
MODERATE = 1  # of a part's stops
LABELS, POISON, REST = "labels.csv", "poison.csv", "rest.txt"
LABEL_COLUMNS = ("file", "class", "x", "y", "w", "h")
POISON_COLUMNS = ("file", "source", "corruption", "seed")


@dataclass(frozen=True, slots=True)
class PictureToCorrupt:
    """A labelled picture: `shown` is how its set calls it."""

    file: Path
    shown: str
    class_name: str
    boxes: tuple[Box, ...]


def export_poison(
    project: Project,
    out: Path,
    source: Path | None,
    seed: int,
    progress: Progress,
    with_people: bool = False,
) -> ExportResult:
    """A tenth of the benchmark, or of the labelled set at `source`, corrupted to match the field;
    the others are listed in rest.txt.

    Pictures that are named after a frame on which a person is marked, as an export names them, only
    `with_people`. Raises PathOccupied, NoBenchmark where neither is there, NothingLabelled
    `without_people`, LabelsRefused, PathMissing, Cancelled.
    """
    there = _list_sources(project, source)
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    sources = [
        picture_to_corrupt
        for picture_to_corrupt in there
        if Path(picture_to_corrupt.shown).stem not in people
    ]
    if there and not sources:
        raise NothingLabelled(project.path, "without_people")
    with write_folder_atomically(out) as into:
        recipe, rng = fit_recipe(project, seed, progress), np.random.default_rng(seed)
        chosen = set(
            rng.permutation(len(sources))[: max(1, round(HOLDOUT * len(sources)))].tolist()
        )
        labels, rows = list[tuple[Cell, ...]](), list[tuple[Cell, ...]]()
        for done, index in enumerate(sorted(chosen)):
            progress.check()
            item, parts = sources[index], _list_matching_parts(recipe, rng)
            names = " + ".join(part.corruption for part in parts)
            own, rgb = compute_image_seed(item.shown, names, seed), read_image(item.file)
            for part in parts:
                rgb = apply_recipe_part(rgb, part, own)
            name = _write_image(into, item, f"{Path(item.shown).stem}_{index:05d}.png", rgb)
            labels += make_label_rows(name, item.class_name, item.boxes)
            rows.append((name, item.shown, names, own))
            progress.report(done + 1, len(chosen), "pictures")
        write_text(into / LABELS, format_csv(LABEL_COLUMNS, labels))
        write_text(into / POISON, format_csv(POISON_COLUMNS, rows))
        write_text(
            into / REST,
            "".join(
                f"{source.shown}\n" for index, source in enumerate(sources) if index not in chosen
            ),
        )
    files = (*(str(row[0]) for row in rows), LABELS, POISON, REST)
    return ExportResult(out, "poison", len(rows), files, n_people=len(there) - len(sources))


def export_augmented(
    project: Project,
    out: Path,
    frames: Sequence[str],
    seed: int,
    progress: Progress,
    with_people: bool = False,
) -> ExportResult:
    """Each labelled frame of `frames` as it is and in four corrupted forms; frames with nothing on
    them once, as negatives.

    Without `frames`: those that carry a tag. Frames on which a person is marked only `with_people`.
    Raises PathOccupied, NothingLabelled where none of them carries a label, Cancelled.
    """
    tagged = set(frames) or set(project.read(labels_table.list_tags))
    labels = {
        label.frame_id: label
        for label in project.read(labels_table.list_labels)
        if label.state == "done"
    }
    empty = {
        name
        for name, label in labels.items()
        if not label.class_name and not label.boxes and not label.points
    }
    there = [
        line
        for line in project.read(list_sampling_lines)
        if line.frame.frame_id in labels and line.frame.frame_id in tagged | empty
    ]
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    wanted = [line for line in there if line.frame.frame_id not in people]
    if not any(line.frame.frame_id in tagged for line in wanted):
        marked = any(line.frame.frame_id in tagged for line in there)
        raise NothingLabelled(
            project.path, "without_people" if marked else "named" if frames else "tagged"
        )
    with write_folder_atomically(out) as into:
        recipe = fit_recipe(project, seed, progress)
        rows, files = list[tuple[Cell, ...]](), list[str]()
        rng = np.random.default_rng(seed)
        recordings = {line.recording.recording_id: line.recording for line in wanted}
        for frame, rgb in iter_frames(project, recordings, [line.frame for line in wanted]):
            progress.check()
            label, source = labels[frame.frame_id], frame.frame_id.replace("/", "_")
            for variant in range(1 if frame.frame_id not in tagged else 1 + VARIANTS):
                part, shown = recipe.trained[int(rng.integers(len(recipe.trained)))], rgb
                if variant:
                    key = f"{frame.frame_id}/{variant}"
                    part_seed = compute_image_seed(key, part.corruption, seed)
                    shown = apply_recipe_part(rgb, part, part_seed)
                name = f"images/{source}_{variant}.png"
                _write_png(into, name, shown)
                rows += make_label_rows(name, label.class_name, label.boxes)
                files.append(name)
            progress.report(len(files), None, "pictures")
        write_text(into / LABELS, format_csv(LABEL_COLUMNS, rows))
    return ExportResult(
        out, "augmented", len(files), (*files, LABELS), n_people=len(there) - len(wanted)
    )


def apply_recipe_part(rgb: NDArray[np.uint8], part: RecipePart, seed: int) -> NDArray[np.uint8]:
    """The (H, W, 3) picture under a part of a recipe at its moderate figures; boxes stay where they
    are, since no part moves pixels."""
    transform = make_transform(part.corruption, part.stops[MODERATE])
    transform.set_random_seed(seed)
    return np.asarray(transform(image=rgb)["image"], np.uint8)


def make_label_rows(name: str, class_name: str, boxes: Iterable[Box]) -> list[tuple[Cell, ...]]:
    """Rows of a label CSV: one a box, one for a class, and an empty one where there is nothing."""
    if class_name:
        return [(name, class_name, None, None, None, None)]
    return [(name, box.class_name, box.x, box.y, box.w, box.h) for box in boxes] or [
        (name, None, None, None, None, None)
    ]


def _list_matching_parts(
    recipe: AugmentationRecipe, rng: np.random.Generator
) -> tuple[RecipePart, ...]:
    """Parts of the one or two corruptions that match the field, in the order of the light path;
    without a match, any of the recipe."""
    severities = recipe.fit.match.named_corruptions if recipe.fit is not None else ()
    part_of = {part.corruption: part for part in recipe.trained}
    parts = tuple(part_of[name] for name, _ in order_by_light_path(severities) if name in part_of)
    return parts or (recipe.trained[int(rng.integers(len(recipe.trained)))],)


def _list_sources(project: Project, source: Path | None) -> list[PictureToCorrupt]:
    if source is not None:
        label_set = read_labels(source, wish=ANY_PART)
        return [
            PictureToCorrupt(
                join_inside_data_set(label_set.root, item.path),
                item.path,
                item.class_name,
                item.boxes,
            )
            for item in label_set.items
        ]
    benchmark = get_benchmark(project)
    root = get_benchmark_root(project, benchmark)
    return [
        PictureToCorrupt(
            join_inside_data_set(root, item.path), item.path, item.class_name, item.boxes
        )
        for item in benchmark.items
    ]


def _write_image(
    out: Path, picture_to_corrupt: PictureToCorrupt, name: str, rgb: NDArray[np.uint8]
) -> str:
    """Where the picture was written: in the folder of its class, or among the images."""
    folder = (
        "".join(
            letter if letter.isalnum() or letter in "-_ ." else "-"
            for letter in picture_to_corrupt.class_name
        ).strip(". ")
        or "images"
    )
    _write_png(out, f"{folder}/{name}", rgb)
    return f"{folder}/{name}"


def _write_png(out: Path, name: str, rgb: NDArray[np.uint8]) -> None:
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    write_bytes(out / name, encode_png(rgb))
