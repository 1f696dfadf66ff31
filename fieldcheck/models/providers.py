"""Execution providers: inference on frames, the provider check against the processor, the choice of
provider, and versions kept with a run."""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from math import ceil, prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck import __version__, settings
from fieldcheck.domain.model_card import Card, InputSpec, parse_card
from fieldcheck.domain.prediction import ByKind
from fieldcheck.domain.run import (
    CPU,
    MOST_MOVED,
    PROVIDER_NAMES,
    Parity,
    Run,
    RunEnvironment,
    StoredModel,
)
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import TEMPORARY, make_json_key
from fieldcheck.imaging.codec import read_image
from fieldcheck.latency.machine_state import read_machine_name
from fieldcheck.models.decoders.decoder import (
    OF_CLASSES,
    FramePlacement,
    InferenceResult,
    UnknownClass,
    decode_batch,
    get_read_tensors,
)
from fieldcheck.models.doctor.feed import render_probe_images
from fieldcheck.models.plugins import PluginError, get_plugin_versions
from fieldcheck.models.preprocess import Preprocessed, preprocess_image, preprocess_into
from fieldcheck.models.session import PROCESSOR, OpenModel, open_model
from fieldcheck.paths import get_app_paths, get_library_version
from fieldcheck.progress import Progress, time_stage
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as facts_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.stats.iou_of_boxes_and_masks import SCORE, compute_f1_agreement

# Frames in, answers out: the one way on which a model answers, for footage, picks and benchmark
# alike.

Answer = tuple[NDArray[np.float32], bool]

TINY_BYTES = 16 << 20
TINY_PIXELS = 256 * 256
TINY_BATCH, FEW = 8, 4
WORTH_IT, ROUNDS = 0.9, 2  # of the time of single runs, each time that both are measured
MOST_WAITING, MOST_WAITING_BYTES = 8, 5 << 20


class ModelRunner:
    """Answers for one model and card; may be shared by threads. `batch_size` is how many frames go
    into one run."""

    def __init__(self, model: OpenModel, card: Card, batch_size: int | None = None) -> None:
        """Without `batch_size` a tiny model is measured, every other takes one frame a run. Raises
        ModelRejected, `time`, where one run of that measure does not end."""
        self.model, self.card = model, card
        self._input = card.input.name or model.inputs[0].name
        self._outputs = get_read_tensors(card, [tensor.name for tensor in model.outputs])
        self.batch_size = model.batch or batch_size or 1
        if (
            model.batch is None
            and batch_size is None
            and self._is_tiny()
            and self._is_faster_in_batches()
        ):
            self.batch_size = TINY_BATCH

    def predict(self, frames: Sequence[NDArray[np.uint8]]) -> list[Answer]:
        """Predictions for frames.

        Args:
            frames: (H, W, 3) uint8 RGB each.

        Returns:
            For each frame its prediction, laid out as in `domain.prediction`, and whether an output
            was not finite.

        Raises:
            ModelRejected: `run_failed`; `classes` for a box of a class that the card lacks;
                `output_kind` for tensors that contradict
                the card.
        """
        return [
            (inference_result.answer, inference_result.nan)
            for inference_result in self.predict_with_masks(frames)
        ]

    def predict_with_masks(self, frames: Sequence[NDArray[np.uint8]]) -> list[InferenceResult]:
        """For each (H, W, 3) uint8 RGB frame its prediction, and its masks for kinds of output that
        have any. Raises as `predict`."""
        waiting, inference_results = (
            self.start_frames(min(MOST_WAITING, len(frames))),
            list[InferenceResult](),
        )
        for frame in frames:
            waiting.add(frame)
            if waiting.is_full:
                inference_results += waiting.predict_all()
        return inference_results + waiting.predict_all()

    def start_frames(self, most: int = MOST_WAITING) -> PendingFrames:
        """Waiting frames of this runner, at most `most` of them."""
        return PendingFrames(self, most)

    def with_input(self, spec: InputSpec) -> ModelRunner:
        """The same model fed by another spec. Raises ModelRejected where it has none."""
        return ModelRunner(self.model, replace(self.card, input=spec), self.batch_size)

    def run_batch(self, tensor: NDArray[np.float32]) -> list[NDArray[np.generic]]:
        """Output tensors for preprocessed images.

        Args:
            tensor: (n, …) float32 in the card's layout.

        Returns:
            The tensors that predictions are decoded from, floating ones as float32.

        Raises:
            ModelRejected: `run_failed`.
        """
        return self.run_batches([tensor])[0]

    def run_batches(
        self, tensors: Sequence[NDArray[np.float32]]
    ) -> list[list[NDArray[np.generic]]]:
        """Runs several batches, (n, …) float32 each, one after the other, as `run_batch` does.
        Raises as that, for the first failure."""
        with time_stage("run_model"):
            arrays = self.model.run_in_turn(
                [{self._input: tensor} for tensor in tensors], self._outputs
            )
        return [
            [
                output.astype(np.float32, copy=False)
                if np.issubdtype(output.dtype, np.floating)
                else output
                for output in outputs
            ]
            for outputs in arrays
        ]

    def decode_outputs(
        self,
        outputs: Sequence[NDArray[np.generic]],
        n: int,
        frame_placements: Sequence[FramePlacement],
    ) -> list[InferenceResult]:
        """Predictions for the frames at `frame_placements`, the first of the `n` images of a run,
        decoded from its tensors, (n, …) each. Raises as `predict`."""
        try:
            return decode_batch(outputs, n, self.card, frame_placements)
        except PluginError as error:
            raise ModelRejected(self.model.path, error.problem, error.detail) from error
        except UnknownClass as error:
            raise ModelRejected(
                self.model.path,
                "classes",
                f"class {error.index} of {len(self.card.classes)} classes",
            ) from error
        except ValueError as error:
            raise ModelRejected(
                self.model.path, "output_kind", f"{self.card.output.kind}: {error}"
            ) from error

    def _is_tiny(self) -> bool:
        height, width = self.card.input.size
        return self.model.path.stat().st_size <= TINY_BYTES and height * width <= TINY_PIXELS

    def _is_faster_in_batches(self) -> bool:
        """Whether a batch is faster here, and gives every frame the very figures that it has alone:
        answers must not depend on company."""
        probe = np.random.default_rng(0).random((TINY_BATCH, *self.card.input.shape), np.float32)
        try:
            self.run_batch(probe[:FEW])
        except ModelRejected as error:
            if error.problem in ("time", "busy"):
                # noise is a picture like any other: what does not end on it is not waited for a
                # second time
                raise
            return False  # the file leaves the batch open and fixes it inside
        if not self._is_batch_quicker(probe[:FEW]):
            return False  # the usual case, found out first
        together = self.run_batch(probe)
        alone = zip(
            *(self.run_batch(probe[index : index + 1]) for index in range(TINY_BATCH)), strict=True
        )
        if not all(
            _is_same_output(output, others) for output, others in zip(together, alone, strict=True)
        ):
            return False
        return all(self._is_batch_quicker(probe) for _ in range(ROUNDS))

    def _is_batch_quicker(self, probe: NDArray[np.float32]) -> bool:
        return self._measure_seconds(probe, len(probe)) < WORTH_IT * self._measure_seconds(probe, 1)

    def _measure_seconds(self, probe: NDArray[np.float32], step: int) -> float:
        """For one pass over the probe, `step` frames a run."""
        began = time.perf_counter()
        for index in range(0, len(probe), step):
            self.run_batch(probe[index : index + step])
        return time.perf_counter() - began


def _is_same_output(together: NDArray[np.generic], alone: Sequence[NDArray[np.generic]]) -> bool:
    """Whether the batch gave each picture what it has alone, by a batch axis that all of them
    have."""
    if (
        not together.ndim
        or together.shape[0] != TINY_BATCH
        or any(output.shape != (1, *together.shape[1:]) for output in alone)
    ):
        return False
    joined = np.concatenate(alone)
    return np.array_equal(
        together, joined, equal_nan=bool(np.issubdtype(joined.dtype, np.floating))
    )


def _can_concatenate(
    outputs: Sequence[NDArray[np.generic]], runs: Sequence[NDArray[np.float32]]
) -> bool:
    """Whether tensors of several runs are rows of one: each has a row a picture, and all rows have
    one shape."""
    return all(
        output.ndim > 1 and len(output) == len(run) and output.shape[1:] == outputs[0].shape[1:]
        for output, run in zip(outputs, runs, strict=True)
    )


class PendingFrames:
    """Preprocesses frames one by one as they arrive and runs the model on a few at a time. For one
    thread.

    Decoding and preprocessing several frames in a row is faster than alternating with the model,
    which evicts their data from the processor's cache; and only a frame's tensor is kept until the
    run."""

    def __init__(self, runner: ModelRunner, most: int = MOST_WAITING) -> None:
        """`most`: how many frames wait together at most; fewer where their tensors are large, and
        always whole runs."""
        self._runner, self._step = runner, runner.batch_size
        shape = runner.card.input.shape
        fitting = min(most, MOST_WAITING_BYTES // (4 * prod(shape)))
        self._tensor: NDArray[np.float32] = np.empty(
            (max(1, fitting // self._step) * self._step, *shape), np.float32
        )
        self._places: list[FramePlacement] = []

    @property
    def is_full(self) -> bool:
        """Whether `predict_all` must be called before another frame is added."""
        return len(self._places) == len(self._tensor)

    def add(self, frame: NDArray[np.uint8]) -> Preprocessed:
        """Preprocesses a (H, W, 3) uint8 RGB frame. The returned tensor is a view, valid until the
        first frame after `predict_all`."""
        tensor = self._tensor[len(self._places)]
        with time_stage("preprocess"):
            placement = preprocess_into(tensor, frame, self._runner.card.input)
        self._places.append((placement, (frame.shape[0], frame.shape[1])))
        return Preprocessed(tensor, placement)

    def predict_all(self) -> list[InferenceResult]:
        """The predictions for all waiting frames, in their order; afterwards none waits. Raises as
        `ModelRunner.predict`."""
        positions, self._places, step = self._places, [], self._step
        n = len(positions)
        if not n:
            return []
        rows = n if self._runner.model.batch is None else ceil(n / step) * step
        self._tensor[n:rows] = 0  # a batch that the file fixes is filled up
        runs = [self._tensor[first : min(first + step, rows)] for first in range(0, rows, step)]
        # all before the first is read: this, too, is quicker side by side
        arrays = self._runner.run_batches(runs)
        if self._runner.card.output.kind in OF_CLASSES and _can_concatenate(
            [outputs[0] for outputs in arrays], runs
        ):
            return self._runner.decode_outputs(
                [np.concatenate([outputs[0] for outputs in arrays])], n, positions
            )
        read = [
            self._runner.decode_outputs(outputs, len(runs[k]), positions[k * step : (k + 1) * step])
            for k, outputs in enumerate(arrays)
        ]
        return [answer for answers in read for answer in answers]


# A function of a script in place of a graph: it answers whole frames, one after the other.

AnswerFunction = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
FUNCTIONS: dict[str, AnswerFunction] = {}
"""Functions of this process by the SHA-256 that their model is stored with."""


class FunctionRunner(ModelRunner):
    """Asks a function of this process, one frame at a time, whichever thread wants to know."""

    def __init__(self, path: Path, card: Card, answer: AnswerFunction) -> None:
        self.path, self.card, self.batch_size = path, card, 1
        self._answer, self._lock = answer, threading.Lock()

    def start_frames(self, most: int = MOST_WAITING) -> PendingFrames:
        return _PendingCalls(self, most)

    def with_input(self, spec: InputSpec) -> ModelRunner:
        if spec != self.card.input:
            raise ModelRejected(self.path, "function")
        return self

    def answer(self, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What the function says of a (H, W, 3) uint8 RGB frame. Raises ModelRejected where it
        raises, from that error."""
        with self._lock:
            try:
                return self._answer(frame)
            except FieldcheckError:
                raise
            except Exception as error:
                detail = f"{type(error).__name__}: {error}"
                raise ModelRejected(self.path, "function_raised", detail) from error


class _PendingCalls(PendingFrames):
    """Frames for a function, which is asked as they come."""

    def __init__(self, runner: FunctionRunner, most: int) -> None:
        self._function, self._most = runner, most
        self._results: list[InferenceResult] = []

    @property
    def is_full(self) -> bool:
        return len(self._results) >= self._most

    def add(self, frame: NDArray[np.uint8]) -> Preprocessed:
        answer = self._function.answer(frame)
        self._results.append(InferenceResult(answer, not bool(np.isfinite(answer).all())))
        return preprocess_image(frame, self._function.card.input)

    def predict_all(self) -> list[InferenceResult]:
        results, self._results = self._results, []
        return results


RUNTIME = ort.__version__


def list_providers() -> tuple[str, ...]:
    """The execution providers of the installed runtime, the processor first."""
    there = set(ort.get_available_providers())
    return tuple(code for code, name in PROVIDER_NAMES.items() if name in there)


def measure_parity(
    provider: str,
    reference: ModelRunner,
    other: ModelRunner,
    frames: Sequence[NDArray[np.uint8]],
    lacks: tuple[str, ...] = (),
) -> Parity:
    """Runs both providers on the same (H, W, 3) uint8 RGB frames and compares their outputs. A
    provider whose session fails is reported as `failed`."""
    try:
        pairs = list(zip(reference.predict(frames), other.predict(frames), strict=True))
    except ModelRejected as error:
        return Parity(provider, len(frames), lacks=lacks, problem="failed", detail=error.detail)
    moved = max((measure_difference(a, b, reference.card) for (a, _), (b, _) in pairs), default=0.0)
    same_nan = all(one_nan == two_nan for (_, one_nan), (_, two_nan) in pairs)
    return Parity(
        provider, len(frames), moved, lacks, "" if same_nan and moved <= MOST_MOVED else "differs"
    )


def list_cpu_operators(path: Path, provider: str, card: Card) -> tuple[str, ...]:
    """The operators of the file that the processor computes in its place, from the runtime's trace
    of one run. Raises ModelRejected."""
    with TemporaryDirectory(prefix=TEMPORARY) as folder:
        model = open_model(path, provider=PROVIDER_NAMES[provider], trace=Path(folder) / "trace")
        model.warm_up((model.batch or 1, *card.input.shape))
        events = json.loads(Path(model.session.end_profiling()).read_text("utf-8"))
    nodes = [event["args"] for event in events if event.get("cat") == "Node"]
    return tuple(
        sorted({str(node["op_name"]) for node in nodes if node.get("provider") == PROCESSOR})
    )


def measure_difference(a: NDArray[np.float32], b: NDArray[np.float32], card: Card) -> float:
    """Measure how far two answers to one frame are apart.

    Args:
        a: (K,) scores, or (n, 6) boxes.
        b: the other answer: (K,) scores, or (m, 6) boxes.
        card: card of the model that gave both.

    Returns:
        The largest difference of the scores. For boxes also the share without a partner, whichever
        is larger.
    """
    return MOVES[card.answers](a, b, card)


def _measure_box_difference(a: NDArray[np.float32], b: NDArray[np.float32], card: Card) -> float:
    a, b = (rows[rows[:, SCORE] >= card.output.threshold] for rows in (a, b))
    apart = 1.0 - compute_f1_agreement(a, b)
    scores = (
        np.abs(np.sort(a[:, SCORE]) - np.sort(b[:, SCORE])) if len(a) == len(b) else np.zeros(0)
    )
    return max(apart, float(scores.max(initial=0.0)))


def _measure_score_difference(a: NDArray[np.float32], b: NDArray[np.float32], _card: Card) -> float:
    if a.shape != b.shape:
        return 1.0
    both = np.isfinite(a) & np.isfinite(b)
    if not both.any():
        return 0.0
    return float(np.abs(a[both] - b[both]).max() / max(1.0, float(np.abs(a[both]).max())))


MOVES = ByKind(
    one_class=_measure_score_difference,
    several_classes=_measure_score_difference,
    boxes=_measure_box_difference,
    class_map=_measure_score_difference,
)


# Versions and machine of a run: stored with it, printed in the report, compared by a replay.

LIBRARIES = (
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "albumentations",
    "faster-coco-eval",
    "scipy",
    "pillow",
)
# of each session that answers a run: pictures are worked on side by side instead
ANSWER_THREADS = 1


def get_run_environment() -> RunEnvironment:
    """Versions and machine of this process as stored with a run, with every decoder plug-in's
    version and source."""
    machine = _describe_machine()
    return RunEnvironment(
        {**get_library_versions(), **get_plugin_versions()},
        {name: machine[name] for name in ("processor", "cores", "system")},
        ANSWER_THREADS,
    )


@cache
def _describe_machine() -> dict[str, str]:
    return read_machine_name()


@cache
def get_library_versions() -> dict[str, str]:
    """Versions of Fieldcheck, Python and each library that affects the numbers."""
    return {
        "fieldcheck": __version__,
        "python": platform.python_version(),
        **{name: get_library_version(name) for name in LIBRARIES},
    }


def get_machine_kind() -> dict[str, str]:
    """System, processor family and number of cores, as a report tells them."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "cores": str(os.cpu_count()),
    }


# Which provider a model is computed with on this computer: the one that is set, where it has given
# the processor's answers before.

KIND = "provider"


def get_set_provider() -> str:
    """The configured provider; the processor where the setting names no known one."""
    set_to = settings.load_settings(get_app_paths().settings).provider
    return set_to if set_to in PROVIDER_NAMES else CPU


def list_installed_providers() -> tuple[str, ...]:
    """Those that the runtime on this computer has, by code, the processor first."""
    return list_providers()


def get_provider(project: Project, model: StoredModel) -> str:
    """The provider in use: the configured one where it passed its check with this model and card,
    else the processor."""
    wanted = get_set_provider()
    parity = get_parity(project, model, wanted) if wanted != CPU else None
    return wanted if parity is not None and parity.is_usable else CPU


def insert_run(db: Database, run: Run, provider: str) -> None:
    """A run, and where and with what some of its answers are computed."""
    runs_table.put_run(db, run)
    runs_table.put_run_environment(db, run.run_id, get_run_environment())
    runs_table.put_run_provider(db, run.run_id, provider)


def get_parity(project: Project, model: StoredModel, provider: str) -> Parity | None:
    """Parity found when this provider was checked on this computer with the model and its card;
    None where nobody did."""
    fact = project.read(
        lambda db: facts_table.get_newest_fact(db, KIND, *_make_parity_key(model, provider))
    )
    return None if fact is None else Parity(**{**fact, "lacks": tuple(fact["lacks"])})


def get_set_parity(project: Project, model: StoredModel | None) -> Parity | None:
    """Parity of the provider that is set; None where that is the processor, or nobody checked it
    with this model yet."""
    wanted = get_set_provider()
    return None if model is None or wanted == CPU else get_parity(project, model, wanted)


def list_used_providers(project: Project, model: StoredModel | None) -> tuple[str, ...]:
    """Where the answers of the model were computed, by code; none where nothing was run."""
    return (
        project.read(lambda db: runs_table.get_providers_of_model(db, model.sha256))
        if model is not None
        else ()
    )


def store_parity(project: Project, model: StoredModel, parity: Parity, now: str) -> None:
    """Stores the result of a provider check."""
    fields: dict[str, Any] = {name: getattr(parity, name) for name in Parity.__dataclass_fields__}
    project.write(
        lambda db: facts_table.put_fact(
            db, KIND, *_make_parity_key(model, parity.provider), fields, now
        )
    ).result()


def _make_parity_key(model: StoredModel, provider: str) -> tuple[str, str, str]:
    """Another computer, or another runtime on this one, is another question."""
    here = [
        provider,
        RUNTIME,
        platform.system(),
        platform.release(),
        platform.machine(),
        os.cpu_count(),
    ]
    return model.sha256, model.card_sha256, make_json_key(here)


# The check that a provider must pass before it is used: a few frames, there and on the processor.

FRAMES = 4


def check_set_provider(
    project: Project, model: StoredModel, files: Sequence[str], progress: Progress, now: str
) -> Parity | None:
    """Checks the configured provider with this model unless that was done before; None where it is
    the processor.

    The first of the image `files` are used, rendered ones where there are none. Raises
    PictureUnreadable, Cancelled."""
    wanted = get_set_provider()
    if wanted == CPU or parse_card(parse_json(model.card)).is_foreign:
        return None
    parity = get_parity(project, model, wanted)
    if parity is None or (parity.problem == "missing" and wanted in list_providers()):
        progress.check()
        frames = [read_image(Path(file)) for file in files[:FRAMES]] or list(
            render_probe_images(FRAMES)
        )
        parity = measure_provider_parity(
            project.path / model.file,
            parse_card(parse_json(model.card)),
            wanted,
            frames,
            model.sha256,
        )
        store_parity(project, model, parity, now)
    return parity


def measure_provider_parity(
    path: Path, card: Card, provider: str, frames: Sequence[NDArray[np.uint8]], sha256: str = ""
) -> Parity:
    """One provider beside the processor, over (H, W, 3) frames. What it lacks is named, and left to
    the processor. Raises ModelRejected where the processor itself cannot run the file."""
    if provider not in list_providers():
        return Parity(provider, problem="missing")
    reference = ModelRunner(open_model(path, sha256=sha256), card, batch_size=1)
    try:
        lacks = list_cpu_operators(path, provider, card)
        opened = open_model(path, provider=PROVIDER_NAMES[provider])
        other = ModelRunner(opened, card, batch_size=1)
    except ModelRejected as error:
        return Parity(provider, problem="failed", detail=error.detail)
    if PROVIDER_NAMES[provider] not in opened.session.get_providers():
        return Parity(provider, problem="failed", detail="not loaded")
    return measure_parity(provider, reference, other, frames, lacks)
