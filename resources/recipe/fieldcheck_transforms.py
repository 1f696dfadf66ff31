"""The transforms of a Fieldcheck recipe: import this file before albumentations loads the recipe that lies beside it.

Needs albumentations, OpenCV and numpy only. Made from fieldcheck/corruptions; Apache License 2.0.
"""

from __future__ import annotations

from albucore import sz_lut
from albumentations.core.type_definitions import Targets
from collections.abc import Callable
from functools import lru_cache
from math import ceil, log2, sqrt
from math import cos, pi, sin
from math import cos, radians, sin
from math import erf, inf, sqrt
from math import pi
from numpy.typing import NDArray
from typing import Any
import albumentations as A
import cv2
import numpy as np

REFERENCE_SIDE = 192  # lengths are pixels of a picture whose shorter side has that many
# what lies in front of the scene is drawn at this size, whatever the picture's, so that it is as
# coarse on any
LAYER_SIDE = 360
LONGEST_LAYER = 1536

Picture = NDArray[np.uint8]


def compute_scale(img: Picture) -> float:
    """Scale of a picture, (H, W, 3) uint8 RGB: how many of its pixels a pixel of the reference size
    is."""
    return float(min(img.shape[:2]) / REFERENCE_SIDE)


def make_grey_levels() -> NDArray[np.float64]:
    """(256,) every level there is."""
    return np.arange(256, dtype=np.float64)


def to_bytes(values: NDArray[np.floating]) -> Picture:
    """Grey levels as bytes, (…,) of any shape → uint8 of the same: rounded and clipped to what a
    pixel can be."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def shrink_image(img: Picture, width: int, height: int, quick: bool = False) -> Picture:
    """The picture, (H, W, 3) uint8 RGB, averaged down to (height, width), by halves as far as they
    go: a fifth of the time of one step.

    `quick`: the step that is left then, by less than half, by straight lines between pixels after a
    small blur: a third of the time of areas.
    """
    while (
        img.shape[0] >= 2 * height
        and img.shape[1] >= 2 * width
        and img.shape[0] % 2 == 0
        and img.shape[1] % 2 == 0
    ):
        img = np.asarray(
            cv2.resize(img, (img.shape[1] // 2, img.shape[0] // 2), interpolation=cv2.INTER_AREA),
            np.uint8,
        )
    if img.shape[:2] == (height, width):
        return img
    if not quick or img.shape[0] >= 2 * height or img.shape[1] >= 2 * width:
        return np.asarray(cv2.resize(img, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    soft = cv2.GaussianBlur(img, (3, 3), img.shape[0] / height / 3)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def stretch_layer(layer: NDArray[np.uint8], img: Picture) -> NDArray[np.uint8]:
    """The layer, (h, w) or (h, w, 3), brought to the size of the picture, (H, W, 3): straight lines
    between its pixels, or their mean where the picture is the smaller one."""
    height, width = img.shape[:2]
    way = cv2.INTER_LINEAR if layer.shape[0] <= height else cv2.INTER_AREA
    return np.asarray(cv2.resize(layer, (width, height), interpolation=way), np.uint8)


def get_layer_size(img: Picture) -> tuple[int, int, float]:
    """(height, width) of a layer for the picture, (H, W, 3), and how many pixels of it a pixel of
    the reference size is."""
    height, width = img.shape[:2]
    factor = min(LAYER_SIDE / min(height, width), LONGEST_LAYER / max(height, width))
    return (
        max(2, round(height * factor)),
        max(2, round(width * factor)),
        factor * min(height, width) / REFERENCE_SIDE,
    )


def overlay_layers(
    img: Picture, keep: NDArray[np.floating] | None, add: NDArray[np.floating] | None
) -> Picture:
    """Layers over a picture, (H, W, 3) uint8 RGB: img · keep + add, both of their own small size:
    `keep` (h, w) or (h, w, 3) from 0 to 1, `add` likewise, in grey levels."""
    out = img
    if keep is not None:
        out = np.asarray(
            cv2.multiply(
                out, to_three_channels(stretch_layer(to_bytes(keep * 255), img)), scale=1 / 255
            ),
            np.uint8,
        )
    if add is not None:
        out = np.asarray(
            cv2.add(out, to_three_channels(stretch_layer(to_bytes(add), img))), np.uint8
        )
    return out.copy() if out is img else out


def to_three_channels(layer: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 3) of a layer that may have one channel only."""
    return (
        layer if layer.ndim == 3 else np.asarray(cv2.cvtColor(layer, cv2.COLOR_GRAY2RGB), np.uint8)
    )


def cover_image(
    img: Picture,
    cover: NDArray[np.floating],
    colour: NDArray[np.floating] | tuple[float, float, float],
) -> Picture:
    """The picture behind a layer: `cover` (h, w) from 0 to 1 hides that much of it, and `colour`
    (3,) or (h, w, 3) is seen instead."""
    return overlay_layers(img, 1 - cover, cover[..., None] * np.asarray(colour, np.float32))


def make_cloud_noise(
    height: int, width: int, coarse: float, rng: np.random.Generator, octaves: int = 4
) -> NDArray[np.float32]:
    """(h, w) float32 smooth chance from 0 to 1: lumps `coarse` pixels wide, and finer ones that
    weigh half as much each time."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        step = max(1.0, coarse / 2**octave)
        grid = rng.random(
            (max(2, round(height / step) + 2), max(2, round(width / step) + 2)), dtype=np.float32
        )
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) / 2**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / max(high - low, 1e-6), np.float32)

MODULE = "fieldcheck_transforms"


class ExportedTransform:
    """A transform that reports the path of the carried file as its own. Chance is one seed a
    picture."""

    random_generator: np.random.Generator

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__module__ = MODULE

    def get_params(self) -> dict[str, Any]:
        """The seed that `apply` is called with."""
        return {"seed": int(self.random_generator.integers(2**32))}


class PixelCorruption(ExportedTransform, A.ImageOnlyTransform):
    """Corruption of pixels that moves none: boxes, points and masks stay as they are. `apply`: (H,
    W, 3) uint8 RGB → the same shape."""


def require_range(name: str, value: float, low: float, high: float) -> float:
    """The value as a float. Raises ValueError with the value where it lies outside."""
    if not low <= value <= high:
        raise ValueError(f"{name} lies between {low} and {high}, not at {value}")
    return float(value)


class ShareCorruption(PixelCorruption):
    """Corruption of `share` of the picture, from nothing up to `most`."""

    most = 1.0

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = require_range("share", share, 0, self.most)


def apply_lut(img: Picture, table: NDArray[np.uint8]) -> Picture:
    """Every grey level replaced by another, `table` (256,) for all channels or (256, 3): the
    library's own way takes a tenth of the time of OpenCV's, and a quarter where the channels are
    parted for it."""
    if table.ndim == 1:
        return np.asarray(sz_lut(np.ascontiguousarray(img), table, False), np.uint8)
    planes = [
        sz_lut(np.asarray(plane, np.uint8), np.ascontiguousarray(table[:, at]))
        for at, plane in enumerate(cv2.split(img))
    ]
    return np.asarray(cv2.merge(planes), np.uint8)

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
    found, at = [], 0
    while at < length:
        begin = (start + at) % around
        many = min(length - at, around - begin)
        found.append((at, begin, many))
        at += many
    return found


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

SHARP = 1.5  # pixels of blur above which a smaller picture holds all that is left
# pixels of the shorter side from which on a long zoom is worked out on the half picture
LARGE = 720
SHORT = 8.0  # pixels of streak below which its points are shared out among the pixels around each
GLASS_ROOM = 64  # places across and down at which the pane may begin


def add_gaussian_blur(img: Picture, sigma: float) -> Picture:
    """Gaussian blur of `sigma` pixels of this picture, (H, W, 3) uint8 RGB → the same shape."""
    factor = 2 ** max(0, int(log2(max(sigma, 1e-9) / SHARP))) if sigma > SHARP else 1
    if factor == 1:
        return np.asarray(cv2.GaussianBlur(img, (0, 0), sigma), np.uint8) if sigma else img.copy()
    height, width = img.shape[:2]
    small = shrink_image(img, max(1, width // factor), max(1, height // factor))
    # Averaging boxes of `factor` and drawing straight lines between them blur by themselves.
    rest = sqrt(sigma**2 - factor**2 / 12 - factor**2 / 6) / factor
    return np.asarray(
        cv2.resize(
            cv2.GaussianBlur(small, (0, 0), rest), (width, height), interpolation=cv2.INTER_LINEAR
        ),
        np.uint8,
    )


def add_motion_blur(img: Picture, length: float, angle: float) -> Picture:
    """Motion blur: every point of the picture, (H, W, 3) uint8 RGB, a straight streak of `length`
    pixels of this picture, `angle` radians from the horizontal."""
    if length <= 1:
        return img.copy()
    if length < SHORT:
        return np.asarray(cv2.filter2D(img, -1, make_motion_kernel(length, angle)), np.uint8)
    height, width = img.shape[:2]
    by_half = min(height, width) >= LARGE and length >= 2 * SHORT
    small = shrink_image(img, width // 2, height // 2) if by_half else img
    four = _add_streak_by_doubling(
        np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2RGBA), np.uint8),
        length / 2 if by_half else length,
        angle,
    )
    blurred = np.asarray(cv2.cvtColor(four, cv2.COLOR_RGBA2RGB), np.uint8)
    return (
        np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
        if by_half
        else blurred
    )


def _add_streak_by_doubling(
    four: NDArray[np.uint8], length: float, angle: float
) -> NDArray[np.uint8]:
    """The streak of a picture of four channels, which OpenCV moves in half the time of three.

    Each stage is one mean of the picture with itself, moved; so n of them make a row of 2^n points
    less than a pixel apart.
    """
    stages = ceil(log2(length))
    whole = (length - 1) * np.array([np.cos(angle), np.sin(angle)])
    out = _shift_channels(four, -whole / 2)
    for stage in range(1, stages + 1):
        step = whole / (1 - 0.5**stages) / 2**stage
        # Halves of a grey level are rounded up and down in turn.
        out = np.asarray(
            cv2.addWeighted(out, 0.5, _shift_channels(out, step), 0.5, -0.01 * (stage % 2)),
            np.uint8,
        )
    return out


def _shift_channels(four: NDArray[np.uint8], by: NDArray[np.float64]) -> NDArray[np.uint8]:
    matrix = np.array([[1, 0, by[0]], [0, 1, by[1]]])
    size = (four.shape[1], four.shape[0])
    return np.asarray(
        cv2.warpAffine(
            four, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        ),
        np.uint8,
    )


def make_motion_kernel(length: float, angle: float) -> NDArray[np.float32]:
    """Motion blur kernel, (k, k) float32 of sum 1: a line of `length` pixels through the middle,
    `angle` in radians, its points shared out among the four pixels around each."""
    half = int(np.ceil((length - 1) / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float64)
    along = np.linspace(-(length - 1) / 2, (length - 1) / 2, 8 * int(np.ceil(length)) + 1)
    x, y = half + along * np.cos(angle), half + along * np.sin(angle)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for right in (0, 1):
        for low in (0, 1):
            weight = np.abs(1 - right - (x - left)) * np.abs(1 - low - (y - top))
            inside = (left + right < kernel.shape[1]) & (top + low < kernel.shape[0])
            np.add.at(kernel, (top[inside] + low, left[inside] + right), weight[inside])
    return np.asarray(kernel / kernel.sum(), np.float32)


def add_zoom_blur(img: Picture, zoom: float, seed: int) -> Picture:
    """Zoom blur: the lens zooms from 1 to `zoom` while the shutter is open, towards a place near
    the middle of the picture, (H, W, 3) uint8 RGB."""
    height, width = img.shape[:2]
    x, y = (0.5 + 0.2 * (np.random.default_rng(seed).random(2) - 0.5)) * (width, height)
    by_half = min(height, width) >= LARGE and (zoom - 1) * min(height, width) > 16
    small = shrink_image(img, width // 2, height // 2) if by_half else img
    factor = small.shape[1] / width
    # four channels are moved in half the time of three
    out = cv2.cvtColor(small, cv2.COLOR_RGB2RGBA)
    for stage in range(1, 1 + max(1, ceil(log2(max(2.0, (zoom - 1) * max(small.shape[:2]) / 2))))):
        by = zoom ** (1 / 2**stage)
        matrix = np.array([[by, 0, (1 - by) * x * factor], [0, by, (1 - by) * y * factor]])
        moved = cv2.warpAffine(
            out,
            matrix,
            (small.shape[1], small.shape[0]),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        out = cv2.addWeighted(out, 0.5, moved, 0.5, 0)
    blurred = np.asarray(cv2.cvtColor(out, cv2.COLOR_RGBA2RGB), np.uint8)
    return (
        blurred
        if small is img
        else np.asarray(
            cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8
        )
    )


def add_glass_blur(img: Picture, away: float, seed: int) -> Picture:
    """Glass blur: every point of the picture, (H, W, 3) uint8 RGB, is seen up to `away` pixels of
    the reference size beside its place, its neighbours elsewhere."""
    across, down = np.random.default_rng(seed).integers(0, GLASS_ROOM, 2)
    height, width = img.shape[:2]
    whole, rest = _make_glass_map(height, width, round(away * compute_scale(img), 2))
    part = (slice(down, down + height), slice(across, across + width))
    place = cv2.subtract(whole[part], np.array([across, down, 0, 0], np.float64))
    seen = cv2.remap(
        img,
        place,
        np.ascontiguousarray(rest[part]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return add_gaussian_blur(np.asarray(seen, np.uint8), 0.5 * away * compute_scale(img))


@lru_cache(maxsize=4)
def _make_glass_map(
    height: int, width: int, away: float
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """A map of the glass for pictures of one size, with room to begin elsewhere; in OpenCV's fixed
    point, whole places and the rest."""
    tall, wide = height + GLASS_ROOM, width + GLASS_ROOM
    rows, columns, unit = get_layer_size(np.empty((tall, wide, 1), np.uint8))
    # a facet of the glass is one and a half reference pixels wide
    rng, step = np.random.default_rng(4), unit * 1.5
    facets = rng.uniform(
        -1, 1, (max(2, round(rows / step)), max(2, round(columns / step)), 2)
    ).astype(np.float32)
    moved = cv2.resize(facets, (wide, tall), interpolation=cv2.INTER_CUBIC) * away
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(tall, dtype=np.float32))
    whole, rest = cv2.convertMaps(x + moved[..., 0], y + moved[..., 1], cv2.CV_16SC2)
    return np.asarray(whole, np.int16), np.asarray(rest, np.uint16)


class Defocus(PixelCorruption):
    """A lens out of focus: Gaussian blur of `sigma` pixels."""

    def __init__(self, sigma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sigma = require_range("sigma", sigma, 0, REFERENCE_SIDE)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_gaussian_blur(img, self.sigma * compute_scale(img))


class Motion(PixelCorruption):
    """Movement while the shutter is open: a straight streak of `length` pixels at a random angle."""

    def __init__(self, length: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.length = require_range("length", length, 1, REFERENCE_SIDE)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_motion_blur(
            img,
            1 + (self.length - 1) * compute_scale(img),
            float(np.random.default_rng(seed).uniform(0, np.pi)),
        )


class ZoomBlur(PixelCorruption):
    """The lens zooms from 1 to `zoom` while the shutter is open."""

    def __init__(self, zoom: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.zoom = require_range("zoom", zoom, 1, 3)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_zoom_blur(img, self.zoom, seed)


class GlassBlur(PixelCorruption):
    """Rough glass before the lens: points are seen up to `away` pixels beside their place."""

    def __init__(self, away: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.away = require_range("away", away, 0, 40)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_glass_blur(img, self.away, seed)

WAVELENGTHS = (600e-9, 550e-9, 450e-9)  # metres, of red, green and blue
SECOND_RADIATION_CONSTANT = 1.4388e-2  # m·K
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of linear red, green and blue. Source: ITU-R BT.709
LUMA = (0.299, 0.587, 0.114)
# what each of its colours sees of red, green and blue
OTHER_SENSOR = ((0.52, 0.40, 0.08), (0.22, 0.56, 0.22), (0.06, 0.44, 0.50))
# places of the lens's inner reflections, 0 at the light and 1 at the far side of the middle
GHOSTS = (-0.35, 0.45, 0.8, 1.25)


def make_contrast_lut(factor: float, img: Picture) -> NDArray[np.float64]:
    """(256,) every level drawn to the picture's mean luma, its distance times `factor`."""
    mean = float(np.dot(cv2.mean(img)[:3], LUMA))
    return np.asarray(mean + (make_grey_levels() - mean) * factor, np.float64)


def make_gamma_lut(exponent: float) -> NDArray[np.float64]:
    """(256,) another tone curve: above 1 shadows sink, below 1 they rise."""
    return np.asarray(255 * (make_grey_levels() / 255) ** exponent, np.float64)


def make_colour_cast_lut(mired: float) -> NDArray[np.float64]:
    """(256, 3) light that is `mired` warmer or, below 0, colder; white keeps its luminance. Source:
    Wien's law, sRGB as IEC 61966-2-1."""
    gains = np.exp(-SECOND_RADIATION_CONSTANT * mired * 1e-6 / np.array(WAVELENGTHS))
    linear = _decode_srgb(make_grey_levels() / 255)[:, None] * gains / (gains @ np.array(LUMINANCE))
    return np.asarray(255 * _encode_srgb(np.minimum(linear, 1)), np.float64)


def mix_colour_channels(img: Picture, share: float) -> Picture:
    """Colour filters of another sensor: the picture, (H, W, 3) uint8 RGB, `share` of the way to
    colours that see more of each other. Grey stays grey."""
    matrix = (1 - share) * np.eye(3) + share * np.array(OTHER_SENSOR)
    return np.asarray(cv2.transform(img, matrix.astype(np.float32)), np.uint8)


def add_glare(img: Picture, strength: float, seed: int) -> Picture:
    """Glare: a bright reflection on the picture, (H, W, 3) uint8 RGB, a core that burns out and a
    wide halo, `strength` times white at its middle."""
    rng = np.random.default_rng(seed)
    height, width, unit = get_layer_size(img)
    x, y = rng.uniform(0.15, 0.85, 2) * (width, height)
    turn, long = rng.uniform(0, pi), rng.uniform(1.2, 2.0)
    far = compute_distance_map(height, width, (x, y), turn, long) / (unit * 192)
    return overlay_layers(
        img,
        None,
        255 * strength * (0.75 * np.exp(-((far / 0.16) ** 2)) + 0.25 * np.exp(-far / 0.45)),
    )


def add_lens_flare(img: Picture, strength: float, seed: int) -> Picture:
    """Lens flare of a lamp just outside the picture, (H, W, 3) uint8 RGB: a veil over all that is
    thickest at its side, and a chain of ghosts through the middle."""
    rng = np.random.default_rng(seed)
    height, width, unit = (side / 2 for side in get_layer_size(img))
    turn, middle = rng.uniform(0, 2 * pi), np.array([width, height]) / 2
    lamp = middle + 0.62 * np.array([width * cos(turn), height * sin(turn)])
    add = np.zeros((round(height), round(width), 3), np.uint8)
    for place, colour in zip(GHOSTS, rng.uniform(0.6, 1.0, (len(GHOSTS), 3)), strict=True):
        ghost, centre = np.zeros_like(add), lamp + (middle - lamp) * (1 + place)
        at, radius = (
            (round(float(centre[0])), round(float(centre[1]))),
            round(unit * rng.uniform(8, 30)),
        )
        cv2.circle(ghost, at, radius, (70 * colour).tolist(), cv2.FILLED, cv2.LINE_AA)
        add = np.asarray(cv2.add(add, ghost), np.uint8)
    far = compute_distance_map(*add.shape[:2], (float(lamp[0]), float(lamp[1]))) / (unit * 192)
    veil = (150 * np.exp(-far / 0.5) + 45)[..., None] * np.array([1.0, 0.95, 0.85], np.float32)
    keep = np.full((2, 2), 1 - 0.3 * min(strength, 1.0))
    return overlay_layers(
        img, keep, strength * (cv2.GaussianBlur(add, (0, 0), unit).astype(np.float32) + veil)
    )


def add_flicker(img: Picture, depth: float, seed: int) -> Picture:
    """Flicker of lamps on mains under a rolling shutter: waves of light down the rows of the
    picture, (H, W, 3) uint8 RGB, `depth` of the light gone in their troughs."""
    rng = np.random.default_rng(seed)
    phase, waves = rng.uniform(0, 2 * pi), rng.uniform(1.5, 3.0)
    rows = 0.5 - 0.5 * np.cos(phase + 2 * pi * waves * np.linspace(0, 1, 192))
    return overlay_layers(img, 1 - depth * rows[:, None].astype(np.float32), None)


def add_shadow(img: Picture, depth: float, seed: int) -> Picture:
    """Cast shadow: `depth` of the light is missing in a soft-edged part of the picture, (H, W, 3)
    uint8 RGB, about two fifths of it."""
    rng = np.random.default_rng(seed)
    height, width, unit = get_layer_size(img)
    tall, wide, turn = height // 2, width // 2, rng.uniform(0, 2 * pi)
    x, y = (
        np.linspace(-0.5, 0.5, wide, dtype=np.float32)[None, :],
        np.linspace(-0.5, 0.5, tall, dtype=np.float32)[:, None],
    )
    along = (
        x * np.float32(cos(turn))
        + y * np.float32(sin(turn))
        + 0.5 * make_cloud_noise(tall, wide, 60 * unit, rng, octaves=2)
    )
    edge = np.float32(np.quantile(along, 0.6))
    return overlay_layers(img, 1 - depth * np.clip((along - edge) / 0.06 + 0.5, 0, 1), None)


def compute_distance_map(
    height: int, width: int, centre: tuple[float, float], turn: float = 0.0, long: float = 1.0
) -> NDArray[np.float32]:
    """(h, w) distance in pixels from `centre`, of which `long` count as one in the direction
    `turn`."""
    x = np.arange(width, dtype=np.float32)[None, :] - np.float32(centre[0])
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32(centre[1])
    along, beside = (x * cos(turn) + y * sin(turn)) / long, y * cos(turn) - x * sin(turn)
    return np.asarray(np.sqrt(along**2 + beside**2), np.float32)


def _decode_srgb(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encode_srgb(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


class Exposure(PixelCorruption):
    """More or less light: every pixel times `gain`, then `read_noise` grey levels of Gaussian
    noise, clipped."""

    def __init__(self, gain: float, read_noise: float = 0.0, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.gain = require_range("gain", gain, 0, 255)
        self.read_noise = require_range("read_noise", read_noise, 0, 255)
        self._table = to_bytes(make_grey_levels() * self.gain)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        if self.read_noise:
            return add_gaussian_noise(img, self.gain, self.read_noise, seed, each_pixel=False)
        return apply_lut(img, self._table)


class Contrast(PixelCorruption):
    """Every pixel drawn to the picture's mean luma, its distance times `factor`."""

    def __init__(self, factor: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.factor = require_range("factor", factor, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return apply_lut(img, to_bytes(make_contrast_lut(self.factor, img)))


class Gamma(PixelCorruption):
    """Another tone curve: levels from 0 to 1 to the power of `exponent`; above 1 shadows sink."""

    def __init__(self, exponent: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.exponent = require_range("exponent", exponent, 0.1, 10)
        self._table = to_bytes(make_gamma_lut(self.exponent))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return apply_lut(img, self._table)


class ColourCast(PixelCorruption):
    """Light that is `mired` warmer or colder, by chance."""

    def __init__(self, mired: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.mired = require_range("mired", mired, 0, 500)
        self._tables = (
            to_bytes(make_colour_cast_lut(self.mired)),
            to_bytes(make_colour_cast_lut(-self.mired)),
        )

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return apply_lut(img, self._tables[0 if np.random.default_rng(seed).random() < 0.5 else 1])


class Spectrum(ShareCorruption):
    """Another sensor's colour filters, `share` of the way to ones that see more of each other's
    light."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return mix_colour_channels(img, self.share)


class Glare(PixelCorruption):
    """A bright reflection with its halo, `strength` times white at its middle."""

    def __init__(self, strength: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.strength = require_range("strength", strength, 0, 5)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_glare(img, self.strength, seed)


class Flare(PixelCorruption):
    """A lamp beside the picture: veil, streaks and ghosts, `strength` times what a common lens
    shows."""

    def __init__(self, strength: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.strength = require_range("strength", strength, 0, 5)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_lens_flare(img, self.strength, seed)


class Flicker(PixelCorruption):
    """Mains lamps under a rolling shutter: `depth` of the light gone in the darkest rows."""

    def __init__(self, depth: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.depth = require_range("depth", depth, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_flicker(img, self.depth, seed)


class Shadow(PixelCorruption):
    """Something stands in the light: `depth` of it is missing in two fifths of the picture."""

    def __init__(self, depth: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.depth = require_range("depth", depth, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_shadow(img, self.depth, seed)

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

AIRLIGHT = 217.0  # grey levels of fog and of drops of water
FINER = 4  # bits of a pixel that OpenCV's drawing takes places in


def make_haze_lut(transmission: float, airlight: float) -> NDArray[np.float64]:
    """(256,) even haze: `transmission` of the light arrives, the rest is replaced."""
    return np.asarray(make_grey_levels() * transmission + airlight * (1 - transmission), np.float64)


def add_fog(img: Picture, thickness: float, seed: int) -> Picture:
    """Fog in banks, thicker towards the top where a camera looks farther: `thickness` of the light
    of the picture, (H, W, 3) uint8 RGB, replaced where it is thickest."""
    height, width, unit = get_layer_size(img)
    small = (max(2, height // 4), max(2, width // 4))
    banks = make_cloud_noise(*small, 80 * unit / 4, np.random.default_rng(seed))
    depth = np.linspace(1, 0.55, small[0], dtype=np.float32)[:, None]
    return cover_image(img, thickness * depth * (0.6 + 0.4 * banks), (AIRLIGHT,) * 3)


def add_rain(img: Picture, drops: float, seed: int) -> Picture:
    """Rain on the picture, (H, W, 3) uint8 RGB: `drops` streaks in a square of the reference side,
    all nearly of one direction, brighter than what is behind; and less contrast."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    many = round(drops * height * width / (192 * unit) ** 2)
    layer = np.zeros((height, width), np.uint8)
    slant, long = rng.uniform(-0.35, 0.35), rng.uniform(0.6, 1.4, many) * 13 * unit
    places, bright = rng.random((many, 2)) * (width, height), rng.integers(70, 150, many)
    along, across = (
        np.array([np.sin(slant), np.cos(slant)]),
        np.array([np.cos(slant), -np.sin(slant)]) * 0.45 * unit,
    )
    ends = places + long[:, None] * along
    # As polygons: a line has a whole number of pixels across, which is another share of a picture
    # of another size.
    corners = np.stack([places - across, places + across, ends + across, ends - across], axis=1)
    for streak, level in zip(
        np.rint(corners * 2**FINER).astype(np.int32), bright.tolist(), strict=True
    ):
        cv2.fillConvexPoly(layer, streak, level, cv2.LINE_AA, FINER)
    veil = 0.25 * min(1.0, drops / 600)
    streaks = to_three_channels(
        stretch_layer(np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.7 * unit), np.uint8), img)
    )
    return np.asarray(cv2.addWeighted(img, 1 - veil, streaks, 1, AIRLIGHT * veil / 2), np.uint8)


def add_snow(img: Picture, flakes: float, seed: int) -> Picture:
    """Snow on the picture, (H, W, 3) uint8 RGB: `flakes` soft white dots in a square of the
    reference side, and a veil of those farther off."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    many = round(flakes * height * width / (192 * unit) ** 2)
    layer = np.zeros((height, width), np.uint8)
    sizes = 0.7 + 2.2 * rng.random(many) ** 3
    for place, size in zip(
        to_fixed_point(rng.random((many, 2)) * (width, height)), sizes.tolist(), strict=True
    ):
        cv2.circle(
            layer,
            place,
            round(size * unit * 2**FINER),
            min(255, round(275 - 20 * size)),
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
    soft = cv2.GaussianBlur(layer, (0, 0), 0.75 * unit)
    whole = stretch_layer(np.asarray(cv2.cvtColor(soft, cv2.COLOR_GRAY2RGB), np.uint8), img)
    veil = 0.8 * (1 - float(np.exp(-flakes / 700)))  # flakes too far off to be told apart
    away = np.asarray(cv2.multiply(img, cv2.bitwise_not(whole), scale=(1 - veil) / 255), np.uint8)
    return np.asarray(cv2.addWeighted(away, 1, whole, 1 - veil, AIRLIGHT * veil), np.uint8)


def to_fixed_point(points: NDArray[np.floating]) -> list[tuple[int, int]]:
    """(n, 2) pixels as OpenCV's drawing wants them: whole numbers of their `FINER`."""
    return [(int(x), int(y)) for x, y in np.rint(points * 2**FINER)]


def rotate_points(points: NDArray[np.floating], angle: float) -> NDArray[np.float64]:
    """(n, 2) points turned about the origin by `angle` radians."""
    return np.asarray(
        points @ np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]]), np.float64
    )


def make_outline(radii: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, 2) a closed curve about the origin, (n,) pixels from it all round."""
    angles = np.linspace(0, 2 * pi, len(radii), endpoint=False)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


class Haze(PixelCorruption):
    """Even haze: `transmission` of the light arrives, the rest is replaced by `airlight` grey
    levels."""

    def __init__(self, transmission: float, airlight: float = 217.0, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.transmission = require_range("transmission", transmission, 0, 1)
        self.airlight = require_range("airlight", airlight, 0, 255)
        self._table = to_bytes(make_haze_lut(self.transmission, self.airlight))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return apply_lut(img, self._table)


class Fog(PixelCorruption):
    """Fog in banks: `thickness` of the light is replaced where it is thickest."""

    def __init__(self, thickness: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.thickness = require_range("thickness", thickness, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_fog(img, self.thickness, seed)


class Rain(PixelCorruption):
    """`drops` streaks in a square of the reference side."""

    def __init__(self, drops: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.drops = require_range("drops", drops, 0, 5000)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_rain(img, self.drops, seed)


class Snow(PixelCorruption):
    """`flakes` in a square of the reference side."""

    def __init__(self, flakes: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.flakes = require_range("flakes", flakes, 0, 5000)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_snow(img, self.flakes, seed)

DIRT = (15.0, 12.0, 9.0)
SKIN = ((96, 66, 50), (150, 108, 84), (206, 160, 134), (232, 196, 172))
# place at the palm and length
FINGERS = (
    (-1.0, -0.1, 0.7),
    (-0.6, -0.7, 1.0),
    (-0.2, -0.9, 1.2),
    (0.2, -0.9, 1.15),
    (0.6, -0.75, 0.9),
)
MEASURED = 288  # pixels of the shorter side at which the share of a cover is measured
PATCHES = 8  # along each side


def add_dust(img: Picture, share: float, seed: int) -> Picture:
    """Dust and smears on the lens: soft grey specks that dim what is behind them, over `share` of
    the picture, (H, W, 3) uint8 RGB."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    cover, dull = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    dots = min(4000, int(1.4 * share * height * width / (pi * (3.1 * unit) ** 2)))
    for place, size in zip(
        to_fixed_point(rng.random((dots, 2)) * (width, height)),
        (1.2 + 5 * rng.random(dots) ** 2).tolist(),
        strict=True,
    ):
        cv2.circle(
            cover,
            place,
            round(size * unit * 2**FINER),
            round(180 + 60 * rng.random()),
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
    smear = make_cloud_noise(height // 4, width // 4, 15 * unit, rng, octaves=3)
    dull = cv2.resize(
        np.clip((smear - 1 + 0.6 * share) * 4, 0, 0.75).astype(np.float32), (width, height)
    )
    soft = cv2.GaussianBlur(cover, (0, 0), 0.8 * unit).astype(np.float32) / 255
    return cover_image(img, np.maximum(soft, dull), DIRT)


def add_water_drops(img: Picture, share: float, seed: int) -> Picture:
    """Water drops on the lens, `share` times the picture, (H, W, 3) uint8 RGB, in all: each shows
    the scene upside down and blurred, bright at a rim."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    cover, rim = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    seen = cv2.GaussianBlur(
        to_three_channels(shrink_image(img, max(1, width // 8), max(1, height // 8))), (0, 0), 2
    )[::-1, ::-1]
    behind = cv2.resize(np.ascontiguousarray(seen), (width, height), interpolation=cv2.INTER_LINEAR)
    drops = int(share * height * width / (pi * (7.8 * unit) ** 2) + 0.999) if share else 0
    for x, y, chance in rng.random((drops, 3)).tolist():
        size = (4 + 9 * chance) * unit
        at = np.array([[x * width, y * height]])
        cv2.circle(
            cover,
            to_fixed_point(at)[0],
            round(size * 2**FINER),
            255,
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
        cv2.circle(
            rim,
            to_fixed_point(at - 0.3 * size)[0],
            round(0.3 * size * 2**FINER),
            90,
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
    soft = cv2.GaussianBlur(cover, (0, 0), 1.2 * unit).astype(np.float32) / 255
    bright = np.minimum(
        255, behind.astype(np.float32) * 0.9 + cv2.GaussianBlur(rim, (0, 0), 1.5 * unit)[..., None]
    )
    return overlay_layers(img, 1 - soft, soft[..., None] * bright)


def add_reflection(img: Picture, share: float, seed: int) -> Picture:
    """Reflection in a pane before the lens: `share` of the light of the picture, (H, W, 3) uint8
    RGB, is that of another scene, a bright room with windows, out of focus."""
    height, width, unit = get_layer_size(img)
    tall, wide = max(2, height // 2), max(2, width // 2)
    rng = np.random.default_rng(seed)
    base = make_cloud_noise(tall, wide, 60 * unit / 2, rng, octaves=3)
    room = (40 + 90 * base[..., None] * rng.uniform(0.7, 1.0, 3)).astype(np.float32)
    for x, y, w, h in rng.uniform((0, 0, 0.08, 0.15), (0.9, 0.6, 0.3, 0.5), (6, 4)).tolist():
        corner, other = (int(x * wide), int(y * tall)), (int((x + w) * wide), int((y + h) * tall))
        cv2.rectangle(
            room,
            corner,
            other,
            (rng.uniform(150, 255) * rng.uniform(0.85, 1.0, 3)).tolist(),
            cv2.FILLED,
        )
    return overlay_layers(
        img, np.full((2, 2), 1 - share), share * 1.3 * cv2.GaussianBlur(room, (0, 0), 1.5 * unit)
    )


def add_occlusion(img: Picture, share: float, seed: int) -> Picture:
    """Occlusion: one opaque ellipse over `share` of the picture, (H, W, 3) uint8 RGB, its place,
    form and grey level by chance."""
    rng = np.random.default_rng(seed)
    across, down = rng.uniform(0, 1, 2)
    stretch, level = float(np.exp(rng.uniform(-0.2, 0.2))), int(rng.integers(256))
    height, width = img.shape[:2]
    root = (share / np.pi) ** 0.5
    half_width, half_height = width * root * stretch, height * root / stretch
    centre = np.array(
        [
            [
                half_width + across * (width - 2 * half_width) - 0.5,
                half_height + down * (height - 2 * half_height) - 0.5,
            ]
        ]
    )
    # OpenCV's ellipse covers half a pixel more on every side than its half axes say.
    axes = np.array([[max(0.0, half_width - 0.5), max(0.0, half_height - 0.5)]])
    out = img.copy()
    cv2.ellipse(
        out,
        to_fixed_point(centre)[0],
        to_fixed_point(axes)[0],
        0,
        0,
        360,
        (level,) * 3,
        cv2.FILLED,
        shift=FINER,
    )
    return out


def add_hand(img: Picture, share: float, seed: int) -> Picture:
    """A hand reaching in from an edge, over `share` of the picture, (H, W, 3) uint8 RGB."""
    rng = np.random.default_rng(seed)
    skin, turn = SKIN[int(rng.integers(len(SKIN)))], rng.uniform(0, 2 * pi)
    wobble = 1 + 0.06 * rng.standard_normal(24)

    def make_outlines(size: float) -> list[NDArray[np.float64]]:
        palm = [make_outline(size * wobble)]
        arm = [np.array([[-0.6, 0.3], [0.6, 0.3], [0.7, 2.6], [-0.7, 2.6]]) * size]
        fingers = [
            _make_capsule_outline(
                np.array([x, y]) * size, np.array([1.35 * x, y - length]) * size, 0.17 * size
            )
            for x, y, length in FINGERS
        ]
        return [rotate_points(part, turn) for part in palm + arm + fingers]

    return _draw_occluder(img, share, make_outlines, rng, skin)


def add_occluding_bar(img: Picture, share: float, seed: int) -> Picture:
    """A straight bar right across the picture, (H, W, 3) uint8 RGB, at any angle, over `share` of
    it."""
    rng = np.random.default_rng(seed)
    turn, level = rng.uniform(0, pi), rng.uniform(25, 190) * rng.uniform(0.85, 1.0, 3)

    def make_outlines(size: float) -> list[NDArray[np.float64]]:
        return [
            rotate_points(np.array([[-1e3, -size], [1e3, -size], [1e3, size], [-1e3, size]]), turn)
        ]

    return _draw_occluder(img, share, make_outlines, rng, level)


def add_patch(img: Picture, share: float, seed: int) -> Picture:
    """Erased patches: `share` of the 8 by 8 patches of the picture, (H, W, 3) uint8 RGB, erased to
    grey, which of them by chance."""
    height, width = img.shape[:2]
    rows, columns = (
        np.rint(np.linspace(0, side, PATCHES + 1)).astype(int) for side in (height, width)
    )
    out = img.copy()
    for patch in np.random.default_rng(seed).permutation(PATCHES**2)[: round(share * PATCHES**2)]:
        row, column = divmod(int(patch), PATCHES)
        cv2.rectangle(
            out,
            (int(columns[column]), int(rows[row])),
            (int(columns[column + 1]) - 1, int(rows[row + 1]) - 1),
            (128,) * 3,
            cv2.FILLED,
        )
    return out


def _make_capsule_outline(
    start: NDArray[np.float64], end: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """A line with round ends, as one outline."""
    round_about = make_outline(np.full(16, radius))
    hull = cv2.convexHull(
        np.concatenate([round_about + start, round_about + end]).astype(np.float32)
    )
    return np.asarray(hull[:, 0], np.float64)


def _draw_occluder(
    img: Picture,
    share: float,
    parts: Callable[[float], list[NDArray[np.float64]]],
    rng: np.random.Generator,
    colour: NDArray[np.float64] | tuple[int, int, int],
) -> Picture:
    """The picture with a filled shape before it, whose size is searched for until it hides `share`
    of the picture."""
    height, width = img.shape[:2]
    factor = MEASURED / min(height, width)
    rows, columns = max(2, round(height * factor)), max(2, round(min(width * factor, 4 * MEASURED)))
    across, down = rng.uniform(0.2, 0.8, 2)

    def draw_at_size(
        size: float, canvas: NDArray[np.uint8], value: tuple[float, ...], line: int
    ) -> NDArray[np.uint8]:
        tall, wide = canvas.shape[:2]
        unit = min(tall, wide) / 96
        for part in parts(size):
            points = part * unit + (across * wide, down * tall)
            whole = np.clip(np.rint(points * 2**FINER), -(2**20), 2**20).astype(np.int32)
            cv2.fillPoly(canvas, [whole], value, line, FINER)
        return canvas

    low, high = 0.0, 400.0
    for _ in range(12):
        size = (low + high) / 2
        hidden = float(
            np.mean(draw_at_size(size, np.zeros((rows, columns), np.uint8), (255,), cv2.LINE_8) > 0)
        )
        low, high = (size, high) if hidden < share else (low, size)
    return (
        draw_at_size((low + high) / 2, img.copy(), tuple(float(v) for v in colour), cv2.LINE_AA)
        if share
        else img.copy()
    )


class Dust(ShareCorruption):
    """Dust and smears on the lens over about `share` of the picture."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_dust(img, self.share, seed)


class WaterDrops(ShareCorruption):
    """Drops of water on the lens, `share` times the area of the picture in all; they overlap."""

    most = 3.0

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_water_drops(img, self.share, seed)


class Reflection(ShareCorruption):
    """A pane before the lens: `share` of the light is another scene's."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_reflection(img, self.share, seed)


class Occlusion(ShareCorruption):
    """Something before the lens: one opaque ellipse over `share` of the picture."""

    most = 0.5

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_occlusion(img, self.share, seed)


class Hand(ShareCorruption):
    """A hand before the lens, over `share` of the picture."""

    most = 0.6

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_hand(img, self.share, seed)


class Bar(ShareCorruption):
    """A straight bar before the lens, over `share` of the picture."""

    most = 0.6

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_occluding_bar(img, self.share, seed)


class Patches(ShareCorruption):
    """`share` of 8 by 8 patches erased to grey."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_patch(img, self.share, seed)

OUTSIDE = 114  # grey level of what the camera did not see
ALONG = 9  # points of each side of a box that are moved
Matrix = NDArray[np.float64]


def make_rotation_matrix(height: int, width: int, degrees: float) -> Matrix:
    """(3, 3) the picture turned about its middle, against the clock."""
    x, y, turn = (width - 1) / 2, (height - 1) / 2, radians(degrees)
    c, s = cos(turn), sin(turn)
    return np.array([[c, s, x - c * x - s * y], [-s, c, y + s * x - c * y], [0, 0, 1]], np.float64)


def make_crop_matrix(height: int, width: int, kept: float, across: float, down: float) -> Matrix:
    """(3, 3) the part of `get_crop_rectangle` enlarged to the whole."""
    left, top, part_width, part_height = get_crop_rectangle(height, width, kept, across, down)
    x, y = width / part_width, height / part_height
    return np.array(
        [[x, 0, -(left - 0.5) * x - 0.5], [0, y, -(top - 0.5) * y - 0.5], [0, 0, 1]], np.float64
    )


def crop_and_enlarge(img: Picture, kept: float, across: float, down: float) -> Picture:
    """Crop enlarged to the whole: the part of the picture, (H, W, 3) uint8 RGB, that
    `get_crop_rectangle` names, under the matrix of `make_crop_matrix`."""
    height, width = img.shape[:2]
    left, top, part_width, part_height = get_crop_rectangle(height, width, kept, across, down)
    part = img[top : top + part_height, left : left + part_width]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def get_crop_rectangle(
    height: int, width: int, kept: float, across: float, down: float
) -> tuple[int, int, int, int]:
    """(left, top, width, height) of `kept` of both sides in whole pixels; `across` and `down` from
    0 to 1 say where."""
    part_width, part_height = max(1, round(kept * width)), max(1, round(kept * height))
    return (
        round(across * (width - part_width)),
        round(down * (height - part_height)),
        part_width,
        part_height,
    )


def make_perspective_matrix(height: int, width: int, shift: float, seed: int) -> Matrix:
    """(3, 3) seen from a side: two corners at one edge of the picture move inwards by `shift` of
    the sides."""
    edge = int(np.random.default_rng(seed).integers(4))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64) - 0.5
    moved, along = corners.copy(), (corners[(edge + 1) % 4] - corners[edge]) * shift
    inward = (corners[(edge + 3) % 4] - corners[edge]) * shift * 0.5
    moved[edge] += along + inward
    moved[(edge + 1) % 4] += inward - along
    return np.asarray(
        cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32)),
        np.float64,
    )


def warp_image(img: Picture, matrix: Matrix) -> Picture:
    """Perspective warp of a picture, (H, W, 3) uint8 RGB, under a (3, 3) matrix that says where its
    pixels go."""
    height, width = img.shape[:2]
    # four channels are moved in half the time of three
    four = cv2.cvtColor(img, cv2.COLOR_RGB2RGBA)
    border = (OUTSIDE,) * 4
    if np.allclose(matrix[2], (0, 0, 1)):
        moved = cv2.warpAffine(
            four, matrix[:2], (width, height), flags=cv2.INTER_LINEAR, borderValue=border
        )
    else:
        moved = cv2.warpPerspective(
            four, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=border
        )
    return np.asarray(cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB), np.uint8)


def warp_mask(mask: NDArray[np.integer], matrix: Matrix) -> NDArray[np.integer]:
    """Perspective warp of a mask, (H, W) class numbers, under the (3, 3) matrix of `warp_image`; 0
    where the camera did not see."""
    height, width = mask.shape[:2]
    return np.asarray(
        cv2.warpPerspective(mask, matrix, (width, height), flags=cv2.INTER_NEAREST, borderValue=0)
    )


def transform_points(points: NDArray[np.floating], matrix: Matrix) -> NDArray[np.float64]:
    """(n, 2) x, y in pixels, whole numbers at the middle of a pixel → where they are under the
    matrix, (3, 3)."""
    there = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(there[:, :2] / there[:, 2:], np.float64)


def distort_image(img: Picture, bend: float) -> Picture:
    """Radial distortion of a picture, (H, W, 3) uint8 RGB: a point at the radius r, 1 at the
    corners, is seen at r · (1 + bend · r²); below 0 the edges come nearer."""
    return np.asarray(
        cv2.remap(
            img,
            *_make_distortion_map(*img.shape[:2], bend),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(OUTSIDE,) * 3,
        ),
        np.uint8,
    )


def distort_mask(mask: NDArray[np.integer], bend: float) -> NDArray[np.integer]:
    """Radial distortion of a mask, (H, W) class numbers, through the lens of `distort_image`; 0
    where it did not see."""
    return np.asarray(
        cv2.remap(
            mask,
            *_make_distortion_map(*mask.shape[:2], bend),
            cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
    )


def distort_points(
    points: NDArray[np.floating], height: int, width: int, bend: float
) -> NDArray[np.float64]:
    """(n, 2) x, y in pixels → where the lens shows them: the cubic of the map, solved by Newton's
    steps."""
    middle, corner = np.array([(width - 1) / 2, (height - 1) / 2]), np.hypot(width, height) / 2
    away = (points - middle) / corner
    far = np.hypot(away[:, 0], away[:, 1])
    seen = far.copy()
    for _ in range(12):
        seen = seen - (seen * (1 + bend * seen**2) - far) / (1 + 3 * bend * seen**2)
    # beyond the corners: not shown, and the cubic may have no answer
    seen = np.where(far < 1 + bend, seen, far - bend)
    return np.asarray(middle + corner * away * (seen / np.maximum(far, 1e-12))[:, None], np.float64)


@lru_cache(maxsize=4)
def _make_distortion_map(
    height: int, width: int, bend: float
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """Where each pixel of the distorted picture comes from, in OpenCV's fixed point."""
    x, y = np.meshgrid(
        np.arange(width, dtype=np.float32) - (width - 1) / 2,
        np.arange(height, dtype=np.float32) - (height - 1) / 2,
    )
    by = 1 + bend * (x**2 + y**2) / ((width**2 + height**2) / 4)
    whole, rest = cv2.convertMaps(
        (x * by + (width - 1) / 2).astype(np.float32),
        (y * by + (height - 1) / 2).astype(np.float32),
        cv2.CV_16SC2,
    )
    return np.asarray(whole, np.int16), np.asarray(rest, np.uint16)


def make_box_outlines(boxes: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, 4) x1, y1, x2, y2 → (n · 36, 2) points all along their sides."""
    share = np.linspace(0, 1, ALONG)
    x1, y1, x2, y2 = (boxes[:, [k]].astype(np.float64) for k in range(4))
    across, down = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
    sides = [
        (across, y1 + 0 * share),
        (across, y2 + 0 * share),
        (x1 + 0 * share, down),
        (x2 + 0 * share, down),
    ]
    return np.concatenate([np.stack(side, axis=2) for side in sides], axis=1).reshape(-1, 2)


def fit_boxes_around(points: NDArray[np.floating], height: int, width: int) -> NDArray[np.float64]:
    """(n · 36, 2) moved outlines → (n, 4) the boxes around what of each lies in the picture.

    The outline is cut at the picture's edges first: the box round a turned rectangle whose corner
    has left the picture is larger than the box round what is still seen of it. One that has left it
    altogether keeps no area.
    """
    of_each = points.reshape(-1, 4 * ALONG, 2)
    limits = np.array([width, height], np.float64)
    found = np.concatenate([of_each.min(axis=1), of_each.max(axis=1)], axis=1)
    for at, outline in enumerate(of_each):
        top, low, left, right = outline.reshape(4, ALONG, 2)
        seen = np.concatenate([top, right, low[::-1], left[::-1]])
        for axis in (0, 1):
            seen = clip_outline(seen, axis, 0.0, 1)
            seen = clip_outline(seen, axis, float(limits[axis]), -1)
        if len(seen):
            found[at] = [*seen.min(axis=0), *seen.max(axis=0)]
    return np.asarray(np.clip(found, 0, [width, height, width, height]), np.float64)


def clip_outline(
    outline: NDArray[np.floating], axis: int, limit: float, side: int
) -> NDArray[np.float64]:
    """(m, 2) a closed outline → (k, 2) the part of it beyond `limit` along an axis, towards `side`
    (1 or −1).

    Source: Sutherland & Hodgman 1974.
    """
    if not len(outline):
        return np.empty((0, 2), np.float64)
    after = np.roll(outline, -1, axis=0)
    away, away_after = (side * (ends[:, axis] - limit) for ends in (outline, after))
    kept = []
    for point, other, here, there in zip(outline, after, away, away_after, strict=True):
        if here >= 0:
            kept.append(point)
        if (here >= 0) != (there >= 0):
            kept.append(point + (other - point) * here / (here - there))
    return np.array(kept, np.float64).reshape(-1, 2)


class GeometricCorruption(ExportedTransform, A.DualTransform):
    """Geometric corruption: it moves pixels, and with them boxes, points and masks. Boxes are put
    around what was inside their old sides."""

    _targets = (Targets.IMAGE, Targets.MASK, Targets.BBOXES, Targets.KEYPOINTS)

    def move_points(
        self, points: NDArray[np.float64], height: int, width: int, seed: int
    ) -> NDArray[np.float64]:
        """(n, 2) x, y in pixels, whole numbers at the middle of a pixel → where they are shown."""
        return transform_points(points, self.get_matrix(height, width, seed))

    def get_matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        """(3, 3) where pixels go."""
        return np.eye(3)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        """The picture, (H, W, 3) uint8 RGB, moved → the same shape."""
        return warp_image(img, self.get_matrix(img.shape[0], img.shape[1], seed))

    def apply_to_mask(self, mask: NDArray[Any], seed: int = 0, **_: Any) -> NDArray[Any]:
        """The mask, (H, W) class numbers, moved; 0 where the camera did not see."""
        return warp_mask(mask, self.get_matrix(mask.shape[0], mask.shape[1], seed))

    def apply_to_bboxes(self, bboxes: NDArray[Any], seed: int = 0, **params: Any) -> NDArray[Any]:
        """Boxes, (n, 4 + k) x1, y1, x2, y2 as fractions of the sides and whatever else, moved.
        `params` holds the picture's `shape`."""
        height, width = params["shape"][:2]
        sides = np.array([width, height, width, height], np.float64)
        outlines = make_box_outlines(bboxes[:, :4] * sides)
        found = fit_boxes_around(
            self.move_points(outlines - 0.5, height, width, seed) + 0.5, height, width
        )
        return np.column_stack([found / sides, bboxes[:, 4:]])

    def apply_to_keypoints(
        self, keypoints: NDArray[Any], seed: int = 0, **params: Any
    ) -> NDArray[Any]:
        """Keypoints, (n, 2 + k) x, y in pixels and whatever else, moved. `params` holds the
        picture's `shape`."""
        height, width = params["shape"][:2]
        return np.column_stack(
            [self.move_points(keypoints[:, :2], height, width, seed), keypoints[:, 2:]]
        )


class Rotation(GeometricCorruption):
    """The camera is turned by `degrees` about its axis, to either side by chance."""

    def __init__(self, degrees: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.degrees = require_range("degrees", degrees, 0, 180)

    def get_matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        side = 1 if np.random.default_rng(seed).random() < 0.5 else -1
        return make_rotation_matrix(height, width, side * self.degrees)


class Crop(GeometricCorruption):
    """The camera is too near and off the middle: `kept` of both sides is seen, any part of the
    picture by chance."""

    def __init__(self, kept: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.kept = require_range("kept", kept, 0.05, 1)

    def get_matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        return make_crop_matrix(height, width, self.kept, *np.random.default_rng(seed).random(2))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return crop_and_enlarge(img, self.kept, *np.random.default_rng(seed).random(2))


class Perspective(GeometricCorruption):
    """The camera looks from a side: two corners of the picture move inwards by `shift` of its
    sides."""

    def __init__(self, shift: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.shift = require_range("shift", shift, 0, 0.45)

    def get_matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        return make_perspective_matrix(height, width, self.shift, seed)


class Distortion(GeometricCorruption):
    """Another lens: radial distortion of `bend` at the corners, barrel or pincushion by chance."""

    def __init__(self, bend: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.bend = require_range("bend", bend, 0, 0.32)

    def get_signed_bend(self, seed: int) -> float:
        """Above 0 the corners come into the picture, below 0 they leave it."""
        return self.bend if np.random.default_rng(seed).random() < 0.5 else -self.bend

    def move_points(
        self, points: NDArray[np.float64], height: int, width: int, seed: int
    ) -> NDArray[np.float64]:
        return distort_points(points, height, width, self.get_signed_bend(seed))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return distort_image(img, self.get_signed_bend(seed))

    def apply_to_mask(self, mask: NDArray[Any], seed: int = 0, **_: Any) -> NDArray[Any]:
        return distort_mask(mask, self.get_signed_bend(seed))
