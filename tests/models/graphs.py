"""Small real ONNX files, built operator by operator."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPEN = None


def write(
    path: Path, nodes, inputs, outputs, weights=(), metadata=None, opset=17, ir_version=10,
    domains=(),
) -> Path:  # fmt: skip
    graph = helper.make_graph(
        nodes, "graph", inputs, outputs,
        [numpy_helper.from_array(value, name) for name, value in weights],
    )  # fmt: skip
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(name, 1) for name in domains)]
    model = helper.make_model(graph, opset_imports=imports)
    model.ir_version = ir_version
    helper.set_model_props(model, metadata or {})
    path.write_bytes(model.SerializeToString())
    return path


def picture(shape=("n", 3, 8, 8), kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info("images", kind, list(shape))


def output(shape=None, name="output"):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def passing_on(path: Path, **options) -> Path:
    """Gives the picture back."""
    shape = options.pop("shape", ("n", 3, 8, 8))
    return write(
        path, [helper.make_node("Identity", ["images"], ["output"])], [picture(shape)], [output()],
        **options,
    )  # fmt: skip


def constant_head(path: Path, values: np.ndarray, shape=("n", 3, 8, 8), **options) -> Path:
    """Says `values`, one picture's output, of every picture of a batch."""
    rank = values.ndim + 1
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Reshape", ["nothing", "column"], ["one_each"]),
        helper.make_node("Add", ["one_each", "values"], ["output"]),
    ]
    column = np.array([-1] + [1] * (rank - 1), np.int64)
    cast = values.astype(np.float32)
    weights = [("zero", np.zeros(1, np.float32)), ("column", column), ("values", cast[None])]
    return write(path, nodes, [picture(shape)], [output()], weights, **options)


def convolutions(path: Path, n_classes=3, side=32, last=None, seed=0, **options) -> Path:
    """A small random network: two convolutions, the mean, a linear layer and maybe `last`."""
    rng = np.random.default_rng(seed)
    nodes = [
        helper.make_node("Conv", ["images", "w1"], ["c1"], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["c2"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w3"], ["scores" if last else "output"], transB=1),
    ]
    if last:
        nodes.append(helper.make_node(last, ["scores"], ["output"]))
    weights = [
        ("w1", rng.normal(0, 0.3, (8, 3, 3, 3)).astype(np.float32)),
        ("w2", rng.normal(0, 0.2, (16, 8, 3, 3)).astype(np.float32)),
        ("w3", rng.normal(0, 1.0, (n_classes, 16)).astype(np.float32)),
    ]
    shape = options.pop("shape", ("n", 3, side, side))
    return write(path, nodes, [picture(shape)], [output()], weights, **options)


def with_outside_weights(path: Path, location: str, data: bytes | None, length: int = 12) -> Path:
    """Multiply the picture by three weights in another file, written where `data` are given."""
    weights = TensorProto(
        name="weights",
        data_type=TensorProto.FLOAT,
        dims=[3, 1, 1],
        data_location=TensorProto.EXTERNAL,
    )
    for key, value in (("location", location), ("offset", "0"), ("length", str(length))):
        weights.external_data.add(key=key, value=value)
    node = helper.make_node("Mul", ["images", "weights"], ["output"])
    graph = helper.make_graph([node], "graph", [picture()], [output()], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 10
    path.write_bytes(model.SerializeToString())
    if data is not None:
        (path.parent / location).write_bytes(data)
    return path


def endless(path: Path) -> Path:
    """A loop that runs for some ten thousand years."""
    shape = [1, 3, 8, 8]
    kept = ("kept", TensorProto.FLOAT, shape)
    inputs = [("i", TensorProto.INT64, []), ("go", TensorProto.BOOL, []), kept]
    outputs = [("go_on", TensorProto.BOOL, []), ("given", TensorProto.FLOAT, shape)]
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Identity", ["kept"], ["given"]),
        ],
        "body",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(*one) for one in outputs],
    )
    weights = [("times", np.array(2**62)), ("true", np.array(True))]
    return write(
        path, [helper.make_node("Loop", ["times", "true", "images"], ["output"], body=body)],
        [picture(shape)], [output()], weights,
    )  # fmt: skip


def greedy(path: Path) -> Path:
    """Asks for sixteen terabytes."""
    nodes = [
        helper.make_node("ConstantOfShape", ["sides"], ["vast"]),
        helper.make_node("ReduceSum", ["vast"], ["sum"], keepdims=0),
        helper.make_node("Add", ["images", "sum"], ["output"]),
    ]
    values = np.array([1 << 20, 1 << 22])
    return write(path, nodes, [picture((1, 3, 8, 8))], [output()], [("sides", values)])


def loaded(path: Path) -> onnx.ModelProto:
    return onnx.load(str(path), load_external_data=False)
