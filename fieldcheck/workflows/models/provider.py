"""Which provider a model is computed with on this computer: the one that is set, where it has given the processor's answers before."""

from __future__ import annotations

import os
import platform
from typing import Any

from sqlite_utils import Database

from fieldcheck import settings
from fieldcheck.domain.provider import CPU, NAMES, Parity
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.files import json_key
from fieldcheck.inference.providers import RUNTIME, listed
from fieldcheck.paths import places
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import run_environments as environments_table
from fieldcheck.project.tables import run_providers as providers_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.models.run_environment import run_environment

KIND = "provider"


def wanted_provider() -> str:
    """The one that is set on this computer; the processor where the setting names none that is known."""
    set_to = settings.load(places().settings).provider
    return set_to if set_to in NAMES else CPU


def installed() -> tuple[str, ...]:
    """Those that the runtime on this computer has, by code, the processor first."""
    return listed()


def provider_for(project: Project, model: StoredModel) -> str:
    """The one that is set where it was checked with this model and card and answered as the processor does, else the processor."""
    wanted = wanted_provider()
    found = known_parity(project, model, wanted) if wanted != CPU else None
    return wanted if found is not None and found.usable else CPU


def note_run(db: Database, run: Run, provider: str) -> None:
    """A run, and where and with what some of its answers are computed."""
    runs_table.put(db, run)
    environments_table.put(db, run.run_id, run_environment())
    providers_table.put(db, run.run_id, provider)


def known_parity(project: Project, model: StoredModel, provider: str) -> Parity | None:
    """Parity found when this provider was checked on this computer with the model and its card; None where nobody did."""
    found = project.read(lambda db: facts_table.newest(db, KIND, *_about(model, provider)))
    return None if found is None else Parity(**{**found, "lacks": tuple(found["lacks"])})


def settled_parity(project: Project, model: StoredModel | None) -> Parity | None:
    """Parity of the provider that is set; None where that is the processor, or nobody checked it with this model yet."""
    wanted = wanted_provider()
    return None if model is None or wanted == CPU else known_parity(project, model, wanted)


def computed_by(project: Project, model: StoredModel | None) -> tuple[str, ...]:
    """Where the answers of the model were computed, by code; none where nothing was run."""
    return project.read(lambda db: providers_table.of_model(db, model.sha256)) if model is not None else ()


def keep_parity(project: Project, model: StoredModel, found: Parity, now: str) -> None:
    """Keeps what was found."""
    fields: dict[str, Any] = {name: getattr(found, name) for name in Parity.__dataclass_fields__}
    project.write(lambda db: facts_table.put(db, KIND, *_about(model, found.provider), fields, now)).result()


def _about(model: StoredModel, provider: str) -> tuple[str, str, str]:
    """Another computer, or another runtime on this one, is another question."""
    here = [provider, RUNTIME, platform.system(), platform.release(), platform.machine(), os.cpu_count()]
    return model.sha256, model.card_sha256, json_key(here)
