"""Error by class frequency of a project's labelled frames or objects."""

from __future__ import annotations

from fieldcheck.project.folder import Project
from fieldcheck.scoring.imbalance import Imbalance, measure_imbalance
from fieldcheck.workflows.report.labelled_objects import load_labelled_objects


def compute_imbalance(project: Project) -> Imbalance | None:
    """None where nothing of the draw was labelled and run, or answers name no class."""
    found = load_labelled_objects(project)
    return measure_imbalance(found.truth, found.wrong, found.weight, found.clip, found.names) if found else None
