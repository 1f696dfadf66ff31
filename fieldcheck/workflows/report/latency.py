"""Inference latency of a project: the newest run of its newest model."""

from __future__ import annotations

from fieldcheck.domain.latency import Latency
from fieldcheck.project.folder import Project
from fieldcheck.workflows.bench.latency import load_latency


def load_latency_result(project: Project) -> Latency | None:
    """None where the newest model was not measured as it is used now."""
    return load_latency(project)
