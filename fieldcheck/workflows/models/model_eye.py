"""The model's-eye view of a project: one frame as the model sees it, and what labelled objects lose on their way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.box import Box
from fieldcheck.domain.items import get_benchmark_path, make_benchmark_subject
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import LabelsRefused, PathMissing, PathRefused
from fieldcheck.exchange.picture_size import read_image_size
from fieldcheck.files import join_inside_data_set
from fieldcheck.inference.input_picture import Rectangle, make_model_input
from fieldcheck.inference.object_loss import InputGeometry, ObjectLosses, compute_input_geometry, count_losses, find_finest_stride
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.footage.thumbnails import GONE, load_pixels
from fieldcheck.workflows.footage.triage import get_shared_runner
from fieldcheck.workflows.models.models import get_card, make_model_file
from fieldcheck.workflows.models.run_model import get_benchmark_root

__all__ = ["InputPreview", "ObjectLosses", "compute_object_losses", "get_input_preview"]

MOST_PICTURES = 200  # of the benchmark; their sizes are read one by one
Frames = list[tuple[NDArray[np.float64], InputGeometry]]


@dataclass(frozen=True, slots=True, eq=False)
class InputPreview:
    """`rgb`: (H, W, 3) uint8, a frame of this project; `input_image`: (h, w, 3) uint8, the model's input; `crop`: the part of the frame in
    it, pixels of the frame. `source` names the frame."""

    rgb: NDArray[np.uint8]
    input_image: NDArray[np.uint8]
    crop: Rectangle
    source: str

    @property
    def share(self) -> float:
        """How much of the frame the model sees, 0 to 1."""
        height, width = self.rgb.shape[:2]
        x1, y1, x2, y2 = self.crop
        return float((x2 - x1) * (y2 - y1) / (height * width))


def get_input_preview(project: Project) -> InputPreview | None:
    """A picked frame, else a listed one, else a picture of the benchmark, as the newest model sees it; None without model or picture."""
    model = project.read(models_table.get_newest_model)
    found = _load_any_image(project) if model is not None else None
    if model is None or found is None:
        return None
    rgb, source = found
    shown = make_model_input(rgb, get_card(model).input)
    return InputPreview(rgb, shown.rgb, shown.crop, source)


def compute_object_losses(project: Project) -> ObjectLosses | None:
    """Over the boxes drawn on picked frames, else over those of the benchmark; None where there is no model, no box, or no model that
    answers in boxes."""
    model = project.read(models_table.get_newest_model)
    if model is None or get_card(model).answers is not BOXES:
        return None
    card = get_card(model)
    frames = _iter_labelled_frames(project, card) or _iter_benchmark_images(project, card)
    return count_losses(frames, _find_stride(project, model, card)) if frames else None


def _load_any_image(project: Project) -> tuple[NDArray[np.uint8], str] | None:
    picks, listed = project.read(picks_table.list_picks), project.read(list_sampling_lines)
    names = [pick.frame_id for pick in picks[:1]] or [line.frame.frame_id for line in listed[len(listed) // 2 :][:1]]
    stored = project.read(benchmarks_table.get_benchmark)
    names += [make_benchmark_subject(item.path) for item in (stored.items if stored else ())[:1]]
    for name in names:
        frame = project.read(partial(frames_table.get_frame, frame_id=name))
        try:
            return load_pixels(project, name), frame.source if frame else get_benchmark_path(name) or name
        except (*GONE, PathRefused):
            continue
    return None


def _iter_labelled_frames(project: Project, card: Card) -> Frames:
    found = []
    for label in project.read(labels_table.list_labels):
        frame = project.read(partial(frames_table.get_frame, frame_id=label.frame_id)) if label.boxes else None
        if frame is not None:
            found.append((_to_corner_array(label.boxes), compute_input_geometry(frame.height, frame.width, card.input)))
    return found


def _iter_benchmark_images(project: Project, card: Card) -> Frames:
    """Over at most 200 pictures with boxes, evenly spaced; one whose size cannot be read is left out."""
    stored = project.read(benchmarks_table.get_benchmark)
    if stored is None:
        return []
    root, items = get_benchmark_root(project, stored), [item for item in stored.items if item.boxes]
    step = max(1, -(-len(items) // MOST_PICTURES))
    found = []
    for item in items[::step]:
        try:
            width, height = read_image_size(join_inside_data_set(root, item.path))
        except (LabelsRefused, PathMissing, PathRefused):
            continue
        found.append((_to_corner_array(item.boxes), compute_input_geometry(height, width, card.input)))
    return found


def _find_stride(project: Project, model: StoredModel, card: Card) -> int | None:
    """From the declared output of the graph: rows are the longer of its last two sides."""
    if not (project.path / model.file).is_file():
        return find_finest_stride(card.output.kind, card.input.size)
    outputs = get_shared_runner(make_model_file(project, model)).model.outputs
    shape = next((one.shape for one in outputs if one.name in card.output.names), outputs[0].shape)
    sides = shape[-2:] if len(shape) == 3 else ()
    known = [side for side in sides if side is not None]
    return find_finest_stride(card.output.kind, card.input.size, max(known) if len(known) == 2 else None)


def _to_corner_array(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array([[box.x, box.y, box.x + box.w, box.y + box.h] for box in boxes if not box.crowd], np.float64).reshape(-1, 4)
