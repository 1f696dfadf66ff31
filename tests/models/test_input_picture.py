from itertools import product
from math import ceil

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.domain.model_card import INTERPOLATIONS, RESIZES, InputSpec
from fieldcheck.models.preprocess import (
    compute_visible_crop,
    convert_to_image,
    make_model_input,
    preprocess_image,
)

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SCALINGS = [
    (1 / 255, (0, 0, 0), (1, 1, 1)),
    (1.0, (0, 0, 0), (1, 1, 1)),
    (1 / 255, MEAN, STD),
    (1.0, (123.7, 116.3, 103.5), (58, 57, 57)),
]


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)), resize=st.sampled_from(RESIZES),
    interpolation=st.sampled_from(INTERPOLATIONS), layout=st.sampled_from(["NCHW", "NHWC"]),
    colour=st.sampled_from(["RGB", "BGR"]), scaling=st.sampled_from(SCALINGS),
    seed=st.integers(0, 100),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_a_frame_of_the_inputs_own_size_comes_back_as_it_was(
    size, resize, interpolation, layout, colour, scaling, seed
):
    scale, mean, std = scaling
    spec = InputSpec(
        size,
        resize,
        layout=layout,
        colour=colour,
        interpolation=interpolation,
        scale=scale,
        mean=mean,
        std=std,
    )
    frame = noise(*size, seed)
    found = make_model_input(frame, spec)
    assert np.abs(found.rgb.astype(int) - frame).max() <= 1
    assert found.crop == (0, 0, size[1], size[0])


@given(
    frame=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    resize=st.sampled_from(RESIZES),
    crop=st.sampled_from([1.0, 0.875, 0.5]),
    pad_position=st.sampled_from(["centre", "top_left"]),
)
@settings(max_examples=150, deadline=None)
def test_the_part_seen_lies_in_the_frame(frame, size, resize, crop, pad_position):
    spec = InputSpec(size, resize, crop=crop, pad_position=pad_position)
    x1, y1, x2, y2 = make_model_input(noise(*frame), spec).crop
    assert 0 <= x1 < x2 <= frame[1]
    assert 0 <= y1 < y2 <= frame[0]


@pytest.mark.parametrize(
    ("spec", "crop"),
    [
        (InputSpec((50, 50), "stretch"), (0, 0, 200, 100)),
        (InputSpec((50, 50), "letterbox"), (0, 0, 200, 100)),
        (InputSpec((50, 50), "letterbox", pad_position="top_left"), (0, 0, 200, 100)),
        (InputSpec((50, 50), "short_side"), (50, 0, 150, 100)),
        (InputSpec((50, 50), "centre_crop"), (50, 0, 150, 100)),
        (InputSpec((50, 100), "centre_crop"), (0, 0, 200, 100)),
        (InputSpec((50, 50), "stretch", crop=0.5), (50, 25, 150, 75)),
        (InputSpec((50, 50), "letterbox", crop=0.5), (50, 25, 150, 75)),
        (InputSpec((50, 50), "short_side", crop=0.5), (75, 25, 125, 75)),
    ],
)
def test_the_part_seen_is_what_the_card_keeps(spec, crop):
    assert make_model_input(noise(100, 200), spec).crop == pytest.approx(crop, abs=0.01)


@pytest.mark.parametrize(("resize", "crop"), list(product(RESIZES, (1.0, 0.5))))
def test_nothing_outside_the_part_seen_reaches_the_model(resize, crop):
    """Within a pixel of the tensor: a side that was rounded down is a little shorter than the ratio
    that boxes go back by."""
    spec = InputSpec((48, 48), resize, crop=crop, interpolation="area")
    frame = noise(97, 201)
    first = make_model_input(frame, spec)
    x1, y1, x2, y2 = first.crop
    inside = np.zeros(frame.shape[:2], bool)
    slack = ceil(201 / 48)
    inside[
        max(0, int(y1) - slack) : ceil(y2) + slack, max(0, int(x1) - slack) : ceil(x2) + slack
    ] = True
    assert not inside.all() or spec.resize in ("stretch", "letterbox")
    other = np.where(inside[..., None], frame, 255 - frame)
    assert np.array_equal(make_model_input(other, spec).rgb, first.rgb)


def test_it_is_the_tensor_that_is_shown():
    frame = noise(90, 160)
    spec = InputSpec((64, 64), "letterbox", colour="BGR", mean=MEAN, std=STD)
    prepared = preprocess_image(frame, spec)
    shown = make_model_input(frame, spec)
    assert np.array_equal(shown.rgb, convert_to_image(prepared.tensor, spec))
    assert shown.crop == compute_visible_crop(frame, prepared.placement, spec)
    again = ((shown.rgb[..., ::-1] / 255 - MEAN) / STD).transpose(2, 0, 1)
    assert np.abs(again - prepared.tensor).max() <= 0.51 / 255 / min(STD)
    assert (shown.rgb[0] == 114).all()  # the padding is seen too


def test_a_model_of_grey_sees_three_equal_channels():
    frame = noise(40, 40)
    shown = make_model_input(
        frame, InputSpec((40, 40), "stretch", colour="GRAY", mean=(0.5,), std=(0.25,))
    ).rgb
    luma = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    assert all(np.array_equal(shown[..., channel], luma) for channel in range(3))


def test_what_is_shown_cannot_be_written_and_the_frame_is_left_alone():
    frame = noise(40, 60)
    before = frame.copy()
    shown = make_model_input(frame, InputSpec((32, 32), "short_side", scale=1.0))
    assert np.array_equal(frame, before)
    assert not shown.rgb.flags.writeable
    assert frame.flags.writeable
