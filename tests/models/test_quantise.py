import logging
import tempfile
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.analyses.releases_and_ranking import QUANTISED
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.run import QuantisedModel
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import TEMPORARY
from fieldcheck.models.card import read_card
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.quantise import (
    get_quantised_model,
    make_quantised_model,
    measure_run_times,
    write_int8_model,
)
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.session import open_model
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers
from tests.models import graphs

CARD = parse_card(
    {
        "task": "classification",
        "input": {"size": [32, 32], "resize": "stretch"},
        "output": {"kind": "logits"},
        "classes": ["a", "b", "c"],
    }
)
FRAMES = [np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8) for seed in range(8)]


@pytest.mark.long
def test_the_copy_holds_its_steps_and_no_trace_of_the_making(tmp_path):
    model = open_model(graphs.convolutions(tmp_path / "m.onnx"))
    write_int8_model(model, CARD, FRAMES, tmp_path / "out" / "m.int8.onnx")
    kinds = {node.op_type for node in onnx.load(str(tmp_path / "out" / "m.int8.onnx")).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear", "Conv"} <= kinds
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["m.int8.onnx"]


def test_a_child_that_is_ended_leaves_no_folder_of_the_runtime(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def cancelled():
        yield from FRAMES * 3
        until = time.monotonic() + 60
        while (
            not list((tmp_path / "temporary").glob("fieldcheck-*/ort*"))
            and time.monotonic() < until
        ):
            time.sleep(0.02)
        kept.extend(path.name for path in (tmp_path / "temporary").iterdir())
        raise Cancelled

    kept = []
    with pytest.raises(Cancelled):
        write_int8_model(
            open_model(graphs.convolutions(tmp_path / "m.onnx")),
            CARD,
            cancelled(),
            tmp_path / "m.int8.onnx",
        )
    assert [name.startswith(TEMPORARY) for name in kept] == [True]
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.long
def test_the_log_hears_as_much_afterwards_as_before(tmp_path, caplog):
    before = logging.getLogger().level
    opened = open_model(graphs.convolutions(tmp_path / "m.onnx"))
    write_int8_model(opened, CARD, FRAMES, tmp_path / "m.int8.onnx")
    assert logging.getLogger().level == before
    assert caplog.text == ""


def test_a_batch_that_the_file_fixes_is_calibrated_in_whole_batches(tmp_path):
    model = open_model(graphs.convolutions(tmp_path / "m.onnx", shape=(3, 3, 32, 32)))
    write_int8_model(model, CARD, FRAMES, tmp_path / "m.int8.onnx")
    assert open_model(tmp_path / "m.int8.onnx").batch == 3


def aged(path, opset):
    """The network as an exporter of that opset writes it: a bias belongs to the linear layer."""
    model = onnx.load(graphs.convolutions(path, last="Softmax", opset=opset))
    (linear,) = [node for node in model.graph.node if node.op_type == "Gemm"]
    linear.input.append("bias")
    model.graph.initializer.append(numpy_helper.from_array(np.zeros(3, np.float32), "bias"))
    onnx.save(model, path)
    return path


@pytest.mark.long
@pytest.mark.parametrize("opset", [7, 9, 11, 12])
def test_a_graph_of_an_older_opset_is_converted_first(tmp_path, opset):
    model = open_model(aged(tmp_path / "m.onnx", opset))
    write_int8_model(model, CARD, FRAMES, tmp_path / "m.int8.onnx")
    light = open_model(tmp_path / "m.int8.onnx")
    assert light.opset >= 13
    for (full, _), (small, _) in zip(
        *(ModelRunner(one, CARD, 1).predict(FRAMES) for one in (model, light)), strict=True
    ):
        assert abs(full - small).max() < 0.1


def test_what_is_light_already_is_refused(tmp_path):
    nodes = [helper.make_node("Cast", ["images"], ["output"], to=TensorProto.FLOAT)]
    picture = graphs.picture((1, 3, 8, 8), TensorProto.FLOAT16)
    half = graphs.write(tmp_path / "m.onnx", nodes, [picture], [graphs.output()])
    with pytest.raises(ModelRejected, match="float16"):
        write_int8_model(open_model(half), CARD, FRAMES, tmp_path / "m.int8.onnx")


def test_both_models_are_timed_on_every_frame(tmp_path):
    runner = ModelRunner(open_model(graphs.convolutions(tmp_path / "m.onnx"), threads=1), CARD, 1)
    found = measure_run_times((runner, runner), FRAMES)
    assert found.shape == (8, 2)
    assert (found > 0).all()


@pytest.mark.long
def test_a_copy_in_int8_is_measured_and_stands_in_the_report(labelled):
    found = make_quantised_model(labelled, "net", NullProgress(), makers.NOW)
    assert (found.model, found.file, found.n_calibrated) == ("net", "exports/net.int8.onnx", 20)
    copy = labelled.path / found.file
    assert found.bytes_after == copy.stat().st_size
    assert found.time.lo <= found.time.value <= found.time.hi
    assert (found.field.n, found.benchmark.n) == (20, 18)
    assert found.benchmark.change.value == 0  # plain colours survive eight bits
    assert found.field.before.value == found.field.after.value
    assert get_quantised_model(labelled, find_model(labelled)) == found
    assert QUANTISED.get_result(build_report(labelled, "en", NullProgress(), makers.NOW)) == found
    assert QuantisedModel.from_json(found.to_json()) == found


@pytest.mark.long
def test_the_field_is_weighted_as_the_headline_and_what_was_not_run_is_run(labelled, tmp_path):
    """Strata of unlike shares: the plain share of right answers differs from the footage's."""
    path = makers.colour_model(tmp_path / "other.onnx", order=(0, 2, 1))
    add_model(labelled, path, None, makers.LATER)
    model = find_model(labelled, "other")
    assert not load_field_side(labelled, model).scores.footage.measured
    found = make_quantised_model(labelled, "other", NullProgress(), makers.LATER)
    headline = load_field_side(labelled, model).scores.footage
    assert found.field is not None
    assert found.field.n == 20
    assert found.field.before.value == pytest.approx(headline.value)
    actual = (found.field.before.lo, found.field.before.hi)
    assert actual == pytest.approx((headline.lo, headline.hi))


@pytest.mark.long
def test_a_real_network_shrinks_and_answers_nearly_the_same(material, tmp_path):
    path = graphs.convolutions(tmp_path / "deep.onnx", n_classes=3)
    card = makers.write_card(tmp_path / "deep.card.json", makers.COLOUR_CARD)
    with makers.empty_project(tmp_path / "p.fieldcheck", path, card=card) as project:
        makers.add_footage(project, material / "night.avi")
        found = make_quantised_model(project, "deep", NullProgress(), makers.NOW)
        assert (found.n_calibrated, found.field, found.benchmark) == (30, None, None)
        light = open_model(project.path / found.file)
        models = (open_model(path), light)
        runners = [ModelRunner(model, read_card(model, makers.COLOUR_CARD), 1) for model in models]
        frame = makers.picture("green")
        full, small = (runner.predict([frame])[0][0] for runner in runners)
        assert abs(full - small).max() < 0.1
        assert (full != small).any()


@pytest.mark.long
def test_what_cannot_be_made_lighter_is_refused_in_a_sentence(labelled, material, tmp_path):
    with (
        makers.empty_project(tmp_path / "bare.fieldcheck", material / "net.onnx") as bare,
        pytest.raises(NoFootage),
    ):
        make_quantised_model(bare, "net", NullProgress(), makers.NOW)
    make_quantised_model(labelled, "net", NullProgress(), makers.NOW)
    card = makers.write_card(tmp_path / "c.json", makers.COLOUR_CARD)
    old = graphs.convolutions(tmp_path / "old.onnx", opset=11)
    add_model(labelled, old, card, makers.LATER)
    assert get_card(find_model(labelled, "old")).task == "classification"
    expected = "exports/old.int8.onnx"
    assert make_quantised_model(labelled, "old", NullProgress(), makers.LATER).file == expected
