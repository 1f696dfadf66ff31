from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from fieldcheck.domain.model_card import InputSpec, dump_card, parse_card
from fieldcheck.models.doctor import examine
from fieldcheck.models.doctor.feed import (
    Feed,
    compute_raw_outputs,
    get_output_shapes,
    list_alternative_kinds,
    make_batch,
    render_probe_images,
    resize_frames,
)
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.doctor.fit_card import fit_card
from fieldcheck.models.doctor.graph_faults import InputRange, find_output_operator, read_graph
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
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from fieldcheck.progress import NullProgress
from tests import makers
from tests.counts import rows
from tests.models import graphs
from tests.models.doctor.digits import digits
from tests.models.doctor.faults import FAULTS, append, copy_of, on_card, set_in
from tests.models.doctor.patients import TRAINED, patient, renamed
from tests.models.doctor.signs import save
from tests.models.exporters import BY_NAME, write


def seen(tmp_path, sound, ill=None, labelled=True, base=None):
    path = save(ill.model if ill else sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    fitted = fit_card(model, graph, ill.card if ill else dump_card(sound.card))
    return examine.check_fitted_model(model, graph, fitted, sound.few if labelled else None, base)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "labelled"),
    rows([("plain", True), ("sample", False)], full=[
        *((name, True) for name in (*TRAINED, "sample") if name != "plain"),
        *((name, False) for name in TRAINED),
    ]),
)  # fmt: skip
def test_a_sound_model_has_no_finding(tmp_path, name, labelled):
    for sound in (patient(name), renamed(patient(name), 2)):
        found = seen(tmp_path, sound, labelled=labelled)
        assert (found.findings, found.ok) == ((), True)
        assert found.n_labelled == (len(sound.few.frames) if labelled else 0)


@pytest.mark.long
def test_a_wrong_scale_is_told_once_and_not_again_as_what_comes_of_it(tmp_path):
    ill = on_card(patient("plain"), "scale × 255", scale=1.0)
    for labelled in (True, False):
        actual = [one.code for one in seen(tmp_path, patient("plain"), ill, labelled).findings]
        assert actual == ["scale"]


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    rows(
        ["batch_dependent", "nan_output"],
        full=["batch_norm_training", "dropout_active", "constant_output"],
    ),
)
def test_nothing_is_said_of_how_to_feed_a_model_whose_answers_are_not_its_own(tmp_path, name):
    ill = FAULTS[name](patient("plain"), np.random.default_rng(4))
    assert [one.code for one in seen(tmp_path, patient("plain"), ill).findings] == [name]


def test_a_card_of_another_number_of_classes_is_told_and_the_rest_left_alone(tmp_path):
    ill = FAULTS["class_count"](patient("plain"), np.random.default_rng(4))
    assert [one.code for one in seen(tmp_path, patient("plain"), ill).findings] == ["class_count"]


@pytest.mark.long
def test_a_way_that_nobody_named_is_proposed_and_no_error(tmp_path):
    sound = patient("turned")
    card = dump_card(sound.card)
    del card["input"]["resize"]
    path = save(sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    found = examine.check_fitted_model(model, graph, fit_card(model, graph, card), sound.few)
    assert found.ok
    assert [(one.code, one.level) for one in found.findings] in ([("resize", "info")], [])


@pytest.mark.long
def test_accuracy_at_chance_is_always_a_finding(tmp_path):
    sound = patient("plain")
    path = save(sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    classes = np.random.default_rng(6).integers(0, 5, len(sound.few.classes))
    chance = LabelledFrames(sound.few.frames, classes)
    fitted = fit_card(model, graph, dump_card(sound.card))
    found = examine.check_fitted_model(model, graph, fitted, chance)
    assert [(one.code, one.level) for one in found.findings] == [("at_chance", "error")]
    assert not found.ok


@pytest.mark.long
@pytest.mark.parametrize("labelled", rows([False], full=[True]))
def test_a_sound_card_of_grey_pictures_fed_0_to_255_is_no_false_alarm(tmp_path, labelled):
    model, card, known = digits(tmp_path / "m.onnx")
    graph = read_graph(model.path)
    fitted = fit_card(model, graph, card)
    found = examine.check_fitted_model(model, graph, fitted, known if labelled else None)
    assert [one for one in found.findings if one.level != "info"] == []
    assert found.ok


def softmax(rows):
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def told(tmp_path, model=None, kind="logits", drops=False):
    sound = patient("plain")
    path = save(model or sound.model, tmp_path / "m.onnx")
    card = replace(sound.card, output=replace(sound.card.output, kind=kind))
    feed = Feed(open_model(path, threads=1), card)
    resized = resize_frames(render_probe_images(12), sound.card.input)
    batch = make_batch(resized.planes, sound.card.input)
    graph = read_graph(path)
    operator = find_output_operator(graph, feed.model.outputs[0].name)
    return [(one.code, one.how) for one in examine.find_output_faults(feed, batch, operator, drops)]


def altered(nodes, weights, operator="Gemm"):
    model = copy_of(patient("plain").model)
    place = next(place for place, node in enumerate(model.graph.node) if node.op_type == operator)
    set_in(model, place, nodes, weights)
    return model


def test_the_outputs_of_a_sound_model_have_no_fault(tmp_path):
    assert told(tmp_path) == []


def test_figures_that_are_none_come_before_everything_else(tmp_path):
    bad = altered([helper.make_node("Div", ["IN", "no"], ["OUT"])], {"no": np.float32([0])})
    assert told(tmp_path, bad) == [("nan_output", "probes")]


def test_the_same_answer_to_all_is_constant_and_nearly_the_same_is_insensitive(tmp_path):
    times = [helper.make_node("Mul", ["IN", "by"], ["OUT"])]
    expected = [("constant_output", "probes")]
    assert told(tmp_path, altered(times, {"by": np.float32([0])})) == expected
    assert told(tmp_path, altered(times, {"by": np.float32([1e-3])})) == [("insensitive", "probes")]


def test_an_answer_that_depends_on_company_is_seen(tmp_path):
    mean = helper.make_node("ReduceMean", ["IN"], ["mean"], axes=[0])
    nodes = [mean, helper.make_node("Sub", ["IN", "mean"], ["OUT"])]
    assert ("batch_dependent", "company") in told(tmp_path, altered(nodes, {}, "Conv"))


def test_another_answer_the_second_time_is_chance(tmp_path):
    noise = helper.make_node("RandomNormalLike", ["IN"], ["r"], scale=0.2)
    nodes = [noise, helper.make_node("Add", ["IN", "r"], ["OUT"])]
    model = altered(nodes, {})
    assert told(tmp_path, model) == [("dropout_active", "repeat")]
    assert told(tmp_path, model, drops=True) == []  # the graph told it already


@pytest.mark.long
@pytest.mark.parametrize(("operators", "kind", "wanted"), [
    ((), "softmax", [("softmax_missing", "values")]),
    ((), "sigmoid", [("softmax_missing", "values")]),
    (("Softmax",), "softmax", []),
    (("Softmax",), "logits", [("softmax_twice", "card")]),
    (("Softmax", "Softmax"), "softmax", [("softmax_twice", "values")]),
])  # fmt: skip
def test_who_takes_the_last_step_is_told_by_the_figures(tmp_path, operators, kind, wanted):
    model = copy_of(patient("plain").model)
    append(model, *operators)
    assert told(tmp_path, model, kind) == wanted


def test_a_softmax_taken_back_tells_whether_there_was_another_below_it():
    rows = np.random.default_rng(2).normal(0, 4, (30, 6))
    assert examine.is_double_softmax(softmax(softmax(rows)).astype(np.float32))
    assert not examine.is_double_softmax(softmax(rows).astype(np.float32))
    # unsure, and softmaxed once
    assert not examine.is_double_softmax(softmax(rows * 0.1).astype(np.float32))


def test_the_spread_is_the_same_with_and_without_the_last_step(tmp_path):
    sound = patient("plain")
    feed = Feed(open_model(save(sound.model, tmp_path / "m.onnx"), threads=1), sound.card)
    rows = np.random.default_rng(2).normal(0, 1, (20, 5)).astype(np.float32)
    soft = replace(sound.card, output=replace(sound.card.output, kind="softmax"))
    spread = examine.compute_log_spread(Feed(feed.model, soft), softmax(rows).astype(np.float32))
    assert examine.compute_log_spread(feed, rows) == pytest.approx(spread, abs=1e-4)


@pytest.mark.parametrize(("light", "whole"), [
    ("m_int8", "m"),
    ("m-fp16", "m"),
    ("m.quant", "m_fp32"),
    ("yolo_static_int8", "yolo"),
    ("m_quantised", "m-fp32"),
])  # fmt: skip
def test_the_whole_model_is_found_by_name(tmp_path, light, whole):
    (tmp_path / f"{whole}.onnx").write_bytes(b"x")
    assert examine.find_base_model(tmp_path / f"{light}.onnx") == tmp_path / f"{whole}.onnx"


@pytest.mark.parametrize("name", ["m", "int8", "pointing8", "halftime"])
def test_a_name_that_says_nothing_has_no_base(tmp_path, name):
    (tmp_path / "m.onnx").write_bytes(b"x")
    assert examine.find_base_model(tmp_path / f"{name}.onnx") is None


def drift(tmp_path, light, whole):
    sound = patient("plain")
    models = [
        open_model(save(model, tmp_path / f"{place}.onnx"), threads=1)
        for place, model in enumerate((light, whole))
    ]
    resized = resize_frames(render_probe_images(16), sound.card.input)
    batch = make_batch(resized.planes, sound.card.input)
    return list(examine.find_precision_drift(Feed(models[0], sound.card), models[1], batch))


@pytest.mark.long
def test_weights_of_two_bits_drift_and_the_same_weights_do_not(tmp_path):
    sound = patient("plain")
    ill = FAULTS["precision_drift"](sound, np.random.default_rng(1))
    (finding,) = drift(tmp_path, ill.model, sound.model)
    assert (finding.code, finding.level, finding.how) == ("precision_drift", "warning", "base")
    assert finding.facts["moved"] > 0.1
    assert drift(tmp_path, sound.model, sound.model) == []


def test_another_output_is_drift_too(tmp_path):
    nan = FAULTS["nan_output"](patient("plain"), np.random.default_rng(1)).model
    assert [one.how for one in drift(tmp_path, nan, patient("plain").model)] == ["shape"]


FRAMES = tuple(np.random.default_rng(4).integers(0, 256, (5, 30, 50, 3), np.uint8))
CARD = parse_card(
    {
        "task": "classification",
        "input": {"size": [32, 32], "resize": "stretch"},
        "output": {"kind": "logits"},
        "classes": ["a", "b", "c"],
    }
)


@pytest.mark.short_cases(4)
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


@pytest.mark.long
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


@pytest.mark.long
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
