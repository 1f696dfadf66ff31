"""Changes of an image before the model: light, contrast, sharpness, colour order, greyscale, crops,
and resizing by the training kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fieldcheck.i18n.language import Msgid, msgid

# Between orders of colours, and to grey.


def to_luma(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → (H, W) uint8 luma, 0.299 R + 0.587 G + 0.114 B. Source: ITU-R
    BT.601."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def to_rgb_from_bgr(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR, as OpenCV uses it → RGB."""
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def to_bgr(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → BGR, as OpenCV uses it."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)


def split_planes(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """(H, W, 3) uint8 → its three planes, contiguous (H, W) uint8 each."""
    return tuple(np.asarray(plane, np.uint8) for plane in cv2.split(rgb))


# Other sizes of a picture, by the very kernels that models were trained with.

OPENCV = {
    "nearest": cv2.INTER_NEAREST,
    "linear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
    "cubic": cv2.INTER_CUBIC,
}
PILLOW = {"pil_bilinear": Image.Resampling.BILINEAR, "pil_bicubic": Image.Resampling.BICUBIC}

# times as large as wanted; from a bit below two, where what is left is hardly enlarged again
HALVE_FROM = 1.75


def resize(
    rgb: NDArray[np.uint8], height: int, width: int, interpolation: str
) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 → (height, width, 3) uint8; the same array where the size is equal.

    `nearest`, `linear`, `area` and `cubic` are OpenCV's, with a fixed kernel size; `pil_bilinear`
    and `pil_bicubic` are Pillow's, whose kernel widens with the ratio and so does not alias."""
    if rgb.shape[:2] == (height, width):
        return rgb
    if interpolation in PILLOW:
        return np.asarray(Image.fromarray(rgb).resize((width, height), PILLOW[interpolation]))
    return np.asarray(
        cv2.resize(rgb, (width, height), interpolation=OPENCV[interpolation]), np.uint8
    )


def compute_resize_matrix(side: int, new_side: int, interpolation: str) -> NDArray[np.float64]:
    """(m, n) weights by which `resize` makes each of m = `new_side` pixels of one axis from its n =
    `side`, before it rounds to whole grey levels: the kernel's answer to ones on the diagonal."""
    identity = np.eye(side, dtype=np.float32)
    weights: object = (
        Image.fromarray(identity).resize((side, new_side), PILLOW[interpolation])
        if interpolation in PILLOW
        else cv2.resize(identity, (side, new_side), interpolation=OPENCV[interpolation])
    )
    return np.asarray(weights, np.float64).reshape(new_side, side)


def resize_for_display(rgb: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Fast resize for display only, never for a model: (H, W, 3) uint8 → (height, width, 3) uint8.

    Halves by the mean of four pixels until nearly there, then linear: fine stripes turn grey
    instead of aliasing, in a twentieth of the time of `area`. An odd last row or column is dropped.
    """
    while min(rgb.shape[0] / height, rgb.shape[1] / width) >= HALVE_FROM:
        rows, columns = rgb.shape[0] // 2, rgb.shape[1] // 2
        rgb = resize(rgb[: 2 * rows, : 2 * columns], rows, columns, "area")
    return resize(rgb, height, width, "linear")


def crop_centre(rgb: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Centre crop: the central `share` of both sides, (H, W, 3) → (h, w, 3), a view. The same
    margin goes on both ends, rounded down to whole pixels.

    Source: TensorFlow's `central_crop`.
    """
    height, width = rgb.shape[:2]
    top, left = int((height - height * share) / 2), int((width - width * share) / 2)
    return rgb[top : height - top, left : width - left]


Picture = NDArray[np.uint8]  # (H, W, 3) uint8 RGB

CLIP_LIMIT, TILES = 2.0, (8, 8)
UNSHARP_SIGMA, UNSHARP_AMOUNT = 1.5, 1.0  # pixels; share of the difference from the blurred picture
DARKEST, BRIGHTEST = 1, 99  # percentiles of luma
MIDDLE_GREY = 128
BILATERAL_SIDE, BILATERAL_COLOUR, BILATERAL_SPACE = 5, 25.0, 2.0  # pixels, grey levels, pixels
FLICKER_ROWS = 0.25  # share of the rows over which the light of a scene varies; bands are narrower
# share of the shorter side that one patch of the dark channel is wide; of the haze what is removed,
# since a scene without any looks unreal; least share of the light that came through; of the filter
HAZE_PATCH, HAZE_REMOVED, LEAST_THROUGH, GUIDE_SMOOTH = 1 / 30, 0.95, 0.1, 1e-3
HAZE_LIGHT = 1000  # of so many pixels the one with most haze tells its colour
# the haze of a picture whose shorter side has so many pixels is measured on one so many times
# smaller: a patch is four pixels wide there
HAZE_SHRINK, HAZE_LARGE = 4, 480
MIRROR = "mirror"


@dataclass(frozen=True, slots=True)
class ImageChange:
    """One preprocessing change. Two of the same `kind` are not combined; `change` maps (H, W, 3)
    uint8 RGB to an image of the same size."""

    kind: str
    name_text: Msgid
    change: Callable[[Picture], Picture]


def apply_gamma(rgb: Picture, exponent: float) -> Picture:
    """Power law on each channel of (H, W, 3) uint8 RGB: below 1 brighter, above 1 darker."""
    return _apply_lookup_table(rgb, 255 * (np.arange(256) / 255) ** exponent)


def apply_exposure(rgb: Picture, factor: float) -> Picture:
    """Exposure of (H, W, 3) uint8 RGB times `factor`, clipped at white."""
    return _apply_lookup_table(rgb, np.arange(256) * factor)


def apply_contrast(rgb: Picture, factor: float) -> Picture:
    """Distance of each value of (H, W, 3) uint8 RGB from middle grey times `factor`."""
    return _apply_lookup_table(rgb, (np.arange(256) - MIDDLE_GREY) * factor + MIDDLE_GREY)


def apply_clahe(rgb: Picture) -> Picture:
    """Contrast-limited adaptive histogram equalisation of the luma of (H, W, 3) uint8 RGB; colours
    stay. Source: Zuiderveld 1994."""
    apart = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)
    apart[..., 0] = cv2.createCLAHE(CLIP_LIMIT, TILES).apply(np.ascontiguousarray(apart[..., 0]))
    return np.asarray(cv2.cvtColor(apart, cv2.COLOR_YCrCb2RGB), np.uint8)


def balance_grey_world(rgb: Picture) -> Picture:
    """White balance of (H, W, 3) uint8 RGB by which the three channels have the same mean. Source:
    Buchsbaum 1980."""
    means = np.array(cv2.mean(rgb)[:3])
    gains = means.mean() / np.where(means > 0, means, 1.0)
    return _apply_lookup_table(rgb, np.arange(256)[:, None] * gains)


def filter_median(rgb: Picture) -> Picture:
    """Median of 3 × 3 pixels in each channel of (H, W, 3) uint8 RGB: removes single wrong pixels
    and grain."""
    return np.asarray(cv2.medianBlur(rgb, 3), np.uint8)


def filter_bilateral(rgb: Picture) -> Picture:
    """Bilateral filter of (H, W, 3) uint8 RGB: smooths grain and keeps edges. Source: Tomasi and
    Manduchi 1998."""
    return np.asarray(
        cv2.bilateralFilter(rgb, BILATERAL_SIDE, BILATERAL_COLOUR, BILATERAL_SPACE), np.uint8
    )


def remove_flicker(rgb: Picture) -> Picture:
    """Removes the bands of lamps that flicker from (H, W, 3) uint8 RGB: every row gets the mean
    light of the rows around it. A rolling shutter exposes rows one after the other."""
    light = to_luma(rgb).mean(axis=1)
    reach = max(1.0, FLICKER_ROWS * light.size / 2)
    smooth = cv2.GaussianBlur(light[:, None], (1, 0), 1.0, sigmaY=reach).ravel()
    gains = np.divide(smooth, light, out=np.ones_like(light), where=light > 0)
    return np.asarray(np.clip(np.rint(rgb * gains[:, None, None]), 0, 255), np.uint8)


def mirror_image(rgb: Picture) -> Picture:
    """(H, W, 3) uint8 RGB with left and right exchanged."""
    return np.ascontiguousarray(rgb[:, ::-1])


def apply_unsharp_mask(rgb: Picture) -> Picture:
    """Unsharp mask of (H, W, 3) uint8 RGB: its difference from a blurred copy is added once."""
    blurred = cv2.GaussianBlur(rgb, (0, 0), UNSHARP_SIGMA)
    return np.asarray(
        cv2.addWeighted(rgb, 1 + UNSHARP_AMOUNT, blurred, -UNSHARP_AMOUNT, 0), np.uint8
    )


def expand_contrast(rgb: Picture) -> Picture:
    """Contrast stretch of (H, W, 3) uint8 RGB: the 1st to 99th percentile of luma over the whole
    range; a flat picture stays as it is."""
    counts = np.cumsum(cv2.calcHist([to_luma(rgb)], [0], None, [256], [0, 256]).astype(np.int64))
    low, high = (
        int(np.searchsorted(counts, counts[-1] * share / 100)) for share in (DARKEST, BRIGHTEST)
    )
    return (
        _apply_lookup_table(rgb, (np.arange(256) - low) * (255 / (high - low)))
        if high > low
        else rgb
    )


def remove_haze(rgb: Picture, shrink: int = HAZE_SHRINK) -> Picture:
    """Removes haze, mist and veiling glare from (H, W, 3) uint8 RGB by its dark channel: somewhere
    in each patch one colour is dark, and what is bright there is haze. The haze of a large picture
    is measured on one that is `shrink` times smaller. Source: He, Sun and Tang 2009, with the fast
    guided filter of He and Sun 2015."""
    height, width = rgb.shape[:2]
    shrink = shrink if min(height, width) >= HAZE_LARGE else 1
    small = resize(rgb, height // shrink, width // shrink, "area")
    side = max(3, round(HAZE_PATCH * min(small.shape[:2])) | 1)
    patch = np.ones((side, side), np.uint8)
    dark = cv2.erode(small.min(axis=2), patch)
    n = max(1, dark.size // HAZE_LIGHT)
    hazy = np.argpartition(dark, dark.size - n, axis=None)[-n:]
    light = np.maximum(small.reshape(-1, 3)[hazy].mean(axis=0), 1.0)
    relative = _apply_lookup_table(small, np.arange(256)[:, None] * (255 / light))
    veil = np.asarray(cv2.erode(relative.min(axis=2), patch), np.float32) * np.float32(1 / 255)
    slope, base = (
        cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR)
        for values in _fit_guide(
            np.float32(1) - np.float32(HAZE_REMOVED) * veil, to_luma(small), 4 * side + 1
        )
    )
    through = slope * (to_luma(rgb) * np.float32(1 / 255)) + base
    np.maximum(through, LEAST_THROUGH, out=through)
    planes = [
        (plane - np.float32(level)) / through + np.float32(level)
        for plane, level in zip(split_planes(rgb), light, strict=True)
    ]
    return np.asarray(cv2.merge([_round_levels(plane) for plane in planes]), np.uint8)


def _round_levels(plane: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W) values as grey levels, rounded and clipped."""
    return np.asarray(cv2.convertScaleAbs(np.maximum(plane, 0, out=plane)), np.uint8)


def _fit_guide(
    values: NDArray[np.float32], guide: NDArray[np.uint8], side: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slope and base, (H, W) each, by which the (H, W) guide of 0 to 1 gives the values smoothed
    over `side` pixels but for its edges."""
    grey = guide.astype(np.float32) / 255
    mean_grey, mean = (cv2.blur(plane, (side, side)) for plane in (grey, values))
    spread = cv2.blur(grey * grey, (side, side)) - mean_grey * mean_grey
    slope = cv2.blur(grey * values, (side, side)) - mean_grey * mean
    slope /= spread + GUIDE_SMOOTH
    base = mean - slope * mean_grey
    smooth_slope, smooth_base = (cv2.blur(plane, (side, side)) for plane in (slope, base))
    return np.asarray(smooth_slope, np.float32), np.asarray(smooth_base, np.float32)


CHANGES: Mapping[str, ImageChange] = MappingProxyType(
    {
        "gamma_0.67": ImageChange(
            "gamma", msgid("brighter (gamma 0.67)"), partial(apply_gamma, exponent=0.67)
        ),
        "gamma_0.45": ImageChange(
            "gamma", msgid("much brighter (gamma 0.45)"), partial(apply_gamma, exponent=0.45)
        ),
        "gamma_1.5": ImageChange(
            "gamma", msgid("darker (gamma 1.5)"), partial(apply_gamma, exponent=1.5)
        ),
        "gamma_2.2": ImageChange(
            "gamma", msgid("much darker (gamma 2.2)"), partial(apply_gamma, exponent=2.2)
        ),
        "exposure_1.5": ImageChange(
            "gamma", msgid("exposure times 1.5"), partial(apply_exposure, factor=1.5)
        ),
        "exposure_2.5": ImageChange(
            "gamma", msgid("exposure times 2.5"), partial(apply_exposure, factor=2.5)
        ),
        "clahe": ImageChange("contrast", msgid("CLAHE on luma"), apply_clahe),
        "contrast_stretch": ImageChange(
            "contrast", msgid("contrast stretch (1st to 99th percentile)"), expand_contrast
        ),
        "contrast_1.5": ImageChange(
            "contrast", msgid("contrast times 1.5"), partial(apply_contrast, factor=1.5)
        ),
        "dehaze": ImageChange("contrast", msgid("haze removed (dark channel)"), remove_haze),
        "grey_world": ImageChange(
            "colour", msgid("white balance (grey world)"), balance_grey_world
        ),
        "median": ImageChange("sharpness", msgid("median filter (3 × 3)"), filter_median),
        "bilateral": ImageChange("sharpness", msgid("bilateral filter"), filter_bilateral),
        "unsharp": ImageChange("sharpness", msgid("unsharp mask"), apply_unsharp_mask),
        "deflicker": ImageChange("flicker", msgid("rows of equal light"), remove_flicker),
    }
)


GREY_WORLD = "grey_world"
TONE_KINDS = (apply_gamma, apply_exposure, apply_contrast)


def compute_tone_table(step: str) -> NDArray[np.float64] | None:
    """(256,) grey levels that a change with this code makes of 0 to 255 wherever they stand; None
    where it looks at more than the one value."""
    change = CHANGES[step].change
    if not isinstance(change, partial) or change.func not in TONE_KINDS:
        return None
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    return np.asarray(change(ramp)[0, :, 0], np.float64)


def apply_changes(rgb: Picture, steps: Sequence[str]) -> Picture:
    """(H, W, 3) uint8 RGB after the changes with these codes, in order; `mirror` is a view of the
    picture and no change that helps by itself. Raises KeyError for an unknown code."""
    for step in steps:
        rgb = mirror_image(rgb) if step == MIRROR else CHANGES[step].change(rgb)
    return rgb


def _apply_lookup_table(rgb: Picture, table: NDArray[np.floating]) -> Picture:
    """Each value by a table of 256, or of (256, 3) by channel, rounded and clipped."""
    rounded = np.clip(np.rint(table), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(rgb, rounded[None] if rounded.ndim == 2 else rounded), np.uint8)
