from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.model_card import InputSpec, parse_card
from fieldcheck.models.doctor.feed import Feed, render_probe_images, resize_frames
from fieldcheck.models.doctor.fit_card import fit_card
from fieldcheck.models.doctor.graph_faults import InputRange, read_graph
from fieldcheck.models.doctor.preprocessing_variants import (
    Normalisation,
    check_scale_by_behaviour,
    check_scale_by_range,
    count_changes,
    find_best_recipe,
    find_known_preprocessing,
    get_changed_keys,
    get_way,
    iter_known_recipes,
    iter_partial_changes,
    iter_placements,
    list_colour_orders,
    list_finding_codes,
    list_norms,
)
from fieldcheck.models.session import open_model
from fieldcheck.progress import NullProgress
from tests import makers
from tests.models.doctor.patients import patient
from tests.models.doctor.signs import save

SPEC = InputSpec((32, 48), "stretch")
SHIFTED = InputSpec((32, 48), "stretch", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def test_the_cards_own_way_comes_first_and_changes_nothing():
    own = get_way(SHIFTED)
    assert own.apply_to(SHIFTED) == SHIFTED
    assert list_norms(SHIFTED, None)[0] == own.norm
    assert next(iter(iter_placements(SHIFTED))) == own.placement
    assert list_colour_orders(SHIFTED) == ("RGB", "BGR")
    assert get_changed_keys(SHIFTED, own) == {}
    assert (list_finding_codes(SHIFTED, own), count_changes(SHIFTED, own)) == ((), 0)


def test_the_same_figures_written_otherwise_are_one_norm():
    whole = Normalisation(1.0, (127.5,) * 3, (127.5,) * 3)
    written = (whole, Normalisation(1 / 255, (0.5,) * 3, (0.5,) * 3))
    assert written[0].round_values() == written[1].round_values()
    rounded = [norm.round_values() for norm in list_norms(SPEC, None)]
    assert len(rounded) == len(set(rounded))


def test_a_usual_norm_is_tried_for_every_card():
    norms = list_norms(InputSpec((32, 48), "stretch", scale=7.0), None)
    tried = {norm.round_values() for norm in norms}
    assert get_way(SPEC).norm.round_values() in tried
    assert get_way(SHIFTED).norm.round_values() in tried


@pytest.mark.parametrize(("changed", "said"), [
    ({"colour": "BGR"}, ("channel_order",)),
    ({"scale": 1.0}, ("scale",)),
    ({"mean": (0.5,) * 3}, ("mean_std",)),
    ({"std": (0.25,) * 3}, ("mean_std",)),
    ({"scale": 1.0, "mean": (103.9,) * 3}, ("scale",)),
    ({"resize": "letterbox"}, ("resize",)),
    ({"crop": 0.875}, ("resize",)),
    ({"layout": "NHWC"}, ("layout",)),
    ({"colour": "BGR", "scale": 1.0, "layout": "NHWC"}, ("channel_order", "scale", "layout")),
])  # fmt: skip
def test_every_step_from_the_card_has_its_code(changed, said):
    other = get_way(replace(SPEC, **changed))
    assert list_finding_codes(SPEC, other) == said
    wanted = {*changed} - ({"pad_position"} if changed.get("resize") != "letterbox" else set())
    assert set(get_changed_keys(SPEC, other)) == wanted
    assert count_changes(SPEC, other) >= len(said)


def test_where_letterbox_pads_only_counts_with_letterbox():
    padded = get_way(replace(SPEC, pad_position="top_left"))
    assert get_changed_keys(SPEC, padded) == {}


def test_between_two_ways_lie_all_their_mixtures():
    far = get_way(replace(SPEC, colour="BGR", scale=1.0, layout="NHWC"))
    mixed = set(iter_partial_changes(SPEC, far, list_norms(SPEC, None)))
    turned = replace(get_way(SPEC), layout="NHWC")
    assert {get_way(SPEC), far, replace(get_way(SPEC), colour="BGR"), turned} <= mixed


def test_grey_has_one_order_and_one_mean():
    spec = InputSpec((8, 8), "stretch", colour="GRAY", mean=(0.0,), std=(1.0,))
    assert list_colour_orders(spec) == ("GRAY",)
    assert all(len(norm.mean) == len(norm.std) == 1 for norm in list_norms(spec, None))


@given(st.floats(1e-4, 0.1), st.integers(0, 255))
def test_what_a_quantised_file_holds_is_a_norm_that_fills_it(scale, zero):
    held = InputRange(scale, float(zero))
    found = [norm for norm in list_norms(SPEC, held) if norm.scale == scale]
    if 0.05 <= 255 * scale <= 5000:
        low = (0 - found[0].mean[0]) / found[0].std[0]
        high = (255 * scale - found[0].mean[0]) / found[0].std[0]
        assert (low, high) == pytest.approx(held.limits, abs=1e-9)


HELD = InputRange(1 / 128, 128.0)


@pytest.mark.parametrize(("changed", "codes"), [
    ({"scale": 1 / 128, "mean": (1.0,) * 3}, ()),
    ({"scale": 1 / 255, "mean": (0.5,) * 3, "std": (0.5,) * 3}, ()),
    ({"scale": 1.0}, ("scale",)),
    ({"scale": 1 / 255}, ("mean_std",)),
    ({"scale": 1.0, "mean": (127.5,) * 3}, ("scale",)),
])  # fmt: skip
def test_a_card_has_to_fill_what_a_quantised_file_holds(changed, codes):
    found = check_scale_by_range(InputSpec((8, 8), "stretch", **changed), HELD)
    assert tuple(one.code for one in found.findings) == codes or {"scale"} <= {
        one.code for one in found.findings
    } & set(codes)
    if codes:
        low, high = found.findings[0].facts["low"], found.findings[0].facts["high"]
        assert (low, high) != pytest.approx(HELD.limits)
        fed = found.way.apply_to(InputSpec((8, 8), "stretch"))
        assert (0 - fed.mean[0]) / fed.std[0] == pytest.approx(-1, abs=0.02)
        assert (255 * fed.scale - fed.mean[0]) / fed.std[0] == pytest.approx(1, abs=0.02)


def test_a_file_that_holds_no_range_says_nothing():
    assert check_scale_by_range(InputSpec((8, 8), "stretch", scale=1.0), None).findings == ()


@pytest.mark.parametrize("factor", [255.0, 1 / 255, 1.0])
@pytest.mark.parametrize("name", ["plain", "turned"])
def test_a_scale_that_is_wrong_by_orders_of_magnitude_shows_without_labels(tmp_path, name, factor):
    sound = patient(name)
    spec = replace(sound.card.input, scale=sound.card.input.scale * factor)
    model = open_model(save(sound.model, tmp_path / "m.onnx"), threads=1)
    feed = Feed(model, replace(sound.card, input=spec))
    found = check_scale_by_behaviour(feed, resize_frames(render_probe_images(16), spec).planes)
    assert [one.code for one in found.findings] == ([] if factor == 1.0 else ["scale"])
    assert all(one.score.status == "na" for one in found.candidates)


PURE = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}


def fed(tmp_path, sidecar, frames):
    model = open_model(makers.colour_model(tmp_path / "stranger.onnx"))
    fitted = fit_card(model, read_graph(model.path), sidecar, makers.COLOURS)
    return find_known_preprocessing(model, fitted, frames, NullProgress())


def test_labelled_frames_choose_among_the_known_ways_where_nobody_says_one(tmp_path):
    swapped = [
        (np.full((40, 40, 3), PURE[name][::-1], np.uint8), name)
        for name in makers.COLOURS
        for _ in range(2)
    ]
    found = fed(tmp_path, {}, swapped)
    assert (found.name, found.card.input.colour) == ("Caffe", "BGR")
    assert fed(tmp_path, {}, []).name == "÷ 255"


def test_what_somebody_said_is_left_alone(tmp_path):
    found = fed(tmp_path, {"input": {"size": [32, 32], "resize": "stretch"}}, [])
    assert (found.name, found.n, found.card.input.resize) == ("", 0, "stretch")


def card(kind, task="detection", **given):
    return parse_card({
        "task": task, "input": {"size": [32, 32], "resize": "stretch"} | given,
        "output": {"kind": kind}, "classes": list(makers.COLOURS),
    })  # fmt: skip


def test_yolox_is_fed_its_own_way_on_real_footage(shared_data):
    model = open_model(shared_data / "models" / "yolox_nano.onnx")
    film = cv2.VideoCapture(str(shared_data / "videos" / "intel-bottle-detection.mp4"))
    frames = [(film.read()[1][..., ::-1].copy(), "") for _ in range(2)]
    fitted = fit_card(model, read_graph(model.path), {})
    found = find_best_recipe(model, fitted.card, {}, frames, NullProgress())
    fed = found.card.input
    assert (found.name, found.n) == ("YOLOX", 3)
    assert (fed.colour, fed.scale) == ("BGR", 1.0)
    assert (fed.resize, fed.pad, fed.pad_position) == ("letterbox", 114, "top_left")


def test_what_somebody_said_stays():
    found = dict(iter_known_recipes(card("yolox", pad=0), {"colour": "RGB", "pad": 0}))
    assert {one.input.colour for one in found.values()} == {"RGB"}
    assert {one.input.pad for one in found.values()} == {0}
    assert {one.input.resize for one in found.values()} == {"letterbox"}


@pytest.mark.parametrize("kind", ["ssd", "detr"])
def test_of_an_unknown_export_nothing_is_said(kind):
    assert list(iter_known_recipes(card(kind), {})) == []
    grey = card("softmax", "classification", colour="GRAY", mean=[0], std=[1])
    actual = list(iter_known_recipes(grey, {}))
    assert actual == []


def test_labelled_frames_tell_how_a_classifier_is_fed_and_unlabelled_ones_do_not(tmp_path):
    model = open_model(makers.colour_model(tmp_path / "m.onnx"))
    fitted = fit_card(model, read_graph(model.path), {}, makers.COLOURS).card
    pure = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}
    frames = [(np.full((40, 40, 3), pure[name], np.uint8), name) for name in makers.COLOURS]
    swapped = [(rgb[..., ::-1].copy(), name) for rgb, name in frames for _ in range(2)]
    assert find_best_recipe(model, fitted, {}, frames, NullProgress()).name == "÷ 255"
    # the one with the colours the other way round
    assert find_best_recipe(model, fitted, {}, swapped, NullProgress()).name == "Caffe"
    best = find_best_recipe(model, fitted, {}, [(rgb, "") for rgb, _ in swapped], NullProgress())
    assert best.name == "÷ 255"
