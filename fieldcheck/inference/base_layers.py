"""Which layers of a model are bit for bit those of the model it was trained from: they were frozen, or never changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnx
from onnx import numpy_helper

from fieldcheck.domain.training import Layer
from fieldcheck.errors import ModelRejected
from fieldcheck.inference.onnx_file import read_onnx
from fieldcheck.inference.penultimate import ALONG_CHANNELS, WEIGHTED

Weights = tuple[str, bool, tuple[int, ...], str]  # name, of a convolution, shape, hash of the figures


def compare_layers(path: Path, base: Path) -> tuple[Layer, ...]:
    """The layers with weights in the order of the graph. Those of the base are found by name, and where an exporter gave other names by
    place, if the graphs have the same layers.

    Raises PathMissing, PathRefused, ModelRejected – `base` where the two graphs share no layer.
    """
    own, others = _read_weights(path), _read_weights(base)
    by_name = {name: (shape, digest) for name, _, shape, digest in others}
    alike = [one[2] for one in own] == [one[2] for one in others]
    found = []
    for place, (name, convolution, shape, digest) in enumerate(own):
        like = by_name.get(name) if name in by_name else (others[place][2], others[place][3]) if alike else None
        found.append((Layer(name, convolution, like == (shape, digest)), like is not None))
    if not any(known for _, known in found):
        raise ModelRejected(base, "base", path.name)
    return tuple(layer for layer, _ in found)


def _read_weights(path: Path) -> list[Weights]:
    read_onnx(path)  # weights in other files lie inside the folder
    graph = onnx.load(str(path), load_external_data=False).graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    made_by = {name: node for node in graph.node for name in node.output}
    found: list[Weights] = []
    for node in graph.node:
        at = WEIGHTED.get(node.op_type)
        name = node.input[at] if at is not None and len(node.input) > at else ""
        while name not in tensors and name in made_by and made_by[name].op_type in ("DequantizeLinear", "Identity", "Transpose"):
            name = made_by[name].input[0]
        if name not in tensors:
            continue
        figures = numpy_helper.to_array(tensors[name], str(path.parent))
        digest = hashlib.sha256(figures.tobytes()).hexdigest()
        found.append((name, node.op_type in ALONG_CHANNELS, tuple(figures.shape), digest))
    return found
