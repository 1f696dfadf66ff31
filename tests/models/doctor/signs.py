"""Small networks trained here, and the rendered signs that they tell apart.

Two convolutions of random filters with measured normalisation, and a logistic regression on what
they see: real weights that answer nine in ten signs rightly, made in three seconds and the same
every time.
"""

import tempfile
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.optimize import minimize

from fieldcheck.domain.model_card import Card, InputSpec, OutputSpec
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.session import open_model

SIGNS = ("disc", "square", "cross", "ring", "wedge")
FRAME = (72, 104)  # height, width: neither a square nor the tensor's proportions
COLOURS = ((200, 60, 50), (60, 90, 200), (210, 180, 60), (60, 160, 90), (150, 70, 170))
TRAINED_ON = 500
PARTS = (("gamma", 1.0), ("beta", 0.0), ("mean", 0.0), ("var", 1.0))
LAST = {"softmax": "Softmax", "sigmoid": "Sigmoid"}


def sign(number: int, seed: int) -> np.ndarray:
    """(72, 104, 3) uint8 RGB: a sign of class `number` over uneven ground, near its colour."""
    draw = np.random.default_rng([seed, number, 77])
    height, width = FRAME
    coarse = draw.uniform(40, 200, (3, 4, 3)).astype(np.float32)
    ground = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = ground + draw.normal(0, 10, (height, width, 1))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    radius = draw.uniform(14, 24)
    u = (x - width / 2 - draw.uniform(-20, 20)) / radius
    v = (y - height / 2 - draw.uniform(-8, 8)) / radius
    inside = {
        "disc": np.hypot(u, v) < 1,
        "square": np.maximum(abs(u), abs(v)) < 0.9,
        "cross": (np.minimum(abs(u), abs(v)) < 0.3) & (np.maximum(abs(u), abs(v)) < 1.1),
        "ring": (np.hypot(u, v) < 1.1) & (np.hypot(u, v) > 0.6),
        "wedge": (v > -1) & (v < 1) & (abs(u) < (1 + v) / 2),
    }[SIGNS[number]]
    colour = np.array(COLOURS[number]) + draw.normal(0, 18, 3)
    picture = np.where(inside[..., None], colour, picture) * draw.uniform(0.7, 1.1)
    return np.clip(picture, 0, 255).astype(np.uint8)


def signs(n: int, seed: int) -> LabelledFrames:
    """`n` signs, one of every class in turn."""
    classes = np.arange(n) % len(SIGNS)
    return LabelledFrames(
        tuple(sign(int(number), seed * 100_000 + place) for place, number in enumerate(classes)),
        classes,
    )


def trained(
    spec: InputSpec, kind: str = "logits", seed: int = 0, opset: int = 17
) -> tuple[onnx.ModelProto, Card]:
    """A network fed as `spec` says and trained on signs that are fed that way, with its card."""
    known = signs(TRAINED_ON, seed + 50)
    weights = _random_filters(seed)
    shown = np.stack([preprocess_image(frame, spec).tensor for frame in known.frames])
    mean, std = float(shown.mean()), float(shown.std())
    weights |= {"shift": np.float32([mean]), "gain": np.float32([1 / std])}
    # normalisation is measured layer by layer, as training would leave it
    for name in ("one", "two"):
        seen = _run(_graph(spec, weights, opset, until=f"conv_{name}"), shown)
        weights |= {f"{name}_mean": seen.mean((0, 2, 3)), f"{name}_var": seen.var((0, 2, 3))}
    features = _run(_graph(spec, weights, opset, until="flat"), shown)
    matrix, offset = _regression(features, known.classes)
    model = _graph(spec, weights | {"matrix": matrix, "offset": offset}, opset, last=LAST.get(kind))
    return model, Card("classification", spec, OutputSpec(kind), SIGNS)


def _random_filters(seed: int) -> dict[str, np.ndarray]:
    draw = np.random.default_rng([seed, 3])
    sizes = (("one", 24), ("two", 40))
    ones = {f"{name}_{part}": np.ones(n) * value for name, n in sizes for part, value in PARTS}
    return {
        "one": draw.normal(0, 0.25, (24, 3, 5, 5)), "two": draw.normal(0, 0.1, (40, 24, 3, 3)),
        **ones,
        "ratio": np.float32(0.4), "training": np.array(False),
    }  # fmt: skip


def _graph(
    spec: InputSpec, weights: dict[str, np.ndarray], opset: int, last: str | None = None,
    until: str = "",
) -> onnx.ModelProto:  # fmt: skip
    """The whole network, or the part up to one of its values."""
    nodes = (
        [helper.make_node("Transpose", ["pictures"], ["planes"], perm=[0, 3, 1, 2])]
        if spec.layout == "NHWC"
        else []
    )
    before = "planes" if nodes else "pictures"
    nodes += [
        helper.make_node("Sub", [before, "shift"], ["centred"]),
        helper.make_node("Mul", ["centred", "gain"], ["scaled"]),
    ]
    before = "scaled"
    for name, side in (("one", 5), ("two", 3)):
        nodes += [
            helper.make_node(
                "Conv", [before, name], [f"conv_{name}"], strides=[2, 2], pads=[side // 2] * 4,
                name=f"conv_{name}",
            ),
            helper.make_node(
                "BatchNormalization",
                [f"conv_{name}", *(f"{name}_{part}" for part, _ in PARTS)],
                [f"norm_{name}"],
                name=f"norm_{name}",
                epsilon=1e-3,
            ),
            helper.make_node("Relu", [f"norm_{name}"], [f"relu_{name}"], name=f"relu_{name}"),
        ]  # fmt: skip
        before = f"relu_{name}"
    nodes += [
        helper.make_node(
            "AveragePool", [before], ["pooled"], kernel_shape=[4, 4], strides=[4, 4], name="pooled"
        ),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Dropout", ["flat", "ratio", "training"], ["kept"], name="dropout"),
        helper.make_node("Gemm", ["kept", "matrix", "offset"], ["scores"], name="head"),
    ]
    nodes += [helper.make_node(last, ["scores"], ["answer"])] if last else []
    end = until or ("answer" if last else "scores")
    made = next(place for place, node in enumerate(nodes) if end in node.output)
    nodes = nodes[: made + 1]
    read = {name for node in nodes for name in node.input}
    held = [
        numpy_helper.from_array(_typed(value), name)
        for name, value in weights.items()
        if name in read
    ]
    graph = helper.make_graph(
        nodes,
        "signs",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", *spec.shape])],
        [helper.make_tensor_value_info(end, TensorProto.FLOAT, None)],
        held,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def _typed(value: np.ndarray) -> np.ndarray:
    value = np.asarray(value)
    return value if value.dtype == bool else value.astype(np.float32)


def _run(model: onnx.ModelProto, batch: np.ndarray) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = save(model, Path(folder) / "part.onnx")
        return open_model(path, threads=1).run({"pictures": batch})[0]


def _regression(features: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with a little shrinking, of standardised features; the
    standardisation is folded in."""
    mean, std = features.mean(0), features.std(0) + 1e-3
    x = ((features - mean) / std).astype(np.float64)
    k = len(SIGNS)
    truth = np.eye(k)[classes]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        matrix, offset = flat[:-k].reshape(-1, k), flat[-k:]
        scores = x @ matrix + offset
        scores -= scores.max(1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(1, keepdims=True)
        wrong = (shares - truth) / len(x)
        value = -np.log(shares[truth > 0] + 1e-12).mean() + 2e-3 * (matrix**2).sum()
        return value, np.concatenate([(x.T @ wrong + 4e-3 * matrix).ravel(), wrong.sum(0)])

    start = np.zeros((x.shape[1] + 1) * k)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    matrix = found[:-k].reshape(-1, k) / std[:, None]
    return matrix.astype(np.float32), (found[-k:] - mean @ matrix).astype(np.float32)


def save(model: onnx.ModelProto, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path
