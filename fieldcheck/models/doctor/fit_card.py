"""A card fitted to a model file: contradictions with the graph corrected, missing keys proposed,
and faults that the graph shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from fieldcheck.domain.model_card import Card, InputSpec, Layout, OutputSpec, dump_card, parse_card
from fieldcheck.domain.prediction import BOXES, BY_NAME, Task, is_plugin
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models import card as sidecar_metadata
from fieldcheck.models.card import collect_card_keys, merge_card_keys
from fieldcheck.models.decoders.decoder import Misfit, count_classes, find_misfit, get_read_tensors
from fieldcheck.models.decoders.ssd import begins_with_background
from fieldcheck.models.doctor.feed import (
    compute_raw_outputs,
    get_output_shapes,
    list_alternative_kinds,
)
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.doctor.output_kinds import OutputReading, RawOutputs, list_output_readings
from fieldcheck.models.session import ONE_PICTURE, TAKEN, OpenModel

# Faults that a model's graph shows without running it.

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
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in nodes:
        if (
            node.op_type == "Constant"
            and node.output
            and node.attribute
            and node.attribute[0].name == "value"
        ):
            held[node.output[0]] = node.attribute[0].t
    small = {
        name: array
        for name, value in held.items()
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
    given = _get_attributes(node).get("axes")
    if given is None and len(node.input) > 1:
        given = graph.constants.get(node.input[1])
    if given is None:
        return set()
    axes = np.asarray(given).reshape(-1)
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


AXES = ONE_PICTURE + 1
UNSAID = {"layout": "NCHW"}  # what a card means that does not say so
USUAL_SIDE = 224  # pixels, where neither card nor file fixes a size
USUAL_RESIZE = "stretch"
DECIDES = "input.resize"
"""Card key without which the preprocessing counts as not stated."""
BORDER = ("input.pad", "input.pad_position")  # keys that only a letterbox has
FED = ("colour", "scale", "mean", "std", "interpolation", "crop", "pad", "pad_position")
CHANNEL = "DATA_CHANNEL"
BY_DENOTATION: dict[int, Layout] = {1: "NCHW", 3: "NHWC"}


@dataclass(frozen=True, slots=True)
class FittedCard:
    """A card that fits the file. `findings`: what had to be corrected. `stated_keys`: keys given by
    the file or a written card; `unstated_keys`: dotted keys that nothing gives. `readable`: the
    output fits the card's kind. `layouts`: input layouts the file runs with, the card's first.
    `reading`: proposed explanation of the outputs, None where one is stated."""

    card: Card
    findings: tuple[Finding, ...]
    stated_keys: Mapping[str, Any]
    unstated_keys: tuple[str, ...]
    readable: bool
    layouts: tuple[Layout, ...]
    reading: OutputReading | None = None

    @property
    def proposed_keys(self) -> tuple[str, ...]:
        """Dotted keys of the card that nobody said and that mean something on it."""
        return tuple(
            key
            for key in self.unstated_keys
            if key not in BORDER or self.card.input.resize == "letterbox"
        )


def fit_card(
    model: OpenModel,
    graph: Graph,
    sidecar: Mapping[str, Any],
    classes: tuple[str, ...] = (),
    tasks: tuple[Task, ...] = (),
) -> FittedCard:
    """The one card that `fit_cards` finds. Raises as that; ModelRejected `output_unclear` where
    several explain the outputs, or one that also fits what no kind reads, `classes_unknown` where
    nothing tells how many classes there are."""
    cards = fit_cards(model, graph, sidecar, classes, tasks)
    first = cards[0]
    if len(cards) > 1 or not is_unambiguous(first):
        labels = tuple(
            fitted_card.reading.label for fitted_card in cards if fitted_card.reading is not None
        )
        raise ModelRejected(
            model.path, "output_unclear", get_output_shapes(model, first.card), labels
        )
    if (
        "classes" in first.unstated_keys
        and first.reading is not None
        and first.reading.n_classes is None
        and not classes
    ):
        raise ModelRejected(
            model.path,
            "classes_unknown",
            f"{first.card.output.kind}: {get_output_shapes(model, first.card)}",
        )
    return first


def is_unambiguous(fitted: FittedCard) -> bool:
    """Whether the outputs are stated, or have only one known explanation."""
    return fitted.reading is None or fitted.reading.sure


def fit_cards(
    model: OpenModel,
    graph: Graph,
    sidecar: Mapping[str, Any],
    classes: tuple[str, ...] = (),
    tasks: tuple[Task, ...] = (),
) -> tuple[FittedCard, ...]:
    """The file's own words, overridden by `sidecar`, made to run; a card for every reading of the
    outputs where nobody says what they are. `classes` are those of labelled frames, for a card
    without any; `tasks`: those that such labels can be of, none: any.

    Raises CardRejected for what makes no sense; ModelRejected for a file that takes no picture, or
    fails when it is run, and `output_unclear` where no kind explains all outputs.
    """
    picture = model.inputs[0]
    if picture.kind not in TAKEN or len(get_input_shape(model)) != AXES:
        raise ModelRejected(model.path, "rank", f"{picture.kind} {len(picture.shape)}")
    keys = collect_card_keys(model, sidecar)
    spec = keys["input"] if isinstance(keys.get("input"), Mapping) else {}
    proposal = {"input": _propose_input(model, graph, spec)}
    if {"task", "output", "classes"} <= keys.keys():
        return (
            _check_box_values(model, graph, _fit_reading(model, keys, proposal, None, classes)),
        )
    if unread := sidecar_metadata.get_unsupported_task(model.metadata):
        raise ModelRejected(model.path, "output_unclear", unread)
    raw = compute_raw_outputs(
        model,
        merge_card_keys(proposal, {"input": spec})["input"],
        find_output_operator(graph, model.outputs[0].name),
    )
    readings = _filter_readings(
        list_output_readings(raw), keys, classes, tasks
    ) or _make_stated_reading(raw, keys)
    if not readings:
        raise ModelRejected(model.path, "output_unclear", raw.shapes)
    return tuple(_fit_reading(model, keys, proposal, reading, classes) for reading in readings)


def _fit_reading(
    model: OpenModel,
    stated: Mapping[str, Any],
    proposal: Mapping[str, Any],
    reading: OutputReading | None,
    classes: tuple[str, ...],
) -> FittedCard:
    """Make the card of one reading, corrected where it contradicts the file; None for a reading
    that is fully stated."""
    whole = dict(proposal)
    if reading is not None:
        output = {"kind": reading.kind, **({"names": list(reading.names)} if reading.names else {})}
        whole |= {
            "task": reading.task,
            "output": output,
            "classes": _make_class_names(reading.n_classes, classes),
        }
    card, findings = _fit_input(
        model, remove_unknown_tensors(model, parse_card(merge_card_keys(whole, stated)))
    )
    card, layouts, layout_findings = _fit_layout(model, card)
    problem, shape, fits = _check_output(model, card)
    counted = _make_class_finding(card, problem, shape, fits)
    if BY_NAME[card.output.kind].no_background and begins_with_background(card.classes):
        counted = (
            *counted,
            Finding(
                "class_count",
                "error",
                "background",
                {"name": card.classes[0], "kind": card.output.kind},
            ),
        )
    unsaid = _list_unstated_keys(whole, stated, card)
    return FittedCard(
        card,
        (*findings, *layout_findings, *counted),
        stated,
        unsaid,
        problem is Misfit.NONE,
        layouts,
        reading,
    )


def _check_box_values(model: OpenModel, graph: Graph, fitted: FittedCard) -> FittedCard:
    """Report a complete card whose shapes fit but whose values are clearly another kind of
    boxes."""
    card = fitted.card
    if not fitted.readable or card.answers is not BOXES or is_plugin(card.output.kind):
        return fitted
    raw = compute_raw_outputs(
        model, dump_card(card)["input"], find_output_operator(graph, model.outputs[0].name)
    )
    readings = list_output_readings(raw)
    if not readings or any(_is_same_kind(reading.kind, card.output.kind) for reading in readings):
        return fitted
    fits = tuple(dict.fromkeys(reading.kind for reading in readings if reading.task == card.task))
    facts = {"kind": card.output.kind, "shape": raw.shapes, "fits": fits}
    return replace(
        fitted,
        findings=(*fitted.findings, Finding("class_count", "error", "figures", facts)),
        readable=False,
    )


def _is_same_kind(kind: str, other: str) -> bool:
    """Whether both decode the same rows: `yolo` also accepts those with an objectness."""
    return kind == other or {kind, other} == {"yolo", "yolo_obj"}


def _filter_readings(
    output_readings: tuple[OutputReading, ...],
    stated: Mapping[str, Any],
    classes: tuple[str, ...],
    tasks: tuple[Task, ...],
) -> tuple[OutputReading, ...]:
    """Keep readings that agree with the stated task and kind, with the labels and, if possible,
    with the number of named classes; a stated kind is decisive."""
    kind = _get_stated_kind(stated)
    task = stated.get("task")
    left = [
        output_reading
        for output_reading in output_readings
        if kind in (None, output_reading.kind) and task in (None, output_reading.task)
    ]
    left = [output_reading for output_reading in left if output_reading.task in tasks] or left
    named = stated.get("classes") or classes
    counted = (
        [
            output_reading
            for output_reading in left
            if output_reading.n_classes in (None, len(named))
        ]
        if isinstance(named, list | tuple) and named
        else []
    )
    sure = (
        kind is not None
        or task is not None
        or any(output_reading.n_classes is not None for output_reading in counted)
    )
    return tuple(
        replace(output_reading, sure=output_reading.sure or sure)
        for output_reading in counted or left
    )


def _get_stated_kind(stated: Mapping[str, Any]) -> str | None:
    output = stated.get("output")
    kind = output.get("kind") if isinstance(output, Mapping) else None
    return kind if isinstance(kind, str) else None


def _make_stated_reading(raw: RawOutputs, stated: Mapping[str, Any]) -> tuple[OutputReading, ...]:
    """Make the reading of a card's kind even though the values contradict it; the contradiction is
    reported as a finding."""
    kind = _get_stated_kind(stated)
    if kind is None or kind not in BY_NAME:
        return ()
    task = cast(Task, stated.get("task", BY_NAME[kind].tasks[0]))
    size = InputSpec(raw.size, "stretch", layout=raw.layout)
    n = count_classes(raw.runs[0], raw.batch, Card(task, size, OutputSpec(kind), ("a",)))
    return (OutputReading(task, kind, n),)


def get_input_shape(model: OpenModel) -> tuple[int | None, ...]:
    """The shape of the picture's tensor as the file declares it, with a batch axis where it is for
    one picture only."""
    shape = model.inputs[0].shape
    return (1, *shape) if len(shape) == ONE_PICTURE else shape


def get_class_width(shape: tuple[int, ...]) -> int:
    """How many figures a class output has for each picture."""
    return prod(shape[1:]) if len(shape) > 1 else prod(shape)


def _list_unstated_keys(
    whole: Mapping[str, Any], stated: Mapping[str, Any], card: Card
) -> tuple[str, ...]:
    """List dotted card keys that are not stated. Where the resize is stated, the other input keys
    have the card's defaults."""
    spec = stated["input"] if isinstance(stated.get("input"), Mapping) else {}
    fed = FED if spec.get("resize") is None else ()
    grey = ("colour",) if card.input.channels == 1 else ()
    proposed = {key: value for key, value in whole["input"].items() if value != UNSAID.get(key)}
    return (
        *(key for key in ("task", "classes") if key in whole and key not in stated),
        *(
            f"input.{key}"
            for key in dict.fromkeys((*proposed, *fed))
            if spec.get(key) is None and key not in grey
        ),
        *(["output.kind"] if "output" in whole and _get_stated_kind(stated) is None else []),
    )


def _propose_input(model: OpenModel, graph: Graph, spec: Mapping[str, Any]) -> dict[str, Any]:
    shape = get_input_shape(model)
    layout = _find_denoted_layout(graph) or (
        "NHWC" if shape[3] in (1, 3) and shape[1] not in (1, 3) else "NCHW"
    )
    sides = shape[2:] if layout == "NCHW" else shape[1:3]
    channels = shape[1] if layout == "NCHW" else shape[3]
    proposal: dict[str, Any] = {
        "size": [side or USUAL_SIDE for side in sides],
        "resize": USUAL_RESIZE,
    }
    if spec.get("layout") is None:
        proposal["layout"] = layout
    if spec.get("colour") is None and channels == 1:
        proposal["colour"] = "GRAY"
    return proposal


def _find_denoted_layout(graph: Graph) -> Layout | None:
    """The layout that the file's own denotations of the picture's axes name."""
    axes = graph.model.graph.input[0].type.tensor_type.shape.dim if graph.model.graph.input else ()
    return next(
        (
            BY_DENOTATION[index]
            for index, axis in enumerate(axes)
            if axis.denotation == CHANNEL and index in BY_DENOTATION
        ),
        None,
    )


def _make_class_names(n: int | None, classes: tuple[str, ...]) -> list[str]:
    """Names of `n` classes, those of the labels where they are as many, or nothing tells how many
    there are."""
    return (
        list(classes)
        if classes and n in (None, len(classes))
        else [f"class {index}" for index in range(n or 1)]
    )


def remove_unknown_tensors(model: OpenModel, card: Card) -> Card:
    """Without names of tensors that the file does not have: another export calls them differently,
    and means the first ones."""
    inputs, outputs = ({tensor.name for tensor in side} for side in (model.inputs, model.outputs))
    name = card.input.name if card.input.name in inputs else ""
    names = card.output.names if set(card.output.names) <= outputs else ()
    return replace(
        card, input=replace(card.input, name=name), output=replace(card.output, names=names)
    )


def _fit_input(model: OpenModel, card: Card) -> tuple[Card, tuple[Finding, ...]]:
    """Size and number of channels as the file fixes them."""
    shape, spec, findings = get_input_shape(model), card.input, []
    turned = _find_layout(shape, spec.layout, spec.channels)
    channels = shape[1] if turned == "NCHW" else shape[3]
    if channels in (1, 3) and channels != spec.channels:
        findings.append(
            Finding("channel_order", "error", "channels", {"said": spec.colour, "has": channels})
        )
        spec = replace(
            spec,
            colour="GRAY" if channels == 1 else "RGB",
            mean=(spec.mean[0],) * channels,
            std=(spec.std[0],) * channels,
        )
    sides = shape[2:] if turned == "NCHW" else shape[1:3]
    size = (sides[0] or spec.size[0], sides[1] or spec.size[1])
    if size != spec.size:
        facts = {"said": f"{spec.size[0]}×{spec.size[1]}", "has": f"{size[0]}×{size[1]}"}
        findings.append(Finding("resize", "error", "size", facts))
        spec = replace(spec, size=size)
    return replace(card, input=spec), tuple(findings)


def _find_layout(shape: tuple[int | None, ...], layout: Layout, channels: int) -> Layout:
    """The layout that the declared shape tells; `layout` where it fits both or tells nothing."""
    fits: dict[Layout, bool] = {
        "NCHW": shape[1] in (None, channels),
        "NHWC": shape[3] in (None, channels),
    }
    other: Layout = "NHWC" if layout == "NCHW" else "NCHW"
    if not fits[layout] and fits[other]:
        return other
    counts = (1, 3)
    if (
        not fits[layout]
        and shape[1 if other == "NCHW" else 3] in counts
        and shape[1 if layout == "NCHW" else 3] not in counts
    ):
        return other
    return layout


def _fit_layout(
    model: OpenModel, card: Card
) -> tuple[Card, tuple[Layout, ...], tuple[Finding, ...]]:
    """The layouts that the file runs with. Raises ModelRejected where it runs with none."""
    text: Layout = card.input.layout
    other: Layout = "NHWC" if text == "NCHW" else "NCHW"
    runs: list[Layout] = []
    failure: ModelRejected | None = None
    for layout in (text, other):
        try:
            model.warm_up((model.batch or 1, *replace(card.input, layout=layout).shape))
            runs.append(layout)
        except ModelRejected as error:
            failure = failure or error
    if not runs:
        assert failure is not None
        raise failure
    if runs[0] == text:
        return card, tuple(runs), ()
    shape = "×".join("?" if side is None else str(side) for side in model.inputs[0].shape)
    finding = Finding("layout", "error", "shape", {"said": text, "fits": other, "shape": shape})
    return replace(card, input=replace(card.input, layout=other)), (other,), (finding,)


def _check_output(model: OpenModel, card: Card) -> tuple[Misfit, tuple[int, ...], tuple[str, ...]]:
    batch = model.batch or 1
    feeds = {
        card.input.name or model.inputs[0].name: np.zeros((batch, *card.input.shape), np.float32)
    }
    read = get_read_tensors(card, [tensor.name for tensor in model.outputs])
    for tensor in model.outputs:
        # Sequences and maps have no shape.
        if tensor.name in read and not tensor.kind.startswith("tensor"):
            raise ModelRejected(
                model.path, "output_kind", f"{card.output.kind}: {tensor.name} is {tensor.kind}"
            )
    came = model.run(feeds, read)
    problem = find_misfit(came, batch, card)
    return (
        problem,
        came[0].shape,
        list_alternative_kinds(model, card, came) if problem is Misfit.KIND else (),
    )


def _make_class_finding(
    card: Card, problem: Misfit, shape: tuple[int, ...], fits: tuple[str, ...]
) -> tuple[Finding, ...]:
    seen = "×".join(str(side) for side in shape)
    if problem is Misfit.KIND:
        return (
            Finding(
                "class_count",
                "error",
                "kind",
                {"kind": card.output.kind, "shape": seen, "fits": fits},
            ),
        )
    if problem is Misfit.CLASSES:
        of_boxes = card.answers is BOXES
        facts = {
            "said": len(card.classes),
            "has": "" if of_boxes else get_class_width(shape),
            "shape": seen,
        }
        return (Finding("class_count", "error", "detector" if of_boxes else "classes", facts),)
    return ()
