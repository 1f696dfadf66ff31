"""Our own albumentations transforms of what is before the lens: weather, dirt, covers; and of where the camera stands.

Like those in `transforms`, they go with an exported recipe as part of `fieldcheck_transforms.py`.
"""

from __future__ import annotations

from typing import Any

import albumentations as A
import numpy as np
from albumentations.core.type_definitions import Targets
from numpy.typing import NDArray

from fieldcheck.corruption.geometry import (
    bent,
    bent_mask,
    bent_points,
    box_outlines,
    boxes_around,
    enlarged,
    enlargement,
    moved_points,
    rotation,
    slant,
    warped,
    warped_mask,
)
from fieldcheck.corruption.lens import barred, dusty, handed, patched, reflected, spotted, wet
from fieldcheck.corruption.pixels import Picture, bytes_of
from fieldcheck.corruption.transforms import MODULE, Damage, checked, tabled
from fieldcheck.corruption.weather import fogged, hazed, rained, snowed


class Haze(Damage):
    """Even haze: `transmission` of the light arrives, the rest is replaced by `airlight` grey levels."""

    __module__ = MODULE

    def __init__(self, transmission: float, airlight: float = 217.0, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.transmission = checked("transmission", transmission, 0, 1)
        self.airlight = checked("airlight", airlight, 0, 255)
        self._table = bytes_of(hazed(self.transmission, self.airlight))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return tabled(img, self._table)


class Fog(Damage):
    """Fog in banks: `thickness` of the light is replaced where it is thickest."""

    __module__ = MODULE

    def __init__(self, thickness: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.thickness = checked("thickness", thickness, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return fogged(img, self.thickness, seed)


class Rain(Damage):
    """`drops` streaks in a square of the reference side."""

    __module__ = MODULE

    def __init__(self, drops: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.drops = checked("drops", drops, 0, 5000)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return rained(img, self.drops, seed)


class Snow(Damage):
    """`flakes` in a square of the reference side."""

    __module__ = MODULE

    def __init__(self, flakes: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.flakes = checked("flakes", flakes, 0, 5000)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return snowed(img, self.flakes, seed)


class Dust(Damage):
    """Dust and smears on the lens over about `share` of the picture."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return dusty(img, self.share, seed)


class WaterDrops(Damage):
    """Drops of water on the lens, `share` times the area of the picture in all; they overlap."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 3)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return wet(img, self.share, seed)


class Reflection(Damage):
    """A pane before the lens: `share` of the light is another scene's."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return reflected(img, self.share, seed)


class Occlusion(Damage):
    """Something before the lens: one opaque ellipse over `share` of the picture."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 0.5)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return spotted(img, self.share, seed)


class Hand(Damage):
    """A hand before the lens, over `share` of the picture."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 0.6)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return handed(img, self.share, seed)


class Bar(Damage):
    """A straight bar before the lens, over `share` of the picture."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 0.6)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return barred(img, self.share, seed)


class Patches(Damage):
    """`share` of 8 by 8 patches erased to grey."""

    __module__ = MODULE

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = checked("share", share, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return patched(img, self.share, seed)


class Moved(A.DualTransform):
    """What moves pixels, and with them boxes, points and masks. Boxes are put around what was inside their old sides."""

    __module__ = MODULE
    _targets = (Targets.IMAGE, Targets.MASK, Targets.BBOXES, Targets.KEYPOINTS)

    def get_params(self) -> dict[str, Any]:
        return {"seed": int(self.random_generator.integers(2**32))}

    def moved(self, points: NDArray[np.float64], height: int, width: int, seed: int) -> NDArray[np.float64]:
        """(n, 2) x, y in pixels, whole numbers at the middle of a pixel → where they are shown."""
        return moved_points(points, self.matrix(height, width, seed))

    def matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        """(3, 3) where pixels go."""
        return np.eye(3)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return warped(img, self.matrix(img.shape[0], img.shape[1], seed))

    def apply_to_mask(self, mask: NDArray[Any], seed: int = 0, **_: Any) -> NDArray[Any]:
        return warped_mask(mask, self.matrix(mask.shape[0], mask.shape[1], seed))

    def apply_to_bboxes(self, bboxes: NDArray[Any], seed: int = 0, **params: Any) -> NDArray[Any]:
        height, width = params["shape"][:2]
        sides = np.array([width, height, width, height], np.float64)
        outlines = box_outlines(bboxes[:, :4] * sides)
        found = boxes_around(self.moved(outlines - 0.5, height, width, seed) + 0.5, height, width)
        return np.column_stack([found / sides, bboxes[:, 4:]])

    def apply_to_keypoints(self, keypoints: NDArray[Any], seed: int = 0, **params: Any) -> NDArray[Any]:
        height, width = params["shape"][:2]
        return np.column_stack([self.moved(keypoints[:, :2], height, width, seed), keypoints[:, 2:]])


class Rotation(Moved):
    """The camera is turned by `degrees` about its axis, to either side by chance."""

    __module__ = MODULE

    def __init__(self, degrees: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.degrees = checked("degrees", degrees, 0, 180)

    def matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        side = 1 if np.random.default_rng(seed).random() < 0.5 else -1
        return rotation(height, width, side * self.degrees)


class Crop(Moved):
    """The camera is too near and off the middle: `kept` of both sides is seen, any part of the picture by chance."""

    __module__ = MODULE

    def __init__(self, kept: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.kept = checked("kept", kept, 0.05, 1)

    def matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        return enlargement(height, width, self.kept, *np.random.default_rng(seed).random(2))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return enlarged(img, self.kept, *np.random.default_rng(seed).random(2))


class Perspective(Moved):
    """The camera looks from a side: two corners of the picture move inwards by `shift` of its sides."""

    __module__ = MODULE

    def __init__(self, shift: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.shift = checked("shift", shift, 0, 0.45)

    def matrix(self, height: int, width: int, seed: int) -> NDArray[np.float64]:
        return slant(height, width, self.shift, seed)


class Distortion(Moved):
    """Another lens: radial distortion of `bend` at the corners, barrel or pincushion by chance."""

    __module__ = MODULE

    def __init__(self, bend: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.bend = checked("bend", bend, 0, 0.32)

    def signed(self, seed: int) -> float:
        """Above 0 the corners come into the picture, below 0 they leave it."""
        return self.bend if np.random.default_rng(seed).random() < 0.5 else -self.bend

    def moved(self, points: NDArray[np.float64], height: int, width: int, seed: int) -> NDArray[np.float64]:
        return bent_points(points, height, width, self.signed(seed))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return bent(img, self.signed(seed))

    def apply_to_mask(self, mask: NDArray[Any], seed: int = 0, **_: Any) -> NDArray[Any]:
        return bent_mask(mask, self.signed(seed))
