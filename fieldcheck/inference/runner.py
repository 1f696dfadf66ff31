"""Frames in, answers out: the one way on which a model answers, for footage, picks and benchmark alike."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import ceil, prod

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.errors import ModelRejected
from fieldcheck.inference.answer import decode_batch
from fieldcheck.inference.decode import OF_CLASSES, get_read_tensors
from fieldcheck.inference.decoder import FramePlacement, InferenceResult, UnknownClass
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.plugins import PluginError
from fieldcheck.inference.preprocess import Preprocessed, preprocess_into
from fieldcheck.inference.time_limit import RunTimeout, SerialWorker

Answer = tuple[NDArray[np.float32], bool]

TINY_BYTES = 16 << 20
TINY_PIXELS = 256 * 256
TINY_BATCH, FEW = 8, 4
WORTH_IT, ROUNDS = 0.9, 2  # of the time of single runs, each time that both are measured
MOST_WAITING, MOST_WAITING_BYTES = 8, 5 << 20


class ModelRunner:
    """Answers for one model and card; may be shared by threads. `batch_size` is how many frames go into one run."""

    def __init__(self, model: OpenModel, card: Card, batch_size: int | None = None) -> None:
        """Without `batch_size` a tiny model is measured, every other takes one frame a run. Raises ModelRejected, `time`, where one
        run of that measure does not end."""
        self.model, self.card = model, card
        self._input = card.input.name or model.inputs[0].name
        self._outputs = get_read_tensors(card, [tensor.name for tensor in model.outputs])
        self.batch_size = model.batch or batch_size or 1
        if model.batch is None and batch_size is None and self._is_tiny() and self._is_faster_in_batches():
            self.batch_size = TINY_BATCH

    def predict(self, frames: Sequence[NDArray[np.uint8]]) -> list[Answer]:
        """For each (H, W, 3) uint8 RGB frame its answer, laid out as in `domain.prediction`, and whether a figure was not finite.

        Raises ModelRejected `run_failed`, `classes` for a box of a class that the card does not have, and `output_kind` for tensors
        that are not what the card says.
        """
        return [(one.answer, one.nan) for one in self.predict_with_masks(frames)]

    def predict_with_masks(self, frames: Sequence[NDArray[np.uint8]]) -> list[InferenceResult]:
        """For each (H, W, 3) uint8 RGB frame its answer, and the masks of kinds that have some. Raises as `answers`."""
        waiting, found = PendingFrames(self, min(MOST_WAITING, len(frames))), list[InferenceResult]()
        for frame in frames:
            waiting.add(frame)
            if waiting.is_full:
                found += waiting.predict_all()
        return found + waiting.predict_all()

    def run_batch(self, tensor: NDArray[np.float32]) -> list[NDArray[np.generic]]:
        """The tensors that answers are read from, for prepared pictures, (n, …) float32 in the card's layout; floating ones as float32.
        Raises ModelRejected `run_failed`."""
        came = self.model.run({self._input: tensor}, self._outputs)
        return [one.astype(np.float32, copy=False) if np.issubdtype(one.dtype, np.floating) else one for one in came]

    def run_batches(self, tensors: Sequence[NDArray[np.float32]]) -> list[list[NDArray[np.generic]]]:
        """One run after the other for tensors of prepared pictures, (n, …) float32 each, as `run`; all are handed to one thread at once,
        since two threads that hand each other many short runs wait as long as they work for it. Raises as `run`, for the first failure."""
        if len(tensors) == 1:
            return [self.run_batch(tensors[0])]
        with SerialWorker() as beside:
            try:
                return beside.submit(lambda: [self.run_batch(tensor) for tensor in tensors]).result()
            except RunTimeout as late:
                raise self.model.timeout_error(late) from None

    def decode_outputs(self, came: Sequence[NDArray[np.generic]], n: int, places: Sequence[FramePlacement]) -> list[InferenceResult]:
        """The answers to the frames at `places`, the first of the `n` pictures of a run, from its tensors, (n, …) each. Raises as
        `answers`."""
        try:
            return decode_batch(came, n, self.card, places)
        except PluginError as error:
            raise ModelRejected(self.model.path, error.problem, error.detail) from error
        except UnknownClass as error:
            raise ModelRejected(self.model.path, "classes", f"class {error.index} of {len(self.card.classes)} classes") from error
        except ValueError as error:
            raise ModelRejected(self.model.path, "output_kind", f"{self.card.output.kind}: {error}") from error

    def _is_tiny(self) -> bool:
        height, width = self.card.input.size
        return self.model.path.stat().st_size <= TINY_BYTES and height * width <= TINY_PIXELS

    def _is_faster_in_batches(self) -> bool:
        """Whether a batch is faster here, and gives every frame the very figures that it has alone: answers must not depend on company."""
        probe = np.random.default_rng(0).random((TINY_BATCH, *self.card.input.shape), np.float32)
        try:
            self.run_batch(probe[:FEW])
        except ModelRejected as error:
            if error.problem in ("time", "busy"):
                raise  # noise is a picture like any other: what does not end on it is not waited for a second time
            return False  # the file leaves the batch open and fixes it inside
        if not self._is_batch_quicker(probe[:FEW]):
            return False  # the usual case, found out first
        together = self.run_batch(probe)
        alone = zip(*(self.run_batch(probe[place : place + 1]) for place in range(TINY_BATCH)), strict=True)
        if not all(_is_same_output(one, others) for one, others in zip(together, alone, strict=True)):
            return False
        return all(self._is_batch_quicker(probe) for _ in range(ROUNDS))

    def _is_batch_quicker(self, probe: NDArray[np.float32]) -> bool:
        return self._measure_seconds(probe, len(probe)) < WORTH_IT * self._measure_seconds(probe, 1)

    def _measure_seconds(self, probe: NDArray[np.float32], step: int) -> float:
        """For one pass over the probe, `step` frames a run."""
        began = time.perf_counter()
        for place in range(0, len(probe), step):
            self.run_batch(probe[place : place + step])
        return time.perf_counter() - began


def _is_same_output(together: NDArray[np.generic], alone: Sequence[NDArray[np.generic]]) -> bool:
    """Whether the batch gave each picture what it has alone, by a batch axis that all of them have."""
    if not together.ndim or together.shape[0] != TINY_BATCH or any(one.shape != (1, *together.shape[1:]) for one in alone):
        return False
    joined = np.concatenate(alone)
    return np.array_equal(together, joined, equal_nan=bool(np.issubdtype(joined.dtype, np.floating)))


def _can_concatenate(came: Sequence[NDArray[np.generic]], runs: Sequence[NDArray[np.float32]]) -> bool:
    """Whether tensors of several runs are rows of one: each has a row a picture, and all rows have one shape."""
    return all(one.ndim > 1 and len(one) == len(run) and one.shape[1:] == came[0].shape[1:] for one, run in zip(came, runs, strict=True))


class PendingFrames:
    """Frames that are prepared one by one as they come, and asked about a few at a time, for one thread.

    A picture is decoded and prepared quicker beside others of its kind than between two runs of a network, which leave nothing
    of it in the processor's cache; and of a frame no more is held meanwhile than its tensor.
    """

    def __init__(self, runner: ModelRunner, most: int = MOST_WAITING) -> None:
        """`most`: how many frames wait together at most; fewer where their tensors are large, and always whole runs."""
        self._runner, self._step = runner, runner.batch_size
        shape = runner.card.input.shape
        fitting = min(most, MOST_WAITING_BYTES // (4 * prod(shape)))
        self._tensor: NDArray[np.float32] = np.empty((max(1, fitting // self._step) * self._step, *shape), np.float32)
        self._places: list[FramePlacement] = []

    @property
    def is_full(self) -> bool:
        """Whether they are to be asked about before another is added."""
        return len(self._places) == len(self._tensor)

    def add(self, frame: NDArray[np.uint8]) -> Preprocessed:
        """Prepares (H, W, 3) uint8 RGB; the tensor given back is a view that stays as it is until the first frame after `predict_all`."""
        tensor = self._tensor[len(self._places)]
        placement = preprocess_into(tensor, frame, self._runner.card.input)
        self._places.append((placement, (frame.shape[0], frame.shape[1])))
        return Preprocessed(tensor, placement)

    def predict_all(self) -> list[InferenceResult]:
        """The answers to all that wait, in their order; then none waits. Raises as `Runner.answers`."""
        places, self._places, step = self._places, [], self._step
        n = len(places)
        if not n:
            return []
        rows = n if self._runner.model.batch is None else ceil(n / step) * step
        self._tensor[n:rows] = 0  # a batch that the file fixes is filled up
        runs = [self._tensor[first : min(first + step, rows)] for first in range(0, rows, step)]
        came = self._runner.run_batches(runs)  # all before the first is read: this, too, is quicker side by side
        if self._runner.card.output.kind in OF_CLASSES and _can_concatenate([one[0] for one in came], runs):
            return self._runner.decode_outputs([np.concatenate([one[0] for one in came])], n, places)
        read = [self._runner.decode_outputs(one, len(runs[k]), places[k * step : (k + 1) * step]) for k, one in enumerate(came)]
        return [answer for answers in read for answer in answers]
