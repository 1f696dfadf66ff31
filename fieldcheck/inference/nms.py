"""Of several boxes around one thing, the surest stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.candidates import Candidates
from fieldcheck.measure.boxes import compute_iou

MOST = 300  # boxes a picture; three times what COCO's rules score


def find_highest_scores(found: Candidates, most: int = MOST) -> NDArray[np.int64]:
    """Places of the `most` surest, (k,) int64, by falling score; equal scores keep their order."""
    return np.argsort(-found.scores, kind="stable")[:most]


def suppress_non_maxima(found: Candidates, threshold: float, most: int = MOST) -> NDArray[np.int64]:
    """Non-maximum suppression, greedy, class by class: a box goes where a surer one of its class overlaps it by more than `threshold`, an
    IoU.

    Returns the places of those that stay, (k,) int64 with k ≤ `most`, by falling score.
    """
    left = find_highest_scores(found, most=len(found.scores))
    kept: list[int] = []
    while len(left) and len(kept) < most:
        surest, rest = left[0], left[1:]
        kept.append(int(surest))
        same = found.classes[rest] == found.classes[surest]
        covered = np.zeros(len(rest), bool)
        covered[same] = compute_iou(found.xyxy[surest][None], found.xyxy[rest[same]])[0] > threshold
        left = rest[~covered]
    return np.array(kept, np.int64)
