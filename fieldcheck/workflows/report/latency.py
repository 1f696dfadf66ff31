"""Inference latency of a project: the newest run of its newest model."""

from __future__ import annotations

import hashlib

from fieldcheck.domain.latency import Latency
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.workflows.bench.latency import ABOUT, KIND


def facts_of(project: Project) -> Latency | None:
    """None where the newest model was not measured as it is used now."""
    model = project.read(models_table.newest)
    if model is None:
        return None
    card_sha256 = hashlib.sha256(model.card.encode()).hexdigest()
    found = project.read(lambda db: facts_table.newest(db, KIND, model.sha256, card_sha256, ABOUT))
    return Latency.from_json(found) if found else None
