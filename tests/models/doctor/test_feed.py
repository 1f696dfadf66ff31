from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.model_card import InputSpec, parse_card
from fieldcheck.models.doctor.feed import (
    Feed,
    compute_raw_outputs,
    get_output_shapes,
    list_alternative_kinds,
    make_batch,
    render_probe_images,
    resize_frames,
)
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from tests.models import graphs
from tests.models.exporters import BY_NAME, write

FRAMES = tuple(np.random.default_rng(4).integers(0, 256, (5, 30, 50, 3), np.uint8))
CARD = parse_card(
    {
        "task": "classification",
        "input": {"size": [32, 32], "resize": "stretch"},
        "output": {"kind": "logits"},
        "classes": ["a", "b", "c"],
    }
)


@pytest.mark.parametrize("resize", ["stretch", "letterbox", "centre_crop", "short_side"])
@pytest.mark.parametrize("changed", [
    {},
    {"colour": "BGR"},
    {"layout": "NHWC"},
    {"scale": 1.0, "mean": (103.9, 116.8, 123.7)},
    {"colour": "BGR", "layout": "NHWC", "mean": (0.5, 0.4, 0.3), "std": (0.1, 0.2, 0.3)},
])  # fmt: skip
def test_frames_resized_once_become_the_very_tensors_of_any_card(resize, changed):
    spec = InputSpec((24, 32), resize, **changed)
    found = make_batch(resize_frames(FRAMES, InputSpec((24, 32), resize)).planes, spec)
    wanted = np.stack([preprocess_image(frame, spec).tensor for frame in FRAMES])
    assert found == pytest.approx(wanted, rel=1e-5, abs=1e-4)


def test_a_grey_input_is_one_plane():
    spec = InputSpec((24, 32), "stretch", colour="GRAY", mean=(0.5,), std=(0.5,))
    found = make_batch(resize_frames(FRAMES, spec).planes, spec)
    stacked = np.stack([preprocess_image(frame, spec).tensor for frame in FRAMES])
    assert found == pytest.approx(stacked, rel=1e-5, abs=1e-4)


def test_alone_and_together_say_what_the_runner_says(tmp_path):
    model = open_model(graphs.convolutions(tmp_path / "m.onnx"), threads=1)
    feed = Feed(model, replace(CARD, output=replace(CARD.output, kind="softmax")))
    batch = make_batch(resize_frames(FRAMES, CARD.input).planes, CARD.input)
    alone = feed.run_singly(batch)
    assert alone.shape == (5, 3)
    assert feed.run_batch(batch) == pytest.approx(alone, abs=1e-5)
    said = np.stack([answer for answer, _ in ModelRunner(model, feed.card).predict(FRAMES)])
    assert said.argmax(axis=1).tolist() == alone.argmax(axis=1).tolist()


def test_a_batch_that_the_file_fixes_is_filled_up(tmp_path):
    fixed = open_model(graphs.convolutions(tmp_path / "m.onnx", shape=(4, 3, 32, 32)), threads=1)
    free = open_model(graphs.convolutions(tmp_path / "f.onnx"), threads=1)
    batch = make_batch(resize_frames(FRAMES, CARD.input).planes, CARD.input)
    actual = Feed(fixed, CARD).run_singly(batch)
    assert actual == pytest.approx(Feed(free, CARD).run_singly(batch), abs=1e-5)


def test_boxes_come_back_in_the_frame_and_a_class_that_is_not_there_is_no_answer(tmp_path):
    spec = {"size": [8, 8], "resize": "stretch"}
    card = parse_card({
        "task": "detection", "input": spec, "output": {"kind": "yolo_end2end"},
        "classes": ["a", "b"],
    })  # fmt: skip
    rows = np.array([[1, 2, 5, 6, 0.9, 1], [0, 0, 2, 2, 0.3, 0]], np.float32)
    feed = Feed(open_model(graphs.constant_head(tmp_path / "m.onnx", rows), threads=1), card)
    shown = resize_frames(FRAMES[:2], card.input)
    found = feed.find_boxes(make_batch(shown.planes, card.input), shown.placements)
    assert found[0][0, :4] == pytest.approx([1 * 50 / 8, 2 * 30 / 8, 5 * 50 / 8, 6 * 30 / 8])
    assert feed.find_top_scores(make_batch(shown.planes, card.input)) == pytest.approx([0.9, 0.9])
    path = graphs.constant_head(tmp_path / "s.onnx", rows + np.float32([0, 0, 0, 0, 0, 5]))
    strange = Feed(open_model(path, threads=1), card)
    actual = strange.find_boxes(make_batch(shown.planes, card.input), shown.placements)[0].shape
    assert actual == (0, 6)


def test_the_pictures_are_the_same_every_time_and_unlike_each_other():
    shown = render_probe_images(6)
    assert all(one.shape == (160, 160, 3) and one.dtype == np.uint8 for one in shown)
    pairs = zip(shown, render_probe_images(6), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)
    apart = [
        float(np.abs(shown[a].astype(float) - shown[b]).mean()) for a in range(6) for b in range(a)
    ]
    assert min(apart) > 10


def test_they_are_lit_as_scenes_are_neither_black_nor_burnt_out():
    for one in render_probe_images(8):
        assert 30 < one.mean() < 225
        assert one.std() > 10
        assert np.mean((one == 0) | (one == 255)) < 0.2


INPUT = {"size": [96, 96], "resize": "stretch"}


def card_for(kind, task="detection"):
    fields = {"task": task, "input": INPUT, "output": {"kind": kind}, "classes": ["a", "b", "c"]}
    return parse_card(fields)


def test_unlike_pictures_are_shown_one_by_one(tmp_path):
    model = open_model(write(tmp_path / "m.onnx", BY_NAME["SSD"]), threads=1)
    raw = compute_raw_outputs(model, INPUT)
    assert (raw.names, raw.shapes, len(raw.runs)) == (("scores", "boxes"), "1×400×4, 1×400×4", 4)
    assert not np.array_equal(raw.runs[0][0], raw.runs[1][0])
    assert get_output_shapes(model, card_for("ssd")) == raw.shapes


def test_a_wrong_kind_is_told_what_could_stand_in_its_place_whatever_its_task(tmp_path):
    masks = open_model(write(tmp_path / "m.onnx", BY_NAME["U-Net, softmax"]), threads=1)
    ssd = open_model(write(tmp_path / "s.onnx", BY_NAME["SSD"]), threads=1)
    for model, kind in ((masks, "masks (task: segmentation)"), (ssd, "ssd")):
        card = card_for("yolox")
        came = model.warm_up((1, 3, 96, 96))
        assert kind in list_alternative_kinds(model, card, came[:1])
