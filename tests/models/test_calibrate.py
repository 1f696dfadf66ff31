import io
import json
import subprocess
import sys
import types

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from fieldcheck.models import calibrate_child
from tests.models import graphs

SHAPE = (1, 3, 32, 32)


def fed(n, cut=0):
    rng = np.random.default_rng(0)
    data = b"".join(rng.random(SHAPE, np.float32).tobytes() for _ in range(n))
    return data[: len(data) - cut]


def verdict(monkeypatch, model, out, data):
    namespace = types.SimpleNamespace(buffer=io.BytesIO(data))
    monkeypatch.setattr(calibrate_child.sys, "stdin", namespace)
    return calibrate_child.main(model, out, "images", SHAPE)


@pytest.mark.long
def test_a_child_makes_a_copy_of_what_it_is_fed(tmp_path):
    model = graphs.convolutions(tmp_path / "m.onnx")
    words = [
        sys.executable, "-m", "fieldcheck.models.calibrate_child", model, tmp_path / "o.onnx",
        "images", *map(str, SHAPE),
    ]  # fmt: skip
    done = subprocess.run(words, input=fed(3), capture_output=True, check=True, timeout=120)
    assert json.loads(done.stdout) == {"problem": "", "detail": ""}
    assert "QuantizeLinear" in {node.op_type for node in onnx.load(tmp_path / "o.onnx").graph.node}


def test_the_steps_come_of_every_whole_tensor(tmp_path, monkeypatch):
    """A last one that breaks off is passed over; without any there is nothing to calibrate with."""
    model = graphs.convolutions(tmp_path / "m.onnx")
    copies = []
    for n, cut in ((3, 0), (4, 1), (1, 0)):
        assert verdict(monkeypatch, model, tmp_path / "o.onnx", fed(n, cut))["problem"] == ""
        copies.append((tmp_path / "o.onnx").read_bytes())
    assert copies[0] == copies[1] != copies[2]
    expected = {"problem": "quantise", "detail": "No data is collected."}
    assert verdict(monkeypatch, model, tmp_path / "o.onnx", b"") == expected


def test_a_place_that_takes_no_file_is_told_by_its_cause(tmp_path, monkeypatch):
    model = graphs.convolutions(tmp_path / "m.onnx")

    def full(*asked, **how):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(calibrate_child, "quantize_static", full)
    assert verdict(monkeypatch, model, tmp_path / "o.onnx", b"")["problem"] == "disk_full"


def resized(path):
    """A graph of opset 10 that enlarges its picture between pixels; the converter takes that for
    what opset 11 means by it."""
    node = helper.make_node("Resize", ["images", "factors"], ["output"], mode="linear")
    return graphs.write(
        path, [node], [graphs.picture(SHAPE)], [graphs.output()],
        [("factors", np.float32([1, 1, 2, 2]))], opset=10,
    )  # fmt: skip


def test_a_converted_graph_with_other_answers_is_refused(tmp_path, monkeypatch):
    found = verdict(monkeypatch, resized(tmp_path / "m.onnx"), tmp_path / "o.onnx", fed(2))
    assert found == {"problem": "quantise", "detail": "opset 10, other answers in opset 13"}
    assert not (tmp_path / "o.onnx").exists()


def test_the_frames_that_a_converted_graph_is_compared_on_set_the_steps_too(tmp_path, monkeypatch):
    copies = []
    for name, opset in (("old", 11), ("new", 13)):
        model = graphs.convolutions(tmp_path / f"{name}.onnx", opset=opset)
        assert verdict(monkeypatch, model, tmp_path / "o.onnx", fed(6))["problem"] == ""
        graph = onnx.load(tmp_path / "o.onnx").graph
        copies.append(
            {
                one.name: numpy_helper.to_array(one).tolist()
                for one in graph.initializer
                if "images" in one.name
            }
        )
    assert copies[0] == copies[1] != {}
