"""Ultralytics' exports: their metadata, as the keys of a model card.

Source: the metadata of Ultralytics' ONNX exporter (`names`, `imgsz`, `task`, `args`, `end2end`) and the preprocessing of its predictor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldcheck.inference.literal import parse_literal

TASKS = {"detect": "detection", "classify": "classification", "segment": "instance"}
KINDS = {"detection": "yolo", "classification": "softmax", "instance": "instance_masks"}
SETTLED = {"detection": "yolo_end2end"}  # where the graph itself chooses among overlapping boxes
TRAINED_ON: dict[str, Any] = {"scale": 1 / 255, "colour": "RGB", "layout": "NCHW"}
RESIZE: dict[str, dict[str, Any]] = {
    "detection": {"resize": "letterbox", "interpolation": "linear", "pad": 114, "pad_position": "centre"},
    "classification": {"resize": "short_side", "interpolation": "pil_bilinear"},
    "instance": {"resize": "letterbox", "interpolation": "linear", "pad": 114, "pad_position": "centre"},
}


def parse_ultralytics_metadata(metadata: Mapping[str, str], output_shape: tuple[int | None, ...]) -> dict[str, Any]:
    """Keys of a card, as many as the file says; empty for a file that is not from there. What cannot be read counts as not said."""
    names = _parse_class_names(parse_literal(metadata.get("names")))
    if not names or not {"task", "stride"} & metadata.keys():
        return {}
    task = TASKS.get(metadata.get("task", "detect"))
    size = _parse_image_size(parse_literal(metadata.get("imgsz")))
    found: dict[str, Any] = {"classes": names, "input": {"size": size} if size else {}}
    if task is None:
        return found
    found["task"] = task
    found["input"] |= TRAINED_ON | RESIZE[task]
    found["output"] = {"kind": SETTLED.get(task, KINDS[task]) if _has_builtin_nms(metadata, output_shape) else KINDS[task]}
    return found


def get_unsupported_task(metadata: Mapping[str, str]) -> str:
    """The task that an export names and that is not read here, such as `pose` or `obb`; empty for any other file."""
    task = metadata.get("task", "")
    return task if task and task not in TASKS and _parse_class_names(parse_literal(metadata.get("names"))) else ""


def _has_builtin_nms(metadata: Mapping[str, str], output_shape: tuple[int | None, ...]) -> bool:
    """Whether the graph picks the boxes itself: it says so, or gives rows of six that can be no grid's."""
    arguments = parse_literal(metadata.get("args"))
    if metadata.get("end2end", "").lower() == "true" or (isinstance(arguments, dict) and arguments.get("nms") is True):
        return True
    rows = output_shape[-2] if len(output_shape) == 3 else None
    return rows is not None and rows <= 1000 and output_shape[-1] == 6


def _parse_class_names(found: object) -> list[str]:
    """Class names by index, from `{0: "person", …}` or a list."""
    if isinstance(found, dict):
        if sorted(key for key in found if isinstance(key, int)) != list(range(len(found))):
            return []
        found = [found[index] for index in range(len(found))]
    return [str(name) for name in found] if isinstance(found, list | tuple) else []


def _parse_image_size(found: object) -> list[int]:
    """[height, width], from a pair or from one number for both."""
    sides = [found, found] if isinstance(found, int) else list(found) if isinstance(found, list | tuple) else []
    return sides if len(sides) == 2 and all(isinstance(side, int) for side in sides) else []
