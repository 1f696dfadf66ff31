"""One picture as the live view would show it, without a camera and its threads."""

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.live_frame import LiveResult, make_recipe, process_frame
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner


def make_still_result(
    rgb: NDArray[np.uint8], model: ModelFile | None, corruption: str, severity: float, seed: int
) -> LiveResult:
    """Live view of one picture, (H, W, 3) uint8 RGB. Raises ModelRejected, PathMissing; ValueError
    as `make_recipe`."""
    frame = CapturedFrame(rgb.view(), 0, 0.0, "")
    return process_frame(
        frame, make_recipe(corruption, severity), get_shared_runner(model) if model else None, seed
    )
