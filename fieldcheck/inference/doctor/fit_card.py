"""A card made to fit a file: what it says against the graph is corrected and told, what nobody says is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.model_card import Card, Layout, card_from_json, input_size
from fieldcheck.errors import ModelRejected
from fieldcheck.inference import ultralytics
from fieldcheck.inference.decode import fitting, misfit, tensors_read
from fieldcheck.inference.decode_yolo import END_TO_END_COLUMNS
from fieldcheck.inference.decode_yolox import cells_of
from fieldcheck.inference.decoder import Misfit
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.inference.doctor.graph import Graph, tail
from fieldcheck.inference.open_model import ONE_PICTURE, TAKEN, OpenModel
from fieldcheck.inference.read_card import merged

AXES = ONE_PICTURE + 1
UNSAID = {"layout": "NCHW"}  # what a card means that does not say so
USUAL_SIDE = 224  # pixels, where neither card nor file fixes a size
USUAL_RESIZE = "stretch"
MOST_END_TO_END = 1000  # boxes of a detector that picks them itself
BY_TAIL = {"Softmax": "softmax", "Sigmoid": "sigmoid"}


@dataclass(frozen=True, slots=True)
class FittedCard:
    """`findings`: what had to be corrected. `proposed`: dotted keys that nobody said. `readable`: the output is of the card's kind.
    `layouts`: those that the file runs with, the card's first."""

    card: Card
    findings: tuple[Finding, ...]
    proposed: tuple[str, ...]
    readable: bool
    layouts: tuple[Layout, ...]


def fit_card(model: OpenModel, graph: Graph, sidecar: Mapping[str, Any], classes: tuple[str, ...] = ()) -> FittedCard:
    """The file's own words, overridden by `sidecar`, made to run. `classes` are those of labelled frames, for a card without any.

    Raises CardRejected for what makes no sense; ModelRejected for a file that takes no picture, or fails when it is run.
    """
    picture = model.inputs[0]
    if picture.kind not in TAKEN or len(declared(model)) != AXES:
        raise ModelRejected(model.path, "rank", f"{picture.kind} {len(picture.shape)}")
    said = merged(ultralytics.card_keys(model.metadata, model.outputs[0].shape), sidecar)
    filled, proposed = _filled(model, graph, said, classes)
    card = card_from_json(filled)
    card, findings = _fit_input(model, with_known_names(model, card))
    card, layouts, layout_findings = _fit_layout(model, card)
    problem, shape, fits = _output(model, card)
    counted = _class_finding(card, problem, shape, fits)
    return FittedCard(card, (*findings, *layout_findings, *counted), proposed, problem is Misfit.NONE, layouts)


def declared(model: OpenModel) -> tuple[int | None, ...]:
    """The shape of the picture's tensor as the file declares it, with a batch axis where it is for one picture only."""
    shape = model.inputs[0].shape
    return (1, *shape) if len(shape) == ONE_PICTURE else shape


def class_width(shape: tuple[int, ...]) -> int:
    """How many figures a class output has for each picture."""
    return prod(shape[1:]) if len(shape) > 1 else prod(shape)


def _filled(
    model: OpenModel, graph: Graph, said: Mapping[str, Any], classes: tuple[str, ...]
) -> tuple[dict[str, Any], tuple[str, ...]]:  # fmt: skip
    """The card's keys with a proposal for every one that is required and missing."""
    found: dict[str, Any] = dict(said)
    spec = found["input"] if isinstance(found.get("input"), Mapping) else {}
    proposal = {"input": _proposed_input(model, spec)}
    if not {"task", "output", "classes"} <= found.keys():
        whole = merged(proposal, {"input": spec})
        proposal |= _proposed_output(model, graph, whole["input"], classes)
    missing = [
        *(key for key in ("task", "classes") if key in proposal and key not in found),
        *(f"input.{key}" for key, value in proposal["input"].items() if spec.get(key) is None and value != UNSAID.get(key)),
        *(["output.kind"] if "output" in proposal and "output" not in found else []),
    ]
    return merged(proposal, found), tuple(missing)


def _proposed_input(model: OpenModel, spec: Mapping[str, Any]) -> dict[str, Any]:
    shape = declared(model)
    layout = "NHWC" if shape[3] in (1, 3) and shape[1] not in (1, 3) else "NCHW"
    sides = shape[2:] if layout == "NCHW" else shape[1:3]
    channels = shape[1] if layout == "NCHW" else shape[3]
    proposal: dict[str, Any] = {"size": [side or USUAL_SIDE for side in sides], "resize": USUAL_RESIZE}
    if spec.get("layout") is None:
        proposal["layout"] = layout
    if spec.get("colour") is None and channels == 1:
        proposal["colour"] = "GRAY"
    return proposal


def _proposed_output(model: OpenModel, graph: Graph, spec: Mapping[str, Any], classes: tuple[str, ...]) -> dict[str, Any]:
    height, width = input_size(spec)
    channels = 1 if spec.get("colour") == "GRAY" else 3
    sides = (channels, height, width) if spec.get("layout", "NCHW") == "NCHW" else (height, width, channels)
    shape = model.warm_up((model.batch or 1, *sides))[0].shape
    if len(shape) == 3 and min(shape[1:]) > 5:
        kind, n = _kind_of_grid(shape[1:], (height, width))
        return {"task": "detection", "output": {"kind": kind}, "classes": _names(n, classes)}
    ends = BY_TAIL.get(tail(graph, model.outputs[0].name), "logits")
    n = class_width(shape)
    return {"task": "classification", "output": {"kind": ends}, "classes": _names(2 if n == 1 else n, classes)}


def _kind_of_grid(shape: tuple[int, ...], size: tuple[int, int]) -> tuple[str, int]:
    """What a detector's output most likely is, and for how many classes. One row a cell, each with an objectness, is YOLOX; three
    anchors a cell are YOLOv5; classes before cells are YOLOv8 and later."""
    rows, columns = shape
    cells = len(cells_of(size)[0])
    if columns == END_TO_END_COLUMNS and rows <= MOST_END_TO_END:
        return "yolo_end2end", 1
    if rows == cells:
        return "yolox", columns - 5
    if rows == 3 * cells:
        return "yolo_obj", columns - 5
    return "yolo", min(shape) - 4


def _names(n: int, classes: tuple[str, ...]) -> list[str]:
    return list(classes) if len(classes) == n else [f"class {index}" for index in range(n)]


def with_known_names(model: OpenModel, card: Card) -> Card:
    """Without names of tensors that the file does not have: another export calls them differently, and means the first ones."""
    inputs, outputs = ({tensor.name for tensor in side} for side in (model.inputs, model.outputs))
    name = card.input.name if card.input.name in inputs else ""
    names = card.output.names if set(card.output.names) <= outputs else ()
    return replace(card, input=replace(card.input, name=name), output=replace(card.output, names=names))


def _fit_input(model: OpenModel, card: Card) -> tuple[Card, tuple[Finding, ...]]:
    """Size and number of channels as the file fixes them."""
    shape, spec, found = declared(model), card.input, []
    turned = _turned(shape, spec.layout, spec.channels)
    channels = shape[1] if turned == "NCHW" else shape[3]
    if channels in (1, 3) and channels != spec.channels:
        found.append(Finding("channel_order", "error", "channels", {"said": spec.colour, "has": channels}))
        spec = replace(spec, colour="GRAY" if channels == 1 else "RGB", mean=(spec.mean[0],) * channels, std=(spec.std[0],) * channels)
    sides = shape[2:] if turned == "NCHW" else shape[1:3]
    size = (sides[0] or spec.size[0], sides[1] or spec.size[1])
    if size != spec.size:
        facts = {"said": f"{spec.size[0]}×{spec.size[1]}", "has": f"{size[0]}×{size[1]}"}
        found.append(Finding("resize", "error", "size", facts))
        spec = replace(spec, size=size)
    return replace(card, input=spec), tuple(found)


def _turned(shape: tuple[int | None, ...], said: Layout, channels: int) -> Layout:
    """The layout that the declared shape tells; `said` where it fits both or tells nothing."""
    fits: dict[Layout, bool] = {"NCHW": shape[1] in (None, channels), "NHWC": shape[3] in (None, channels)}
    other: Layout = "NHWC" if said == "NCHW" else "NCHW"
    if not fits[said] and fits[other]:
        return other
    counts = (1, 3)
    if not fits[said] and shape[1 if other == "NCHW" else 3] in counts and shape[1 if said == "NCHW" else 3] not in counts:
        return other
    return said


def _fit_layout(model: OpenModel, card: Card) -> tuple[Card, tuple[Layout, ...], tuple[Finding, ...]]:
    """The layouts that the file runs with. Raises ModelRejected where it runs with none."""
    said: Layout = card.input.layout
    other: Layout = "NHWC" if said == "NCHW" else "NCHW"
    runs: list[Layout] = []
    failure: ModelRejected | None = None
    for layout in (said, other):
        try:
            model.warm_up((model.batch or 1, *replace(card.input, layout=layout).shape))
            runs.append(layout)
        except ModelRejected as error:
            failure = failure or error
    if not runs:
        assert failure is not None
        raise failure
    if runs[0] == said:
        return card, tuple(runs), ()
    shape = "×".join("?" if side is None else str(side) for side in model.inputs[0].shape)
    finding = Finding("layout", "error", "shape", {"said": said, "fits": other, "shape": shape})
    return replace(card, input=replace(card.input, layout=other)), (other,), (finding,)


def _output(model: OpenModel, card: Card) -> tuple[Misfit, tuple[int, ...], tuple[str, ...]]:
    batch = model.batch or 1
    feeds = {card.input.name or model.inputs[0].name: np.zeros((batch, *card.input.shape), np.float32)}
    read = tensors_read(card, [tensor.name for tensor in model.outputs])
    for tensor in model.outputs:
        if tensor.name in read and not tensor.kind.startswith("tensor"):  # a sequence or a map has no shape to look at
            raise ModelRejected(model.path, "output_kind", f"{card.output.kind}: {tensor.name} is {tensor.kind}")
    came = model.run(feeds, read)
    problem = misfit(came, batch, card)
    return problem, came[0].shape, fitting(came, batch, card) if problem is Misfit.KIND else ()


def _class_finding(card: Card, problem: Misfit, shape: tuple[int, ...], fits: tuple[str, ...]) -> tuple[Finding, ...]:
    seen = "×".join(str(side) for side in shape)
    if problem is Misfit.KIND:
        return (Finding("class_count", "error", "kind", {"kind": card.output.kind, "shape": seen, "fits": fits}),)
    if problem is Misfit.CLASSES:
        of_boxes = card.answers is BOXES
        facts = {"said": len(card.classes), "has": "" if of_boxes else class_width(shape), "shape": seen}
        return (Finding("class_count", "error", "detector" if of_boxes else "classes", facts),)
    return ()
