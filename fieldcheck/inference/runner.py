"""Frames in, answers out: the one way on which a model answers, for footage, picks and benchmark alike."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.errors import ModelRejected
from fieldcheck.inference.answer import Answered, WrongClass, answered
from fieldcheck.inference.decode import tensors_read
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.prepare import Placement, Prepared, prepare_into

Answer = tuple[NDArray[np.float32], bool]

TINY_BYTES = 16 << 20
TINY_PIXELS = 256 * 256
TINY_BATCH = 8
WORTH_IT, ROUNDS = 0.9, 2  # of the time of single runs, each time that both are measured


class Runner:
    """Answers for one model and card; may be shared by threads. `batch_size` is how many frames go into one run."""

    def __init__(self, model: OpenModel, card: Card, batch_size: int | None = None) -> None:
        """Without `batch_size` a tiny model is measured, every other takes one frame a run."""
        self.model, self.card = model, card
        self._input = card.input.name or model.inputs[0].name
        self._outputs = tensors_read(card, [tensor.name for tensor in model.outputs])
        self.batch_size = model.batch or batch_size or 1
        if model.batch is None and batch_size is None and self._is_tiny() and self._gains_by_batches():
            self.batch_size = TINY_BATCH

    def answers(self, frames: Sequence[NDArray[np.uint8]]) -> list[Answer]:
        """For each (H, W, 3) uint8 RGB frame its answer, laid out as in `domain.prediction`, and whether a figure was not finite.

        Raises ModelRejected `run_failed`, `classes` for a box of a class that the card does not have, and `output_kind` for tensors
        that are not what the card says.
        """
        return [(one.answer, one.nan) for one in self.answers_with_masks(frames)]

    def answers_with_masks(self, frames: Sequence[NDArray[np.uint8]]) -> list[Answered]:
        """The same with the masks of kinds that have some. Raises as `answers`."""
        found: list[Answered] = []
        for first in range(0, len(frames), self.batch_size):
            found += self._batch(frames[first : first + self.batch_size])
        return found

    def answer_with_input(self, frame: NDArray[np.uint8]) -> tuple[Answer, Prepared]:
        """The answer to one frame, and what was made of it to ask: who shows it need not prepare it again. Raises as `answers`."""
        tensor = self._room(1)
        placement = prepare_into(tensor[0], frame, self.card.input)
        (one,) = self._asked(tensor, [placement], [frame])
        return (one.answer, one.nan), Prepared(tensor[0], placement)

    def _batch(self, frames: Sequence[NDArray[np.uint8]]) -> list[Answered]:
        tensor = self._room(len(frames))
        return self._asked(tensor, [prepare_into(tensor[place], frame, self.card.input) for place, frame in enumerate(frames)], frames)

    def _room(self, n: int) -> NDArray[np.float32]:
        """For `n` frames; a batch that the file fixes is filled up with zeros."""
        rows = self.model.batch or n
        return (np.empty if rows == n else np.zeros)((rows, *self.card.input.shape), np.float32)

    def _asked(self, tensor: NDArray[np.float32], placements: Sequence[Placement], frames: Sequence[NDArray[np.uint8]]) -> list[Answered]:
        came = self._run(tensor)
        sides = [(frame.shape[0], frame.shape[1]) for frame in frames]
        try:
            return answered(came, len(tensor), self.card, list(zip(placements, sides, strict=True)))
        except WrongClass as error:
            raise ModelRejected(self.model.path, "classes", f"class {error.index} of {len(self.card.classes)} classes") from error
        except ValueError as error:
            raise ModelRejected(self.model.path, "output_kind", f"{self.card.output.kind}: {error}") from error

    def _run(self, tensor: NDArray[np.float32]) -> list[NDArray[np.generic]]:
        """The tensors that the answer is read from; floating ones as float32."""
        came = self.model.run({self._input: tensor}, self._outputs)
        return [one.astype(np.float32, copy=False) if np.issubdtype(one.dtype, np.floating) else one for one in came]

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
        if not self._is_quicker(probe):
            return False  # the usual case, found out first
        alone = zip(*(self._run(probe[place : place + 1]) for place in range(TINY_BATCH)), strict=True)
        if not all(_same(one, others) for one, others in zip(together, alone, strict=True)):
            return False
        return all(self._is_quicker(probe) for _ in range(ROUNDS))

    def _is_quicker(self, probe: NDArray[np.float32]) -> bool:
        return self._seconds(probe, TINY_BATCH) < WORTH_IT * self._seconds(probe, 1)

    def _seconds(self, probe: NDArray[np.float32], step: int) -> float:
        """For one pass over the probe, `step` frames a run."""
        began = time.perf_counter()
        for place in range(0, len(probe), step):
            self._run(probe[place : place + step])
        return time.perf_counter() - began


def _same(together: NDArray[np.generic], alone: Sequence[NDArray[np.generic]]) -> bool:
    """Whether the batch gave each picture what it has alone, by a batch axis that all of them have."""
    if not together.ndim or together.shape[0] != TINY_BATCH or any(one.shape != (1, *together.shape[1:]) for one in alone):
        return False
    joined = np.concatenate(alone)
    return np.array_equal(together, joined, equal_nan=bool(np.issubdtype(joined.dtype, np.floating)))
