"""Label sets as Datumaro and pycocotools read them: `ask.py FOLDER`, in the environment of pins.txt. It imports nothing of the product.

`FOLDER/KIND` holds the set of each kind. Printed: by reader and kind, by picture without ending, class, x, y, w, h of each box in pixels.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from datumaro import AnnotationType, Dataset
from pycocotools.coco import COCO

KINDS = {"coco": "coco_instances", "voc": "voc_detection", "yolo": "yolo", "cvat": "cvat"}
Boxes = dict[str, list[list[object]]]


def read(folder: Path, name: str) -> Boxes:
    """Boxes of a set by Datumaro, which rounds them to hundredths."""
    found = Dataset.import_from(str(folder), name)
    labels = found.categories()[AnnotationType.label].items
    return {
        item.id: [[labels[one.label].name, *one.get_bbox()] for one in item.annotations if one.type == AnnotationType.bbox]
        for item in found
    }


def by_pycocotools(folder: Path) -> Boxes:
    """Boxes of a COCO file by its own reader, with the mask that it makes of none of them."""
    (file,) = (folder / "annotations").glob("*.json")
    with contextlib.redirect_stdout(sys.stderr):
        found = COCO(str(file))
    names = {one["id"]: one["name"] for one in found.loadCats(found.getCatIds())}
    return {
        Path(image["file_name"]).stem: [[names[one["category_id"]], *one["bbox"]] for one in found.loadAnns(found.getAnnIds(imgIds=[key]))]
        for key, image in found.imgs.items()
    }


def main(folder: Path) -> None:
    """Print what both find."""
    with contextlib.redirect_stdout(sys.stderr):
        found = {kind: read(folder / kind, name) for kind, name in KINDS.items()}
        found["pycocotools"] = by_pycocotools(folder / "coco")
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
