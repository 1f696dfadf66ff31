"""`naive_corruptions.py RGB RUNS KIND...`: imagecorruptions' own of each kind at severity 3 on the
picture in the .npy file RGB.

Prints one JSON line a kind: its name and the median processor seconds, null where it fails. A
script for an environment of its own; nothing of the product is imported.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import cv2
import numpy as np

cv2.setNumThreads(1)
vars(np)["float_"] = np.float64  # a name that NumPy 2 dropped and `fog` asks for

import skimage.filters  # noqa: E402

_gaussian = skimage.filters.gaussian


def gaussian(*arguments: object, multichannel: bool = False, **options: object) -> object:
    """scikit-image's, with the argument by which imagecorruptions still says that the last axis is
    colour."""
    return _gaussian(*arguments, channel_axis=-1 if multichannel else None, **options)


skimage.filters.gaussian = gaussian

from imagecorruptions import corrupt  # noqa: E402


def main(path: str, runs: int, kinds: list[str]) -> None:
    """Every kind, one after another."""
    rgb = np.load(path)
    for kind in kinds:
        print(json.dumps([kind, seconds(rgb, kind, runs)]), flush=True)


def seconds(rgb: np.ndarray, kind: str, runs: int) -> float | None:
    """Median of the runs after one to warm up; None where it does not run with today's
    libraries."""
    rounds = []
    for _ in range(runs + 1):
        began = time.process_time()
        try:
            corrupt(rgb, corruption_name=kind, severity=3)
        except (AttributeError, TypeError, ValueError):
            return None
        rounds.append(time.process_time() - began)
    return statistics.median(rounds[1:])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
