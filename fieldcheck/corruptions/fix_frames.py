"""Frames of a fix search as a person looks at them, and what a change costs a frame."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.fix_candidates import FixCandidate, FixTrial
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import PathRefused
from fieldcheck.footage.thumbnails import GONE, load_pixels
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.colour import apply_changes
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.models.preprocess import make_model_input
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table

Image = NDArray[np.uint8]  # (H, W, 3) uint8 RGB
# what changes the work of fitting a frame or of the model; other entries of a card cost nothing
LONGER_SIDE, QUALITY = 320, 80  # of an image in a report
FITTED = frozenset({"size", "resize", "crop", "interpolation"})


@dataclass(frozen=True, slots=True, eq=False)
class FixImages:
    """A frame before and after a change, (H, W, 3) uint8 RGB, and what the model sees of the
    changed one, (h, w, 3). Of a second view `changed` is that view."""

    original: Image
    changed: Image
    model_input: Image


def make_fix_images(
    project: Project, model: StoredModel, candidate: FixCandidate, frame_id: str
) -> FixImages:
    """The images of one frame under a candidate. Raises what `load_pixels` raises."""
    rgb = load_pixels(project, frame_id)
    changed = apply_changes(rgb, (*candidate.steps, *candidate.views))
    spec = candidate.apply_to_spec(get_card(model).input)
    return FixImages(rgb, changed, make_model_input(changed, spec).rgb)


@dataclass(frozen=True, slots=True)
class FixExample:
    """`FixImages` of a frame that a change turns right, as small JPEG files."""

    frame_id: str
    original: bytes = field(repr=False)
    changed: bytes = field(repr=False)
    model_input: bytes = field(repr=False)


def load_fix_example(project: Project, model: StoredModel, trial: FixTrial) -> FixExample | None:
    """The first frame that a change turns right, which may be shown and is still there; None
    without one."""
    marks = project.read(labels_table.list_marks)
    for frame_id in trial.mended:
        if frame_id in marks and marks[frame_id].person:
            continue
        try:
            images = make_fix_images(project, model, trial.candidate, frame_id)
        except (*GONE, PathRefused):
            continue
        whole = (images.original, images.changed, images.model_input)
        files = [encode_jpeg(downscale_image(rgb, LONGER_SIDE), QUALITY) for rgb in whole]
        return FixExample(frame_id, *files)
    return None


def list_label_names(project: Project) -> dict[str, str]:
    """The class of each labelled frame that has one, by frame id."""
    labels = project.read(labels_table.list_labels)
    return {label.frame_id: label.class_name for label in labels if label.class_name}


def measure_cost(runner: ModelRunner, candidate: FixCandidate, frames: Sequence[Image]) -> float:
    """Milliseconds that a candidate adds to a frame on this machine: the median over `frames`, (H,
    W, 3) uint8 RGB each. `runner` is that of the card as it is."""
    card = replace(runner.card, input=candidate.apply_to_spec(runner.card.input))
    changed = ModelRunner(runner.model, card, runner.batch_size)
    is_fitted_anew = bool(candidate.kinds & FITTED)
    seconds = []
    for rgb in frames:
        began = time.perf_counter()
        picture = apply_changes(rgb, candidate.steps)
        if is_fitted_anew:
            changed.predict([picture])
        for view in candidate.views:
            changed.predict([apply_changes(picture, (view,))])
        spent = time.perf_counter() - began
        if is_fitted_anew:
            began = time.perf_counter()
            runner.predict([rgb])
            spent -= time.perf_counter() - began
        seconds.append(spent)
    return max(0.0, 1000 * median(seconds)) if seconds else 0.0
