"""Pictures for training made here: a poisoned holdout that looks like the field, and failures many times over with empty frames beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import make_transform
from fieldcheck.corruption.catalog import order_by_light_path
from fieldcheck.corruption.pipeline import RecipePart
from fieldcheck.domain.box import Box
from fieldcheck.errors import NothingLabelled
from fieldcheck.exchange.parts import ANY_PART
from fieldcheck.exchange.read import read_labels
from fieldcheck.files import join_inside_data_set, write_bytes, write_text
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import tags as tags_table
from fieldcheck.report.sheets import Cell, format_csv
from fieldcheck.workflows.footage.frame_pixels import iter_frames
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.models.held_out import compute_image_seed
from fieldcheck.workflows.models.run_model import get_benchmark, get_benchmark_root
from fieldcheck.workflows.stress.export_recipe import AugmentationRecipe, ExportResult, fit_recipe, write_folder_atomically

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
    project: Project, out: Path, source: Path | None, seed: int, progress: Progress, with_people: bool = False
) -> ExportResult:  # fmt: skip
    """A tenth of the benchmark, or of the labelled set at `source`, corrupted to match the field; the others are listed in rest.txt.

    Pictures that are named after a frame on which a person is marked, as an export names them, only `with_people`. Raises PathOccupied,
    NoBenchmark where neither is there, NothingLabelled `without_people`, LabelsRefused, PathMissing, Cancelled.
    """
    there = _list_sources(project, source)
    people = frozenset() if with_people else project.read(marks_table.list_with_person)
    sources = [one for one in there if Path(one.shown).stem not in people]
    if there and not sources:
        raise NothingLabelled(project.path, "without_people")
    with write_folder_atomically(out) as into:
        recipe, rng = fit_recipe(project, seed, progress), np.random.default_rng(seed)
        chosen = set(rng.permutation(len(sources))[: max(1, round(HOLDOUT * len(sources)))].tolist())
        labels, rows = list[tuple[Cell, ...]](), list[tuple[Cell, ...]]()
        for done, at in enumerate(sorted(chosen)):
            progress.check()
            one, parts = sources[at], _list_matching_parts(recipe, rng)
            names = " + ".join(part.corruption for part in parts)
            own, rgb = compute_image_seed(one.shown, names, seed), read_image(one.file)
            for part in parts:
                rgb = apply_recipe_part(rgb, part, own)
            name = _write_image(into, one, f"{Path(one.shown).stem}_{at:05d}.png", rgb)
            labels += make_label_rows(name, one.class_name, one.boxes)
            rows.append((name, one.shown, names, own))
            progress.report(done + 1, len(chosen), "pictures")
        write_text(into / LABELS, format_csv(LABEL_COLUMNS, labels))
        write_text(into / POISON, format_csv(POISON_COLUMNS, rows))
        write_text(into / REST, "".join(f"{one.shown}\n" for at, one in enumerate(sources) if at not in chosen))
    files = (*(str(row[0]) for row in rows), LABELS, POISON, REST)
    return ExportResult(out, "poison", len(rows), files, n_people=len(there) - len(sources))


def export_augmented(
    project: Project, out: Path, frames: Sequence[str], seed: int, progress: Progress, with_people: bool = False
) -> ExportResult:  # fmt: skip
    """Each labelled frame of `frames` as it is and in four corrupted forms; frames with nothing on them once, as negatives.

    Without `frames`: those that carry a tag. Frames on which a person is marked only `with_people`. Raises PathOccupied, NothingLabelled
    where none of them carries a label, Cancelled.
    """
    tagged = set(frames) or set(project.read(tags_table.list_tags))
    labels = {one.frame_id: one for one in project.read(labels_table.list_labels) if one.state == "done"}
    empty = {name for name, label in labels.items() if not label.class_name and not label.boxes and not label.points}
    there = [line for line in project.read(list_sampling_lines) if line.frame.frame_id in labels and line.frame.frame_id in tagged | empty]
    people = frozenset() if with_people else project.read(marks_table.list_with_person)
    wanted = [line for line in there if line.frame.frame_id not in people]
    if not any(line.frame.frame_id in tagged for line in wanted):
        marked = any(line.frame.frame_id in tagged for line in there)
        raise NothingLabelled(project.path, "without_people" if marked else "named" if frames else "tagged")
    with write_folder_atomically(out) as into:
        recipe, rows, files = fit_recipe(project, seed, progress), list[tuple[Cell, ...]](), list[str]()
        rng = np.random.default_rng(seed)
        recordings = {line.recording.recording_id: line.recording for line in wanted}
        for frame, rgb in iter_frames(project, recordings, [line.frame for line in wanted]):
            progress.check()
            label, source = labels[frame.frame_id], frame.frame_id.replace("/", "_")
            for variant in range(1 if frame.frame_id not in tagged else 1 + VARIANTS):
                part = recipe.trained[int(rng.integers(len(recipe.trained)))]
                shown = (
                    apply_recipe_part(rgb, part, compute_image_seed(f"{frame.frame_id}/{variant}", part.corruption, seed))
                    if variant
                    else rgb
                )
                name = f"images/{source}_{variant}.png"
                _write_png(into, name, shown)
                rows += make_label_rows(name, label.class_name, label.boxes)
                files.append(name)
            progress.report(len(files), None, "pictures")
        write_text(into / LABELS, format_csv(LABEL_COLUMNS, rows))
    return ExportResult(out, "augmented", len(files), (*files, LABELS), n_people=len(there) - len(wanted))


def apply_recipe_part(rgb: NDArray[np.uint8], part: RecipePart, seed: int) -> NDArray[np.uint8]:
    """The picture under a part of a recipe at its moderate figures; boxes stay where they are, since no part moves pixels."""
    one = make_transform(part.corruption, part.stops[MODERATE])
    one.set_random_seed(seed)
    return np.asarray(one(image=rgb)["image"], np.uint8)


def make_label_rows(name: str, class_name: str, boxes: Iterable[Box]) -> list[tuple[Cell, ...]]:
    """Rows of a label CSV: one a box, one for a class, and an empty one where there is nothing."""
    if class_name:
        return [(name, class_name, None, None, None, None)]
    return [(name, box.class_name, box.x, box.y, box.w, box.h) for box in boxes] or [(name, None, None, None, None, None)]


def _list_matching_parts(recipe: AugmentationRecipe, rng: np.random.Generator) -> tuple[RecipePart, ...]:
    """The corruption that the field looks like, or the two, as light meets them; where none does, any of the recipe."""
    told = recipe.fit.match.named_corruptions if recipe.fit is not None else ()
    known = {part.corruption: part for part in recipe.trained}
    parts = tuple(known[name] for name, _ in order_by_light_path(told) if name in known)
    return parts or (recipe.trained[int(rng.integers(len(recipe.trained)))],)


def _list_sources(project: Project, source: Path | None) -> list[PictureToCorrupt]:
    if source is not None:
        found = read_labels(source, wish=ANY_PART)
        return [PictureToCorrupt(join_inside_data_set(found.root, one.path), one.path, one.class_name, one.boxes) for one in found.items]
    benchmark = get_benchmark(project)
    root = get_benchmark_root(project, benchmark)
    return [PictureToCorrupt(join_inside_data_set(root, one.path), one.path, one.class_name, one.boxes) for one in benchmark.items]


def _write_image(out: Path, one: PictureToCorrupt, name: str, rgb: NDArray[np.uint8]) -> str:
    """Where the picture was written: in the folder of its class, or among the images."""
    folder = "".join(letter if letter.isalnum() or letter in "-_ ." else "-" for letter in one.class_name).strip(". ") or "images"
    _write_png(out, f"{folder}/{name}", rgb)
    return f"{folder}/{name}"


def _write_png(out: Path, name: str, rgb: NDArray[np.uint8]) -> None:
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    write_bytes(out / name, encode_png(rgb))
