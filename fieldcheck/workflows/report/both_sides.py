"""Newest model with both sides of its gap, as sections of the report with facts of their own ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.report.two_sides import BenchmarkSide, FieldSide, benchmark_side, field_side


@dataclass(frozen=True, slots=True)
class BothSides:
    """`benchmark` is None where there is none, or it was not run."""

    model: StoredModel
    card: Card
    field: FieldSide
    benchmark: BenchmarkSide | None


def both_sides(project: Project) -> BothSides | None:
    """None without a model."""
    model = project.read(models_table.newest)
    return None if model is None else BothSides(model, card_of(model), field_side(project, model), benchmark_side(project, model))
