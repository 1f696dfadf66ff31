"""GEOMETRY: the camera stands elsewhere or looks through another lens. Boxes, points and masks go
the way the pixels go."""

from __future__ import annotations

from functools import lru_cache
from math import cos, radians, sin
from typing import Any

import albumentations as A
import cv2
import numpy as np
from albumentations.core.type_definitions import Targets
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.pixels import Picture
from fieldcheck.corruptions.transforms.transform import ExportedTransform, require_range

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
    stretch = 1 + bend * (x**2 + y**2) / ((width**2 + height**2) / 4)
    whole, rest = cv2.convertMaps(
        (x * stretch + (width - 1) / 2).astype(np.float32),
        (y * stretch + (height - 1) / 2).astype(np.float32),
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
    boxes = np.concatenate([of_each.min(axis=1), of_each.max(axis=1)], axis=1)
    for index, outline in enumerate(of_each):
        top, low, left, right = outline.reshape(4, ALONG, 2)
        seen = np.concatenate([top, right, low[::-1], left[::-1]])
        for axis in (0, 1):
            seen = clip_outline(seen, axis, 0.0, 1)
            seen = clip_outline(seen, axis, float(limits[axis]), -1)
        if len(seen):
            boxes[index] = [*seen.min(axis=0), *seen.max(axis=0)]
    return np.asarray(np.clip(boxes, 0, [width, height, width, height]), np.float64)


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
        moved_boxes = fit_boxes_around(
            self.move_points(outlines - 0.5, height, width, seed) + 0.5, height, width
        )
        return np.column_stack([moved_boxes / sides, bboxes[:, 4:]])

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


class ShutterSkew(GeometricCorruption):
    """A rolling shutter before what moves sideways: rows are read one after the other, so that all
    leans, by `lean` of the shorter side from top to bottom, to either side by chance."""

    def __init__(self, lean: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.lean = require_range("lean", lean, 0, 1)

    def get_matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        side = 1 if np.random.default_rng(seed).random() < 0.5 else -1
        across = side * self.lean * min(height, width) / height
        return np.array([[1, across, -across * (height - 1) / 2], [0, 1, 0], [0, 0, 1]], np.float64)


class ShutterWobble(GeometricCorruption):
    """A rolling shutter on a mount that vibrates: rows sway by up to `sway` of the shorter side,
    two to four times from top to bottom."""

    def __init__(self, sway: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sway = require_range("sway", sway, 0, 0.2)

    def compute_moves(
        self, rows: NDArray[np.floating], height: int, width: int, seed: int
    ) -> NDArray[np.float64]:
        """(n,) by how many pixels each of the `rows`, (n,), is moved to the right."""
        rng = np.random.default_rng(seed)
        times, start = rng.uniform(2, 4), rng.uniform(0, 1)
        waves = np.sin(2 * np.pi * (times * rows / height + start))
        return np.asarray(self.sway * min(height, width) * waves, np.float64)

    def move_points(
        self, points: NDArray[np.float64], height: int, width: int, seed: int
    ) -> NDArray[np.float64]:
        moves = self.compute_moves(points[:, 1], height, width, seed)
        return np.column_stack([points[:, 0] + moves, points[:, 1]])

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return np.asarray(self._move_rows(img, seed, cv2.INTER_LINEAR, OUTSIDE), np.uint8)

    def apply_to_mask(self, mask: NDArray[Any], seed: int = 0, **_: Any) -> NDArray[Any]:
        return self._move_rows(mask, seed, cv2.INTER_NEAREST, 0)

    def _move_rows(self, picture: NDArray[Any], seed: int, way: int, outside: int) -> NDArray[Any]:
        height, width = picture.shape[:2]
        rows = np.arange(height, dtype=np.float64)
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), rows.astype(np.float32))
        x -= self.compute_moves(rows, height, width, seed).astype(np.float32)[:, None]
        moved = cv2.remap(
            picture, x, y, way, borderMode=cv2.BORDER_CONSTANT, borderValue=(outside,) * 3
        )
        return np.asarray(moved)
