"""Pulls the edges of a box to the strongest edges of the picture near them. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.box import Box

REACH = 8
CLEAR = 2.0
"""An edge counts where it is this many times as strong as what lies around it; else the box's own stays."""


def snap(luma: NDArray[np.uint8], box: Box) -> Box:
    """`luma`: (H, W) uint8. Each of the four edges moves by at most 8 px, to between two pixels; one that finds nothing stays."""
    height, width = luma.shape
    y1, y2 = max(0, round(box.y)), min(height, round(box.y + box.h))
    x1, x2 = max(0, round(box.x)), min(width, round(box.x + box.w))
    if y2 - y1 < 2 or x2 - x1 < 2:
        return box
    across = np.abs(np.diff(luma[y1:y2].astype(np.float64), axis=1)).mean(axis=0)  # [k]: between columns k and k + 1
    down = np.abs(np.diff(luma[:, x1:x2].astype(np.float64), axis=0)).mean(axis=1)
    left, right = _nearest(across, box.x), _nearest(across, box.x + box.w)
    top, bottom = _nearest(down, box.y), _nearest(down, box.y + box.h)
    if right - left < 2 or bottom - top < 2:
        return box
    return replace(box, x=left, y=top, w=right - left, h=bottom - top)


def _nearest(strength: NDArray[np.float64], edge: float) -> float:
    """The place of the strongest change within reach of an edge."""
    first = max(0, round(edge) - REACH - 1)
    near = strength[first : round(edge) + REACH]
    if not near.size or near.max() < CLEAR * max(1.0, float(np.median(near))):
        return edge
    return float(first + int(near.argmax()) + 1)
