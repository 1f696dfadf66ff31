"""`naive_sweep.py MODEL SIDE FRAMES PICTURE...`: a severity sweep as it is written down first: for
each picture, kind and severity one call of imagecorruptions, one resize, one `session.run`. Prints
the seconds a picture takes, as JSON.

A script for an environment of its own; nothing of the product is imported.
"""

from __future__ import annotations

import json
import sys
import time

import cv2
import numpy as np
import onnxruntime
from imagecorruptions import corrupt

# Its own kind for each of our twelve; of haze, colour cast and occlusion it has none that still
# runs, and they cost it nothing here.
KINDS = (
    "gaussian_noise", "shot_noise", "defocus_blur", "motion_blur", "brightness", "brightness",
    "contrast", "jpeg_compression", "pixelate",
)  # fmt: skip
SEVERITIES = (1, 3, 5)


def main(model: str, side: int, pictures: list[str]) -> None:
    """Every picture under every kind and severity."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0].name
    seconds = []
    for path in pictures:
        began = time.perf_counter()
        for kind in KINDS:
            for severity in SEVERITIES:
                rgb = np.asarray(cv2.imread(path))[:, :, ::-1]
                corrupted = corrupt(rgb, corruption_name=kind, severity=severity)
                small = cv2.resize(corrupted, (side, side)).astype(np.float32) / 255
                session.run(None, {entry: small.transpose(2, 0, 1)[None]})
        seconds.append(time.perf_counter() - began)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
