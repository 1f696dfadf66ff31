"""A small network of handwritten digits, trained on 0–255 as many are, with its card."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.utils._testing import ignore_warnings

from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.session import OpenModel, open_model

SIDE, KNOWN, SHOWN = 28, 1200, 96


@ignore_warnings(category=ConvergenceWarning)
def digits(path: Path) -> tuple[OpenModel, dict[str, Any], LabelledFrames]:
    """The model, its card and labelled frames that it was not trained on."""
    data = load_digits()
    pictures = np.stack(
        [
            cv2.resize((one * 255 / 16).astype(np.float32), (SIDE, SIDE))
            .clip(0, 255)
            .astype(np.uint8)
            for one in data.images
        ]
    )
    rows = pictures.reshape(len(pictures), -1).astype(np.float64)
    classifier = MLPClassifier((64,), random_state=0, max_iter=40)
    network = classifier.fit(rows[:KNOWN], data.target[:KNOWN])
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w0", "b0"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["kept"]),
        helper.make_node("Gemm", ["kept", "w1", "b1"], ["scores"]),
    ]
    held = {
        "w0": network.coefs_[0],
        "b0": network.intercepts_[0],
        "w1": network.coefs_[1],
        "b1": network.intercepts_[1],
    }
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 10])],
        [numpy_helper.from_array(values.astype(np.float32), name) for name, values in held.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    card = {
        "task": "classification",
        "input": {"size": [SIDE, SIDE], "resize": "stretch", "colour": "GRAY", "scale": 1.0},
        "output": {"kind": "logits"},
        "classes": [str(number) for number in range(10)],
    }
    frames = tuple(np.repeat(one[:, :, None], 3, 2) for one in pictures[KNOWN : KNOWN + SHOWN])
    few = LabelledFrames(frames, data.target[KNOWN : KNOWN + SHOWN])
    return (open_model(path, threads=1), card, few)
