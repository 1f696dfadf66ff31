"""An ONNX file inspected without running it: whether it is valid and complete, its external files,
and how its quantised inputs are scaled."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnx import numpy_helper

from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import join_inside, sha256_file, write_bytes
from fieldcheck.progress import Progress

# Inputs and outputs of eight or sixteen bits: by what step and zero their figures stand for real
# ones, as the graph itself says.

# Operators whose result is quantised, and at which of their inputs step and zero of it stand.
# Source: ONNX and onnxruntime operator lists.
RESULT_STEPS = {
    "QuantizeLinear": (1, 2),
    "QLinearConv": (6, 7),
    "QLinearMatMul": (6, 7),
    "QLinearAdd": (6, 7),
    "QLinearMul": (6, 7),
    "QGemm": (7, 8),
    "QLinearSigmoid": (3, 4),
    "QLinearSoftmax": (3, 4),
    "QLinearLeakyRelu": (3, 4),
    "QLinearGlobalAveragePool": (3, 4),
    "QLinearAveragePool": (3, 4),
}
TAKES_STEPS = {"DequantizeLinear": (1, 2), "QLinearConv": (1, 2)}
PASSES_ON = frozenset(
    {
        "Identity",
        "Reshape",
        "Flatten",
        "Transpose",
        "Squeeze",
        "Unsqueeze",
        "MaxPool",
        "Concat",
        "Slice",
    }
)
LONGEST_CHAIN = 32  # operators between an output and the one that quantised it


@dataclass(frozen=True, slots=True)
class QuantisationStep:
    """A stored figure q stands for (q − zero) · scale."""

    scale: float
    zero: int

    def dequantise(self, stored: NDArray[np.generic]) -> NDArray[np.float32]:
        """Dequantised: the float32 figures that the stored ones stand for, (…,) of any shape → the
        same."""
        return (
            (stored.astype(np.float32) - np.float32(self.zero)) * np.float32(self.scale)
        ).astype(np.float32)

    def quantise(self, real: NDArray[np.float32], kind: type[np.integer]) -> NDArray[np.integer]:
        """Quantised: the nearest figures that the integer type can hold, (…,) of any shape → the
        same."""
        return round_to_integer(real / np.float32(self.scale) + np.float32(self.zero), kind)


def round_to_integer(real: NDArray[np.floating], kind: type[np.integer]) -> NDArray[np.integer]:
    """To whole figures of an integer type, ties to even as QuantizeLinear rounds, what lies beyond
    to its ends; (…,) of any shape → the same."""
    ends = np.iinfo(kind)
    return np.asarray(np.clip(np.rint(real), ends.min, ends.max).astype(kind))


def find_quantisation_steps(model: onnx.ModelProto) -> dict[str, QuantisationStep]:
    """The step of each input that is dequantised first, and of each output that was quantised last,
    by name.

    Only one step for the whole tensor is understood; a tensor with one a channel, or with none in
    sight, is left out.
    """
    values = {
        tensor.name: tensor
        for tensor in model.graph.initializer
        if tensor.data_location != onnx.TensorProto.EXTERNAL
    }
    values |= {
        node.output[0]: node.attribute[0].t
        for node in model.graph.node
        if node.op_type == "Constant" and _is_tensor_operator(node)
    }
    made_by = {name: node for node in model.graph.node for name in node.output}
    steps = dict(_iter_input_steps(model.graph, values))
    for output in model.graph.output:
        node = _find_quantiser(output.name, made_by)
        step = _read_step(node, RESULT_STEPS[node.op_type], values) if node else None
        if step is not None:
            steps[output.name] = step
    return steps


def _iter_input_steps(
    graph: onnx.GraphProto, values: Mapping[str, onnx.TensorProto]
) -> Iterator[tuple[str, QuantisationStep]]:
    names = {tensor.name for tensor in graph.input}
    for node in graph.node:
        if node.op_type in TAKES_STEPS and node.input and node.input[0] in names:
            step = _read_step(node, TAKES_STEPS[node.op_type], values)
            if step is not None:
                yield node.input[0], step


def _find_quantiser(name: str, made_by: Mapping[str, onnx.NodeProto]) -> onnx.NodeProto | None:
    for _ in range(LONGEST_CHAIN):
        node = made_by.get(name)
        if node is None or node.op_type in RESULT_STEPS:
            return node
        if node.op_type not in PASSES_ON or not node.input:
            return None
        name = node.input[0]
    return None


def _read_step(
    node: onnx.NodeProto, span: tuple[int, int], values: Mapping[str, onnx.TensorProto]
) -> QuantisationStep | None:
    scale = _read_scalar(node, span[0], values)
    if scale is None or not np.isfinite(scale) or scale <= 0:
        return None
    if len(node.input) <= span[1] or not node.input[span[1]]:
        return QuantisationStep(scale, 0)
    zero = _read_scalar(node, span[1], values)
    return None if zero is None else QuantisationStep(scale, int(zero))


def _read_scalar(
    node: onnx.NodeProto, index: int, values: Mapping[str, onnx.TensorProto]
) -> float | None:
    """Single value of a node's input; None where it holds several or is computed."""
    tensor = values.get(node.input[index]) if len(node.input) > index else None
    if tensor is None or np.prod(tensor.dims, dtype=object) != 1:
        return None
    try:
        return float(numpy_helper.to_array(tensor).reshape(-1)[0])
    except (ValueError, TypeError, IndexError):
        return None  # Damaged: the runtime's message is clearer.


def _is_tensor_operator(node: onnx.NodeProto) -> bool:
    return bool(node.output) and len(node.attribute) == 1 and node.attribute[0].HasField("t")


# Field numbers of onnx.ModelProto and their protobuf wire types (0 a varint, 2 a block with its
# length). Source: onnx.proto.
WIRE_TYPES = {1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2}
IR_VERSION, GRAPH, OPSET, NEWEST_FIELD = 1, 7, 8, 26
PREDICTION_ENDINGS = frozenset({".csv", ".json", ".jsonl", ".ndjson"})
"""Of files that hold predictions of a model, and never a model."""
FUNCTION_ENDING = ".function.json"
IMAGES = "images.json"  # beside COCO results: which images the ids are
PEEK, BOM = 256, b"\xef\xbb\xbf"
LONGEST_VARINT = 10  # bytes
# Endings that some system runs or imports, and the one of unfinished files. Weights go wherever the
# model goes, also beside scripts.
CODE = (
    "py pyw pyc pyo pyd pyz pth _pth egg whl so dll dylib exe com scr msi bat cmd ps1 sh bash "
    "command js jse vbs vbe wsf wsh hta jar lnk "
    "url desktop part"
)
NO_WEIGHTS = re.compile(
    rf"\.(?:{CODE.replace(' ', '|')})(?:\.\d+)*[. ]*$|[<>:\"|?*\x00-\x1f\x7f]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """`opset` is that of the standard operators, 0 where none is named. `external`: the files with
    weights, all inside the folder. `steps`: how the integers of quantised inputs and outputs are
    meant, by name."""

    opset: int
    ir_version: int
    external: tuple[Path, ...]
    steps: Mapping[str, QuantisationStep]


def read_onnx(path: Path) -> OnnxFile:
    """Everything that is checked before a runtime sees the file. Weights in other files are not
    read.

    Raises PathMissing; ModelRejected `not_onnx`, `truncated`, `external_data_missing`,
    `external_data_name`, `external_data_letters`; PathRefused for weights outside the folder.
    """
    check_whole(path)
    model = _load_model(path)
    opset = max(
        (entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")),
        default=0,
    )
    return OnnxFile(
        opset, model.ir_version, _list_external_files(path, model), find_quantisation_steps(model)
    )


def check_whole(path: Path) -> None:
    """Walks over the outermost fields of the file, in constant memory. Raises PathMissing,
    ModelRejected `not_onnx`, `predictions`, `truncated`."""
    if not path.exists():
        raise PathMissing(path)
    if not path.is_file():
        raise ModelRejected(path, "not_onnx", "a folder" if path.is_dir() else "a device")
    if path.name.endswith(FUNCTION_ENDING):
        raise ModelRejected(path, "function")
    if path.suffix.lower() in PREDICTION_ENDINGS:
        raise ModelRejected(path, "predictions")
    seen: set[int] = set()
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        while source.tell() < size:
            number = _skip_field(source, size)
            if number is None:
                raise ModelRejected(
                    path, "truncated" if IR_VERSION in seen else "not_onnx", f"{size} bytes"
                )
            if number < 0:
                raise ModelRejected(path, "not_onnx", f"{size} bytes")
            seen.add(number)
    # Writers put the operators' version after the graph: a file cut exactly between them still
    # lacks it.
    if not {IR_VERSION, GRAPH, OPSET} <= seen:
        raise ModelRejected(
            path, "truncated" if IR_VERSION in seen or not size else "not_onnx", f"{size} bytes"
        )


def _skip_field(source: BinaryIO, size: int) -> int | None:
    """Moves past one field and returns its number; −1 for a field that no ONNX file has, None where
    the file ends within it."""
    tag = _read_varint(source)
    if tag is None:
        return None
    number, wire = tag >> 3, tag & 7
    # A later version of the format may have more fields; the runtime then says that the file is too
    # new.
    if (
        wire not in (0, 2)
        or WIRE_TYPES.get(number, wire if number > NEWEST_FIELD else None) != wire
    ):
        return -1
    value = _read_varint(source)
    if value is None:
        return None
    if wire == 2:
        if value > size - source.tell():
            return None
        source.seek(value, os.SEEK_CUR)
    return number


def _read_varint(source: BinaryIO) -> int | None:
    value = 0
    for index in range(LONGEST_VARINT):
        byte = source.read(1)
        if not byte:
            return None
        value |= (byte[0] & 0x7F) << (7 * index)
        if byte[0] < 0x80:
            return value
    return None


def compute_model_sha256(path: Path, progress: Progress | None = None) -> str:
    """SHA-256 of a model as its answers are kept under, weights in other files included; of the
    file alone where it is no model any more, or not a whole one. Progress counts bytes. Raises
    PathMissing, Cancelled."""
    if not path.is_file():
        raise PathMissing(path)
    weights = list_weight_files(path)
    return compute_combined_sha256(
        path, weights if all(weight.is_file() for weight in weights) else (), progress
    )


def compute_combined_sha256(
    path: Path, external: tuple[Path, ...], progress: Progress | None = None
) -> str:
    """SHA-256 of a file, and with it of those that hold its weights, by name. Raises PathMissing,
    Cancelled."""
    own = sha256_file(path, progress)
    if not external:
        return own
    parts = [
        own,
        *sorted(
            f"{part.relative_to(path.parent).as_posix()} {sha256_file(part, progress)}"
            for part in external
        ),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def list_weight_files(path: Path) -> tuple[Path, ...]:
    """Files that a model names for its weights, there or not, or the list of images that COCO
    results are read with; none where the file is no model, or names a place outside its folder."""
    if path.suffix.lower() in PREDICTION_ENDINGS:
        return list_companions(path)
    try:
        check_whole(path)
        return tuple(_measure_weight_files(path, _load_model(path)))
    except (ModelRejected, PathMissing, PathRefused):
        return ()


def list_companions(path: Path) -> tuple[Path, ...]:
    """The list of images beside COCO results; none beside predictions in another format."""
    beside = path.with_name(IMAGES)
    return (beside,) if beside.is_file() and beside != path and _begins_list(path) else ()


def _begins_list(path: Path) -> bool:
    """Whether a file is a JSON list, as COCO results are."""
    with path.open("rb") as file:
        return file.read(PEEK).removeprefix(BOM).lstrip()[:1] == b"["


def write_renamed(path: Path, target: Path, name: str) -> dict[str, Path]:
    """Write a model to `target` whose weight files are named by `name`, which has a placeholder for
    a number, and return the new names with their files. The weights themselves are neither read nor
    copied. Raises as `read_onnx`; DiskFull, ReadOnlyPlace."""
    model = _load_model(path)
    names = {
        weights_path: name.format(number)
        for number, weights_path in enumerate(_list_external_files(path, model), 1)
    }
    for tensor in _iter_external_tensors(model):
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = names[join_inside(path.parent, entry.value)]
    write_bytes(target, model.SerializeToString())
    return {neutral: weights_path for weights_path, neutral in names.items()}


def _load_model(path: Path) -> onnx.ModelProto:
    try:
        return onnx.load(str(path), load_external_data=False)
    except (DecodeError, ValueError) as error:
        raise ModelRejected(path, "not_onnx", str(error)[:200]) from error


def _list_external_files(path: Path, model: onnx.ModelProto) -> tuple[Path, ...]:
    positions = _measure_weight_files(path, model)
    for name, needed in positions.items():
        location = name.relative_to(path.parent).as_posix()
        if any(NO_WEIGHTS.search(part) for part in PurePosixPath(location).parts):
            raise ModelRejected(path, "external_data_name", location)
        if not is_portable_name(location):
            raise ModelRejected(path, "external_data_letters", location)
        if not name.is_file() or name.stat().st_size < needed:
            raise ModelRejected(path, "external_data_missing", location)
    return tuple(positions)


def is_portable_name(name: str) -> bool:
    """Whether a weight file's name is allowed in a pack, which every system must be able to
    read."""
    # Imported late: it loads cryptography, which most models do not need.
    from fieldcheck.evidence.signed_seal import find_name_problem

    return not find_name_problem(f"models/model/{name}")


def _measure_weight_files(path: Path, model: onnx.ModelProto) -> dict[Path, int]:
    """Every file that weights lie in, and how many bytes it must have at least. Raises
    PathRefused."""
    positions: dict[Path, int] = {}
    for tensor in _iter_external_tensors(model):
        entries = {entry.key: entry.value for entry in tensor.external_data}
        location = entries.get("location", "")
        if not isinstance(location, str):  # The parser returns bytes for text that is not UTF-8.
            raise PathRefused(repr(location), "name")
        weights_path = join_inside(path.parent, location)
        positions[weights_path] = max(
            positions.get(weights_path, 0),
            _parse_byte_count(entries.get("offset")) + _parse_byte_count(entries.get("length")),
        )
    return positions


def _parse_byte_count(text: str | None) -> int:
    """Parse the byte count of an external tensor; invalid text counts as zero, which the runtime
    refuses."""
    return (
        int(text)
        if text is not None and text.isascii() and text.isdigit() and len(text) < 20
        else 0
    )


def _iter_external_tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    """Every tensor of the model whose data lie in another file, at any depth."""
    waiting: list[onnx.GraphProto | onnx.FunctionProto] = [model.graph, *model.functions]
    while waiting:
        graph = waiting.pop()
        attributes = [attribute for node in graph.node for attribute in node.attribute]
        waiting += [attribute.g for attribute in attributes if attribute.HasField("g")]
        waiting += [inner for attribute in attributes for inner in attribute.graphs]
        tensors = [
            tensor for attribute in attributes for tensor in (attribute.t, *attribute.tensors)
        ]
        sparse = [
            tensor
            for attribute in attributes
            for tensor in (attribute.sparse_tensor, *attribute.sparse_tensors)
        ]
        if isinstance(graph, onnx.GraphProto):
            tensors += graph.initializer
            sparse += graph.sparse_initializer
        tensors += [part for tensor in sparse for part in (tensor.values, tensor.indices)]
        yield from (
            tensor for tensor in tensors if tensor.data_location == onnx.TensorProto.EXTERNAL
        )
