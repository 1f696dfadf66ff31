"""Preprocessing, temperature and thresholds as nodes of an ONNX graph, so that a repaired model is
one file that takes pixels: those of the fitted image, or those of a whole camera frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import floor
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.shape_inference import infer_shapes

from fieldcheck.domain.model_card import Card, InputSpec
from fieldcheck.domain.prediction import ONE_CLASS
from fieldcheck.imaging.contrast_and_colour import (
    GREY_WORLD,
    PILLOW,
    compute_resize_matrix,
    compute_tone_table,
)
from fieldcheck.models.preprocess import compute_offset_and_factor

PREFIX = "fieldcheck_"
FRAME, PIXELS = "frame", f"{PREFIX}pixels"
PROBABILITIES, CLASS_INDEX = f"{PREFIX}probabilities", "class_index"
FIRST_OPSET, REDUCE_BY_INPUT = 11, 18  # of Round; ReduceMean takes its axes as an input
LARGEST_BYTES = 1 << 30  # of one file with its weights inside; ONNX itself ends at twice that
LINEAR_ONE = 1 << 11  # weight of a whole pixel in OpenCV's linear kernel
FLOAT_TYPES = (TensorProto.FLOAT, TensorProto.FLOAT16)
CALIBRATED = ("logits", "softmax")  # kinds of output that a temperature and class thresholds fit


@dataclass(frozen=True, slots=True)
class GraphRepair:
    """What is written into a graph. `steps`: changes of the picture, by the codes of
    `CHANGES` in `imaging.contrast_and_colour`; `card`: the repaired card; `temperature`: by which
    logits are divided, 1 for none."""

    steps: tuple[str, ...]
    card: Card
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class FitPlan:
    """How a frame of one size becomes the model's input, in whole pixels: the part (top, left,
    height, width) that is cut out, the size (height, width) it is resized to, the window (top,
    left, height, width) of that, and the margins (top, left, bottom, right) around it."""

    cut: tuple[int, int, int, int]
    size: tuple[int, int]
    window: tuple[int, int, int, int]
    margins: tuple[int, int, int, int]


def plan_fit(height: int, width: int, spec: InputSpec) -> FitPlan:
    """The plan of `fit_image` for frames of this size."""
    top, left = int((height - height * spec.crop) / 2), int((width - width * spec.crop) / 2)
    tall, wide = (height - 2 * top, width - 2 * left) if spec.crop < 1 else (height, width)
    top, left = (top, left) if spec.crop < 1 else (0, 0)
    h, w = spec.size
    whole = FitPlan((top, left, tall, wide), (h, w), (0, 0, h, w), (0, 0, 0, 0))
    if spec.resize == "letterbox":
        ratio = min(h / tall, w / wide)
        size = max(1, floor(tall * ratio)), max(1, floor(wide * ratio))
        spare = h - size[0], w - size[1]
        above, before = (spare[0] // 2, spare[1] // 2) if spec.pad_position == "centre" else (0, 0)
        margins = (above, before, spare[0] - above, spare[1] - before)
        return replace(whole, size=size, window=(0, 0, *size), margins=margins)
    if spec.resize == "short_side":
        ratio = max(h / tall, w / wide)
        size = max(h, floor(tall * ratio)), max(w, floor(wide * ratio))
        window = (round((size[0] - h) / 2), round((size[1] - w) / 2), h, w)
        return replace(whole, size=size, window=window)
    if spec.resize == "centre_crop":
        cut = min(tall, max(1, round(wide * h / w))), min(wide, max(1, round(tall * w / h)))
        inner = (top + (tall - cut[0]) // 2, left + (wide - cut[1]) // 2, *cut)
        return replace(whole, cut=inner)
    return whole


def find_graph_problem(model: onnx.ModelProto, repair: GraphRepair) -> str:
    """Why a repair cannot live in this graph, as a code: `opset`, `input`, `picture` for a change
    that no simple nodes make, `colour`; "" where it can."""
    opset = max((entry.version for entry in model.opset_import if not entry.domain), default=0)
    weights = {tensor.name for tensor in model.graph.initializer}
    pictures = [tensor for tensor in model.graph.input if tensor.name not in weights]
    if opset < FIRST_OPSET:
        return "opset"
    if len(pictures) != 1 or not _is_float_picture(pictures[0]):
        return "input"
    if any(step != GREY_WORLD and compute_tone_table(step) is None for step in repair.steps):
        return "picture"
    return "colour" if repair.steps and repair.card.input.channels == 1 else ""


def _is_float_picture(tensor: onnx.ValueInfoProto) -> bool:
    kind = tensor.type.tensor_type
    return kind.elem_type in FLOAT_TYPES and len(kind.shape.dim) == 4


@dataclass(slots=True)
class _Nodes:
    """Nodes and constants that are added to a graph, each with a name of its own."""

    opset: int
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def add_constant(self, values: Any, kind: type[np.generic] = np.float32) -> str:
        name = f"{PREFIX}c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def add(self, operator: str, inputs: Sequence[str], output: str = "", **settings: Any) -> str:
        name = output or f"{PREFIX}t{len(self.nodes)}"
        node_name = f"{PREFIX}n{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(operator, list(inputs), [name], name=node_name, **settings)
        )
        return name

    def add_mean(self, tensor: str, axes: Sequence[int]) -> str:
        if self.opset >= REDUCE_BY_INPUT:
            chosen = self.add_constant(axes, np.int64)
            return self.add("ReduceMean", [tensor, chosen], keepdims=1)
        return self.add("ReduceMean", [tensor], axes=list(axes), keepdims=1)

    def add_rounding(self, tensor: str, half_up: bool = False) -> str:
        """Whole grey levels from 0 to 255; halves to the even one, or up."""
        limits = [self.add_constant(value) for value in (0, 255)]
        rounded = (
            self.add("Floor", [self.add("Add", [tensor, self.add_constant(0.5)])])
            if half_up
            else self.add("Round", [tensor])
        )
        return self.add("Clip", [rounded, *limits])

    def add_steps(self, tensor: str, steps: Iterable[str], channel_axis: int) -> str:
        """Changes of a picture of whole grey levels."""
        for step in steps:
            table = compute_tone_table(step)
            if table is not None:
                index = self.add("Cast", [tensor], to=TensorProto.INT64)
                tensor = self.add("Gather", [self.add_constant(table), index], axis=0)
                continue
            spatial = [axis for axis in (-3, -2, -1) if axis != channel_axis]
            means = self.add_mean(tensor, spatial)
            gains = self.add("Div", [self.add_mean(means, [channel_axis]), means])
            tensor = self.add_rounding(self.add("Mul", [tensor, gains]))
        return tensor

    def add_normalisation(self, tensor: str, spec: InputSpec, channel_axis: int) -> str:
        """Channel order, scale, mean and deviation, computed as `normalize_into` does."""
        if spec.colour == "BGR":
            order = self.add_constant([2, 1, 0], np.int64)
            tensor = self.add("Gather", [tensor, order], axis=channel_axis)
        shape = (-1, 1, 1) if channel_axis == -3 else (1, 1, -1)
        offset, factor = (part.reshape(shape) for part in compute_offset_and_factor(spec))
        shifted = self.add("Sub", [tensor, self.add_constant(offset)])
        return self.add("Mul", [shifted, self.add_constant(factor)])


def make_fixed_card(repair: GraphRepair) -> Card:
    """The card of the repaired file: its graph takes grey levels from 0 to 255 as they are."""
    spec, n = repair.card.input, repair.card.input.channels
    colour = "RGB" if spec.colour == "BGR" else spec.colour
    plain = replace(
        spec,
        name=PIXELS,
        colour=colour,
        scale=1.0,
        mean=(0.0,) * n,
        std=(1.0,) * n,
        pad=_find_pad(spec.pad, repair.steps),
    )
    output = repair.card.output
    if _has_calibrated_output(repair):
        output = replace(output, names=(PROBABILITIES,), kind="softmax")
    return replace(repair.card, input=plain, output=output)


def _find_pad(pad: int, steps: Sequence[str]) -> int:
    """Grey level that the steps turn into `pad`, or nearly: in the graph they see the border."""
    levels = np.arange(256.0)
    for step in steps:
        table = compute_tone_table(step)
        levels = levels if table is None else table[levels.astype(np.int64)]
    return int(np.abs(levels - pad).argmin()) if steps else pad


def write_fixed_graph(model: onnx.ModelProto, repair: GraphRepair) -> onnx.ModelProto:
    """The graph with the repair in front and behind, for the fitted image's pixels; `model` stays
    as it is. It must have no problem by `find_graph_problem`."""
    fixed, nodes, picture = _copy_graph(model)
    channel_axis = -3 if repair.card.input.layout == "NCHW" else -1
    pixels = onnx.ValueInfoProto()
    pixels.CopyFrom(picture)
    pixels.name = PIXELS
    pixels.type.tensor_type.elem_type = TensorProto.FLOAT
    tensor = nodes.add_steps(nodes.add_rounding(pixels.name), repair.steps, channel_axis)
    tensor = nodes.add_normalisation(tensor, repair.card.input, channel_axis)
    _join(fixed, nodes, picture, tensor, pixels, repair)
    return fixed


def write_frame_graph(
    model: onnx.ModelProto, repair: GraphRepair, frame: tuple[int, int]
) -> onnx.ModelProto:
    """The graph with the whole repair for camera frames of one size, (height, width): it takes the
    frame as (H, W, 3) uint8 RGB and fits it itself. Resizing is two products with the weights of
    the card's kernel, rounded to grey levels as images are."""
    fixed, nodes, picture = _copy_graph(model)
    spec = repair.card.input
    source = helper.make_tensor_value_info(FRAME, TensorProto.UINT8, [*frame, 3])
    tensor = nodes.add("Cast", [FRAME], to=TensorProto.FLOAT)
    tensor = nodes.add("Transpose", [tensor], perm=[2, 0, 1])
    tensor = nodes.add_steps(tensor, repair.steps, -3)
    tensor = _add_fit(nodes, tensor, plan_fit(*frame, spec), spec)
    if spec.channels == 1:
        luma = nodes.add_constant(np.reshape([0.299, 0.587, 0.114], (3, 1, 1)))
        total = nodes.add_constant(3.0)
        mean = nodes.add_mean(nodes.add("Mul", [tensor, luma]), [-3])
        tensor = nodes.add_rounding(nodes.add("Mul", [mean, total]))
    tensor = nodes.add_normalisation(tensor, spec, -3)
    if spec.layout == "NHWC":
        tensor = nodes.add("Transpose", [tensor], perm=[1, 2, 0])
    tensor = nodes.add("Reshape", [tensor, nodes.add_constant((1, *spec.shape), np.int64)])
    _join(fixed, nodes, picture, tensor, source, repair)
    return fixed


def _add_fit(nodes: _Nodes, tensor: str, plan: FitPlan, spec: InputSpec) -> str:
    """(3, H, W) grey levels fitted to the input's size."""
    tensor = _add_slice(nodes, tensor, plan.cut)
    if plan.cut[2:] != plan.size:
        add_resize = _add_linear_resize if spec.interpolation == "linear" else _add_resize
        tensor = add_resize(nodes, tensor, plan, spec.interpolation)
    tensor = _add_slice(nodes, tensor, plan.window)
    if any(plan.margins):
        top, left, bottom, right = plan.margins
        pads = nodes.add_constant([0, top, left, 0, bottom, right], np.int64)
        tensor = nodes.add("Pad", [tensor, pads, nodes.add_constant(spec.pad)])
    return tensor


def _add_resize(nodes: _Nodes, tensor: str, plan: FitPlan, interpolation: str) -> str:
    """Two products with the kernel's weights. Pillow rounds after each, halves up; OpenCV at the
    end."""
    (tall, wide), (high, broad) = plan.cut[2:], plan.size
    is_pillow = interpolation in PILLOW
    across = nodes.add_constant(compute_resize_matrix(wide, broad, interpolation).T)
    tensor = nodes.add("MatMul", [tensor, across])
    if is_pillow:
        tensor = nodes.add_rounding(tensor, half_up=True)
    down = nodes.add_constant(compute_resize_matrix(tall, high, interpolation))
    return nodes.add_rounding(nodes.add("MatMul", [down, tensor]), half_up=is_pillow)


def _add_linear_resize(nodes: _Nodes, tensor: str, plan: FitPlan, interpolation: str) -> str:
    """OpenCV's linear kernel as it computes it, in whole numbers: weights of 11 bits, sums of a row
    without their last 4 bits, products of two rows without their last 16, and the last 2 rounded.
    Rounding exact figures instead is a grey level off in every eighth pixel, always upwards."""
    (tall, wide), (high, broad) = plan.cut[2:], plan.size
    across, down = (
        np.rint(compute_resize_matrix(*sides, interpolation) * LINEAR_ONE)
        for sides in ((wide, broad), (tall, high))
    )
    sums = nodes.add("MatMul", [tensor, nodes.add_constant(across.T)])
    whole = nodes.add("Cast", [sums], to=TensorProto.INT64)
    short = nodes.add("Div", [whole, nodes.add_constant(1 << 4, np.int64)])
    order = np.argsort(-down, axis=1, kind="stable")[:, :2]  # the two rows that a row is made of
    rows = []
    for taps in order.T:
        row = nodes.add("Gather", [short, nodes.add_constant(taps, np.int64)], axis=1)
        weight = nodes.add_constant(down[np.arange(high), taps][:, None], np.int64)
        product = nodes.add("Mul", [row, weight])
        rows.append(nodes.add("Div", [product, nodes.add_constant(1 << 16, np.int64)]))
    total = nodes.add("Add", [nodes.add("Add", rows), nodes.add_constant(2, np.int64)])
    levels = nodes.add("Div", [total, nodes.add_constant(1 << 2, np.int64)])
    return nodes.add_rounding(nodes.add("Cast", [levels], to=TensorProto.FLOAT))


def _add_slice(nodes: _Nodes, tensor: str, part: tuple[int, int, int, int]) -> str:
    top, left, height, width = part
    bounds = ([top, left], [top + height, left + width], [1, 2])
    return nodes.add("Slice", [tensor, *(nodes.add_constant(ends, np.int64) for ends in bounds)])


def _copy_graph(model: onnx.ModelProto) -> tuple[onnx.ModelProto, _Nodes, onnx.ValueInfoProto]:
    """A copy, what is to be added, and the picture among its inputs."""
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    opset = max(entry.version for entry in fixed.opset_import if not entry.domain)
    weights = {tensor.name for tensor in fixed.graph.initializer}
    (picture,) = (tensor for tensor in fixed.graph.input if tensor.name not in weights)
    return fixed, _Nodes(opset), picture


def _join(
    fixed: onnx.ModelProto,
    nodes: _Nodes,
    picture: onnx.ValueInfoProto,
    tensor: str,
    source: onnx.ValueInfoProto,
    repair: GraphRepair,
) -> None:
    """Puts the added nodes before the graph's own, and those of its output behind them."""
    nodes.add("Cast", [tensor], picture.name, to=picture.type.tensor_type.elem_type)
    graph, before = fixed.graph, len(nodes.nodes)
    if _has_calibrated_output(repair):
        _add_calibrated_output(fixed, nodes, repair)
    own = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes.nodes[:before], *own, *nodes.nodes[before:]])
    graph.initializer.extend(nodes.constants)
    others = [tensor for tensor in graph.input if tensor.name != picture.name]
    del graph.input[:]
    graph.input.extend([source, *others])
    _add_output_shapes(fixed)
    onnx.checker.check_model(fixed)


def _add_output_shapes(fixed: onnx.ModelProto) -> None:
    """Shapes of outputs that the file leaves out, which the runtime does without and a check does
    not."""
    if all(output.type.tensor_type.HasField("shape") for output in fixed.graph.output):
        return
    inferred = {output.name: output for output in infer_shapes(fixed).graph.output}
    for output in fixed.graph.output:
        output.CopyFrom(inferred[output.name])


def _has_calibrated_output(repair: GraphRepair) -> bool:
    card = repair.card
    wanted = repair.temperature != 1.0 or bool(card.output.thresholds)
    return wanted and card.answers is ONE_CLASS and card.output.kind in CALIBRATED


def _add_calibrated_output(fixed: onnx.ModelProto, nodes: _Nodes, repair: GraphRepair) -> None:
    """Probabilities at the temperature in place of the graph's first output, and beside them the
    class that the card's thresholds decide for."""
    graph, card = fixed.graph, repair.card
    name = card.output.names[0] if card.output.names else graph.output[0].name
    logits = name
    if card.output.kind == "softmax":
        least = nodes.add_constant(np.finfo(np.float32).tiny)
        logits = nodes.add("Log", [nodes.add("Max", [name, least])])
    scaled = nodes.add("Div", [logits, nodes.add_constant(repair.temperature)])
    nodes.add("Softmax", [scaled], PROBABILITIES, axis=-1)
    _add_decision(nodes, card)
    kept = [output for output in graph.output if output.name != name]
    shape: tuple[str | int, ...] = ("n", len(card.classes))
    del graph.output[:]
    graph.output.extend(
        [
            helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, shape),
            helper.make_tensor_value_info(CLASS_INDEX, TensorProto.INT64, ["n"]),
            *kept,
        ]
    )


def _add_decision(nodes: _Nodes, card: Card) -> None:
    """The class by `decide_class`: of those that reach their threshold the one that exceeds it by
    the largest ratio, else the most probable of those without one, else of all. One score holds
    that order: above 1 for the first, 0 to 1 for the second, below 0 for the rest."""
    levels: Mapping[int, float] = card.class_thresholds
    free = np.array([k not in levels for k in range(len(card.classes))])
    level = np.array([levels.get(k, np.inf) for k in range(len(card.classes))], np.float32)
    limit = nodes.add_constant(level)
    reached = nodes.add("Not", [nodes.add("Less", [PROBABILITIES, limit])])
    ratio = nodes.add("Div", [PROBABILITIES, nodes.add_constant(np.maximum(level, 1e-12))])
    above = nodes.add("Add", [ratio, nodes.add_constant(1.0)])
    below = nodes.add("Sub", [PROBABILITIES, nodes.add_constant(np.where(free, 0.0, 2.0))])
    score = nodes.add("Where", [reached, above, below])
    nodes.add("ArgMax", [score], CLASS_INDEX, axis=-1, keepdims=0)


def read_inlined(path: str) -> onnx.ModelProto | None:
    """The model with weights of other files inside; None where it is too large for one file."""
    model = onnx.load(path)
    return model if model.ByteSize() <= LARGEST_BYTES else None
