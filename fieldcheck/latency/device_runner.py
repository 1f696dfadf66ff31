"""Latency on another device: a folder that needs only onnxruntime and numpy there, and import and
validation of its result."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from types import UnionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck import paths
from fieldcheck.corruptions.export import write_folder_atomically
from fieldcheck.domain.latency import Latency, MachineState
from fieldcheck.domain.model_card import Card, InputSpec
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelRejected, RunnerResultRefused
from fieldcheck.files import make_json_key, map_os_errors, sha256_file, write_bytes, write_text
from fieldcheck.footage.image_folder import copy_file
from fieldcheck.latency import bench_runner
from fieldcheck.latency.frame_timing import LatencySource, TimedFrames, open_latency_source
from fieldcheck.latency.latency_run import compute_latency, estimate_small_box_share, store_latency
from fieldcheck.models.decoders.decoder import get_read_tensors
from fieldcheck.models.letterbox import FittedImage, fit_image
from fieldcheck.models.onnx_file import write_renamed
from fieldcheck.models.onnx_graph import compute_model_memory
from fieldcheck.models.preprocess import compute_offset_and_factor, normalize_into
from fieldcheck.models.session import (
    FLOATS,
    ONE_PICTURE,
    OpenModel,
    list_external_files,
    open_model,
)
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.safe_json_yaml import InvalidDocument, parse_json_file

PROGRAM, TOLD, FRAMES, CARD = "run_bench.py", "runner.json", "frames.npy", "card.json"
# Names from the device's file are never sent on.
MODEL_PLACE, WEIGHTS = "model/model.onnx", "weights_{}.bin"
MOST_FRAMES, MOST_BYTES, N_ANSWERS = 200, 64 << 20, 8
RUNNER_STAGES = ("read", "normalise", "forward")
# of facts about a model: the answers that its exported folder has to give, by the folder's key
KIND = "latency_runner"
TOLERANCE = 1e-4
MOST_ROWS, MOST_LETTERS = 2_000_000, 80
# a run of ten minutes tells of heat; its blocks of ten seconds are looked at one by one
MOST_S = 7 * 86_400.0
MOST_MB, MOST_THREADS = 1e7, 4096
LATE_S = 0.001  # Tolerated overlap of two frames, since both times are rounded.
STATES = {
    "mhz": (0.0, 1e5),
    "celsius": (-100.0, 300.0),
    "joules": (0.0, 1e12),
    "waited_s": (0.0, 1e12),
    "others_s": (0.0, 1e12),
}
MACHINE = ("name", "processor", "cores", "system", "memory_mb", "runtime")
FIELDS: dict[str, type | UnionType] = {
    "version": int,
    "key": str,
    "model_sha256": str,
    "card_sha256": str,
    "machine": dict,
    "fps": int | float,
    "busy": int,
    "threads": int | None,
    "begun_s": list,
    "stages_ms": dict,
    "states": list,
    "memory": dict,
    "answers": list,
}


@dataclass(frozen=True, slots=True)
class ExportedRunner:
    """A folder for another device: `files` in it, `n` frames, `megabytes` in all; `n_people`:
    frames of the footage that stayed out because a person is marked on them or beside them."""

    folder: Path
    files: tuple[str, ...]
    n: int
    megabytes: float
    n_people: int = 0


def export_runner(
    project: Project,
    folder: Path,
    model_name: str | None,
    source: Path | None,
    progress: Progress,
    now: str,
    with_people: bool = False,
) -> ExportedRunner:
    """Write program, model, card and frames into a new or empty folder, completely or not at all,
    and store the expected predictions. Footage with a person visible only `with_people`. Raises
    NoModel, ModelUnknown, ModelRejected (`runner` for integer inputs), NoFootage, PathMissing,
    PathOccupied, DiskFull, Cancelled."""
    with write_folder_atomically(folder) as into:
        model = find_model(project, model_name)
        path, card = project.path / model.file, get_card(model)
        opened = open_model(path, sha256=model.sha256)
        with open_latency_source(project, source) as frames:
            people = frozenset[int]() if with_people else frames.people
            fitted = _prepare_frames(frames, card.input, progress, people)
            if not fitted:
                raise NoFootage(project.path)
        tensors = [_make_tensor(image, card.input) for image in fitted]
        pictures = np.stack([_to_stored_pixels(tensor, card.input) for tensor in tensors])
        packed = io.BytesIO()
        np.save(packed, pictures)
        write_bytes(into / FRAMES, packed.getvalue())
        write_text(into / CARD, model.card)
        write_text(
            into / PROGRAM, paths.read_source("fieldcheck.latency", "bench_runner.py").decode()
        )
        files = {
            name: sha256_file(into / name) for name in (*_copy_model(path, into, progress), FRAMES)
        }
        settings = {
            **_describe_input(opened, card),
            **_describe_model(model, files),
            "n_answers": min(N_ANSWERS, len(pictures)),
        }
        write_text(into / TOLD, json.dumps(settings, indent=1) + "\n")
        answers = [
            _compute_answer(opened, settings, tensor) for tensor in tensors[: settings["n_answers"]]
        ]
        expected = {"source": frames.name, "answers": answers}
        project.write(
            lambda db: models_table.put_fact(
                db, KIND, model.sha256, model.card_sha256, settings["key"], expected, now
            )
        ).result()
    names = (PROGRAM, TOLD, CARD, *files)
    return ExportedRunner(
        folder,
        names,
        len(pictures),
        sum((folder / name).stat().st_size for name in names) / 1e6,
        len(people),
    )


def _copy_model(path: Path, into: Path, progress: Progress) -> tuple[str, ...]:
    """Copy a model and its weights below the program's folder, under names that no Python module
    has; returns their paths. Raises DiskFull."""
    (into / MODEL_PLACE).parent.mkdir()
    if not list_external_files(path):
        copy_file(path, into / MODEL_PLACE, progress)
        return (MODEL_PLACE,)
    weights = write_renamed(path, into / MODEL_PLACE, WEIGHTS)
    positions = {
        (PurePosixPath(MODEL_PLACE).parent / name).as_posix(): path
        for name, path in weights.items()
    }
    for name, source in positions.items():
        copy_file(source, into / name, progress)
    return (MODEL_PLACE, *positions)


def _describe_input(opened: OpenModel, card: Card) -> dict[str, Any]:
    """Describe the model's input and preprocessing. Raises ModelRejected, `runner`."""
    asked = next(
        (tensor_spec for tensor_spec in opened.inputs if tensor_spec.name == card.input.name),
        opened.inputs[0],
    )
    if asked.kind not in FLOATS:
        raise ModelRejected(opened.path, "runner", asked.kind)
    offset, factor = compute_offset_and_factor(card.input)
    return {
        "input": asked.name,
        "type": asked.kind,
        "layout": card.input.layout,
        "shape": list(card.input.shape),
        "batch": opened.batch or 1,
        "without_batch": len(asked.shape) == ONE_PICTURE,
        "offset": offset.ravel().tolist(),
        "factor": factor.ravel().tolist(),
        "outputs": list(get_read_tensors(card, [output.name for output in opened.outputs])),
    }


def _describe_model(model: StoredModel, files: Mapping[str, str]) -> dict[str, Any]:
    """Describe the model and the hashes of its files; the key identifies the exported folder."""
    key = make_json_key([dict(files), model.sha256, model.card])
    return {
        "version": bench_runner.VERSION,
        "key": key,
        "model": model.name,
        "model_sha256": model.sha256,
        "card_sha256": model.card_sha256,
        "model_file": MODEL_PLACE,
        "files": dict(files),
    }


def _compute_answer(
    opened: OpenModel, runner: dict[str, Any], tensor: NDArray[np.float32]
) -> list[dict[str, Any]]:
    """Compute this computer's prediction for an image, with the product's own tensor, (C, h, w) or
    (h, w, C)."""
    batch = np.zeros((runner["batch"], *tensor.shape), np.float32)
    batch[0] = tensor
    return bench_runner.sample_outputs(
        opened.session, bench_runner.build_feed(batch, runner), runner["outputs"]
    )


def import_result(project: Project, path: Path, now: str) -> Latency:
    """Import the result that the exported program wrote on its device, and store it as a run of
    that machine. Raises PathMissing; RunnerResultRefused: `not_json`, `field`, `other_model`,
    `other_card`, `unknown` (exported from another project), or `answers`."""
    result = _read_result(path)
    stored = next(
        (
            model
            for model in project.read(models_table.list_models)
            if model.sha256 == result["model_sha256"]
        ),
        None,
    )
    if stored is None:
        raise RunnerResultRefused(path, "other_model", str(result["model_sha256"])[:12])
    if stored.card_sha256 != result["card_sha256"]:
        raise RunnerResultRefused(path, "other_card", stored.name)
    expected = project.read(
        lambda db: models_table.get_newest_fact(
            db, KIND, stored.sha256, result["card_sha256"], result["key"]
        )
    )
    if expected is None:
        raise RunnerResultRefused(path, "unknown", result["key"])
    apart = _compute_distance(result["answers"], expected["answers"])
    if not apart <= TOLERANCE:
        raise RunnerResultRefused(path, "answers", f"{apart:.2g}")
    timed = _parse_frames(result, path)
    load = f"busy={result['busy']}" if result["busy"] else "none"
    about = {
        "model": stored.name,
        "source": expected["source"],
        "load": load,
        "fps": float(result["fps"]),
    }
    machine = {
        name: _clean_text(result["machine"][name])
        for name in MACHINE
        if result["machine"].get(name)
    }
    measured = compute_latency(
        timed, RUNNER_STAGES, machine, float(result["memory"]["peak_mb"]), **about
    )
    graph = compute_model_memory(project.path / stored.file, get_card(stored))
    latency = replace(
        measured,
        on_target=True,
        graph=graph,
        small_boxes=estimate_small_box_share(project, get_card(stored), graph),
    )
    project.write(lambda db: store_latency(db, stored, latency, now)).result()
    return latency


def _prepare_frames(
    frames: LatencySource, spec: InputSpec, progress: Progress, people: frozenset[int]
) -> list[FittedImage]:
    """The first frames as they fit the tensor, without those of `people`: 200, or as many as 64 MB
    hold."""
    height, width = spec.size
    turns = min(
        frames.n, max(N_ANSWERS, min(MOST_FRAMES, MOST_BYTES // (height * width * spec.channels)))
    )
    kept = list[FittedImage]()
    for index in islice(
        (index for index in _iter_sampled_indices(frames) if index not in people), turns
    ):
        progress.report(len(kept), turns, "frames")
        progress.check()
        kept.append(fit_image(frames.decode(index), spec))
    return kept


def _iter_sampled_indices(frames: LatencySource) -> Iterator[int]:
    seen = set[int]()
    for index in frames.iter_indices():
        if index in seen:
            return
        seen.add(index)
        yield index


def _make_tensor(fitted: FittedImage, spec: InputSpec) -> NDArray[np.float32]:
    """(C, h, w) or (h, w, C) float32 by the card's layout."""
    tensor = np.zeros(spec.shape, np.float32)
    normalize_into(tensor, fitted, spec)
    return tensor


def _to_stored_pixels(tensor: NDArray[np.float32], spec: InputSpec) -> NDArray[np.uint8]:
    """(h, w, C) uint8 of a tensor, (C, h, w) or (h, w, C): the pixels whose (pixel − offset) ·
    factor it holds, colour order and padding included."""
    offset, factor = compute_offset_and_factor(spec)
    planes = tensor if spec.layout == "NCHW" else tensor.transpose(2, 0, 1)
    return np.asarray(
        np.clip(np.rint(planes / factor + offset), 0, 255).astype(np.uint8).transpose(1, 2, 0)
    )


def _read_result(path: Path) -> dict[str, Any]:
    """Read the result and check its keys and the types of its figures."""
    try:
        with map_os_errors(path):
            result = parse_json_file(path)
    except InvalidDocument as error:
        raise RunnerResultRefused(path, "not_json", str(error)) from error
    if not isinstance(result, dict) or set(result) != set(FIELDS):
        raise RunnerResultRefused(path, "field", "")
    wrong = [
        name
        for name, kind in FIELDS.items()
        if not isinstance(result[name], kind) or isinstance(result[name], bool)
    ]
    if wrong or result["version"] != bench_runner.VERSION:
        raise RunnerResultRefused(path, "field", ", ".join(wrong) or "version")
    if (
        not re.fullmatch(r"[0-9a-f]{16}", result["key"])
        or not 0 <= result["fps"] <= 1000
        or not 0 <= result["busy"] <= 256
    ):
        raise RunnerResultRefused(path, "field", "key, fps, busy")
    if isinstance(result["threads"], bool) or not 1 <= (result["threads"] or 1) <= MOST_THREADS:
        raise RunnerResultRefused(path, "field", f"threads: {result['threads']}")
    return result


def _parse_frames(values: Mapping[str, Any], path: Path) -> TimedFrames:
    """Parse the frames of a result. Raises RunnerResultRefused for impossible figures."""
    try:
        begun = _parse_column("begun_s", values["begun_s"], MOST_S)
        stages = np.column_stack(
            [
                _parse_column(name, values["stages_ms"][name], 1000 * MOST_S)
                for name in RUNNER_STAGES
            ]
        )
        warm, end, _peak = (
            _parse_number(name, values["memory"][name], 0.0, MOST_MB)
            for name in ("warm_mb", "end_mb", "peak_mb")
        )
        states = tuple(
            (_parse_number("states", time_s, 0.0, 2 * MOST_S), _parse_machine_state(dict(state)))
            for time_s, state in values["states"]
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RunnerResultRefused(path, "field", str(error)) from error
    whole = stages.sum(axis=1)
    usable = (
        begun.size == len(stages)
        and 1 < begun.size <= MOST_ROWS
        and 0 < len(states) <= MOST_ROWS
        and whole.min() > 0
    )
    if (
        not usable
        or not _is_sequential(begun, whole)
        or not (np.diff([time_s for time_s, _ in states]) >= 0).all()
    ):
        raise RunnerResultRefused(path, "field", "begun_s, stages_ms, states")
    return TimedFrames(begun, np.column_stack([whole, stages]), (warm, end), states, None)


def _is_sequential(begun: NDArray[np.float64], whole: NDArray[np.float64]) -> bool:
    """Whether (n,) frames, begun at these seconds and taking these milliseconds, came one after the
    other."""
    apart = np.diff(begun)
    return bool((apart > 0).all() and (whole[:-1] / 1000 <= apart + LATE_S).all())


def _parse_column(name: str, values: object, most: float) -> NDArray[np.float64]:
    """Figures from zero to `most`, (n,). Raises TypeError, ValueError, OverflowError."""
    if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
        raise TypeError(name)
    column = np.array(values, np.float64)
    if column.size and not (column.min() >= 0 and column.max() <= most):
        raise ValueError(f"{name}: {column.min():g}, {column.max():g}")
    return column


def _parse_machine_state(state: Mapping[str, Any]) -> MachineState:
    """State of the machine as its program tells it. Raises TypeError, ValueError, KeyError."""
    figures = {
        name: _parse_number(name, value, *STATES[name])
        for name, value in state.items()
        if name != "governor" and value is not None
    }
    governor = state.get("governor")
    if governor is not None and not (
        isinstance(governor, str) and len(governor) <= MOST_LETTERS and governor.isprintable()
    ):
        raise ValueError("governor")
    return MachineState(governor, **figures)


def _clean_text(value: object) -> str:
    """Return the device's name of itself, short and printable."""
    return "".join(letter for letter in str(value)[:MOST_LETTERS] if letter.isprintable())


def _parse_number(name: str, value: object, least: float, most: float) -> float:
    """A figure that a clock, a meter or a sensor gives. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name}: {value!r:.40}")
    return float(value)


def _compute_distance(came: Any, expected: Any) -> float:
    """Largest difference between two lists of outputs, relative where the value is above one;
    infinite where their shapes differ."""
    try:
        pairs = [
            (output, other)
            for outputs, others in zip(came, expected, strict=True)
            for output, other in zip(outputs, others, strict=True)
        ]
        furthest = 0.0
        for value, other in pairs:
            a, b = (
                np.array([np.nan if x is None else x for x in it["figures"]], np.float64)
                for it in (value, other)
            )
            if (
                value["shape"] != other["shape"]
                or a.shape != b.shape
                or not np.array_equal(np.isnan(a), np.isnan(b))
            ):
                return float("inf")
            furthest = max(
                furthest, float(np.nanmax(np.abs(a - b) / np.maximum(1.0, np.abs(b)), initial=0.0))
            )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return float("inf")
    return furthest
