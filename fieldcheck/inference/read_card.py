"""The card of a model: what the file says of itself, what a card beside it says, and whether both fit the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fieldcheck.domain.label import is_class_name
from fieldcheck.domain.model_card import REQUIRED, Card, parse_card
from fieldcheck.domain.output_kind import BY_NAME, OUTPUT_KINDS
from fieldcheck.errors import CardNeeded, CardRejected, ModelRejected
from fieldcheck.inference import ultralytics
from fieldcheck.inference.decode import count_classes, find_misfit, get_read_tensors
from fieldcheck.inference.decode_ssd import begins_with_background
from fieldcheck.inference.decoder import Misfit
from fieldcheck.inference.doctor.raw_outputs import list_alternative_kinds
from fieldcheck.inference.open_model import FLOATS, INTEGERS, ONE_PICTURE, TAKEN, OpenModel, TensorSpec
from fieldcheck.inference.plugins import PluginError
from fieldcheck.inference.sidecar_metadata import parse_image_metadata, read_sidecar_metadata


def read_card(model: OpenModel, sidecar: Mapping[str, Any] | None = None, classes: tuple[str, ...] | None = None) -> Card:
    """Model card from what training tools left beside the file, overridden key by key by the file's own metadata, then by `sidecar`, then
    by `classes`; checked against the graph in one run. Where a tool spoke and named no size, the size is the one that the graph asks for.

    Raises CardNeeded for what nobody says, CardRejected for what makes no sense, ModelRejected `inputs`, `rank`, `channels`, `size`,
    `output_kind`, `classes` for what does not fit the file.
    """
    found = collect_card_keys(model, sidecar)
    if classes is not None:
        found["classes"] = list(classes)
    missing = tuple(field for field in REQUIRED if _is_absent(found, field))
    if missing:
        raise CardNeeded(model.path, missing)
    card = parse_card(found)
    check_card_fits(model, card)
    return card


def collect_card_keys(model: OpenModel, sidecar: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Keys of a card that somebody says: what training tools left beside the file, its own metadata over that, `sidecar` over both. Where a
    tool spoke and named no size, the size is the one that the graph asks for."""
    beside = read_sidecar_metadata(model.path, model.metadata)
    own = merge_card_keys(
        parse_image_metadata(model.metadata), ultralytics.parse_ultralytics_metadata(model.metadata, model.outputs[0].shape)
    )
    found = merge_card_keys(merge_card_keys(beside, own), sidecar or {})
    if beside and _is_absent(found, "input.size"):
        found = merge_card_keys({"input": {"size": _get_fixed_size(model.inputs[0], found)}}, found)
    return found


def check_classes(classes: Sequence[str]) -> None:
    """Raises CardRejected where one of them is no name. Cards that a project holds are not asked: it would not open any more."""
    wrong = next((name for name in classes if not is_class_name(name)), None)
    if wrong is not None:
        raise CardRejected("classes", "value", wrong)


def merge_card_keys(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both objects in one; where both have a key, `above` counts, object by object. A null says nothing."""
    both = dict(below)
    for key, value in above.items():
        under = both.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            both[key] = merge_card_keys(under, value)
        elif value is not None:
            both[key] = value
    return both


def check_card_fits(model: OpenModel, card: Card) -> None:
    """Raises CardRejected or ModelRejected where a class has no name, the card's tensors are not the graph's, or its output is none of that
    kind."""
    check_classes(card.classes)
    if BY_NAME[card.output.kind].no_background and begins_with_background(card.classes):
        raise CardRejected("classes", "background", card.classes[0])
    names = {tensor.name for tensor in model.inputs}
    if card.input.name and card.input.name not in names:
        raise CardRejected("input.name", "value", card.input.name)
    unknown = set(card.output.names) - {tensor.name for tensor in model.outputs}
    if unknown:
        raise CardRejected("output.names", "value", ", ".join(sorted(unknown)))
    if len(model.inputs) > 1:
        raise ModelRejected(model.path, "inputs", ", ".join(sorted(names)))
    _check_input(model, model.inputs[0], card)
    outputs = get_read_tensors(card, [tensor.name for tensor in model.outputs])
    for tensor in model.outputs:
        if tensor.name in outputs and not _is_readable(model, tensor, card.output.kind):
            raise ModelRejected(model.path, "output_kind", f"{card.output.kind}: {tensor.name} is {tensor.kind}")
    batch = model.batch or 1
    blank = np.zeros((batch, *card.input.shape), np.float32)
    came = model.run({model.inputs[0].name: blank}, outputs)
    try:
        problem = find_misfit(came, batch, card)
    except PluginError as error:
        raise ModelRejected(model.path, error.problem, error.detail) from error
    if problem is not Misfit.NONE:
        seen = ", ".join("×".join(str(side) for side in one.shape) for one in came)
        said = f"{card.output.kind}, output {seen}, {len(card.classes)} classes"
        if problem is Misfit.CLASSES:
            raise ModelRejected(model.path, problem.value, said, n_classes=count_classes(came, batch, card), n_named=len(card.classes))
        known = tuple(f"{kind.name} {kind.shape}" for kind in OUTPUT_KINDS if card.task in kind.tasks)
        raise ModelRejected(model.path, problem.value, said, list_alternative_kinds(model, card, came), known)


def _is_readable(model: OpenModel, tensor: TensorSpec, kind: str) -> bool:
    """Integers are labels and class maps, or quantised figures whose step the graph names."""
    return tensor.kind in FLOATS or tensor.name in model.steps or (tensor.kind in INTEGERS and BY_NAME[kind].holds_integers)


def _check_input(model: OpenModel, tensor: TensorSpec, card: Card) -> None:
    spec, shape = card.input, tensor.shape
    seen = "×".join("?" if side is None else str(side) for side in shape)
    if len(shape) == ONE_PICTURE and BY_NAME[card.output.kind].one_picture:
        shape = (1, *shape)
    if len(shape) != ONE_PICTURE + 1 or tensor.kind not in TAKEN:
        raise ModelRejected(model.path, "rank", f"{tensor.kind} {seen}")
    channel_axis = 1 if spec.layout == "NCHW" else 3
    if shape[channel_axis] not in (None, spec.channels):
        raise ModelRejected(model.path, "channels", f"{spec.colour} {spec.layout}, input {seen}")
    if any(has not in (None, wants) for has, wants in zip(shape[1:], spec.shape, strict=True)):
        raise ModelRejected(model.path, "size", f"{spec.size[0]}×{spec.size[1]}, input {seen}")


def _get_fixed_size(tensor: TensorSpec, found: Mapping[str, Any]) -> list[int] | None:
    """[height, width] where the graph fixes both."""
    asked = found.get("input")
    layout = asked.get("layout") if isinstance(asked, Mapping) else None
    sides = tensor.shape[-3:-1] if layout == "NHWC" else tensor.shape[-2:]
    return [side for side in sides if side is not None] if len(sides) == 2 and None not in sides else None


def _is_absent(found: Mapping[str, Any], dotted: str) -> bool:
    """Whether nobody gave the key; something of a wrong type in its place is left to the card's own check."""
    above, _, key = dotted.rpartition(".")
    place = found.get(above) if above else found
    return place is None or (isinstance(place, Mapping) and place.get(key) in (None, []))
