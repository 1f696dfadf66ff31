"""Masks of a frame: which pixels an answer covers, and how such an answer is kept in few bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COLOURS = np.array(
    [
        (37, 136, 245),
        (167, 112, 22),
        (7, 197, 159),
        (241, 0, 175),
        (242, 230, 140),
        (158, 182, 19),
        (210, 178, 255),
        (255, 255, 255),
    ],
    np.uint16,
)  # RGB, those of the classes over pictures
OUTSIDE = 255  # class of pixels that the model never saw
MOST_BYTES = 1 << 31  # of one frame's masks, unpacked
COUNT = struct.Struct("<i")
HEAD = struct.Struct("<4i")  # x, y, height, width
FASTEST = 1  # zlib's level: masks are flat, more effort gains nothing


class MaskUnreadable(Exception):
    """Bytes that `pack_masks` cannot have written; the text says what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """`pixels`: (h, w) uint8, its left upper pixel at (x, y) of the frame, not writeable.

    Segmentation has one as large as the frame, holding class indices (255: not seen by the model).
    Instances and anomalies have ones of 0 and 1.
    """

    x: int
    y: int
    pixels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 2:
            raise ValueError(f"a mask is (h, w) uint8, not {self.pixels.shape} {self.pixels.dtype}")
        self.pixels.flags.writeable = False


def compute_class_shares(classes: NDArray[np.uint8], n_classes: int) -> NDArray[np.float32]:
    """(K,) share of a frame's seen pixels that each class covers; NaN where none was seen."""
    counts = np.bincount(classes.ravel(), minlength=256)[:n_classes].astype(np.float64)
    total = counts.sum()
    return (counts / total if total else np.full(n_classes, np.nan)).astype(np.float32)


def draw_mask_overlay(rgb: NDArray[np.uint8], masks: Sequence[Mask]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a frame with its masks blended half with the class colours; background
    (0) and pixels the model did not see are unchanged. Of several masks each has its own colour."""
    overlay = rgb.copy()
    for index, mask in enumerate(masks):
        x, y = max(0, mask.x), max(0, mask.y)
        inside = mask.pixels[y - mask.y : rgb.shape[0] - mask.y, x - mask.x : rgb.shape[1] - mask.x]
        part = overlay[y : y + inside.shape[0], x : x + inside.shape[1]]
        covered = (inside > 0) & (inside != OUTSIDE)
        colours = COLOURS[(inside.astype(np.intp) - 1 + index) % len(COLOURS)]
        part[covered] = (part[covered].astype(np.uint16) + colours[covered]) // 2
    return overlay


def pack_masks(masks: Sequence[Mask]) -> bytes:
    """All masks of one frame as compressed bytes; lossless."""
    parts = [COUNT.pack(len(masks))]
    for mask in masks:
        parts += [HEAD.pack(mask.x, mask.y, *mask.pixels.shape), mask.pixels.tobytes()]
    return zlib.compress(b"".join(parts), FASTEST)


def unpack_masks(data: bytes) -> tuple[Mask, ...]:
    """The masks of one frame from `pack_masks`. Raises MaskUnreadable for anything else, and never
    unpacks more than two gigabytes."""
    whole = _decompress_bounded(data)
    masks, index = [], COUNT.size
    try:
        for _ in range(COUNT.unpack_from(whole)[0]):
            x, y, height, width = HEAD.unpack_from(whole, index)
            index += HEAD.size
            if min(height, width) < 0 or index + height * width > len(whole):
                raise MaskUnreadable(f"{height} × {width} pixels in {len(whole) - index} bytes")
            masks.append(
                Mask(
                    x,
                    y,
                    np.frombuffer(whole, np.uint8, height * width, index).reshape(height, width),
                )
            )
            index += height * width
    except struct.error as error:
        raise MaskUnreadable(str(error)) from error
    return tuple(masks)


def _decompress_bounded(data: bytes) -> bytes:
    inflate = zlib.decompressobj()
    try:
        whole = inflate.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise MaskUnreadable(str(error)) from error
    if not inflate.eof:
        raise MaskUnreadable(f"{len(data)} bytes do not end")
    return whole
