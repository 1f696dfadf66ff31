"""Networks of the usual sizes with random weights: their speed is real, their answers mean
nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIZE, CLASSES = 224, 10


class _Graph:
    """Collects nodes and weights of a plain feed-forward network."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.last, self.channels = "input", 3

    def weight(self, array: NDArray[np.float32]) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array.astype(np.float32), name))
        return name

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        self.last = name
        return name

    def conv(
        self, out: int, kernel: int, stride: int = 1, group: int = 1, relu: bool = True
    ) -> str:
        shape = (out, self.channels // group, kernel, kernel)
        kernel_weights = self.rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape).astype(
            np.float32
        )
        inputs = [self.last, self.weight(kernel_weights), self.weight(np.zeros(out, np.float32))]
        self.node(
            "Conv", inputs, kernel_shape=[kernel, kernel], strides=[stride, stride],
            pads=[kernel // 2] * 4, group=group,
        )  # fmt: skip
        self.channels = out
        return self.node("Relu", [self.last]) if relu else self.last

    def save(self, path: Path) -> Path:
        self.node("GlobalAveragePool", [self.last])
        self.node("Flatten", [self.last])
        matrix = self.rng.normal(0, 0.05, (self.channels, CLASSES)).astype(np.float32)
        self.node(
            "Gemm", [self.last, self.weight(matrix), self.weight(np.zeros(CLASSES, np.float32))]
        )
        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 3, SIZE, SIZE])],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, ["n", CLASSES])],
            self.weights,
        )
        onnx.save(
            helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10),
            path,
        )
        card = {
            "task": "classification",
            "input": {
                "size": [SIZE, SIZE], "resize": "short_side", "scale": 1 / 255,
                "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
            },
            "output": {"kind": "logits"}, "classes": [f"class {k}" for k in range(CLASSES)],
        }  # fmt: skip
        path.with_suffix(".card.json").write_text(json.dumps(card), encoding="utf-8")
        return path


def mobilenet(path: Path) -> Path:
    """Thirteen depthwise separable blocks at half width: about 150 million multiply-adds, the size
    of a small MobileNet."""
    graph = _Graph(1)
    graph.conv(16, 3, 2)
    for out, stride in (
        (32, 1),
        (64, 2),
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        *[(256, 1)] * 5,
        (512, 2),
        (512, 1),
    ):
        graph.conv(graph.channels, 3, stride, group=graph.channels)
        graph.conv(out, 1)
    return graph.save(path)


def resnet50(path: Path) -> Path:
    """Sixteen bottleneck blocks with shortcuts: about 4 thousand million multiply-adds, the size of
    a ResNet-50."""
    graph = _Graph(2)
    graph.conv(64, 7, 2)
    graph.node("MaxPool", [graph.last], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            _bottleneck(graph, width, stride if block == 0 else 1)
    return graph.save(path)


def _bottleneck(graph: _Graph, width: int, stride: int) -> None:
    before, channels = graph.last, graph.channels
    graph.conv(width, 1)
    graph.conv(width, 3, stride)
    inner = graph.conv(4 * width, 1, relu=False)
    if channels != 4 * width or stride != 1:
        graph.last, graph.channels = before, channels
        before = graph.conv(4 * width, 1, stride, relu=False)
    graph.node("Add", [inner, before])
    graph.node("Relu", [graph.last])
