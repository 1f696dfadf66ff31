"""Frames in, answers out: the one way on which a model answers, for footage, picks and benchmark alike."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.errors import ModelRejected
from fieldcheck.inference.decode import OF_CLASSES, SUPPRESSED_HERE, candidates, class_scores
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.prepare import Placement, prepare_into
from fieldcheck.inference.suppress import by_score, suppress

Answer = tuple[NDArray[np.float32], bool]

STORED_FLOOR = 0.05  # methods 3.2: doubt counts boxes from here on, whatever the deployed threshold
TINY_BYTES = 16 << 20
TINY_PIXELS = 256 * 256
TINY_BATCH = 8
WORTH_IT = 0.9  # of the time of single runs


def floor(card: Card) -> float:
    """The least score of a box that is stored."""
    return min(STORED_FLOOR, card.output.threshold)


class Runner:
    """Answers for one model and card; may be shared by threads. `batch_size` is how many frames go into one run."""

    def __init__(self, model: OpenModel, card: Card, batch_size: int | None = None) -> None:
        """Warms the session up. Without `batch_size` a tiny model is measured, every other takes one frame a run."""
        self.model, self.card = model, card
        self._input = card.input.name or model.inputs[0].name
        self._output = card.output.names[:1] or (model.outputs[0].name,)
        self.batch_size = model.batch or batch_size or 1
        self._run(np.zeros((self.batch_size, *card.input.shape), np.float32))
        if model.batch is None and batch_size is None and self._is_tiny() and self._gains_by_batches():
            self.batch_size = TINY_BATCH

    def answers(self, frames: Sequence[NDArray[np.uint8]]) -> list[Answer]:
        """For each (H, W, 3) uint8 RGB frame its answer, laid out as in `domain.prediction`, and whether a figure was not finite.

        Raises ModelRejected `run_failed`, and `classes` for a box of a class that the card does not have.
        """
        found: list[Answer] = []
        for first in range(0, len(frames), self.batch_size):
            found += self._batch(frames[first : first + self.batch_size])
        return found

    def _batch(self, frames: Sequence[NDArray[np.uint8]]) -> list[Answer]:
        spec = self.card.input
        # A batch that the file fixes is filled up with zeros.
        tensor = np.zeros((self.model.batch or len(frames), *spec.shape), np.float32)
        placements = [prepare_into(tensor[place], frame, spec) for place, frame in enumerate(frames)]
        raw = self._run(tensor)[: len(frames)]
        if self.card.output.kind in OF_CLASSES:
            scores = class_scores(raw, self.card)
            return [(row, not bool(np.isfinite(row).all())) for row in scores]
        return [self._boxes(one, placement) for one, placement in zip(raw, placements, strict=True)]

    def _boxes(self, raw: NDArray[np.float32], placement: Placement) -> Answer:
        found = candidates(raw, self.card, floor(self.card))
        sound = np.isfinite(found.xyxy).all(axis=1) & np.isfinite(found.scores)
        nan = not (sound.all() and np.isfinite(raw).all())
        found = found.take(sound)
        kept = suppress(found, self.card.output.iou) if self.card.output.kind in SUPPRESSED_HERE else by_score(found)
        if kept.classes.size and not (kept.classes.min() >= 0 and kept.classes.max() < len(self.card.classes)):
            seen = f"class {kept.classes.max()} of {len(self.card.classes)} classes"
            raise ModelRejected(self.model.path, "classes", seen)
        columns = (placement.to_frame(kept.xyxy), kept.scores[:, None], kept.classes[:, None])
        return np.concatenate(columns, axis=1, dtype=np.float32), nan

    def _run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """The output as (N, …) float32; a graph that drops the batch axis of a single picture gets it back."""
        raw: NDArray[np.float32] = self.model.run({self._input: tensor}, self._output)[0].astype(np.float32, copy=False)
        rank = 2 if self.card.output.kind in OF_CLASSES else 3
        return raw[None] if len(tensor) == 1 and raw.ndim == rank - 1 else raw

    def _is_tiny(self) -> bool:
        height, width = self.card.input.size
        return self.model.path.stat().st_size <= TINY_BYTES and height * width <= TINY_PIXELS

    def _gains_by_batches(self) -> bool:
        """Whether a batch is faster here, and gives every frame the very figures that it has alone: answers must not depend on company."""
        probe = np.random.default_rng(0).random((TINY_BATCH, *self.card.input.shape), np.float32)
        try:
            together = self._run(probe)
        except ModelRejected:
            return False  # the file leaves the batch open and fixes it inside
        alone = [self._run(probe[place : place + 1]) for place in range(TINY_BATCH)]
        if together.shape[0] != TINY_BATCH or not np.array_equal(together, np.concatenate(alone), equal_nan=True):
            return False
        return self._seconds(probe, TINY_BATCH) < WORTH_IT * self._seconds(probe, 1)

    def _seconds(self, probe: NDArray[np.float32], step: int) -> float:
        """The quickest of three passes over the probe, `step` frames a run."""
        passes = []
        for _ in range(3):
            began = time.perf_counter()
            for place in range(0, len(probe), step):
                self._run(probe[place : place + step])
            passes.append(time.perf_counter() - began)
        return min(passes)
