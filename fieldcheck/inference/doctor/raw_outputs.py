"""Raw outputs of a model for a few rendered pictures, and the kinds that read them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fieldcheck.domain.model_card import Card, InputSpec, Layout, dump_card, read_input_size
from fieldcheck.inference.decode import OF_CLASSES, list_fitting_kinds
from fieldcheck.inference.decoder import Array
from fieldcheck.inference.doctor.explain_outputs import RawOutputs, format_shapes, list_output_readings
from fieldcheck.inference.doctor.feed import make_batch, resize_frames
from fieldcheck.inference.doctor.pictures import render_probe_images
from fieldcheck.inference.open_model import OpenModel

SHOWN = 4  # pictures


def compute_raw_outputs(model: OpenModel, spec: Mapping[str, Any], tail: str = "") -> RawOutputs:
    """Answers to a few rendered pictures, fed as the `input` keys of a card say, with pixels from 0 to 1. `tail`: the operator that makes
    the first output. Raises ModelRejected, `run_failed`, CardRejected for a size that is none."""
    height, width = read_input_size(spec)
    layout: Layout = "NHWC" if spec.get("layout") == "NHWC" else "NCHW"
    grey, batch = spec.get("colour") == "GRAY", model.batch or 1
    plain = InputSpec((height, width), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,)) if grey else InputSpec((height, width), "stretch")
    pictures = make_batch(resize_frames(render_probe_images(SHOWN), plain).planes, replace(plain, layout=layout))
    runs = []
    for one in pictures:
        filled = np.zeros((batch, *one.shape), np.float32)
        filled[0] = one
        runs.append(tuple(model.run({model.inputs[0].name: filled})))
    names = tuple(tensor.name for tensor in model.outputs)
    return RawOutputs(names, tuple(runs), batch, (height, width), layout, tail)


def get_output_shapes(model: OpenModel, card: Card) -> str:
    """Shapes of all outputs of one run, as a sentence shows them."""
    return format_shapes(model.warm_up((model.batch or 1, *card.input.shape)))


def list_alternative_kinds(model: OpenModel, card: Card, came: Sequence[Array]) -> tuple[str, ...]:
    """Kinds that could stand on the card in place of its own: those that read the outputs of a run, `came`, (n, …) each, with its
    classes, and those that explain all outputs of the file, with their task where it is another."""
    raw = compute_raw_outputs(model, dump_card(card)["input"])
    explained = [one for one in list_output_readings(raw) if one.kind not in OF_CLASSES]
    found = [*list_fitting_kinds(came, model.batch or 1, card)]
    found += [one.kind if one.task == card.task else f"{one.kind} (task: {one.task})" for one in explained if one.kind not in found]
    return tuple(dict.fromkeys(found))
