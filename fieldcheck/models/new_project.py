"""Creation of a project, in which everything is checked before the folder is made, and the summary
of an open project."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import FieldRange, Training
from fieldcheck.domain.prediction import METRIC_NAMES
from fieldcheck.domain.report import AcceptanceTerms
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.projects import ProjectExists
from fieldcheck.labels.import_labels import ImportReceipt
from fieldcheck.models.benchmark import (
    CheckedBenchmark,
    check_benchmark,
    read_benchmark_with_receipt,
    set_benchmark,
)
from fieldcheck.models.card import check_classes
from fieldcheck.models.check_model import get_claim
from fieldcheck.models.preprocess import make_preprocessing_record
from fieldcheck.models.store import (
    get_card,
    get_ok_classes,
    inspect_model,
    list_project_classes,
    read_classes,
    set_model,
)
from fieldcheck.models.training_info import get_known_ranges, get_training
from fieldcheck.project.folder import create_project
from fieldcheck.project.limits import (
    GapLimits,
    Site,
    get_acceptance_terms,
    get_gap_limits,
    get_site,
)
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name


@dataclass(frozen=True, slots=True)
class NewProjectRequest:
    """Request for a new project, with what it begins with; all of it may come later. `classes`: a
    file with one a line, or the names. `claimed` is a fraction, in `metric` as stored (empty: the
    task's own); `images`, `strict` and `part` as of `read_benchmark_with_receipt`; `notes` are
    settings of the project's own."""

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
    """Delete a new project where its creation fails or is cancelled, so that the same command can
    be repeated."""
    try:
        yield
    except BaseException:
        project.close()
        shutil.rmtree(project.path)
        raise


def set_up_project(path: Path, wanted: NewProjectRequest, now: str) -> CreatedProject:
    """Makes the folder and opens it for writing; the caller closes it.

    Raises ProjectExists, PathMissing, ModelRejected, CardRejected, CardNeeded, BenchmarkRefused,
    DiskFull, ReadOnlyPlace.
    """
    if path.exists():
        raise ProjectExists(path)
    classes = (
        read_classes(wanted.classes) if isinstance(wanted.classes, Path) else wanted.classes or None
    )
    check_classes(classes or ())
    looked_at = inspect_model(wanted.model, wanted.card, classes) if wanted.model else None
    benchmark, receipt = None, None
    if wanted.benchmark:
        benchmark, receipt = read_benchmark_with_receipt(
            wanted.benchmark,
            wanted.benchmark_format,
            wanted.claimed,
            wanted.images,
            strict=wanted.strict,
            part=wanted.part,
        )
    card = looked_at.card if looked_at else None
    named = (
        check_benchmark(benchmark, card.task if card else None, card.classes if card else classes)
        if benchmark
        else None
    )
    project = create_project(path)
    with remove_on_failure(project):
        notes = {"site": clean_name(wanted.site), "created": now, **wanted.notes} | (
            {"classes": list(classes)} if classes else {}
        )
        project.write(lambda db: settings_table.insert_initial_settings(db, notes)).result()
        model = set_model(project, looked_at, now) if looked_at else None
        if benchmark:
            set_benchmark(project, benchmark, wanted.metric)
    return CreatedProject(project, model, named, (card.classes if card else classes) or (), receipt)


# Cards of an open project's overview: site and light, model, benchmark and limits, read in one go.


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """The newest model. `size`: (height, width) in pixels; `preprocessing_record` as of
    `make_preprocessing_record`; `n_bytes` is 0 where the file was not found."""

    name: str
    file: str
    sha256: str
    n_bytes: int
    task: str
    size: tuple[int, int]
    output: str
    preprocessing_record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BenchmarkFacts:
    """`score` None while the newest model has not answered it; `claimed` a fraction; `reproduced`
    None where that cannot be told; `spot`: the score is that of a spot check; `metrics`: what a
    score of the model may be claimed in, its task's own first."""

    root: str
    format: str
    n: int
    claimed: float | None
    score: Estimate | None
    metric: str
    reproduced: bool | None
    spot: bool = False
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectOverview:
    """Everything at once. `classes` are what the frames can be called, by index; `ranges` None
    where the camera was not measured. `ok_classes` mean a good part; `ok_confirmed`: somebody said
    so, else their names propose it."""

    site: Site
    limits: GapLimits
    model: ModelSummary | None
    benchmark: BenchmarkFacts | None
    classes: tuple[str, ...]
    training: Training | None = None
    ranges: tuple[FieldRange, ...] | None = None
    ok_classes: tuple[str, ...] = ()
    ok_confirmed: bool = False
    acceptance: AcceptanceTerms = field(default_factory=AcceptanceTerms)


def load_project_overview(project: Project) -> ProjectOverview:
    """Overview as it stands now."""
    model = project.read(models_table.get_newest_model)
    training = get_training(project, model)
    return ProjectOverview(
        get_site(project),
        get_gap_limits(project),
        _make_model_summary(project, model) if model else None,
        _make_benchmark_facts(project, model),
        list_project_classes(project),
        training,
        get_known_ranges(project, training),
        *get_ok_classes(project),
        get_acceptance_terms(project),
    )


def _make_model_summary(project: Project, model: StoredModel) -> ModelSummary:
    """The model as it lies in the project."""
    card, path = get_card(model), project.path / model.file
    n_bytes = path.stat().st_size if path.is_file() else 0
    return ModelSummary(
        model.name,
        path.name,
        model.sha256,
        n_bytes,
        card.task,
        card.input.size,
        card.output.kind,
        make_preprocessing_record(card),
    )


def _make_benchmark_facts(project: Project, model: StoredModel | None) -> BenchmarkFacts | None:
    stored = project.read(models_table.get_benchmark)
    if stored is None:
        return None
    claim_check, answers = get_claim(project, model), get_card(model).answers if model else None
    metrics = answers.all_metrics if answers else tuple(METRIC_NAMES.values())
    return BenchmarkFacts(
        stored.root,
        stored.format,
        len(stored.items),
        claim_check.claimed,
        claim_check.score,
        claim_check.metric,
        claim_check.reproduced,
        claim_check.spot,
        metrics,
    )
