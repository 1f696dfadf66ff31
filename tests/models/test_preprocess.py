import cv2
import numpy as np
import pytest

from fieldcheck.domain.model_card import InputSpec
from fieldcheck.models.preprocess import preprocess_image

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


@pytest.mark.parametrize(
    ("scale", "mean", "std"),
    [
        (1 / 255, MEAN, STD),
        (1, (128,) * 3, (128,) * 3),
        (1, (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)),
        (2 / 255, (1,) * 3, (1,) * 3),
    ],
)
def test_scale_mean_and_deviation_are_exact(frame, scale, mean, std):
    spec = InputSpec((40, 60), "stretch", scale=scale, mean=mean, std=std)
    close(
        preprocess_image(frame, spec).tensor,
        normalised(cv2.resize(frame, (60, 40)), scale, mean, std),
    )


def test_raw_pixels_arrive_without_a_digit_lost(frame):
    tensor = preprocess_image(frame, InputSpec((90, 161), "stretch", scale=1.0)).tensor
    assert np.array_equal(tensor, frame.transpose(2, 0, 1).astype(np.float32))


def test_the_mean_stands_in_the_order_of_the_tensor(frame):
    spec = InputSpec((40, 60), "stretch", colour="BGR", mean=MEAN, std=STD)
    close(
        preprocess_image(frame, spec).tensor,
        normalised(cv2.resize(frame, (60, 40))[..., ::-1], 1 / 255, MEAN, STD),
    )


def test_grey_is_luma_in_one_channel(frame):
    tensor = preprocess_image(
        frame, InputSpec((40, 60), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,))
    ).tensor
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
    tensor = preprocess_image(
        frame, InputSpec((64, 64), "letterbox", pad=200, pad_position="top_left", scale=1.0)
    ).tensor
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
    got = preprocess_image(
        frame, InputSpec((64, 96), resize, crop=crop, interpolation="area", pad=0)
    )
    weight = got.tensor[0]
    centre = [
        (np.arange(96) + 0.5) @ weight.sum(0) / weight.sum(),
        (np.arange(64) + 0.5) @ weight.sum(1) / weight.sum(),
    ]
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
        assert np.isfinite(
            preprocess_image(np.zeros((1, 400, 3), np.uint8), InputSpec((32, 32), resize)).tensor
        ).all()
