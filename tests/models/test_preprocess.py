import json
from itertools import product
from math import ceil, isnan

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.domain.model_card import INTERPOLATIONS, RESIZES, InputSpec, parse_card
from fieldcheck.models.preprocess import (
    InputGeometry,
    clip_boxes,
    compute_input_geometry,
    compute_visible_crop,
    compute_visible_shares,
    convert_to_image,
    count_losses,
    find_finest_stride,
    make_model_input,
    make_preprocessing_record,
    preprocess_image,
)

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.fixture
def frame():
    return np.random.default_rng(0).integers(0, 256, (90, 161, 3), dtype=np.uint8)


def normalised(picture, scale=1 / 255, mean=(0, 0, 0), std=(1, 1, 1)):
    """(pixel · scale − mean) / std in double precision, channels first."""
    return ((picture.astype(np.float64) * scale - mean) / std).transpose(2, 0, 1)


def close(got, wanted):
    assert got.dtype == np.float32
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).max() <= 1e-6 * max(1.0, np.abs(wanted).max())


@pytest.mark.parametrize(("scale", "mean", "std"), [
    (1 / 255, MEAN, STD),
    (1, (128,) * 3, (128,) * 3),
    (1, (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)),
    (2 / 255, (1,) * 3, (1,) * 3),
])  # fmt: skip
def test_scale_mean_and_deviation_are_exact(frame, scale, mean, std):
    spec = InputSpec((40, 60), "stretch", scale=scale, mean=mean, std=std)
    wanted = normalised(cv2.resize(frame, (60, 40)), scale, mean, std)
    close(preprocess_image(frame, spec).tensor, wanted)


def test_raw_pixels_arrive_without_a_digit_lost(frame):
    tensor = preprocess_image(frame, InputSpec((90, 161), "stretch", scale=1.0)).tensor
    assert np.array_equal(tensor, frame.transpose(2, 0, 1).astype(np.float32))


def test_the_mean_stands_in_the_order_of_the_tensor(frame):
    spec = InputSpec((40, 60), "stretch", colour="BGR", mean=MEAN, std=STD)
    wanted = normalised(cv2.resize(frame, (60, 40))[..., ::-1], 1 / 255, MEAN, STD)
    close(preprocess_image(frame, spec).tensor, wanted)


def test_grey_is_luma_in_one_channel(frame):
    spec = InputSpec((40, 60), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,))
    tensor = preprocess_image(frame, spec).tensor
    close(tensor, cv2.cvtColor(cv2.resize(frame, (60, 40)), cv2.COLOR_RGB2GRAY)[None] / 255)


def test_channels_last_is_the_same_picture_turned(frame):
    first, last = (
        preprocess_image(frame, InputSpec((40, 60), "letterbox", layout=layout)).tensor
        for layout in ("NCHW", "NHWC")
    )
    assert np.array_equal(first.transpose(1, 2, 0), last)


@pytest.mark.parametrize(("position", "top"), [("centre", (64 - 35) // 2), ("top_left", 0)])
def test_a_letterbox_keeps_the_ratio_and_pads_the_rest(frame, position, top):
    frame = frame[:89, :160]  # into 64×64: the ratio is 0.4, 89 · 0.4 = 35.6 → 35 rows
    got = preprocess_image(frame, InputSpec((64, 64), "letterbox", pad=200, pad_position=position))
    canvas = np.full((64, 64, 3), 200, np.uint8)
    canvas[top : top + 35] = cv2.resize(frame, (64, 35))
    close(got.tensor, normalised(canvas))
    assert got.placement.shift == (0.0, top)
    assert got.placement.scale == (0.4, 0.4)


def test_a_letterbox_rounds_as_the_detectors_own_scripts_do(frame):
    """161 · (64 / 161) is a hair below 64 in floating point, so there is one column of padding."""
    assert int(161 * (64 / 161)) == 63
    spec = InputSpec((64, 64), "letterbox", pad=200, pad_position="top_left", scale=1.0)
    tensor = preprocess_image(frame, spec).tensor
    assert (tensor[:, :, 63] == 200).all()
    assert np.array_equal(tensor[:, :35, :63], cv2.resize(frame, (63, 35)).transpose(2, 0, 1))


def test_the_padding_is_normalised_too(frame):
    spec = InputSpec((64, 64), "letterbox", mean=MEAN, std=STD)
    close(preprocess_image(frame, spec).tensor[:, 0, 0], (114 / 255 - np.array(MEAN)) / STD)


def test_the_short_side_fits_and_the_centre_stays(frame):
    # 90×161 covers 32×40 at 32/90: 161 · 32/90 = 57.2 → 57 columns, of which 8 go on the left
    got = preprocess_image(frame, InputSpec((32, 40), "short_side"))
    close(got.tensor, normalised(cv2.resize(frame, (57, 32))[:, 8:48]))
    assert got.placement.shift == (-8.0, 0.0)


def test_the_central_cut_has_the_tensors_proportions(frame):
    # 90 rows want 90 · 40/32 = 112.5 → 112 columns, cut at (161 − 112) // 2 = 24
    got = preprocess_image(frame, InputSpec((32, 40), "centre_crop"))
    close(got.tensor, normalised(cv2.resize(frame[:, 24:136], (40, 32))))


def test_a_central_share_is_kept_before_the_resize(frame):
    # 161 · 0.875 leaves a margin of 10.06 → 10; 90 · 0.875 one of 5.6 → 5
    got = preprocess_image(frame, InputSpec((32, 32), "stretch", crop=0.875))
    close(got.tensor, normalised(cv2.resize(frame[5:85, 10:151], (32, 32))))


@pytest.mark.parametrize("resize", ["stretch", "letterbox", "short_side", "centre_crop"])
@pytest.mark.parametrize("crop", [1.0, 0.8])
@pytest.mark.parametrize("shape", [(300, 500), (500, 300), (64, 96)])
def test_a_mark_found_in_the_tensor_goes_back_to_its_place(resize, crop, shape):
    frame = np.zeros((*shape, 3), np.uint8)
    y, x = int(shape[0] * 0.45), int(shape[1] * 0.55)
    frame[y - 8 : y + 8, x - 8 : x + 8] = 255
    spec = InputSpec((64, 96), resize, crop=crop, interpolation="area", pad=0)
    got = preprocess_image(frame, spec)
    weight = got.tensor[0]
    across = (np.arange(96) + 0.5) @ weight.sum(0) / weight.sum()
    centre = [across, (np.arange(64) + 0.5) @ weight.sum(1) / weight.sum()]
    back = got.placement.to_frame(np.array([centre * 2], np.float32))[0]
    assert back == pytest.approx([x, y, x, y], abs=2.0)


def test_the_frame_itself_is_never_changed(frame):
    before = frame.copy()
    frame.flags.writeable = False
    for resize in ("stretch", "letterbox", "short_side", "centre_crop"):
        for size in ((90, 161), (32, 32)):
            preprocess_image(frame, InputSpec(size, resize, mean=MEAN, std=STD))
    assert np.array_equal(frame, before)


def test_a_sliver_of_a_frame_still_gives_a_tensor():
    for resize in ("stretch", "letterbox", "short_side", "centre_crop"):
        fed = preprocess_image(np.zeros((1, 400, 3), np.uint8), InputSpec((32, 32), resize))
        assert np.isfinite(fed.tensor).all()


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
        size, resize, layout=layout, colour=colour, interpolation=interpolation, scale=scale,
        mean=mean, std=std,
    )  # fmt: skip
    frame = noise(*size, seed)
    found = make_model_input(frame, spec)
    assert np.abs(found.rgb.astype(int) - frame).max() <= 1
    assert found.crop == (0, 0, size[1], size[0])


@given(
    frame=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)), resize=st.sampled_from(RESIZES),
    crop=st.sampled_from([1.0, 0.875, 0.5]), pad_position=st.sampled_from(["centre", "top_left"]),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_the_part_seen_lies_in_the_frame(frame, size, resize, crop, pad_position):
    spec = InputSpec(size, resize, crop=crop, pad_position=pad_position)
    x1, y1, x2, y2 = make_model_input(noise(*frame), spec).crop
    assert 0 <= x1 < x2 <= frame[1]
    assert 0 <= y1 < y2 <= frame[0]


@pytest.mark.parametrize(("spec", "crop"), [
    (InputSpec((50, 50), "stretch"), (0, 0, 200, 100)),
    (InputSpec((50, 50), "letterbox"), (0, 0, 200, 100)),
    (InputSpec((50, 50), "letterbox", pad_position="top_left"), (0, 0, 200, 100)),
    (InputSpec((50, 50), "short_side"), (50, 0, 150, 100)),
    (InputSpec((50, 50), "centre_crop"), (50, 0, 150, 100)),
    (InputSpec((50, 100), "centre_crop"), (0, 0, 200, 100)),
    (InputSpec((50, 50), "stretch", crop=0.5), (50, 25, 150, 75)),
    (InputSpec((50, 50), "letterbox", crop=0.5), (50, 25, 150, 75)),
    (InputSpec((50, 50), "short_side", crop=0.5), (75, 25, 125, 75)),
])  # fmt: skip
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
    spec = InputSpec((40, 40), "stretch", colour="GRAY", mean=(0.5,), std=(0.25,))
    shown = make_model_input(frame, spec).rgb
    luma = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    assert all(np.array_equal(shown[..., channel], luma) for channel in range(3))


def test_what_is_shown_cannot_be_written_and_the_frame_is_left_alone():
    frame = noise(40, 60)
    before = frame.copy()
    shown = make_model_input(frame, InputSpec((32, 32), "short_side", scale=1.0))
    assert np.array_equal(frame, before)
    assert not shown.rgb.flags.writeable
    assert frame.flags.writeable


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
    parts = boxes([60, 10, 80, 30], [40, 0, 60, 10], [0, 0, 20, 20], [70, 20, 70, 40])
    found = compute_visible_shares(parts, CENTRE)
    assert found.tolist() == [1, 0.5, 0, 0]
    assert clip_boxes(boxes([40, 0, 60, 10]), CENTRE).tolist() == [[50, 0, 60, 10]]


def test_losses_are_counted_object_by_object():
    seen = (boxes([60, 10, 100, 50], [40, 0, 60, 40]), CENTRE)
    found = count_losses([seen, (boxes([0, 0, 20, 20], [100, 0, 104, 90]), CENTRE)], stride=8)
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
    geometry = InputGeometry((0, 0, 50, 50), (2.0, 0.5))
    actual = count_losses([(boxes([0, 0, 10, 10]), geometry)], stride=8).surviving
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


@pytest.mark.parametrize(("kind", "size", "n_rows", "stride"), [
    ("yolo", (640, 640), 8400, 8),
    ("yolo_obj", (640, 640), 25200, 8),
    ("yolox", (416, 416), 3549, 8),
    ("yolo", (640, 640), 34000, 4),
    ("yolo", (640, 640), 8500, 8),
    ("yolo", (640, 640), None, 8),
    ("yolo", (640, 640), 77, None),
    ("yolo_end2end", (640, 640), 300, None),
    ("logits", (224, 224), None, None),
])  # fmt: skip
def test_the_finest_grid_is_known_by_the_number_of_its_rows(kind, size, n_rows, stride):
    assert find_finest_stride(kind, size, n_rows) == stride


CARD = {
    "task": "classification",
    "input": {"size": [4, 6], "resize": "stretch", "scale": 1, "mean": 128, "std": 128},
    "output": {"kind": "softmax"},
    "classes": ["a", "b"],
}


def test_the_receipt_holds_the_range_that_the_model_is_fed():
    found = make_preprocessing_record(parse_card(CARD))
    assert found["range"] == [[-1.0, 0.992188]] * 3
    assert found["size"] == [4, 6]
    assert json.loads(json.dumps(found)) == found


def test_only_what_has_an_effect_stands_on_it():
    assert not {"pad", "threshold", "iou"} & make_preprocessing_record(parse_card(CARD)).keys()
    spec = {"size": [4, 6], "resize": "letterbox"}
    boxes = CARD | {"task": "detection", "input": spec, "output": {"kind": "yolo"}}
    keys = make_preprocessing_record(parse_card(boxes)).keys()
    assert {"pad", "pad_position", "threshold", "iou"} <= keys
    actual = make_preprocessing_record(parse_card(boxes | {"output": {"kind": "yolo_end2end"}}))
    assert "iou" not in actual
    card = parse_card(boxes | {"task": "instance", "output": {"kind": "instance_masks"}})
    assert "threshold" in make_preprocessing_record(card)
