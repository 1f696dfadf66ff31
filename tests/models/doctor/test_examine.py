from dataclasses import replace

import numpy as np
import pytest
from onnx import helper

from fieldcheck.domain.model_card import dump_card
from fieldcheck.models.doctor import examine
from fieldcheck.models.doctor.feed import Feed, make_batch, render_probe_images, resize_frames
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.doctor.fit_card import fit_card
from fieldcheck.models.doctor.graph_faults import find_output_operator, read_graph
from fieldcheck.models.session import open_model
from tests.models.doctor.digits import digits
from tests.models.doctor.faults import FAULTS, append, copy_of, on_card, set_in
from tests.models.doctor.patients import TRAINED, patient, renamed
from tests.models.doctor.signs import save


def seen(tmp_path, sound, ill=None, labelled=True, base=None):
    path = save(ill.model if ill else sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    fitted = fit_card(model, graph, ill.card if ill else dump_card(sound.card))
    return examine.check_fitted_model(model, graph, fitted, sound.few if labelled else None, base)


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("name", [*TRAINED, "sample"])
def test_a_sound_model_has_no_finding(tmp_path, name, labelled):
    for sound in (patient(name), renamed(patient(name), 2)):
        found = seen(tmp_path, sound, labelled=labelled)
        assert (found.findings, found.ok) == ((), True)


def test_a_wrong_scale_is_told_once_and_not_again_as_what_comes_of_it(tmp_path):
    ill = on_card(patient("plain"), "scale × 255", scale=1.0)
    for labelled in (True, False):
        actual = [one.code for one in seen(tmp_path, patient("plain"), ill, labelled).findings]
        assert actual == ["scale"]


@pytest.mark.parametrize(
    "name",
    ["batch_norm_training", "dropout_active", "batch_dependent", "constant_output", "nan_output"],
)
def test_nothing_is_said_of_how_to_feed_a_model_whose_answers_are_not_its_own(tmp_path, name):
    ill = FAULTS[name](patient("plain"), np.random.default_rng(4))
    assert [one.code for one in seen(tmp_path, patient("plain"), ill).findings] == [name]


def test_a_card_of_another_number_of_classes_is_told_and_the_rest_left_alone(tmp_path):
    ill = FAULTS["class_count"](patient("plain"), np.random.default_rng(4))
    assert [one.code for one in seen(tmp_path, patient("plain"), ill).findings] == ["class_count"]


def test_a_way_that_nobody_named_is_proposed_and_no_error(tmp_path):
    sound = patient("turned")
    card = dump_card(sound.card)
    del card["input"]["resize"]
    path = save(sound.model, tmp_path / "m.onnx")
    model, graph = open_model(path, threads=1), read_graph(path)
    found = examine.check_fitted_model(model, graph, fit_card(model, graph, card), sound.few)
    assert found.ok
    assert [(one.code, one.level) for one in found.findings] in ([("resize", "info")], [])


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


def test_the_labelled_frames_that_were_looked_at_are_counted(tmp_path):
    sound = patient("plain")
    assert seen(tmp_path, sound).n_labelled == len(sound.few.frames)
    assert seen(tmp_path, sound, labelled=False).n_labelled == 0


@pytest.mark.parametrize("labelled", [True, False])
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
