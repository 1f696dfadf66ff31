"""Applying a corruption of the catalogue to a frame: the same seed gives the same bytes in every process and thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.catalog import CATALOG, get_parameters
from fieldcheck.corruption.entry import Cause

if TYPE_CHECKING:
    from albumentations import BasicTransform, Compose

KEPT = 64  # pipelines a thread keeps; a sweep uses 36


def apply_corruption(rgb: NDArray[np.uint8], name: str, severity: float, seed: int) -> NDArray[np.uint8]:
    """A new (H, W, 3) uint8 RGB picture: `rgb` with the corruption `name` at `severity` 0 to 5, what is left to chance by `seed`.

    Severity 0 changes nothing. Raises ValueError for an unknown name or severity, or a picture of another shape or type.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
        raise ValueError(f"a picture is (H, W, 3) uint8, not {rgb.shape} {rgb.dtype}")
    if severity == 0:
        get_parameters(name, severity)
        return rgb.copy()
    pipeline = _pipelines.get_pipeline(name, float(severity))
    pipeline.set_random_seed(seed)
    return np.asarray(pipeline(image=rgb)["image"], np.uint8)


def make_fixed_transform(name: str, severity: float) -> BasicTransform:
    """The albumentations transform of a corruption, always applied. Arguments it does not know are an error."""
    return make_transform(name, get_parameters(name, severity))


def make_transform(name: str, arguments: Mapping[str, float | bool], p: float = 1.0) -> BasicTransform:
    """The transform of the corruption `name` with these arguments, applied to a share `p` of the pictures."""
    from fieldcheck.corruption import blur, coding, geometry, lens, light, noise, weather

    modules: dict[Cause, ModuleType] = {
        "noise": noise,
        "blur": blur,
        "light": light,
        "coding": coding,
        "weather": weather,
        "lens": lens,
        "geometry": geometry,
    }
    entry = CATALOG[name]
    found: type[BasicTransform] = getattr(modules[entry.cause], entry.transform)
    return found(**arguments, p=p)


class _Pipelines(threading.local):
    """The pipelines of this thread: one carries its own random state, so two threads must not share it."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, float], Compose] = OrderedDict()

    def get_pipeline(self, name: str, severity: float) -> Compose:
        import albumentations as A

        key = (name, severity)
        if key not in self._made:
            self._made[key] = A.Compose([make_fixed_transform(name, severity)])
        self._made.move_to_end(key)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return self._made[key]


_pipelines = _Pipelines()
