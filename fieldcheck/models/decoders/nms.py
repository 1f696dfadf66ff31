"""Non-maximum suppression (NMS): of overlapping candidate boxes the one with the highest score is
kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.stats.iou_of_boxes_and_masks import compute_iou

MOST = 300  # boxes a picture; three times what COCO's rules score


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes of one image that reach the score floor."""

    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]

    def select(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Candidates:
        """The boxes at the given indices, (k,) int64, in that order, or those marked by a (n,) bool
        mask."""
        return Candidates(self.xyxy[chosen], self.scores[chosen], self.classes[chosen])


def find_highest_scores(candidates: Candidates, most: int = MOST) -> NDArray[np.int64]:
    """Indices of the `most` highest scores, (k,) int64, by falling score; equal scores keep their
    order."""
    return np.argsort(-candidates.scores, kind="stable")[:most]


def suppress_non_maxima(
    candidates: Candidates, threshold: float, most: int = MOST
) -> NDArray[np.int64]:
    """Greedy non-maximum suppression per class: a box is dropped where one of higher score and the
    same class overlaps it by an IoU above `threshold`.

    Returns the indices of the kept boxes, (k,) int64 with k ≤ `most`, by falling score."""
    remaining = find_highest_scores(candidates, most=len(candidates.scores))
    kept: list[int] = []
    while len(remaining) and len(kept) < most:
        surest, rest = remaining[0], remaining[1:]
        kept.append(int(surest))
        same = candidates.classes[rest] == candidates.classes[surest]
        covered = np.zeros(len(rest), bool)
        covered[same] = (
            compute_iou(candidates.xyxy[surest][None], candidates.xyxy[rest[same]])[0] > threshold
        )
        remaining = rest[~covered]
    return np.array(kept, np.int64)
