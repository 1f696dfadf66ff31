"""FiftyOne's own folders of labelled pictures: `FiftyOneImageDetectionDataset` and `FiftyOneImageClassificationDataset`. Written only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fieldcheck.domain.box import Box
from fieldcheck.exchange.labelled_picture import LabelledImage, make_parent_folder
from fieldcheck.files import write_text

LABELS, PICTURES = "labels.json", "data"


def write_fiftyone(out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> list[Path]:
    """`labels.json` and the pictures in `data/`. Boxes are shares of the picture; a picture with nothing on it has an empty list."""
    by_class = any(one.class_name for one in pictures)
    index = {name: at for at, name in reversed(list(enumerate(classes)))}
    labels: dict[str, Any] = {}
    for one in pictures:
        found = [_make_detection(box, index, one.size) for box in one.boxes]
        labels[Path(one.file).stem] = index[one.class_name] if by_class else found
    path = make_parent_folder(out / LABELS)
    write_text(path, json.dumps({"classes": list(classes), "labels": labels}, ensure_ascii=False, indent=1) + "\n")
    return [path, *(one.save_image(out / PICTURES / one.file) for one in pictures)]


def _make_detection(box: Box, index: dict[str, int], size: tuple[int, int]) -> dict[str, Any]:
    shares = [box.x / size[0], box.y / size[1], box.w / size[0], box.h / size[1]]
    flags = {"iscrowd": box.crowd, "occluded": box.occluded, "truncated": box.truncated}
    return {"label": index[box.class_name], "bounding_box": shares, "attributes": {name: True for name, on in flags.items() if on}}
