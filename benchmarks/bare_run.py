"""What a person would write: read each picture and each frame, prepare it, run the model on it.

`python bare_run.py MODEL PICTURES VIDEO…` prints the best class of each, one a line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

SIZE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def main(model: str, pictures: str, *videos: str) -> None:
    """Answers everything with one session as it is made when nothing is said to it."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    for bgr in _iter_images(pictures, videos):
        scores = session.run(None, {name: prepare(bgr)[None]})[0][0]
        print(int(scores.argmax()))


def _iter_images(pictures: str, videos: tuple[str, ...]) -> Iterator[NDArray[np.uint8]]:
    for file in sorted(Path(pictures).iterdir()):
        yield np.asarray(cv2.imread(str(file)), np.uint8)
    for video in videos:
        capture = cv2.VideoCapture(video)
        while True:
            has_frame, bgr = capture.read()
            if not has_frame or bgr is None:
                break
            yield np.asarray(bgr, np.uint8)
        capture.release()


def prepare(bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(3, SIZE, SIZE) float32 of a (H, W, 3) uint8 picture: stretched, scaled and normalised."""
    rgb = cv2.cvtColor(cv2.resize(bgr, (SIZE, SIZE)), cv2.COLOR_BGR2RGB)
    return np.ascontiguousarray(
        ((rgb.astype(np.float32) / 255 - MEAN) / STD).transpose(2, 0, 1), np.float32
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
