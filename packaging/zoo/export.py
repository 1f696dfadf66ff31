"""Models of other people, with what their own libraries say of the same pictures: torchvision by
both exporters, and RapidOCR's classifier.

Run by `packaging/test.sh --zoo` in an environment of its own: `python packaging/zoo/export.py
FOLDER`. Leaves NAME.onnx, NAME.card.json and NAME.npz – `frames` (n, H, W, 3) uint8 RGB and the
library's answers – for every model, and `exports.json`, in which an exporter that gives up says
why. Weights are drawn, with a fixed seed: whether an answer is the library's own does not depend on
what was learnt.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import torch
from torchvision.models import detection, mobilenet_v3_small, resnet18, segmentation

SIDE = {"detection": 320, "classification": 64, "segmentation": 96}
# by exporter: the older writes 17 at most reliably, the newer begins at 18
OPSETS = {False: 17, True: 18}
FRAMES = 6


def models() -> dict[str, tuple[str, Any, str, int]]:
    """Task, network, kind of output and number of classes with the background."""
    plain: dict[str, Any] = {"weights": None, "weights_backbone": None}
    return {
        "resnet18": ("classification", resnet18(num_classes=10), "logits", 10),
        "mobilenet_v3_small": ("classification", mobilenet_v3_small(num_classes=7), "logits", 7),
        "ssdlite320": (
            "detection", detection.ssdlite320_mobilenet_v3_large(**plain, num_classes=5),
            "torchvision", 5,
        ),
        "fasterrcnn320": (
            "detection", detection.fasterrcnn_mobilenet_v3_large_320_fpn(**plain, num_classes=5),
            "torchvision", 5,
        ),
        "lraspp": (
            "segmentation", segmentation.lraspp_mobilenet_v3_large(**plain, num_classes=4), "masks",
            4,
        ),
    }  # fmt: skip


def settle(network: Any, tensors: torch.Tensor) -> None:
    """Makes drawn weights say something: norms see these pictures, and heads are spread out, or
    every score would be the same."""
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = None  # the mean over what was seen, not a slow approach to it
            part.reset_running_stats()
    network.train()
    with torch.no_grad():
        features = getattr(network, "backbone", network)(tensors)
        if hasattr(network, "head"):
            network.head(list(features.values()))
        for name, weights in network.named_parameters():
            if (
                "classification_head" in name
                or "cls_score" in name
                or "rpn.head.cls_logits" in name
            ):
                torch.nn.init.normal_(weights, 0, 0.05)
    network.eval()


def card(task: str, kind: str, n: int, size: tuple[int, int], **spec: Any) -> dict[str, Any]:
    """A model card; pictures are as large as the input, so that no two ways of resizing can
    differ."""
    names = ["__background__"] * (task == "detection") + [
        f"class {k}" for k in range(task == "detection", n)
    ]
    output = {"kind": kind, "threshold": 0.1}
    return {
        "task": task,
        "input": {"size": list(size), "resize": "stretch", **spec},
        "output": output,
        "classes": names,
    }


def pictures(side: int) -> np.ndarray:
    """Blocks of colour under noise: something for every stage of a detector to hold on to."""
    rng = np.random.default_rng(0)
    blocks = (
        rng.integers(0, 256, (FRAMES, 8, 8, 3), dtype=np.uint8)
        .repeat(side // 8, 1)
        .repeat(side // 8, 2)
    )
    return np.clip(blocks.astype(np.int16) + rng.integers(-20, 21, blocks.shape), 0, 255).astype(
        np.uint8
    )


def torchvision(folder: Path, problem_by_file: dict[str, Any]) -> None:
    """Every network by both exporters, and its own answers."""
    for name, (task, network, kind, n) in models().items():
        side = SIDE[task]
        frames = pictures(side)
        tensors = torch.from_numpy(frames.transpose(0, 3, 1, 2).astype(np.float32) / 255)
        settle(network, tensors)
        with torch.no_grad():
            outputs = [network(tensor[None]) for tensor in tensors]
        answers = {}
        for index, tensor in enumerate(outputs):
            parts = (
                tensor[0]
                if task == "detection"
                else {"out": tensor["out"] if isinstance(tensor, dict) else tensor}
            )
            answers |= {f"{index}_{key}": value.numpy() for key, value in parts.items()}
        for dynamo in (False, True):
            path = folder / f"{name}_{'dynamo' if dynamo else 'torchscript'}.onnx"
            try:
                torch.onnx.export(
                    network,
                    (tensors[:1],),
                    str(path),
                    dynamo=dynamo,
                    opset_version=OPSETS[dynamo],
                    verbose=False,
                )
            except Exception as error:  # noqa: BLE001 - what an exporter cannot do is a finding, not a failure of this script
                problem_by_file[path.stem] = (
                    f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
                )
                continue
            np.savez_compressed(path.with_suffix(".npz"), frames=frames, **answers)
            path.with_suffix(".card.json").write_text(json.dumps(card(task, kind, n, (side, side))))
            problem_by_file[path.stem] = ""


def rapidocr(folder: Path, problem_by_file: dict[str, Any]) -> None:
    """The classifier that tells whether a line of text stands upside down, as the package runs
    it."""
    import rapidocr_onnxruntime
    from rapidocr_onnxruntime.ch_ppocr_cls.text_cls import TextClassifier

    model = (
        Path(rapidocr_onnxruntime.__file__).parent
        / "models"
        / "ch_ppocr_mobile_v2.0_cls_infer.onnx"
    )
    path = folder / "rapidocr_cls.onnx"
    path.write_bytes(model.read_bytes())
    frames = []
    for number in range(24):
        line = np.full((48, 192, 3), 230, np.uint8)
        cv2.putText(
            line, f"PART {number * 37 + 1000}", (6, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.95,
            (20, 20 + 8 * number, 60), 2, cv2.LINE_AA,
        )  # fmt: skip
        frames.append(cv2.rotate(line, cv2.ROTATE_180) if number % 2 else line)
    config = {
        "model_path": str(path), "cls_image_shape": [3, 48, 192], "cls_batch_num": 1,
        "cls_thresh": 0.9, "label_list": ["0", "180"],
    }  # fmt: skip
    config |= {
        "intra_op_num_threads": 1,
        "inter_op_num_threads": 1,
        "use_cuda": False,
        "use_dml": False,
    }
    predictions = TextClassifier(config)(frames)[1]
    session = onnxruntime.InferenceSession(str(path))
    fed = (
        ((np.stack(frames).astype(np.float64) / 255 - 0.5) / 0.5)
        .transpose(0, 3, 1, 2)
        .astype(np.float32)
    )
    raw = np.concatenate(
        [session.run(None, {session.get_inputs()[0].name: frame[None]})[0] for frame in fed]
    )
    rgb = np.stack(frames)[..., ::-1]
    labels, scores = (
        np.array([int(label) for label, _ in predictions]),
        np.array([score for _, score in predictions]),
    )
    np.savez_compressed(path.with_suffix(".npz"), frames=rgb, labels=labels, scores=scores, raw=raw)
    card_keys = card("classification", "softmax", 2, (48, 192), colour="BGR", mean=0.5, std=0.5) | {
        "classes": ["0", "180"]
    }
    path.with_suffix(".card.json").write_text(json.dumps(card_keys))
    problem_by_file[path.stem] = ""


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    out, found = Path(sys.argv[1]), dict[str, Any]()
    out.mkdir(parents=True, exist_ok=True)
    torchvision(out, found)
    rapidocr(out, found)
    (out / "exports.json").write_text(json.dumps(found, indent=1))
