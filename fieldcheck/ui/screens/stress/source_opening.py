"""Sources of the live view, and opening them: off the main thread, because models and corruptions take a moment to load."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
    from fieldcheck.ui.open_cameras import CameraSession
    from fieldcheck.workflows.capture import cameras
    from fieldcheck.workflows.footage import triage
    from fieldcheck.workflows.footage.triage import ModelFile
    from fieldcheck.workflows.models import models
    from fieldcheck.workflows.project import demo
    from fieldcheck.workflows.report import threshold_card
    from fieldcheck.workflows.stress import live_sources, live_stress
else:
    models_table = LazyModule("fieldcheck.project.tables.models")
    cameras = LazyModule("fieldcheck.workflows.capture.cameras")
    triage = LazyModule("fieldcheck.workflows.footage.triage")
    models = LazyModule("fieldcheck.workflows.models.models")
    demo = LazyModule("fieldcheck.workflows.project.demo")
    threshold_card = LazyModule("fieldcheck.workflows.report.threshold_card")
    live_sources = LazyModule("fieldcheck.workflows.stress.live_sources")
    live_stress = LazyModule("fieldcheck.workflows.stress.live_stress")

RECORDING, SAMPLE, FILE, CAMERA = "recording:", "sample:", "file:", "camera:"


@dataclass(frozen=True, slots=True)
class SourceChoices:
    """`choices` as (key, name). `location` is the project's folder, empty for the sample that ships; `model` says which model answers."""

    location: str
    choices: tuple[tuple[str, str], ...]
    model: str = ""


def list_project_sources(project: Project) -> SourceChoices:
    """Every recording of a project."""
    named = {"picks": tr("Picked frames"), "benchmark": tr("Benchmark images")}
    choices = tuple((RECORDING + one.recording_id, named.get(one.kind, one.name)) for one in live_sources.list_live_sources(project))
    model = _load_newest_model(project)
    return SourceChoices(str(project.path), (*choices, *_list_cameras()), f"{model.sha256} {model.card}" if model else "")


def list_sample_sources() -> SourceChoices:
    """The clips that ship with the program."""
    names = [str(clip["file"]) for clip in demo.get_demo_files().key["footage"]]
    return SourceChoices("", (*((SAMPLE + name, Path(name).stem) for name in names), *_list_cameras()), "sample")


def make_camera_choice(source: str, name: str) -> tuple[str, str]:
    """Key and name of a camera."""
    return CAMERA + source, tr("Camera: {name}").format(name=name)


def make_file_key(path: str) -> str:
    """The key of a file that a person chose."""
    return FILE + path


def open_source(
    key: str, project: Project | None, seed: int, opened: Mapping[str, CameraSession] | None = None, tried: bool = False
) -> live_stress.LiveStress:
    """A live view that is not started yet; a camera that is among the `opened` ones is looked at where it is. `tried`: the project's model
    decides by the thresholds of the field. Raises what camera, card and model files raise; NothingLabelled where there are none."""
    kind, _, rest = key.partition(":")
    if kind + ":" == SAMPLE:
        sample = demo.get_demo_files()
        return live_stress.LiveStress(live_sources.open_file(sample.folder / rest), _load_model_at(sample.model), seed)
    model = _load_newest_model(project) if project else None
    if tried and project is not None and model is not None:
        model = replace(model, card=models.format_card(threshold_card.build_threshold_card(project)))
    if kind + ":" == CAMERA:
        here = (opened or {}).get(rest)
        return live_stress.LiveStress(
            live_sources.open_viewed_camera(here.name, here.camera) if here is not None else cameras.open_camera(rest), model, seed
        )
    camera = (
        live_sources.open_source(project, rest) if project is not None and kind + ":" == RECORDING else live_sources.open_file(Path(rest))
    )
    return live_stress.LiveStress(camera, model, seed)


def _list_cameras() -> tuple[tuple[str, str], ...]:
    return tuple(make_camera_choice(one.id, one.name) for one in cameras.list_connected())


def _load_newest_model(project: Project) -> ModelFile | None:
    stored = project.read(models_table.get_newest_model)
    return models.make_model_file(project, stored, _count_threads()) if stored is not None else None


def _load_model_at(path: Path) -> triage.ModelFile:
    found = models.inspect_model(path)
    return triage.ModelFile(str(found.path), found.sha256, models.format_card(found.card), _count_threads())


def _count_threads() -> int:
    """All cores but the one that paints."""
    return max(1, (os.cpu_count() or 2) - 1)
