"""Exports in the formats that other tools read: what each is written by, and which of them this project's labels fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import PathMissing
from fieldcheck.exchange.formats import WRITABLE, writable_with
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.scoring.decision_thresholds import PRECISION, SHARE
from fieldcheck.workflows.label.classes import label_kind, project_task
from fieldcheck.workflows.label.export_labels import export_labels, export_suspects, in_slice
from fieldcheck.workflows.label.task_package import WRITERS as TASK_WRITERS
from fieldcheck.workflows.label.task_package import Tool, export_tasks
from fieldcheck.workflows.report.threshold_card import export_thresholds
from fieldcheck.workflows.runs.export_mlflow import PICTURES, export_mlflow
from fieldcheck.workflows.stress.export_corrupted import export_augmented, export_poison
from fieldcheck.workflows.stress.export_recipe import Exported, export_ablation, export_recipe

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


def _augmented(asked: ExportRequest) -> Exported:
    frames = [] if asked.source is None else _listed(asked.source)
    return export_augmented(asked.project, asked.out, frames, asked.seed, asked.progress, asked.with_people)


def _listed(path: Path) -> list[str]:
    """The frames named in a text file, one a line."""
    if not path.is_file():
        raise PathMissing(path)
    with path.open(encoding="utf-8-sig", errors="replace") as file:  # what is no text names no frame, and is refused as that
        return [line.strip() for line in file.read(LARGEST_LIST).splitlines() if line.strip()]


def _labels(asked: ExportRequest) -> Exported:
    subjects = None if asked.slice_name is None else in_slice(asked.project, asked.slice_name)
    return export_labels(asked.project, asked.kind, asked.out, asked.progress, subjects, asked.corrected, asked.with_people)


def _recipe(asked: ExportRequest) -> Exported:
    return export_recipe(asked.project, asked.out, asked.seed, asked.progress)


WRITERS: dict[str, Callable[[ExportRequest], Exported]] = {
    "albumentations": _recipe,
    "recipe": _recipe,
    "poison": lambda asked: export_poison(asked.project, asked.out, asked.source, asked.seed, asked.progress, asked.with_people),
    "augmented": _augmented,
    **dict.fromkeys(WRITABLE, _labels),
    "suspects": lambda asked: export_suspects(asked.project, asked.out, asked.progress, asked.with_people),
    "thresholds": lambda asked: export_thresholds(asked.project, asked.out, asked.precision, asked.abstain),
    "mlflow": lambda asked: export_mlflow(asked.project, asked.out, asked.progress, asked.pictures, asked.with_people),
    "ablation": lambda asked: export_ablation(asked.project, asked.out, asked.seed, asked.progress),
}


TASKS: dict[str, Tool] = {f"{tool}-tasks": tool for tool in TASK_WRITERS}


def write(asked: ExportRequest) -> Exported:
    """Writes any format of WRITERS, or the blank tasks of TASKS. Raises as they do."""
    if asked.kind in TASKS:
        return export_tasks(asked.project, TASKS[asked.kind], asked.out, asked.progress, with_people=asked.with_people)
    return WRITERS[asked.kind](asked)


def offered(project: Project) -> tuple[str, ...]:
    """Formats that can be written here, each once: those of labels as far as they hold this project's, blank tasks, then all others."""
    kind_of_labels = label_kind(project_task(project))
    fitting = writable_with(kind_of_labels)
    tasks = TASKS if kind_of_labels != "none" else ()
    return (*fitting, *tasks, *(kind for kind in WRITERS if kind not in WRITABLE and kind != "albumentations"))
