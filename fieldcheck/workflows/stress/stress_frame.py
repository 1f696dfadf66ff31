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
from fieldcheck.corruption.apply import corrupt
from fieldcheck.corruption.catalog import parameters
from fieldcheck.domain.prediction import Prediction
from fieldcheck.imaging.likeness import Original
from fieldcheck.imaging.thumbnail import tiny
from fieldcheck.inference.input_picture import ModelInput, seen_in
from fieldcheck.inference.runner import ModelRunner, Waiting
from fieldcheck.inference.time_limit import Watched
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


def examine(frame: CapturedFrame, recipe: LiveCorruption, runner: ModelRunner | None, seed: int) -> LiveResult:
    """Corrupts the frame and asks the model about it, and about the frame as it was captured. Raises ModelRejected where the model fails on
    one of them."""
    return begin(frame, recipe, runner, seed).answered()


@dataclass(frozen=True, slots=True, eq=False)
class BegunFrame:
    """A frame that is corrupted and prepared, without answers: they may be asked for on another thread. The one to the frame as it was
    captured is `clean`, or comes from `asked`, or is the same. `prepared_s` seconds went into the tensor that waits."""

    result: LiveResult
    runner: ModelRunner | None = None
    waiting: Waiting | None = None
    seen: ModelInput | None = None
    clean: Prediction | None = None
    asked: Callable[[], Prediction] | None = None
    prepared_s: float = 0.0

    def answered(self) -> LiveResult:
        """The whole result; as it is without a model. Raises ModelRejected where the model fails on one of the two pictures."""
        if self.runner is None or self.waiting is None or self.seen is None:
            return self.result
        clean, began = self.asked() if self.asked is not None else self.clean, time.perf_counter()
        subject, card = f"{self.result.source}#{self.result.index}", self.runner.card
        answer = replace(_answer(self.waiting), subject=subject)
        before = answer if clean is None else replace(clean, subject=subject)
        return replace(
            self.result,
            seen=self.seen.rgb,
            crop=self.seen.crop,
            card=card,
            answer=answer,
            clean=before,
            uncertainty=uncertainty(card, answer),
            answer_changed=changed(before.answer, answer.answer, card) > 0,
            model_ms=1000 * (self.prepared_s + time.perf_counter() - began),
        )


def begin(
    frame: CapturedFrame,
    recipe: LiveCorruption,
    runner: ModelRunner | None,
    seed: int,
    clean: Prediction | None = None,
    beside: Watched | None = None,
) -> BegunFrame:
    """Corrupts the frame and prepares it for the model. Its answer to the frame as it was captured is not asked for where it is given as
    `clean`; else the thread `beside`, which the model is asked on, begins with it at once."""
    asked: Callable[[], Prediction] | None = None
    if runner is not None and clean is None and recipe.changes:
        asked = partial(_answer, _prepared(runner, frame.rgb))
        if beside is not None:
            asked = beside.submit(asked).result
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
        return BegunFrame(result)
    began = time.perf_counter()
    waiting = Waiting(runner, most=1)
    prepared = waiting.add(corrupted)
    prepared_s = time.perf_counter() - began
    shown = seen_in(prepared, corrupted, runner.card.input)
    return BegunFrame(result, runner, waiting, shown, clean if recipe.changes else None, asked, prepared_s)


def _prepared(runner: ModelRunner, rgb: NDArray[np.uint8]) -> Waiting:
    """One picture, (H, W, 3) uint8 RGB, as a tensor that waits for its run."""
    waiting = Waiting(runner, most=1)
    waiting.add(rgb)
    return waiting


def _answer(waiting: Waiting) -> Prediction:
    """Model answer to the one picture that waits, without a name. Raises ModelRejected."""
    (found,) = waiting.asked()
    return Prediction("", found.answer, found.nan)
