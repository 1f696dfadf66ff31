"""Seal of a project, for its report."""

from __future__ import annotations

from fieldcheck.domain.seal import SealState
from fieldcheck.project.folder import Project
from fieldcheck.workflows.evidence.seal_project import get_seal_state


def load_seal(project: Project) -> SealState | None:
    """None before the first label."""
    return get_seal_state(project)
