"""The severity at which one frame's answer is first seen to flip: a scan in half steps, then the step that flips halved again and again.

Plain halving from 0 to 5 would misplace every frame that flips, flips back and flips again. A flip narrower than a half step may still be
missed, which is why people are told "first seen at".
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.apply import apply_corruption
from fieldcheck.corruption.entry import WORST
from fieldcheck.workflows.footage.triage import ModelFile, get_shared_runner
from fieldcheck.workflows.pick.sensitivity import compute_answer_change

STEP = 0.5
CLOSE_ENOUGH = 0.05
Answer = NDArray[np.float32]


def find_tipping_point(
    rgb: NDArray[np.uint8], corruption: str, model: ModelFile, seed: int, check: Callable[[], None] = lambda: None
) -> float | None:  # fmt: skip
    """Least severity at which the answer to one frame, (H, W, 3) uint8 RGB, was seen to differ from the clean one; None where no half step
    up to 5 changes it. The frame is corrupted by the same seed at every severity.

    `check` is called before each question and may raise Cancelled. Raises ModelRejected, ValueError for an unknown corruption.
    """
    asked = _FramePrediction(rgb, corruption, model, seed, check)
    clean = asked.predict_at(0.0)
    for step in range(1, round(WORST / STEP) + 1):
        if asked.has_flipped(clean, step * STEP):
            return _bisect_severity(asked, clean, (step - 1) * STEP, step * STEP)
    return None


def _bisect_severity(asked: _FramePrediction, clean: Answer, low: float, high: float) -> float:
    """Between a severity that keeps the answer and one that does not."""
    while high - low > CLOSE_ENOUGH:
        middle = (low + high) / 2
        low, high = (low, middle) if asked.has_flipped(clean, middle) else (middle, high)
    return high


class _FramePrediction:
    """The model's answers to one frame under one corruption."""

    def __init__(self, rgb: NDArray[np.uint8], corruption: str, model: ModelFile, seed: int, check: Callable[[], None]) -> None:
        self._rgb, self._corruption, self._seed, self._check = rgb, corruption, seed, check
        self._runner = get_shared_runner(model)

    def predict_at(self, severity: float) -> Answer:
        self._check()
        return self._runner.predict([apply_corruption(self._rgb, self._corruption, severity, self._seed)])[0][0]

    def has_flipped(self, clean: Answer, severity: float) -> bool:
        return compute_answer_change(clean, self.predict_at(severity), self._runner.card) > 0
