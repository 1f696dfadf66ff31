"""labelme's own reader of its files: `ask.py FOLDER`, in the environment of pins.txt. It imports
nothing of the product.

Printed: by picture without ending, class, x, y, w, h of each rectangle in pixels; of a point class,
x, y.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

from labelme._label_file import LabelFile


def main(folder: Path) -> None:
    """Print what it finds; the picture is opened too."""
    answers = {}
    for file in sorted((folder / "labelme").glob("*.json")):
        label_file = LabelFile(str(file))
        boxes = []
        for shape in label_file.shapes:
            if shape["shape_type"] == "point":
                boxes.append([shape["label"], *shape["points"][0]])
                continue
            assert shape["shape_type"] == "rectangle"
            (x1, y1), (x2, y2) = shape["points"]
            boxes.append([shape["label"], x1, y1, x2 - x1, y2 - y1])
        answers[Path(label_file.image_path).stem] = boxes
    print(json.dumps(answers))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]))
