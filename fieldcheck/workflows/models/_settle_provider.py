"""The check that a provider must pass before it is used: a few frames, there and on the processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card, card_from_json
from fieldcheck.domain.provider import CPU, NAMES, Parity
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import ModelRejected
from fieldcheck.imaging.codec import read_picture
from fieldcheck.inference.doctor.pictures import probe_pictures
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.providers import left_to_processor, listed, parity
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.plain_json import parse
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.models.provider import keep_parity, known_parity, wanted_provider

FRAMES = 4


def settle_provider(project: Project, model: StoredModel, files: Sequence[str], progress: Progress, now: str) -> Parity | None:
    """Checks the provider that is set with this model, unless that was done; None where the processor is set. The first of the picture
    `files` are shown, rendered ones where there are none. Raises PictureUnreadable, Cancelled."""
    wanted = wanted_provider()
    if wanted == CPU:
        return None
    found = known_parity(project, model, wanted)
    if found is None or (found.problem == "missing" and wanted in listed()):
        progress.check()
        frames = [read_picture(Path(file)) for file in files[:FRAMES]] or list(probe_pictures(FRAMES))
        found = check_provider(project.path / model.file, card_from_json(parse(model.card)), wanted, frames, model.sha256)
        keep_parity(project, model, found, now)
    return found


def check_provider(path: Path, card: Card, provider: str, frames: Sequence[NDArray[np.uint8]], sha256: str = "") -> Parity:
    """One provider beside the processor. What it lacks is named, and left to the processor. Raises ModelRejected where the processor
    itself cannot run the file."""
    if provider not in listed():
        return Parity(provider, problem="missing")
    reference = ModelRunner(open_model(path, sha256=sha256), card, batch_size=1)
    try:
        lacks = left_to_processor(path, provider, card)
        opened = open_model(path, provider=NAMES[provider])
        other = ModelRunner(opened, card, batch_size=1)
    except ModelRejected as error:
        return Parity(provider, problem="failed", detail=error.detail)
    if NAMES[provider] not in opened.session.get_providers():
        return Parity(provider, problem="failed", detail="not loaded")
    return parity(provider, reference, other, frames, lacks)
