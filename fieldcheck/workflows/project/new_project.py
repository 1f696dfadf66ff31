"""A new project folder: everything is looked at before the folder is made, so a refusal leaves nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import ProjectExists
from fieldcheck.exchange.receipt import ImportReceipt
from fieldcheck.inference.read_card import check_classes
from fieldcheck.plain_name import clean_name
from fieldcheck.project.folder import Project, create_project
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.models.benchmarks import CheckedBenchmark, check_benchmark, read_benchmark_with_receipt, set_benchmark
from fieldcheck.workflows.models.models import inspect_model, read_classes, set_model


@dataclass(frozen=True, slots=True)
class NewProjectRequest:
    """Request for a new project, with what it begins with; all of it may come later. `classes`: a file with one a line, or the names.
    `claimed` is a fraction, in `metric` as stored (empty: the task's own); `images`, `strict` and `part` as of
    `read_benchmark_with_receipt`; `notes` are settings of the project's own."""

    model: Path | None = None
    card: Path | None = None
    classes: Path | tuple[str, ...] | None = None
    benchmark: Path | None = None
    benchmark_format: str | None = None
    claimed: float | None = None
    metric: str = ""
    images: Path | None = None
    strict: bool = False
    part: str = ""
    site: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreatedProject:
    """The project as it was made, still open."""

    project: Project
    model: StoredModel | None
    benchmark: CheckedBenchmark | None
    classes: tuple[str, ...]
    receipt: ImportReceipt | None = None


@contextmanager
def remove_on_failure(project: Project) -> Iterator[None]:
    """Takes a new project away again where its making fails or is broken off, so that the same command may be given once more."""
    try:
        yield
    except BaseException:
        project.close()
        shutil.rmtree(project.path)
        raise


def set_up_project(path: Path, wanted: NewProjectRequest, now: str) -> CreatedProject:
    """Makes the folder and opens it for writing; the caller closes it.

    Raises ProjectExists, PathMissing, ModelRejected, CardRejected, CardNeeded, BenchmarkRefused, DiskFull, ReadOnlyPlace.
    """
    if path.exists():
        raise ProjectExists(path)
    classes = read_classes(wanted.classes) if isinstance(wanted.classes, Path) else wanted.classes or None
    check_classes(classes or ())
    looked_at = inspect_model(wanted.model, wanted.card, classes) if wanted.model else None
    benchmark, receipt = None, None
    if wanted.benchmark:
        benchmark, receipt = read_benchmark_with_receipt(
            wanted.benchmark, wanted.benchmark_format, wanted.claimed, wanted.images, strict=wanted.strict, part=wanted.part
        )
    card = looked_at.card if looked_at else None
    named = check_benchmark(benchmark, card.task if card else None, card.classes if card else classes) if benchmark else None
    project = create_project(path)
    with remove_on_failure(project):
        told = {"site": clean_name(wanted.site), "created": now, **wanted.notes} | ({"classes": list(classes)} if classes else {})
        project.write(lambda db: settings_table.insert_initial_settings(db, told)).result()
        model = set_model(project, looked_at, now) if looked_at else None
        if benchmark:
            set_benchmark(project, benchmark, wanted.metric)
    return CreatedProject(project, model, named, (card.classes if card else classes) or (), receipt)
