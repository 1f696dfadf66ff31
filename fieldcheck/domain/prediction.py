"""Prediction: what the model said about one frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Prediction:
    """`subject`: a frame id, or a benchmark item's path relative to the benchmark.

    `answer`: classification (K,) float32 probabilities (multi-label: sigmoids); detection (n, 6) float32 rows
    `x1, y1, x2, y2, score, class`, pixels of the original frame, by falling score; segmentation (K,) shares of the frame that the classes
    cover. `nan`: the model gave a figure that is not finite. `masks`: packed as in `measure.masks`, empty where none are kept.
    `picture`: SHA-256 of the file that was shown, empty for a frame of the project, whose pixels are hashed where it is listed.
    """

    subject: str
    answer: NDArray[np.float32]
    nan: bool = False
    masks: bytes = b""
    picture: str = ""

    def __post_init__(self) -> None:
        if self.answer.dtype != np.float32 or self.answer.ndim not in (1, 2):
            raise ValueError(f"an answer is (K,) or (n, 6) float32, not {self.answer.shape} {self.answer.dtype}")
        self.answer.flags.writeable = False
