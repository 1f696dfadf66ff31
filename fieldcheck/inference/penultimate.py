"""The tensor in front of a graph's last layer with weights: what the model made of a picture before it put it into words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import onnx

# Operators with weights, and at which input these stand. Source: ONNX and onnxruntime operator lists.
WEIGHTED = {
    "Conv": 1,
    "ConvInteger": 1,
    "FusedConv": 1,
    "Gemm": 1,
    "FusedGemm": 1,
    "MatMul": 1,
    "FusedMatMul": 1,
    "MatMulInteger": 1,
    "QGemm": 3,
    "QLinearConv": 3,
    "QLinearMatMul": 3,
}
ALONG_CHANNELS = frozenset({"Conv", "ConvInteger", "FusedConv", "QLinearConv"})  # axis 1 holds the features, elsewhere the last


@dataclass(frozen=True, slots=True)
class FeatureTensor:
    """A tensor that feeds a last layer. `channels`: its features stand on axis 1, else on the last; `depth`: nodes before it."""

    tensor: str
    channels: bool
    depth: int


def find_feature_tensors(graph: onnx.GraphProto, outputs: Sequence[str]) -> tuple[FeatureTensor, ...]:
    """On every way back from `outputs` the input of the first layer with weights, the deepest first; empty where there is none.

    The picture itself is no candidate. Layers inside loops and branches are not looked into.
    """
    made_by = {name: place for place, node in enumerate(graph.node) for name in node.output if name}
    fixed = find_constant_names(graph)
    pictures = {one.name for one in graph.input}
    found: dict[str, FeatureTensor] = {}
    waiting, seen = [name for name in outputs if name in made_by], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        place = made_by[name]
        node = graph.node[place]
        at = WEIGHTED.get(node.op_type)
        if at is not None and len(node.input) > at and node.input[at] in fixed:
            tensor = node.input[0]
            if tensor not in pictures and tensor not in fixed:
                found[tensor] = FeatureTensor(tensor, node.op_type in ALONG_CHANNELS, made_by.get(tensor, 0))
            continue
        waiting += [one for one in node.input if one in made_by and one not in fixed]
    return tuple(sorted(found.values(), key=lambda one: -one.depth))


def find_feature_tensor(graph: onnx.GraphProto, tensor: str) -> FeatureTensor | None:
    """A tensor that a person names, with its features where its readers look for them; None where the graph has none of that name."""
    made_by = {name: place for place, node in enumerate(graph.node) for name in node.output if name}
    if tensor not in made_by:
        return None
    readers = {node.op_type for node in graph.node if node.input and node.input[0] == tensor}
    return FeatureTensor(tensor, bool(readers & ALONG_CHANNELS), made_by[tensor])


def add_outputs(model: onnx.ModelProto, tensors: Iterable[str]) -> bytes:
    """The model with these tensors as outputs besides its own, to be opened from memory. `model` itself stays as it is."""
    wider = onnx.ModelProto()
    wider.CopyFrom(model)
    there = {one.name for one in wider.graph.output}
    wider.graph.output.extend(onnx.ValueInfoProto(name=name) for name in tensors if name not in there)
    return bytes(wider.SerializeToString())


def find_constant_names(graph: onnx.GraphProto) -> set[str]:
    """Names of everything that is the same for every picture: weights, and what is worked out from weights alone."""
    fixed = {one.name for one in graph.initializer} | {one.values.name for one in graph.sparse_initializer}
    for node in graph.node:
        given = [name for name in node.input if name]
        if all(name in fixed for name in given) and not _is_random(node):
            fixed.update(name for name in node.output if name)
    return fixed


def _is_random(node: onnx.NodeProto) -> bool:
    """Whether a node without inputs, or with fixed ones, may give another result each time, or hides a graph that reads the picture."""
    return node.op_type.startswith("Random") or node.op_type in ("Loop", "If", "Scan", "Bernoulli", "Multinomial")
