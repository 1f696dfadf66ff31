"""Seal of a project, for its report."""

from __future__ import annotations

from fieldcheck.domain.seal import Sealed
from fieldcheck.project.folder import Project
from fieldcheck.workflows.evidence.seal_project import seal_of


def facts_of(project: Project) -> Sealed | None:
    """None before the first label."""
    return seal_of(project)
