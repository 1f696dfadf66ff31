"""Which provider a model is computed with on this computer: the one that is set, where it has given the processor's answers before."""

from __future__ import annotations

import os
import platform
from typing import Any

from sqlite_utils import Database

from fieldcheck import settings
from fieldcheck.domain.provider import CPU, NAMES, Parity
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.files import make_json_key
from fieldcheck.inference.providers import RUNTIME, list_providers
from fieldcheck.paths import get_app_paths
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import run_environments as environments_table
from fieldcheck.project.tables import run_providers as providers_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.models.run_environment import get_run_environment

KIND = "provider"


def get_set_provider() -> str:
    """The one that is set on this computer; the processor where the setting names none that is known."""
    set_to = settings.load_settings(get_app_paths().settings).provider
    return set_to if set_to in NAMES else CPU


def list_installed_providers() -> tuple[str, ...]:
    """Those that the runtime on this computer has, by code, the processor first."""
    return list_providers()


def get_provider(project: Project, model: StoredModel) -> str:
    """The one that is set where it was checked with this model and card and answered as the processor does, else the processor."""
    wanted = get_set_provider()
    found = get_parity(project, model, wanted) if wanted != CPU else None
    return wanted if found is not None and found.is_usable else CPU


def insert_run(db: Database, run: Run, provider: str) -> None:
    """A run, and where and with what some of its answers are computed."""
    runs_table.put_run(db, run)
    environments_table.put_run_environment(db, run.run_id, get_run_environment())
    providers_table.put_run_provider(db, run.run_id, provider)


def get_parity(project: Project, model: StoredModel, provider: str) -> Parity | None:
    """Parity found when this provider was checked on this computer with the model and its card; None where nobody did."""
    found = project.read(lambda db: facts_table.get_newest_fact(db, KIND, *_make_parity_key(model, provider)))
    return None if found is None else Parity(**{**found, "lacks": tuple(found["lacks"])})


def get_set_parity(project: Project, model: StoredModel | None) -> Parity | None:
    """Parity of the provider that is set; None where that is the processor, or nobody checked it with this model yet."""
    wanted = get_set_provider()
    return None if model is None or wanted == CPU else get_parity(project, model, wanted)


def list_used_providers(project: Project, model: StoredModel | None) -> tuple[str, ...]:
    """Where the answers of the model were computed, by code; none where nothing was run."""
    return project.read(lambda db: providers_table.get_providers_of_model(db, model.sha256)) if model is not None else ()


def store_parity(project: Project, model: StoredModel, found: Parity, now: str) -> None:
    """Keeps what was found."""
    fields: dict[str, Any] = {name: getattr(found, name) for name in Parity.__dataclass_fields__}
    project.write(lambda db: facts_table.put_fact(db, KIND, *_make_parity_key(model, found.provider), fields, now)).result()


def _make_parity_key(model: StoredModel, provider: str) -> tuple[str, str, str]:
    """Another computer, or another runtime on this one, is another question."""
    here = [provider, RUNTIME, platform.system(), platform.release(), platform.machine(), os.cpu_count()]
    return model.sha256, model.card_sha256, make_json_key(here)
