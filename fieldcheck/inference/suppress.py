"""Of several boxes around one thing, the surest stays."""

from __future__ import annotations

import numpy as np

from fieldcheck.inference.candidates import Candidates
from fieldcheck.measure.boxes import iou

MOST = 300  # boxes a picture; three times what COCO's rules score


def by_score(found: Candidates, most: int = MOST) -> Candidates:
    """The `most` surest, by falling score; equal scores keep their order."""
    return found.take(np.argsort(-found.scores, kind="stable")[:most])


def suppress(found: Candidates, threshold: float, most: int = MOST) -> Candidates:
    """Greedy non-maximum suppression class by class: a box goes where a surer one of its class overlaps it by more than `threshold`."""
    left = by_score(found, most=len(found.scores))
    kept: list[Candidates] = []
    while len(left.scores) and len(kept) < most:
        kept.append(left.take(np.arange(1)))
        rest = left.take(np.arange(1, len(left.scores)))
        same = rest.classes == left.classes[0]
        covered = np.zeros(len(same), bool)
        covered[same] = iou(left.xyxy[:1], rest.xyxy[same])[0] > threshold
        left = rest.take(~covered)
    if not kept:
        return left
    return Candidates(*(np.concatenate([getattr(box, name) for box in kept]) for name in ("xyxy", "scores", "classes")))
