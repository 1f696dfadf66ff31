"""One frame under one corruption: the same code for the live view, for a still picture, and for the small pictures to choose from."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.corruption.apply import corrupt
from fieldcheck.corruption.catalog import parameters
from fieldcheck.domain.prediction import Prediction
from fieldcheck.imaging.likeness import Original
from fieldcheck.imaging.thumbnail import tiny
from fieldcheck.inference.input_picture import seen_in
from fieldcheck.inference.runner import ModelRunner, Waiting
from fieldcheck.workflows.footage.triage import ModelFile, runner_for
from fieldcheck.workflows.pick.sensitivity import changed
from fieldcheck.workflows.stress.live_result import LiveCorruption, LiveResult, uncertainty


def recipe_of(corruption: str, severity: float, number: int = 0, under: tuple[tuple[str, float], ...] = ()) -> LiveCorruption:
    """A recipe that can be cooked. Raises ValueError for a corruption or severity that the catalogue does not know, and for too many."""
    for name, strength in (*under, (corruption, severity)):
        if name:
            parameters(name, strength)
    return LiveCorruption(corruption, float(severity), number, tuple((name, float(strength)) for name, strength in under))


def still(rgb: NDArray[np.uint8], model: ModelFile | None, corruption: str, severity: float, seed: int) -> LiveResult:
    """Live view of one picture, (H, W, 3) uint8 RGB. Raises ModelRejected, PathMissing; ValueError as `recipe_of`."""
    frame = CapturedFrame(rgb.view(), 0, 0.0, "")
    return examine(frame, recipe_of(corruption, severity), runner_for(model) if model else None, seed)


def thumbnails(rgb: NDArray[np.uint8], names: Sequence[str], severity: float, size: int, seed: int) -> dict[str, NDArray[np.uint8]]:
    """By name, the picture scaled down to `size` pixels on its longer side and then corrupted: (h, w, 3) uint8 RGB.

    Blur, streaks, spots, grain and blocks are as large as they are on the whole frame, because lengths are shares of the frame.
    Raises ValueError as `recipe_of`.
    """
    small = tiny(rgb, size)
    return {name: corrupt(small, name, severity, seed) for name in names}


def likeness(result: LiveResult) -> tuple[float, float]:
    """PSNR in decibel, infinite where nothing is done, and SSIM between the frame and what was made of it."""
    if not result.recipe.changes:
        return inf, 1.0
    return Original(result.original).likeness(result.corrupted)


def examine(
    frame: CapturedFrame,
    recipe: LiveCorruption,
    runner: ModelRunner | None,
    seed: int,
    clean: Prediction | None = None,
    beside: Executor | None = None,
) -> LiveResult:
    """Corrupts the frame and asks the model about it; also about the frame as it was captured, unless that answer is given as `clean`.

    `beside` asks about the frame as it was captured while it is being corrupted and prepared here: the model is never asked twice at once.
    Raises ModelRejected where the model fails on one of them.
    """
    subject = f"{frame.source}#{frame.index}"
    asks = runner is not None and clean is None and recipe.changes
    asked = beside.submit(ask, runner, frame.rgb, subject) if asks and runner is not None and beside is not None else None
    corrupted = frame.rgb
    for name, severity in recipe.steps:
        corrupted = corrupt(corrupted, name, severity, seed)
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
        return result
    began = time.perf_counter()
    waiting = Waiting(runner, most=1)
    prepared = waiting.add(corrupted)
    prepared_s = time.perf_counter() - began
    shown = seen_in(prepared, corrupted, runner.card.input)
    if asks:
        clean = asked.result() if asked is not None else ask(runner, frame.rgb, subject)
    began = time.perf_counter()
    (found,) = waiting.asked()
    answer, model_s = Prediction(subject, found.answer, found.nan), prepared_s + time.perf_counter() - began
    before = answer if clean is None or not recipe.changes else replace(clean, subject=subject)
    return replace(
        result,
        seen=shown.rgb,
        crop=shown.crop,
        card=runner.card,
        answer=answer,
        clean=before,
        uncertainty=uncertainty(runner.card, answer),
        answer_changed=changed(before.answer, answer.answer, runner.card) > 0,
        model_ms=1000 * model_s,
    )


def ask(runner: ModelRunner, rgb: NDArray[np.uint8], subject: str) -> Prediction:
    """The model's answer to a picture. Raises ModelRejected."""
    answer, is_nan = runner.answers([rgb])[0]
    return Prediction(subject, answer, is_nan)
