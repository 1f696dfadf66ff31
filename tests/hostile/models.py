"""ONNX files that pass their trial on grey pictures and noise, and then do something else."""

from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper

from tests import makers

# How far the means of the channels lie apart, from 0 to 1: hardly anything in a picture that is
# grey or noise.
COLOURED = (
    helper.make_node("GlobalAveragePool", ["x"], ["means"]),
    helper.make_node("ReduceMax", ["means"], ["most"], keepdims=0),
    helper.make_node("ReduceMin", ["means"], ["least"], keepdims=0),
    helper.make_node("Sub", ["most", "least"], ["apart"]),
    helper.make_node("ReduceMax", ["x"], ["brightest"], keepdims=0),
    helper.make_node("Max", ["brightest", "unit"], ["scale"]),
    helper.make_node("Div", ["apart", "scale"], ["coloured"]),
)
UNIT = {"unit": np.array(1, np.float32)}


def counted_by_a_pixel(path: Path, batch: int | None = 1, half: float = 0.5) -> Path:
    """The colour model behind a loop that runs not once for a dark picture or a grey one, and some
    ten thousand years for a bright colour. `batch`: how many pictures a run takes, None for any
    number; `half`: what is added to the colour before it is rounded down."""
    kept = ("kept", TensorProto.FLOAT, None)
    inputs = [("i", TensorProto.INT64, []), ("go", TensorProto.BOOL, []), kept]
    outputs = [("go_on", TensorProto.BOOL, []), ("given", TensorProto.FLOAT, None)]
    inside = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Identity", ["kept"], ["given"]),
        ],
        "inside",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(*one) for one in outputs],
    )
    body = [
        *COLOURED,
        helper.make_node("Add", ["coloured", "half"], ["raised"]),
        helper.make_node("Floor", ["raised"], ["bright"]),
        helper.make_node("Mul", ["bright", "many"], ["figure"]),
        helper.make_node("Cast", ["figure"], ["times"], to=TensorProto.INT64),
        helper.make_node("Loop", ["times", "true", "x"], ["same"], body=inside),
        helper.make_node("GlobalAveragePool", ["same"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]
    weights = {
        "w": np.eye(3, dtype=np.float32) * 20, "half": np.array(half, np.float32),
        "many": np.array(2.0**62, np.float32),
        "true": np.array(True), **UNIT,
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
    """The colour model with one product of matrices before it: 1 × 1 for a grey picture, and some
    minutes for a pure colour."""
    body = [
        *COLOURED,
        helper.make_node("Floor", ["coloured"], ["bright"]),
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
        "w": np.eye(3, dtype=np.float32) * 20, "side": np.array(9000, np.float32),
        "one": np.array(1, np.float32),
        "zero": np.array(0, np.float32), "alone": np.array([1], np.int64), **UNIT,
    }  # fmt: skip
    card = {**makers.COLOUR_CARD, "input": {**makers.CARD["input"], "scale": 1 / 255}}
    makers.write_card(path.with_suffix(".card.json"), card)
    return makers.tiny_model(path, body=body, weights=weights)


def bright_picture(path: Path) -> Path:
    """A red one."""
    assert cv2.imwrite(str(path), np.full((32, 32, 3), (0, 0, 255), np.uint8))
    return path


def sized_by_a_pixel(path: Path, gigabytes: float, by: str = "brightest") -> Path:
    """The colour model behind a tensor of so many gigabytes for a picture of ones, or a pure
    colour; of four bytes for a black one. `by`: `brightest` or `coloured`, as a share."""
    body = [
        *COLOURED,
        helper.make_node("Mul", [by, "many"], ["figure"]),
        helper.make_node("Add", ["figure", "unit"], ["larger"]),
        helper.make_node("Cast", ["larger"], ["n"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["n", "alone"], ["shape"]),
        helper.make_node("Expand", ["brightest", "shape"], ["vast"]),
        helper.make_node("ReduceMax", ["vast"], ["same"], keepdims=0),
        helper.make_node("Mul", ["same", "zero"], ["nothing"]),
        helper.make_node("Add", ["x", "nothing"], ["fed"]),
        helper.make_node("GlobalAveragePool", ["fed"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]
    weights = {
        "w": np.eye(3, dtype=np.float32) * 20, "many": np.array(gigabytes * 2**28, np.float32),
        "zero": np.array(0, np.float32),
        "alone": np.array([1], np.int64), **UNIT,
    }  # fmt: skip
    card = {**makers.COLOUR_CARD, "input": {**makers.CARD["input"], "scale": 1 / 255}}
    makers.write_card(path.with_suffix(".card.json"), card)
    return makers.tiny_model(path, body=body, weights=weights)


def with_weights_in(path: Path, location: str, padding: int = 4096, said: str = "") -> Path:
    """The colour model with its weights in another file, behind so many bytes. `said`: what the
    model calls it, if that is not the same."""
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
