"""NOISE: what a sensor adds by itself. Its grain is as coarse as a pixel of the reference size, so
that it outlives the model's resize."""

from __future__ import annotations

from functools import lru_cache
from math import erf, inf, sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.pixels import (
    Picture,
    compute_scale,
    make_grey_levels,
    stretch_layer,
    to_bytes,
    to_three_channels,
)
from fieldcheck.corruptions.transforms.transform import PixelCorruption, require_range

BANK_HEIGHT, BANK_WIDTH = 1153, 2003  # primes, and larger than a frame of 1080p
STEPS = 28.0  # of a byte in the bank for one standard deviation: 4.5 of them fit
GRAIN = 0.3  # blur of the grain in pixels of the reference size: neighbours there are independent
PIXEL_BLUR = 1 / 12  # variance of a pixel's own width
# colour blotches of a sensor at high gain, beside its noise of brightness
CHROMA, CHROMA_GRAIN = 0.6, 3.0
MANY_PHOTONS = 1000


def add_gaussian_noise(
    img: Picture, gain: float, sigma: float, seed: int, each_pixel: bool = False
) -> Picture:
    """Gaussian noise: the picture, (H, W, 3) uint8 RGB, times `gain` plus noise of `sigma` grey
    levels, clipped; `each_pixel` for noise without any grain."""
    grain, louder = (0.0, 1.0) if each_pixel else get_grain(compute_scale(img))
    weight = sigma * louder / STEPS
    noise = crop_from_bank(get_noise_bank(grain), img.shape, seed)
    return np.asarray(cv2.addWeighted(img, gain, noise, weight, -128 * weight), np.uint8)


def add_shot_noise(img: Picture, photons: float, seed: int) -> Picture:
    """Shot noise: the picture, (H, W, 3) uint8 RGB, as a sensor counts it whose white is `photons`
    photons in a pixel of the reference size. Source: Poisson."""
    grain, louder = get_grain(compute_scale(img))
    return apply_noise_lut(
        img,
        crop_from_bank(get_noise_bank(grain), img.shape, seed),
        make_photon_lut(photons / louder**2),
    )


def add_iso_noise(img: Picture, photons: float, seed: int) -> Picture:
    """ISO noise of a sensor at high gain: photon noise in the brightness of the picture, (H, W, 3)
    uint8 RGB, and coarser blotches of colour that grow with it."""
    grain, louder = get_grain(compute_scale(img))
    return apply_noise_lut(
        img,
        crop_from_bank(get_gain_noise_bank(grain, compute_scale(img)), img.shape, seed),
        make_shot_lut(photons / louder**2),
    )


def add_row_banding(img: Picture, levels: float, seed: int) -> Picture:
    """Row banding: rows of a sensor that are read out darker or brighter, Gaussian, `levels` grey
    levels, a reference pixel high. `img`: (H, W, 3) uint8 RGB."""
    rows = max(2, round(img.shape[0] / max(compute_scale(img), 1e-6)))
    offsets = np.random.default_rng(seed).normal(0, 1, rows)
    weight = max(levels, 1e-6) / 32
    layer = to_three_channels(to_bytes(128 + 32 * offsets).reshape(-1, 1))
    return np.asarray(
        cv2.addWeighted(img, 1, stretch_layer(layer, img), weight, -128 * weight), np.uint8
    )


def get_grain(scale: float) -> tuple[float, float]:
    """Blur of the grain in pixels, and how much louder than at the reference size the noise is
    before larger pixels average it.

    A grain of one size in the scene is averaged by pixels of any size: halving a picture gives what
    noise on the half picture gives.
    """
    finer = max(1.0, scale)
    blur = round(GRAIN * finer * 8) / 8 if finer > 1 else 0.0
    return blur, sqrt((GRAIN**2 + PIXEL_BLUR) / (GRAIN**2 + PIXEL_BLUR / finer**2))


def apply_noise_lut(img: Picture, noise: NDArray[np.uint8], table: NDArray[np.uint8]) -> Picture:
    """Noise put on a picture, (H, W, 3) uint8 RGB: `table` (65536,) read at 256 · grey level +
    `noise`, (H, W, 3) uint8, for every pixel and channel."""
    index = cv2.merge([noise.reshape(-1, 1), np.ascontiguousarray(img).reshape(-1, 1)]).view(
        np.uint16
    )
    return np.asarray(cv2.LUT(index, table), np.uint8).reshape(img.shape)


def crop_from_bank(bank: NDArray[np.uint8], shape: tuple[int, ...], seed: int) -> NDArray[np.uint8]:
    """(H, W, 3) of the bank, begun at a place that the seed decides, round and round in both
    directions."""
    top, left = np.random.default_rng(seed).integers(0, bank.shape[:2])
    out = np.empty(shape, np.uint8)
    for row, from_row, rows in _split_into_runs(shape[0], int(top), bank.shape[0]):
        for column, from_column, columns in _split_into_runs(shape[1], int(left), bank.shape[1]):
            part = bank[from_row : from_row + rows, from_column : from_column + columns]
            out[row : row + rows, column : column + columns] = part
    return out


def _split_into_runs(length: int, start: int, around: int) -> list[tuple[int, int, int]]:
    """(place, place in the bank, how many) of the pieces that `length` values from `start` on
    consist of."""
    runs, position = [], 0
    while position < length:
        begin = (start + position) % around
        run_length = min(length - position, around - begin)
        runs.append((position, begin, run_length))
        position += run_length
    return runs


@lru_cache(maxsize=6)
def get_noise_bank(grain: float) -> NDArray[np.uint8]:
    """Noise bank, (h, w, 3) uint8, not writeable, 128 for none. Noise is drawn once and begun
    elsewhere for every picture: drawing it anew takes ten times as long."""
    return _to_noise_bytes(
        _blur_noise(
            np.random.default_rng(1).standard_normal(
                (BANK_HEIGHT, BANK_WIDTH, 3), dtype=np.float32
            ),
            grain,
        )
    )


@lru_cache(maxsize=6)
def get_gain_noise_bank(grain: float, scale: float) -> NDArray[np.uint8]:
    """Noise bank of a sensor at high gain, (h, w, 3) uint8, not writeable: noise that all channels
    share, and coarser noise of each."""
    rng = np.random.default_rng(3)
    light = _blur_noise(rng.standard_normal((BANK_HEIGHT, BANK_WIDTH, 1), dtype=np.float32), grain)
    colour = _blur_noise(
        rng.standard_normal((BANK_HEIGHT, BANK_WIDTH, 3), dtype=np.float32),
        GRAIN * CHROMA_GRAIN * max(1.0, scale),
    )
    return _to_noise_bytes(light + CHROMA * colour)


def _blur_noise(noise: NDArray[np.float32], grain: float) -> NDArray[np.float32]:
    """Blurred round the edges, so that the bank has no seam, and as loud as before."""
    if not grain:
        return noise
    pad = int(4 * grain) + 1
    around = np.pad(noise, ((pad, pad), (pad, pad), (0, 0)), mode="wrap")
    soft = cv2.GaussianBlur(around, (2 * pad + 1, 2 * pad + 1), grain).reshape(around.shape)[
        pad:-pad, pad:-pad
    ]
    return np.asarray(soft / soft.std(), np.float32)


def _to_noise_bytes(noise: NDArray[np.float32]) -> NDArray[np.uint8]:
    bank = to_bytes(128 + STEPS * noise)
    bank.flags.writeable = False
    return bank


@lru_cache(maxsize=8)
def make_photon_lut(photons: float) -> NDArray[np.uint8]:
    """(65536,) the grey level that so many photons give which stand, among those of a grey level,
    where the noise does in its bank."""
    if photons > MANY_PHOTONS:  # there is no telling it from a normal distribution
        return make_shot_lut(photons)
    quantiles = np.array([(1 + erf(step / STEPS / sqrt(2))) / 2 for step in np.arange(256) - 128.0])
    counts = np.stack(
        [_compute_poisson_quantiles(mean, quantiles) for mean in make_grey_levels() / 255 * photons]
    )
    return to_bytes(counts / photons * 255).ravel()


@lru_cache(maxsize=8)
def make_shot_lut(photons: float) -> NDArray[np.uint8]:
    """(65536,) the table of `make_photon_lut` by a normal distribution of the same variance."""
    levels = make_grey_levels()[:, None]
    sigma = np.zeros_like(levels) if photons == inf else np.sqrt(levels * 255 / photons)
    return to_bytes(levels + sigma * (np.arange(256) - 128.0) / STEPS).ravel()


def _compute_poisson_quantiles(mean: float, quantiles: NDArray[np.float64]) -> NDArray[np.intp]:
    if mean == 0:
        return np.zeros(len(quantiles), np.intp)
    counts = np.arange(int(mean + 6 * np.sqrt(mean)) + 10, dtype=np.float64)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(counts[1:]))])
    return np.searchsorted(
        np.cumsum(np.exp(counts * np.log(mean) - mean - log_factorial)), quantiles
    )


class PixelNoise(PixelCorruption):
    """Gaussian noise of `sigma` grey levels, independent in every channel; `native` for noise
    without grain, as a camera's file has it."""

    def __init__(self, sigma: float, native: bool = False, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sigma = require_range("sigma", sigma, 0, 255)
        self.native = bool(native)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_gaussian_noise(img, 1.0, self.sigma, seed, self.native)


class PhotonNoise(PixelCorruption):
    """Poisson noise of a sensor whose white is `photons` photons."""

    def __init__(self, photons: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.photons = require_range("photons", photons, 1, 1000000000.0)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_shot_noise(img, self.photons, seed)


class GainNoise(PixelCorruption):
    """A sensor at high gain whose white is `photons` photons: noise in brightness and, coarser, in
    colour."""

    def __init__(self, photons: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.photons = require_range("photons", photons, 1, 1000000000.0)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_iso_noise(img, self.photons, seed)


class Banding(PixelCorruption):
    """Rows read out darker or brighter by about `levels` grey levels."""

    def __init__(self, levels: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.levels = require_range("levels", levels, 0, 255)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_row_banding(img, self.levels, seed)
