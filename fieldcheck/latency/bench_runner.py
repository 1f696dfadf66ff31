"""Predictions and latency on the target device: this one file, Python, numpy and a runtime for the
model are all it takes. It is copied as it stands.

    python -I run_bench.py                      # predictions for the frames of the folder, then ten
                                                # minutes of latency; writes bench.json
    python -I run_bench.py --fps 15 --busy 1    # at a camera's rate, one core kept busy beside it
    python -I run_bench.py --engine net.tflite  # the model as it was converted for this device

An engine is an .onnx file (ONNX Runtime, with any --provider), a .tflite file (LiteRT), an .xml
file (OpenVINO, --provider names the device) or an .engine, .plan or .trt file (TensorRT).

It opens no connection and writes nothing but its result, and beside that the predictions so far,
with which it goes on after it was ended. Beside it lie runner.json, frames.npy and the folder of
the model. With -I Python imports nothing from this folder; without it, as onnxruntime
that was installed for one user needs, this file sees to that by itself.
"""

import sys

if __name__ == "__main__" and not sys.flags.isolated and not getattr(sys.flags, "safe_path", False):
    # the folder of this file, where nothing is imported from: whatever lies in it may be called
    # numpy.py
    own = sys.path[0]
    sys.path[:] = [folder for folder in sys.path if folder != own]

import argparse
import base64
import hashlib
import hmac
import importlib
import json
import os
import platform
import subprocess
import time
import zlib
from pathlib import Path
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

VERSION = 2
CPU = "CPUExecutionProvider"
AWAY = "AzureExecutionProvider"  # it sends frames to another computer
PART = ".part.jsonl"  # of the predictions so far, beside the result
ENGINES = {
    ".onnx": "onnxruntime",
    ".tflite": "tflite",
    ".xml": "openvino",
    ".engine": "tensorrt",
    ".plan": "tensorrt",
    ".trt": "tensorrt",
}
BLOCK_S, WARM_UP_S, WARM_UP_FRAMES = 10.0, 5.0, 20
SHOWN = 2000  # figures of an output that are written down, evenly spread over it
BURN = "while True: sum(range(10000))"
TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}


def fill_tensor(
    tensor: NDArray[np.float32], picture: NDArray[np.uint8], settings: dict[str, Any]
) -> None:
    """Fills a tensor, (C, h, w) or (h, w, C) by its layout, with a picture, (h, w, C) uint8: (pixel
    − offset) · factor."""
    offset, factor = (np.array(settings[name], np.float32) for name in ("offset", "factor"))
    planes = tensor.transpose(1, 2, 0) if settings["layout"] == "NCHW" else tensor
    planes[...] = (picture.astype(np.float32) - offset) * factor


def sample_outputs(session: Any, feed: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Outputs of a run, each as its shape and some of its figures; those that are not finite as
    None."""
    outputs = [np.asarray(output) for output in session.run(names, feed)]
    return [{"shape": list(output.shape), "figures": sample_values(output)} for output in outputs]


def sample_values(array: NDArray[Any]) -> list[Optional[float]]:
    """At most 2,000 figures of an array, (n, …), evenly spread over it, rounded to seven digits."""
    flat = np.asarray(array, np.float64).ravel()
    positions = (
        np.unique(np.linspace(0, max(0, flat.size - 1), min(SHOWN, flat.size)).astype(int))
        if flat.size
        else np.zeros(0, int)
    )
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in flat[positions]]


def _read_text(path: str) -> str:
    try:
        return Path(path).read_text("ascii", errors="replace").strip()
    except OSError:  # not there, or not for us: that it is not told is the answer
        return ""


def _read_number(path: str) -> Optional[float]:
    words = _read_text(path).split()
    return float(words[0]) if words and words[0].lstrip("-").isdigit() else None


def _read_other_cpu_time() -> Optional[float]:
    """Processor time of everything but this process, in seconds."""
    all_ticks, own_ticks = (
        _read_text("/proc/stat").split("\n", 1)[0].split(),
        _read_text("/proc/self/stat").rpartition(")")[2].split(),
    )
    if len(all_ticks) < 9 or all_ticks[0] != "cpu" or len(own_ticks) < 13:
        return None
    return max(
        0.0,
        (
            sum(int(all_ticks[column]) for column in (1, 2, 3, 6, 7, 8))
            - int(own_ticks[11])
            - int(own_ticks[12])
        )
        / 100,
    )


def read_machine_state() -> dict[str, Any]:
    """State of the machine, None for what it does not tell or lets nobody read."""
    cpu = "/sys/devices/system/cpu/cpu0/cpufreq/"
    zones = [
        _read_number(str(zone))
        for zone in sorted(Path("/sys/class/thermal").glob("thermal_zone*/temp"))
    ]
    meters = [
        _read_number(str(meter))
        for meter in sorted(Path("/sys/class/powercap").glob("intel-rapl:[0-9]/energy_uj"))
    ]
    celsius, joules = (
        [value for value in values if value is not None] for values in (zones, meters)
    )
    khz, waited = _read_number(cpu + "scaling_cur_freq"), _read_text("/proc/self/schedstat").split()
    return {
        "governor": _read_text(cpu + "scaling_governor") or None,
        "mhz": None if khz is None else khz / 1000,
        "celsius": max(celsius) / 1000 if celsius else None,
        "joules": sum(joules) / 1e6 if joules else None,
        "others_s": _read_other_cpu_time(),
        "waited_s": int(waited[1]) / 1e9 if len(waited) > 1 and waited[1].isdigit() else None,
    }


def describe_machine(runtime: str) -> dict[str, str]:
    """Name of the machine: its own, processor, cores, system, and memory where it is told; and what
    runs the model there."""
    lines = _read_text("/proc/cpuinfo").splitlines()
    model = next(
        (
            line.partition(":")[2].strip()
            for line in lines
            if line.startswith(("model name", "Model"))
        ),
        "",
    )
    memory = next(
        (
            line.split()[1]
            for line in _read_text("/proc/meminfo").splitlines()
            if line.startswith("MemTotal:")
        ),
        "",
    )
    named = {
        "name": platform.node(),
        "processor": model or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "runtime": f"{runtime}, numpy {np.__version__}, Python {platform.python_version()}",
    }
    return {**named, **({"memory_mb": str(int(memory) // 1024)} if memory.isdigit() else {})}


def get_memory_megabytes() -> tuple[float, float]:
    """Memory of this process now and at its peak, in megabytes of resident pages; zeros where the
    system does not tell."""
    status = dict(
        line.split(":", 1)
        for line in _read_text("/proc/self/status").splitlines()
        if line.startswith(("VmRSS:", "VmHWM:"))
    )
    now, peak = (
        int(status[name].split()[0]) / 1024 if name in status else 0.0
        for name in ("VmRSS", "VmHWM")
    )
    return now, peak


def compute_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def check_files(folder: Path, settings: dict[str, Any]) -> None:
    """Raises SystemExit where a file of the folder is another than it was."""
    changed = [
        name
        for name, sha256 in settings["files"].items()
        if not (folder / name).is_file() or compute_sha256(folder / name) != sha256
    ]
    if changed:
        raise SystemExit(
            f"not the files that were exported: {', '.join(changed)}; export the folder again"
        )


def compute_artefact_sha256(path: Path) -> str:
    """SHA-256 of an engine; of one in two files (OpenVINO), of both of theirs."""
    weights = path.with_suffix(".bin")
    if path.suffix.lower() != ".xml" or not weights.is_file():
        return compute_sha256(path)
    both = compute_sha256(path) + compute_sha256(weights)
    return hashlib.sha256(both.encode()).hexdigest()


def import_runtime(*names: str) -> Any:
    """The first of these modules that is installed. Raises SystemExit."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise SystemExit(f"this engine requires {' or '.join(names)}; install it here first")


class OnnxEngine:
    """A model in ONNX Runtime, with any of its execution providers."""

    def __init__(self, path: Path, threads: int, provider: Optional[str]) -> None:
        ort = import_runtime("onnxruntime")
        self.provider = provider or CPU
        providers = [name for name in ort.get_available_providers() if name != AWAY]
        if self.provider not in providers:
            raise SystemExit(f"no provider {self.provider} here; there are: {', '.join(providers)}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        wanted = list(dict.fromkeys((self.provider, CPU)))
        self._session = ort.InferenceSession(str(path), options, providers=wanted)
        if self._session.get_providers()[0] != self.provider:
            raise SystemExit(f"{self.provider} cannot run this model here")
        self.runtime = f"onnxruntime {ort.__version__}"
        self._inputs = {
            model_input.name: model_input.type for model_input in self._session.get_inputs()
        }
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, names: list[str], feed: dict[str, Any]) -> list[Any]:
        """Outputs of these names; by their order where an engine names them otherwise."""
        name, value = next(iter(feed.items()))
        name = name if name in self._inputs else next(iter(self._inputs))
        is_named = set(names) <= set(self._outputs)
        output_names = names if is_named else self._outputs[: len(names)]
        wanted = TYPES.get(self._inputs[name], np.float32)
        return list(self._session.run(output_names, {name: value.astype(wanted, copy=False)}))


class TfLiteEngine:
    """A .tflite file in LiteRT, on the processor; eight-bit inputs and outputs by their scale."""

    def __init__(self, path: Path, threads: int, provider: Optional[str]) -> None:
        module = import_runtime(
            "ai_edge_litert.interpreter", "tflite_runtime.interpreter", "tensorflow.lite"
        )
        package = module.__name__.partition(".")[0]
        version = getattr(importlib.import_module(package), "__version__", "")
        self.runtime, self.provider = f"{package} {version}".strip(), provider or "CPU"
        self._interpreter = module.Interpreter(model_path=str(path), num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        self._outputs = self._interpreter.get_output_details()

    def run(self, _names: list[str], feed: dict[str, Any]) -> list[Any]:
        """All outputs, in the order of the file."""
        value = arrange_axes(next(iter(feed.values())), tuple(self._input["shape"]))
        self._interpreter.set_tensor(self._input["index"], quantise(value, self._input))
        self._interpreter.invoke()
        return [
            dequantise(self._interpreter.get_tensor(output["index"]), output)
            for output in self._outputs
        ]


class OpenVinoEngine:
    """An .xml file in OpenVINO; the provider is the device, CPU if not named."""

    def __init__(self, path: Path, threads: int, provider: Optional[str]) -> None:
        module = import_runtime("openvino")
        self.runtime, self.provider = f"openvino {module.__version__}", provider or "CPU"
        settings = {"INFERENCE_NUM_THREADS": threads} if self.provider == "CPU" else {}
        self._model = module.Core().compile_model(str(path), self.provider, settings)
        self._request = self._model.create_infer_request()

    def run(self, _names: list[str], feed: dict[str, Any]) -> list[Any]:
        """All outputs, in the order of the file."""
        wanted = self._model.input(0)
        value = next(iter(feed.values()))
        if wanted.get_partial_shape().is_static:
            value = arrange_axes(value, tuple(wanted.get_shape()))
        came = self._request.infer({0: value})
        return [np.array(came[output]) for output in self._model.outputs]


class TensorRtEngine:
    """A serialised TensorRT engine on the first GPU."""

    def __init__(self, path: Path, _threads: int, provider: Optional[str]) -> None:
        trt = import_runtime("tensorrt")
        self._cuda = import_runtime("cuda.bindings.runtime", "cuda.cudart")
        self.runtime, self.provider = f"tensorrt {trt.__version__}", provider or "GPU 0"
        self._own = trt.Runtime(trt.Logger(trt.Logger.ERROR))  # the engine lives no longer than it
        engine = self._own.deserialize_cuda_engine(path.read_bytes())
        if engine is None:
            raise SystemExit(f"TensorRT {trt.__version__} of this device cannot read {path.name}")
        self._context, self._engine = engine.create_execution_context(), engine
        self._stream = self._call("cudaStreamCreate")
        names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
        inputs = [name for name in names if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT]
        self._input, self._outputs = (inputs[0], [name for name in names if name not in inputs])
        self._types = {name: trt.nptype(engine.get_tensor_dtype(name)) for name in names}
        self._memory: dict[str, tuple[int, int]] = {}

    def run(self, _names: list[str], feed: dict[str, Any]) -> list[Any]:
        """All outputs, in the order of the engine."""
        value = next(iter(feed.values()))
        wanted = tuple(self._engine.get_tensor_shape(self._input))
        value = value if -1 in wanted else arrange_axes(value, wanted)
        value = np.ascontiguousarray(value, self._types[self._input])
        self._context.set_input_shape(self._input, value.shape)
        kinds = self._cuda.cudaMemcpyKind
        address = self._reserve(self._input, value.nbytes)
        self._call("cudaMemcpy", address, value.ctypes.data, value.nbytes,
                   kinds.cudaMemcpyHostToDevice)  # fmt: skip
        arrays = []
        for name in self._outputs:
            shape = tuple(self._context.get_tensor_shape(name))
            arrays.append(np.empty(shape, self._types[name]))
            self._reserve(name, arrays[-1].nbytes)
        self._context.execute_async_v3(int(self._stream))
        self._call("cudaStreamSynchronize", self._stream)
        for name, array in zip(self._outputs, arrays):  # noqa: B905 - Python 3.9 knows no strict
            self._call("cudaMemcpy", array.ctypes.data, self._memory[name][0], array.nbytes,
                       kinds.cudaMemcpyDeviceToHost)  # fmt: skip
        return arrays

    def _reserve(self, name: str, size: int) -> int:
        """Memory of the GPU for a tensor, which the engine is told of."""
        address, reserved = self._memory.get(name, (0, 0))
        if size > reserved:
            address = int(self._call("cudaMalloc", size))
            self._memory[name] = address, size
            self._context.set_tensor_address(name, address)
        return address

    def _call(self, name: str, *arguments: Any) -> Any:
        problem, *rest = getattr(self._cuda, name)(*arguments)
        if int(problem):
            raise SystemExit(f"{name}: CUDA error {int(problem)}")
        return rest[0] if rest else None


def open_engine(path: Path, threads: int, provider: Optional[str]) -> Any:
    """The model in the runtime that its ending names. Raises SystemExit where that is not here, or
    cannot read the file."""
    kind = ENGINES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        raise SystemExit(f"{path} is no engine file; known are {', '.join(ENGINES)}")
    classes = {
        "onnxruntime": OnnxEngine,
        "tflite": TfLiteEngine,
        "openvino": OpenVinoEngine,
        "tensorrt": TensorRtEngine,
    }
    try:
        return classes[kind](path, threads or max(1, (os.cpu_count() or 1) - 1), provider)
    except (RuntimeError, ValueError, OSError) as error:
        raise SystemExit(f"{path.name} cannot be opened here: {str(error)[:300]}") from error


def arrange_axes(value: NDArray[Any], wanted: tuple[int, ...]) -> NDArray[Any]:
    """A tensor with its colours first or last, whichever the engine wants. Raises SystemExit."""
    shapes = [value]
    if value.ndim == 4:
        shapes += [value.transpose(0, 2, 3, 1), value.transpose(0, 3, 1, 2)]
    fitting = [candidate for candidate in shapes if candidate.shape == tuple(map(int, wanted))]
    if not fitting:
        raise SystemExit(f"the engine takes {tuple(wanted)}, the frames are {value.shape}")
    return np.ascontiguousarray(fitting[0])


def quantise(value: NDArray[Any], details: dict[str, Any]) -> NDArray[Any]:
    """A tensor in the engine's own type, by its scale where that is an integer."""
    scale, zero = details["quantization"]
    kind = np.dtype(details["dtype"])
    if kind.kind not in "iu" or not scale:
        return value.astype(kind)
    least, most = np.iinfo(kind).min, np.iinfo(kind).max
    steps: NDArray[Any] = np.clip(np.rint(value / scale + zero), least, most).astype(kind)
    return steps


def dequantise(value: NDArray[Any], details: dict[str, Any]) -> NDArray[Any]:
    """Figures of an output that an engine holds as integers with a scale."""
    scale, zero = details["quantization"]
    if value.dtype.kind not in "iu" or not scale:
        return value
    figures: NDArray[Any] = ((value.astype(np.float32) - zero) * scale).astype(np.float32)
    return figures


def arrange_outputs(outputs: list[Any], shapes: list[list[int]]) -> list[Any]:
    """Outputs in the order of the exported model, told by their shapes (−1: any length). Raises
    SystemExit where they are others."""
    arrays = [np.asarray(output) for output in outputs]
    if len(arrays) >= len(shapes) and all(map(has_shape, arrays, shapes)):
        return arrays[: len(shapes)]
    remaining, arranged = list(range(len(arrays))), []
    for shape in shapes:
        fitting = [index for index in remaining if has_shape(arrays[index], shape)]
        if len(fitting) != 1:
            own_shapes = ", ".join(str(array.shape) for array in arrays)
            raise SystemExit(f"the engine has outputs {own_shapes}; the model has {shapes}")
        remaining.remove(fitting[0])
        arranged.append(arrays[fitting[0]])
    return arranged


def has_shape(array: NDArray[Any], shape: list[int]) -> bool:
    """Whether an array has these lengths; −1 is any."""
    fixed = [-1 if wanted == -1 else length for wanted, length in zip(shape, array.shape)]  # noqa: B905 - as above
    return array.ndim == len(shape) and fixed == list(shape)


def measure_latency(
    session: Any, settings: dict[str, Any], pictures: NDArray[np.uint8], seconds: float, fps: float
) -> dict[str, Any]:
    """Seconds at which each frame was begun and milliseconds of its stages; `pictures`: (n, h, w,
    C). States of the machine a block."""
    tensor = np.zeros((settings["batch"], *settings["shape"]), np.float32)
    begin_times, rows, states, warm, clock = (
        list[float](),
        list[list[float]](),
        list[Any](),
        0.0,
        time.perf_counter,
    )
    start = clock()
    while (
        len(rows) <= WARM_UP_FRAMES
        or clock() - start - max(WARM_UP_S, begin_times[WARM_UP_FRAMES]) < seconds
    ):
        if len(states) <= (clock() - start) // BLOCK_S:
            states.append([clock() - start, read_machine_state()])
            sys.stderr.write(f"\r{clock() - start:.0f} of {seconds + WARM_UP_S:.0f} s")
        warm = warm or (get_memory_megabytes()[0] if clock() - start >= WARM_UP_S else 0.0)
        time.sleep(max(0.0, start + len(rows) / fps - clock()) if fps else 0.0)
        times = [clock()]
        picture = np.array(pictures[len(rows) % len(pictures)])
        times.append(clock())
        fill_tensor(tensor[0], picture, settings)
        times.append(clock())
        session.run(settings["outputs"], build_feed(tensor, settings))
        times.append(clock())
        begin_times.append(times[0] - start)
        rows.append([float(value) for value in 1000 * np.diff(times)])
    states.append([clock() - start, read_machine_state()])
    now, peak = get_memory_megabytes()
    stages = {
        name: [round(row[stage], 4) for row in rows]
        for stage, name in enumerate(("read", "normalise", "forward"))
    }
    memory = {"warm_mb": warm or now, "end_mb": now, "peak_mb": peak}
    return {
        "begun_s": [round(value, 5) for value in begin_times],
        "stages_ms": stages,
        "states": states,
        "memory": memory,
    }


def build_feed(tensor: NDArray[np.float32], settings: dict[str, Any]) -> dict[str, Any]:
    """Input of the model, in its own type; `tensor`: (n, …) float32, without the axis of the batch
    where the model has none."""
    fed = tensor[0] if settings["without_batch"] else tensor
    return {settings["input"]: fed.astype(TYPES[settings["type"]], copy=False)}


def run_reference_frames(
    session: Any, settings: dict[str, Any], pictures: NDArray[np.uint8]
) -> list[Any]:
    """Answers to the first pictures, (n, h, w, C) uint8, to be held against those of the computer
    that exported them."""
    tensor, outputs = np.zeros((settings["batch"], *settings["shape"]), np.float32), []
    for picture in pictures[: settings["n_answers"]]:
        fill_tensor(tensor[0], picture, settings)
        outputs.append(sample_outputs(session, build_feed(tensor, settings), settings["outputs"]))
    return outputs


def pack_output(output: NDArray[Any], quiet: Optional[dict[str, Any]]) -> dict[str, Any]:
    """An output as text. `quiet`: of a grid of candidates, those of which no score reaches the
    floor that predictions are stored from are written as zeros."""
    array = np.asarray(output)
    kind = np.dtype("<f4") if array.dtype.kind == "f" else array.dtype.newbyteorder("<")
    array = np.array(array, kind)
    axes = [
        axis for axis in range(1, array.ndim) if quiet and array.shape[axis] == quiet["channels"]
    ]
    if quiet and array.ndim == 3 and axes:
        rows = np.moveaxis(array, axes[0], -1)
        scores = rows[..., quiet["first"] : quiet["last"]]
        rows[(scores.max(axis=-1) < quiet["floor"]) & np.isfinite(rows).all(axis=-1)] = 0
    packed = zlib.compress(np.ascontiguousarray(array).tobytes(), 6)
    return {
        "shape": list(array.shape),
        "type": array.dtype.str,
        "data": base64.b64encode(packed).decode("ascii"),
    }


def read_part(path: Path, header: dict[str, Any]) -> dict[str, Any]:
    """Predictions that an earlier run came to, by id; none of another engine's. A line that was
    broken off is passed over."""
    predictions: dict[str, Any] = {}
    if not path.is_file():
        return predictions
    lines = path.read_text("utf-8", errors="replace").split("\n")
    for index, line in enumerate(lines):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if index == 0 and row != header:
            return {}
        if index and isinstance(row, dict) and set(row) == {"id", "ms", "celsius", "outputs"}:
            predictions[row["id"]] = row
    return predictions


def predict_frames(
    engine: Any,
    settings: dict[str, Any],
    pictures: NDArray[np.uint8],
    part: Path,
    header: dict[str, Any],
) -> list[Any]:
    """Predictions for the frames that the folder asks about, (n, h, w, C) uint8. Each is written to
    `part` at once; what stands there already is not asked again."""
    predictions = read_part(part, header)
    tensor = np.zeros((settings["batch"], *settings["shape"]), np.float32)
    with part.open("ab" if predictions else "wb") as file:
        # a new line, after one that may have been broken off
        file.write(b"\n" if predictions else json.dumps(header).encode() + b"\n")
        for index, name in enumerate(settings["questions"]):
            if name in predictions:
                continue
            fill_tensor(tensor[0], np.array(pictures[settings["n_frames"] + index]), settings)
            began = time.perf_counter()
            outputs = engine.run(settings["outputs"], build_feed(tensor, settings))
            row = {
                "id": name,
                "ms": round(1000 * (time.perf_counter() - began), 4),
                "celsius": read_machine_state()["celsius"],
                "outputs": [
                    pack_output(output, settings["quiet"])
                    for output in arrange_outputs(outputs, settings["output_shapes"])
                ],
            }
            file.write(json.dumps(row).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            predictions[name] = row
            sys.stderr.write(f"\r{len(predictions)} of {len(settings['questions'])} frames")
    return [predictions[name] for name in settings["questions"]]


def compute_digest(result: dict[str, Any], secret: str) -> str:
    """What a result is sealed with, so that a change on the way back is seen."""
    rest = {name: value for name, value in result.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


def make_child_environment() -> dict[str, str]:
    """This process's variables without Fieldcheck's own, which may hold a camera's password."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("FIELDCHECK_")
    }


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description="Predictions and latency of the model beside this file, on this device."
    )
    parser.add_argument(
        "--seconds", type=float, default=600.0, help="how long; heat shows after minutes"
    )
    parser.add_argument(
        "--fps", type=float, default=0.0, help="the camera's rate; one frame after the other if not"
    )
    parser.add_argument("--busy", type=int, default=0, help="cores that are kept busy beside it")
    parser.add_argument(
        "--threads", type=int, default=None, help="threads of the model; all cores but one if not"
    )
    parser.add_argument(
        "--engine", type=Path, default=None, help="the converted model; the exported one if not"
    )
    parser.add_argument(
        "--provider", default=None, help="ONNX Runtime's provider or OpenVINO's device; CPU if not"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("bench.json"), help="where the result goes"
    )
    return parser.parse_args(arguments)


def describe_artefact(settings: dict[str, Any], path: Path, engine: Any) -> dict[str, Any]:
    """What was run: file, its SHA-256, and the runtime."""
    exported = path.as_posix().endswith(settings["model_file"])
    sha256 = compute_artefact_sha256(path)
    if exported and sha256 == settings["files"].get(settings["model_file"]):
        sha256 = settings["model_sha256"]  # with its weights, where they lie beside it
    return {
        "file": path.name,
        "sha256": sha256,
        "bytes": path.stat().st_size,
        "engine": ENGINES[path.suffix.lower()],
        "runtime": engine.runtime,
        "provider": engine.provider,
    }


def main(arguments: list[str], folder: Path) -> int:
    """Predicts and measures with what lies in the folder, and writes the result as JSON."""
    options = parse_arguments(arguments)
    try:
        settings = json.loads((folder / "runner.json").read_text("utf-8"))
        check_files(folder, settings)
        path = options.engine or folder / settings["model_file"]
        engine = open_engine(path, options.threads or 0, options.provider)
        header = {
            **{name: settings[name] for name in ("key", "model_sha256", "card_sha256")},
            "manifest_sha256": compute_sha256(folder / "runner.json"),
            "artefact": describe_artefact(settings, path, engine),
        }
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise SystemExit(
            "runner.json is not the file that was exported; export the folder again"
        ) from error
    frames = np.load(folder / "frames.npy", mmap_mode="r")
    part = options.out.with_suffix(PART)
    predictions = predict_frames(engine, settings, frames, part, header)
    busy_children = [
        subprocess.Popen([sys.executable, "-I", "-c", BURN], env=make_child_environment())
        for _ in range(options.busy)
    ]
    pictures = frames[: settings["n_frames"]]
    try:
        answers = run_reference_frames(engine, settings, pictures)
        timings = measure_latency(engine, settings, pictures, options.seconds, options.fps)
    finally:
        for child in busy_children:
            child.kill()
            child.wait()
    result = {
        "version": VERSION,
        **header,
        "machine": describe_machine(engine.runtime),
        "fps": options.fps,
        "busy": options.busy,
        "threads": options.threads,
        **timings,
        "answers": answers,
        "predictions": predictions,
    }
    whole = options.out.with_suffix(".part.json")
    whole.write_text(
        json.dumps({**result, "digest": compute_digest(result, settings["secret"])}), "utf-8"
    )
    os.replace(whole, options.out)
    part.unlink()
    sys.stderr.write(f"\rwritten: {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent))
