"""Models laid out as unlike exporters write them: names, shapes, types and last steps of their
outputs, which the picture moves."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 96  # pixels: 189 cells at strides 8, 16 and 32
CELLS = 189


@dataclass(frozen=True)
class Part:
    """Columns of an output: `values` without a batch axis, `moves` how far the picture shifts them,
    `last` the operator behind."""

    values: np.ndarray
    moves: float = 0.3
    last: str | None = None


@dataclass(frozen=True)
class Output:
    """An output put together of `parts` along `axis` of one picture. `kind`: its type; `batched`:
    with an axis for the batch."""

    name: str
    parts: tuple[Part, ...]
    axis: int = -1
    kind: int = TensorProto.FLOAT
    batched: bool = True


@dataclass(frozen=True)
class Exporter:
    """`right`: task, kind and number of classes (None: the file does not tell) where the outputs
    say it, None where they are to be asked about; `among`: kinds that are offered then; `names`:
    tensors in the order in which they are read, where it is not the file's."""

    name: str
    outputs: tuple[Output, ...]
    right: tuple[str, str, int | None] | None = None
    among: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    side: int = SIDE
    metadata: dict[str, str] = field(default_factory=dict)


def write(path: Path, exporter: Exporter) -> Path:
    """The model as a file of a few kilobytes and the weights of its outputs."""
    side = exporter.side
    nodes = [
        helper.make_node(
            "AveragePool", ["images"], ["pooled"], kernel_shape=[side // 2] * 2,
            strides=[side // 2] * 2,
        ),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "mix"], ["level"]),
        helper.make_node("Tanh", ["level"], ["seen"]),
    ]  # fmt: skip
    held = {"mix": np.random.default_rng(4).normal(0, 1.5, (12, 1)).astype(np.float32)}
    for output in exporter.outputs:
        nodes += _nodes(output, held)
    graph = helper.make_graph(
        nodes,
        exporter.name,
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info(one.name, one.kind, None) for one in exporter.outputs],
        [numpy_helper.from_array(value, name) for name, value in held.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, exporter.metadata)
    onnx.save(model, path)
    return path


def _nodes(output: Output, held: dict[str, np.ndarray]) -> list[onnx.NodeProto]:
    nodes, made = [], []
    for number, part in enumerate(output.parts):
        name, rank = f"{output.name}_{number}", part.values.ndim
        spread = np.random.default_rng(number).uniform(0.2, 1, part.values.shape) * part.moves
        held |= {
            f"{name}_v": part.values.astype(np.float32)[None],
            f"{name}_m": spread.astype(np.float32)[None],
        }
        held[f"{name}_s"] = np.array([1] * (rank + 1), np.int64)
        nodes += [
            helper.make_node("Reshape", ["seen", f"{name}_s"], [f"{name}_r"]),
            helper.make_node("Mul", [f"{name}_r", f"{name}_m"], [f"{name}_p"]),
            helper.make_node("Add", [f"{name}_p", f"{name}_v"], [f"{name}_a"]),
        ]
        if part.last:
            axis = {"axis": 1} if rank == 3 and part.last == "Softmax" else {}
            nodes.append(helper.make_node(part.last, [f"{name}_a"], [f"{name}_l"], **axis))
        made.append(f"{name}_{'l' if part.last else 'a'}")
    whole = made[0]
    if len(made) > 1:
        whole = f"{output.name}_whole"
        axis = output.axis if output.axis < 0 else output.axis + 1
        nodes.append(helper.make_node("Concat", made, [whole], axis=axis))
    if output.kind != TensorProto.FLOAT:
        nodes.append(helper.make_node("Cast", [whole], [f"{output.name}_cast"], to=output.kind))
        whole = f"{output.name}_cast"
    if not output.batched:
        held["first"] = np.array([0], np.int64)
        nodes.append(helper.make_node("Squeeze", [whole, "first"], [output.name]))
    else:
        nodes.append(helper.make_node("Identity", [whole], [output.name]))
    return nodes


def draws(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng([seed, 77])


def centres(a_cell: int = 1, side: int = SIDE) -> np.ndarray:
    """(n, 4) centre and size in pixels of the boxes of a whole grid."""
    rows = []
    for stride in (8, 16, 32):
        y, x = np.mgrid[: side // stride, : side // stride]
        cell = np.stack([(x + 0.5) * stride, (y + 0.5) * stride], -1).reshape(-1, 2)
        rows += [
            np.concatenate([cell, np.full((len(cell), 2), stride * size)], 1)
            for size in np.linspace(1.2, 2.4, a_cell)
        ]
    return np.concatenate(rows).astype(np.float32)


def offsets(n: int) -> np.ndarray:
    """(n, 4) offsets in cells and logarithms of sides."""
    return draws(2).normal(0, 0.25, (n, 4))


def logits(*shape: int, low: float = -3.0) -> np.ndarray:
    return draws(3).normal(low, 1.5, shape)


def corners(n: int, scale: float = SIDE, seed: int = 5) -> np.ndarray:
    """(n, 4) x1, y1, x2, y2."""
    draw = draws(seed)
    first = draw.uniform(0, 0.7, (n, 2))
    return np.concatenate([first, first + draw.uniform(0.05, 0.3, (n, 2))], 1) * scale


def share_boxes(n: int) -> np.ndarray:
    """(n, 4) centre and size as shares of the picture."""
    draw = draws(6)
    return np.concatenate([draw.uniform(0.2, 0.8, (n, 2)), draw.uniform(0.05, 0.3, (n, 2))], 1)


def whole(n: int, most: int) -> np.ndarray:
    return draws(7).integers(0, most, n).astype(np.float32)


def sigmoids(*shape: int) -> Part:
    return Part(logits(*shape), 1.0, "Sigmoid")


def falling(n: int) -> np.ndarray:
    return np.linspace(0.85, 0.05, n)


def one(
    name: str, *parts: Part, axis: int = -1, kind: int = TensorProto.FLOAT, batched: bool = True
) -> Output:
    return Output(name, parts, axis, kind, batched)


def still(values: np.ndarray) -> Part:
    return Part(values, 0.0)


def _no_object_last(n: int, k: int) -> np.ndarray:
    found = draws(8).normal(0, 1, (n, k + 1))
    found[: n * 9 // 10, -1] += 6
    return found


EXPORTERS = (
    Exporter("YOLOv5", (one("output0", Part(centres(3), 1.0), sigmoids(3 * CELLS, 81)),),
             ("detection", "yolo_obj", 80)),
    Exporter(
        "YOLOv5, a head a stride", tuple(one(f"{n}", sigmoids(3, n, n, 85)) for n in (12, 6, 3))
    ),
    Exporter("YOLOv8", (one("output0", Part(centres().T, 1.0), sigmoids(80, CELLS), axis=0),),
             ("detection", "yolo", 80)),
    Exporter("YOLOv8, rows first", (one("output0", Part(centres(), 1.0), sigmoids(CELLS, 80)),),
             among=("yolo", "yolo_obj")),
    Exporter("YOLOv10", (one("output0", Part(corners(300), 1.0), still(falling(300)[:, None]),
                             still(whole(300, 80)[:, None])),),
             ("detection", "yolo_end2end", None)),
    Exporter("YOLOX", (one("output", Part(offsets(CELLS)), sigmoids(CELLS, 81)),),
             ("detection", "yolox", 80)),
    Exporter("YOLOX, one class", (one("output", Part(offsets(756)), sigmoids(756, 2)),),
             ("detection", "yolox", 1), side=192),
    Exporter("YOLOX, decoded", (one("output", Part(centres(), 1.0), sigmoids(CELLS, 81)),),
             among=("yolo", "yolo_obj")),
    Exporter(
        "NanoDet",
        (
            *(one(f"cls_pred_stride_{s}", sigmoids((SIDE // s) ** 2, 80)) for s in (8, 16, 32)),
            *(
                one(f"dis_pred_stride_{s}", Part(logits((SIDE // s) ** 2, 32, low=0.0)))
                for s in (8, 16, 32)
            ),
        ),
    ),
    Exporter("NanoDet, in one",
             (one("output", sigmoids(198, 80), Part(logits(198, 32, low=0.0))),)),
    Exporter("TensorFlow SSD MobileNet",
             (one("detection_boxes:0", Part(corners(100, 1.0), 0.01)),
              one("detection_classes:0", still(whole(100, 90))),
              one("mean_average_precision:0", still(falling(100))),
              one("num_detections:0", still(np.array(100.0))))),
    Exporter("SSD", (one("scores", Part(logits(400, 4, low=0.0), 0.5, "Softmax")),
                     one("boxes", Part(corners(400, 1.0), 0.01))), ("detection", "ssd", 3)),
    Exporter("SSD, Caffe",
             (one("mbox_loc", Part(draws().normal(0, 2, (400, 4)))),
              one("mbox_conf", Part(logits(400, 21, low=0.0))),
              one("mbox_priorbox",
                  still(np.stack([corners(400, 1.0).ravel(),
                                  np.tile([0.1, 0.1, 0.2, 0.2], 400)])))), ("detection", "ssd", 20),
             names=("mbox_conf", "mbox_loc", "mbox_priorbox")),
    Exporter("torchvision", (one("boxes", Part(corners(40), 1.0), batched=False),
                             one("scores", still(falling(40)), batched=False),
                             one("labels", still(whole(40, 90) + 1), kind=TensorProto.INT64,
                                 batched=False)), ("detection", "torchvision", None)),
    Exporter("keras-retinanet", (one("boxes", Part(corners(300), 1.0)),
                                 one("scores", still(falling(300))),
                                 one("labels", still(whole(300, 80)), kind=TensorProto.INT32)),
             among=("torchvision",)),
    Exporter(
        "RetinaNet, ten heads",
        (
            *(one(f"cls_{n}", Part(logits(9 * 8, n, n))) for n in (12, 6, 3, 2, 1)),
            *(one(f"bbox_{n}", Part(logits(36, n, n, low=0.0))) for n in (12, 6, 3, 2, 1)),
        ),
    ),
    Exporter("DETR", (one("logits", Part(_no_object_last(100, 91))),
                      one("pred_boxes", Part(share_boxes(100), 0.02))), ("detection", "detr", 91)),
    Exporter("RT-DETR", (one("logits",
                             Part(np.minimum(logits(300, 80), np.r_[np.full(79, 9.0), -9.0]))),
                         one("pred_boxes", Part(share_boxes(300), 0.02))),
             ("detection", "detr", 80)),
    Exporter("RT-DETR, in one", (one("output0", Part(share_boxes(300), 0.02), sigmoids(300, 80)),),
             ("detection", "detr", 80)),
    Exporter("EfficientDet", (one("detections:0", still(np.zeros((100, 1))),
                                  Part(corners(100), 1.0), still(falling(100)[:, None]),
                                  still(whole(100, 90)[:, None] + 1)),)),
    Exporter("CenterNet", (one("hm", sigmoids(80, 24, 24)),
                           one("wh", Part(logits(2, 24, 24, low=9.0))),
                           one("reg", Part(logits(2, 24, 24, low=0.0))))),
    Exporter("PaddleDetection", (one("multiclass_nms3_0.tmp_0", still(whole(40, 80)[:, None]),
                                     still(falling(40)[:, None]), Part(corners(40), 1.0),
                                     batched=False),
                                 one("multiclass_nms3_0.tmp_2", still(np.array([40.0])),
                                     kind=TensorProto.INT32, batched=False))),
    Exporter("PaddleDetection, boxes alone",
             (one("boxes", still(whole(40, 80)[:, None]), still(falling(40)[:, None]),
                  Part(corners(40), 1.0), batched=False),)),
    Exporter("PP-YOLOE",
             (one("boxes", Part(corners(CELLS), 1.0)), one("scores", sigmoids(80, CELLS)))),
    Exporter("YOLO-NAS",
             (one("boxes", Part(corners(CELLS), 1.0)), one("scores", sigmoids(CELLS, 80)))),
    Exporter("YOLOv7, NMS inside", (one("output", still(np.zeros((30, 1))), Part(corners(30), 1.0),
                                        still(whole(30, 80)[:, None]), still(falling(30)[:, None]),
                                        batched=False),)),
    Exporter("torchvision classifier", (one("output", Part(logits(40, low=0.0), 2.0)),),
             ("classification", "logits", 40)),
    Exporter("Keras classifier", (one("dense", Part(logits(10, low=0.0), 2.0, "Softmax")),),
             ("classification", "softmax", 10)),
    Exporter("log-softmax", (one("output", Part(logits(7, low=0.0), 2.0, "LogSoftmax")),),
             ("classification", "logits", 7)),
    Exporter("1001 classes", (one("probs", Part(logits(1001, low=0.0), 2.0, "Softmax")),),
             ("classification", "softmax", 1001)),
    Exporter("sigmoids", (one("output", Part(logits(5, low=0.0), 2.0, "Sigmoid")),),
             among=("sigmoid", "sigmoid")),
    Exporter("one sigmoid", (one("output", Part(logits(1, low=0.0), 2.0, "Sigmoid")),),
             among=("sigmoid", "anomaly")),
    Exporter("one figure", (one("score", Part(logits(1, low=4.0), 2.0)),),
             among=("sigmoid", "anomaly")),
    Exporter("U-Net", (one("logits", Part(logits(5, 48, 48, low=0.0))),), among=("masks",)),
    Exporter("U-Net, softmax", (one("probs", Part(logits(5, 48, 48, low=0.0), 0.5, "Softmax")),),
             ("segmentation", "masks", 5)),
    Exporter("U-Net, one channel", (one("mask", sigmoids(1, 96, 96)),),
             among=("masks", "anomaly_map")),
    Exporter("segmentation, argmax",
             (one("labels", still(draws().integers(0, 4, (96, 96))), kind=TensorProto.INT64),),
             ("segmentation", "masks", None)),
    Exporter("YOLOv8-seg", (one("output0", Part(centres().T, 1.0), sigmoids(80, CELLS),
                                Part(logits(32, CELLS, low=0.0)), axis=0),
                            one("output1", Part(logits(32, 24, 24, low=0.0)))),
             ("instance", "instance_masks", 80)),
    Exporter("YOLOv8-pose", (one("output0", Part(centres().T, 1.0), sigmoids(1, CELLS),
                                 Part(np.tile(centres().T[:3], (17, 1))), axis=0),)),
    Exporter("YOLOv8-obb, as Ultralytics writes it",
             (one("output0", Part(centres().T, 1.0), sigmoids(16, CELLS), axis=0),),
             metadata={"task": "obb", "stride": "32",
                       "names": str(dict(enumerate("abcdefghijklmno"))), "imgsz": "[96, 96]"}),
    Exporter("landmarks", (one("landmarks", Part(draws().uniform(0.2, 3.0, 136))),)),
    Exporter("embedding", (one("output", still(logits(64) / np.linalg.norm(logits(64)))),)),
    Exporter("key point maps", (one("output", Part(logits(17, 24, 24, low=0.0))),),
             among=("masks",)),
    Exporter("depth", (one("depth", Part(logits(1, 96, 96, low=9.0))),),
             among=("masks", "anomaly_map")),
    Exporter("classifier and embedding",
             (one("output", Part(logits(9))), one("features", Part(logits(64))))),
)  # fmt: skip
BY_NAME: dict[str, Exporter] = {each.name: each for each in EXPORTERS}
