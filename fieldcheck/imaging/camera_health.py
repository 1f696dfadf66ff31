"""Camera health over a shift, against the same camera's earlier healthy shifts.

`docs/methods.md` 8.6. What comes first in the order of suspicion is told alone: a camera that moved
is also blurred and full of edges.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from math import hypot, log

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.shift import CameraShift, HealthFinding
from fieldcheck.imaging.thumbnail import LOOK_HEIGHT, LOOK_WIDTH

FEWEST = 3  # shifts of the same camera before anything is held against them
NEWEST = 10  # shifts that the reference picture is made of
CLIPPED_FRAMES, TIMES_USUAL = 0.5, 2.0
COVERED, BARE = 0.1, 0.2  # connected share of the picture, and what is left of its gradient energy
# of ln sharpness, and standard deviations of the reference shifts
HALF, CLEAR_DROP, BEYOND = 0.7, 0.35, 4.0
DUST, DUST_LEVELS, DUST_FRAMES, DUST_FILTER = 0.003, 12, 100, 15
MOVED, PEAK = 0.02, 0.1
ALIKE = 0.5
CAST = 6.0
SMOOTH = 8.0  # pixels of the look: what is smoother is light, not view

Map = NDArray[np.float64]


def find_camera_faults(
    shift: CameraShift,
    reference: Sequence[CameraShift],
    others: Mapping[str, Sequence[CameraShift]],
) -> tuple[HealthFinding, ...]:
    """Fault of a camera in a shift, one or none: its events first, then what the reference shifts
    of the same camera tell. `others`: the reference shifts of the other cameras."""
    if shift.events:
        return shift.events
    if len(reference) < FEWEST:
        return ()
    health_finding = (
        _check_exposure(shift, reference)
        or _check_view(shift, reference, others)
        or _check_sharpness(shift, reference)
    )
    health_finding = (
        health_finding or _check_dust(shift, reference) or _check_colour(shift, reference)
    )
    return (health_finding,) if health_finding else ()


def find_moved_statistic(shift: CameraShift, reference: Sequence[CameraShift]) -> tuple[str, float]:
    """The image statistic that lies furthest from the reference shifts, and by how many of their
    standard deviations; ("", 0) with less than three."""
    if len(reference) < FEWEST:
        return "", 0.0
    apart = {name: abs(_compute_deviation(name, shift, reference)) for name in shift.figures}
    name = max(apart, key=lambda statistic: apart[statistic])
    return name, apart[name]


def unpack_median(shift: CameraShift) -> NDArray[np.uint8]:
    """Temporal median picture of a shift, (90, 160) uint8."""
    return np.frombuffer(zlib.decompress(base64.b85decode(shift.median)), np.uint8).reshape(
        LOOK_HEIGHT, LOOK_WIDTH
    )


def _unpack_energy(shift: CameraShift) -> Map:
    return (
        np.frombuffer(zlib.decompress(base64.b85decode(shift.energy)), np.float16)
        .reshape(18, 32)
        .astype(np.float64)
    )


def _compute_median(name: str, reference: Sequence[CameraShift]) -> float:
    return float(np.median([camera_shift.figures[name] for camera_shift in reference]))


def _compute_deviation(name: str, shift: CameraShift, reference: Sequence[CameraShift]) -> float:
    figure = _compute_acutance if name == "sharpness" else lambda form: form.figures[name]
    earlier = np.array([figure(camera_shift) for camera_shift in reference])
    floor = {"sharpness": 0.02, "noise": 0.05, "clipped_low": 0.005, "clipped_high": 0.005}.get(
        name, 0.5
    )
    return float(
        (figure(shift) - earlier.mean())
        / max(float(earlier.std(ddof=1)) * np.sqrt(1 + 1 / earlier.size), floor)
    )


def _check_exposure(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    for name in ("clipped_low", "clipped_high"):
        if shift.clipped >= CLIPPED_FRAMES and shift.figures[name] >= max(
            0.2, TIMES_USUAL * _compute_median(name, reference)
        ):
            return HealthFinding(shift.camera, "exposure", "failed", shift.figures[name])
    return None


def _check_view(
    shift: CameraShift,
    reference: Sequence[CameraShift],
    others: Mapping[str, Sequence[CameraShift]],
) -> HealthFinding | None:
    """Swapped, moved or obstructed: what the camera sees is not what it saw."""
    now, usual = _filter_high_pass(unpack_median(shift)), _compute_usual_energy(reference)
    covered = _find_covered_area(shift, reference)
    if _compute_correlation(now, usual, ~covered) < ALIKE:
        alike = {
            name: _compute_correlation(now, _compute_usual_energy(earlier), np.ones_like(covered))
            for name, earlier in others.items()
            if len(earlier) >= FEWEST
        }
        other = max(alike, key=lambda name: alike[name], default="")
        if other and alike[other] >= ALIKE:
            return HealthFinding(shift.camera, "swapped", "failed", alike[other], other=other)
        window = cv2.createHanningWindow((LOOK_WIDTH, LOOK_HEIGHT), cv2.CV_64F)
        (dx, dy), peak = cv2.phaseCorrelate(usual, now, window)
        distance = float(np.hypot(dx, dy)) / LOOK_WIDTH
        if covered.mean() < COVERED or (distance > MOVED and peak >= PEAK):
            return HealthFinding(shift.camera, "moved", "failed", distance if peak >= PEAK else 1.0)
    if covered.mean() >= COVERED:
        return HealthFinding(shift.camera, "obstruction", "failed", float(covered.mean()))
    return None


def _find_covered_area(shift: CameraShift, reference: Sequence[CameraShift]) -> NDArray[np.bool_]:
    """(18, 32) the largest connected part of the picture with less than a fifth of the gradient
    energy that it had, as measured by the parts that lost least: blur and haze take from all."""
    usual = np.median(
        [_unpack_energy(camera_shift) for camera_shift in reference[-NEWEST:]], axis=0
    )
    share = _unpack_energy(shift) / np.maximum(usual, 1e-3)
    bare = (share < BARE * min(1.0, float(np.quantile(share, 0.9)))).astype(np.uint8)
    n, labels, sizes, _ = cv2.connectedComponentsWithStats(bare, connectivity=4)
    largest = 1 + int(np.argmax(sizes[1:, cv2.CC_STAT_AREA])) if n > 1 else -1
    return np.asarray(labels == largest)


def _compute_usual_energy(reference: Sequence[CameraShift]) -> Map:
    return _filter_high_pass(_compute_usual_image(reference))


def _compute_usual_image(reference: Sequence[CameraShift]) -> NDArray[np.uint8]:
    return np.median(
        [unpack_median(camera_shift) for camera_shift in reference[-NEWEST:]], axis=0
    ).astype(np.uint8)


def _filter_high_pass(picture: NDArray[np.uint8]) -> Map:
    floating = picture.astype(np.float64)
    return np.asarray(
        cv2.GaussianBlur(floating, (0, 0), 1.0) - cv2.GaussianBlur(floating, (0, 0), SMOOTH)
    )


def _compute_correlation(image: Map, other: Map, blocks: NDArray[np.bool_]) -> float:
    """Correlation of two high-passed pictures where `blocks`, (18, 32), says so."""
    where = np.kron(blocks, np.ones((LOOK_HEIGHT // 18, LOOK_WIDTH // 32))).astype(np.bool_)
    a, b = image[where] - image[where].mean(), other[where] - other[where].mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 0 else 0.0


def _check_sharpness(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    earlier = np.array([_compute_acutance(camera_shift) for camera_shift in reference])
    drop = float(np.median(earlier)) - _compute_acutance(shift)
    if drop >= HALF or (drop >= CLEAR_DROP and drop > BEYOND * float(earlier.std(ddof=1))):
        return HealthFinding(shift.camera, "blur", "failed", drop)
    return None


def _compute_acutance(shift: CameraShift) -> float:
    """ln sharpness at a contrast of 1, that of the temporal median picture: less light is no loss
    of focus, nor is a bright part."""
    return shift.figures["sharpness"] - 2 * log(max(1.0, float(unpack_median(shift).std())))


def _check_dust(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    if shift.n < DUST_FRAMES:
        return None
    change = _find_small_marks(unpack_median(shift)) - _find_small_marks(
        _compute_usual_image(reference)
    )
    share = float((np.abs(change) > DUST_LEVELS).mean())
    return HealthFinding(shift.camera, "dust", "failed", share) if share > DUST else None


def _find_small_marks(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    """What is small in a picture: itself minus its median filter."""
    return picture.astype(np.int16) - np.asarray(cv2.medianBlur(picture, DUST_FILTER))


def _check_colour(shift: CameraShift, reference: Sequence[CameraShift]) -> HealthFinding | None:
    a, b = (shift.figures[name] - _compute_median(name, reference) for name in ("a", "b"))
    distance = hypot(a, b)
    return (
        HealthFinding(shift.camera, "colour_cast", "failed", distance) if distance > CAST else None
    )
