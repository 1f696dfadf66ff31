"""An exported recipe in albumentations' own loader: `ask.py FOLDER`, in the environment of
pins.txt, where the product is not installed.

Printed: by pipeline the names of its transforms, whether a picture came out in its shape, and how
many of fifty were changed.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import albumentations as A
import numpy as np


def names(one: dict[str, object]) -> list[str]:
    """The transforms of a written pipeline, down to the last."""
    inner = [name for part in one.get("transforms", []) for name in names(part)]
    return inner or [str(one["__class_fullname__"])]


def main(folder: Path) -> None:
    """Print what came of it."""
    assert importlib.util.find_spec("fieldcheck") is None
    sys.path.insert(0, str(folder))
    importlib.import_module("fieldcheck_transforms")
    picture = np.random.default_rng(0).integers(40, 200, (48, 64, 3), np.uint8)
    said = {}
    for file in (folder / "pipeline.json", folder / "unseen" / "pipeline.json"):
        pipeline = A.load(str(file))
        pipeline.set_random_seed(1)
        out = [pipeline(image=picture)["image"] for _ in range(50)]
        said[file.relative_to(folder).as_posix()] = {
            "transforms": names(json.loads(file.read_text("utf-8"))["transform"]),
            "sound": all(one.shape == picture.shape and one.dtype == np.uint8 for one in out),
            "changed": sum(bool((one != picture).any()) for one in out),
        }
    print(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
