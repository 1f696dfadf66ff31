"""A card fitted to a model file: contradictions with the graph corrected, missing keys proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any, cast

import numpy as np

from fieldcheck.domain.model_card import Card, InputSpec, Layout, OutputSpec, dump_card, parse_card
from fieldcheck.domain.prediction import BOXES, BY_NAME, Task, is_plugin
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models import card as sidecar_metadata
from fieldcheck.models.card import collect_card_keys, merge_card_keys
from fieldcheck.models.decoders.decoder import Misfit, count_classes, find_misfit, get_read_tensors
from fieldcheck.models.decoders.detr_ssd_torchvision import begins_with_background
from fieldcheck.models.doctor.feed import (
    compute_raw_outputs,
    get_output_shapes,
    list_alternative_kinds,
)
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.doctor.graph_faults import Graph, find_output_operator
from fieldcheck.models.doctor.output_kinds import OutputReading, RawOutputs, list_output_readings
from fieldcheck.models.session import ONE_PICTURE, TAKEN, OpenModel

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
    remaining = [
        output_reading
        for output_reading in output_readings
        if kind in (None, output_reading.kind) and task in (None, output_reading.task)
    ]
    remaining = [
        output_reading for output_reading in remaining if output_reading.task in tasks
    ] or remaining
    named = stated.get("classes") or classes
    counted = (
        [
            output_reading
            for output_reading in remaining
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
        for output_reading in counted or remaining
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
    outputs = model.run(feeds, read)
    problem = find_misfit(outputs, batch, card)
    return (
        problem,
        outputs[0].shape,
        list_alternative_kinds(model, card, outputs) if problem is Misfit.KIND else (),
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
