"""A copy of a model with weights and activations in eight bits, its steps set by real frames."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from fieldcheck.domain.model_card import Card
from fieldcheck.errors import ModelRejected
from fieldcheck.files import map_os_errors
from fieldcheck.inference.open_model import RUNTIME_ERRORS, OpenModel
from fieldcheck.inference.preprocess import preprocess_into
from fieldcheck.inference.runner import ModelRunner

OPSET = 13  # from here on steps may differ by channel
GRAPH_TROUBLES = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    RuntimeError,
    NotImplementedError,
)  # what the quantiser raises on graphs it cannot read


class _Frames(CalibrationDataReader):  # type: ignore[misc]
    """Frames as the model is fed, one batch at a time."""

    def __init__(self, model: OpenModel, card: Card, frames: Sequence[NDArray[np.uint8]]) -> None:
        self._name = card.input.name or model.inputs[0].name
        self._batches = self._fed(model.batch or 1, card, frames)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._batches, None)

    def _fed(self, batch: int, card: Card, frames: Sequence[NDArray[np.uint8]]) -> Iterator[dict[str, NDArray[np.float32]]]:
        for first in range(0, len(frames) - batch + 1, batch):
            tensor = np.zeros((batch, *card.input.shape), np.float32)
            for place, frame in enumerate(frames[first : first + batch]):
                preprocess_into(tensor[place], frame, card.input)
            yield {self._name: tensor}


def quantise(model: OpenModel, card: Card, frames: Sequence[NDArray[np.uint8]], out: Path) -> None:
    """Writes a copy in static int8 to `out`: weights by channel, activations by the least and greatest value over `frames`.

    `frames`: (H, W, 3) uint8 RGB, at least a batch. Raises ModelRejected `quantise` for a graph that is in eight bits or in half
    precision already, that is older than opset 13, or that the quantiser cannot read; DiskFull, ReadOnlyPlace.
    """
    if model.steps or model.inputs[0].kind != "tensor(float)":
        raise ModelRejected(model.path, "quantise", model.inputs[0].kind)
    if model.opset < OPSET:
        raise ModelRejected(model.path, "quantise", f"opset {model.opset}")
    part = out.with_suffix(".part.onnx")
    with map_os_errors(out), _unadvised():
        out.parent.mkdir(exist_ok=True)
        part.unlink(missing_ok=True)  # it may be a link, which is not written through
        try:
            quantize_static(
                str(model.path), str(part), _Frames(model, card, frames), quant_format=QuantFormat.QDQ, per_channel=True,
                activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
            )  # fmt: skip
        except (*RUNTIME_ERRORS, *GRAPH_TROUBLES, onnx.shape_inference.InferenceError) as error:
            raise ModelRejected(model.path, "quantise", " ".join(str(error).split())[:200]) from error
        except OSError:
            part.unlink(missing_ok=True)  # what a full disk left half written
            raise
        part.replace(out)


@contextmanager
def _unadvised() -> Iterator[None]:
    """While it lasts, what the quantiser advises on the root logger is not heard; errors are."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)


def times(runners: tuple[ModelRunner, ModelRunner], frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """(n, 2) seconds that each of two models takes for each frame, in turn, so that whatever slows the machine slows both."""
    found = np.empty((len(frames), 2))
    for runner in runners:
        runner.answers(frames[:1])
    for place, frame in enumerate(frames):
        for column in (0, 1) if place % 2 else (1, 0):
            began = time.perf_counter()
            runners[column].answers([frame])
            found[place, column] = time.perf_counter() - began
    return found
