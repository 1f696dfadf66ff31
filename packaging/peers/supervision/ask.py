"""Label sets as supervision reads them: `ask.py FOLDER`, in the environment of pins.txt. It imports nothing of the product.

Printed: by kind, by picture without ending, class, x, y, w, h of each box in pixels.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from supervision import DetectionDataset

READERS = {
    "coco": lambda at: DetectionDataset.from_coco(str(at / "images" / "default"), str(at / "annotations" / "instances_default.json")),
    "yolo": lambda at: DetectionDataset.from_yolo(str(at / "images"), str(at / "labels"), str(at / "data.yaml")),
    "voc": lambda at: DetectionDataset.from_pascal_voc(str(at / "JPEGImages"), str(at / "Annotations")),
}


def main(folder: Path) -> None:
    """Print what it finds."""
    said = {}
    for kind, read in READERS.items():
        found = read(folder / kind)
        said[kind] = {
            Path(path).stem: [
                [found.classes[k], x1, y1, x2 - x1, y2 - y1]
                for k, (x1, y1, x2, y2) in zip(boxes.class_id, boxes.xyxy.tolist(), strict=True)
            ]
            for path, _, boxes in found
        }
    print(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
