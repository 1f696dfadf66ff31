"""Predictions and latency on another device: a folder that needs only numpy and the model's runtime
there, and import and validation of its result."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from types import UnionType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import paths
from fieldcheck.corruptions.export import write_folder_atomically
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.latency import DeviceArtefact, Latency, MachineState
from fieldcheck.domain.model_card import Card, InputSpec
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelRejected, RunnerResultRefused
from fieldcheck.files import make_json_key, map_os_errors, sha256_file, write_text
from fieldcheck.footage.image_folder import copy_file
from fieldcheck.latency import bench_runner
from fieldcheck.latency.device_predictions import (
    CELSIUS,
    MOST_MS,
    MOST_RESULT,
    PREDICTED,
    Question,
    describe_quiet,
    limit_questions,
    parse_number,
    parse_predictions,
    prepare_questions,
    to_stored_pixels,
)
from fieldcheck.latency.frame_timing import LatencySource, TimedFrames, open_latency_source
from fieldcheck.latency.latency_run import (
    ABOUT,
    compute_latency,
    estimate_small_box_share,
    store_latency,
)
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

PROGRAM, SETTINGS_FILE, FRAMES, CARD = "run_bench.py", "runner.json", "frames.npy", "card.json"
# Names from the device's file are never sent on.
MODEL_PLACE, WEIGHTS = "model/model.onnx", "weights_{}.bin"
MOST_FRAMES, MOST_BYTES, N_ANSWERS = 200, 64 << 20, 8
RUNNER_STAGES = ("read", "normalise", "forward")
# of facts about a model: the answers that its exported folder has to give, by the folder's key
KIND = "latency_runner"
TOLERANCE = 1e-4
# a run of ten minutes tells of heat; its blocks of ten seconds are looked at one by one
MOST_S = MOST_MS / 1000
MOST_ROWS, MOST_LETTERS = 2_000_000, 80
MOST_MB, MOST_THREADS = 1e7, 4096
LATE_S = 0.001  # Tolerated overlap of two frames, since both times are rounded.
STATES = {
    "mhz": (0.0, 1e5),
    "celsius": CELSIUS,
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
LATER_FIELDS: dict[str, type | UnionType] = {
    "manifest_sha256": str,
    "artefact": dict,
    "predictions": list,
    "digest": str,
}
"""Of the runner's second version."""
ENGINES = frozenset(bench_runner.ENGINES.values())


@dataclass(frozen=True, slots=True)
class ExportedRunner:
    """A folder for another device: `files` in it, `n` frames to time, `megabytes` in all;
    `n_people`: frames of the footage that stayed out because a person is marked on them or beside
    them. `n_field`, `n_benchmark`: picked frames and benchmark images that the device predicts."""

    folder: Path
    files: tuple[str, ...]
    n: int
    megabytes: float
    n_people: int = 0
    n_field: int = 0
    n_benchmark: int = 0


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
    and store the expected predictions. The picked frames and a spot check of the benchmark are
    predicted here first, as far as they are not yet. Frames with a person visible only
    `with_people`. Raises NoModel, ModelUnknown, ModelRejected (`runner` for integer inputs),
    NoFootage, PathMissing, PathOccupied, DiskFull, Cancelled."""
    with write_folder_atomically(folder) as into:
        model = find_model(project, model_name)
        path, card = project.path / model.file, get_card(model)
        opened = open_model(path, sha256=model.sha256)
        described = _describe_input(opened, card)
        with open_latency_source(project, source) as frames:
            people = frozenset[int]() if with_people else frames.people
            fitted = _prepare_frames(frames, card.input, progress, people)
            if not fitted:
                raise NoFootage(project.path)
        tensors = [_make_tensor(image, card.input) for image in fitted[:N_ANSWERS]]
        answers = [_compute_answer(opened, described, tensor) for tensor in tensors]
        questions = prepare_questions(project, model, progress, now, with_people)
        questions = limit_questions(questions, _measure_packed(opened, described, tensors[0]))
        _write_pixels(into / FRAMES, fitted, questions, card.input)
        write_text(into / CARD, model.card)
        program = paths.read_source("fieldcheck.latency", "bench_runner.py")
        write_text(into / PROGRAM, program.decode())
        files = {
            name: sha256_file(into / name) for name in (*_copy_model(path, into, progress), FRAMES)
        }
        settings = {
            **described,
            **_describe_model(model, files, questions),
            "n_answers": len(answers),
            "n_frames": len(fitted),
            "output_shapes": _get_output_shapes(answers),
        }
        write_text(into / SETTINGS_FILE, json.dumps(settings, indent=1) + "\n")
        expected = {
            **{name: settings[name] for name in ("secret", "output_shapes", "batch")},
            "source": frames.name,
            "answers": answers,
            "manifest_sha256": sha256_file(into / SETTINGS_FILE),
            "questions": [question.to_json() for question in questions],
        }
        project.write(
            lambda db: models_table.put_fact(
                db, KIND, model.sha256, model.card_sha256, settings["key"], expected, now
            )
        ).result()
    names = (PROGRAM, SETTINGS_FILE, CARD, *files)
    megabytes = sum((folder / name).stat().st_size for name in names) / 1e6
    n_benchmark = sum(bool(get_benchmark_path(question.subject)) for question in questions)
    counts = len(people), len(questions) - n_benchmark, n_benchmark
    return ExportedRunner(folder, names, len(fitted), megabytes, *counts)


def _write_pixels(
    path: Path, fitted: Sequence[FittedImage], questions: Sequence[Question], spec: InputSpec
) -> None:
    """Write frames to time and images to predict, (n, h, w, C) uint8. Raises DiskFull."""
    pixels = [to_stored_pixels(_make_tensor(image, spec), spec) for image in fitted]
    pixels += [question.pixels for question in questions]
    with map_os_errors(path), path.open("wb") as file:
        np.save(file, np.stack(pixels))


def _measure_packed(opened: OpenModel, runner: dict[str, Any], tensor: NDArray[np.float32]) -> int:
    """Bytes that the outputs of an image take in a result."""
    feed = bench_runner.build_feed(_make_batch(runner, tensor), runner)
    outputs = opened.session.run(runner["outputs"], feed)
    return sum(len(bench_runner.pack_output(output, runner["quiet"])["data"]) for output in outputs)


def _get_output_shapes(answers: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[int]]:
    """Shape of each output, −1 where its length differs from frame to frame."""
    shapes = [[output["shape"] for output in outputs] for outputs in answers]
    return [
        [side[0] if len(set(side)) == 1 else -1 for side in zip(*of_output, strict=True)]
        for of_output in zip(*shapes, strict=True)
    ]


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
    input_spec = next(
        (tensor_spec for tensor_spec in opened.inputs if tensor_spec.name == card.input.name),
        opened.inputs[0],
    )
    if input_spec.kind not in FLOATS:
        raise ModelRejected(opened.path, "runner", input_spec.kind)
    offset, factor = compute_offset_and_factor(card.input)
    return {
        "input": input_spec.name,
        "type": input_spec.kind,
        "layout": card.input.layout,
        "shape": list(card.input.shape),
        "batch": opened.batch or 1,
        "without_batch": len(input_spec.shape) == ONE_PICTURE,
        "offset": offset.ravel().tolist(),
        "factor": factor.ravel().tolist(),
        "outputs": list(get_read_tensors(card, [output.name for output in opened.outputs])),
        "quiet": describe_quiet(card),
    }


def _describe_model(
    model: StoredModel, files: Mapping[str, str], questions: Sequence[Question]
) -> dict[str, Any]:
    """Describe the model, the hashes of its files and the images asked about; the key identifies
    the exported folder, and the secret seals its result: nobody has it who has a result alone."""
    names = [question.subject for question in questions]
    contents = [dict(files), model.sha256, model.card, names]
    key, secret = make_json_key(contents), make_json_key([SETTINGS_FILE, *contents])
    return {
        "questions": names,
        "secret": secret,
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
    feed = bench_runner.build_feed(_make_batch(runner, tensor), runner)
    return bench_runner.sample_outputs(opened.session, feed, runner["outputs"])


def _make_batch(runner: dict[str, Any], tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    batch = np.zeros((runner["batch"], *tensor.shape), np.float32)
    batch[0] = tensor
    return batch


def import_result(project: Project, path: Path, now: str) -> Latency:
    """Import the result that the exported program wrote on its device, and store its latency as a
    run of that machine and its predictions. Raises PathMissing; RunnerResultRefused: `not_json`,
    `field`, `other_model`, `other_card`, `unknown` (exported from another project), `tampered`,
    `frames` or `answers`."""
    result = _read_result(path)
    stored, expected = _find_export(project, result, path)
    _check_seal(result, expected, path)
    artefact = _parse_artefact(result.get("artefact"), stored, path)
    _check_answers(result, expected, artefact, stored, path)
    predictions = parse_predictions(result.get("predictions", []), expected, get_card(stored), path)
    timed = _parse_frames(result, path)
    load = f"busy={result['busy']}" if result["busy"] else "none"
    about = {
        "model": stored.name,
        "source": expected["source"],
        "load": load,
        "fps": float(result["fps"]),
    }
    machine = _describe_machine(result["machine"], artefact)
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

    def store(db: Database) -> None:
        store_latency(db, stored, latency, now)
        if artefact is not None and predictions:
            fact = {
                "artefact": asdict(artefact),
                "imported": now,
                "machine": machine,
                "latency": latency.to_json(),
                "predictions": predictions,
            }
            names = (stored.sha256, stored.card_sha256, ABOUT)
            models_table.put_fact(db, PREDICTED, *names, fact, now)

    project.write(store).result()
    return latency


def _describe_machine(values: Mapping[str, Any], artefact: DeviceArtefact | None) -> dict[str, str]:
    machine = {name: _clean_text(values[name]) for name in MACHINE if values.get(name)}
    if artefact is not None:
        machine["artefact"] = f"{artefact.file}, SHA-256 {artefact.sha256[:12]}"
    return machine


def _find_export(
    project: Project, result: Mapping[str, Any], path: Path
) -> tuple[StoredModel, dict[str, Any]]:
    """The model that a result is of, and what was stored when its folder was exported. Raises
    RunnerResultRefused."""
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
    return stored, expected


def _check_seal(result: Mapping[str, Any], expected: Mapping[str, Any], path: Path) -> None:
    """Raises RunnerResultRefused where a result is not as the exported program wrote it. Whoever
    holds the folder could seal another one; changes on the way back are seen."""
    if "secret" not in expected:  # a folder of the first version
        return
    digest = bench_runner.compute_digest(dict(result), expected["secret"])
    if not hmac.compare_digest(digest, str(result.get("digest", ""))):
        raise RunnerResultRefused(path, "tampered")
    if result["manifest_sha256"] != expected["manifest_sha256"]:
        raise RunnerResultRefused(path, "frames", SETTINGS_FILE)


def _check_answers(
    result: Mapping[str, Any],
    expected: Mapping[str, Any],
    artefact: DeviceArtefact | None,
    stored: StoredModel,
    path: Path,
) -> None:
    """Raises RunnerResultRefused where the exported model itself answers otherwise on the device's
    processor, and no predictions of picked frames tell how much that matters."""
    if not all(get_benchmark_path(question["id"]) for question in expected.get("questions", [])):
        return
    is_own = artefact is None or (artefact.sha256, artefact.provider) == (
        stored.sha256,
        bench_runner.CPU,
    )
    apart = _compute_distance(result["answers"], expected["answers"]) if is_own else 0.0
    if not apart <= TOLERANCE:
        raise RunnerResultRefused(path, "answers", f"{apart:.2g}")


def _parse_artefact(
    values: Mapping[str, Any] | None, stored: StoredModel, path: Path
) -> DeviceArtefact | None:
    """None for a result of the first version, which ran the exported model alone."""
    if values is None:
        return None
    sha256, size = str(values.get("sha256")), values.get("bytes")
    if (
        not re.fullmatch(r"[0-9a-f]{64}", sha256)
        or isinstance(size, bool)
        or not isinstance(size, int)
        or values.get("engine") not in ENGINES
    ):
        raise RunnerResultRefused(path, "field", "artefact")
    texts = {name: _clean_text(values.get(name, "")) for name in ("file", "runtime", "provider")}
    if sha256 == stored.sha256:
        texts["file"] = PurePosixPath(stored.file).name  # the exported one has a name of its own
    return DeviceArtefact(sha256=sha256, bytes=size, engine=values["engine"], **texts)


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


def _read_result(path: Path) -> dict[str, Any]:
    """Read the result and check its keys and the types of its figures."""
    try:
        with map_os_errors(path):
            result = parse_json_file(path, MOST_RESULT)
    except InvalidDocument as error:
        raise RunnerResultRefused(path, "not_json", str(error)) from error
    if not isinstance(result, dict):
        raise RunnerResultRefused(path, "field", "")
    fields = FIELDS if result.get("version") == 1 else {**FIELDS, **LATER_FIELDS}
    if set(result) != set(fields):
        raise RunnerResultRefused(path, "field", "")
    wrong = [
        name
        for name, kind in fields.items()
        if not isinstance(result[name], kind) or isinstance(result[name], bool)
    ]
    if wrong or result["version"] not in (1, bench_runner.VERSION):
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
            [_parse_column(name, values["stages_ms"][name], MOST_MS) for name in RUNNER_STAGES]
        )
        warm, end, _peak = (
            parse_number(name, values["memory"][name], 0.0, MOST_MB)
            for name in ("warm_mb", "end_mb", "peak_mb")
        )
        states = tuple(
            (parse_number("states", time_s, 0.0, 2 * MOST_S), _parse_machine_state(dict(state)))
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
        name: parse_number(name, value, *STATES[name])
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


def _compute_distance(actual: Any, expected: Any) -> float:
    """Largest difference between two lists of outputs, relative where the value is above one;
    infinite where their shapes differ."""
    try:
        pairs = [
            (output, other)
            for outputs, others in zip(actual, expected, strict=True)
            for output, other in zip(outputs, others, strict=True)
        ]
        furthest = 0.0
        for value, other in pairs:
            a, b = (
                np.array([np.nan if x is None else x for x in output["figures"]], np.float64)
                for output in (value, other)
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
