"""The model's-eye view of a project: one frame as the model sees it, and what labelled objects lose on their way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.box import Box
from fieldcheck.domain.items import benchmark_path, benchmark_subject
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import LabelsRefused, PathMissing, PathRefused
from fieldcheck.exchange.picture_size import picture_size
from fieldcheck.files import inside_set
from fieldcheck.inference.input_picture import Rectangle, seen
from fieldcheck.inference.object_loss import InputGeometry, Losses, finest_stride, losses, way_in
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.footage.thumbnails import GONE, pixels_of
from fieldcheck.workflows.footage.triage import runner_for
from fieldcheck.workflows.models.models import card_of, model_file
from fieldcheck.workflows.models.run_model import benchmark_root

__all__ = ["Eye", "Losses", "model_eye", "object_losses"]

MOST_PICTURES = 200  # of the benchmark; their sizes are read one by one
Frames = list[tuple[NDArray[np.float64], InputGeometry]]


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """`rgb`: (H, W, 3) uint8, a frame of this project; `seen`: (h, w, 3) uint8, the model's input; `crop`: the part of the frame in it,
    pixels of the frame. `source` names the frame."""

    rgb: NDArray[np.uint8]
    seen: NDArray[np.uint8]
    crop: Rectangle
    source: str

    @property
    def share(self) -> float:
        """How much of the frame the model sees, 0 to 1."""
        height, width = self.rgb.shape[:2]
        x1, y1, x2, y2 = self.crop
        return float((x2 - x1) * (y2 - y1) / (height * width))


def model_eye(project: Project) -> Eye | None:
    """A picked frame, else a listed one, else a picture of the benchmark, as the newest model sees it; None without model or picture."""
    model = project.read(models_table.newest)
    found = _some_picture(project) if model is not None else None
    if model is None or found is None:
        return None
    rgb, source = found
    shown = seen(rgb, card_of(model).input)
    return Eye(rgb, shown.rgb, shown.crop, source)


def object_losses(project: Project) -> Losses | None:
    """Over the boxes drawn on picked frames, else over those of the benchmark; None where there is no model, no box, or no model that
    answers in boxes."""
    model = project.read(models_table.newest)
    if model is None or card_of(model).answers is not BOXES:
        return None
    card = card_of(model)
    frames = _labelled(project, card) or _benchmark(project, card)
    return losses(frames, _stride(project, model, card)) if frames else None


def _some_picture(project: Project) -> tuple[NDArray[np.uint8], str] | None:
    picks, listed = project.read(picks_table.all), project.read(lines)
    names = [pick.frame_id for pick in picks[:1]] or [line.frame.frame_id for line in listed[len(listed) // 2 :][:1]]
    stored = project.read(benchmarks_table.get)
    names += [benchmark_subject(item.path) for item in (stored.items if stored else ())[:1]]
    for name in names:
        frame = project.read(partial(frames_table.get, frame_id=name))
        try:
            return pixels_of(project, name), frame.source if frame else benchmark_path(name) or name
        except (*GONE, PathRefused):
            continue
    return None


def _labelled(project: Project, card: Card) -> Frames:
    found = []
    for label in project.read(labels_table.all):
        frame = project.read(partial(frames_table.get, frame_id=label.frame_id)) if label.boxes else None
        if frame is not None:
            found.append((_corners(label.boxes), way_in(frame.height, frame.width, card.input)))
    return found


def _benchmark(project: Project, card: Card) -> Frames:
    """Over at most 200 pictures with boxes, evenly spaced; one whose size cannot be read is left out."""
    stored = project.read(benchmarks_table.get)
    if stored is None:
        return []
    root, items = benchmark_root(project, stored), [item for item in stored.items if item.boxes]
    step = max(1, -(-len(items) // MOST_PICTURES))
    found = []
    for item in items[::step]:
        try:
            width, height = picture_size(inside_set(root, item.path))
        except (LabelsRefused, PathMissing, PathRefused):
            continue
        found.append((_corners(item.boxes), way_in(height, width, card.input)))
    return found


def _stride(project: Project, model: StoredModel, card: Card) -> int | None:
    """From the declared output of the graph: rows are the longer of its last two sides."""
    if not (project.path / model.file).is_file():
        return finest_stride(card.output.kind, card.input.size)
    outputs = runner_for(model_file(project, model)).model.outputs
    shape = next((one.shape for one in outputs if one.name in card.output.names), outputs[0].shape)
    sides = shape[-2:] if len(shape) == 3 else ()
    known = [side for side in sides if side is not None]
    return finest_stride(card.output.kind, card.input.size, max(known) if len(known) == 2 else None)


def _corners(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array([[box.x, box.y, box.x + box.w, box.y + box.h] for box in boxes if not box.crowd], np.float64).reshape(-1, 4)
