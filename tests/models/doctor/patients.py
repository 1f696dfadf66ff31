"""Models to be examined, each with a card that fits and frames whose answer is known: trained ones,
the sample's, and real ones.

Real models have no labelled set here. Their labels are what they say themselves, fed rightly, of a
clean frame; the doctor is shown that frame a little darker and noisier, so that even the right way
does not give the very answers back.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import onnx

from fieldcheck import paths
from fieldcheck.domain.model_card import Card, InputSpec, parse_card
from fieldcheck.imaging.codec import read_image
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from tests.models.doctor.signs import signs, trained

IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
CAFFE = (103.939, 116.779, 123.68)
N_FEW, N_REST = 80, 80
SURE_BOX = 0.5
N_CLASSES = 8
TRAINED = ("plain", "turned")
REAL = ("yolox_nano", "mobilenet_v1_0.25_128_quant", "vww_96_float")
NAMES = (*TRAINED, "sample", *REAL)
# the detector takes ten times as long, and comes half as often
IN_TURN = (*TRAINED, "sample", *REAL, *TRAINED, "sample", *REAL[1:])


@dataclass(frozen=True, eq=False)
class Patient:
    """A sound model and the card that fits it. `few`: labelled frames for the doctor; `rest`:
    others, that tell whether a fault matters."""

    name: str
    model: onnx.ModelProto
    card: Card
    few: LabelledFrames
    rest: LabelledFrames


@cache
def patient(name: str, data: Path | None = None) -> Patient:
    """The model of that name; `data`: the folder of real ones."""
    if name == "plain":
        return _of_signs(name, InputSpec((64, 64), "stretch", **IMAGENET), "logits", seed=0)
    if name == "turned":
        spec = InputSpec((64, 64), "letterbox", layout="NHWC", colour="BGR", scale=1.0, mean=CAFFE)
        return _of_signs(name, spec, "softmax", seed=1)
    if name == "sample":
        return _sample()
    assert data is not None
    return _detector(data) if name == "yolox_nano" else _classifier(name, data)


def _of_signs(name: str, spec: InputSpec, kind: str, seed: int) -> Patient:
    model, card = trained(spec, kind, seed)
    return Patient(name, model, card, signs(N_FEW, seed + 8), signs(N_REST, seed + 9))


def _sample() -> Patient:
    folder = paths.get_resource_path("demo")
    card = parse_card(json.loads((folder / "model.card.json").read_text()))
    files = {
        name: sorted((folder / "benchmark" / name).rglob("*.jpg"), key=lambda file: file.name)
        for name in card.classes
    }
    in_turn = [
        (read_image(files[name][turn]), k)
        for turn in range(22)
        for k, name in enumerate(card.classes)
    ]
    frames, classes = [frame for frame, _ in in_turn], np.array([k for _, k in in_turn])
    n = 11 * len(card.classes)
    model = onnx.load(str(folder / "model.onnx"))
    return Patient(
        "sample", model, card, LabelledFrames(tuple(frames[:n]), classes[:n]),
        LabelledFrames(tuple(frames[n:]), classes[n:]),
    )  # fmt: skip


def _detector(data: Path) -> Patient:
    path = data / "models" / "yolox_nano.onnx"
    names = tuple((data / "models" / "coco80.txt").read_text().splitlines())
    spec = {
        "size": [416, 416], "resize": "letterbox", "colour": "BGR", "scale": 1.0,
        "pad_position": "top_left",
    }  # fmt: skip
    fields = {"task": "detection", "input": spec, "output": {"kind": "yolox"}, "classes": names}
    card = parse_card(fields)
    frames = [frame for frame in footage(data) if frame.shape[1] > frame.shape[0]]
    runner = ModelRunner(open_model(path, threads=2), card)
    known = []
    for frame, (answer, _) in zip(frames, runner.predict(frames), strict=True):
        sure = answer[answer[:, 4] >= SURE_BOX]
        if len(sure):
            known.append((frame, sure[:, [0, 1, 2, 3, 5]].astype(np.float64)))
    few, rest = known[::2][:30], known[1::2][:30]
    parts = [
        LabelledFrames(
            _worn([f for f, _ in part], k), np.zeros(len(part), np.int64), tuple(b for _, b in part)
        )
        for k, part in enumerate((few, rest))
    ]
    return Patient("yolox_nano", onnx.load(str(path)), card, *parts)


def _classifier(name: str, data: Path) -> Patient:
    path = data / "models" / f"{name}.onnx"
    if name.startswith("vww"):
        card = parse_card(
            {
                "task": "classification",
                "input": {"size": [96, 96], "resize": "stretch"},
                "output": {"kind": "softmax"},
                "classes": ["no person", "person"],
            }
        )
    else:
        spec = {
            "size": [128, 128], "resize": "centre_crop", "crop": 0.875, "scale": 1 / 128, "mean": 1,
        }  # fmt: skip
        classes = (data / "models" / "imagenet_labels.txt").read_text().splitlines()
        card = parse_card({
            "task": "classification", "input": spec, "output": {"kind": "softmax"},
            "classes": classes,
        })  # fmt: skip
    frames = list(_cuts(footage(data), 1500))
    answers = ModelRunner(open_model(path, threads=2), card).predict(frames)
    shares = np.stack([answer for answer, _ in answers])
    chosen = _in_turn(shares, N_FEW + N_REST)
    few, rest = chosen[:N_FEW], chosen[N_FEW:]
    parts = [
        LabelledFrames(_worn([frames[k] for k in part], n), shares[part].argmax(1))
        for n, part in enumerate((few, rest))
    ]
    return Patient(name, onnx.load(str(path)), card, *parts)


def _in_turn(shares: np.ndarray, n: int) -> list[int]:
    """Of the classes said most often in turn the frame it is surest of, until there are `n`."""
    said = shares.argmax(1)
    often = np.argsort(-np.bincount(said), kind="stable")[:N_CLASSES]
    queues = []
    for k in often:
        own = np.flatnonzero(said == k)
        queues.append(list(own[np.argsort(-shares[own, k], kind="stable")]))
    found: list[int] = []
    while len(found) < n:
        found += [queue.pop(0) for queue in queues if queue]
    return found[:n]


@cache
def footage(data: Path) -> tuple[np.ndarray, ...]:
    """Frames of the two videos, (H, W, 3) uint8 RGB, and some blood pictures."""
    found = []
    for name, step in (("intel-bottle-detection.mp4", 30), ("udacity-test_video.mp4", 2)):
        source = cv2.VideoCapture(str(data / "videos" / name))
        number, (going, frame) = 0, source.read()
        while going:
            if number % step == 0:
                found.append(np.ascontiguousarray(frame[:, :, ::-1]))
            number, (going, frame) = number + 1, source.read()
        source.release()
    blood = sorted((data / "bccd").rglob("*.jpg"))[:10]
    return (*found, *(read_image(path) for path in blood))


def _cuts(frames: Sequence[np.ndarray], n: int) -> Iterator[np.ndarray]:
    draw = np.random.default_rng(41)
    for _ in range(n):
        frame = frames[int(draw.integers(len(frames)))]
        height, width = frame.shape[:2]
        tall = max(40, int(height * draw.uniform(0.15, 1)))
        wide = min(width, max(40, int(tall * draw.uniform(0.7, 1.8))))
        top, left = int(draw.integers(height - tall + 1)), int(draw.integers(width - wide + 1))
        yield frame[top : top + tall, left : left + wide]


def _worn(frames: Sequence[np.ndarray], seed: int) -> tuple[np.ndarray, ...]:
    """The same frames a little darker and noisier."""
    draw = np.random.default_rng([seed, 5])
    return tuple(
        np.clip(frame * draw.uniform(0.88, 1) + draw.normal(0, 3, frame.shape), 0, 255).astype(
            np.uint8
        )
        for frame in frames
    )


def renamed(patient: Patient, seed: int) -> Patient:
    """The same without metadata, and with other names for every tensor."""
    draw = np.random.default_rng([seed, 21])
    model = onnx.ModelProto()
    model.CopyFrom(patient.model)
    del model.metadata_props[:]
    del model.graph.value_info[:]
    names: dict[str, str] = {"": ""}

    def fresh(name: str) -> str:
        return names.setdefault(name, f"t{draw.integers(1 << 40):x}")

    for tensor in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        tensor.name = fresh(tensor.name)
    for node in model.graph.node:
        node.name = ""
        node.input[:] = [fresh(name) for name in node.input]
        node.output[:] = [fresh(name) for name in node.output]
    spec, output = replace(patient.card.input, name=""), replace(patient.card.output, names=())
    return replace(patient, model=model, card=replace(patient.card, input=spec, output=output))
