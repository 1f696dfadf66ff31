"""A zoo of small models: one for every way in which an answer comes out of a graph, each under 200
KB and each looking at its picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 32
POOLED = 12  # figures that the heads see of a picture: four quarters of three channels
CLASSES = ("bolt", "nut", "washer")
LARGEST = 200_000  # bytes
KINDS_OF_FLOAT = {"fp32": TensorProto.FLOAT, "fp16": TensorProto.FLOAT16}


@dataclass(frozen=True)
class Head:
    """An output: `shape` of one picture, the `last` operator, and the spread before it."""

    name: str
    shape: tuple[int, ...]
    last: str | None = None
    spread: float = 1.0


@dataclass(frozen=True)
class Species:
    """A graph by its heads, and the card's output. `more`: nodes behind the heads, which then give
    the outputs `gives`."""

    kind: str
    heads: tuple[Head, ...]
    task: str = "detection"
    classes: tuple[str, ...] = CLASSES
    names: tuple[str, ...] = ()
    more: tuple[onnx.NodeProto, ...] = ()
    gives: tuple[str, ...] = ()
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    threshold: float = 0.25

    def card(self, layout: str = "NCHW", scale: float = 1 / 255) -> dict:
        output = {"kind": self.kind, "threshold": self.threshold, "names": list(self.names)}
        spec = {"size": [SIDE, SIDE], "resize": "stretch", "layout": layout, "scale": scale}
        return {"task": self.task, "input": spec, "output": output, "classes": list(self.classes)}


def node(op: str, inputs: str, output: str, **attributes) -> onnx.NodeProto:
    return helper.make_node(op, inputs.split(), [output], **attributes)


def write(
    path: Path, species: Species, batch: int | str = "n", layout: str = "NCHW", real: str = "fp32",
    external: bool = False,
) -> Path:  # fmt: skip
    """The species as a file. `real`: type of input and outputs; the graph itself works in fp32."""
    sides = (3, SIDE, SIDE) if layout == "NCHW" else (SIDE, SIDE, 3)
    nodes = [node("Cast", "images", "cast", to=TensorProto.FLOAT)]
    nodes.append(
        node("Transpose", "cast", "planes", perm=[0, 3, 1, 2])
        if layout == "NHWC"
        else node("Identity", "cast", "planes")
    )
    nodes += [
        node("AveragePool", "planes", "pooled", kernel_shape=[16, 16], strides=[16, 16]),
        node("Flatten", "pooled", "seen"),
    ]
    weights = dict(species.weights)
    for number, head in enumerate(species.heads):
        nodes += _head(head, number, weights)
    nodes += species.more
    gives = species.gives or tuple(head.name for head in species.heads)
    kinds = {"labels": TensorProto.INT64, "index": TensorProto.INT64}
    outputs = []
    for name in gives:
        kind = kinds.get(name, KINDS_OF_FLOAT[real])
        nodes.append(node("Cast", name, f"{name}_out", to=kind))
        outputs.append(helper.make_tensor_value_info(f"{name}_out", kind, None))
    picture = helper.make_tensor_value_info("images", KINDS_OF_FLOAT[real], [batch, *sides])
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    return save(path, helper.make_graph(nodes, "zoo", [picture], outputs, tensors), external)


def save(
    path: Path, graph: onnx.GraphProto, external: bool = False, domains: Sequence[str] = ()
) -> Path:
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(name, 1) for name in domains)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.save(
        model, path, save_as_external_data=external, location=f"{path.stem}.bin", size_threshold=100
    )
    assert path.stat().st_size < LARGEST
    return path


def _head(head: Head, number: int, weights: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    rng = np.random.default_rng([number, len(head.name), *head.shape])
    width = int(np.prod(head.shape))
    weights[f"{head.name}_w"] = (rng.normal(0, 2 * head.spread, (POOLED, width))).astype(np.float32)
    weights[f"{head.name}_b"] = (rng.normal(0, head.spread, width)).astype(np.float32)
    weights[f"{head.name}_shape"] = np.array([-1, *head.shape], np.int64)
    flat = node("Gemm", f"seen {head.name}_w {head.name}_b", f"{head.name}_flat")
    if head.last is None:
        return [flat, node("Reshape", f"{head.name}_flat {head.name}_shape", head.name)]
    shaped = node("Reshape", f"{head.name}_flat {head.name}_shape", f"{head.name}_raw")
    axis = {"axis": -1} if head.last == "Softmax" else {}
    return [flat, shaped, node(head.last, f"{head.name}_raw", head.name, **axis)]


def _grid(name: str, n: int, scores: int, rows: bool, objectness: bool = False) -> Species:
    """A YOLO head: boxes within the picture, scores as sigmoids, channels first unless `rows`."""
    columns = ("where", "how_large", "certain") if objectness else ("where", "how_large")
    score = Head("scores", (n, scores), "Sigmoid", 2)
    heads = [Head("where", (n, 2), "Sigmoid"), Head("how_large", (n, 2), "Sigmoid"), score]
    heads += [Head("certain", (n, 1), "Sigmoid", 2)] if objectness else []
    scaled = [node("Mul", "where side", "centres"), node("Mul", "how_large half", "sizes")]
    parts = ["centres", "sizes", *columns[2:], "scores"]
    joined = node("Concat", " ".join(parts), "rows", axis=2)
    turned = (
        node("Identity", "rows", "output")
        if rows
        else node("Transpose", "rows", "output", perm=[0, 2, 1])
    )
    weights = {"side": np.array([SIDE], np.float32), "half": np.array([SIDE / 2], np.float32)}
    kind = "yolo_obj" if name == "forced" else "yolo"
    nodes = (*scaled, joined, turned)
    return Species(kind, tuple(heads), more=nodes, gives=("output",), weights=weights)


def _priors() -> np.ndarray:
    centres = [
        ((x + 0.5) / 4, (y + 0.5) / 4, side, side)
        for y in range(4)
        for x in range(4)
        for side in (0.3, 0.5)
    ]
    return np.array(centres, np.float32)


def _caffe_priors() -> np.ndarray:
    centres = _priors()
    corners = [centres[:, :2] - centres[:, 2:] / 2, centres[:, :2] + centres[:, 2:] / 2]
    ends = np.concatenate(corners, axis=1)
    return np.stack([ends.reshape(-1), np.tile([0.1, 0.1, 0.2, 0.2], 32)])[None].astype(np.float32)


def _corners(n: int) -> tuple[tuple[Head, ...], tuple[onnx.NodeProto, ...]]:
    """Normalised corners: a start, and an end to the right of and below it."""
    heads = (Head("start", (n, 2), "Sigmoid"), Head("extent", (n, 2), "Sigmoid"))
    boxes = node("Concat", "start stop", "boxes", axis=2)
    return heads, (node("Add", "start extent", "stop"), boxes)


def _ssd(prior: np.ndarray | None = None) -> Species:
    k = len(CLASSES) + 1
    scores = Head("scores", (32, k), "Softmax", 2)
    if prior is None:
        heads, more = _corners(32)
        return Species(
            "ssd", (scores, *heads), more=more, gives=("scores", "boxes"),
            names=("scores_out", "boxes_out"),
        )  # fmt: skip
    names = ("scores_out", "moves_out", "priors_out")
    more = (node("Identity", "given_priors", "priors"),)
    weights = {"given_priors": prior}
    return Species(
        "ssd", (scores, Head("moves", (32, 4))), more=more, gives=("scores", "moves", "priors"),
        names=names, weights=weights,
    )  # fmt: skip


def _detr(width: int, last: str | None, together: bool = False) -> Species:
    heads = (Head("scores", (20, width), last, 2), Head("boxes", (20, 4), "Sigmoid"))
    if together:
        joined = node("Concat", "boxes scores", "output", axis=2)
        return Species("detr", heads, more=(joined,), gives=("output",))
    return Species("detr", heads, names=("scores_out", "boxes_out"))


def _torchvision(order: tuple[str, ...], masks: bool = False) -> Species:
    """As torchvision exports it: nothing has a batch axis, and label 0 is the background."""
    heads, more = _corners(8)
    side = np.array([SIDE], np.float32)
    weights = {"side": side, "one": np.array([1], np.int64), "first": np.array([0], np.int64)}
    more = (
        *more,
        node("Mul", "boxes side", "many_boxes"),
        node("ArgMax", "shares", "best", axis=2, keepdims=0),
        node("Add", "best one", "many_labels"),
        node("ReduceMax", "shares", "many_scores", axes=[2], keepdims=0),
        *(node("Squeeze", f"many_{name} first", name) for name in ("labels", "scores")),
        node("Squeeze", "many_boxes first", "corners"),
    )
    heads = (*heads, Head("shares", (8, len(CLASSES)), "Sigmoid", 2))
    if masks:
        heads = (*heads, Head("painted", (8, 1, 16, 16), "Sigmoid", 2))
        more = (*more, node("Squeeze", "painted first", "masks"))
        return Species(
            "instance_masks", heads, "instance", more=more, gives=(*order, "masks"), weights=weights
        )
    return Species("torchvision", heads, more=more, gives=order, weights=weights)


def _instances() -> Species:
    """Prototypes and coefficients, channels first, as segmenting YOLOs have it."""
    heads = (
        Head("where", (24, 2), "Sigmoid"),
        Head("how_large", (24, 2), "Sigmoid"),
        Head("scores", (24, len(CLASSES)), "Sigmoid", 2),
        Head("coefficients", (24, 6)),
        Head("prototypes", (6, 8, 8)),
    )
    more = (
        node("Mul", "where side", "centres"),
        node("Mul", "how_large side", "sizes"),
        node("Concat", "centres sizes scores coefficients", "rows", axis=2),
        node("Transpose", "rows", "boxes", perm=[0, 2, 1]),
    )
    weights = {"side": np.array([SIDE], np.float32)}
    return Species(
        "instance_masks", heads, "instance", more=more, gives=("boxes", "prototypes"),
        weights=weights,
    )  # fmt: skip


def _end_to_end() -> Species:
    heads, more = _corners(12)
    heads = (*heads, Head("scores", (12, 1), "Sigmoid", 2), Head("kinds", (12, len(CLASSES))))
    weights = {"side": np.array([SIDE], np.float32)}
    more = (
        *more,
        node("Mul", "boxes side", "corners"),
        node("ArgMax", "kinds", "best", axis=2, keepdims=1),
        node("Cast", "best", "class", to=TensorProto.FLOAT),
        node("Concat", "corners scores class", "output", axis=2),
    )
    return Species("yolo_end2end", heads, more=more, gives=("output",), weights=weights)


def _one(
    kind: str, task: str, shape: tuple[int, ...], last: str | None = None, classes=CLASSES,
    **options,
) -> Species:  # fmt: skip
    head = Head("output", shape, last, options.pop("spread", 1.0))
    return Species(kind, (head,), task, classes, **options)


INDEXED = (node("ArgMax", "scores", "index", axis=1, keepdims=0),)
K = len(CLASSES)
TWO = ("OK", "NG")

ZOO: dict[str, Species] = {
    "logits": _one("logits", "classification", (K,)),
    "softmax": _one("softmax", "classification", (K,), "Softmax"),
    "sigmoid, several labels": _one("sigmoid", "multilabel", (K,), "Sigmoid"),
    "logits, several labels": _one("logits", "multilabel", (K,)),
    "sigmoid, OK or NG": _one("sigmoid", "classification", (1,), "Sigmoid", TWO),
    "yolo, channels first": _grid("plain", 40, K, rows=False),
    "yolo, rows": _grid("plain", 40, K, rows=True),
    "yolo, objectness found": _grid("plain", 40, K, rows=True, objectness=True),
    "yolo, objectness said": _grid("forced", 40, K, rows=True, objectness=True),
    "yolo, end to end": _end_to_end(),
    "yolox": _one("yolox", "detection", (21, 5 + K), spread=0.5),
    "ssd, decoded": _ssd(),
    "ssd, priors": _ssd(_priors()),
    "ssd, priors of Caffe": _ssd(_caffe_priors()),
    "detr, no object": _detr(K + 1, None),
    "detr, sigmoids": _detr(K, "Sigmoid"),
    "detr, logits of sigmoids": _detr(K, None),
    "detr, one tensor": _detr(K, "Sigmoid", together=True),
    "torchvision, labels then scores": _torchvision(("corners", "labels", "scores")),
    "torchvision, scores then labels": _torchvision(("corners", "scores", "labels")),
    "anomaly": _one("anomaly", "anomaly", (1,), "Sigmoid", TWO, threshold=0.4),
    "anomaly, beyond one": _one("anomaly", "anomaly", (1,), "Exp", TWO, threshold=2.5),
    "anomaly map": _one("anomaly_map", "anomaly", (1, 16, 16), "Sigmoid", TWO, threshold=0.8),
    "masks": _one("masks", "segmentation", (K, 16, 16)),
    "masks, channels last": _one("masks", "segmentation", (16, 16, K)),
    "masks, indices": Species("masks", (Head("scores", (K, SIDE, SIDE)),), "segmentation",
                              more=INDEXED, gives=("index",)),
    "masks, one of two": _one("masks", "segmentation", (1, 16, 16), None, ("ground", "crack"),
                              threshold=0.5),
    "instances, prototypes": _instances(),
    "instances, painted": _torchvision(("corners", "labels", "scores"), masks=True),
}  # fmt: skip
# no batch axis
ONE_PICTURE = (
    "torchvision, labels then scores", "torchvision, scores then labels", "instances, painted",
)  # fmt: skip
