"""Our own albumentations transforms, for what the library has not, has too slowly or cannot be told in physical units.

The file stands alone: it goes with an exported training recipe as `fieldcheck_transforms.py`, and every class reports that path.
Pictures are (H, W, 3) uint8 RGB. Lengths are pixels of a picture whose shorter side has 192, and are scaled with it.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist
from typing import Any

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray

MODULE = "fieldcheck_transforms"
REFERENCE_SIDE = 192
BANK = 4_194_301  # a prime: noise that comes round again does not line up with the rows
QUANTILES = 4096
FRACTION = 4  # bits of a pixel
MANY_PHOTONS = 1000
SHARP = 3.0  # pixels of blur above which a smaller picture holds all that is left
WAVELENGTHS = (600e-9, 550e-9, 450e-9)  # metres, of red, green and blue
SECOND_RADIATION_CONSTANT = 1.4388e-2  # m·K
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of linear red, green and blue. Source: ITU-R BT.709

Picture = NDArray[np.uint8]


class PixelNoise(A.ImageOnlyTransform):
    """Gaussian noise of `sigma` grey levels, independent in every pixel and channel."""

    __module__ = MODULE

    def __init__(self, sigma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sigma = _checked("sigma", sigma, 0, 255)

    def get_params(self) -> dict[str, Any]:
        return {"start": int(self.random_generator.integers(BANK))}

    def apply(self, img: Picture, start: int = 0, **_: Any) -> Picture:
        return _amplified(img, 1.0, self.sigma, start)


class PhotonNoise(A.ImageOnlyTransform):
    """Poisson noise of a sensor whose white is `photons` photons, independent in every pixel and channel."""

    __module__ = MODULE

    def __init__(self, photons: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.photons = _checked("photons", photons, 1, 1e9)

    def get_params(self) -> dict[str, Any]:
        return {"start": int(self.random_generator.integers(BANK))}

    def apply(self, img: Picture, start: int = 0, **_: Any) -> Picture:
        drawn = _stretch(_uniform_bank(), img.size, start).reshape(img.shape)
        index = np.add(np.multiply(img, QUANTILES, dtype=np.int32), drawn)
        return np.asarray(np.take(_photon_table(self.photons), index, mode="clip"), np.uint8)


class Defocus(A.ImageOnlyTransform):
    """A lens out of focus: Gaussian blur of `sigma` pixels."""

    __module__ = MODULE

    def __init__(self, sigma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sigma = _checked("sigma", sigma, 0, REFERENCE_SIDE)

    def apply(self, img: Picture, **_: Any) -> Picture:
        sigma = self.sigma * _scale(img)
        factor = max(1, int(sigma / SHARP))
        if factor == 1:
            return np.asarray(cv2.GaussianBlur(img, (0, 0), sigma), np.uint8) if sigma else img.copy()
        height, width = img.shape[:2]
        small = cv2.resize(img, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA)
        # Averaging boxes of `factor` and drawing straight lines between them blur by themselves.
        rest = np.sqrt(sigma**2 - factor**2 / 12 - factor**2 / 6) / factor
        return np.asarray(cv2.resize(cv2.GaussianBlur(small, (0, 0), rest), (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


class Motion(A.ImageOnlyTransform):
    """Movement while the shutter is open: a straight streak of `length` pixels at a random angle."""

    __module__ = MODULE

    def __init__(self, length: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.length = _checked("length", length, 1, REFERENCE_SIDE)

    def get_params(self) -> dict[str, Any]:
        return {"angle": float(self.random_generator.uniform(0, np.pi))}

    def apply(self, img: Picture, angle: float = 0.0, **_: Any) -> Picture:
        return np.asarray(cv2.filter2D(img, -1, _streak(1 + (self.length - 1) * _scale(img), angle)), np.uint8)


class Exposure(A.ImageOnlyTransform):
    """More or less light: every pixel times `gain`, then `read_noise` grey levels of Gaussian noise, clipped."""

    __module__ = MODULE

    def __init__(self, gain: float, read_noise: float = 0.0, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.gain = _checked("gain", gain, 0, 255)
        self.read_noise = _checked("read_noise", read_noise, 0, 255)

    def get_params(self) -> dict[str, Any]:
        return {"start": int(self.random_generator.integers(BANK))}

    def apply(self, img: Picture, start: int = 0, **_: Any) -> Picture:
        if self.read_noise:
            return _amplified(img, self.gain, self.read_noise, start)
        return _looked_up(img, _levels() * self.gain)


class Contrast(A.ImageOnlyTransform):
    """Every pixel drawn to the picture's mean luma, its distance times `factor`."""

    __module__ = MODULE

    def __init__(self, factor: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.factor = _checked("factor", factor, 0, 1)

    def apply(self, img: Picture, **_: Any) -> Picture:
        mean = float(np.mean(cv2.cvtColor(img, cv2.COLOR_RGB2GRAY)))
        return _looked_up(img, mean + (_levels() - mean) * self.factor)


class Haze(A.ImageOnlyTransform):
    """Even haze: `transmission` of the light arrives, the rest is replaced by `airlight` grey levels."""

    __module__ = MODULE

    def __init__(self, transmission: float, airlight: float = 217.0, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.transmission = _checked("transmission", transmission, 0, 1)
        self.airlight = _checked("airlight", airlight, 0, 255)

    def apply(self, img: Picture, **_: Any) -> Picture:
        return _looked_up(img, _levels() * self.transmission + self.airlight * (1 - self.transmission))


class ColourCast(A.ImageOnlyTransform):
    """Light that is `mired` warmer or colder, by chance; white keeps its luminance. Source: Wien's law, sRGB as IEC 61966-2-1."""

    __module__ = MODULE

    def __init__(self, mired: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.mired = _checked("mired", mired, 0, 500)

    def get_params(self) -> dict[str, Any]:
        return {"sign": int(self.random_generator.integers(2)) * 2 - 1}

    def apply(self, img: Picture, sign: int = 1, **_: Any) -> Picture:
        gains = np.exp(-SECOND_RADIATION_CONSTANT * sign * self.mired * 1e-6 / np.array(WAVELENGTHS))
        linear = _linear(_levels() / 255)[:, None] * gains / (gains @ np.array(LUMINANCE))
        return _looked_up(img, 255 * _encoded(np.minimum(linear, 1)))


class Jpeg(A.ImageOnlyTransform):
    """JPEG coding at `quality` 1 to 100, rounded. The library's own takes red for blue, and so coarsens the wrong colours."""

    __module__ = MODULE

    def __init__(self, quality: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.quality = _checked("quality", quality, 1, 100)

    def apply(self, img: Picture, **_: Any) -> Picture:
        bgr = cv2.cvtColor(img, cv2.COLOR_RGB2BGR)
        _done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, round(self.quality)])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


class Downscale(A.ImageOnlyTransform):
    """Fewer pixels: both sides to their `scale` by averaging, and back by straight lines. One pixel is left of any side."""

    __module__ = MODULE

    def __init__(self, scale: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.scale = _checked("scale", scale, 0.001, 1)

    def apply(self, img: Picture, **_: Any) -> Picture:
        height, width = img.shape[:2]
        size = (max(1, round(width * self.scale)), max(1, round(height * self.scale)))
        small = cv2.resize(img, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


class Occlusion(A.ImageOnlyTransform):
    """Something in front of the lens: one opaque ellipse over `share` of the picture, its place, form and grey level by chance."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = _checked("share", share, 0, 0.5)

    def get_params(self) -> dict[str, Any]:
        across, down = self.random_generator.uniform(0, 1, 2)
        stretch = float(np.exp(self.random_generator.uniform(-0.2, 0.2)))
        return {"across": across, "down": down, "stretch": stretch, "level": int(self.random_generator.integers(256))}

    def apply(self, img: Picture, across: float = 0.5, down: float = 0.5, stretch: float = 1.0, level: int = 0, **_: Any) -> Picture:
        height, width = img.shape[:2]
        root = (self.share / np.pi) ** 0.5
        half_width, half_height = width * root * stretch, height * root / stretch
        centre = (half_width + across * (width - 2 * half_width) - 0.5, half_height + down * (height - 2 * half_height) - 0.5)
        # OpenCV's ellipse covers half a pixel more on every side than its half axes say.
        axes = (max(0.0, half_width - 0.5), max(0.0, half_height - 0.5))
        return np.asarray(
            cv2.ellipse(img.copy(), _fixed(centre), _fixed(axes), 0, 0, 360, (level,) * 3, cv2.FILLED, shift=FRACTION), np.uint8
        )


def _checked(name: str, value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise ValueError(f"{name} lies between {low} and {high}, not at {value}")
    return float(value)


def _scale(img: Picture) -> float:
    """How many pixels a pixel of the reference size is."""
    return float(min(img.shape[:2]) / REFERENCE_SIDE)


def _fixed(pair: tuple[float, float]) -> tuple[int, int]:
    """Pixels as OpenCV's drawing wants them: whole numbers of their `FRACTION`."""
    return round(pair[0] * 2**FRACTION), round(pair[1] * 2**FRACTION)


def _levels() -> NDArray[np.float64]:
    return np.arange(256, dtype=np.float64)


def _looked_up(img: Picture, levels: NDArray[np.float64]) -> Picture:
    """Every grey level replaced by another: `levels` is (256,) for all channels or (256, 3)."""
    table = np.clip(np.rint(levels), 0, 255).astype(np.uint8).reshape(256, 1, -1)
    return np.asarray(cv2.LUT(img, table), np.uint8)


def _amplified(img: Picture, gain: float, sigma: float, start: int) -> Picture:
    """The picture times `gain` plus noise of `sigma` grey levels, clipped."""
    noise = _stretch(_normal_bank(), img.size, start).reshape(img.shape)
    return np.asarray(cv2.addWeighted(img, gain, noise, sigma, 0, dtype=cv2.CV_8U), np.uint8)


def _stretch(bank: NDArray[Any], size: int, start: int) -> NDArray[Any]:
    """`size` values of a bank from `start` on, round and round."""
    if start + size <= len(bank):
        return bank[start : start + size]
    return np.resize(np.concatenate([bank[start:], bank[:start]]), size)


@lru_cache(maxsize=1)
def _normal_bank() -> NDArray[np.float32]:
    """Noise is drawn once and begun elsewhere for every picture: drawing it anew takes five times as long."""
    bank = np.random.default_rng(1).standard_normal(BANK, dtype=np.float32)
    bank.flags.writeable = False
    return bank


@lru_cache(maxsize=1)
def _uniform_bank() -> NDArray[np.uint16]:
    bank = np.random.default_rng(2).integers(QUANTILES, size=BANK, dtype=np.uint16)
    bank.flags.writeable = False
    return bank


@lru_cache(maxsize=8)
def _photon_table(photons: float) -> Picture:
    """(256 · 4096,) the grey level that each quantile of the Poisson distribution of each grey level stands for."""
    expected, quantiles = _levels() / 255 * photons, (np.arange(QUANTILES) + 0.5) / QUANTILES
    if photons > MANY_PHOTONS:  # there is no telling it from a normal distribution
        normal = np.array([NormalDist().inv_cdf(quantile) for quantile in quantiles])
        counts = expected[:, None] + np.sqrt(expected)[:, None] * normal
    else:
        counts = np.stack([_poisson_quantiles(mean, quantiles) for mean in expected])
    return np.asarray(np.clip(np.rint(counts / photons * 255), 0, 255), np.uint8).ravel()


def _poisson_quantiles(mean: float, quantiles: NDArray[np.float64]) -> NDArray[np.intp]:
    if mean == 0:
        return np.zeros(len(quantiles), np.intp)
    counts = np.arange(int(mean + 6 * np.sqrt(mean)) + 10, dtype=np.float64)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(counts[1:]))])
    return np.searchsorted(np.cumsum(np.exp(counts * np.log(mean) - mean - log_factorial)), quantiles)


def _streak(length: float, angle: float) -> NDArray[np.float32]:
    """A line of `length` pixels through the middle of a square kernel, its points shared out among the four pixels around each."""
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


def _linear(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
