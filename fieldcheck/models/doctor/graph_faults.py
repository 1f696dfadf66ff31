"""Faults that a model's graph shows without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from fieldcheck.models.doctor.findings import Finding

LARGEST_CONSTANT = 4096  # elements; flags, axes and scales are smaller, weights are not read
PASSING_ON = (
    "Identity",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Cast",
    "Transpose",
    "QuantizeLinear",
    "DequantizeLinear",
)
ONLY_SHAPE = ("Shape", "Size")
LONGEST_CHAIN = 64  # Operators that pass values on unchanged.
READABLE = tuple(
    onnx.AttributeProto.AttributeType.Value(name)
    for name in ("FLOAT", "INT", "STRING", "FLOATS", "INTS", "STRINGS")
)
RANDOM = (
    "RandomUniform",
    "RandomNormal",
    "RandomUniformLike",
    "RandomNormalLike",
    "Bernoulli",
    "Multinomial",
)
BATCH_AXES = ({0, 2, 3}, {0, 1, 2})  # of NCHW, NHWC: the mean of a channel over the batch


@dataclass(frozen=True, slots=True)
class InputRange:
    """Range of a quantised model's input: tensor = `scale` · (whole number − `zero`), whole number
    from 0 to 255."""

    scale: float
    zero: float

    @property
    def limits(self) -> tuple[float, float]:
        return -self.scale * self.zero, self.scale * (255 - self.zero)


@dataclass(frozen=True, slots=True)
class Graph:
    """The operators of the outermost graph, the producer of each value, and the small constants."""

    model: onnx.ModelProto
    nodes: tuple[onnx.NodeProto, ...]
    maker: Mapping[str, onnx.NodeProto]
    constants: Mapping[str, NDArray[np.generic]]

    @property
    def opset(self) -> int:
        return max(
            (entry.version for entry in self.model.opset_import if entry.domain in ("", "ai.onnx")),
            default=0,
        )


def read_graph(path: Path) -> Graph:
    """Read the graph of a complete file, even if it is inconsistent; external weights are not
    read."""
    model = onnx.load(str(path), load_external_data=False)
    nodes = tuple(model.graph.node)
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in nodes:
        if (
            node.op_type == "Constant"
            and node.output
            and node.attribute
            and node.attribute[0].name == "value"
        ):
            constants[node.output[0]] = node.attribute[0].t
    small = {
        name: array
        for name, value in constants.items()
        if (array := _load_small_tensor(value)) is not None
    }
    return Graph(model, nodes, {name: node for node in nodes for name in node.output}, small)


def find_graph_faults(graph: Graph) -> tuple[Finding, ...]:
    """Layers left in training mode, a softmax on a softmax, inputs that nothing depends on."""
    findings = [
        *_find_training_batch_norm(graph),
        *_find_active_dropout(graph),
        *_find_double_softmax(graph),
        *_find_ignored_inputs(graph),
    ]
    return tuple(findings)


def find_output_operator(graph: Graph, output: str) -> str:
    """Find the operator that makes an output, ignoring those that pass values on; empty for
    none."""
    node = _find_producer(graph, output)
    return node.op_type if node is not None else ""


def find_input_range(graph: Graph) -> InputRange | None:
    """Range that the first input is rounded to, where a quantised graph rounds it at once; None
    elsewhere."""
    named = {tensor.name for tensor in graph.model.graph.initializer}
    picture = next(
        (tensor.name for tensor in graph.model.graph.input if tensor.name not in named), ""
    )
    passed = {picture}
    for node in graph.nodes:
        if node.op_type in ("Identity", "Transpose", "Cast") and _get_input(node, 0) in passed:
            passed.update(node.output)
        if (
            node.op_type == "QuantizeLinear"
            and _get_input(node, 0) in passed
            and _get_input(node, 1) in graph.constants
        ):
            return _read_range(graph, node)
    return None


def _read_range(graph: Graph, node: onnx.NodeProto) -> InputRange | None:
    zero = graph.constants.get(node.input[2]) if len(node.input) > 2 else np.zeros(1, np.uint8)
    scale = graph.constants[node.input[1]]
    if zero is None or zero.size != 1 or scale.size != 1 or zero.dtype not in (np.uint8, np.int8):
        return None
    if not np.isfinite(scale).all() or float(scale.reshape(-1)[0]) <= 0:
        return None
    offset = 128 if zero.dtype == np.int8 else 0
    return InputRange(float(scale.reshape(-1)[0]), float(zero.reshape(-1)[0]) + offset)


def _find_training_batch_norm(graph: Graph) -> list[Finding]:
    named = [
        node
        for node in graph.nodes
        if node.op_type == "BatchNormalization" and _is_training(node, graph.opset)
    ]
    if named:
        return [
            Finding(
                "batch_norm_training",
                "error",
                "flag",
                {"n": len(named), "layer": _get_node_name(named[0])},
            )
        ]
    means = [
        node
        for node in graph.nodes
        if node.op_type == "ReduceMean" and _get_axes(graph, node) in BATCH_AXES
    ]
    if means:
        return [
            Finding(
                "batch_norm_training",
                "error",
                "mean",
                {"n": len(means), "layer": _get_node_name(means[0])},
            )
        ]
    return []


def _is_training(node: onnx.NodeProto, opset: int) -> bool:
    values = _get_attributes(node)
    if opset >= 14:
        return values.get("training_mode", 0) == 1
    return (opset < 7 and values.get("is_test", 0) == 0) or len(
        [name for name in node.output if name]
    ) > 1


def _find_active_dropout(graph: Graph) -> list[Finding]:
    active = [
        node
        for node in graph.nodes
        if node.op_type == "Dropout" and _has_active_dropout(graph, node)
    ]
    if active:
        return [
            Finding(
                "dropout_active",
                "error",
                "flag",
                {"n": len(active), "layer": _get_node_name(active[0])},
            )
        ]
    chance = [node for node in graph.nodes if node.op_type in RANDOM]
    if chance:
        return [
            Finding(
                "dropout_active", "error", "random", {"n": len(chance), "layer": chance[0].op_type}
            )
        ]
    return []


def _has_active_dropout(graph: Graph, node: onnx.NodeProto) -> bool:
    if graph.opset < 7:
        return bool(_get_attributes(node).get("is_test", 0) == 0)
    if graph.opset < 12 or len(node.input) < 3 or not node.input[2]:
        return False
    trains = graph.constants.get(node.input[2])
    ratio = graph.constants.get(node.input[1]) if node.input[1] else np.float32(0.5)
    return (
        trains is not None and bool(np.all(trains)) and (ratio is None or bool(np.any(ratio != 0)))
    )


def _find_double_softmax(graph: Graph) -> list[Finding]:
    for node in graph.nodes:
        if node.op_type not in ("Softmax", "Sigmoid", "LogSoftmax") or not _is_last_step(
            graph, node
        ):
            continue
        before = _find_producer(graph, _get_input(node, 0))
        if (
            before is not None
            and before.op_type in ("Softmax", "Sigmoid")
            and before.op_type == node.op_type.replace("Log", "")
        ):
            return [
                Finding(
                    "softmax_twice",
                    "error",
                    "graph",
                    {"first": before.name or before.op_type, "operator": node.op_type},
                )
            ]
    return []


def _is_last_step(graph: Graph, node: onnx.NodeProto) -> bool:
    """Whether the node makes an output of the model, ignoring operators that pass values on."""
    return any(_find_producer(graph, output.name) is node for output in graph.model.graph.output)


def _find_ignored_inputs(graph: Graph) -> list[Finding]:
    weights = {tensor.name for tensor in graph.model.graph.initializer}
    needed = _collect_needed_values(graph)
    inputs = [tensor.name for tensor in graph.model.graph.input if tensor.name not in weights]
    return [
        Finding("ignored_input", "error", "graph", {"input": name})
        for name in inputs
        if name not in needed
    ]


def _collect_needed_values(graph: Graph) -> set[str]:
    """Every value that an output's figures depend on. What only asks for a shape does not depend on
    the figures."""
    needed = {output.name for output in graph.model.graph.output}
    waiting = list(needed)
    while waiting:
        node = graph.maker.get(waiting.pop())
        if node is None or node.op_type in ONLY_SHAPE:
            continue
        inner = [name for attribute in node.attribute for name in _list_subgraph_reads(attribute)]
        fresh = {name for name in (*node.input, *inner) if name} - needed
        needed |= fresh
        waiting += fresh
    return needed


def _list_subgraph_reads(attribute: onnx.AttributeProto) -> list[str]:
    """List the names that subgraphs of an operator read, at any depth; their own local names are
    included and have no producer."""
    graphs = [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]
    names = [name for graph in graphs for node in graph.node for name in node.input]
    names += [output.name for graph in graphs for output in graph.output]
    return names + [
        name
        for graph in graphs
        for node in graph.node
        for attribute in node.attribute
        for name in _list_subgraph_reads(attribute)
    ]


def _find_producer(graph: Graph, name: str) -> onnx.NodeProto | None:
    node, steps = graph.maker.get(name), 0
    while node is not None and node.op_type in PASSING_ON:
        # A stranger's graph may contain a cycle.
        node, steps = (
            graph.maker.get(_get_input(node, 0)) if steps < LONGEST_CHAIN else None,
            steps + 1,
        )
    return node


def _get_input(node: onnx.NodeProto, index: int) -> str:
    """Name of the node's input at that index; empty without one."""
    return node.input[index] if len(node.input) > index else ""


def _get_node_name(node: onnx.NodeProto) -> str:
    return node.name or next(iter(node.output), node.op_type)


def _get_axes(graph: Graph, node: onnx.NodeProto) -> set[int]:
    axes_attribute = _get_attributes(node).get("axes")
    if axes_attribute is None and len(node.input) > 1:
        axes_attribute = graph.constants.get(node.input[1])
    if axes_attribute is None:
        return set()
    axes = np.asarray(axes_attribute).reshape(-1)
    return {int(axis) % 4 for axis in axes} if np.issubdtype(axes.dtype, np.integer) else set()


def _get_attributes(node: onnx.NodeProto) -> dict[str, object]:
    """The node's own figures; those that only a function of the model has are left out."""
    return {
        attribute.name: helper.get_attribute_value(attribute)
        for attribute in node.attribute
        if attribute.type in READABLE
    }


def _load_small_tensor(tensor: onnx.TensorProto) -> NDArray[np.generic] | None:
    """Values of a tensor, where they are few and valid."""
    n = np.prod([max(0, side) for side in tensor.dims], dtype=np.float64) if tensor.dims else 1
    if n > LARGEST_CONSTANT or tensor.data_location == onnx.TensorProto.EXTERNAL:
        return None
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError):
        return None
