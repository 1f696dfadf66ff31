"""An ONNX file as a session: opened offline, on the CPU, after a first try in a process of its own,
and run within a time limit."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from fieldcheck.child_process import run_module
from fieldcheck.errors.files import FieldcheckError, PathRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import write_bytes
from fieldcheck.models.onnx_file import (
    QuantisationStep,
    check_whole,
    compute_combined_sha256,
    read_onnx,
    round_to_integer,
)
from fieldcheck.paths import get_app_paths, make_private
from fieldcheck.progress import CancelToken, get_cancel_token
from fieldcheck.safe_json_yaml import parse_json

# One call into a library that does not come back by itself: made on another thread, within a limit.

T = TypeVar("T")
Outcome = tuple[Any, BaseException | None]  # of a call: its result, or what it raised
OutcomeQueue = SimpleQueue[Outcome | None]  # None: the call was cancelled
CallQueue = SimpleQueue[tuple[Callable[[], object], OutcomeQueue] | None]  # None: no more calls

BUSY_FACTOR = 10  # times its limit, for a call on a computer that is too busy to make it
CHECK_EVERY_S = 0.5
GRACE_S = 2.0  # how long a call that was asked to end may take to do so
THREAD_NAME = "call with a limit"


class RunTimeout(Exception):
    """The call took longer than it may, and was asked to end. `busy`: this process was not given
    the processor time that the call may take."""

    def __init__(self, busy: bool) -> None:
        super().__init__(busy)
        self.busy = busy


def run_with_timeout(seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
    """Makes a call that may take `seconds`, both by the clock and of this process's processor time,
    but never `BUSY_FACTOR` times as long by the clock.

    It runs on another thread, since one inside a library sees no signal. That thread waits for the
    next call of this one and ends with it; of the main thread, which the work that calls does not
    end, each call has its own. A call that does not end when it is asked to is left to itself.

    Args:
        seconds: the limit.
        call: the call.
        end: asks it to end; from any thread, also more than once.

    Returns:
        What `call` returns; what it raises is raised here.

    Raises:
        RunTimeout: it was too late.
        Cancelled: the token of this thread's work was cancelled.
    """
    token, outcomes = get_cancel_token() or CancelToken(), OutcomeQueue()
    thread = _take_call_thread()
    try:
        with token.call_on_cancel(partial(outcomes.put, None)):
            thread.start_call(call, outcomes)
            outcome, busy = _wait_for_outcome(outcomes, seconds)
        if outcome is not None and threading.current_thread() is not threading.main_thread():
            _own.call_thread = thread
    except BaseException:
        end()
        raise
    finally:
        del thread  # else it would be held by the traceback of what is raised
    if outcome is None:
        end()
        _wait_after_end(outcomes)
        token.check()
        raise RunTimeout(busy)
    return cast(T, _return_or_raise(*outcome))


class _CallThread:
    """A thread that makes one call after the other, and ends when nobody holds this any more: to
    start one for each call takes four times as long as to wake it."""

    def __init__(self) -> None:
        self._calls = CallQueue()
        # A daemon, so that a call that never ends does not keep the program from ending.
        self._thread = threading.Thread(
            target=_make_calls, args=(self._calls,), name=THREAD_NAME, daemon=True
        )
        self._thread.start()

    def __del__(self) -> None:
        self._calls.put(None)

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start_call(self, call: Callable[[], object], outcomes: OutcomeQueue) -> None:
        self._calls.put((call, outcomes))


# of each thread that is at work, which shares its priority
_own = threading.local()


def _take_call_thread() -> _CallThread:
    """The thread that waits for calls of this one. It is held by nobody else until its call has
    ended, and a process that was forked meanwhile has none."""
    thread: _CallThread | None = _own.__dict__.pop("call_thread", None)
    return thread if thread is not None and thread.is_alive() else _CallThread()


def _make_calls(calls: CallQueue) -> None:
    while (order := calls.get()) is not None:
        call, outcomes = order
        del order
        outcome = _make_call(call)
        del call  # nothing of it is kept once its outcome is known
        outcomes.put(outcome)
        del outcome, outcomes


def _make_call(call: Callable[[], object]) -> Outcome:
    try:
        return call(), None
    except BaseException as error:  # noqa: BLE001 - this thread's boundary: raised in the caller's
        return None, error


def _wait_for_outcome(outcomes: OutcomeQueue, seconds: float) -> tuple[Outcome | None, bool]:
    """The outcome, None where the call was cancelled or is too late; and whether this process lacks
    processor time."""
    began, used = time.monotonic(), time.process_time()
    while True:
        with suppress(Empty):
            return outcomes.get(timeout=min(CHECK_EVERY_S, seconds)), False
        elapsed, busy = time.monotonic() - began, time.process_time() - used < seconds
        if elapsed >= (BUSY_FACTOR * seconds if busy else seconds):
            return None, busy


def _wait_after_end(outcomes: OutcomeQueue) -> None:
    """Waits for a call that was asked to end, as long as that may take."""
    until = time.monotonic() + GRACE_S
    with suppress(Empty):
        while outcomes.get(timeout=max(0.0, until - time.monotonic())) is None:
            continue


def _return_or_raise(result: object, error: BaseException | None) -> object:
    if error is None:
        return result
    try:
        raise error
    finally:
        del error  # else it would be held by its own traceback


# Of processor time too: a busy computer refuses no sound model.
TRIAL_SECONDS = 30.0
RUN_SECONDS = 120.0  # for one run of one batch
SILENT = 4  # onnxruntime: fatal messages only; what matters arrives as an exception
FLOATS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}
SMALL: dict[str, type[np.integer]] = {
    "tensor(int8)": np.int8,
    "tensor(uint8)": np.uint8,
    "tensor(int16)": np.int16,
    "tensor(uint16)": np.uint16,
}
TAKEN = FLOATS.keys() | SMALL.keys()  # types of tensors that a picture can be given in
INTEGERS = {*SMALL, "tensor(int32)", "tensor(int64)"}
WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"
SHARED_MEMORY = "session.use_env_allocators"
PROCESSOR = "CPUExecutionProvider"
ONE_PICTURE = 3  # axes of an input without a batch

RUNTIME_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    ort_errors.EPFail,
    ort_errors.ModelLoaded,
    ort_errors.NoModel,
)
# What onnxruntime writes into its exceptions is the only place where it tells these cases apart:
# pattern, problem, detail.
CAUSES = (
    (
        re.compile(r"Unsupported model IR version: (\d+), max supported IR version: (\d+)"),
        "too_new",
        "IR {}, limit {}",
    ),
    (
        re.compile(r"only \*guarantees\* support for models.*?Opset (\d+) .*?till opset (\d+)"),
        "too_new",
        "opset {}, limit {}",
    ),
    (re.compile(r"(\S+)\(-?\d+\) is not a registered function/op"), "unsupported_operator", "{}"),
    (re.compile(r"No Op registered for (\S+)"), "unsupported_operator", "{}"),
    (re.compile(r"Could not find an implementation for (\S+)"), "unsupported_operator", "{}"),
    (re.compile(r"No opset import for domain (\S+)"), "unsupported_operator", "{}"),
    (re.compile(r"External data path.*?initializer: (\S+)"), "external_data_missing", "{}"),
    (re.compile(r"Protobuf parsing failed"), "not_onnx", ""),
    (re.compile(r"bad allocation|std::bad_alloc"), "memory", ""),
    (
        re.compile(r"Failed to allocate memory for requested buffer of size (\d+)"),
        "memory",
        "{} bytes",
    ),
    (
        re.compile(r"Available memory of \d+ is smaller than requested bytes of (\d+)"),
        "memory",
        "{} bytes",
    ),
)
SOURCE_PLACES = re.compile(r"/onnxruntime_src/\S+ .*\) ")
LONGEST_DETAIL = 200
TRIED = "tried"
MOST_BYTES = 8 << 30  # of tensors in one process; a trial's limit is half of it, for one model
_tried: set[str] = set()


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """An input or output as the file declares it. `shape` has None for an open dimension; `kind` is
    onnxruntime's type name."""

    name: str
    shape: tuple[int | None, ...]
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class OpenModel:
    """A session that several threads may run. `sha256` covers external weights too. `steps`: scale
    and zero point of quantised inputs and outputs, by name."""

    path: Path
    sha256: str
    opset: int
    metadata: Mapping[str, str]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    session: ort.InferenceSession
    steps: Mapping[str, QuantisationStep] = field(default_factory=dict)

    @property
    def batch(self) -> int | None:
        """Number of images that one run takes; None for any number. An input of three axes takes
        one image."""
        shape = self.inputs[0].shape
        return 1 if len(shape) == ONE_PICTURE else shape[0] if shape else None

    def run(
        self, feeds: Mapping[str, NDArray[np.float32]], names: tuple[str, ...] = ()
    ) -> list[NDArray[np.generic]]:
        """Runs the model.

        Args:
            feeds: (n, …) real values by input name; converted to the type that the input asks for,
                or quantised by the graph's own scale.
            names: outputs to return, or all.

        Returns:
            The outputs; quantised ones as the real values they stand for.

        Raises:
            ModelRejected: `run_failed`; `time` for a run of two minutes, such as a data-dependent
                loop; `busy` for one that did not get that processor time.
            Cancelled: the flag of this thread's work is raised, also during a run.
        """
        return self.run_in_turn([feeds], names)[0]

    def run_in_turn(
        self, batches: Sequence[Mapping[str, NDArray[np.float32]]], names: tuple[str, ...] = ()
    ) -> list[list[NDArray[np.generic]]]:
        """Runs the model on several batches, (n, …) each, one after the other on one thread: two
        threads that exchange many short runs would spend as long waiting as computing. Arguments,
        outputs and errors of each as `run`."""
        wanted = list(names or (tensor.name for tensor in self.outputs))
        inputs = {tensor.name: tensor for tensor in self.inputs}
        fed = [
            {name: self._convert_input(array, inputs[name]) for name, array in feeds.items()}
            for feeds in batches
        ]
        flag, options = get_cancel_token() or CancelToken(), ort.RunOptions()
        flag.check()
        try:
            runs = run_with_timeout(
                RUN_SECONDS * len(fed),
                lambda: [self.session.run(wanted, feeds, options) for feeds in fed],
                partial(setattr, options, "terminate", True),
            )
        except RunTimeout as late:
            problem, factor = ("busy", BUSY_FACTOR) if late.busy else ("time", 1)
            raise ModelRejected(self.path, problem, f"{factor * RUN_SECONDS:g} s") from None
        except RUNTIME_ERRORS as error:
            flag.check()
            raise _to_rejection(self.path, error, "run_failed") from error
        return [
            [
                self._convert_output(name, output)
                for name, output in zip(wanted, outputs, strict=True)
            ]
            for outputs in runs
        ]

    def warm_up(self, shape: tuple[int, ...]) -> list[NDArray[np.generic]]:
        """One run on zeros of that shape, (n, …), so that the first frame is not slower than the
        others. Returns the outputs."""
        return self.run({self.inputs[0].name: np.zeros(shape, np.float32)})

    def _convert_input(self, array: NDArray[np.float32], tensor: TensorSpec) -> NDArray[np.generic]:
        if len(tensor.shape) == ONE_PICTURE and array.ndim == ONE_PICTURE + 1:
            array = array[0]
        if tensor.kind in FLOATS:
            cast: NDArray[np.generic] = array.astype(FLOATS[tensor.kind], copy=False)
            return cast
        kind = SMALL[tensor.kind]
        return (
            self.steps[tensor.name].quantise(array, kind)
            if tensor.name in self.steps
            else round_to_integer(array, kind)
        )

    def _convert_output(self, name: str, array: NDArray[np.generic]) -> NDArray[np.generic]:
        return self.steps[name].dequantise(array) if name in self.steps else array


def _make_session_options(
    threads: int | None, provider: str, trace: Path | None
) -> ort.SessionOptions:
    _limit_session_memory()
    options = ort.SessionOptions()
    options.add_session_config_entry(SHARED_MEMORY, "1")
    options.log_severity_level = SILENT
    options.intra_op_num_threads = threads or max(1, (os.cpu_count() or 1) - 1)
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = provider == PROCESSOR  # DirectML does not support it.
    if trace is not None:
        options.enable_profiling, options.profile_file_prefix = True, str(trace)
    ort.set_default_logger_severity(SILENT)
    return options


def open_model(
    path: Path, threads: int | None = None, written_anew: bytes | None = None,
    provider: str = PROCESSOR, trace: Path | None = None,
    sha256: str = "",
) -> OpenModel:  # fmt: skip
    """Opens a model file without network access, log output or extensions.

    Args:
        path: the ONNX file.
        threads: None leaves one core to the camera and the window.
        written_anew: the same graph with other outputs, opened instead of the file's bytes;
            external weights are still found.
        provider: the runtime's name of the execution provider; operators it lacks run on the
            processor.
        trace: prefix of a file that the runtime writes its trace to.
        sha256: hash that the file must have, that of a project's model. A project may come from a
            stranger, so a model that never ran
            on this computer is tried first.

    Raises:
        PathMissing: the file is not found.
        PathRefused: weights outside the model's folder.
        ModelRejected: `changed` before the runtime opens the file, and with `sha256` what
            `run_trial` raises.
    """
    onnx_file = read_onnx(path)
    own = compute_combined_sha256(path, onnx_file.external)
    if sha256 and own != sha256:
        raise ModelRejected(path, "changed", f"SHA-256 {own[:12]}")
    if sha256 and not _has_trial_record(own):
        run_trial(path)
    options = _make_session_options(threads, provider, trace)
    if written_anew is not None:
        options.add_session_config_entry(WEIGHTS_FOLDER, str(path.parent))
    try:
        # With its own fallback the runtime would print to stdout and go on with the processor,
        # unasked.
        in_turn = list(dict.fromkeys([provider, PROCESSOR]))
        session = ort.InferenceSession(
            written_anew or str(path), options, providers=in_turn, enable_fallback=0
        )
    except (*RUNTIME_ERRORS, RuntimeError) as error:
        raise _to_rejection(path, error, "invalid_graph") from error
    inputs, outputs = (
        _to_tensor_specs(session.get_inputs()),
        _to_tensor_specs(session.get_outputs()),
    )
    if not inputs or not outputs:
        raise ModelRejected(path, "no_inputs", f"{len(inputs)} inputs, {len(outputs)} outputs")
    metadata = dict(session.get_modelmeta().custom_metadata_map)
    return OpenModel(
        path, own, onnx_file.opset, metadata, inputs, outputs, session, onnx_file.steps
    )


@cache
def _limit_session_memory() -> None:
    """Limits the memory of all sessions of this process to half of the computer's, since a model's
    demand may depend on pixels that its trial did not show it."""
    there = MOST_BYTES
    if sys.platform != "win32" and "SC_PHYS_PAGES" in os.sysconf_names:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    info = ort.OrtMemoryInfo(
        "Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT
    )
    ort.create_and_register_allocator(
        info, ort.OrtArenaCfg({"max_mem": min(MOST_BYTES, there // 2), "arena_extend_strategy": 0})
    )


def list_external_files(path: Path) -> tuple[Path, ...]:
    """The files beside a model that hold its weights, which a copy must include. Raises as
    `open_model`."""
    return read_onnx(path).external


def run_trial(path: Path, seconds: float = TRIAL_SECONDS) -> None:
    """Opens an untrusted model and runs it on four images in a child process under a memory and
    time limit, so that it cannot freeze or crash this one. `seconds`: processor time for each run.

    Raises PathMissing, PathRefused, ModelRejected – `time`, `memory` or `crashed` where the file
    brought the child down, `busy` where it got no processor time; Cancelled."""
    check_whole(path)
    try:
        arguments = [str(path.absolute()), str(seconds)]
        child = run_module(
            "fieldcheck.models.trial_child",
            arguments,
            BUSY_FACTOR * seconds,
            extra={"OPENBLAS_NUM_THREADS": "1"},
        )
    except TimeoutError as error:
        raise ModelRejected(path, "busy", f"{BUSY_FACTOR * seconds:g} s") from error
    try:
        verdict = parse_json(child.stdout)
        problem, detail, sha256 = (
            str(verdict["problem"]),
            str(verdict["detail"]),
            str(verdict.get("sha256", "")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ModelRejected(path, "crashed", f"exit code {child.returncode}") from error
    if problem == "path":
        raise PathRefused(str(path), detail)
    if problem:
        raise ModelRejected(path, problem, detail)
    _write_trial_record(sha256)


def _get_trial_record(sha256: str) -> Path:
    """File that records a passed trial under this runtime. It lies in the user's cache, since a
    project's own claim is no proof."""
    return get_app_paths().cache / TRIED / f"{ort.__version__}-{sha256}"


def _has_trial_record(sha256: str) -> bool:
    return sha256 in _tried or _get_trial_record(sha256).is_file()


def _write_trial_record(sha256: str) -> None:
    _tried.add(sha256)
    record = _get_trial_record(sha256)
    # what cannot be kept is tried again by the next program
    with suppress(OSError, FieldcheckError):
        make_private(record.parent.parent)
        write_bytes(record, b"", private=True)


def _to_tensor_specs(nodes: list[ort.NodeArg]) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(node.name, tuple(_to_fixed_size(side) for side in node.shape), node.type)
        for node in nodes
    )


def _to_fixed_size(declared: int | str | None) -> int | None:
    """A size that the file fixes; names, and the zero that some exporters write for them, leave it
    open."""
    return declared if isinstance(declared, int) and declared > 0 else None


def _to_rejection(path: Path, error: Exception, otherwise: str) -> ModelRejected:
    text = " ".join(str(error).split())
    for pattern, problem, detail in CAUSES:
        if match := pattern.search(text):
            return ModelRejected(path, problem, detail.format(*match.groups()))
    last = re.split(r"failed:|Status Message: ", text)[-1]
    return ModelRejected(path, otherwise, SOURCE_PLACES.sub("", last)[:LONGEST_DETAIL])
