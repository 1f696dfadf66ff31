"""Exports in the formats that other tools read: what each is written by, and which of them this project's labels fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import PathMissing
from fieldcheck.exchange.formats import WRITABLE, list_writable_formats
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.scoring.decision_thresholds import PRECISION, SHARE
from fieldcheck.workflows.label.classes import get_label_kind, get_project_task
from fieldcheck.workflows.label.export_labels import export_labels, export_suspects, list_slice_subjects
from fieldcheck.workflows.label.task_package import TASK_WRITERS as TASK_WRITERS
from fieldcheck.workflows.label.task_package import Tool, export_tasks
from fieldcheck.workflows.report.threshold_card import export_thresholds
from fieldcheck.workflows.runs.export_mlflow import PICTURES, export_mlflow
from fieldcheck.workflows.stress.export_corrupted import export_augmented, export_poison
from fieldcheck.workflows.stress.export_recipe import ExportResult, export_ablation, export_recipe

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
    return export_augmented(asked.project, asked.out, frames, asked.seed, asked.progress, asked.with_people)


def _read_frame_list(path: Path) -> list[str]:
    """The frames named in a text file, one a line."""
    if not path.is_file():
        raise PathMissing(path)
    with path.open(encoding="utf-8-sig", errors="replace") as file:  # what is no text names no frame, and is refused as that
        return [line.strip() for line in file.read(LARGEST_LIST).splitlines() if line.strip()]


def _export_labels(asked: ExportRequest) -> ExportResult:
    subjects = None if asked.slice_name is None else list_slice_subjects(asked.project, asked.slice_name)
    return export_labels(asked.project, asked.kind, asked.out, asked.progress, subjects, asked.corrected, asked.with_people)


def _export_recipe(asked: ExportRequest) -> ExportResult:
    return export_recipe(asked.project, asked.out, asked.seed, asked.progress)


EXPORT_WRITERS: dict[str, Callable[[ExportRequest], ExportResult]] = {
    "albumentations": _export_recipe,
    "recipe": _export_recipe,
    "poison": lambda asked: export_poison(asked.project, asked.out, asked.source, asked.seed, asked.progress, asked.with_people),
    "augmented": _export_augmented,
    **dict.fromkeys(WRITABLE, _export_labels),
    "suspects": lambda asked: export_suspects(asked.project, asked.out, asked.progress, asked.with_people),
    "thresholds": lambda asked: export_thresholds(asked.project, asked.out, asked.precision, asked.abstain),
    "mlflow": lambda asked: export_mlflow(asked.project, asked.out, asked.progress, asked.pictures, asked.with_people),
    "ablation": lambda asked: export_ablation(asked.project, asked.out, asked.seed, asked.progress),
}


TASKS: dict[str, Tool] = {f"{tool}-tasks": tool for tool in TASK_WRITERS}


def write_export(asked: ExportRequest) -> ExportResult:
    """Writes any format of EXPORT_WRITERS, or the blank tasks of TASKS. Raises as they do."""
    if asked.kind in TASKS:
        return export_tasks(asked.project, TASKS[asked.kind], asked.out, asked.progress, with_people=asked.with_people)
    return EXPORT_WRITERS[asked.kind](asked)


def list_export_formats(project: Project) -> tuple[str, ...]:
    """Formats that can be written here, each once: those of labels as far as they hold this project's, blank tasks, then all others."""
    kind_of_labels = get_label_kind(get_project_task(project))
    fitting = list_writable_formats(kind_of_labels)
    tasks = TASKS if kind_of_labels != "none" else ()
    return (*fitting, *tasks, *(kind for kind in EXPORT_WRITERS if kind not in WRITABLE and kind != "albumentations"))
