"""Picture changes before the model: light, contrast, colour and sharpness, as a camera or a step of preprocessing can set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.convert import to_luma
from fieldcheck.msgid import Msgid, msgid

Picture = NDArray[np.uint8]  # (H, W, 3) uint8 RGB

CLIP_LIMIT, TILES = 2.0, (8, 8)
UNSHARP_SIGMA, UNSHARP_AMOUNT = 1.5, 1.0  # pixels; share of the difference from the blurred picture
DARKEST, BRIGHTEST = 1, 99  # percentiles of luma


@dataclass(frozen=True, slots=True)
class ImageChange:
    """One change: two of the same `kind` are no combination; `change` maps a picture, (H, W, 3) uint8 RGB, to another of its size."""

    kind: str
    name_text: Msgid
    change: Callable[[Picture], Picture]


def apply_gamma(rgb: Picture, exponent: float) -> Picture:
    """Power law on each channel of (H, W, 3) uint8 RGB: below 1 brighter, above 1 darker."""
    return _apply_lookup_table(rgb, 255 * (np.arange(256) / 255) ** exponent)


def apply_clahe(rgb: Picture) -> Picture:
    """Contrast-limited adaptive histogram equalisation of the luma of (H, W, 3) uint8 RGB; colours stay. Source: Zuiderveld 1994."""
    apart = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
    apart[..., 0] = cv2.createCLAHE(CLIP_LIMIT, TILES).apply(np.ascontiguousarray(apart[..., 0]))
    return np.asarray(cv2.cvtColor(apart, cv2.COLOR_YCrCb2RGB), np.uint8)


def balance_grey_world(rgb: Picture) -> Picture:
    """White balance of (H, W, 3) uint8 RGB by which the three channels have the same mean. Source: Buchsbaum 1980."""
    means = np.array(cv2.mean(rgb)[:3])
    gains = means.mean() / np.where(means > 0, means, 1.0)
    return _apply_lookup_table(rgb, np.arange(256)[:, None] * gains)


def filter_median(rgb: Picture) -> Picture:
    """Median of 3 × 3 pixels in each channel of (H, W, 3) uint8 RGB: takes single wrong pixels and grain."""
    return np.asarray(cv2.medianBlur(rgb, 3), np.uint8)


def apply_unsharp_mask(rgb: Picture) -> Picture:
    """Unsharp mask of (H, W, 3) uint8 RGB: its difference from a blurred copy is added once."""
    blurred = cv2.GaussianBlur(rgb, (0, 0), UNSHARP_SIGMA)
    return np.asarray(cv2.addWeighted(rgb, 1 + UNSHARP_AMOUNT, blurred, -UNSHARP_AMOUNT, 0), np.uint8)


def expand_contrast(rgb: Picture) -> Picture:
    """Contrast stretch of (H, W, 3) uint8 RGB: the 1st to 99th percentile of luma over the whole range; a flat picture stays as it is."""
    counts = np.cumsum(cv2.calcHist([to_luma(rgb)], [0], None, [256], [0, 256]).astype(np.int64))
    low, high = (int(np.searchsorted(counts, counts[-1] * share / 100)) for share in (DARKEST, BRIGHTEST))
    return _apply_lookup_table(rgb, (np.arange(256) - low) * (255 / (high - low))) if high > low else rgb


CHANGES: Mapping[str, ImageChange] = MappingProxyType(
    {
        "gamma_0.67": ImageChange("gamma", msgid("brighter (gamma 0.67)"), partial(apply_gamma, exponent=0.67)),
        "gamma_0.45": ImageChange("gamma", msgid("much brighter (gamma 0.45)"), partial(apply_gamma, exponent=0.45)),
        "gamma_1.5": ImageChange("gamma", msgid("darker (gamma 1.5)"), partial(apply_gamma, exponent=1.5)),
        "gamma_2.2": ImageChange("gamma", msgid("much darker (gamma 2.2)"), partial(apply_gamma, exponent=2.2)),
        "clahe": ImageChange("contrast", msgid("CLAHE on luma"), apply_clahe),
        "contrast_stretch": ImageChange("contrast", msgid("contrast stretch (1st to 99th percentile)"), expand_contrast),
        "grey_world": ImageChange("colour", msgid("white balance (grey world)"), balance_grey_world),
        "median": ImageChange("sharpness", msgid("median filter (3 × 3)"), filter_median),
        "unsharp": ImageChange("sharpness", msgid("unsharp mask"), apply_unsharp_mask),
    }
)


def apply_changes(rgb: Picture, steps: Sequence[str]) -> Picture:
    """(H, W, 3) uint8 RGB after the changes of these codes, one after the other. Raises KeyError for a code that is none."""
    for step in steps:
        rgb = CHANGES[step].change(rgb)
    return rgb


def _apply_lookup_table(rgb: Picture, table: NDArray[np.floating]) -> Picture:
    """Each value by a table of 256, or of (256, 3) by channel, rounded and clipped."""
    rounded = np.clip(np.rint(table), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(rgb, rounded[None] if rounded.ndim == 2 else rounded), np.uint8)
