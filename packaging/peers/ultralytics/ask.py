"""Ultralytics' own check and reader of a YOLO set: `ask.py FOLDER`, in the environment of pins.txt.
It imports nothing of the product.

Printed: by picture without ending, class, x, y, w, h of each box in pixels.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["YOLO_OFFLINE"] = "true"
os.environ["YOLO_CONFIG_DIR"] = tempfile.mkdtemp(prefix="ultralytics-")


def main(folder: Path) -> None:
    """Print what it finds."""
    with contextlib.redirect_stdout(sys.stderr):  # it speaks when it is imported
        from ultralytics.data.dataset import YOLODataset
        from ultralytics.data.utils import check_det_dataset

        data = check_det_dataset(str(folder / "yolo" / "data.yaml"), autodownload=False)
        dataset = YOLODataset(
            img_path=data["val"], data=data, task="detect", augment=False, imgsz=64
        )
    answers = {}
    for label in dataset.labels:
        height, width = label["shape"]
        answers[Path(label["im_file"]).stem] = [
            [
                data["names"][int(k)],
                (x - w / 2) * width,
                (y - h / 2) * height,
                w * width,
                h * height,
            ]
            for (k,), (x, y, w, h) in zip(
                label["cls"].tolist(), label["bboxes"].tolist(), strict=True
            )
        ]
    print(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
