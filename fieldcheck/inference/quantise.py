"""A copy of a model with weights and activations in eight bits, its steps set by real frames."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from fieldcheck.child_process import run_module
from fieldcheck.domain.model_card import Card
from fieldcheck.errors import DiskFull, ModelRejected, ReadOnlyPlace
from fieldcheck.files import TEMPORARY, map_os_errors
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.preprocess import preprocess_into
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.plain_json import parse_json

STALL_SECONDS = 300.0  # between two batches, or from the last one to the copy
UNWRITTEN: dict[str, type[DiskFull | ReadOnlyPlace]] = {"disk_full": DiskFull, "read_only": ReadOnlyPlace}


def write_int8_model(model: OpenModel, card: Card, frames: Iterable[NDArray[np.uint8]], out: Path) -> None:
    """Writes a copy in static int8 to `out`: weights by channel, activations by the least and greatest value over `frames`. A child process
    calibrates, fed one batch at a time; a graph older than opset 13 is converted first, and its answers to the first frames stay the same.

    `frames`: (H, W, 3) uint8 RGB, at least a batch. Raises ModelRejected `quantise` for a graph that is in eight bits or in half
    precision already, that cannot be converted so, or that the quantiser cannot read, `time` where a run does not end; Cancelled,
    DiskFull, ReadOnlyPlace.
    """
    if model.steps or model.inputs[0].kind != "tensor(float)":
        raise ModelRejected(model.path, "quantise", model.inputs[0].kind)
    part, batch = out.with_suffix(".part.onnx"), model.batch or 1
    with map_os_errors(out):
        out.parent.mkdir(exist_ok=True)
        part.unlink(missing_ok=True)  # it may be a link, which is not written through
    asked = [str(model.path.absolute()), str(part.absolute()), card.input.name or model.inputs[0].name]
    asked += map(str, (batch, *card.input.shape))
    try:
        with TemporaryDirectory(prefix=TEMPORARY) as folder:  # the runtime's own ones would outlive a child that is ended
            its = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
            child = run_module("fieldcheck.inference.calibrate", asked, STALL_SECONDS, _iter_tensor_bytes(batch, card, frames), its)
        verdict = _parse_verdict(child.stdout)
        if verdict["problem"] in UNWRITTEN:
            raise UNWRITTEN[verdict["problem"]](out)
        if verdict["problem"]:
            raise ModelRejected(model.path, "quantise", verdict["detail"])
        with map_os_errors(out):
            part.replace(out)
    except TimeoutError as error:
        raise ModelRejected(model.path, "time", f"{STALL_SECONDS:g} s") from error
    finally:
        part.unlink(missing_ok=True)


def _iter_tensor_bytes(batch: int, card: Card, frames: Iterable[NDArray[np.uint8]]) -> Iterator[bytes]:
    """Frames as the model is fed, one whole batch at a time."""
    tensor, place = np.zeros((batch, *card.input.shape), np.float32), 0
    for frame in frames:
        preprocess_into(tensor[place], frame, card.input)
        place = (place + 1) % batch
        if place == 0:
            yield tensor.tobytes()


def _parse_verdict(said: bytes) -> dict[str, str]:
    """What the child said last; one that was brought down said nothing."""
    try:
        found = parse_json(said)
        return {"problem": str(found["problem"]), "detail": str(found["detail"])}
    except (ValueError, KeyError, TypeError):
        return {"problem": "quantise", "detail": ""}


def measure_run_times(runners: tuple[ModelRunner, ModelRunner], frames: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """(n, 2) seconds that each of two models takes for each frame, in turn, so that whatever slows the machine slows both."""
    found = list[list[float]]()
    for place, frame in enumerate(frames):
        if place == 0:
            for runner in runners:
                runner.predict([frame])
        found.append([0.0, 0.0])
        for column in (0, 1) if place % 2 else (1, 0):
            began = time.perf_counter()
            runners[column].predict([frame])
            found[place][column] = time.perf_counter() - began
    return np.array(found).reshape(-1, 2)
