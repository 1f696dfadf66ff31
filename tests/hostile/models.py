"""ONNX files that pass their trial on zeros and then do something else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests import makers


def counted_by_a_pixel(path: Path, batch: int | None = 1) -> Path:
    """The colour model behind a loop that runs not once for a dark picture, and some ten thousand years where one value is bright.
    `batch`: how many pictures a run takes, None for any number."""
    inputs = [("i", TensorProto.INT64, []), ("go", TensorProto.BOOL, []), ("kept", TensorProto.FLOAT, None)]
    outputs = [("go_on", TensorProto.BOOL, []), ("given", TensorProto.FLOAT, None)]
    inside = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Identity", ["kept"], ["given"])],
        "inside",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(*one) for one in outputs],
    )
    body = [
        helper.make_node("ReduceMax", ["x"], ["brightest"], keepdims=0),
        helper.make_node("Add", ["brightest", "half"], ["raised"]),
        helper.make_node("Floor", ["raised"], ["bright"]),
        helper.make_node("Mul", ["bright", "many"], ["figure"]),
        helper.make_node("Cast", ["figure"], ["times"], to=TensorProto.INT64),
        helper.make_node("Loop", ["times", "true", "x"], ["same"], body=inside),
        helper.make_node("GlobalAveragePool", ["same"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]
    weights = {
        "w": np.eye(3, dtype=np.float32) * 20, "half": np.array(0.5, np.float32), "many": np.array(2.0**62, np.float32),
        "true": np.array(True),
    }  # fmt: skip
    makers.write_card(path.with_suffix(".card.json"), makers.COLOUR_CARD)
    makers.tiny_model(path, body=body, weights=weights)
    if batch is not None:
        model = onnx.load(path)
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = batch
        onnx.save(model, path)
    return path
