"""Cards of an open project's overview: site and light, model, benchmark and limits, read in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldcheck.domain.answer_kind import METRIC_NAMES
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.training import FieldRange, Training
from fieldcheck.inference.preprocessing_record import make_preprocessing_record
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.label.classes import list_project_classes
from fieldcheck.workflows.models.claim import get_claim
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.models.trained_range import get_known_ranges
from fieldcheck.workflows.models.training_info import get_training
from fieldcheck.workflows.project.describe_project import GapLimits, Site, get_gap_limits, get_site
from fieldcheck.workflows.project.ok_classes import get_ok_classes


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """The newest model. `size`: (height, width) in pixels; `receipt` as `inference.receipt` gives it; `n_bytes` 0 where the file is
    gone."""

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
    """`score` None while the newest model has not answered it; `claimed` a fraction; `reproduced` None where that cannot be told; `spot`:
    the score is that of a spot check; `metrics`: what a score of the model may be claimed in, its task's own first."""

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
    """Everything at once. `classes` are what the frames can be called, by index; `ranges` None where the camera was not measured.
    `ok_classes` mean a good part; `ok_confirmed`: somebody said so, else their names propose it."""

    site: Site
    limits: GapLimits
    model: ModelSummary | None
    benchmark: BenchmarkFacts | None
    classes: tuple[str, ...]
    training: Training | None = None
    ranges: tuple[FieldRange, ...] | None = None
    ok_classes: tuple[str, ...] = ()
    ok_confirmed: bool = False


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
    )


def _make_model_summary(project: Project, model: StoredModel) -> ModelSummary:
    """The model as it lies in the project."""
    card, path = get_card(model), project.path / model.file
    n_bytes = path.stat().st_size if path.is_file() else 0
    return ModelSummary(
        model.name, path.name, model.sha256, n_bytes, card.task, card.input.size, card.output.kind, make_preprocessing_record(card)
    )


def _make_benchmark_facts(project: Project, model: StoredModel | None) -> BenchmarkFacts | None:
    stored = project.read(benchmarks_table.get_benchmark)
    if stored is None:
        return None
    found, answers = get_claim(project, model), get_card(model).answers if model else None
    metrics = (answers.metric, *answers.further) if answers else tuple(METRIC_NAMES.values())
    return BenchmarkFacts(
        stored.root, stored.format, len(stored.items), found.claimed, found.score, found.metric, found.reproduced, found.spot, metrics
    )  # fmt: skip
