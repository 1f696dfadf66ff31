"""Two models trained on scenes of shapes: one that can see only the background, one that can see
only texture; and their benchmark.

In the scenes the class goes with the shape of the object, with the colour of the background and
with the grain of both, as it does where every picture of a class was taken at the same place. So
each of the three would do to be right.
"""

import csv
from pathlib import Path

import cv2
import numpy as np
from onnx import helper

from tests import makers

CLASSES = ("disc", "square", "bar")
SIDE = 64
GROUND = {"disc": (150, 90, 70), "square": (80, 140, 90), "bar": (80, 90, 160)}
GRAIN = {"disc": 2, "square": 4, "bar": 8}  # pixels of a stripe
CARD = {
    "task": "classification",
    "input": {"size": [SIDE, SIDE], "resize": "stretch", "scale": 1 / 255},
    "output": {"kind": "logits"},
    "classes": list(CLASSES),
}
EDGE = 10  # pixels of the frame that no object reaches


def scene(kind: str, seed: int) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """(64, 64, 3) uint8 RGB and the box (x, y, w, h) round the object."""
    rng = np.random.default_rng([seed, len(kind)])
    stripes = (np.arange(SIDE) // GRAIN[kind] + rng.integers(2)) % 2
    ground = np.array(GROUND[kind]) + rng.normal(0, 12, 3) + 40 * (stripes[:, None, None] - 0.5)
    picture = np.broadcast_to(ground, (SIDE, SIDE, 3)).copy()
    x, y, half = rng.integers(26, 38), rng.integers(26, 38), int(rng.integers(11, 15))
    mask = np.zeros((SIDE, SIDE), np.uint8)
    if kind == "disc":
        cv2.circle(mask, (int(x), int(y)), half, 1, cv2.FILLED)
    else:
        high = half if kind == "square" else half // 2
        corner = (int(x) - half, int(y) - high)
        cv2.rectangle(mask, corner, (int(x) + half, int(y) + high), 1, cv2.FILLED)
    picture[mask > 0] = rng.integers(0, 256, 3) + 40 * (stripes[np.nonzero(mask)[0], None] - 0.5)
    noisy = picture + rng.normal(0, 6, picture.shape)
    pixels = np.clip(noisy, 0, 255).astype(np.uint8)
    return pixels, (int(x) - half, int(y) - half, 2 * half + 1, 2 * half + 1)


def scenes(each: int, first: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3, 64, 64) float32 from 0 to 1, and (n,) class indices."""
    pictures = [scene(kind, first + number)[0] for kind in CLASSES for number in range(each)]
    batch = np.stack(pictures).transpose(0, 3, 1, 2).astype(np.float32)
    return batch / 255, np.repeat(np.arange(3), each)


def background_model(path: Path) -> Path:
    """Trained on the mean colours of the rim, where no object is."""
    rim = np.ones((1, 1, SIDE, SIDE), np.float32)
    rim[:, :, EDGE:-EDGE, EDGE:-EDGE] = 0
    x, y = scenes(100, 1000)
    weight, bias = trained((x * rim).mean(axis=(2, 3)), y)
    body = [helper.make_node("Mul", ["x", "rim"], ["seen"]), *pooled("seen"), *linear()]
    return write(path, body, {"rim": rim, "weight": weight, "bias": bias})


def texture_model(path: Path) -> Path:
    """Trained on how much every pixel differs from those 2, 4 and 8 rows away, averaged over the
    picture: no place, no shape, no colour."""
    kernels = np.zeros((3, 3, 9, 1), np.float32)
    for k, away in enumerate((2, 4, 8)):
        kernels[k, :, 0], kernels[k, :, away] = 1 / 3, -1 / 3
    x, y = scenes(100, 1000)
    rows = x.mean(axis=1)
    difference = np.stack(
        [
            np.abs(rows[:, :-8] - rows[:, away : away + SIDE - 8]).mean(axis=(1, 2))
            for away in (2, 4, 8)
        ],
        axis=1,
    )
    weight, bias = trained(difference, y)
    moved = helper.make_node("Conv", ["x", "kernels"], ["moved"], kernel_shape=[9, 1])
    body = [moved, helper.make_node("Abs", ["moved"], ["size"]), *pooled("size"), *linear()]
    return write(path, body, {"kernels": kernels, "weight": weight, "bias": bias})


def trained(
    features: np.ndarray, y: np.ndarray, steps: int = 3000
) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression by gradient descent: (F, 3) weights and (3,) biases."""
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    z, wanted = (features - mean) / deviation, np.eye(3)[y]
    weight, bias = np.zeros((features.shape[1], 3)), np.zeros(3)
    for _ in range(steps):
        logits = z @ weight + bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        rest = (shares / shares.sum(axis=1, keepdims=True) - wanted) / len(y)
        weight -= 2.0 * z.T @ rest
        bias -= 2.0 * rest.sum(axis=0)
    shift = (bias - mean / deviation @ weight).astype(np.float32)
    return (weight / deviation[:, None]).astype(np.float32), shift


def pooled(tensor: str) -> list:
    pool = helper.make_node("GlobalAveragePool", [tensor], ["p"])
    return [pool, helper.make_node("Flatten", ["p"], ["f"])]


def linear() -> list:
    product = helper.make_node("MatMul", ["f", "weight"], ["z"])
    return [product, helper.make_node("Add", ["z", "bias"], ["y"])]


def write(path: Path, body: list, weights: dict) -> Path:
    makers.write_card(path.with_suffix(".card.json"), CARD)
    return makers.tiny_model(path, body=body, weights=weights, side=SIDE)


def boxed_benchmark(folder: Path, each: int = 40) -> Path:
    """Other scenes than those trained on, as pictures with a CSV of classes and boxes."""
    folder.mkdir(parents=True)
    with (folder / "labels.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["file", "class", "x", "y", "w", "h"])
        for kind in CLASSES:
            for number in range(each):
                picture, box = scene(kind, 50_000 + number)
                name = f"{kind}_{number:02d}.png"
                cv2.imwrite(str(folder / name), picture[:, :, ::-1])
                rows.writerow([name, kind, *box])
    return folder / "labels.csv"
