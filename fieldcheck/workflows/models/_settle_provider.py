"""The check that a provider must pass before it is used: a few frames, there and on the processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card, parse_card
from fieldcheck.domain.provider import CPU, NAMES, Parity
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import ModelRejected
from fieldcheck.imaging.codec import read_image
from fieldcheck.inference.doctor.pictures import render_probe_images
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.providers import list_cpu_operators, list_providers, measure_parity
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.plain_json import parse_json
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.models.provider import get_parity, get_set_provider, store_parity

FRAMES = 4


def check_set_provider(project: Project, model: StoredModel, files: Sequence[str], progress: Progress, now: str) -> Parity | None:
    """Checks the provider that is set with this model, unless that was done; None where the processor is set. The first of the picture
    `files` are shown, rendered ones where there are none. Raises PictureUnreadable, Cancelled."""
    wanted = get_set_provider()
    if wanted == CPU:
        return None
    found = get_parity(project, model, wanted)
    if found is None or (found.problem == "missing" and wanted in list_providers()):
        progress.check()
        frames = [read_image(Path(file)) for file in files[:FRAMES]] or list(render_probe_images(FRAMES))
        found = measure_provider_parity(project.path / model.file, parse_card(parse_json(model.card)), wanted, frames, model.sha256)
        store_parity(project, model, found, now)
    return found


def measure_provider_parity(path: Path, card: Card, provider: str, frames: Sequence[NDArray[np.uint8]], sha256: str = "") -> Parity:
    """One provider beside the processor. What it lacks is named, and left to the processor. Raises ModelRejected where the processor
    itself cannot run the file."""
    if provider not in list_providers():
        return Parity(provider, problem="missing")
    reference = ModelRunner(open_model(path, sha256=sha256), card, batch_size=1)
    try:
        lacks = list_cpu_operators(path, provider, card)
        opened = open_model(path, provider=NAMES[provider])
        other = ModelRunner(opened, card, batch_size=1)
    except ModelRejected as error:
        return Parity(provider, problem="failed", detail=error.detail)
    if NAMES[provider] not in opened.session.get_providers():
        return Parity(provider, problem="failed", detail="not loaded")
    return measure_parity(provider, reference, other, frames, lacks)
