"""Newest model with both sides of its gap, as sections of the report with facts of their own ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.two_sides import BenchmarkSide, FieldSide, load_benchmark_side, load_field_side


@dataclass(frozen=True, slots=True)
class ScoredSides:
    """`benchmark` is None where there is none, or it was not run."""

    model: StoredModel
    card: Card
    field: FieldSide
    benchmark: BenchmarkSide | None


def load_scored_sides(project: Project) -> ScoredSides | None:
    """None without a model."""
    model = project.read(models_table.get_newest_model)
    return (
        None if model is None else ScoredSides(model, get_card(model), load_field_side(project, model), load_benchmark_side(project, model))
    )
