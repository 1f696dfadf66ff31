"""Results of the live view as they really are: a real model on made pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fieldcheck.corruptions.live_frame import LiveResult, make_recipe, process_frame
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from tests import makers


def result(
    model: ModelFile | None,
    rgb: np.ndarray,
    corruption: str = "",
    severity: float = 0.0,
    number: int = 1,
    index: int = 0,
) -> LiveResult:
    """What the live view finds of this picture."""
    frame = CapturedFrame(rgb, index, index / 10, "belt.avi")
    recipe = make_recipe(corruption, severity, number)
    return process_frame(frame, recipe, get_shared_runner(model) if model else None, 0)


def of_colour(model: ModelFile | None, colour: str, index: int = 0, **recipe: object) -> LiveResult:
    """The same of a plain picture."""
    return result(model, makers.picture(colour, index), index=index, **recipe)


def flipped(found: LiveResult, other: LiveResult) -> LiveResult:
    """The first one as if its corruption had brought the answer of the other."""
    return replace(found, answer=other.answer, answer_changed=True)
