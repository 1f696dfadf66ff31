from dataclasses import dataclass

import albumentations as A
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fieldcheck.corruptions.catalogue import CATALOG, apply_corruption, make_fixed_transform
from fieldcheck.corruptions.transforms import geometry
from tests.corruptions.pictures import scene

GEOMETRY = [name for name, entry in CATALOG.items() if entry.cause == "geometry"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A picture and what is marked on it: `boxes` (n, 4) x1, y1, x2, y2, `points` (n, 2) x, y in
    pixels, `mask` (H, W) class numbers."""

    rgb: NDArray[np.uint8]
    boxes: NDArray[np.float64]
    points: NDArray[np.float64]
    mask: NDArray[np.uint8] | None = None


def corrupt_marked(marked: Marked, name: str, severity: float, seed: int) -> Marked:
    """`apply_corruption`, and the marks moved as the pixels are. A box that left the picture has no
    area, a point may lie outside."""
    out = apply_corruption(marked.rgb, name, severity, seed)
    if severity == 0 or CATALOG[name].cause != "geometry":
        return Marked(out, marked.boxes, marked.points, marked.mask)
    pipeline = A.Compose([make_fixed_transform(name, severity)])
    pipeline.set_random_seed(seed)
    moved = pipeline.transforms[0]
    params = {"shape": marked.rgb.shape, **moved.get_params()}
    sides = np.array([marked.rgb.shape[1], marked.rgb.shape[0]] * 2, np.float64)
    boxes = moved.apply_to_bboxes(marked.boxes / sides, **params) * sides
    mask = None if marked.mask is None else moved.apply_to_mask(marked.mask, **params)
    return Marked(out, boxes, moved.apply_to_keypoints(marked.points, **params), mask)


def marked(x1, y1, x2, y2, size=(120, 160)):
    """A white rectangle on black, with the box, the corner and the mask that belong to it."""
    rgb, mask = np.zeros((*size, 3), np.uint8), np.zeros(size, np.uint8)
    rgb[y1:y2, x1:x2] = 255
    mask[y1:y2, x1:x2] = 7
    return Marked(
        rgb,
        np.array([[x1, y1, x2, y2]], float),
        np.array([[(x1 + x2 - 1) / 2, (y1 + y2 - 1) / 2]]),
        mask,
    )


@pytest.mark.parametrize("name", GEOMETRY)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_boxes_points_and_masks_follow_the_pixels(name, data):
    x1, y1 = data.draw(st.integers(0, 120)), data.draw(st.integers(0, 80))
    x2, y2 = x1 + data.draw(st.integers(20, 40)), y1 + data.draw(st.integers(20, 40))
    severity, seed = data.draw(st.floats(0.1, 5)), data.draw(st.integers(0, 2**31))
    moved = corrupt_marked(marked(x1, y1, x2, y2), name, severity, seed)
    white = (moved.rgb > 190).all(axis=2)
    assert moved.mask is not None
    assert set(np.unique(moved.mask)) <= {0, 7}
    assert ((moved.mask == 7) != white).mean() < 0.02
    rows, columns = np.nonzero(white)
    if len(rows) < 40:
        return
    found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)
    assert np.abs(moved.boxes[0] - found).max() <= 2.0
    x, y = moved.points[0]
    if 2 < x < 157 and 2 < y < 117:
        assert white[round(y), round(x)]


@pytest.mark.parametrize("name", [name for name in CATALOG if name not in GEOMETRY])
def test_what_moves_no_pixels_moves_no_marks(name):
    before = marked(20, 30, 60, 70)
    after = corrupt_marked(before, name, 3, 5)
    assert after.mask is before.mask
    assert after.boxes is before.boxes
    assert after.points is before.points


@pytest.mark.parametrize("name", GEOMETRY)
def test_boxes_in_a_pipeline_keep_their_classes_and_go_when_they_left_the_picture(name):
    boxes = A.BboxParams(format="pascal_voc", label_fields=["classes"], min_area=1)
    pipeline = A.Compose([make_fixed_transform(name, 5)], bbox_params=boxes)
    pipeline.set_random_seed(2)
    out = pipeline(
        image=scene(), bboxes=[[100, 60, 140, 110], [0, 0, 4, 4]], classes=["ok", "crack"]
    )
    assert out["classes"][0] == "ok"
    assert len(out["bboxes"]) == len(out["classes"])


def test_severity_zero_gives_the_marks_as_they_were():
    before = marked(20, 30, 60, 70)
    assert corrupt_marked(before, "rotation", 0, 1).boxes is before.boxes


def test_limits_are_told_with_the_value():
    with pytest.raises(ValueError, match="degrees"):
        geometry.Rotation(degrees=200)
    with pytest.raises(ValueError, match="bend"):
        geometry.Distortion(bend=0.5)
