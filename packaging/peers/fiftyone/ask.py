"""FiftyOne's importer of its own folders: `ask.py FOLDER`, in the environment of pins.txt. It
imports nothing of the product and starts no database.

Printed: by picture without ending, class and shares of each box, and the flags that stand beside
it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["FIFTYONE_DO_NOT_TRACK"] = "true"

from fiftyone.utils.data.importers import FiftyOneImageDetectionDatasetImporter

FLAGS = ("iscrowd", "occluded", "truncated")


def main(folder: Path) -> None:
    """Print what it finds."""
    boxes, flags = {}, {}
    with FiftyOneImageDetectionDatasetImporter(dataset_dir=str(folder / "fiftyone")) as importer:
        for path, _, label in importer:
            detections = label.detections if label is not None else []
            boxes[Path(path).stem] = [
                [detection.label, *detection.bounding_box] for detection in detections
            ]
            flags[Path(path).stem] = [
                [flag for flag in FLAGS if getattr(detection, flag, False)]
                for detection in detections
            ]
    print(json.dumps({"boxes": boxes, "flags": flags}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
