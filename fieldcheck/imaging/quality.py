"""Image quality and statistics of a frame: light, contrast, sharpness, noise, the vector of 16
statistics, and features for domain shift; PSNR and SSIM of an image to its original (methods 5.1),
and 64-bit perceptual hashes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import hypot, inf, log, log10, pi, sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fieldcheck.domain.frame import Quality
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.contrast_and_colour import to_luma
from fieldcheck.imaging.thumbnail import (
    THUMBNAIL_QUALITY,
    WORKING_SIDE,
    downscale_image,
    make_look_from_luma,
    make_thumbnail_pixels,
)

# Similarity of images: PSNR and SSIM of a corrupted image to its original (methods 5.1), and 64-bit
# perceptual hashes.

# Fingerprints of 64 bits that near-alike pictures share almost all bits of; the same as ImageHash
# gives for `dhash` and `phash`.

SIDE = 8
DCT_SIDE = 32
SLOW = 4.0  # pixels of 32 over which light changes slowly
LEAST_DETAIL = 1.0  # grey levels in all cells together: less is rounding
# OpenCV's transform is orthonormal, that of the definition is not
FROM_ORTHONORMAL = np.array([sqrt(2)] + [1.0] * (SIDE - 1))


def compute_dhash(y: NDArray[np.uint8]) -> int:
    """(H, W) uint8 luma → 64 bits: whether each of 8 x 8 pixels is darker than its right neighbour.
    Source: Krawetz 2013."""
    small = _resize_lanczos(y, SIDE + 1, SIDE)
    return _pack_bits(small[:, 1:] > small[:, :-1])


def compute_phash(y: NDArray[np.uint8]) -> int:
    """(H, W) uint8 luma → 64 bits: whether each of the 8 x 8 lowest frequencies is above their
    median. Source: Zauner 2010."""
    low = np.asarray(
        cv2.dct(_resize_lanczos(y, DCT_SIDE, DCT_SIDE).astype(np.float64)), np.float64
    )[:SIDE, :SIDE]
    low = low * np.outer(FROM_ORTHONORMAL, FROM_ORTHONORMAL)
    low = low.round(6)  # what is nought but for rounding is nought
    return _pack_bits(low > np.median(low))


def compute_detail_vector(y: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) uint8 luma → (256,) float32 of unit length: 16 x 16 cells of the picture without its
    slow changes of light, zeros where it has no others. Two pictures of one moment correlate in it
    however they were coded; two like ones do not."""
    small = _resize_lanczos(y, DCT_SIDE, DCT_SIDE).astype(np.float32)
    cells = cv2.resize(
        small - cv2.GaussianBlur(small, (0, 0), SLOW),
        (2 * SIDE, 2 * SIDE),
        interpolation=cv2.INTER_AREA,
    ).ravel()
    cells = cells - cells.mean()
    length = float(np.linalg.norm(cells))
    return np.asarray(cells / length if length > LEAST_DETAIL else np.zeros_like(cells), np.float32)


def compute_hamming_distance(a: int, b: int) -> int:
    """In how many bits two fingerprints differ."""
    return (a ^ b).bit_count()


def _resize_lanczos(y: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Pillow's Lanczos, which averages over the whole picture; OpenCV's does not."""
    return np.asarray(
        Image.fromarray(y).resize((width, height), Image.Resampling.LANCZOS), np.uint8
    )


def _pack_bits(flags: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(flags.ravel()).tobytes(), "big")


WINDOW, SIGMA = 11, 1.5
VIEWED = 256
FLOOR_LIGHT, FLOOR_STRUCTURE = np.float32((0.01 * 255) ** 2), np.float32((0.03 * 255) ** 2)


def compute_psnr(rgb: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Decibel between the luma of two (H, W, 3) uint8 RGB pictures of one size; infinite where
    there is no difference."""
    return ReferenceImage(rgb).compare_with(other)[0]


def compute_ssim(rgb: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Structural similarity (SSIM) of the luma of two (H, W, 3) uint8 RGB pictures of one size, 1
    for no difference: Gaussian window of 11 pixels. Source: Wang et al. 2004.

    Large pictures are averaged down by a whole factor first, to about 256 pixels of the shorter
    side, as the authors' own program does.
    """
    return ReferenceImage(rgb).compare_with(other)[1]


class ReferenceImage:
    """A picture that others are compared with: what is known of it is worked out once."""

    def __init__(self, rgb: NDArray[np.uint8]) -> None:
        self._y = to_luma(rgb)
        self._a = _to_viewing_size(self._y)
        self._mean = _filter_local_mean(self._a)
        self._var = _filter_local_mean(self._a * self._a) - self._mean * self._mean

    def compare_with(self, other: NDArray[np.uint8]) -> tuple[float, float]:
        """PSNR in decibel and SSIM of another picture of its size, (H, W, 3) uint8 RGB."""
        y = to_luma(other)
        # a sum of whole numbers, exact in any order
        error = cv2.norm(self._y, y, cv2.NORM_L2SQR) / y.size
        a, b = self._a, _to_viewing_size(y)
        mean = _filter_local_mean(b)
        var, both = (
            _filter_local_mean(b * b) - mean * mean,
            _filter_local_mean(a * b) - self._mean * mean,
        )
        light = (2 * self._mean * mean + FLOOR_LIGHT) / (
            self._mean * self._mean + mean * mean + FLOOR_LIGHT
        )
        structure = (2 * both + FLOOR_STRUCTURE) / (self._var + var + FLOOR_STRUCTURE)
        return inf if error == 0 else 10 * log10(255**2 / error), float(
            np.mean(light * structure, dtype=np.float64)
        )


def _to_viewing_size(y: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = y.shape
    factor = max(1, round(min(height, width) / VIEWED))
    small = (
        y
        if factor == 1
        else cv2.resize(y, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    )
    return np.asarray(small, np.float32)


def _filter_local_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weighted means of the neighbourhood, without those that reach over the border."""
    whole = cv2.GaussianBlur(values, (WINDOW, WINDOW), SIGMA)
    edge = WINDOW // 2
    return np.asarray(
        whole[edge:-edge, edge:-edge] if min(values.shape) > WINDOW else whole, np.float32
    )


# noise and blocks do not survive a resize: they are measured on a central crop at native resolution
CROP = 512
NEAR_BLACK, NEAR_WHITE = 10, 245
STRONGEST_RESPONSE = 8 * 255
NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
LAPLACE_KERNEL = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)
PERIOD, WIDTH = 8, 2  # pixels from stripe to stripe, and of a stripe
# amber stripes rise, blue ones fall: told apart also without colour
ON_WHITE, ON_BLACK = (255, 176, 0), (37, 136, 245)


def measure_quality(rgb: NDArray[np.uint8]) -> Quality:
    """Quality measurements of one frame. `rgb`: (H, W, 3) uint8 RGB."""
    y = to_luma(rgb)
    small = downscale_image(y, WORKING_SIDE)
    return compute_quality(small, compute_level_shares(small), compute_noise_levels(crop_native(y)))


def compute_quality(
    small: NDArray[np.uint8], shares: NDArray[np.float64], noise: NDArray[np.float64]
) -> Quality:
    """Quality measurements from intermediate results.

    Args:
        small: (h, w) uint8 luma at working size.
        shares: (256,) its `compute_level_shares`.
        noise: (2041,) `compute_noise_levels` of the native crop.
    """
    return Quality(
        mean=float(shares @ np.arange(256)),
        contrast=float(find_level_at(shares, 0.99) - find_level_at(shares, 0.01)),
        clipped_low=float(shares[: NEAR_BLACK + 1].sum()),
        clipped_high=float(shares[NEAR_WHITE:].sum()),
        sharpness=log(compute_laplace_variance(small) + 1),
        noise=estimate_noise_sigma(noise),
        backlight=_compute_backlight(small),
    )


def crop_native(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Central crop at native resolution of a picture, (H, W) or (H, W, 3) uint8: a square of at
    most 512 pixels, a view; its corner lies on a multiple of 8, so that coding blocks keep their
    place."""
    height, width = picture.shape[:2]
    top, left = max(0, height - CROP) // 2 // 8 * 8, max(0, width - CROP) // 2 // 8 * 8
    return picture[top : top + CROP, left : left + CROP]


def compute_level_shares(y: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(256,) share of the pixels at each grey level. `y`: (h, w) uint8 luma."""
    return _compute_shares(y, 256)


def find_level_at(shares: NDArray[np.float64], quantile: float) -> int:
    """Quantile of a histogram: the lowest level with at least `quantile` of the pixels at or below
    it. `shares`: (k,) fractions by level."""
    return int(np.searchsorted(np.cumsum(shares), quantile - 1e-12))


def compute_laplace_variance(y: NDArray[np.uint8]) -> float:
    """Variance of the 4-neighbour Laplacian over the pixels that have all neighbours; 0 for a
    picture without any. `y`: (h, w) uint8 luma."""
    if min(y.shape) < 3:
        return 0.0
    _, deviation = cv2.meanStdDev(_filter_inner(y, LAPLACE_KERNEL))
    return float(deviation[0, 0]) ** 2


def compute_noise_levels(y: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(2041,) share of the pixels at each level of |Y * [[1,-2,1],[-2,4,-2],[1,-2,1]]|, which is
    blind to flat and sloping areas.

    `y`: (h, w) uint8 luma. Of the pixels that have all neighbours; nothing but 0 for a picture
    without any. Source: Immerkær 1996.
    """
    if min(y.shape) < 3:
        return np.bincount([0], minlength=STRONGEST_RESPONSE + 1).astype(np.float64)
    return _compute_shares(
        np.abs(_filter_inner(y, NOISE_KERNEL)).astype(np.uint16), STRONGEST_RESPONSE + 1
    )


def estimate_noise_sigma(levels: NDArray[np.float64]) -> float:
    """Standard deviation of the noise in grey levels, from `compute_noise_levels`, (2041,). Source:
    Immerkær 1996, fast noise variance estimation."""
    return sqrt(pi / 2) / 6 * float(levels @ np.arange(len(levels)))


def _compute_shares(levels: NDArray[np.uint8] | NDArray[np.uint16], n: int) -> NDArray[np.float64]:
    counts = np.asarray(cv2.calcHist([levels], [0], None, [n], [0, n]), np.float64).ravel()
    return counts / levels.size


def _filter_inner(y: NDArray[np.uint8], kernel: NDArray[np.float32]) -> NDArray[np.int16]:
    """The filter's response where it does not reach over the border."""
    return np.asarray(cv2.filter2D(y, cv2.CV_16S, kernel), np.int16)[1:-1, 1:-1]


def _compute_backlight(y: NDArray[np.uint8]) -> float:
    """Mean of the border minus mean of the centre, a quarter of each side away from the edge."""
    height, width = y.shape
    centre = y[height // 4 : height - height // 4, width // 4 : width - width // 4]
    rest = y.size - centre.size
    if not centre.size or not rest:
        return 0.0
    inside = cv2.sumElems(centre)[0]
    return float((cv2.sumElems(y)[0] - inside) / rest - inside / centre.size)


def mark_clipping(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → a copy with stripes over clipped white (Y >= 245) and clipped black (Y
    <= 10)."""
    y = to_luma(rgb)
    shown = rgb.copy()
    rising, falling = _make_stripes(*y.shape)
    shown[(y >= NEAR_WHITE) & rising] = ON_WHITE
    shown[(y <= NEAR_BLACK) & falling] = ON_BLACK
    return shown


@lru_cache(maxsize=4)
def _make_stripes(height: int, width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    rows, columns = np.ogrid[:height, :width]
    return (rows + columns) % PERIOD < WIDTH, (columns - rows) % PERIOD < WIDTH


# The vector of image statistics that tells one camera's look from another's (methods 5.4).

NAMES = (
    "mean",
    "contrast",
    "p1",
    "clipped_low",
    "clipped_high",
    "sharpness",
    "noise",
    "flat_noise",
    "direction",
    "blockiness",
    "band_low",
    "band_middle",
    "band_high",
    "a",
    "b",
    "chroma",
)
BANDS = ((0.06, 0.125), (0.125, 0.25), (0.25, 0.5))  # cycles a pixel
BLOCK = 8


def measure_statistics(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) uint8 RGB → (16,) float32 in the order of `NAMES`."""
    y = to_luma(rgb)
    small, crop = downscale_image(y, WORKING_SIDE), crop_native(y)
    shares, noise = compute_level_shares(small), compute_noise_levels(crop)
    return compute_statistics(
        compute_quality(small, shares, noise),
        small,
        shares,
        crop,
        noise,
        make_thumbnail_pixels(rgb),
    )


def compute_statistics(
    quality: Quality,
    small: NDArray[np.uint8],
    shares: NDArray[np.float64],
    crop: NDArray[np.uint8],
    noise: NDArray[np.float64],
    tiny_rgb: NDArray[np.uint8],
) -> NDArray[np.float32]:
    """Image statistics, (16,) float32, from results of the same pass.

    Args:
        quality: the quality measurements.
        small: (h, w) uint8 luma at working size.
        shares: (256,) its `compute_level_shares`.
        crop: (h, w) uint8 luma of the native crop.
        noise: (2041,) its `compute_noise_levels`.
        tiny_rgb: (h, w, 3) uint8 RGB thumbnail for the mean colours, which do not depend on size.
    """
    figures = [
        quality.mean,
        quality.contrast,
        find_level_at(shares, 0.01),
        quality.clipped_low,
        quality.clipped_high,
    ]
    figures += [quality.sharpness, log(quality.noise + 0.1), log(find_level_at(noise, 0.5) + 0.1)]
    figures += [
        compute_direction(small),
        compute_blockiness(crop),
        *compute_band_shares(small),
        *compute_mean_colour(tiny_rgb),
    ]
    return np.array(figures, np.float32)


def compute_direction(y: NDArray[np.uint8]) -> float:
    """Share of the larger eigenvalue of the mean gradient tensor: 0.5 where no direction prevails,
    up to 1 for streaks and motion. `y`: (h, w) uint8 luma."""
    dx, dy = (cv2.Sobel(y, cv2.CV_16S, *order) for order in ((1, 0), (0, 1)))
    # Sums of whole numbers are exact in any order, and 2·xy is what (x + y)² has beyond x² and y².
    xx, yy, both = (cv2.norm(gradient, cv2.NORM_L2SQR) for gradient in (dx, dy, cv2.add(dx, dy)))
    xy = (both - xx - yy) / 2
    if xx + yy == 0:
        return 0.5
    return 0.5 + hypot((xx - yy) / 2, xy) / (xx + yy)


def compute_blockiness(crop: NDArray[np.uint8]) -> float:
    """Blockiness: mean horizontal step across the borders of 8-pixel blocks over the mean of all
    steps, 1 without block coding. `crop`: (h, w) uint8 luma that begins at such a border."""
    if crop.shape[1] <= BLOCK:
        return 1.0
    steps = cv2.reduce(
        cv2.absdiff(crop[:, 1:], crop[:, :-1]), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S
    ).ravel()
    return float(steps[BLOCK - 1 :: BLOCK].mean() / steps.mean()) if steps.any() else 1.0


def compute_band_shares(y: NDArray[np.uint8]) -> tuple[float, float, float]:
    """log10 share of the spectral power in three bands of spatial frequency, low to high, of the
    picture without its mean, faded out at the edges. `y`: (h, w) uint8 luma."""
    # a fifth of a second, paid only by those who measure; numpy's takes three times as long a
    # picture
    from scipy import fft

    window, everything, bands = _make_spectrum_plan(*y.shape)
    spectrum = fft.rfft2((y - np.float32(cv2.mean(y)[0])) * window)
    power = spectrum.real**2 + spectrum.imag**2
    total = _sum_products(everything, power) or 1.0
    low, middle, high = (log10(_sum_products(band, power) / total + 1e-12) for band in bands)
    return low, middle, high


def _sum_products(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Σ a·b in an order of its own. Not `a @ b` and not OpenCV's sums: their last digit depends on
    how many threads are free and on where in memory the arrays lie, and a frame must measure the
    same in every process."""
    return float(np.multiply(a, b, dtype=np.float64).sum())


@lru_cache(maxsize=8)
def _make_spectrum_plan(
    height: int, width: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[NDArray[np.float32], ...]]:
    """For pictures of one size: Hann window, and how often each value of the half spectrum counts,
    in all and in each band."""
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    # for its mirror image, which the half spectrum leaves out
    counted = np.full(radius.shape, 2, np.float32)
    counted[:, 0] = 1
    if width % 2 == 0:
        counted[:, -1] = 1
    return (
        window,
        counted,
        tuple(counted * ((radius >= low) & (radius < high)) for low, high in BANDS),
    )


def compute_mean_colour(rgb: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Mean a*, mean b* and mean chroma in CIELAB units of a picture, (H, W, 3) uint8 RGB."""
    # As a single row: OpenCV shares rows out among as many threads as are free, and where it parts
    # them decides the last digit.
    lab = cv2.cvtColor(rgb.reshape(1, -1, 3).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    a, b = (lab[0, :, channel].astype(np.float64) for channel in (1, 2))
    return float(a.mean()), float(b.mean()), float(np.sqrt(a * a + b * b).mean())


# Everything that one look at a frame gives, sharing the steps: the hot path of an import.


@dataclass(frozen=True, slots=True)
class ImageAnalysis:
    """All results of one pass over a frame. `thumbnail`: JPEG; `look`: (90, 160) uint8 luma;
    `statistics`: (16,) float32; 64-bit perceptual hashes."""

    quality: Quality
    dhash: int
    phash: int
    statistics: NDArray[np.float32]
    thumbnail: bytes
    look: NDArray[np.uint8]


def analyse_image(rgb: NDArray[np.uint8]) -> ImageAnalysis:
    """All measurements of a frame, (H, W, 3) uint8 RGB. The hashes are computed from the stored
    look, so they can be recomputed."""
    y, tiny_rgb = to_luma(rgb), make_thumbnail_pixels(rgb)
    small, crop = downscale_image(y, WORKING_SIDE), crop_native(y)
    shares, noise, luma = (
        compute_level_shares(small),
        compute_noise_levels(crop),
        make_look_from_luma(small),
    )
    quality = compute_quality(small, shares, noise)
    figures = compute_statistics(quality, small, shares, crop, noise, tiny_rgb)
    return ImageAnalysis(
        quality,
        compute_dhash(luma),
        compute_phash(luma),
        figures,
        encode_jpeg(tiny_rgb, THUMBNAIL_QUALITY),
        luma,
    )


# Features of place, spectrum and time of a picture, with its borders and what stands still in it
# masked or not (methods 7b).

Floats = NDArray[np.float64]

MARGIN = 0.125  # of either side of a picture: borders, time stamps and logos stand there
LAYOUT = 12  # cells of the masked picture's layout along each side
GRID = 64  # cells along each side in which what stands still is looked for
# grey levels: a mark changes by less from clip to clip while the rest of the picture changes by
# more
STILL, MOVED = 6.0, 12.0
EDGE = 20.0  # grey levels by which a mark stands out of what surrounds it
MOST_MARKED = 0.10  # of the picture: where more of it stands still, it is the scene
FEWEST = 3  # pictures or clips from which anything can be said to stand still


@dataclass(frozen=True, slots=True, eq=False)
class AspectFeatures:
    """Features of one image: `place` (144,) layout, `spectrum` (9,) frequencies and colours, `time`
    (5,) light."""

    place: Floats
    spectrum: Floats
    time: Floats


def compute_aspect_features(
    rgb: NDArray[np.uint8], masked: bool, marks: NDArray[np.bool_] | None = None
) -> AspectFeatures:
    """Features of a picture, (H, W, 3) uint8 RGB; `masked`: without its outer eighths and with
    `marks`, (64, 64) bool, painted over."""
    seen = crop_borders(_mask_marks(rgb, marks)) if masked else rgb
    statistics = dict(zip(NAMES, measure_statistics(seen).astype(np.float64).tolist(), strict=True))
    contrast = max(statistics["contrast"], 1.0)
    red, green, blue = (float(seen[..., channel].mean()) + 1.0 for channel in range(3))
    spectrum = [
        statistics["sharpness"] - 2 * np.log(contrast),
        statistics["noise"] - np.log(contrast),
        statistics["direction"],
    ]
    spectrum += [statistics[name] for name in ("band_low", "band_middle", "band_high")]
    spectrum += [
        np.log(red / green),
        np.log(blue / green),
        statistics["chroma"] / max(statistics["mean"], 1.0),
    ]
    light = [statistics[name] for name in ("mean", "contrast", "p1", "clipped_low", "clipped_high")]
    return AspectFeatures(compute_layout(seen), np.array(spectrum), np.array(light))


def crop_borders(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle three quarters of either side of a picture, (H, W) or (H, W, 3) uint8, a view."""
    height, width = picture.shape[:2]
    top, left = round(MARGIN * height), round(MARGIN * width)
    return picture[top : height - top, left : width - left]


def compute_layout(rgb: NDArray[np.uint8]) -> Floats:
    """(144,) luma of 12 × 12 cells without its mean and spread, zeros for a picture of one grey.
    `rgb`: (H, W, 3) uint8."""
    cells = (
        cv2.resize(to_luma(rgb), (LAYOUT, LAYOUT), interpolation=cv2.INTER_AREA)
        .astype(np.float64)
        .ravel()
    )
    cells -= cells.mean()
    spread = float(cells.std())
    return cells / spread if spread > 1.0 else np.zeros_like(cells)


def make_grid(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(64, 64) uint8 luma of a picture, (H, W, 3) uint8 RGB, for `find_static_marks`."""
    return np.asarray(
        cv2.resize(to_luma(rgb), (GRID, GRID), interpolation=cv2.INTER_AREA), np.uint8
    )


def find_static_marks(grids: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(64, 64) bool: cells of a logo, cross-hair or caption, which stand out and keep their grey
    level while the image changes.

    `grids`: (k, 64, 64) uint8, one per clip (the median of its frames) or per image. Nothing is
    marked with fewer than three grids, where the images hardly change, or where more than a tenth
    is static: that is a fixed camera's scene."""
    none = np.zeros((GRID, GRID), dtype=bool)
    if len(grids) < FEWEST:
        return none
    low, middle, high = np.percentile(grids.astype(np.float64), [10, 50, 90], axis=0)
    changes = high - low
    if float(np.median(changes)) < MOVED:
        return none
    stands_out = np.abs(middle - cv2.medianBlur(middle.astype(np.float32), 5)) > EDGE
    marks = (changes < STILL) & stands_out
    wide = np.asarray(cv2.dilate(marks.astype(np.uint8), np.ones((3, 3), np.uint8)), bool)
    return none if wide.mean() > MOST_MARKED else wide


def _mask_marks(rgb: NDArray[np.uint8], marks: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    """A picture whose marked cells have its median colour."""
    if marks is None or not marks.any():
        return rgb
    height, width = rgb.shape[:2]
    where = np.asarray(
        cv2.resize(marks.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST), bool
    )
    return np.where(where[..., None], np.median(rgb, axis=(0, 1)).astype(np.uint8), rgb)
