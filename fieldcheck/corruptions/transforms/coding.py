"""CODING: what is lost between the camera and the file.

Blocks are as coarse as on a picture of the reference size: the picture is coded at that size, and
what went wrong there is put on the large one. The blocks of a large picture itself are so small
that a model's resize would wash them away.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from fieldcheck.corruptions.transforms.pixels import (
    Picture,
    compute_scale,
    shrink_image,
    stretch_layer,
)
from fieldcheck.corruptions.transforms.transform import (
    PixelCorruption,
    ShareCorruption,
    require_range,
)


def compress_as_jpeg(img: Picture, quality: float) -> Picture:
    """JPEG compression of the picture, (H, W, 3) uint8 RGB, as it stands, and back, `quality` 1 to
    100, rounded."""
    bgr = cv2.cvtColor(img, cv2.COLOR_RGB2BGR)
    _done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, round(quality)])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


def add_jpeg_blocks(img: Picture, quality: float) -> Picture:
    """JPEG artefacts: what JPEG does at the reference size, `quality` 1 to 100, put on the picture,
    (H, W, 3) uint8 RGB."""
    small = resize_to_reference(img)
    return add_coding_error(img, small, compress_as_jpeg(small, quality))


def add_macroblocks(img: Picture, quality: float, chroma: float) -> Picture:
    """Low bit rate: video with too few bits, blocks twice as large, and colour of which `chroma` of
    the pixels along each side are left. `img`: (H, W, 3) uint8 RGB; `quality` 1 to 100, of JPEG."""
    small = resize_to_reference(img)
    height, width = small.shape[:2]
    half = compress_as_jpeg(shrink_image(small, max(1, width // 2), max(1, height // 2)), quality)
    blocky = cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR)
    y, *colours = cv2.split(cv2.cvtColor(np.asarray(blocky, np.uint8), cv2.COLOR_RGB2YCrCb))
    few = (max(1, round(width * chroma)), max(1, round(height * chroma)))
    poor = [
        cv2.resize(
            cv2.resize(one, few, interpolation=cv2.INTER_AREA),
            (width, height),
            interpolation=cv2.INTER_LINEAR,
        )
        for one in colours
    ]
    return add_coding_error(
        img, small, np.asarray(cv2.cvtColor(cv2.merge([y, *poor]), cv2.COLOR_YCrCb2RGB), np.uint8)
    )


def reduce_resolution(img: Picture, share: float) -> Picture:
    """Low resolution: the picture, (H, W, 3) uint8 RGB, at `share` of the pixels that the reference
    size has along each side, by averaging, and back by straight lines."""
    height, width = img.shape[:2]
    left = share / max(1.0, compute_scale(img))
    small = shrink_image(img, max(1, round(width * left)), max(1, round(height * left)))
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def add_lost_lines(img: Picture, share: float, seed: int) -> Picture:
    """Lost lines: strips four reference pixels high of the picture, (H, W, 3) uint8 RGB, that did
    not arrive: `share` of them show the strip above, moved to a side."""
    height, width = img.shape[:2]
    strips = max(1, round(height / (4 * compute_scale(img))))
    edges = np.rint(np.linspace(0, height, strips + 1)).astype(int)
    rng = np.random.default_rng(seed)
    ranks, moves = rng.permutation(strips), rng.uniform(-0.125, 0.125, strips)
    out = img.copy()
    for strip in np.flatnonzero(ranks < round(share * strips)):
        top, low = int(edges[strip]), int(edges[strip + 1])
        above = max(0, 2 * top - low)
        out[top:low] = np.roll(
            out[above : above + low - top], round(float(moves[strip]) * width), axis=1
        )
    return out


def resize_to_reference(img: Picture) -> Picture:
    """Reference size: the picture, (H, W, 3) uint8 RGB → (h, w, 3); a smaller one as it is."""
    scale = max(1.0, compute_scale(img))
    return shrink_image(
        img, max(1, round(img.shape[1] / scale)), max(1, round(img.shape[0] / scale)), quick=True
    )


def add_coding_error(img: Picture, before: Picture, after: Picture) -> Picture:
    """Coding error put on a picture, (H, W, 3) uint8 RGB: the picture plus what coding changed at
    the reference size, `before` and `after`: (h, w, 3)."""
    if before.shape == img.shape:
        return after
    error = np.asarray(cv2.addWeighted(after, 1, before, -1, 128), np.uint8)
    return np.asarray(cv2.addWeighted(img, 1, stretch_layer(error, img), 1, -128), np.uint8)


class Jpeg(PixelCorruption):
    """JPEG coding at `quality` 1 to 100, rounded; `native` for blocks as small as a file of this
    size has them."""

    def __init__(self, quality: float, native: bool = False, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.quality = require_range("quality", quality, 1, 100)
        self.native = bool(native)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return (
            compress_as_jpeg(img, self.quality)
            if self.native
            else add_jpeg_blocks(img, self.quality)
        )


class Downscale(PixelCorruption):
    """Fewer pixels: `scale` of those of the reference size along each side. One pixel is left of
    any side."""

    def __init__(self, scale: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.scale = require_range("scale", scale, 0.001, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return reduce_resolution(img, self.scale)


class LowBitrate(PixelCorruption):
    """Video with too few bits: `quality` 1 to 100 of its blocks, `chroma` of its colour pixels
    along each side."""

    def __init__(self, quality: float, chroma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.quality = require_range("quality", quality, 1, 100)
        self.chroma = require_range("chroma", chroma, 0.001, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_macroblocks(img, self.quality, self.chroma)


class LostLines(ShareCorruption):
    """`share` of the strips that a picture is sent in did not arrive; the one above stands in their
    place."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_lost_lines(img, self.share, seed)
