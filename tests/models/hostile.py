"""Files that mean harm, or were made to look as if."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from tests.models import graphs

FEW = ("n", 3, 8, 8)


def far_away(location: str) -> Callable[[Path], Path]:
    """Weights that lie somewhere else on the disk."""
    return lambda path: graphs.with_outside_weights(path, location, None)


def through_a_link(path: Path) -> Path:
    """Weights that a link leads out of the folder for."""
    outside = path.parent.parent / "outside.bin"
    outside.write_bytes(np.float32([1, 2, 3]).tobytes())
    (path.parent / "w.bin").symlink_to(outside)
    return graphs.with_outside_weights(path, "w.bin", None)


def vast_weights(path: Path) -> Path:
    """A tensor that declares four terabytes and holds nothing."""
    model = graphs.loaded(graphs.passing_on(path, shape=FEW))
    proto = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1 << 20, 1 << 20])
    model.graph.initializer.append(proto)
    model.graph.node[0].op_type = "Add"
    model.graph.node[0].input.append("w")
    path.write_bytes(model.SerializeToString())
    return path


def vast_weights_outside(path: Path) -> Path:
    """The same, said to lie in a file of twelve bytes."""
    graphs.with_outside_weights(path, "w.bin", np.float32([1, 2, 3]).tobytes())
    model = graphs.loaded(path)
    model.graph.initializer[0].dims[:] = [1 << 20, 1 << 20]
    model.graph.initializer[0].external_data[-1].value = str(1 << 42)
    path.write_bytes(model.SerializeToString())
    return path


def below_nothing(path: Path) -> Path:
    """A tensor with a negative side."""
    model = graphs.loaded(vast_weights(path))
    model.graph.initializer[0].dims[:] = [-4, 3]
    path.write_bytes(model.SerializeToString())
    return path


def circle(path: Path) -> Path:
    """Two operators that each wait for the other."""
    back = helper.make_node("Identity", ["b"], ["output"])
    nodes = [back, helper.make_node("Identity", ["output"], ["b"])]
    end = helper.make_node("Softmax", ["b"], ["c"])
    return graphs.write(path, [*nodes, end], [graphs.picture(FEW)], [graphs.output()])


def without_inputs(path: Path) -> Path:
    """Operators that read nothing and make nothing."""
    names = ("Identity", "Softmax", "BatchNormalization", "Dropout", "QuantizeLinear")
    nodes = [helper.make_node(name, [], []) for name in names]
    return graphs.write(path, nodes, [graphs.picture(FEW)], [graphs.output()])


def deep(path: Path, levels: int = 2000) -> Path:
    """Branches within branches, two thousand of them. Field numbers are those of onnx.proto."""
    graph = b""
    for _ in range(levels):
        branch = block(1, b"then_branch") + block(6, graph) + b"\xa0\x01\x05"
        body = block(1, b"yes") + block(2, b"output") + block(4, b"If") + block(5, branch)
        graph = block(1, body)
    path.write_bytes(b"\x08\x0a" + block(7, graph) + block(8, b"\x10\x11"))
    return path


def block(number: int, data: bytes) -> bytes:
    """A protobuf field that holds bytes."""
    length, n = b"", len(data)
    while n > 0x7F:
        length, n = length + bytes([n & 0x7F | 0x80]), n >> 7
    return bytes([number << 3 | 2]) + length + bytes([n]) + data


def long(path: Path, n: int = 4_000) -> Path:
    """A graph of very many operators."""
    nodes = [
        helper.make_node("Relu", ["images" if k == 0 else f"v{k}"], [f"v{k + 1}"]) for k in range(n)
    ]
    nodes.append(helper.make_node("Identity", [f"v{n}"], ["output"]))
    return graphs.write(path, nodes, [graphs.picture((1, 3, 8, 8))], [graphs.output()])


def own_operator(path: Path) -> Path:
    """An operator that would need somebody's library."""
    node = helper.make_node("Format", ["images"], ["output"], domain="com.evil")
    inputs = [graphs.picture(FEW)]
    return graphs.write(path, [node], inputs, [graphs.output()], domains=["com.evil"])


def cut_off(path: Path) -> Path:
    data = graphs.convolutions(path).read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    return path


def text(path: Path) -> Path:
    path.write_text("import torch\n" * 50)
    return path


def nothing(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def noise(path: Path) -> Path:
    path.write_bytes(np.random.default_rng(1).bytes(20_000))
    return path


REFUSED: dict[str, Callable[[Path], Path]] = {
    "weights above the folder": far_away("../weights.bin"),
    "weights of the system": far_away("/etc/passwd"),
    "weights of another drive": far_away("C:\\Windows\\win.ini"),
    "weights by a link": through_a_link, "terabytes declared": vast_weights,
    "terabytes outside": vast_weights_outside, "terabytes when run": graphs.greedy,
    "a negative side": below_nothing, "a circle": circle, "branches without end": deep,
    "operators of nothing": without_inputs, "somebody's operator": own_operator,
    "truncated": cut_off, "text": text, "empty": nothing, "noise": noise,
}  # fmt: skip
