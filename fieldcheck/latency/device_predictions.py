"""Predictions on another device: the picked frames and a spot check of the benchmark as its runner
is asked about them, and what it predicted, decoded and stored."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import get_benchmark_path, make_benchmark_subject
from fieldcheck.domain.label import Benchmark
from fieldcheck.domain.latency import DeviceArtefact, Latency
from fieldcheck.domain.model_card import Card, InputSpec
from fieldcheck.domain.prediction import Prediction, can_come_from_elsewhere
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.models import RunnerResultRefused
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.footage.frame_pixels import list_intact_picks
from fieldcheck.imaging.codec import read_image
from fieldcheck.latency import bench_runner
from fieldcheck.models.decoders.decoder import Misfit, decode_batch, find_misfit, get_score_floor
from fieldcheck.models.evaluate import filter_known_items
from fieldcheck.models.letterbox import fit_image
from fieldcheck.models.plugins import PluginError
from fieldcheck.models.preprocess import Placement, compute_offset_and_factor, normalize_into
from fieldcheck.models.run import UNREADABLE, run_benchmark_part, run_on_set
from fieldcheck.models.scored_sides import select_spot_items
from fieldcheck.models.store import get_card
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table

# of facts about a model: what a device predicted with it, as it was imported last
PREDICTED = "device_predictions"
MOST_SPOT = 100  # images of the benchmark that a device is asked about
MOST_RESULT = 1 << 28  # bytes of a result
# kinds of output that are a grid of thousands of candidates
GRIDS = ("yolo", "yolo_obj", "yolox")
TENSOR_TYPES = ("<f4", "<f8", "<i8", "<i4", "<i2", "|i1", "|u1", "|b1")
MOST_TENSOR = 1 << 28  # bytes
MOST_MS = 1000 * 7 * 86_400.0
CELSIUS: tuple[float, float] = (-100.0, 300.0)


@dataclass(frozen=True, slots=True)
class DevicePredictions:
    """What a device predicted: by frame id, and by `make_benchmark_subject` for images of the
    benchmark; `ms` and `celsius` of each, in their order. `latency` is of the same artefact."""

    artefact: DeviceArtefact
    machine: Mapping[str, str]
    imported: str
    predictions: Mapping[str, Prediction]
    ms: tuple[float, ...]
    celsius: tuple[float | None, ...]
    latency: Latency


@dataclass(frozen=True, slots=True)
class Question:
    """An image that the device predicts; `size`: its height and width."""

    subject: str
    size: tuple[int, int]
    pixels: NDArray[np.uint8]
    placement: Placement

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.subject,
            "size": list(self.size),
            "scale": list(self.placement.scale),
            "shift": list(self.placement.shift),
        }


def prepare_questions(
    project: Project, model: StoredModel, progress: Progress, now: str, with_people: bool
) -> list[Question]:
    """The picked frames and a spot check of the benchmark as they fit the tensor, once they are
    predicted here; none of a model whose predictions are no classes or boxes. What cannot be read
    is left out."""
    card = get_card(model)
    if not can_come_from_elsewhere(card.task):
        return []
    people = frozenset() if with_people else project.read(labels_table.list_with_person)
    picks = [
        (pick.frame_id, join_inside(project.path, pick.file))
        for pick in list_intact_picks(project, progress)
        if pick.frame_id not in people
    ]
    field = _read_questions(picks, card.input, progress)
    if field:
        run_on_set(project, model, "field", progress, now)
    benchmark = project.read(models_table.get_benchmark)
    if benchmark is None:
        return field
    items = _draw_spot_items(project, benchmark, card)
    spot = _read_questions(
        [(make_benchmark_subject(name), path) for name, path in items], card.input, progress
    )
    if spot:
        names = {get_benchmark_path(question.subject) for question in spot}
        run_benchmark_part(project, model, names, progress, now)
    return field + spot


def _draw_spot_items(project: Project, benchmark: Benchmark, card: Card) -> list[tuple[str, Path]]:
    """At most a hundred images of the benchmark's spot check, always the same ones, with files."""
    items = select_spot_items(filter_known_items(benchmark.items, card))
    drawn = np.random.default_rng(0).permutation(len(items))[:MOST_SPOT]
    root = get_benchmark_root(project, benchmark)
    names = [items[index].path for index in sorted(drawn.tolist())]
    return [(name, join_inside_data_set(root, name)) for name in names]


def _read_questions(
    files: Sequence[tuple[str, Path]], spec: InputSpec, progress: Progress
) -> list[Question]:
    questions = list[Question]()
    for number, (subject, path) in enumerate(files):
        progress.check()
        progress.report(number, len(files), "pictures")
        with suppress(*UNREADABLE):
            rgb = read_image(path)
            tensor = np.zeros(spec.shape, np.float32)
            placement = normalize_into(tensor, fit_image(rgb, spec), spec)
            size = rgb.shape[0], rgb.shape[1]
            questions.append(Question(subject, size, to_stored_pixels(tensor, spec), placement))
    return questions


def limit_questions(questions: list[Question], size: int) -> list[Question]:
    """As many as a result may hold predictions of, each of `size` bytes: the picked frames whole or
    not at all, then images of the benchmark."""
    most = MOST_RESULT * 3 // 4 // max(1, size)
    n_field = sum(not get_benchmark_path(question.subject) for question in questions)
    return questions[:most] if n_field <= most else []


def describe_quiet(card: Card) -> dict[str, Any] | None:
    """Where the scores of a grid of candidates lie, those below the floor of stored predictions
    being left out of a result; None for other outputs."""
    floor, k = get_score_floor(card), len(card.classes)
    if card.output.kind not in GRIDS or floor <= 0:
        return None
    if card.output.kind == "yolo":
        return {"floor": floor, "channels": 4 + k, "first": 4, "last": 4 + k}
    return {"floor": floor, "channels": 5 + k, "first": 4, "last": 5}  # objectness bounds the score


def parse_predictions(
    rows: Sequence[Any], expected: Mapping[str, Any], card: Card, path: Path
) -> list[dict[str, Any]]:
    """What a device predicted, decoded as everywhere, one row for each image of the folder as it
    was stored at its export. Raises RunnerResultRefused."""
    questions = expected.get("questions", [])
    try:
        names = [row["id"] for row in rows]
    except (TypeError, KeyError) as error:
        raise RunnerResultRefused(path, "field", "predictions") from error
    if names != [question["id"] for question in questions]:
        raise RunnerResultRefused(path, "frames", f"{len(names)} / {len(questions)}")
    parsed = []
    for row, question in zip(rows, questions, strict=True):
        try:
            ms = parse_number("ms", row["ms"], 0.0, MOST_MS)
            heat = row["celsius"]
            celsius = None if heat is None else parse_number("celsius", heat, *CELSIUS)
            prediction = _decode_outputs(row, question, expected, card)
        except (KeyError, TypeError, ValueError, PluginError) as error:
            raise RunnerResultRefused(path, "field", f"predictions: {error}") from error
        parsed.append({
            "id": question["id"],
            "ms": ms,
            "celsius": celsius,
            "shape": list(prediction.answer.shape),
            "nan": prediction.nan,
            "answer": base64.b64encode(prediction.answer.astype("<f4").tobytes()).decode(),
        })  # fmt: skip
    return parsed


def _decode_outputs(
    row: Mapping[str, Any], question: Mapping[str, Any], expected: Mapping[str, Any], card: Card
) -> Prediction:
    """Raises ValueError, TypeError, KeyError, PluginError."""
    outputs = [unpack_output(output) for output in row["outputs"]]
    shapes, batch = expected["output_shapes"], expected["batch"]
    if len(outputs) != len(shapes) or not all(map(bench_runner.has_shape, outputs, shapes)):
        raise ValueError(f"{question['id']}: {[array.shape for array in outputs]}")
    misfit = find_misfit(outputs, batch, card)
    if misfit is not Misfit.NONE:
        raise ValueError(f"{question['id']}: {misfit.value}")
    placement = Placement(tuple(question["scale"]), tuple(question["shift"]))
    height, width = question["size"]
    (result,) = decode_batch(outputs, batch, card, [(placement, (height, width))])
    return Prediction(question["id"], result.answer, result.nan)


def unpack_output(output: Mapping[str, Any]) -> NDArray[np.generic]:
    """An output tensor from its text; never more bytes than its shape says. Raises ValueError,
    TypeError, KeyError."""
    shape = [int(side) for side in output["shape"]]
    if output["type"] not in TENSOR_TYPES or any(side < 0 for side in shape):
        raise ValueError(f"{output['type']} {shape}")
    kind = np.dtype(output["type"])
    size = prod(shape) * kind.itemsize
    if size > MOST_TENSOR:
        raise ValueError(f"{size} bytes")
    try:
        packed = base64.b64decode(output["data"], validate=True)
        data = zlib.decompressobj().decompress(packed, size + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from error
    if len(data) != size:
        raise ValueError(f"{len(data)} of {size} bytes")
    return np.frombuffer(data, kind).reshape(shape)


def load_device_predictions(project: Project, model: StoredModel) -> DevicePredictions | None:
    """What a device predicted with a model as it is used now, of the result imported last; None
    without one."""
    rows = project.read(
        lambda db: models_table.list_facts_of_model(db, PREDICTED, model.sha256, model.card_sha256)
    )
    if not rows:
        return None
    fact = rows[-1][1]
    predictions = fact["predictions"]
    return DevicePredictions(
        DeviceArtefact(**fact["artefact"]),
        fact["machine"],
        fact["imported"],
        {row["id"]: _load_prediction(row) for row in predictions},
        tuple(row["ms"] for row in predictions),
        tuple(row["celsius"] for row in predictions),
        Latency.from_json(fact["latency"]),
    )


def _load_prediction(row: Mapping[str, Any]) -> Prediction:
    answer = np.frombuffer(base64.b64decode(row["answer"]), "<f4").reshape(row["shape"])
    return Prediction(row["id"], answer.astype(np.float32), row["nan"])


def to_stored_pixels(tensor: NDArray[np.float32], spec: InputSpec) -> NDArray[np.uint8]:
    """(h, w, C) uint8 of a tensor, (C, h, w) or (h, w, C): the pixels whose (pixel − offset) ·
    factor it holds, colour order and padding included."""
    offset, factor = compute_offset_and_factor(spec)
    planes = tensor if spec.layout == "NCHW" else tensor.transpose(2, 0, 1)
    return np.asarray(
        np.clip(np.rint(planes / factor + offset), 0, 255).astype(np.uint8).transpose(1, 2, 0)
    )


def parse_number(name: str, value: object, least: float, most: float) -> float:
    """A figure that a clock, a meter or a sensor gives. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name}: {value!r:.40}")
    return float(value)
