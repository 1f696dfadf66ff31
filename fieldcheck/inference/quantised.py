"""Inputs and outputs of eight or sixteen bits: by what step and zero their figures stand for real ones, as the graph itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

# Operators whose result is quantised, and at which of their inputs step and zero of it stand. Source: ONNX and onnxruntime operator lists.
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
PASSES_ON = frozenset({"Identity", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "MaxPool", "Concat", "Slice"})
LONGEST_CHAIN = 32  # operators between an output and the one that quantised it


@dataclass(frozen=True, slots=True)
class QuantisationStep:
    """A stored figure q stands for (q − zero) · scale."""

    scale: float
    zero: int

    def dequantise(self, stored: NDArray[np.generic]) -> NDArray[np.float32]:
        """Dequantised: the float32 figures that the stored ones stand for, (…,) of any shape → the same."""
        return ((stored.astype(np.float32) - np.float32(self.zero)) * np.float32(self.scale)).astype(np.float32)

    def quantise(self, real: NDArray[np.float32], kind: type[np.integer]) -> NDArray[np.integer]:
        """Quantised: the nearest figures that the integer type can hold, (…,) of any shape → the same."""
        return round_to_integer(real / np.float32(self.scale) + np.float32(self.zero), kind)


def round_to_integer(real: NDArray[np.floating], kind: type[np.integer]) -> NDArray[np.integer]:
    """To whole figures of an integer type, ties to even as QuantizeLinear rounds, what lies beyond to its ends; (…,) of any shape → the
    same."""
    ends = np.iinfo(kind)
    return np.asarray(np.clip(np.rint(real), ends.min, ends.max).astype(kind))


def find_quantisation_steps(model: onnx.ModelProto) -> dict[str, QuantisationStep]:
    """The step of each input that is dequantised first, and of each output that was quantised last, by name.

    Only one step for the whole tensor is understood; a tensor with one a channel, or with none in sight, is left out.
    """
    values = {one.name: one for one in model.graph.initializer if one.data_location != onnx.TensorProto.EXTERNAL}
    values |= {node.output[0]: node.attribute[0].t for node in model.graph.node if node.op_type == "Constant" and _is_tensor_operator(node)}
    made_by = {name: node for node in model.graph.node for name in node.output}
    found = dict(_iter_input_steps(model.graph, values))
    for output in model.graph.output:
        node = _find_quantiser(output.name, made_by)
        step = _read_step(node, RESULT_STEPS[node.op_type], values) if node else None
        if step is not None:
            found[output.name] = step
    return found


def _iter_input_steps(graph: onnx.GraphProto, values: Mapping[str, onnx.TensorProto]) -> Iterator[tuple[str, QuantisationStep]]:
    names = {one.name for one in graph.input}
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


def _read_step(node: onnx.NodeProto, at: tuple[int, int], values: Mapping[str, onnx.TensorProto]) -> QuantisationStep | None:
    scale = _read_scalar(node, at[0], values)
    if scale is None or not np.isfinite(scale) or scale <= 0:
        return None
    if len(node.input) <= at[1] or not node.input[at[1]]:
        return QuantisationStep(scale, 0)
    zero = _read_scalar(node, at[1], values)
    return None if zero is None else QuantisationStep(scale, int(zero))


def _read_scalar(node: onnx.NodeProto, place: int, values: Mapping[str, onnx.TensorProto]) -> float | None:
    """The single figure that an input of the node holds; None where it holds several, or where it is worked out."""
    tensor = values.get(node.input[place]) if len(node.input) > place else None
    if tensor is None or np.prod(tensor.dims, dtype=object) != 1:
        return None
    try:
        return float(numpy_helper.to_array(tensor).reshape(-1)[0])
    except (ValueError, TypeError, IndexError):
        return None  # damaged: the runtime says it better


def _is_tensor_operator(node: onnx.NodeProto) -> bool:
    return bool(node.output) and len(node.attribute) == 1 and node.attribute[0].HasField("t")
