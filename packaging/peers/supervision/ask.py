"""Label sets as supervision reads them: `ask.py FOLDER [writes]`, in the environment of pins.txt.
It imports nothing of the product.

Printed: by kind, by picture without ending, class, x, y, w, h of each box in pixels. With `writes`
it also writes what it found in `FOLDER/coco` to `FOLDER/written/KIND`, and those are printed alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from supervision import DetectionDataset

READERS = {
    "coco": lambda at: DetectionDataset.from_coco(
        str(at / "images" / "default"), str(at / "annotations" / "instances_default.json")
    ),
    "yolo": lambda at: DetectionDataset.from_yolo(
        str(at / "images"), str(at / "labels"), str(at / "data.yaml")
    ),
    "voc": lambda at: DetectionDataset.from_pascal_voc(
        str(at / "JPEGImages"), str(at / "Annotations")
    ),
}


def write(dataset: DetectionDataset, out: Path) -> None:
    """A set in every kind."""
    coco, yolo, voc = (out / kind for kind in READERS)
    dataset.as_coco(str(coco / "images"), str(coco / "labels.json"))
    dataset.as_yolo(str(yolo / "images"), str(yolo / "labels"), str(yolo / "data.yaml"))
    dataset.as_pascal_voc(str(voc / "JPEGImages"), str(voc / "Annotations"))


def main(folder: Path, writes: bool) -> None:
    """Print what it finds."""
    if writes:
        write(READERS["coco"](folder / "coco"), folder / "written")
    answers = {}
    for kind, read in READERS.items() if not writes else [("coco", READERS["coco"])]:
        dataset = read(folder / kind)
        answers[kind] = {
            Path(path).stem: [
                [dataset.classes[k], x1, y1, x2 - x1, y2 - y1]
                for k, (x1, y1, x2, y2) in zip(boxes.class_id, boxes.xyxy.tolist(), strict=True)
            ]
            for path, _, boxes in dataset
        }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "writes" in sys.argv)
