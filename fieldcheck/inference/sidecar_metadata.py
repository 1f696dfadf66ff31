"""Sidecar metadata: what training tools say of a model in files beside it, or in its own metadata, as the keys of a model card.

Sources: Hugging Face's `config.json` (`id2label`, `architectures`) and `preprocessor_config.json`, timm's `pretrained_cfg` in the former;
anomalib's `metadata.json` with the albumentations transform it was trained with; torchvision's `weights.meta["categories"]` and the text of
`weights.transforms()`, where whoever exported a model put them into the file's metadata as `categories` and `transforms`; ONNX's own
metadata for images (`Image.BitmapPixelFormat`, `Image.NominalPixelRange`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldcheck.inference.literal import parse_literal
from fieldcheck.plain_json import parse_json

Keys = dict[str, Any]

LARGEST = 16 << 20  # bytes of a file beside a model, and the largest figure in it
ARCHITECTURES = {
    "ForImageClassification": ("classification", {"kind": "logits"}),
    "ForObjectDetection": ("detection", {"kind": "detr", "names": ["logits", "pred_boxes"]}),
    "ForSemanticSegmentation": ("segmentation", {"kind": "masks"}),
}
PRESETS = {
    "ImageClassification": ("classification", {"kind": "logits"}),
    "ObjectDetection": ("detection", {"kind": "torchvision"}),
    "SemanticSegmentation": ("segmentation", {"kind": "masks"}),
}
PIL = {0: "nearest", 2: "pil_bilinear", 3: "pil_bicubic"}  # Pillow's numbers
OPENCV = {0: "nearest", 1: "linear", 2: "cubic", 3: "area"}  # OpenCV's numbers
BY_NAME = {"nearest": "nearest", "bilinear": "pil_bilinear", "bicubic": "pil_bicubic"}
NORMAL, ANOMALOUS = "normal", "anomalous"
MOST_CLASSES = 100_000
PIXEL_FORMATS = {"Rgb8": "RGB", "Bgr8": "BGR", "Bgra8": "BGR", "Rgba8": "RGB", "Gray8": "GRAY"}
PIXEL_RANGES: dict[str, Keys] = {
    "NominalRange_0_255": {"scale": 1.0, "mean": [0.0], "std": [1.0]},
    "Normalized_0_1": {"scale": 1 / 255, "mean": [0.0], "std": [1.0]},
    "Normalized_1_1": {"scale": 1 / 255, "mean": [0.5], "std": [0.5]},
}


def read_sidecar_metadata(path: Path, metadata: Mapping[str, str]) -> Keys:
    """Keys of a card, as many as are said of the model at `path`; empty where none are, or none that make sense."""
    config, preprocessor = _read_json_file(path, "config.json"), _read_json_file(path, "preprocessor_config.json")
    for said in (
        _parse_hugging_face(config, preprocessor),
        _parse_anomalib(_read_json_file(path, "metadata.json")),
        _parse_torchvision(metadata),
    ):
        if said:
            return said
    return {}


def parse_image_metadata(metadata: Mapping[str, str]) -> Keys:
    """Keys of a card that the metadata of ONNX for images give: order of colours and range of the pixels. The range from 16 to 235 has no
    key of a card and says nothing."""
    found: Keys = dict(PIXEL_RANGES.get(metadata.get("Image.NominalPixelRange", ""), {}))
    colour = PIXEL_FORMATS.get(metadata.get("Image.BitmapPixelFormat", ""))
    return {"input": found | ({"colour": colour} if colour else {})} if found or colour else {}


def _parse_hugging_face(config: Keys, preprocessor: Keys) -> Keys:
    found: Keys = {}
    classes = _sort_by_index(config.get("id2label"))
    named = next((key for key in ARCHITECTURES for one in _to_list(config.get("architectures")) if str(one).endswith(key)), "")
    if named:
        task, output = ARCHITECTURES[named]
        several = config.get("problem_type") == "multi_label_classification"
        found |= {"task": "multilabel" if several else task, "output": output}
    trained = config.get("pretrained_cfg")
    if isinstance(trained, Mapping):
        found |= {"task": "classification", "output": {"kind": "logits"}, "input": _parse_timm(trained)}
        classes = classes or [str(one) for one in _to_list(config.get("label_names") or trained.get("label_names"))]
    elif preprocessor and (named or classes):
        found["input"] = _parse_preprocessor(preprocessor)
    return found | ({"classes": classes} if classes and found else {})


def _parse_timm(trained: Mapping[str, Any]) -> Keys:
    size = _to_list(trained.get("input_size"))
    found = {
        "colour": "RGB",
        "layout": "NCHW",
        "scale": 1 / 255,
        "resize": "short_side",
        "crop": _to_fraction(trained.get("crop_pct", 1.0)),
    }
    found |= {key: _to_list(trained[key]) for key in ("mean", "std") if _is_number_list(trained.get(key))}
    found["interpolation"] = BY_NAME.get(str(trained.get("interpolation")), "pil_bicubic")
    return found | ({"size": size[1:]} if len(size) == 3 else {})


def _parse_preprocessor(said: Mapping[str, Any]) -> Keys:
    scale = said.get("rescale_factor", 1 / 255) if said.get("do_rescale", True) else 1.0
    found: Keys = {
        "colour": "RGB",
        "layout": "NCHW",
        "scale": scale,
        "interpolation": _get_known_value(PIL, said.get("resample", 2), "pil_bilinear"),
    }
    if said.get("do_normalize", True) and _is_number_list(said.get("image_mean")) and _is_number_list(said.get("image_std")):
        found |= {"mean": _to_list(said["image_mean"]), "std": _to_list(said["image_std"])}
    return found | _parse_size(said)


def _parse_size(said: Mapping[str, Any]) -> Keys:
    """Size and kind of resize; nothing where they depend on the picture, as with a longest edge."""
    size, crop = said.get("size"), said.get("crop_size")
    cropped = _parse_height_width(crop) if said.get("do_center_crop") else None
    if isinstance(size, Mapping) and "longest_edge" in size:
        return {}
    edge = size.get("shortest_edge") if isinstance(size, Mapping) else size if cropped or "crop_pct" in said else None
    if not isinstance(edge, int) or edge <= 0:
        whole = _parse_height_width(size)
        if whole is None:
            return {}
        if cropped is not None and cropped[0] / whole[0] == cropped[1] / whole[1] <= 1:
            return {"size": cropped, "resize": "stretch", "crop": cropped[0] / whole[0]}
        return {"size": whole, "resize": "stretch"}
    if cropped is None:
        return {"size": [edge, edge], "resize": "short_side", "crop": _to_fraction(said.get("crop_pct") or 1.0)}
    if cropped[0] != cropped[1] or cropped[0] > edge:
        return {}
    return {"size": cropped, "resize": "short_side", "crop": cropped[0] / edge}


def _parse_anomalib(said: Keys) -> Keys:
    threshold = said.get("image_threshold", said.get("pixel_threshold"))
    if not _is_number_list([threshold]):
        return {}
    whole = said.get("transform")
    inner = whole.get("transform", whole) if isinstance(whole, Mapping) else None
    steps = _to_list(inner.get("transforms")) if isinstance(inner, Mapping) else []
    found: Keys = {"colour": "RGB", "layout": "NCHW"}
    for step in steps:
        if isinstance(step, Mapping):
            found |= _parse_albumentations_step(str(step.get("__class_fullname__", "")).rsplit(".", 1)[-1], step, found.get("size"))
    output = {"kind": "anomaly_map" if "pixel_threshold" in said else "anomaly", "threshold": threshold}
    return {"task": "anomaly", "output": output, "classes": [NORMAL, ANOMALOUS], "input": found}


def _parse_albumentations_step(name: str, step: Mapping[str, Any], size: list[int] | None) -> Keys:
    """One albumentations transform as card keys; a crop after a resize is the same share of the picture before it."""
    sides: list[Any] = [step.get("height"), step.get("width")]
    if name == "Resize" and _is_number_list(sides):
        return {"size": sides, "resize": "stretch", "interpolation": _get_known_value(OPENCV, step.get("interpolation", 1), "linear")}
    if name == "CenterCrop" and _is_number_list(sides) and size and min(size) > 0 and sides[0] / size[0] == sides[1] / size[1] <= 1:
        return {"size": sides, "crop": sides[0] / size[0]}
    if name == "Normalize" and _is_number_list(step.get("mean")) and _is_number_list(step.get("std")):
        largest = step.get("max_pixel_value", 255.0)
        scale = 1 / largest if _is_number_list([largest]) and largest else 1.0
        return {"mean": _to_list(step["mean"]), "std": _to_list(step["std"]), "scale": scale}
    return {}


def _parse_torchvision(metadata: Mapping[str, str]) -> Keys:
    said = metadata.get("transforms", "")
    preset = next((name for name in PRESETS if said.lstrip().startswith(f"{name}(")), "")
    if not preset or len(said) > LARGEST:
        return {}
    task, output = PRESETS[preset]
    found: Keys = {"task": task, "output": output, "input": {"colour": "RGB", "layout": "NCHW", "scale": 1 / 255, "resize": "stretch"}}
    for key in ("mean", "std"):
        if _is_number_list(values := _parse_name_list(said, key)):
            found["input"][key] = values
    crop, edge = _parse_name_list(said, "crop_size"), _parse_name_list(said, "resize_size")
    if preset == "ImageClassification" and len(crop) == len(edge) == 1 and _is_number_list(crop + edge) and 0 < crop[0] <= edge[0]:
        way = re.search(r"InterpolationMode\.(\w+)", said)
        found["input"] |= {"size": crop * 2, "resize": "short_side", "crop": crop[0] / edge[0]}
        found["input"]["interpolation"] = BY_NAME.get(way[1].lower() if way else "bilinear", "pil_bilinear")
    classes = parse_literal(metadata.get("categories"))
    return found | ({"classes": [str(one) for one in classes]} if isinstance(classes, list | tuple) and classes else {})


def _parse_name_list(said: str, key: str) -> list[Any]:
    found = re.search(rf"\b{key}=(\[[^\]]*\])", said)
    return _to_list(parse_literal(found[1])) if found else []


def _read_json_file(path: Path, name: str) -> Keys:
    """A JSON object of that name beside the model, or above a folder called `onnx`; empty for anything else."""
    folders = [path.parent, path.parent.parent] if path.parent.name == "onnx" else [path.parent]
    for folder in folders:
        file = folder / name
        try:
            if not file.is_file() or file.stat().st_size > LARGEST:
                continue
            found = parse_json(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return {}


def _sort_by_index(found: object) -> list[str]:
    """Class names by index, from `{"0": "person", …}`; empty where an index is missing."""
    if not isinstance(found, Mapping) or not 0 < len(found) <= MOST_CLASSES:
        return []
    names = {int(key): str(name) for key, name in found.items() if str(key).isascii() and str(key).isdigit() and len(str(key)) < 9}
    return [names[index] for index in range(len(names))] if sorted(names) == list(range(len(found))) else []


def _parse_height_width(found: object) -> list[int] | None:
    """[height, width] from `{"height": …, "width": …}` or one side for both."""
    sides: list[Any] = [found.get("height"), found.get("width")] if isinstance(found, Mapping) else [found, found]
    return [int(side) for side in sides] if _is_number_list(sides) and all(side > 0 for side in sides) else None


def _get_known_value(ways: Mapping[int, str], number: object, otherwise: str) -> str:
    return ways.get(number, otherwise) if isinstance(number, int) else otherwise


def _to_fraction(found: object) -> float:
    return float(found) if isinstance(found, int | float) and 0 < found <= 1 else 1.0


def _to_list(found: object) -> list[Any]:
    return list(found) if isinstance(found, Sequence) and not isinstance(found, str) else []


def _is_number_list(found: object) -> bool:
    """Whether it is a list of plain figures of a credible size, and not empty."""
    values = _to_list(found)
    return bool(values) and all(isinstance(one, int | float) and not isinstance(one, bool) and -LARGEST <= one <= LARGEST for one in values)
