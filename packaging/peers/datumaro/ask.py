"""Label sets as Datumaro and pycocotools read them: `ask.py FOLDER [points | writes]`, in the
environment of pins.txt. It imports nothing of the product.

`FOLDER/KIND` holds the set of each kind. Printed: by reader and kind, by picture without ending,
class, x, y, w, h of each box in pixels, or class, x, y of each point. With `writes`, `FOLDER/KIND`
is what Datumaro itself writes of each kind, and the boxes are those that it was given.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

import numpy as np
from datumaro import AnnotationType, Bbox, Dataset, DatasetItem, Image, Mask
from pycocotools.coco import COCO

KINDS = {"coco": "coco_instances", "voc": "voc_detection", "yolo": "yolo", "cvat": "cvat"}
GIVEN = {
    "Prüfung_3": [["Kratzer groß", 0.25, 1.0, 20.5, 10.0], ["划痕", 30.0, 8.0, 4.5, 6.5]],
    "检查": [["划痕", 0.0, 0.0, 64.0, 48.0]],
}
POINTED = {"coco": "coco_person_keypoints", "cvat": "cvat"}
Boxes = dict[str, list[list[object]]]


def read(folder: Path, name: str) -> Boxes:
    """Boxes of a set by Datumaro, which rounds them to hundredths."""
    dataset = Dataset.import_from(str(folder), name)
    labels = dataset.categories()[AnnotationType.label].items
    return {
        item.id: [
            [labels[annotation.label].name, *annotation.get_bbox()]
            for annotation in item.annotations
            if annotation.type == AnnotationType.bbox
        ]
        for item in dataset
    }


def by_pycocotools(folder: Path, key: str) -> Boxes:
    """Boxes of a COCO file, or key points without their mark, by its own reader."""
    (file,) = (folder / "annotations").glob("*.json")
    with contextlib.redirect_stdout(sys.stderr):
        coco = COCO(str(file))
    names = {entry["id"]: entry["name"] for entry in coco.loadCats(coco.getCatIds())}
    return {
        Path(image["file_name"]).stem: [
            [names[entry["category_id"]], *(entry[key] if key == "bbox" else entry[key][:2])]
            for entry in coco.loadAnns(coco.getAnnIds(imgIds=[image_id]))
        ]
        for image_id, image in coco.imgs.items()
    }


def points(folder: Path, name: str) -> Boxes:
    """Points of a set by Datumaro."""
    dataset = Dataset.import_from(str(folder), name)
    labels = dataset.categories()[AnnotationType.label].items
    return {
        item.id: [
            [labels[annotation.label].name, *annotation.points[:2]]
            for annotation in item.annotations
            if annotation.type == AnnotationType.points
        ]
        for item in dataset
    }


def write(folder: Path) -> Boxes:
    """Writes boxes in every kind, and the first half of each picture as a mask of the first
    class."""
    names, picture = (
        ["Kratzer groß", "划痕", "burr"],
        Image.from_numpy(np.full((48, 64, 3), 90, np.uint8)),
    )
    half = np.arange(64)[None, :].repeat(48, axis=0) < 32
    for kind, name in {**KINDS, "masks": "voc_segmentation"}.items():
        items = []
        for stem, boxes in GIVEN.items():
            annotations = [
                Bbox(*box, label=names.index(class_name), id=index, group=index)
                for index, (class_name, *box) in enumerate(boxes, 1)
            ]
            items.append(
                DatasetItem(
                    stem,
                    subset="train",
                    media=picture,
                    annotations=[Mask(half, label=0)] if kind == "masks" else annotations,
                )
            )
        Dataset.from_iterable(items, categories=names, media_type=Image).export(
            str(folder / kind), name, save_media=True
        )
    return GIVEN


def main(folder: Path, question: str) -> None:
    """Print what both find."""
    if question == "writes":
        print(json.dumps(write(folder)))
        return
    kinds, reader = (POINTED, points) if question == "points" else (KINDS, read)
    with contextlib.redirect_stdout(sys.stderr):
        answers = {kind: reader(folder / kind, name) for kind, name in kinds.items()}
        answers["pycocotools"] = by_pycocotools(
            folder / "coco", "keypoints" if question == "points" else "bbox"
        )
    print(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:] or ["boxes"])
