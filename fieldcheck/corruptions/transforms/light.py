"""LIGHT: too little, too much, of another colour, or in the wrong place."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.noise import add_gaussian_noise
from fieldcheck.corruptions.transforms.pixels import (
    Picture,
    get_layer_size,
    make_cloud_noise,
    make_grey_levels,
    overlay_layers,
    to_bytes,
)
from fieldcheck.corruptions.transforms.transform import (
    PixelCorruption,
    ShareCorruption,
    apply_lut,
    require_range,
)

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
    for distance, colour in zip(GHOSTS, rng.uniform(0.6, 1.0, (len(GHOSTS), 3)), strict=True):
        ghost, centre = np.zeros_like(add), lamp + (middle - lamp) * (1 + distance)
        ghost_centre, radius = (
            (round(float(centre[0])), round(float(centre[1]))),
            round(unit * rng.uniform(8, 30)),
        )
        cv2.circle(ghost, ghost_centre, radius, (70 * colour).tolist(), cv2.FILLED, cv2.LINE_AA)
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
