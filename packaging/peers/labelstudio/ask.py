"""Label Studio's converter on exported tasks: `ask.py FOLDER OUT`, in the environment of pins.txt.
It imports nothing of the product.

The tasks are converted to COCO, with the labelling interface that lies beside them. Printed: by
picture without ending, class, x, y, w, h of each box in pixels.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from label_studio_sdk.converter import Converter


def main(folder: Path, out: Path) -> None:
    """Print what it makes of them."""
    with contextlib.redirect_stdout(sys.stderr):
        config = (folder / "label-studio" / "label_config.xml").read_text("utf-8")
        converter = Converter(config, str(folder), upload_dir=str(folder), download_resources=False)
        converter.convert(
            str(folder / "label-studio" / "tasks.json"), str(out), "COCO", is_dir=False
        )
    coco = json.loads((out / "result.json").read_text("utf-8"))
    names = {entry["id"]: entry["name"] for entry in coco["categories"]}
    answers = {image["id"]: (Path(image["file_name"]).stem, []) for image in coco["images"]}
    for entry in coco["annotations"]:
        answers[entry["image_id"]][1].append([names[entry["category_id"]], *entry["bbox"]])
    print(json.dumps(dict(answers.values())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
