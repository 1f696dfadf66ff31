"""ONNX files that pass their trial on zeros and then do something else."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper

from tests import makers


def counted_by_a_pixel(path: Path, batch: int | None = 1, half: float = 0.5) -> Path:
    """The colour model behind a loop that runs not once for a dark picture, and some ten thousand years where one value is bright.
    `batch`: how many pictures a run takes, None for any number; `half`: what is added to the brightest value before it is rounded down."""
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
        "w": np.eye(3, dtype=np.float32) * 20, "half": np.array(half, np.float32), "many": np.array(2.0**62, np.float32),
        "true": np.array(True),
    }  # fmt: skip
    makers.write_card(path.with_suffix(".card.json"), makers.COLOUR_CARD)
    makers.tiny_model(path, body=body, weights=weights)
    if batch is not None:
        model = onnx.load(path)
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = batch
        onnx.save(model, path)
    return path


def endless_on_zeros(path: Path) -> Path:
    """The same, for every picture."""
    return counted_by_a_pixel(path, half=1.0)


def one_long_operator(path: Path) -> Path:
    """The colour model with one product of matrices before it: 1 × 1 for a dark picture, and some minutes for one with a bright value."""
    body = [
        helper.make_node("ReduceMax", ["x"], ["brightest"], keepdims=0),
        helper.make_node("Floor", ["brightest"], ["bright"]),
        helper.make_node("Mul", ["bright", "side"], ["figure"]),
        helper.make_node("Add", ["figure", "one"], ["larger"]),
        helper.make_node("Cast", ["larger"], ["n"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["n", "alone"], ["once"]),
        helper.make_node("Concat", ["once", "once"], ["shape"], axis=0),
        helper.make_node("Expand", ["brightest", "shape"], ["matrix"]),
        helper.make_node("MatMul", ["matrix", "matrix"], ["product"]),
        helper.make_node("ReduceMean", ["product"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["x", "nothing"], ["same"]),
        helper.make_node("GlobalAveragePool", ["same"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]
    weights = {
        "w": np.eye(3, dtype=np.float32) * 20, "side": np.array(9000, np.float32), "one": np.array(1, np.float32),
        "zero": np.array(0, np.float32), "alone": np.array([1], np.int64),
    }  # fmt: skip
    makers.write_card(path.with_suffix(".card.json"), {**makers.COLOUR_CARD, "input": {**makers.CARD["input"], "scale": 1 / 255}})
    return makers.tiny_model(path, body=body, weights=weights)


def bright_picture(path: Path) -> Path:
    """A white one."""
    assert cv2.imwrite(str(path), np.full((32, 32, 3), 255, np.uint8))
    return path


def with_weights_in(path: Path, location: str, padding: int = 4096, said: str = "") -> Path:
    """The colour model with its weights in another file, behind so many bytes. `said`: what the model calls it, if that is not the same."""
    makers.colour_model(path)
    model = onnx.load(path)
    (weights,) = [one for one in model.graph.initializer if one.name == "w"]
    (path.parent / location).parent.mkdir(parents=True, exist_ok=True)
    (path.parent / location).write_bytes(b"#" * padding + weights.raw_data)
    outside(weights, said or location, offset=str(padding), length=str(len(weights.raw_data)))
    path.write_bytes(model.SerializeToString())
    return path


def outside(tensor: TensorProto, location: str, **figures: str) -> None:
    """Has a tensor lie in another file."""
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, value in {"location": location, **figures}.items():
        tensor.external_data.add(key=key, value=value)
