"""Analysis of an ONNX graph without running it: memory, feature maps, the tensor before the last
layer, and unchanged layers. Memory is counted as the graph is written: each operator makes a tensor
of its own, except views. A runtime that fuses operators or computes in place needs less; its own
buffers are not included (`docs/methods.md` 12)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from fieldcheck.domain.latency import FeatureGrid, LayerMemory, ModelMemory
from fieldcheck.domain.model_card import Card, InputSpec, Layer
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.letterbox import fit_image
from fieldcheck.models.onnx_file import read_onnx

# The tensor in front of the last layer with weights, which serves as the embedding of an image.

# Operators with weights, and at which input these stand. Source: ONNX and onnxruntime operator
# lists.
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
# axis 1 holds the features, elsewhere the last
ALONG_CHANNELS = frozenset({"Conv", "ConvInteger", "FusedConv", "QLinearConv"})


@dataclass(frozen=True, slots=True)
class FeatureTensor:
    """A tensor that feeds a last layer. `channels`: its features stand on axis 1, else on the last;
    `depth`: nodes before it."""

    tensor: str
    channels: bool
    depth: int


def find_feature_tensors(
    graph: onnx.GraphProto, outputs: Sequence[str]
) -> tuple[FeatureTensor, ...]:
    """On every way back from `outputs` the input of the first layer with weights, the deepest
    first; empty where there is none.

    The picture itself is no candidate. Layers inside loops and branches are not looked into.
    """
    made_by = {name: index for index, node in enumerate(graph.node) for name in node.output if name}
    fixed = find_constant_names(graph)
    pictures = {tensor.name for tensor in graph.input}
    tensors: dict[str, FeatureTensor] = {}
    waiting, seen = [name for name in outputs if name in made_by], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        index = made_by[name]
        node = graph.node[index]
        weight_index = WEIGHTED.get(node.op_type)
        if (
            weight_index is not None
            and len(node.input) > weight_index
            and node.input[weight_index] in fixed
        ):
            tensor = node.input[0]
            if tensor not in pictures and tensor not in fixed:
                tensors[tensor] = FeatureTensor(
                    tensor, node.op_type in ALONG_CHANNELS, made_by.get(tensor, 0)
                )
            continue
        waiting += [name for name in node.input if name in made_by and name not in fixed]
    return tuple(sorted(tensors.values(), key=lambda feature_tensor: -feature_tensor.depth))


def find_feature_tensor(graph: onnx.GraphProto, tensor: str) -> FeatureTensor | None:
    """A tensor that a person names, with its features where its readers look for them; None where
    the graph has none of that name."""
    made_by = {name: index for index, node in enumerate(graph.node) for name in node.output if name}
    if tensor not in made_by:
        return None
    readers = {node.op_type for node in graph.node if node.input and node.input[0] == tensor}
    return FeatureTensor(tensor, bool(readers & ALONG_CHANNELS), made_by[tensor])


def add_outputs(model: onnx.ModelProto, tensors: Iterable[str]) -> bytes:
    """The model with these tensors as outputs besides its own, to be opened from memory. `model`
    itself stays as it is."""
    wider = onnx.ModelProto()
    wider.CopyFrom(model)
    there = {output.name for output in wider.graph.output}
    wider.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in tensors if name not in there
    )
    return bytes(wider.SerializeToString())


def find_constant_names(graph: onnx.GraphProto) -> set[str]:
    """Names of all values that do not depend on the image: weights, and values computed from
    weights alone."""
    fixed = {tensor.name for tensor in graph.initializer} | {
        tensor.values.name for tensor in graph.sparse_initializer
    }
    for node in graph.node:
        input_names = [name for name in node.input if name]
        if all(name in fixed for name in input_names) and not _is_random(node):
            fixed.update(name for name in node.output if name)
    return fixed


def _is_random(node: onnx.NodeProto) -> bool:
    """Whether a node with constant or no inputs may still vary, or contains a graph that reads the
    image."""
    return node.op_type.startswith("Random") or node.op_type in (
        "Loop",
        "If",
        "Scan",
        "Bernoulli",
        "Multinomial",
    )


# Layers that are bit-identical to those of the base model: frozen, or never changed.

# name, of a convolution, shape, hash of the figures
Weights = tuple[str, bool, tuple[int, ...], str]


def compare_layers(path: Path, base: Path) -> tuple[Layer, ...]:
    """The layers with weights in the order of the graph. Those of the base are found by name, and
    where an exporter gave other names by place, if the graphs have the same layers.

    Raises PathMissing, PathRefused, ModelRejected – `base` where the two graphs share no layer.
    """
    own, others = _read_weights(path), _read_weights(base)
    by_name = {name: (shape, digest) for name, _, shape, digest in others}
    alike = [weights[2] for weights in own] == [weights[2] for weights in others]
    layers = []
    for index, (name, convolution, shape, digest) in enumerate(own):
        like = (
            by_name.get(name)
            if name in by_name
            else (others[index][2], others[index][3])
            if alike
            else None
        )
        layers.append((Layer(name, convolution, like == (shape, digest)), like is not None))
    if not any(is_matched for _, is_matched in layers):
        raise ModelRejected(base, "base", path.name)
    return tuple(layer for layer, _ in layers)


def _read_weights(path: Path) -> list[Weights]:
    read_onnx(path)  # weights in other files lie inside the folder
    graph = onnx.load(str(path), load_external_data=False).graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    made_by = {name: node for node in graph.node for name in node.output}
    weights: list[Weights] = []
    for node in graph.node:
        index = WEIGHTED.get(node.op_type)
        name = node.input[index] if index is not None and len(node.input) > index else ""
        while (
            name not in tensors
            and name in made_by
            and made_by[name].op_type in ("DequantizeLinear", "Identity", "Transpose")
        ):
            name = made_by[name].input[0]
        if name not in tensors:
            continue
        figures = numpy_helper.to_array(tensors[name], str(path.parent))
        digest = hashlib.sha256(figures.tobytes()).hexdigest()
        weights.append((name, node.op_type in ALONG_CHANNELS, tuple(figures.shape), digest))
    return weights


MOST_LAYERS = 20  # that are told
# their result is their input's memory
VIEWS = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"})
# axes, shapes, flags, names
NO_PARAMETERS = frozenset({onnx.TensorProto.INT64, onnx.TensorProto.BOOL, onnx.TensorProto.STRING})
HALF_BYTES = frozenset(
    value
    for name, value in onnx.TensorProto.DataType.items()
    if name in ("INT4", "UINT4", "FLOAT4E2M1")
)  # two figures in a byte
NO_SIZE = frozenset({onnx.TensorProto.UNDEFINED, onnx.TensorProto.STRING})


@dataclass(frozen=True, slots=True)
class MemoryStep:
    """Tensors that one operator reads and makes, by name."""

    reads: tuple[str, ...]
    makes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TensorShape:
    """Shape of a tensor, its dimensions all known, and its size in bytes."""

    dims: tuple[int, ...]
    size: int


def compute_model_memory(path: Path, card: Card) -> ModelMemory:
    """Memory for one picture as the card prepares it. Weights in other files are counted and not
    read. `path`: a file that was opened as a model before. Sources: the ONNX specification and its
    shape inference."""
    model = onnx.load(str(path), load_external_data=False)
    _fix_input(model.graph, card)
    shapes = _infer_tensor_shapes(model)
    graph = model.graph
    fixed = find_constant_names(graph)
    roots = _find_memory_roots(graph, fixed)
    layer_nodes = [
        (node, name)
        for node in graph.node
        for name in node.output
        if name and name not in fixed and roots.get(name, name) == name
    ]
    layers = [
        LayerMemory(name, node.op_type, shapes[name].dims, shapes[name].size)
        for node, name in layer_nodes
        if name in shapes
    ]
    inner = sum(len(node.output) for outer in graph.node for node in _iter_subgraph_nodes(outer))
    steps = [_make_memory_step(node, fixed, roots) for node in graph.node]
    sizes = {name: shape.size for name, shape in shapes.items() if name not in fixed}
    peak, step = compute_peak_memory(
        steps, sizes, {roots.get(output.name, output.name) for output in graph.output}
    )
    parameters, size = _count_parameters(graph)
    return ModelMemory(
        parameters=parameters,
        parameter_bytes=size,
        layers=tuple(sorted(layers, key=lambda layer_memory: -layer_memory.size)[:MOST_LAYERS]),
        n_layers=len(layer_nodes),
        unknown=len(layer_nodes) - len(layers) + inner,
        peak=peak,
        peak_at=next(iter(steps[step].makes), "") if step is not None else "",
        grid=_find_finest_grid(graph, shapes, card, fixed),
    )


def compute_peak_memory(
    steps: Sequence[MemoryStep], sizes: Mapping[str, int], kept: Collection[str]
) -> tuple[int, int | None]:
    """Most bytes that live at once over `steps` in their order, and at which step; None where that
    is before the first. A tensor lives from the step that makes it, or from the start, to the last
    that reads it; those `kept` to the end. Names without a size weigh nothing."""
    produced = {name for step in steps for name in step.makes}
    last = {name: index for index, step in enumerate(steps) for name in (*step.reads, *step.makes)}
    live = sum(sizes.get(name, 0) for name in {*last, *kept} - produced)
    last |= dict.fromkeys(kept, len(steps))
    peak, where = live, None
    for index, step in enumerate(steps):
        live += sum(sizes.get(name, 0) for name in set(step.makes))
        if live > peak:
            peak, where = live, index
        live -= sum(
            sizes.get(name, 0) for name in {*step.reads, *step.makes} if last[name] == index
        )
    return peak, where


def add_frame_scale(memory: ModelMemory, spec: InputSpec, frame: tuple[int, int]) -> ModelMemory:
    """Memory whose finest cell is also told in pixels of the camera's frame, `frame` (width,
    height), by the scale of its resize."""
    if memory.grid is None:
        return memory
    wide, high = fit_image(np.zeros((frame[1], frame[0], 3), np.uint8), spec).scale
    cell = (memory.grid.stride[1] / wide, memory.grid.stride[0] / high)
    return replace(memory, grid=replace(memory.grid, frame=frame, cell=cell))


def _fix_input(graph: onnx.GraphProto, card: Card) -> None:
    """Set the card's size and a batch of one where the file leaves them open."""
    weights = {tensor.name for tensor in graph.initializer}
    pictures = [tensor for tensor in graph.input if tensor.name not in weights]
    picture = next(
        (picture for picture in pictures if picture.name == card.input.name), pictures[0]
    )
    dims, wanted = picture.type.tensor_type.shape.dim, (1, *card.input.shape)
    bound = dict[str, int]()
    if len(dims) == len(wanted):
        bound = {
            dim.dim_param: size for dim, size in zip(dims, wanted, strict=True) if dim.dim_param
        }
        for dim, size in zip(dims, wanted, strict=True):
            if dim.dim_value <= 0:
                dim.dim_value = size
    for tensor in (*graph.input, *graph.output, *graph.value_info):
        for dim in tensor.type.tensor_type.shape.dim:
            if dim.dim_param in bound:
                dim.dim_value = bound[dim.dim_param]


def _infer_tensor_shapes(model: onnx.ModelProto) -> dict[str, TensorShape]:
    """Tensor shapes by shape inference; missing tensors are unknown."""
    model = _infer_shapes(model)
    shapes = dict[str, TensorShape]()
    for tensor in (*model.graph.input, *model.graph.output, *model.graph.value_info):
        kind = tensor.type.tensor_type
        dims = tuple(dim.dim_value if dim.HasField("dim_value") else -1 for dim in kind.shape.dim)
        if (
            tensor.type.HasField("tensor_type")
            and kind.HasField("shape")
            and min(dims, default=0) >= 0
            and kind.elem_type not in NO_SIZE
        ):
            shapes[tensor.name] = TensorShape(dims, _count_bytes(dims, kind.elem_type))
    return shapes


def _infer_shapes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with the shapes that can be inferred; as the file has it where the graph
    contradicts itself or is too large for it."""
    try:
        return onnx.shape_inference.infer_shapes(model, data_prop=True)
    except (ValueError, onnx.shape_inference.InferenceError):
        return model


def _count_bytes(dims: Sequence[int], kind: int) -> int:
    if kind in HALF_BYTES:
        return (prod(dims) + 1) // 2
    return int(prod(dims) * helper.tensor_dtype_to_np_dtype(kind).itemsize)


def _find_memory_roots(graph: onnx.GraphProto, fixed: Collection[str]) -> dict[str, str]:
    """Map each view to the tensor whose memory it shares."""
    roots = dict[str, str]()
    for node in graph.node:
        if node.op_type in VIEWS and node.input and node.input[0] not in fixed:
            roots[node.output[0]] = roots.get(node.input[0], node.input[0])
    return roots


def _make_memory_step(
    node: onnx.NodeProto, fixed: Collection[str], roots: Mapping[str, str]
) -> MemoryStep:
    """Tensors that an operator reads and makes; a subgraph's outer values count as read."""
    read = {
        *node.input,
        *(name for subgraph_node in _iter_subgraph_nodes(node) for name in subgraph_node.input),
    }
    reads = {roots.get(name, name) for name in read if name and name not in fixed}
    return MemoryStep(
        tuple(sorted(reads)),
        tuple(name for name in node.output if name and name not in fixed and name not in roots),
    )


def _iter_subgraph_nodes(node: onnx.NodeProto) -> Iterator[onnx.NodeProto]:
    """Operators of the graphs that a loop or a branch holds, at any depth."""
    for attribute in node.attribute:
        for graph in ([attribute.g] if attribute.HasField("g") else []) + list(attribute.graphs):
            for item in graph.node:
                yield item
                yield from _iter_subgraph_nodes(item)


def _count_parameters(graph: onnx.GraphProto) -> tuple[int, int]:
    """Number and bytes of all weights, those in constants too; shapes, axes and flags are none."""
    tensors = [*graph.initializer, *(tensor.values for tensor in graph.sparse_initializer)]
    nodes = [
        *graph.node,
        *(subgraph_node for node in graph.node for subgraph_node in _iter_subgraph_nodes(node)),
    ]
    tensors += [
        attribute.t
        for node in nodes
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    ]
    weights = [tensor for tensor in tensors if tensor.data_type not in NO_PARAMETERS]
    return sum(int(prod(weight.dims)) for weight in weights), sum(
        _count_bytes(weight.dims, weight.data_type) for weight in weights
    )


def _find_finest_grid(
    graph: onnx.GraphProto, shapes: Mapping[str, TensorShape], card: Card, fixed: Collection[str]
) -> FeatureGrid | None:
    """The map with most cells among the last convolutions on every way back from the answer; a map
    of one cell has no rows and columns."""
    made_by = {name: node for node in graph.node for name in node.output if name}
    waiting, seen = (
        [
            name
            for name in card.output.names or [output.name for output in graph.output]
            if name in made_by
        ],
        set[str](),
    )
    grids = list[tuple[str, tuple[int, int]]]()
    while waiting:
        name = waiting.pop()
        if name in seen or name in fixed:
            continue
        seen.add(name)
        node, shape = made_by[name], shapes.get(name)
        if (
            node.op_type in ALONG_CHANNELS
            and shape is not None
            and len(shape.dims) == 4
            and max(shape.dims[2:]) > 1
        ):
            grids.append((name, (shape.dims[2], shape.dims[3])))
            continue
        waiting += [name for name in node.input if name in made_by]
    if not grids:
        return None
    name, size = max(grids, key=lambda grid: grid[1][0] * grid[1][1])
    high, wide = card.input.size
    return FeatureGrid(name, size, (high / size[0], wide / size[1]))
