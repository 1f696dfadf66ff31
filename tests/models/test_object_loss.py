from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.domain.model_card import InputSpec
from fieldcheck.models.preprocess import (
    InputGeometry,
    clip_boxes,
    compute_input_geometry,
    compute_visible_shares,
    count_losses,
    find_finest_stride,
)

WHOLE_FRAME = InputGeometry((0, 0, 200, 100), (0.5, 0.5))
CENTRE = InputGeometry((50, 0, 150, 100), (0.5, 0.5))


def boxes(*rows):
    return np.array(rows, np.float64).reshape(-1, 4)


def test_the_way_in_is_the_crop_and_the_ratio_of_the_card():
    actual = compute_input_geometry(100, 200, InputSpec((50, 100), "stretch"))
    assert actual == InputGeometry((0, 0, 200, 100), (0.5, 0.5))
    actual = compute_input_geometry(100, 200, InputSpec((50, 50), "short_side"))
    assert actual == InputGeometry((50, 0, 150, 100), (0.5, 0.5))
    actual = compute_input_geometry(100, 200, InputSpec((50, 50), "stretch"))
    assert actual == InputGeometry((0, 0, 200, 100), (0.25, 0.5))
    assert compute_input_geometry(50, 50, InputSpec((100, 100), "stretch")).scale == (2, 2)


def test_a_crop_keeps_the_share_of_a_box_that_lies_in_it():
    found = compute_visible_shares(
        boxes([60, 10, 80, 30], [40, 0, 60, 10], [0, 0, 20, 20], [70, 20, 70, 40]), CENTRE
    )
    assert found.tolist() == [1, 0.5, 0, 0]
    assert clip_boxes(boxes([40, 0, 60, 10]), CENTRE).tolist() == [[50, 0, 60, 10]]


def test_losses_are_counted_object_by_object():
    found = count_losses(
        [
            (boxes([60, 10, 100, 50], [40, 0, 60, 40]), CENTRE),
            (boxes([0, 0, 20, 20], [100, 0, 104, 90]), CENTRE),
        ],
        stride=8,
    )
    # thin: 10 · ½ of the cut one, 4 · ½ of the stripe
    assert (found.n, found.n_cut, found.n_thin) == (4, 2, 2)
    assert found.surviving == pytest.approx(np.median([0.25, 0.125, 0, 0.25]))


def test_without_a_grid_nothing_is_thin_and_without_objects_nothing_is_known():
    assert count_losses([(boxes([0, 0, 4, 4]), WHOLE_FRAME)], stride=None).n_thin == 0
    nothing = count_losses([(boxes(), WHOLE_FRAME)], stride=8)
    assert nothing.n == 0
    assert isnan(nothing.surviving)


def test_a_box_without_area_is_no_object():
    assert count_losses([(boxes([5, 5, 5, 50]), WHOLE_FRAME)], stride=8).n == 0


def test_enlarging_adds_no_pixels():
    actual = count_losses(
        [(boxes([0, 0, 10, 10]), InputGeometry((0, 0, 50, 50), (2.0, 0.5)))], stride=8
    ).surviving
    assert actual == 0.5


@given(
    rows=st.lists(
        st.tuples(st.floats(0, 150), st.floats(0, 80), st.floats(1, 50), st.floats(1, 20)),
        min_size=1,
        max_size=8,
    ),
    size=st.tuples(st.integers(8, 300), st.integers(8, 300)),
    resize=st.sampled_from(["stretch", "letterbox", "centre_crop", "short_side"]),
    crop=st.sampled_from([1.0, 0.875, 0.5]),
)
@settings(max_examples=60, deadline=None)
def test_shares_are_shares_and_every_object_is_counted_once(rows, size, resize, crop):
    xyxy = np.array([[x, y, x + w, y + h] for x, y, w, h in rows])
    way = compute_input_geometry(100, 200, InputSpec(size, resize, crop=crop))
    shares = compute_visible_shares(xyxy, way)
    found = count_losses([(xyxy, way)], 8)
    assert ((shares >= 0) & (shares <= 1 + 1e-9)).all()
    assert 0 <= found.n_cut <= found.n == len(rows)
    assert 0 <= found.surviving <= 1 + 1e-9


@pytest.mark.parametrize(
    ("kind", "size", "n_rows", "stride"),
    [
        ("yolo", (640, 640), 8400, 8),
        ("yolo_obj", (640, 640), 25200, 8),
        ("yolox", (416, 416), 3549, 8),
        ("yolo", (640, 640), 34000, 4),
        ("yolo", (640, 640), 8500, 8),
        ("yolo", (640, 640), None, 8),
        ("yolo", (640, 640), 77, None),
        ("yolo_end2end", (640, 640), 300, None),
        ("logits", (224, 224), None, None),
    ],
)
def test_the_finest_grid_is_known_by_the_number_of_its_rows(kind, size, n_rows, stride):
    assert find_finest_stride(kind, size, n_rows) == stride
