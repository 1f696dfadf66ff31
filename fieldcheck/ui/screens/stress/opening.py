"""What can be looked at, and how it is opened: off the main thread, because models and corruptions take a moment to load."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.ui.capturing import Opened
    from fieldcheck.workflows.footage.triage import ModelFile
    from fieldcheck.workflows.stress.live_stress import LiveStress

RECORDING, SAMPLE, FILE, CAMERA = "recording:", "sample:", "file:", "camera:"


@dataclass(frozen=True, slots=True)
class Offer:
    """`choices` as (key, name). `place` is the project's folder, empty for the sample that ships; `model` says which model answers."""

    place: str
    choices: tuple[tuple[str, str], ...]
    model: str = ""


def of_project(project: Project) -> Offer:
    """Every recording of a project."""
    from fieldcheck.workflows.stress.live_sources import sources

    named = {"picks": text("Picked frames"), "benchmark": text("Benchmark pictures")}
    choices = tuple((RECORDING + one.recording_id, named.get(one.kind, one.name)) for one in sources(project))
    model = _newest_model(project)
    return Offer(str(project.path), (*choices, *_cameras()), f"{model.sha256} {model.card}" if model else "")


def of_sample() -> Offer:
    """The clips that ship with the program."""
    from fieldcheck.workflows.project.demo import sample_files

    names = [str(clip["file"]) for clip in sample_files().key["footage"]]
    return Offer("", (*((SAMPLE + name, Path(name).stem) for name in names), *_cameras()), "sample")


def camera_choice(source: str, name: str) -> tuple[str, str]:
    """Key and name of a camera."""
    return CAMERA + source, text("Camera: {name}").format(name=name)


def file_key(path: str) -> str:
    """The key of a file that a person chose."""
    return FILE + path


def open_choice(key: str, project: Project | None, seed: int, opened: Mapping[str, Opened] | None = None) -> LiveStress:
    """A live view that is not started yet; a camera that is among the `opened` ones is looked at where it is. Raises what camera, card and
    model files raise."""
    from fieldcheck.workflows.capture.cameras import open_camera
    from fieldcheck.workflows.project.demo import sample_files
    from fieldcheck.workflows.stress.live_sources import open_beside, open_file, open_source
    from fieldcheck.workflows.stress.live_stress import LiveStress

    kind, _, rest = key.partition(":")
    if kind + ":" == SAMPLE:
        sample = sample_files()
        return LiveStress(open_file(sample.folder / rest), _model_beside(sample.model), seed)
    model = _newest_model(project) if project else None
    if kind + ":" == CAMERA:
        here = (opened or {}).get(rest)
        return LiveStress(open_beside(here.name, here.camera) if here is not None else open_camera(rest), model, seed)
    camera = open_source(project, rest) if project is not None and kind + ":" == RECORDING else open_file(Path(rest))
    return LiveStress(camera, model, seed)


def _cameras() -> tuple[tuple[str, str], ...]:
    from fieldcheck.workflows.capture.cameras import plugged

    return tuple(camera_choice(one.id, one.name) for one in plugged())


def _newest_model(project: Project) -> ModelFile | None:
    from fieldcheck.project.tables import models
    from fieldcheck.workflows.models.models import model_file

    stored = project.read(models.newest)
    return model_file(project, stored, _threads()) if stored is not None else None


def _model_beside(path: Path) -> ModelFile:
    from fieldcheck.workflows.footage.triage import ModelFile
    from fieldcheck.workflows.models.models import card_text, look_at_model

    found = look_at_model(path)
    return ModelFile(str(found.path), found.sha256, card_text(found.card), _threads())


def _threads() -> int:
    """All cores but the one that paints."""
    return max(1, (os.cpu_count() or 2) - 1)
