"""An exported recipe in albumentations' own loader: `ask.py FOLDER`, in the environment of
pins.txt, where the product is not installed.

Printed: by pipeline the names of its transforms, whether a picture came out in its shape, how many
of fifty were changed, and the hash of what each transform makes of the picture by itself.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from pathlib import Path

import albumentations as A
import numpy as np


def parts(transform: dict[str, object]) -> list[dict[str, object]]:
    """The transforms of a written pipeline, down to the last."""
    return [part for inner in transform.get("transforms", []) for part in parts(inner)] or [
        transform
    ]


def hash_picture(part: dict[str, object], picture: np.ndarray) -> str:
    """The hash of what a written transform makes of the picture with the seed 1."""
    alone = A.Compose([A.from_dict({"transform": part})])
    alone.set_random_seed(1)
    return hashlib.sha256(np.ascontiguousarray(alone(image=picture)["image"])).hexdigest()


def main(folder: Path) -> None:
    """Print what came of it."""
    assert importlib.util.find_spec("fieldcheck") is None
    sys.path.insert(0, str(folder))
    importlib.import_module("fieldcheck_transforms")
    picture = np.random.default_rng(0).integers(40, 200, (48, 64, 3), np.uint8)
    answers = {}
    for file in (folder / "pipeline.json", folder / "unseen" / "pipeline.json"):
        pipeline, written = (
            A.load(str(file)),
            parts(json.loads(file.read_text("utf-8"))["transform"]),
        )
        pipeline.set_random_seed(1)
        out = [pipeline(image=picture)["image"] for _ in range(50)]
        answers[file.relative_to(folder).as_posix()] = {
            "transforms": [str(part["__class_fullname__"]) for part in written],
            "sound": all(
                picture_out.shape == picture.shape and picture_out.dtype == np.uint8
                for picture_out in out
            ),
            "changed": sum(bool((picture_out != picture).any()) for picture_out in out),
            "alone": [hash_picture(part, picture) for part in written],
        }
    print(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
