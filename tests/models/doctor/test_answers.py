from dataclasses import replace

import numpy as np
import pytest
from onnx import helper

from fieldcheck.models.doctor.examine import (
    compute_log_spread,
    find_output_faults,
    is_double_softmax,
)
from fieldcheck.models.doctor.feed import Feed, make_batch, render_probe_images, resize_frames
from fieldcheck.models.doctor.fit_card import find_output_operator, read_graph
from fieldcheck.models.session import open_model
from tests.models.doctor.faults import append, copy_of, set_in
from tests.models.doctor.patients import patient
from tests.models.doctor.signs import save


def softmax(rows):
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def told(tmp_path, model=None, kind="logits", drops=False):
    sound = patient("plain")
    path = save(model or sound.model, tmp_path / "m.onnx")
    feed = Feed(
        open_model(path, threads=1),
        replace(sound.card, output=replace(sound.card.output, kind=kind)),
    )
    batch = make_batch(
        resize_frames(render_probe_images(12), sound.card.input).planes, sound.card.input
    )
    graph = read_graph(path)
    return [
        (one.code, one.how)
        for one in find_output_faults(
            feed, batch, find_output_operator(graph, feed.model.outputs[0].name), drops
        )
    ]


def altered(nodes, weights, operator="Gemm"):
    model = copy_of(patient("plain").model)
    place = next(place for place, node in enumerate(model.graph.node) if node.op_type == operator)
    set_in(model, place, nodes, weights)
    return model


def test_a_sound_model_has_no_finding(tmp_path):
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
    nodes = [
        helper.make_node("ReduceMean", ["IN"], ["mean"], axes=[0]),
        helper.make_node("Sub", ["IN", "mean"], ["OUT"]),
    ]
    assert ("batch_dependent", "company") in told(tmp_path, altered(nodes, {}, "Conv"))


def test_another_answer_the_second_time_is_chance(tmp_path):
    nodes = [
        helper.make_node("RandomNormalLike", ["IN"], ["r"], scale=0.2),
        helper.make_node("Add", ["IN", "r"], ["OUT"]),
    ]
    model = altered(nodes, {})
    assert told(tmp_path, model) == [("dropout_active", "repeat")]
    assert told(tmp_path, model, drops=True) == []  # the graph told it already


@pytest.mark.parametrize(
    ("operators", "kind", "wanted"),
    [
        ((), "softmax", [("softmax_missing", "values")]),
        ((), "sigmoid", [("softmax_missing", "values")]),
        (("Softmax",), "softmax", []),
        (("Softmax",), "logits", [("softmax_twice", "card")]),
        (("Softmax", "Softmax"), "softmax", [("softmax_twice", "values")]),
    ],
)
def test_who_takes_the_last_step_is_told_by_the_figures(tmp_path, operators, kind, wanted):
    model = copy_of(patient("plain").model)
    append(model, *operators)
    assert told(tmp_path, model, kind) == wanted


def test_a_softmax_taken_back_tells_whether_there_was_another_below_it():
    rows = np.random.default_rng(2).normal(0, 4, (30, 6))
    assert is_double_softmax(softmax(softmax(rows)).astype(np.float32))
    assert not is_double_softmax(softmax(rows).astype(np.float32))
    # unsure, and softmaxed once
    assert not is_double_softmax(softmax(rows * 0.1).astype(np.float32))


def test_the_spread_is_the_same_with_and_without_the_last_step(tmp_path):
    sound = patient("plain")
    feed = Feed(open_model(save(sound.model, tmp_path / "m.onnx"), threads=1), sound.card)
    rows = np.random.default_rng(2).normal(0, 1, (20, 5)).astype(np.float32)
    soft = replace(sound.card, output=replace(sound.card.output, kind="softmax"))
    assert compute_log_spread(feed, rows) == pytest.approx(
        compute_log_spread(Feed(feed.model, soft), softmax(rows).astype(np.float32)), abs=1e-4
    )
