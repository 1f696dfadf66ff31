"""A new project folder: everything is looked at before the folder is made, so a refusal leaves nothing behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.domain.benchmark import LabelFormat
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import ProjectExists
from fieldcheck.project.folder import Project, create
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.benchmarks import Named, read_benchmark, set_benchmark
from fieldcheck.workflows.models import look_at_model, read_classes, set_model


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new project begins with; all of it may come later. `claimed` is a fraction."""

    model: Path | None = None
    card: Path | None = None
    classes: Path | None = None
    benchmark: Path | None = None
    benchmark_format: LabelFormat | None = None
    claimed: float | None = None
    site: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The project as it was made, still open."""

    project: Project
    model: StoredModel | None
    benchmark: Named | None
    classes: tuple[str, ...]


def new_project(path: Path, wanted: Wanted, now: str) -> Begun:
    """Makes the folder and opens it for writing; the caller closes it.

    Raises ProjectExists, PathMissing, ModelRejected, CardRejected, CardNeeded, BenchmarkRefused, DiskFull, ReadOnlyPlace.
    """
    if path.exists():
        raise ProjectExists(path)
    classes = read_classes(wanted.classes) if wanted.classes else None
    looked_at = look_at_model(wanted.model, wanted.card, classes) if wanted.model else None
    benchmark = read_benchmark(wanted.benchmark, wanted.benchmark_format, wanted.claimed) if wanted.benchmark else None
    project = create(path)
    try:
        told = {"site": wanted.site, "created": now} | ({"classes": list(classes)} if classes else {})
        project.write(lambda db: settings_table.begin(db, told)).result()
        model = set_model(project, looked_at, now) if looked_at else None
        model_classes = looked_at.card.classes if looked_at else classes
        named = set_benchmark(project, benchmark, model_classes) if benchmark else None
    except BaseException:
        project.close()
        raise
    return Begun(project, model, named, model_classes or ())
