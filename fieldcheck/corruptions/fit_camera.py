"""Image degradation by a camera, estimated from footage: JPEG quality, blur, noise, tone curve,
burnt-out light.

Each figure is of one frame; the field's median, 90th and 99th percentile become mild, moderate and
severe. Pictures are (H, W, 3) uint8 RGB. None stands for what a frame does not show: a picture
without edges has no blur that could be measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.pixels import REFERENCE_SIDE
from fieldcheck.imaging.contrast_and_colour import to_luma
from fieldcheck.imaging.quality import (
    NEAR_WHITE,
    NOISE_KERNEL,
    compute_level_shares,
    crop_native,
    find_level_at,
)

QUALITIES = range(5, 100)
# as many blocks of a frame as are looked at, and of each the lowest frequencies
BLOCKS, FREQUENCIES = 600, 28
ROUNDING = 0.45  # grey levels that decoding to whole ones adds to a frequency of a block
STRAY = 0.02  # share of a block's figures that lie anywhere
LEAST_PROOF = 0.08  # nats a figure by which a quality must explain the blocks better than none does
CELL, CALM = 16, 0.1  # noise is measured in the calmest tenth of the cells of 16 pixels
REBLUR = 1.5  # pixels by which a frame is blurred again to see how blurred it was
OWN = 0.7  # pixels of blur that make edges measurable in the first place
# share of the gradients that are edges, of these that count as sharp, least grey levels a pixel
EDGES, SHARPER, STEEP = 0.02, 0.6, 1.5
PERCENTILES = (50.0, 90.0, 99.0)
CHANGES_NOTHING = {"jpeg": 100.0, "gauss_noise": 0.0, "defocus": 0.0, "gamma": 1.0, "bright": 1.0}

# The luminance table of ITU-T T.81, Annex K, at quality 50.
TABLE = np.array(
    [
        *(
            16,
            11,
            10,
            16,
            24,
            40,
            51,
            61,
            12,
            12,
            14,
            19,
            26,
            58,
            60,
            55,
            14,
            13,
            16,
            24,
            40,
            57,
            69,
            56,
            14,
            17,
            22,
            29,
            51,
            87,
            80,
            62,
        ),
        *(
            18,
            22,
            37,
            56,
            68,
            109,
            103,
            77,
            24,
            35,
            55,
            64,
            81,
            104,
            113,
            92,
            49,
            64,
            78,
            87,
            103,
            121,
            120,
            101,
            72,
            92,
            95,
            98,
        ),
        *(112, 100, 103, 99),
    ]
).reshape(8, 8)


@dataclass(frozen=True, slots=True)
class FrameFit:
    """Image degradation that one frame shows: JPEG quality, noise in grey levels, blur in pixels of
    the frame, whose shorter side has `side` of them, the middle grey level and the burnt-out share.
    """

    quality: float | None
    noise: float
    blur: float | None
    side: int
    median: float
    clipped_high: float


@dataclass(frozen=True, slots=True)
class FittedCorruption:
    """A corruption of the catalogue with this camera's figures for mild, moderate and severe."""

    corruption: str
    parameter: str
    stops: tuple[float, float, float]
    n: int


def fit_frame(rgb: NDArray[np.uint8]) -> FrameFit:
    """Image degradation of one frame, (H, W, 3) uint8 RGB."""
    y = to_luma(rgb)
    shares = compute_level_shares(y)
    middle, burnt = float(find_level_at(shares, 0.5)), float(shares[NEAR_WHITE:].sum())
    return FrameFit(
        estimate_jpeg_quality(rgb),
        estimate_noise_sigma(rgb),
        estimate_blur_sigma(y),
        min(y.shape),
        middle,
        burnt,
    )


def estimate_jpeg_quality(rgb: NDArray[np.uint8]) -> float | None:
    """JPEG quality at which the picture, (H, W, 3) uint8 RGB, was coded in blocks of eight; None
    where it shows none, or was resized or coded otherwise since.

    After coding, each frequency of a block is a multiple of its step in the table of that quality.
    The quality whose steps the figures lie on best is it, a finer lattice being the easier to lie
    on.
    """
    figures = compute_block_coefficients(rgb)
    if len(figures) < 20:
        return None
    proof = [
        float(_compute_lattice_evidence(figures, steps).mean())
        for steps in _make_quantisation_tables()
    ]
    best = int(np.argmax(proof))
    return float(QUALITIES[best]) if proof[best] >= LEAST_PROOF else None


def compute_block_coefficients(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 28) lowest frequencies of the luma of blocks without burnt-out or black pixels, the mean
    left out."""
    y = (rgb.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)) - 128
    height, width = (side // 8 * 8 for side in y.shape)
    blocks = (
        y[:height, :width].reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2).reshape(-1, 8, 8)
    )
    textured = (
        (blocks.min(axis=(1, 2)) > -120)
        & (blocks.max(axis=(1, 2)) < 120)
        & (np.ptp(blocks, axis=(1, 2)) > 6)
    )
    blocks = blocks[textured]
    blocks = (
        blocks[np.linspace(0, len(blocks) - 1, BLOCKS).astype(int)]
        if len(blocks) > BLOCKS
        else blocks
    )
    turn = _make_cosine_basis()
    return np.asarray(
        (turn @ blocks @ turn.T).reshape(-1, 64)[:, _get_lowest_frequencies()], np.float32
    )


def _compute_lattice_evidence(
    figures: NDArray[np.float32], steps: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(n, 28) how much better the lattice of these steps explains the figures than no lattice: log
    of the ratio of densities."""
    off = figures - steps * np.round(figures / steps)
    bell = np.exp(-0.5 * (off / ROUNDING) ** 2) / (ROUNDING * sqrt(2 * np.pi))
    return np.asarray(
        np.log(steps * ((1 - STRAY) * bell + STRAY / steps)) * (np.abs(figures) > steps / 2),
        np.float64,
    )


@lru_cache(maxsize=1)
def _make_quantisation_tables() -> NDArray[np.float32]:
    """(95, 28) the steps of each quality. Source: the scaling that libjpeg gives a quality."""
    scales = np.array([5000 / q if q < 50 else 200 - 2 * q for q in QUALITIES])
    tables = np.clip(np.floor((TABLE.ravel()[None] * scales[:, None] + 50) / 100), 1, 255)
    return np.asarray(tables[:, _get_lowest_frequencies()], np.float32)


@lru_cache(maxsize=1)
def _get_lowest_frequencies() -> NDArray[np.intp]:
    order = sorted(range(1, 64), key=lambda index: (index // 8 + index % 8, index))
    return np.array(order[:FREQUENCIES])


@lru_cache(maxsize=1)
def _make_cosine_basis() -> NDArray[np.float32]:
    """(8, 8) orthonormal cosines."""
    k, n = np.arange(8)[:, None], np.arange(8)[None]
    return np.asarray(
        np.where(k == 0, sqrt(1 / 8), sqrt(1 / 4)) * np.cos((2 * n + 1) * k * np.pi / 16),
        np.float32,
    )


def estimate_noise_sigma(rgb: NDArray[np.uint8]) -> float:
    """Standard deviation of the noise in a channel, in grey levels, from where the picture, (H, W,
    3) uint8 RGB, is calm. Source: Immerkær
    1996."""
    crop = crop_native(rgb)
    if min(crop.shape[:2]) < 2 * CELL:
        return 0.0
    soft = cv2.GaussianBlur(crop, (0, 0), 3).astype(np.float32)
    answer = np.asarray(cv2.filter2D(crop, cv2.CV_32F, NOISE_KERNEL), np.float32) ** 2
    busy, level, power = (
        _average_cells(channel)
        for channel in (_compute_gradient(soft), soft.mean(axis=2), answer.mean(axis=2))
    )
    usable = (level > 12) & (level < 243)
    if usable.sum() < 10:
        return 0.0
    calm = busy <= np.quantile(busy[usable], CALM)
    return sqrt(float(np.median(power[usable & calm]))) / 6


def _compute_gradient(soft: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(
        sum(np.abs(cv2.Sobel(soft, cv2.CV_32F, *order)).sum(axis=2) for order in ((1, 0), (0, 1))),
        np.float32,
    )


def _average_cells(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) means of cells of 16 pixels, one pixel away from the border."""
    height, width = ((side - 2) // CELL for side in values.shape)
    inner = values[1 : 1 + height * CELL, 1 : 1 + width * CELL]
    return np.asarray(
        inner.reshape(height, CELL, width, CELL).mean(axis=(1, 3), dtype=np.float64).ravel(),
        np.float64,
    )


def estimate_blur_sigma(y: NDArray[np.uint8]) -> float | None:
    """Gaussian blur in pixels of (H, W) luma, from how much its edges give way to a blur of known
    size. Source: Zhuo & Sim 2011."""
    height, width = y.shape
    if min(height, width) < 32:
        return None
    spread = _estimate_edge_blur(y, REBLUR)
    return (
        spread if spread is None or spread <= REBLUR else _estimate_edge_blur(y, spread)
    )  # The most informative blur is as wide as the one to be measured.


def _estimate_edge_blur(y: NDArray[np.uint8], again: float) -> float | None:
    """Blur of the sharper edges, measured by a further blur of `again` pixels; None with too few
    edges."""
    once = cv2.GaussianBlur(y.astype(np.float32), (0, 0), OWN)
    twice = cv2.GaussianBlur(once, (0, 0), again)
    before, after = (
        cv2.magnitude(cv2.Scharr(image, cv2.CV_32F, 1, 0), cv2.Scharr(image, cv2.CV_32F, 0, 1))[
            8:-8, 8:-8
        ]
        for image in (once, twice)
    )
    limit = max(float(np.quantile(before, 1 - EDGES)), 32 * STEEP)
    ridge = (before >= limit) & (before >= cv2.dilate(before, np.ones((3, 3), np.uint8)))
    if ridge.sum() < 20:
        return None
    ratio = np.maximum(before[ridge] / np.maximum(after[ridge], 1e-3), 1.0001)
    sigma = again / np.sqrt(ratio**2 - 1)
    return sqrt(max(0.0, float(np.quantile(sigma, SHARPER)) ** 2 - OWN**2))


def fit_corruptions(
    frames: Sequence[FrameFit], benchmark: Sequence[FrameFit]
) -> tuple[FittedCorruption, ...]:
    """Fit the corruptions that this camera shows, with the field's median, 90th and 99th percentile
    as mild, moderate and severe. Noise, blur, tone curve and light are measured relative to the
    benchmark, which already has its own. A corruption that half the frames do not show is left
    out."""
    if not frames or not benchmark:
        return ()
    noise, middle, burnt = (
        float(np.median([getattr(frame_fit, key) for frame_fit in benchmark]))
        for key in ("noise", "median", "clipped_high")
    )
    sharp = float(
        np.median(
            [_to_reference_size(frame_fit) for frame_fit in benchmark if frame_fit.blur is not None]
            or [0.0]
        )
    )
    fitted_corruptions = [
        _make_fitted_corruption("jpeg", "quality", [frame.quality for frame in frames], -1),
        _make_fitted_corruption(
            "gauss_noise", "sigma", [sqrt(max(0.0, frame.noise**2 - noise**2)) for frame in frames]
        ),
        _make_fitted_corruption(
            "defocus",
            "sigma",
            [
                None
                if frame.blur is None
                else sqrt(max(0.0, _to_reference_size(frame) ** 2 - sharp**2))
                for frame in frames
            ],
        ),
        _make_fitted_corruption(
            "gamma", "exponent", [_compute_exponent(frame.median, middle) for frame in frames]
        ),
        _make_fitted_corruption(
            "bright", "gain", [_compute_gain(frame.clipped_high, burnt) for frame in frames]
        ),
    ]
    return tuple(
        fitted_corruption
        for fitted_corruption in fitted_corruptions
        if fitted_corruption is not None
        and fitted_corruption.stops[0] != CHANGES_NOTHING[fitted_corruption.corruption]
    )


def _to_reference_size(frame_fit: FrameFit) -> float:
    """Blur in pixels of the reference size."""
    return (frame_fit.blur or 0.0) * REFERENCE_SIDE / frame_fit.side


def _compute_exponent(middle: float, benchmark: float) -> float:
    """Gamma that darkens the benchmark's median level to the frame's; 1 where the frame is
    brighter."""
    own, other = (min(max(level, 2.0), 253.0) / 255 for level in (middle, benchmark))
    return max(1.0, min(5.0, log(own) / log(other)))


def _compute_gain(burnt: float, benchmark: float) -> float:
    """Gain that clips as much of an image with evenly spread levels as the frame has more than the
    benchmark."""
    return 1 / (1 - min(0.8, max(0.0, burnt - benchmark)))


def _make_fitted_corruption(
    corruption: str, parameter: str, values: Sequence[float | None], worse: int = 1
) -> FittedCorruption | None:
    seen = [value for value in values if value is not None]
    if 2 * len(seen) < len(values) or not seen:
        return None
    mild, moderate, severe = (
        round(float(p), 3)
        for p in np.percentile(seen, [p if worse > 0 else 100 - p for p in PERCENTILES])
    )
    return FittedCorruption(corruption, parameter, (mild, moderate, severe), len(seen))
