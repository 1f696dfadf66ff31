"""What damage is known by that the vector of statistics does not hold: steps between rows, blocks,
uneven light, covers."""

from math import log

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.contrast_and_colour import to_luma
from fieldcheck.imaging.quality import (
    NAMES,
    compute_level_shares,
    compute_noise_levels,
    estimate_noise_sigma,
    measure_statistics,
)
from fieldcheck.imaging.thumbnail import WORKING_SIDE, downscale_image

CELLS = 8  # along each side
REFERENCE_SIDE, BLOCK = 192, 8


def traits(rgb: NDArray[np.uint8]) -> dict[str, float]:
    """(H, W, 3) uint8 RGB → the statistics by name, and `grain`, `row_waves`, `row_steps`,
    `row_tears`, `row_combs`, `block_steps`, `unevenness`, `one_level`."""
    y = to_luma(rgb)
    small = downscale_image(y, WORKING_SIDE)
    found = dict(zip(NAMES, measure_statistics(rgb).astype(float).tolist(), strict=True))
    found |= {
        "grain": log(estimate_noise_sigma(compute_noise_levels(at_reference(y))) + 0.1),
        "row_waves": row_waves(small),
    }
    return found | {
        "row_steps": row_steps(small),
        "row_tears": row_tears(small),
        "row_combs": row_combs(y),
        "block_steps": block_steps(y),
        "unevenness": unevenness(small),
        "one_level": one_level(small),
    }


def row_steps(y: NDArray[np.uint8]) -> float:
    """ln of how much a row's mean differs from those of its two neighbours, in grey levels: rows
    read out or sent amiss."""
    means = y.mean(axis=1)
    return (
        log(float(np.abs(means[2:] - 2 * means[1:-1] + means[:-2]).mean()) + 0.05)
        if len(means) > 2
        else log(0.05)
    )


def row_tears(y: NDArray[np.uint8]) -> float:
    """ln of the largest mean step from one row to the next over that of the rows two before and two
    after: what belongs together is not together there. Edges of the scene are softer than that."""
    if len(y) < 6:
        return 0.0
    steps = np.abs(np.diff(y.astype(np.float32), axis=0)).mean(axis=1) + 0.5
    about = (steps[:-4] + steps[4:]) / 2
    return log(float((steps[2:-2] / about).max()))


def row_combs(y: NDArray[np.uint8]) -> float:
    """ln of the mean step from a row to the next over that to the next but one, at the size that
    lines are counted at: half pictures that do not belong together."""
    rows = at_reference(y).astype(np.float32)
    if len(rows) < 3:
        return 0.0
    near, far = (float(np.abs(rows[by:] - rows[:-by]).mean()) for by in (1, 2))
    return log((near + 0.5) / (far + 0.5))


def block_steps(y: NDArray[np.uint8]) -> float:
    """ln of the mean step across the borders of coding blocks over that within them, at the size
    that they were coded at."""
    coded = at_reference(y).astype(np.float32)
    apart = np.abs(coded[:, 3:] - 3 * coded[:, 2:-1] + 3 * coded[:, 1:-2] - coded[:, :-3])
    second = apart.mean(axis=0)
    # the step between the second and the third of the four
    borders = np.arange(len(second)) % BLOCK == BLOCK - 2
    return (
        log((float(second[borders].mean()) + 0.01) / (float(second[~borders].mean()) + 0.01))
        if borders.any()
        else 0.0
    )


def at_reference(y: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture averaged to a shorter side of 192 pixels; a smaller one as it is."""
    scale = min(y.shape) / REFERENCE_SIDE
    if scale <= 1:
        return y
    size = (max(1, round(y.shape[1] / scale)), max(1, round(y.shape[0] / scale)))
    return np.asarray(cv2.resize(y, size, interpolation=cv2.INTER_AREA), np.uint8)


def row_waves(y: NDArray[np.uint8]) -> float:
    """ln of how much rows differ in their mean light over how much columns do: light that goes up
    and down the picture."""
    return log((float(y.mean(axis=1).std()) + 1) / (float(y.mean(axis=0).std()) + 1))


def unevenness(y: NDArray[np.uint8]) -> float:
    """Standard deviation of the mean light of 8 by 8 cells, in grey levels."""
    spread = cv2.resize(y, (CELLS, CELLS), interpolation=cv2.INTER_AREA).astype(np.float64).std()
    return float(spread)


def one_level(y: NDArray[np.uint8]) -> float:
    """Share of the pixels at the commonest grey level: something plain stands before the scene."""
    return float(compute_level_shares(y).max())
