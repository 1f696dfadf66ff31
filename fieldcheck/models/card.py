"""The model card: metadata of the file and of sidecars (also Ultralytics exports), a written card,
and whether both fit the graph."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fieldcheck.domain.label import is_class_name
from fieldcheck.domain.model_card import KINDS as TASK_KINDS
from fieldcheck.domain.model_card import REQUIRED, Card, parse_card
from fieldcheck.domain.prediction import BY_NAME, OUTPUT_KINDS
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected
from fieldcheck.models.decoders.decoder import Misfit, count_classes, find_misfit, get_read_tensors
from fieldcheck.models.decoders.detr_ssd_torchvision import begins_with_background
from fieldcheck.models.doctor.feed import list_alternative_kinds
from fieldcheck.models.plugins import PluginError
from fieldcheck.models.session import FLOATS, INTEGERS, ONE_PICTURE, TAKEN, OpenModel, TensorSpec
from fieldcheck.safe_json_yaml import parse_json

# Sidecar metadata: what training tools say of a model in files beside it, or in its own metadata,
# as the keys of a model card.

# A Python literal that a stranger's file holds as text.

LONGEST = 1 << 20  # characters; a thousand class names are some twenty thousand


def parse_literal(text: str | None) -> object:
    """Literal of a text, never an expression that is run; None for what is none, is too long, or
    holds a number of too many digits."""
    if not text or len(text) > LONGEST:
        return None
    try:
        value = ast.literal_eval(text)
        # A hexadecimal number may have more digits than Python prints, and any error message with
        # it would fail.
        repr(value)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    return value


# Ultralytics' exports: their metadata, as the keys of a model card.

TASKS = {"detect": "detection", "classify": "classification", "segment": "instance"}
KINDS = {"detection": "yolo", "classification": "softmax", "instance": "instance_masks"}
SETTLED = {"detection": "yolo_end2end"}  # Where the graph includes non-maximum suppression.
TRAINED_ON: dict[str, Any] = {"scale": 1 / 255, "colour": "RGB", "layout": "NCHW"}
RESIZE: dict[str, dict[str, Any]] = {
    "detection": {
        "resize": "letterbox",
        "interpolation": "linear",
        "pad": 114,
        "pad_position": "centre",
    },
    "classification": {"resize": "short_side", "interpolation": "pil_bilinear"},
    "instance": {
        "resize": "letterbox",
        "interpolation": "linear",
        "pad": 114,
        "pad_position": "centre",
    },
}


def parse_ultralytics_metadata(
    metadata: Mapping[str, str], output_shape: tuple[int | None, ...]
) -> dict[str, Any]:
    """Parse Ultralytics' metadata to card keys; empty for other files. Unreadable values are
    ignored."""
    names = _parse_class_names(parse_literal(metadata.get("names")))
    if not names or not {"task", "stride"} & metadata.keys():
        return {}
    task = TASKS.get(metadata.get("task", "detect"))
    size = _parse_image_size(parse_literal(metadata.get("imgsz")))
    keys: dict[str, Any] = {"classes": names, "input": {"size": size} if size else {}}
    if task is None:
        return keys
    keys["task"] = task
    keys["input"] |= TRAINED_ON | RESIZE[task]
    keys["output"] = {
        "kind": SETTLED.get(task, KINDS[task])
        if _has_builtin_nms(metadata, output_shape)
        else KINDS[task]
    }
    return keys


def get_unsupported_task(metadata: Mapping[str, str]) -> str:
    """Return the export's task where it is unsupported, such as `pose` or `obb`; else empty."""
    task = metadata.get("task", "")
    return (
        task
        if task and task not in TASKS and _parse_class_names(parse_literal(metadata.get("names")))
        else ""
    )


def _has_builtin_nms(metadata: Mapping[str, str], output_shape: tuple[int | None, ...]) -> bool:
    """Whether the graph includes non-maximum suppression: the metadata say so, or its output has
    rows of six that cannot be a grid's."""
    arguments = parse_literal(metadata.get("args"))
    if metadata.get("end2end", "").lower() == "true" or (
        isinstance(arguments, dict) and arguments.get("nms") is True
    ):
        return True
    rows = output_shape[-2] if len(output_shape) == 3 else None
    return rows is not None and rows <= 1000 and output_shape[-1] == 6


def _parse_class_names(value: object) -> list[str]:
    """Class names by index, from `{0: "person", …}` or a list."""
    if isinstance(value, dict):
        if sorted(key for key in value if isinstance(key, int)) != list(range(len(value))):
            return []
        value = [value[index] for index in range(len(value))]
    return [str(name) for name in value] if isinstance(value, list | tuple) else []


def _parse_image_size(value: object) -> list[int]:
    """[height, width], from a pair or from one number for both."""
    sides = (
        [value, value]
        if isinstance(value, int)
        else list(value)
        if isinstance(value, list | tuple)
        else []
    )
    return sides if len(sides) == 2 and all(isinstance(side, int) for side in sides) else []


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
INTERPOLATION_BY_NAME = {"nearest": "nearest", "bilinear": "pil_bilinear", "bicubic": "pil_bicubic"}
NORMAL, ANOMALOUS = "normal", "anomalous"
MOST_CLASSES = 100_000
PIXEL_FORMATS = {"Rgb8": "RGB", "Bgr8": "BGR", "Bgra8": "BGR", "Rgba8": "RGB", "Gray8": "GRAY"}
PIXEL_RANGES: dict[str, Keys] = {
    "NominalRange_0_255": {"scale": 1.0, "mean": [0.0], "std": [1.0]},
    "Normalized_0_1": {"scale": 1 / 255, "mean": [0.0], "std": [1.0]},
    "Normalized_1_1": {"scale": 1 / 255, "mean": [0.5], "std": [0.5]},
}


def read_sidecar_metadata(path: Path, metadata: Mapping[str, str]) -> Keys:
    """Read card keys from files that training tools leave beside the model; empty without valid
    ones."""
    config, preprocessor = (
        _read_json_file(path, "config.json"),
        _read_json_file(path, "preprocessor_config.json"),
    )
    for keys in (
        _parse_hugging_face(config, preprocessor),
        _parse_anomalib(_read_json_file(path, "metadata.json")),
        _parse_torchvision(metadata),
    ):
        if keys:
            return keys
    return {}


def parse_image_metadata(metadata: Mapping[str, str]) -> Keys:
    """Parse ONNX image metadata to card keys: colour order and pixel range. The range 16 to 235 has
    no card key and is ignored."""
    keys: Keys = dict(PIXEL_RANGES.get(metadata.get("Image.NominalPixelRange", ""), {}))
    colour = PIXEL_FORMATS.get(metadata.get("Image.BitmapPixelFormat", ""))
    return {"input": keys | ({"colour": colour} if colour else {})} if keys or colour else {}


def _parse_hugging_face(config: Keys, preprocessor: Keys) -> Keys:
    keys: Keys = {}
    classes = _sort_by_index(config.get("id2label"))
    named = next(
        (
            key
            for key in ARCHITECTURES
            for name in _to_list(config.get("architectures"))
            if str(name).endswith(key)
        ),
        "",
    )
    if named:
        task, output = ARCHITECTURES[named]
        several = config.get("problem_type") == "multi_label_classification"
        keys |= {"task": "multilabel" if several else task, "output": output}
    trained = config.get("pretrained_cfg")
    if isinstance(trained, Mapping):
        keys |= {
            "task": "classification",
            "output": {"kind": "logits"},
            "input": _parse_timm(trained),
        }
        classes = classes or [
            str(name) for name in _to_list(config.get("label_names") or trained.get("label_names"))
        ]
    elif preprocessor and (named or classes):
        keys["input"] = _parse_preprocessor(preprocessor)
    return keys | ({"classes": classes} if classes and keys else {})


def _parse_timm(trained: Mapping[str, Any]) -> Keys:
    size = _to_list(trained.get("input_size"))
    keys = {
        "colour": "RGB",
        "layout": "NCHW",
        "scale": 1 / 255,
        "resize": "short_side",
        "crop": _to_fraction(trained.get("crop_pct", 1.0)),
    }
    keys |= {
        key: _to_list(trained[key]) for key in ("mean", "std") if _is_number_list(trained.get(key))
    }
    keys["interpolation"] = INTERPOLATION_BY_NAME.get(
        str(trained.get("interpolation")), "pil_bicubic"
    )
    return keys | ({"size": size[1:]} if len(size) == 3 else {})


def _parse_preprocessor(preprocessor: Mapping[str, Any]) -> Keys:
    scale = (
        preprocessor.get("rescale_factor", 1 / 255) if preprocessor.get("do_rescale", True) else 1.0
    )
    keys: Keys = {
        "colour": "RGB",
        "layout": "NCHW",
        "scale": scale,
        "interpolation": _get_known_value(PIL, preprocessor.get("resample", 2), "pil_bilinear"),
    }
    if (
        preprocessor.get("do_normalize", True)
        and _is_number_list(preprocessor.get("image_mean"))
        and _is_number_list(preprocessor.get("image_std"))
    ):
        keys |= {
            "mean": _to_list(preprocessor["image_mean"]),
            "std": _to_list(preprocessor["image_std"]),
        }
    return keys | _parse_size(preprocessor)


def _parse_size(preprocessor: Mapping[str, Any]) -> Keys:
    """Size and kind of resize; nothing where they depend on the picture, as with a longest edge."""
    size, crop = preprocessor.get("size"), preprocessor.get("crop_size")
    cropped = _parse_height_width(crop) if preprocessor.get("do_center_crop") else None
    if isinstance(size, Mapping) and "longest_edge" in size:
        return {}
    edge = (
        size.get("shortest_edge")
        if isinstance(size, Mapping)
        else size
        if cropped or "crop_pct" in preprocessor
        else None
    )
    if not isinstance(edge, int) or edge <= 0:
        whole = _parse_height_width(size)
        if whole is None:
            return {}
        if cropped is not None and cropped[0] / whole[0] == cropped[1] / whole[1] <= 1:
            return {"size": cropped, "resize": "stretch", "crop": cropped[0] / whole[0]}
        return {"size": whole, "resize": "stretch"}
    if cropped is None:
        return {
            "size": [edge, edge],
            "resize": "short_side",
            "crop": _to_fraction(preprocessor.get("crop_pct") or 1.0),
        }
    if cropped[0] != cropped[1] or cropped[0] > edge:
        return {}
    return {"size": cropped, "resize": "short_side", "crop": cropped[0] / edge}


def _parse_anomalib(metadata: Keys) -> Keys:
    threshold = metadata.get("image_threshold", metadata.get("pixel_threshold"))
    if not _is_number_list([threshold]):
        return {}
    whole = metadata.get("transform")
    inner = whole.get("transform", whole) if isinstance(whole, Mapping) else None
    steps = _to_list(inner.get("transforms")) if isinstance(inner, Mapping) else []
    keys: Keys = {"colour": "RGB", "layout": "NCHW"}
    for step in steps:
        if isinstance(step, Mapping):
            keys |= _parse_albumentations_step(
                str(step.get("__class_fullname__", "")).rsplit(".", 1)[-1], step, keys.get("size")
            )
    output = {
        "kind": "anomaly_map" if "pixel_threshold" in metadata else "anomaly",
        "threshold": threshold,
    }
    return {"task": "anomaly", "output": output, "classes": [NORMAL, ANOMALOUS], "input": keys}


def _parse_albumentations_step(name: str, step: Mapping[str, Any], size: list[int] | None) -> Keys:
    """One albumentations transform as card keys; a crop after a resize is the same share of the
    picture before it."""
    sides: list[Any] = [step.get("height"), step.get("width")]
    if name == "Resize" and _is_number_list(sides):
        return {
            "size": sides,
            "resize": "stretch",
            "interpolation": _get_known_value(OPENCV, step.get("interpolation", 1), "linear"),
        }
    if (
        name == "CenterCrop"
        and _is_number_list(sides)
        and size
        and min(size) > 0
        and sides[0] / size[0] == sides[1] / size[1] <= 1
    ):
        return {"size": sides, "crop": sides[0] / size[0]}
    if (
        name == "Normalize"
        and _is_number_list(step.get("mean"))
        and _is_number_list(step.get("std"))
    ):
        largest = step.get("max_pixel_value", 255.0)
        scale = 1 / largest if _is_number_list([largest]) and largest else 1.0
        return {"mean": _to_list(step["mean"]), "std": _to_list(step["std"]), "scale": scale}
    return {}


def _parse_torchvision(metadata: Mapping[str, str]) -> Keys:
    text = metadata.get("transforms", "")
    preset = next((name for name in PRESETS if text.lstrip().startswith(f"{name}(")), "")
    if not preset or len(text) > LARGEST:
        return {}
    task, output = PRESETS[preset]
    keys: Keys = {
        "task": task,
        "output": output,
        "input": {"colour": "RGB", "layout": "NCHW", "scale": 1 / 255, "resize": "stretch"},
    }
    for key in ("mean", "std"):
        if _is_number_list(values := _parse_name_list(text, key)):
            keys["input"][key] = values
    crop, edge = _parse_name_list(text, "crop_size"), _parse_name_list(text, "resize_size")
    if (
        preset == "ImageClassification"
        and len(crop) == len(edge) == 1
        and _is_number_list(crop + edge)
        and 0 < crop[0] <= edge[0]
    ):
        way = re.search(r"InterpolationMode\.(\w+)", text)
        keys["input"] |= {"size": crop * 2, "resize": "short_side", "crop": crop[0] / edge[0]}
        keys["input"]["interpolation"] = INTERPOLATION_BY_NAME.get(
            way[1].lower() if way else "bilinear", "pil_bilinear"
        )
    classes = parse_literal(metadata.get("categories"))
    return keys | (
        {"classes": [str(class_name) for class_name in classes]}
        if isinstance(classes, list | tuple) and classes
        else {}
    )


def _parse_name_list(text: str, key: str) -> list[Any]:
    match = re.search(rf"\b{key}=(\[[^\]]*\])", text)
    return _to_list(parse_literal(match[1])) if match else []


def _read_json_file(path: Path, name: str) -> Keys:
    """A JSON object of that name beside the model, or above a folder called `onnx`; empty for
    anything else."""
    folders = [path.parent, path.parent.parent] if path.parent.name == "onnx" else [path.parent]
    for folder in folders:
        file = folder / name
        try:
            if not file.is_file() or file.stat().st_size > LARGEST:
                continue
            document = parse_json(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            return document
    return {}


def _sort_by_index(value: object) -> list[str]:
    """Class names by index, from `{"0": "person", …}`; empty where an index is missing."""
    if not isinstance(value, Mapping) or not 0 < len(value) <= MOST_CLASSES:
        return []
    names = {
        int(key): str(name)
        for key, name in value.items()
        if str(key).isascii() and str(key).isdigit() and len(str(key)) < 9
    }
    return (
        [names[index] for index in range(len(names))]
        if sorted(names) == list(range(len(value)))
        else []
    )


def _parse_height_width(value: object) -> list[int] | None:
    """[height, width] from `{"height": …, "width": …}` or one side for both."""
    sides: list[Any] = (
        [value.get("height"), value.get("width")] if isinstance(value, Mapping) else [value, value]
    )
    return (
        [int(side) for side in sides]
        if _is_number_list(sides) and all(side > 0 for side in sides)
        else None
    )


def _get_known_value(ways: Mapping[int, str], number: object, otherwise: str) -> str:
    return ways.get(number, otherwise) if isinstance(number, int) else otherwise


def _to_fraction(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value <= 1 else 1.0


def _to_list(value: object) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def _is_number_list(value: object) -> bool:
    """Whether it is a list of plain figures of a credible size, and not empty."""
    values = _to_list(value)
    return bool(values) and all(
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -LARGEST <= value <= LARGEST
        for value in values
    )


def read_card(
    model: OpenModel,
    sidecar: Mapping[str, Any] | None = None,
    classes: tuple[str, ...] | None = None,
) -> Card:
    """Model card from what training tools left beside the file, overridden key by key by the file's
    own metadata, then by `sidecar`, then by `classes`; checked against the graph in one run. Where
    a tool spoke and named no size, the size is the one that the graph asks for.

    Raises CardNeeded for what nobody says, CardRejected for what makes no sense, ModelRejected
    `inputs`, `rank`, `channels`, `size`, `output_kind`, `classes` for what does not fit the file.
    """
    keys = collect_card_keys(model, sidecar)
    if classes is not None:
        keys["classes"] = list(classes)
    missing = tuple(field for field in REQUIRED if _is_absent(keys, field))
    if missing:
        raise CardNeeded(model.path, missing)
    card = parse_card(keys)
    check_card_fits(model, card)
    return card


def collect_card_keys(model: OpenModel, sidecar: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Collect card keys from files of training tools beside the model, overridden by the file's own
    metadata, then by `sidecar`. Where a tool gave keys but no size, the size is the graph's."""
    beside = read_sidecar_metadata(model.path, model.metadata)
    own = merge_card_keys(
        parse_image_metadata(model.metadata),
        parse_ultralytics_metadata(model.metadata, model.outputs[0].shape),
    )
    keys = merge_card_keys(merge_card_keys(beside, own), sidecar or {})
    if beside and _is_absent(keys, "input.size"):
        keys = merge_card_keys({"input": {"size": _get_fixed_size(model.inputs[0], keys)}}, keys)
    return keys


def check_classes(classes: Sequence[str]) -> None:
    """Raises CardRejected where a class name is invalid. Cards stored in a project are not checked,
    since it could not be opened any more."""
    wrong = next((name for name in classes if not is_class_name(name)), None)
    if wrong is not None:
        raise CardRejected("classes", "value", wrong)


def merge_card_keys(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two objects; where both have a key, `above` wins, object by object. Null values are
    ignored."""
    both = dict(below)
    for key, value in above.items():
        under = both.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            both[key] = merge_card_keys(under, value)
        elif value is not None:
            both[key] = value
    return both


def check_card_fits(model: OpenModel, card: Card) -> None:
    """Raises CardRejected or ModelRejected where a class has no name, the card's tensors are not
    the graph's, or its output is none of that kind."""
    check_classes(card.classes)
    if BY_NAME[card.output.kind].no_background and begins_with_background(card.classes):
        raise CardRejected("classes", "background", card.classes[0])
    names = {tensor.name for tensor in model.inputs}
    if card.input.name and card.input.name not in names:
        raise CardRejected("input.name", "value", card.input.name)
    unknown = set(card.output.names) - {tensor.name for tensor in model.outputs}
    if unknown:
        raise CardRejected("output.names", "value", ", ".join(sorted(unknown)))
    if len(model.inputs) > 1:
        raise ModelRejected(model.path, "inputs", ", ".join(sorted(names)))
    _check_input(model, model.inputs[0], card)
    outputs = get_read_tensors(card, [tensor.name for tensor in model.outputs])
    for tensor in model.outputs:
        if tensor.name in outputs and not _is_readable(model, tensor, card.output.kind):
            raise ModelRejected(
                model.path, "output_kind", f"{card.output.kind}: {tensor.name} is {tensor.kind}"
            )
    batch = model.batch or 1
    blank = np.zeros((batch, *card.input.shape), np.float32)
    outputs_of_blank = model.run({model.inputs[0].name: blank}, outputs)
    try:
        problem = find_misfit(outputs_of_blank, batch, card)
    except PluginError as error:
        raise ModelRejected(model.path, error.problem, error.detail) from error
    if problem is not Misfit.NONE:
        seen = ", ".join(
            "×".join(str(side) for side in output.shape) for output in outputs_of_blank
        )
        detail = f"{card.output.kind}, output {seen}, {len(card.classes)} classes"
        if problem is Misfit.CLASSES:
            raise ModelRejected(
                model.path,
                problem.value,
                detail,
                n_classes=count_classes(outputs_of_blank, batch, card),
                n_named=len(card.classes),
            )
        fitting_kinds = tuple(
            f"{kind.name} {kind.shape}" for kind in OUTPUT_KINDS if card.task in kind.tasks
        )
        raise ModelRejected(
            model.path,
            problem.value,
            detail,
            list_alternative_kinds(model, card, outputs_of_blank),
            fitting_kinds,
        )


def _is_readable(model: OpenModel, tensor: TensorSpec, kind: str) -> bool:
    """Whether the tensor's type is supported: integers are labels, class maps or quantised values
    whose scale the graph gives."""
    return (
        tensor.kind in FLOATS
        or tensor.name in model.steps
        or (tensor.kind in INTEGERS and BY_NAME[kind].holds_integers)
    )


def _check_input(model: OpenModel, tensor: TensorSpec, card: Card) -> None:
    if card.is_foreign:
        raise CardRejected("output.kind", "value", card.output.kind, TASK_KINDS[card.task])
    spec, shape = card.input, tensor.shape
    seen = "×".join("?" if side is None else str(side) for side in shape)
    if len(shape) == ONE_PICTURE and BY_NAME[card.output.kind].one_picture:
        shape = (1, *shape)
    if len(shape) != ONE_PICTURE + 1 or tensor.kind not in TAKEN:
        raise ModelRejected(model.path, "rank", f"{tensor.kind} {seen}")
    channel_axis = 1 if spec.layout == "NCHW" else 3
    if shape[channel_axis] not in (None, spec.channels):
        raise ModelRejected(model.path, "channels", f"{spec.colour} {spec.layout}, input {seen}")
    if any(has not in (None, wants) for has, wants in zip(shape[1:], spec.shape, strict=True)):
        raise ModelRejected(model.path, "size", f"{spec.size[0]}×{spec.size[1]}, input {seen}")


def _get_fixed_size(tensor: TensorSpec, keys: Mapping[str, Any]) -> list[int] | None:
    """[height, width] where the graph fixes both."""
    size = keys.get("input")
    layout = size.get("layout") if isinstance(size, Mapping) else None
    sides = tensor.shape[-3:-1] if layout == "NHWC" else tensor.shape[-2:]
    return (
        [side for side in sides if side is not None]
        if len(sides) == 2 and None not in sides
        else None
    )


def _is_absent(keys: Mapping[str, Any], dotted: str) -> bool:
    """Whether the key is missing; a value of a wrong type is left to the card's own check."""
    above, _, key = dotted.rpartition(".")
    parent = keys.get(above) if above else keys
    return parent is None or (isinstance(parent, Mapping) and parent.get(key) in (None, []))
