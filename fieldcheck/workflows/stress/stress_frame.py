"""One frame under one corruption: the same code for the live view, for a still picture, and for the small pictures to choose from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.corruption.catalog import get_parameters
from fieldcheck.domain.prediction import Prediction
from fieldcheck.imaging.likeness import ReferenceImage
from fieldcheck.imaging.thumbnail import make_thumbnail_pixels
from fieldcheck.inference.input_picture import ModelInput, invert_preprocessed
from fieldcheck.inference.runner import ModelRunner, PendingFrames
from fieldcheck.inference.time_limit import SerialWorker
from fieldcheck.workflows.footage.triage import ModelFile, get_shared_runner
from fieldcheck.workflows.pick.sensitivity import compute_answer_change
from fieldcheck.workflows.stress.live_result import LiveCorruption, LiveResult, compute_uncertainty


def make_recipe(corruption: str, severity: float, number: int = 0, under: tuple[tuple[str, float], ...] = ()) -> LiveCorruption:
    """A recipe that can be cooked. Raises ValueError for a corruption or severity that the catalogue does not know, and for too many."""
    for name, strength in (*under, (corruption, severity)):
        if name:
            get_parameters(name, strength)
    return LiveCorruption(corruption, float(severity), number, tuple((name, float(strength)) for name, strength in under))


def make_still_result(rgb: NDArray[np.uint8], model: ModelFile | None, corruption: str, severity: float, seed: int) -> LiveResult:
    """Live view of one picture, (H, W, 3) uint8 RGB. Raises ModelRejected, PathMissing; ValueError as `make_recipe`."""
    frame = CapturedFrame(rgb.view(), 0, 0.0, "")
    return process_frame(frame, make_recipe(corruption, severity), get_shared_runner(model) if model else None, seed)


def make_thumbnails(rgb: NDArray[np.uint8], names: Sequence[str], severity: float, size: int, seed: int) -> dict[str, NDArray[np.uint8]]:
    """By name, the picture scaled down to `size` pixels on its longer side and then corrupted: (h, w, 3) uint8 RGB.

    Blur, streaks, spots, grain and blocks are as large as they are on the whole frame, because lengths are shares of the frame.
    Raises ValueError as `make_recipe`.
    """
    small = make_thumbnail_pixels(rgb, size)
    return {name: apply_corruption(small, name, severity, seed) for name in names}


def compute_similarity(result: LiveResult) -> tuple[float, float]:
    """PSNR in decibel, infinite where nothing is done, and SSIM between the frame and what was made of it."""
    if not result.recipe.has_effect:
        return inf, 1.0
    return ReferenceImage(result.original).compare_with(result.corrupted)


def process_frame(frame: CapturedFrame, recipe: LiveCorruption, runner: ModelRunner | None, seed: int) -> LiveResult:
    """Corrupts the frame and asks the model about it, and about the frame as it was captured. Raises ModelRejected where the model fails on
    one of them."""
    return begin_frame(frame, recipe, runner, seed).finish()


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFrame:
    """A frame that is corrupted and prepared, without answers: they may be asked for on another thread. The one to the frame as it was
    captured is `clean`, or comes from `asked`, or is the same. `prepared_s` seconds went into the tensor that waits."""

    result: LiveResult
    runner: ModelRunner | None = None
    pending: PendingFrames | None = None
    model_input: ModelInput | None = None
    clean: Prediction | None = None
    get_clean_prediction: Callable[[], Prediction] | None = None
    prepared_s: float = 0.0

    def finish(self) -> LiveResult:
        """The whole result; as it is without a model. Raises ModelRejected where the model fails on one of the two pictures."""
        if self.runner is None or self.pending is None or self.model_input is None:
            return self.result
        clean, began = self.get_clean_prediction() if self.get_clean_prediction is not None else self.clean, time.perf_counter()
        subject, card = f"{self.result.source}#{self.result.index}", self.runner.card
        answer = replace(_get_prediction(self.pending), subject=subject)
        before = answer if clean is None else replace(clean, subject=subject)
        return replace(
            self.result,
            input_image=self.model_input.rgb,
            crop=self.model_input.crop,
            card=card,
            answer=answer,
            clean=before,
            uncertainty=compute_uncertainty(card, answer),
            answer_changed=compute_answer_change(before.answer, answer.answer, card) > 0,
            model_ms=1000 * (self.prepared_s + time.perf_counter() - began),
        )


def begin_frame(
    frame: CapturedFrame,
    recipe: LiveCorruption,
    runner: ModelRunner | None,
    seed: int,
    clean: Prediction | None = None,
    beside: SerialWorker | None = None,
) -> PreparedFrame:
    """Corrupts the frame and prepares it for the model. Its answer to the frame as it was captured is not asked for where it is given as
    `clean`; else the thread `beside`, which the model is asked on, begins with it at once."""
    asked: Callable[[], Prediction] | None = None
    if runner is not None and clean is None and recipe.has_effect:
        asked = partial(_get_prediction, _prepare_image(runner, frame.rgb))
        if beside is not None:
            asked = beside.submit(asked).result
    corrupted = frame.rgb
    for name, severity in recipe.steps:
        corrupted = apply_corruption(corrupted, name, severity, seed)
    height, width = frame.rgb.shape[:2]
    result = LiveResult(
        index=frame.index,
        t_s=frame.t_s,
        source=frame.source,
        original=frame.rgb,
        corrupted=corrupted,
        crop=(0.0, 0.0, float(width), float(height)),
        recipe=recipe,
        seed=seed,
    )
    if runner is None:
        return PreparedFrame(result)
    began = time.perf_counter()
    waiting = PendingFrames(runner, most=1)
    prepared = waiting.add(corrupted)
    prepared_s = time.perf_counter() - began
    shown = invert_preprocessed(prepared, corrupted, runner.card.input)
    return PreparedFrame(result, runner, waiting, shown, clean if recipe.has_effect else None, asked, prepared_s)


def _prepare_image(runner: ModelRunner, rgb: NDArray[np.uint8]) -> PendingFrames:
    """One picture, (H, W, 3) uint8 RGB, as a tensor that waits for its run."""
    waiting = PendingFrames(runner, most=1)
    waiting.add(rgb)
    return waiting


def _get_prediction(waiting: PendingFrames) -> Prediction:
    """Model answer to the one picture that waits, without a name. Raises ModelRejected."""
    (found,) = waiting.predict_all()
    return Prediction("", found.answer, found.nan)
