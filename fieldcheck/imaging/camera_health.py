"""Camera health over a shift, against the same camera's earlier healthy shifts.

`docs/methods.md` 8.6. What comes first in the order of suspicion is told alone: a camera that moved is also blurred and full of edges.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from math import hypot, log

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.camera_health import CameraShift, HealthFinding
from fieldcheck.imaging.thumbnail import LOOK_HEIGHT, LOOK_WIDTH

FEWEST = 3  # shifts of the same camera before anything is held against them
NEWEST = 10  # shifts that the reference picture is made of
CLIPPED_FRAMES, TIMES_USUAL = 0.5, 2.0
COVERED, BARE = 0.1, 0.2  # connected share of the picture, and what is left of its gradient energy
HALF, CLEAR_DROP, BEYOND = 0.7, 0.35, 4.0  # of ln sharpness, and standard deviations of the reference shifts
DUST, DUST_LEVELS, DUST_FRAMES, DUST_FILTER = 0.003, 12, 100, 15
MOVED, PEAK = 0.02, 0.1
ALIKE = 0.5
CAST = 6.0
SMOOTH = 8.0  # pixels of the look: what is smoother is light, not view

Map = NDArray[np.float64]


def camera_findings(
    shift: CameraShift, reference: Sequence[CameraShift], others: Mapping[str, Sequence[CameraShift]]
) -> tuple[HealthFinding, ...]:
    """Fault of a camera in a shift, one or none: its events first, then what the reference shifts of the same camera tell. `others`: the
    reference shifts of the other cameras."""
    if shift.events:
        return shift.events
    if len(reference) < FEWEST:
        return ()
    found = _exposure(shift, reference) or _view(shift, reference, others) or _sharpness(shift, reference)
    found = found or _dust(shift, reference) or _colour(shift, reference)
    return (found,) if found else ()


def moved_statistic(shift: CameraShift, reference: Sequence[CameraShift]) -> tuple[str, float]:
    """The image statistic that lies furthest from the reference shifts, and by how many of their standard deviations; ("", 0) with less
    than three."""
    if len(reference) < FEWEST:
        return "", 0.0
    apart = {name: abs(_deviations(name, shift, reference)) for name in shift.figures}
    name = max(apart, key=lambda one: apart[one])
    return name, apart[name]


def unpacked_median(shift: CameraShift) -> NDArray[np.uint8]:
    """Temporal median picture of a shift, (90, 160) uint8."""
    return np.frombuffer(zlib.decompress(base64.b85decode(shift.median)), np.uint8).reshape(LOOK_HEIGHT, LOOK_WIDTH)


def _unpacked_energy(shift: CameraShift) -> Map:
    return np.frombuffer(zlib.decompress(base64.b85decode(shift.energy)), np.float16).reshape(18, 32).astype(np.float64)


def _median_of(name: str, reference: Sequence[CameraShift]) -> float:
    return float(np.median([one.figures[name] for one in reference]))


def _deviations(name: str, shift: CameraShift, reference: Sequence[CameraShift]) -> float:
    figure = _acutance if name == "sharpness" else lambda one: one.figures[name]
    earlier = np.array([figure(one) for one in reference])
    floor = {"sharpness": 0.02, "noise": 0.05, "clipped_low": 0.005, "clipped_high": 0.005}.get(name, 0.5)
    return float((figure(shift) - earlier.mean()) / max(float(earlier.std(ddof=1)) * np.sqrt(1 + 1 / earlier.size), floor))


def _exposure(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    for name in ("clipped_low", "clipped_high"):
        if shift.clipped >= CLIPPED_FRAMES and shift.figures[name] >= max(0.2, TIMES_USUAL * _median_of(name, reference)):
            return HealthFinding(shift.camera, "exposure", "failed", shift.figures[name])
    return None


def _view(shift: CameraShift, reference: Sequence[CameraShift], others: Mapping[str, Sequence[CameraShift]]) -> HealthFinding | None:
    """Swapped, moved or obstructed: what the camera sees is not what it saw."""
    now, usual = _high_pass(unpacked_median(shift)), _usual(reference)
    covered = _covered(shift, reference)
    if _likeness(now, usual, ~covered) < ALIKE:
        alike = {name: _likeness(now, _usual(earlier), np.ones_like(covered)) for name, earlier in others.items() if len(earlier) >= FEWEST}
        other = max(alike, key=lambda name: alike[name], default="")
        if other and alike[other] >= ALIKE:
            return HealthFinding(shift.camera, "swapped", "failed", alike[other], other=other)
        window = cv2.createHanningWindow((LOOK_WIDTH, LOOK_HEIGHT), cv2.CV_64F)
        (dx, dy), peak = cv2.phaseCorrelate(usual, now, window)
        by = float(np.hypot(dx, dy)) / LOOK_WIDTH
        if covered.mean() < COVERED or (by > MOVED and peak >= PEAK):
            return HealthFinding(shift.camera, "moved", "failed", by if peak >= PEAK else 1.0)
    if covered.mean() >= COVERED:
        return HealthFinding(shift.camera, "obstruction", "failed", float(covered.mean()))
    return None


def _covered(shift: CameraShift, reference: Sequence[CameraShift]) -> NDArray[np.bool_]:
    """(18, 32) the largest connected part of the picture with less than a fifth of the gradient energy that it had, as measured by the
    parts that lost least: blur and haze take from all."""
    usual = np.median([_unpacked_energy(one) for one in reference[-NEWEST:]], axis=0)
    share = _unpacked_energy(shift) / np.maximum(usual, 1e-3)
    bare = (share < BARE * min(1.0, float(np.quantile(share, 0.9)))).astype(np.uint8)
    n, labels, sizes, _ = cv2.connectedComponentsWithStats(bare, connectivity=4)
    largest = 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA])) if n > 1 else -1
    return np.asarray(labels == largest)


def _usual(reference: Sequence[CameraShift]) -> Map:
    return _high_pass(_usual_picture(reference))


def _usual_picture(reference: Sequence[CameraShift]) -> NDArray[np.uint8]:
    return np.median([unpacked_median(one) for one in reference[-NEWEST:]], axis=0).astype(np.uint8)


def _high_pass(picture: NDArray[np.uint8]) -> Map:
    floating = picture.astype(np.float64)
    return np.asarray(cv2.GaussianBlur(floating, (0, 0), 1.0) - cv2.GaussianBlur(floating, (0, 0), SMOOTH))


def _likeness(one: Map, other: Map, blocks: NDArray[np.bool_]) -> float:
    """Correlation of two high-passed pictures where `blocks`, (18, 32), says so."""
    where = np.kron(blocks, np.ones((LOOK_HEIGHT // 18, LOOK_WIDTH // 32))).astype(np.bool_)
    a, b = one[where] - one[where].mean(), other[where] - other[where].mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 0 else 0.0


def _sharpness(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    earlier = np.array([_acutance(one) for one in reference])
    drop = float(np.median(earlier)) - _acutance(shift)
    if drop >= HALF or (drop >= CLEAR_DROP and drop > BEYOND * float(earlier.std(ddof=1))):
        return HealthFinding(shift.camera, "blur", "failed", drop)
    return None


def _acutance(shift: CameraShift) -> float:
    """ln sharpness at a contrast of 1, that of the temporal median picture: less light is no loss of focus, nor is a bright part."""
    return shift.figures["sharpness"] - 2 * log(max(1.0, float(unpacked_median(shift).std())))


def _dust(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    if shift.n < DUST_FRAMES:
        return None
    change = _marks(unpacked_median(shift)) - _marks(_usual_picture(reference))
    share = float((np.abs(change) > DUST_LEVELS).mean())
    return HealthFinding(shift.camera, "dust", "failed", share) if share > DUST else None


def _marks(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    """What is small in a picture: itself minus its median filter."""
    return picture.astype(np.int16) - np.asarray(cv2.medianBlur(picture, DUST_FILTER))


def _colour(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    a, b = (shift.figures[name] - _median_of(name, reference) for name in ("a", "b"))
    by = hypot(a, b)
    return HealthFinding(shift.camera, "colour_cast", "failed", by) if by > CAST else None
