"""Where a picture holds nothing any more because the light was too much or too little, shown so that a person sees it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.convert import luma
from fieldcheck.imaging.quality import NEAR_BLACK, NEAR_WHITE

PERIOD, WIDTH = 8, 2  # pixels from stripe to stripe, and of a stripe
ON_WHITE, ON_BLACK = (255, 176, 0), (37, 136, 245)  # amber stripes rise, blue ones fall: told apart also without colour


def hatched(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → a copy with stripes over what is as good as white (Y >= 245) and over what is as good as black (Y <= 10)."""
    y = luma(rgb)
    shown = rgb.copy()
    rising, falling = _stripes(*y.shape)
    shown[(y >= NEAR_WHITE) & rising] = ON_WHITE
    shown[(y <= NEAR_BLACK) & falling] = ON_BLACK
    return shown


@lru_cache(maxsize=4)
def _stripes(height: int, width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    rows, columns = np.ogrid[:height, :width]
    return (rows + columns) % PERIOD < WIDTH, (columns - rows) % PERIOD < WIDTH
