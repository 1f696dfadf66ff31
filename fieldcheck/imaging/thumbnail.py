"""Thumbnails for people, small versions for comparing frames, and boxes and points drawn into an
image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd, hypot
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.contrast_and_colour import to_luma

# luma is measured at this longer side, so that figures of different cameras compare (methods 5.4)
WORKING_SIDE = 512
EXACT = range(3, 16, 2)  # rows of which the sums of areas fit into 16 bits
LOOK_HEIGHT, LOOK_WIDTH = 90, 160
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 320, 80

Looks = Sequence[NDArray[np.uint8]] | NDArray[np.uint8]
"""Small luma images (h, w) of frames in time order."""


def downscale_image(picture: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) uint8, scaled by area averaging so that the longer side has `longer`
    pixels; a smaller image is returned unchanged."""
    height, width = picture.shape[:2]
    scale = longer / max(height, width)
    if scale >= 1:
        return picture
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    factor, to = height // gcd(height, tall), tall // gcd(height, tall)
    if height * wide == width * tall and to > 1 and factor in EXACT:
        return _compute_area_means(picture, factor, to)
    return np.asarray(cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)


def _compute_area_means(picture: NDArray[np.uint8], total: int, to: int) -> NDArray[np.uint8]:
    """Area averages that make `to` of every `total` rows and columns, in whole numbers: OpenCV's
    pixels in a third of its time. By an odd `total` no mean lies halfway between two grey levels,
    so there is one way to round."""
    sums = _sum_rows(cv2.transpose(_sum_rows(picture, total, to)), total, to)
    sums += total * total // 2
    sums //= total * total
    return np.asarray(cv2.transpose(sums.astype(np.uint8)), np.uint8)


def _sum_rows(rows: NDArray[Any], total: int, to: int) -> NDArray[np.uint16]:
    """(n · of, …) → (n · to, …) uint16: `total` times the mean of the rows that each new one
    covers, the outer two of them in part."""
    array = np.empty((len(rows) // total, to, *rows.shape[1:]), np.uint16)
    for new in range(to):
        covered = range(new * total // to, ((new + 1) * total - 1) // to + 1)
        # in parts of which a row has `to`
        shares = {
            row: min((row + 1) * to, (new + 1) * total) - max(row * to, new * total)
            for row in covered
        }
        sums = np.zeros_like(array[:, new])
        for row in (row for row in covered if shares[row] == to):
            sums += rows[row::total]
        sums *= to
        for row in (row for row in covered if shares[row] < to):
            sums += rows[row::total] * np.uint16(shares[row])
        array[:, new] = sums
    return array.reshape(-1, *rows.shape[1:])


def downscale_by_halves(picture: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, halved while even sides allow it and the longer stays at least twice
    `longer`.

    Exact halves are averaged five times as fast as an odd ratio. Two steps weigh the edges of the
    averaged areas a little otherwise, which no thumbnail shows, but sharpness would: luma is made
    in one.
    """
    height, width = picture.shape[:2]
    while max(height, width) >= 2 * longer and height % 2 == 0 and width % 2 == 0:
        height, width = height // 2, width // 2
        picture = np.asarray(
            cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
    return picture


def make_thumbnail_pixels(
    rgb: NDArray[np.uint8], longer: int = THUMBNAIL_SIDE
) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → the pixels of its thumbnail."""
    return downscale_image(downscale_by_halves(rgb, longer), longer)


def make_thumbnail(rgb: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 RGB → JPEG of its thumbnail."""
    return encode_jpeg(make_thumbnail_pixels(rgb), THUMBNAIL_QUALITY)


def make_look(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → (90, 160) uint8 luma: luma at working size, stretched to that shape by
    area averaging."""
    return make_look_from_luma(downscale_image(to_luma(rgb), WORKING_SIDE))


def make_look_from_luma(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) uint8 luma at working size → (90, 160) uint8."""
    return np.asarray(
        cv2.resize(small, (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
    )


# Boxes and points drawn into a picture: labels solid, predictions dashed, a small object once more
# beside it, enlarged.

SMALL = 1 / 12  # of the picture's longer side: what is smaller is enlarged
LEAST_SEEN = 24  # pixels of a frame that an enlargement shows at least
GAP, DASH = 6, 9  # pixels of the picture made
_LIGHT, _DARK, _AMBER = (255, 255, 255), (22, 25, 28), (255, 176, 0)

Corners = tuple[float, float, float, float]  # x, y, width, height in pixels of the frame


@dataclass(frozen=True, slots=True)
class LabelOverlay:
    """Labelled and predicted boxes, and labelled points (x, y), in pixels of the frame; `mask`: (H,
    W) bool of the prediction."""

    labels: Sequence[Corners] = ()
    predictions: Sequence[Corners] = ()
    points: Sequence[tuple[float, float]] = ()
    mask: NDArray[np.bool_] | None = None


def draw_labels(rgb: NDArray[np.uint8], marks: LabelOverlay, longer: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → the image with its longer side at most `longer` and the overlay drawn
    in; with an enlargement beside it where the smallest box would hardly be visible."""
    height, width = rgb.shape[:2]
    shown = np.ascontiguousarray(make_thumbnail_pixels(rgb, longer)).copy()
    _draw_overlay(shown, marks, shown.shape[1] / width, 0.0, 0.0)
    boxes = [*marks.labels, *marks.predictions]
    least = min(boxes, key=lambda box: max(box[2], box[3]), default=None)
    if least is None or max(least[2], least[3]) >= SMALL * max(height, width):
        return shown
    gap = np.full((shown.shape[0], GAP, 3), 255, np.uint8)
    return np.concatenate(
        [shown, gap, _draw_enlargement(rgb, marks, least, shown.shape[0])], axis=1
    )


def _draw_enlargement(
    rgb: NDArray[np.uint8], marks: LabelOverlay, box: Corners, side: int
) -> NDArray[np.uint8]:
    """(side, side, 3): the square around a box, twice as wide as it, within the frame."""
    height, width = rgb.shape[:2]
    x, y, w, h = box
    seen = min(round(max(2 * w, 2 * h, LEAST_SEEN)), height, width)
    left = round(min(max(x + w / 2 - seen / 2, 0), width - seen))
    top = round(min(max(y + h / 2 - seen / 2, 0), height - seen))
    part = np.ascontiguousarray(rgb[top : top + seen, left : left + seen])
    shown = np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
    _draw_overlay(shown, marks, side / seen, left, top)
    return shown


def _draw_overlay(
    picture: NDArray[np.uint8], marks: LabelOverlay, scale: float, left: float, top: float
) -> None:
    """All marks into the pixels; the picture's corner is at `left`, `top` of the frame. A dark edge
    makes a line seen on any ground."""
    for x, y, w, h in marks.labels:
        corners = _get_corners(x - left, y - top, w, h, scale)
        for colour, thickness in ((_DARK, 4), (_LIGHT, 2)):
            cv2.rectangle(picture, corners[0], corners[2], colour, thickness)
    for x, y, w, h in marks.predictions:
        for a, b in _iter_dashes(_get_corners(x - left, y - top, w, h, scale)):
            for colour, thickness in ((_DARK, 4), (_AMBER, 2)):
                cv2.line(picture, a, b, colour, thickness)
    if marks.mask is not None:
        _draw_mask_outline(picture, marks.mask, scale, left, top)
    for x, y in marks.points:
        corner = (round((x - left) * scale), round((y - top) * scale))
        for colour, thickness in ((_DARK, 4), (_LIGHT, 2)):
            cv2.drawMarker(picture, corner, colour, cv2.MARKER_CROSS, 14, thickness)


def _draw_mask_outline(
    picture: NDArray[np.uint8], mask: NDArray[np.bool_], scale: float, left: float, top: float
) -> None:
    """The edge of what is marked, dashed like every prediction; the object inside stays as it
    is."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    step = max(1, round(DASH / scale))
    for contour in contours:
        positions = np.rint((contour + 0.5 - (left, top)) * scale).astype(np.int32)
        for start in range(0, len(positions), 2 * step):
            for colour, thickness in ((_DARK, 4), (_AMBER, 2)):
                cv2.polylines(
                    picture, [positions[start : start + step + 1]], False, colour, thickness
                )


def _get_corners(x: float, y: float, w: float, h: float, scale: float) -> list[tuple[int, int]]:
    x1, y1, x2, y2 = (round(coordinate * scale) for coordinate in (x, y, x + w, y + h))
    return [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]


def _iter_dashes(
    corners: Sequence[tuple[int, int]],
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Every second piece of the outline, each as long as a dash."""
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        pieces = max(1, round(hypot(x2 - x1, y2 - y1) / DASH))
        ends = [
            (round(x1 + (x2 - x1) * k / pieces), round(y1 + (y2 - y1) * k / pieces))
            for k in range(pieces + 1)
        ]
        yield from ((ends[k], ends[k + 1]) for k in range(0, pieces, 2))
