"""Error by class frequency of a project's labelled frames or objects."""

from __future__ import annotations

from fieldcheck.project.folder import Project
from fieldcheck.scoring.imbalance import Imbalance, imbalance
from fieldcheck.workflows.report.labelled_objects import labelled_things


def facts_of(project: Project) -> Imbalance | None:
    """None where nothing of the draw was labelled and run, or answers name no class."""
    found = labelled_things(project)
    return imbalance(found.truth, found.wrong, found.weight, found.clip, found.names) if found else None
