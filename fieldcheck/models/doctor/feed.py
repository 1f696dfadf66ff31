"""Feeding a model the same frames in many ways, the rendered test images, and the raw outputs for
them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card, InputSpec, Layout, dump_card, read_input_size
from fieldcheck.domain.prediction import BOXES
from fieldcheck.models.decoders.decoder import (
    OF_CLASSES,
    Array,
    decode_batch,
    get_read_tensors,
    list_fitting_kinds,
    split_by_image,
)
from fieldcheck.models.doctor.output_kinds import RawOutputs, format_shapes, list_output_readings
from fieldcheck.models.preprocess import Placement, preprocess_image
from fieldcheck.models.session import OpenModel


@dataclass(frozen=True, slots=True)
class ResizedFrames:
    """`planes`: (n, C, h, w) float32, 0–255, RGB or one grey plane, as in the tensor; `placements`:
    where each frame lies there."""

    planes: NDArray[np.float32]
    placements: tuple[Placement, ...]


def resize_frames(frames: Sequence[NDArray[np.uint8]], spec: InputSpec) -> ResizedFrames:
    """Frames, (H, W, 3) uint8 RGB, at the tensor's size, before order, scale, mean and layout."""
    channels = spec.channels
    plain = replace(
        spec,
        colour="GRAY" if channels == 1 else "RGB",
        layout="NCHW",
        scale=1.0,
        mean=(0.0,) * channels,
        std=(1.0,) * channels,
    )
    resized = [preprocess_image(frame, plain) for frame in frames]
    return ResizedFrames(
        np.stack([preprocessed.tensor for preprocessed in resized]),
        tuple(preprocessed.placement for preprocessed in resized),
    )


def make_batch(planes: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    """The batch that a model with this input is fed, (n, C, h, w) or (n, h, w, C) float32 by its
    layout, from `planes`, (n, C, h, w) float32 of 0–255, RGB or grey."""
    ordered = planes[:, ::-1] if spec.colour == "BGR" else planes
    mean, std = (
        np.array(values, np.float64)[None, :, None, None] for values in (spec.mean, spec.std)
    )
    scaled = (
        (ordered - (mean / spec.scale).astype(np.float32)) * (spec.scale / std).astype(np.float32)
    ).astype(np.float32)
    return np.ascontiguousarray(scaled if spec.layout == "NCHW" else scaled.transpose(0, 2, 3, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """A model with the card by which it is preprocessed and decoded."""

    model: OpenModel
    card: Card

    @property
    def of_boxes(self) -> bool:
        """Whether answers are boxes, with a mask each or without; else they are figures of classes
        or of pixels."""
        return self.card.answers is BOXES

    def run_singly(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Answers to each tensor by itself, (n, …) float32: the first tensor that the answer is
        read from. Where that is as long as what was found, flat and filled up with zeros. Raises
        ModelRejected `run_failed`."""
        return _stack_rows([self._run_single(image)[0] for image in batch])

    def run_batch(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Answers to all tensors in one run, (n, …) float32, as in `run_singly`."""
        outputs = self._run_model(batch)
        return (
            outputs[0]
            if len(batch) > 1
            else _stack_rows(
                [split_by_image(outputs, 1, self.card)[0][0].astype(np.float32, copy=False)]
            )
        )

    def find_boxes(
        self, batch: NDArray[np.float32], placements: Sequence[Placement]
    ) -> list[NDArray[np.float32]]:
        """A detector's answer to each tensor of `batch`, (n, …), by itself: (m, 6) rows as in
        `domain.prediction`, in pixels of the frame. An answer of a class that the card does not
        have is none."""
        boxes = []
        for image, placement in zip(batch, placements, strict=True):
            try:
                boxes.append(
                    decode_batch(
                        self._run_padded(image),
                        self.model.batch or 1,
                        self.card,
                        [(placement, (0, 0))],
                    )[0].answer
                )
            except ValueError:
                boxes.append(np.empty((0, 6), np.float32))
        return boxes

    def find_top_scores(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) the score of a detector's surest box in each tensor, 0 where none reaches the least
        that is stored."""
        as_it_lies = [Placement((1.0, 1.0), (0.0, 0.0))] * len(batch)
        return np.array(
            [boxes[:, 4].max(initial=0.0) for boxes in self.find_boxes(batch, as_it_lies)],
            np.float32,
        )

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
        outputs = self.model.run({name: batch}, wanted)
        return [
            output.astype(np.float32, copy=False)
            if np.issubdtype(output.dtype, np.floating)
            else output  # type: ignore[misc]
            for output in outputs
        ]


def _stack_rows(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    if len({row.shape for row in rows}) == 1:
        return np.stack(rows)
    filled = np.zeros((len(rows), max(row.size for row in rows)), np.float32)
    for index, row in enumerate(rows):
        filled[index, : row.size] = row.reshape(-1)
    return filled


# Rendered test images for models without frames: different from each other, with light and texture
# as in scenes.

SIDE = 160  # pixels


def render_probe_images(n: int) -> tuple[NDArray[np.uint8], ...]:
    """`n` pictures, (160, 160, 3) uint8 RGB: shaded discs and bars over a texture whose contrast
    falls with frequency."""
    draw = np.random.default_rng([0, 0x0D0C])
    return tuple(_render_image(draw) for _ in range(n))


def _render_image(draw: np.random.Generator) -> NDArray[np.uint8]:
    texture = _render_texture(draw)
    picture = draw.uniform(50, 200, 3) + texture * draw.uniform(12, 45)
    for _ in range(int(draw.integers(1, 5))):
        inside, shade = _render_shape(draw)
        colour = draw.uniform(15, 240, 3)
        picture = np.where(inside[..., None], colour * shade[..., None] + texture * 6, picture)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _render_texture(draw: np.random.Generator) -> NDArray[np.float64]:
    """(side, side, 3), mean 0, deviation 1, mostly the same in all channels."""
    across, down = np.meshgrid(np.fft.fftfreq(SIDE), np.fft.fftfreq(SIDE))
    frequency = np.maximum(np.hypot(across, down), 1 / SIDE)
    fall = frequency ** draw.uniform(0.8, 1.4)
    planes = np.stack(
        [
            np.fft.ifft2(np.fft.fft2(draw.standard_normal((SIDE, SIDE))) / fall).real
            for _ in range(3)
        ],
        axis=-1,
    )
    mixed = 0.7 * planes.mean(axis=-1, keepdims=True) + 0.3 * planes
    whole: NDArray[np.float64] = (mixed - mixed.mean()) / mixed.std()
    return whole


def _render_shape(draw: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Position of a disc or bar, and the brightness of each of its pixels."""
    down, across = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    turn, radius, squeeze = draw.uniform(0, np.pi), draw.uniform(0.08, 0.35), draw.uniform(0.7, 2.0)
    x, y = across - draw.uniform(0.2, 0.8), down - draw.uniform(0.2, 0.8)
    u, v = x * np.cos(turn) + y * np.sin(turn), (y * np.cos(turn) - x * np.sin(turn)) * squeeze
    inside = (
        np.hypot(u, v) < radius
        if draw.random() < 0.5
        else np.maximum(np.abs(u), np.abs(v)) < radius
    )
    return inside, 1 + 0.4 * (u - v) / radius


# Raw outputs of a model for a few rendered pictures, and the kinds that read them all.

SHOWN = 4  # pictures


def compute_raw_outputs(model: OpenModel, spec: Mapping[str, Any], tail: str = "") -> RawOutputs:
    """Run a few rendered images through a model and return its outputs as they come.

    Args:
        model: an opened model.
        spec: `input` keys of a card: size, layout and colour. Pixels are scaled to 0–1.
        tail: the operator that makes the first output.

    Raises:
        ModelRejected with `run_failed`; CardRejected for an invalid size.
    """
    height, width = read_input_size(spec)
    layout: Layout = "NHWC" if spec.get("layout") == "NHWC" else "NCHW"
    grey, batch = spec.get("colour") == "GRAY", model.batch or 1
    plain = (
        InputSpec((height, width), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,))
        if grey
        else InputSpec((height, width), "stretch")
    )
    pictures = make_batch(
        resize_frames(render_probe_images(SHOWN), plain).planes, replace(plain, layout=layout)
    )
    runs = []
    for picture in pictures:
        filled = np.zeros((batch, *picture.shape), np.float32)
        filled[0] = picture
        runs.append(tuple(model.run({model.inputs[0].name: filled})))
    names = tuple(tensor.name for tensor in model.outputs)
    return RawOutputs(names, tuple(runs), batch, (height, width), layout, tail)


def get_output_shapes(model: OpenModel, card: Card) -> str:
    """Shapes of all outputs of one run, as text."""
    return format_shapes(model.warm_up((model.batch or 1, *card.input.shape)))


def list_alternative_kinds(
    model: OpenModel, card: Card, outputs: Sequence[Array]
) -> tuple[str, ...]:
    """Kinds that could stand on the card in place of its own: those that read the outputs of a run,
    `outputs`, (n, …) each, with its classes, and those that explain all outputs of the file, with
    their task where it is another."""
    raw = compute_raw_outputs(model, dump_card(card)["input"])
    explained = [
        output_reading
        for output_reading in list_output_readings(raw)
        if output_reading.kind not in OF_CLASSES
    ]
    kinds = [*list_fitting_kinds(outputs, model.batch or 1, card)]
    kinds += [
        output_reading.kind
        if output_reading.task == card.task
        else f"{output_reading.kind} (task: {output_reading.task})"
        for output_reading in explained
        if output_reading.kind not in kinds
    ]
    return tuple(dict.fromkeys(kinds))
