"""Our own albumentations transforms, for what the library has not, has too slowly or cannot be told in physical units.

Here is what sensor, lens, light and coding do; weather, dirt, covers and geometry stand in `transforms_scene`. With their formulas they
go along with an exported training recipe as one file `fieldcheck_transforms.py`, and every class reports that path. Pictures are
(H, W, 3) uint8 RGB. Lengths are pixels of a picture whose shorter side has 192, and are scaled with it.
"""

from __future__ import annotations

from typing import Any

import albumentations as A
import cv2
import numpy as np
from albucore import sz_lut
from numpy.typing import NDArray

from fieldcheck.corruption.blur import spread, streaked, through_glass, zoomed
from fieldcheck.corruption.coding import coarsened, jpeg_blocks, jpeg_coded, lines_lost, macroblocks
from fieldcheck.corruption.light import cast, curve, flare, flickered, glare, mixed, shadowed, toward_mean
from fieldcheck.corruption.noise import amplified, banded, gained, photons_counted
from fieldcheck.corruption.pixels import REFERENCE_SIDE, Picture, bytes_of, grey_levels, scale_of

MODULE = "fieldcheck_transforms"


class Damage(A.ImageOnlyTransform):
    """What changes pixels and moves none: boxes, points and masks stay as they are. Chance is one seed a picture."""

    __module__ = MODULE

    def get_params(self) -> dict[str, Any]:
        return {"seed": int(self.random_generator.integers(2**32))}


class PixelNoise(Damage):
    """Gaussian noise of `sigma` grey levels, independent in every channel; `native` for noise without grain, as a camera's file has it."""

    __module__ = MODULE

    def __init__(self, sigma: float, native: bool = False, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sigma = checked("sigma", sigma, 0, 255)
        self.native = bool(native)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return amplified(img, 1.0, self.sigma, seed, self.native)


class PhotonNoise(Damage):
    """Poisson noise of a sensor whose white is `photons` photons."""

    __module__ = MODULE

    def __init__(self, photons: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.photons = checked("photons", photons, 1, 1000000000.0)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return photons_counted(img, self.photons, seed)


class GainNoise(Damage):
    """A sensor at high gain whose white is `photons` photons: noise in brightness and, coarser, in colour."""

    __module__ = MODULE

    def __init__(self, photons: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.photons = checked("photons", photons, 1, 1000000000.0)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return gained(img, self.photons, seed)


class Banding(Damage):
    """Rows read out darker or brighter by about `levels` grey levels."""

    __module__ = MODULE

    def __init__(self, levels: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.levels = checked("levels", levels, 0, 255)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return banded(img, self.levels, seed)


class Defocus(Damage):
    """A lens out of focus: Gaussian blur of `sigma` pixels."""

    __module__ = MODULE

    def __init__(self, sigma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sigma = checked("sigma", sigma, 0, REFERENCE_SIDE)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return spread(img, self.sigma * scale_of(img))


class Motion(Damage):
    """Movement while the shutter is open: a straight streak of `length` pixels at a random angle."""

    __module__ = MODULE

    def __init__(self, length: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.length = checked("length", length, 1, REFERENCE_SIDE)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return streaked(img, 1 + (self.length - 1) * scale_of(img), float(np.random.default_rng(seed).uniform(0, np.pi)))


class ZoomBlur(Damage):
    """The lens zooms from 1 to `zoom` while the shutter is open."""

    __module__ = MODULE

    def __init__(self, zoom: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.zoom = checked("zoom", zoom, 1, 3)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return zoomed(img, self.zoom, seed)


class GlassBlur(Damage):
    """Rough glass before the lens: points are seen up to `away` pixels beside their place."""

    __module__ = MODULE

    def __init__(self, away: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.away = checked("away", away, 0, 40)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return through_glass(img, self.away, seed)


class Exposure(Damage):
    """More or less light: every pixel times `gain`, then `read_noise` grey levels of Gaussian noise, clipped."""

    __module__ = MODULE

    def __init__(self, gain: float, read_noise: float = 0.0, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.gain = checked("gain", gain, 0, 255)
        self.read_noise = checked("read_noise", read_noise, 0, 255)
        self._table = bytes_of(grey_levels() * self.gain)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        if self.read_noise:
            return amplified(img, self.gain, self.read_noise, seed, each_pixel=False)
        return tabled(img, self._table)


class Contrast(Damage):
    """Every pixel drawn to the picture's mean luma, its distance times `factor`."""

    __module__ = MODULE

    def __init__(self, factor: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.factor = checked("factor", factor, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return tabled(img, bytes_of(toward_mean(self.factor, img)))


class Gamma(Damage):
    """Another tone curve: levels from 0 to 1 to the power of `exponent`; above 1 shadows sink."""

    __module__ = MODULE

    def __init__(self, exponent: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.exponent = checked("exponent", exponent, 0.1, 10)
        self._table = bytes_of(curve(self.exponent))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return tabled(img, self._table)


class ColourCast(Damage):
    """Light that is `mired` warmer or colder, by chance."""

    __module__ = MODULE

    def __init__(self, mired: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.mired = checked("mired", mired, 0, 500)
        self._tables = bytes_of(cast(self.mired)), bytes_of(cast(-self.mired))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return tabled(img, self._tables[0 if np.random.default_rng(seed).random() < 0.5 else 1])


class Spectrum(Damage):
    """Another sensor's colour filters, `share` of the way to ones that see more of each other's light."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return mixed(img, self.share)


class Glare(Damage):
    """A bright reflection with its halo, `strength` times white at its middle."""

    __module__ = MODULE

    def __init__(self, strength: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.strength = checked("strength", strength, 0, 5)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return glare(img, self.strength, seed)


class Flare(Damage):
    """A lamp beside the picture: veil, streaks and ghosts, `strength` times what a common lens shows."""

    __module__ = MODULE

    def __init__(self, strength: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.strength = checked("strength", strength, 0, 5)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return flare(img, self.strength, seed)


class Flicker(Damage):
    """Mains lamps under a rolling shutter: `depth` of the light gone in the darkest rows."""

    __module__ = MODULE

    def __init__(self, depth: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.depth = checked("depth", depth, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return flickered(img, self.depth, seed)


class Shadow(Damage):
    """Something stands in the light: `depth` of it is missing in two fifths of the picture."""

    __module__ = MODULE

    def __init__(self, depth: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.depth = checked("depth", depth, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return shadowed(img, self.depth, seed)


class Jpeg(Damage):
    """JPEG coding at `quality` 1 to 100, rounded; `native` for blocks as small as a file of this size has them."""

    __module__ = MODULE

    def __init__(self, quality: float, native: bool = False, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.quality = checked("quality", quality, 1, 100)
        self.native = bool(native)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return jpeg_coded(img, self.quality) if self.native else jpeg_blocks(img, self.quality)


class Downscale(Damage):
    """Fewer pixels: `scale` of those of the reference size along each side. One pixel is left of any side."""

    __module__ = MODULE

    def __init__(self, scale: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.scale = checked("scale", scale, 0.001, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return coarsened(img, self.scale)


class LowBitrate(Damage):
    """Video with too few bits: `quality` 1 to 100 of its blocks, `chroma` of its colour pixels along each side."""

    __module__ = MODULE

    def __init__(self, quality: float, chroma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.quality = checked("quality", quality, 1, 100)
        self.chroma = checked("chroma", chroma, 0.001, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return macroblocks(img, self.quality, self.chroma)


class LostLines(Damage):
    """`share` of the strips that a picture is sent in did not arrive; the one above stands in their place."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return lines_lost(img, self.share, seed)


def checked(name: str, value: float, low: float, high: float) -> float:
    """The value as a float. Raises ValueError with the value where it lies outside."""
    if not low <= value <= high:
        raise ValueError(f"{name} lies between {low} and {high}, not at {value}")
    return float(value)


def tabled(img: Picture, table: NDArray[np.uint8]) -> Picture:
    """Every grey level replaced by another, `table` (256,) for all channels or (256, 3): the library's own way takes a tenth of the
    time of OpenCV's, and a quarter where the channels are parted for it."""
    if table.ndim == 1:
        return np.asarray(sz_lut(np.ascontiguousarray(img), table, False), np.uint8)
    planes = [sz_lut(np.asarray(plane, np.uint8), np.ascontiguousarray(table[:, at])) for at, plane in enumerate(cv2.split(img))]
    return np.asarray(cv2.merge(planes), np.uint8)
