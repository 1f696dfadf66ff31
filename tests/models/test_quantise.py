import logging
import tempfile
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import TEMPORARY
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.quantise import measure_run_times, write_int8_model
from fieldcheck.models.session import open_model
from fieldcheck.progress import Cancelled
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


def test_the_log_hears_as_much_afterwards_as_before(tmp_path, caplog):
    before = logging.getLogger().level
    write_int8_model(
        open_model(graphs.convolutions(tmp_path / "m.onnx")), CARD, FRAMES, tmp_path / "m.int8.onnx"
    )
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
    half = graphs.write(
        tmp_path / "m.onnx",
        nodes,
        [graphs.picture((1, 3, 8, 8), TensorProto.FLOAT16)],
        [graphs.output()],
    )
    with pytest.raises(ModelRejected, match="float16"):
        write_int8_model(open_model(half), CARD, FRAMES, tmp_path / "m.int8.onnx")


def test_both_models_are_timed_on_every_frame(tmp_path):
    runner = ModelRunner(open_model(graphs.convolutions(tmp_path / "m.onnx"), threads=1), CARD, 1)
    found = measure_run_times((runner, runner), FRAMES)
    assert found.shape == (8, 2)
    assert (found > 0).all()
