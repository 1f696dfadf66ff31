"""Feeding a model the same frames in many ways: each picture is resized once for each kind of resize, whatever is done to it then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.model_card import Card, InputSpec
from fieldcheck.inference.answer import decode_batch
from fieldcheck.inference.decode import get_read_tensors, split_by_image
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.preprocess import Placement, preprocess_image


@dataclass(frozen=True, slots=True)
class ResizedFrames:
    """`planes`: (n, C, h, w) float32, 0–255, RGB or one grey plane, as in the tensor; `placements`: where each frame lies there."""

    planes: NDArray[np.float32]
    placements: tuple[Placement, ...]


def resize_frames(frames: Sequence[NDArray[np.uint8]], spec: InputSpec) -> ResizedFrames:
    """Frames, (H, W, 3) uint8 RGB, at the tensor's size, before order, scale, mean and layout."""
    channels = spec.channels
    plain = replace(
        spec, colour="GRAY" if channels == 1 else "RGB", layout="NCHW", scale=1.0, mean=(0.0,) * channels, std=(1.0,) * channels
    )
    done = [preprocess_image(frame, plain) for frame in frames]
    return ResizedFrames(np.stack([one.tensor for one in done]), tuple(one.placement for one in done))


def make_batch(planes: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    """The batch that a model with this input is fed, (n, C, h, w) or (n, h, w, C) float32 by its layout, from `planes`,
    (n, C, h, w) float32 of 0–255, RGB or grey."""
    ordered = planes[:, ::-1] if spec.colour == "BGR" else planes
    mean, std = (np.array(values, np.float64)[None, :, None, None] for values in (spec.mean, spec.std))
    scaled = ((ordered - (mean / spec.scale).astype(np.float32)) * (spec.scale / std).astype(np.float32)).astype(np.float32)
    return np.ascontiguousarray(scaled if spec.layout == "NCHW" else scaled.transpose(0, 2, 3, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """A model with the card that it is fed and read by."""

    model: OpenModel
    card: Card

    @property
    def of_boxes(self) -> bool:
        """Whether answers are boxes, with a mask each or without; else they are figures of classes or of pixels."""
        return self.card.answers is BOXES

    def run_singly(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Answers to each tensor by itself, (n, …) float32: the first tensor that the answer is read from. Where that is as long as what
        was found, flat and filled up with zeros. Raises ModelRejected `run_failed`."""
        return _stack_rows([self._run_single(one)[0] for one in batch])

    def run_batch(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Answers to all tensors in one run, (n, …) float32, as in `run_singly`."""
        came = self._run_model(batch)
        return came[0] if len(batch) > 1 else _stack_rows([split_by_image(came, 1, self.card)[0][0].astype(np.float32, copy=False)])

    def find_boxes(self, batch: NDArray[np.float32], placements: Sequence[Placement]) -> list[NDArray[np.float32]]:
        """A detector's answer to each tensor of `batch`, (n, …), by itself: (m, 6) rows as in `domain.prediction`, in pixels of the frame.
        An answer of a class that the card does not have is none."""
        found = []
        for one, placement in zip(batch, placements, strict=True):
            try:
                found.append(decode_batch(self._run_padded(one), self.model.batch or 1, self.card, [(placement, (0, 0))])[0].answer)
            except ValueError:
                found.append(np.empty((0, 6), np.float32))
        return found

    def find_top_scores(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) the score of a detector's surest box in each tensor, 0 where none reaches the least that is stored."""
        as_it_lies = [Placement((1.0, 1.0), (0.0, 0.0))] * len(batch)
        return np.array([boxes[:, 4].max(initial=0.0) for boxes in self.find_boxes(batch, as_it_lies)], np.float32)

    def _run_single(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        parts = split_by_image(self._run_padded(tensor), self.model.batch or 1, self.card)[0]
        return tuple(part.astype(np.float32, copy=False) for part in parts)

    def _run_padded(self, tensor: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """A run of one tensor; a batch that the file fixes is filled up with zeros."""
        batch = np.zeros((self.model.batch or 1, *tensor.shape), np.float32)
        batch[0] = tensor
        return self._run_model(batch)

    def _run_model(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        name = self.card.input.name or self.model.inputs[0].name
        wanted = get_read_tensors(self.card, [tensor.name for tensor in self.model.outputs])
        came = self.model.run({name: batch}, wanted)
        return [one.astype(np.float32, copy=False) if np.issubdtype(one.dtype, np.floating) else one for one in came]  # type: ignore[misc]


def _stack_rows(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    if len({row.shape for row in rows}) == 1:
        return np.stack(rows)
    filled = np.zeros((len(rows), max(row.size for row in rows)), np.float32)
    for place, row in enumerate(rows):
        filled[place, : row.size] = row.reshape(-1)
    return filled
