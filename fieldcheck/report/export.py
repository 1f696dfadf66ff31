"""Labelling tasks for CVAT and Label Studio, without predictions or labels, and the export formats
that fit this project."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.analyses.abstention_thresholds import export_thresholds
from fieldcheck.corruptions.export import (
    ExportResult,
    export_ablation,
    export_augmented,
    export_poison,
    export_recipe,
    write_folder_atomically,
)
from fieldcheck.csv_json_xml import format_csv
from fieldcheck.domain.label import TaskTool
from fieldcheck.domain.prediction import Labels
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import LabelKindWrong, NothingLabelled, NothingPicked
from fieldcheck.files import write_bytes, write_text
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_pixels import find_changed_picks, list_intact_picks
from fieldcheck.footage.thumbnails import load_full_image
from fieldcheck.labels.formats import cvat, label_studio
from fieldcheck.labels.formats.label_set import make_parent_folder
from fieldcheck.labels.formats.registry import WRITABLE, list_writable_formats
from fieldcheck.labels.import_labels import make_package_name
from fieldcheck.models.runs_mlflow import PICTURES, export_mlflow
from fieldcheck.models.store import get_label_kind, get_project_task, list_project_classes
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.label_export import (
    export_labels,
    export_suspects,
    list_slice_subjects,
    make_frame_name,
)
from fieldcheck.stats.decision_thresholds import PRECISION, SHARE

LIST, LABELS = "pictures.csv", "labels.json"
# CVAT's words for what is drawn
SHAPES: dict[Labels, str] = {
    "boxes": "rectangle",
    "points": "points",
    "class": "tag",
    "none": "tag",
}


@dataclass(frozen=True, slots=True)
class _TaskImage:
    """`file` holds the frame's id and how its hash begins, so that labels come back to it and to no
    other picture."""

    frame_id: str
    file: str
    source: str
    sha256: str
    size: tuple[int, int]


def export_tasks(
    project: Project, tool: TaskTool, out: Path, progress: Progress, every: bool = False,
    with_people: bool = False
) -> ExportResult:  # fmt: skip
    """A folder with `images/`, the list of them, and blank tasks for the picks that nobody has
    labelled yet; `every`: for all of them; `with_people`: also frames on which a person is marked.

    Raises NothingPicked, NothingLabelled `all_labelled` or `without_people`, LabelKindWrong,
    PathOccupied, DiskFull, ReadOnlyPlace.
    """
    task = get_project_task(project)
    kind = get_label_kind(task)
    if kind == "none":
        raise LabelKindWrong(task)
    picks = list_intact_picks(project, progress)
    if not picks:
        raise NothingPicked(project.path)
    labelled = (
        frozenset()
        if every
        else frozenset(label.frame_id for label in project.read(labels_table.list_labels))
    )
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    waiting = {pick.frame_id for pick in picks} - labelled
    task_images = _list_task_images(project, waiting - people)
    if not task_images:
        raise NothingLabelled(project.path, "without_people" if waiting else "all_labelled")
    with write_folder_atomically(out) as into:
        files = [
            _write_list(into, task_images),
            *TASK_WRITERS[tool](
                into,
                task_images,
                tuple(dict.fromkeys(list_project_classes(project))),
                kind,
                out.name,
            ),
        ]
        for index, task_image in enumerate(task_images):
            progress.check()
            write_bytes(
                path := make_parent_folder(into / "images" / task_image.file),
                load_full_image(project, task_image.frame_id),
            )
            files.append(path)
            progress.report(index + 1, len(task_images), "pictures")
    written = tuple(file.relative_to(into).as_posix() for file in files)
    return ExportResult(
        out, "tasks", len(task_images), written, find_changed_picks(project), len(waiting & people)
    )


def _list_task_images(project: Project, wanted: set[str]) -> list[_TaskImage]:
    hashes, by_id = (
        dict(project.read(frames_table.list_frame_hashes)),
        {line.frame.frame_id: line for line in project.read(list_sampling_lines)},
    )
    return [_make_task_image(by_id[name], hashes[name]) for name in by_id if name in wanted]


def _make_task_image(line: SamplingLine, sha256: str) -> _TaskImage:
    frame = line.frame
    return _TaskImage(
        frame.frame_id,
        f"{make_package_name(frame.frame_id, sha256)}.png",
        make_frame_name(line),
        sha256,
        (frame.width, frame.height),
    )


def _write_list(out: Path, task_images: Sequence[_TaskImage]) -> Path:
    rows = (
        (
            f"images/{task_image.file}",
            task_image.frame_id,
            task_image.source,
            task_image.sha256,
            *task_image.size,
        )
        for task_image in task_images
    )
    write_text(
        out / LIST,
        format_csv(
            ("file", "frame_id", "source", "pixels_sha256", "width", "height"), rows, exact=True
        ),
    )
    return out / LIST


def _write_cvat_tasks(
    out: Path, task_images: Sequence[_TaskImage], classes: tuple[str, ...], kind: Labels, _name: str
) -> list[Path]:
    """The labels for CVAT's constructor and a file with pictures and no shape. Where a frame may
    show nothing, a tag says so."""
    tags = () if kind == "class" else (cvat.NOTHING,)
    labels = [
        {
            "name": name,
            "type": SHAPES[kind],
            "attributes": cvat.list_attributes() if kind == "boxes" else [],
        }
        for name in classes
    ]
    labels += [{"name": name, "type": "tag", "attributes": []} for name in tags]
    write_text(out / LABELS, json.dumps(labels, ensure_ascii=False, indent=1) + "\n")
    root = cvat.make_document((*classes, *tags), empty_is_said=False)
    for number, task_image in enumerate(task_images):
        cvat.add_image_element(root, number, task_image.file, task_image.size)
    return [out / LABELS, cvat.write_document(out, root)]


def _write_label_studio_tasks(
    out: Path, task_images: Sequence[_TaskImage], classes: tuple[str, ...], kind: Labels, name: str
) -> list[Path]:
    tasks = [
        label_studio.make_task(number, name, task_image.file, task_image.source)
        for number, task_image in enumerate(task_images, 1)
    ]
    return label_studio.save_tasks(out, tasks, classes, kind)


TASK_WRITERS: dict[
    TaskTool, Callable[[Path, Sequence[_TaskImage], tuple[str, ...], Labels, str], list[Path]]
] = {"cvat": _write_cvat_tasks, "label-studio": _write_label_studio_tasks}


# Exports in the formats that other tools read: what each is written by, and which of them this
# project's labels fit.

LARGEST_LIST = 1 << 26  # characters


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Request for an export. `source`: what `--from` names; `slice_name` what `--slice` does."""

    project: Project
    out: Path
    source: Path | None
    seed: int
    progress: Progress
    kind: str = ""
    slice_name: str | None = None
    corrected: bool = False
    with_people: bool = False
    precision: float = PRECISION
    abstain: float = SHARE
    pictures: int = PICTURES


def _export_augmented(asked: ExportRequest) -> ExportResult:
    frames = [] if asked.source is None else _read_frame_list(asked.source)
    return export_augmented(
        asked.project, asked.out, frames, asked.seed, asked.progress, asked.with_people
    )


def _read_frame_list(path: Path) -> list[str]:
    """The frames named in a text file, one a line."""
    if not path.is_file():
        raise PathMissing(path)
    # what is no text names no frame, and is refused as that
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return [line.strip() for line in file.read(LARGEST_LIST).splitlines() if line.strip()]


def _export_labels(asked: ExportRequest) -> ExportResult:
    subjects = (
        None if asked.slice_name is None else list_slice_subjects(asked.project, asked.slice_name)
    )
    return export_labels(
        asked.project,
        asked.kind,
        asked.out,
        asked.progress,
        subjects,
        asked.corrected,
        asked.with_people,
    )


def _export_recipe(asked: ExportRequest) -> ExportResult:
    return export_recipe(asked.project, asked.out, asked.seed, asked.progress)


EXPORT_WRITERS: dict[str, Callable[[ExportRequest], ExportResult]] = {
    "albumentations": _export_recipe,
    "recipe": _export_recipe,
    "poison": lambda asked: export_poison(
        asked.project, asked.out, asked.source, asked.seed, asked.progress, asked.with_people
    ),
    "augmented": _export_augmented,
    **dict.fromkeys(WRITABLE, _export_labels),
    "suspects": lambda asked: export_suspects(
        asked.project, asked.out, asked.progress, asked.with_people
    ),
    "thresholds": lambda asked: export_thresholds(
        asked.project, asked.out, asked.precision, asked.abstain
    ),
    "mlflow": lambda asked: export_mlflow(
        asked.project, asked.out, asked.progress, asked.pictures, asked.with_people
    ),
    "ablation": lambda asked: export_ablation(asked.project, asked.out, asked.seed, asked.progress),
}


TASKS: dict[str, TaskTool] = {f"{tool}-tasks": tool for tool in TASK_WRITERS}


def write_export(asked: ExportRequest) -> ExportResult:
    """Writes any format of EXPORT_WRITERS, or the blank tasks of TASKS. Raises as they do."""
    if asked.kind in TASKS:
        return export_tasks(
            asked.project,
            TASKS[asked.kind],
            asked.out,
            asked.progress,
            with_people=asked.with_people,
        )
    return EXPORT_WRITERS[asked.kind](asked)


def list_export_formats(project: Project) -> tuple[str, ...]:
    """Formats that can be written here, each once: those of labels as far as they hold this
    project's, blank tasks, then all others."""
    kind_of_labels = get_label_kind(get_project_task(project))
    fitting = list_writable_formats(kind_of_labels)
    tasks = TASKS if kind_of_labels != "none" else ()
    return (
        *fitting,
        *tasks,
        *(kind for kind in EXPORT_WRITERS if kind not in WRITABLE and kind != "albumentations"),
    )
