import json

import numpy as np
import onnxruntime as ort
import pytest

from fieldcheck.latency import bench_runner
from tests import makers


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder as it is exported, of a tiny model."""
    monkeypatch.setattr(bench_runner, "WARM_UP_S", 0.1)
    model = makers.tiny_model(tmp_path / "net.onnx")
    asked = ort.InferenceSession(str(model)).get_inputs()[0]
    np.save(
        tmp_path / "frames.npy", np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    )
    told = {
        "key": "0" * 16, "model_sha256": "a", "card_sha256": "b", "model_file": "net.onnx",
        "input": asked.name, "type": asked.type,
        "layout": "NCHW", "shape": [3, 32, 32], "batch": 1, "without_batch": False,
        "offset": [0.0] * 3, "factor": [1 / 255] * 3,
        "outputs": ["y"], "n_answers": 3,
        "files": {name: bench_runner.compute_sha256(tmp_path / name) for name in ("net.onnx",
        "frames.npy")},
    }  # fmt: skip
    (tmp_path / "runner.json").write_text(json.dumps(told))
    return tmp_path


def test_it_times_every_frame_and_writes_its_answers(folder):
    out = folder / "bench.json"
    assert bench_runner.main(["--seconds", "0.2", "--fps", "200", "--out", str(out)], folder) == 0
    found = json.loads(out.read_text())
    assert len(found["begun_s"]) == len(found["stages_ms"]["forward"]) > bench_runner.WARM_UP_FRAMES
    assert (len(found["answers"]), found["answers"][0][0]["shape"]) == (3, [1, 3])
    assert found["begun_s"] == sorted(found["begun_s"])


def test_a_file_that_is_another_is_refused(folder):
    (folder / "net.onnx").write_bytes(b"other")
    with pytest.raises(SystemExit, match=r"net\.onnx"):
        bench_runner.main(["--seconds", "0.2"], folder)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_a_tensor_is_filled_as_its_layout_wants_it(layout):
    picture = np.random.default_rng(1).integers(0, 256, (4, 6, 3), np.uint8)
    tensor = np.zeros((3, 4, 6) if layout == "NCHW" else (4, 6, 3), np.float32)
    bench_runner.fill_tensor(
        tensor, picture, {"layout": layout, "offset": [1.0, 2.0, 3.0], "factor": [0.5, 1.0, 2.0]}
    )
    planes = tensor if layout == "NCHW" else tensor.transpose(2, 0, 1)
    assert np.allclose(planes[2], (picture[..., 2] - 3.0) * 2.0)


def test_figures_are_spread_over_an_array_and_those_that_are_none_stay_so():
    some = bench_runner.sample_values(np.arange(10_000.0))
    assert (len(some), some[0], some[-1]) == (bench_runner.SHOWN, 0.0, 9999.0)
    assert bench_runner.sample_values(np.array([1.0, np.nan, np.inf])) == [1.0, None, None]
    assert bench_runner.sample_values(np.zeros(0)) == []
