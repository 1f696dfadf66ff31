import json
import subprocess
import sys

import pytest

from fieldcheck.errors import ModelRejected
from fieldcheck.inference.trial import open_and_run
from tests.inference import graphs


def verdict(path):
    child = subprocess.run([sys.executable, "-m", "fieldcheck.inference.trial", str(path)], capture_output=True, check=True)
    assert child.stderr == b""
    return json.loads(child.stdout)


def test_the_verdict_is_one_line_of_json_and_nothing_else(tmp_path):
    assert verdict(graphs.passing_on(tmp_path / "m.onnx")) == {"problem": "", "detail": ""}
    assert verdict(graphs.passing_on(tmp_path / "m.onnx", opset=99))["problem"] == "too_new"
    assert verdict(graphs.with_outside_weights(tmp_path / "m.onnx", "../w", None)) == {"problem": "path", "detail": "outside"}


def test_too_much_memory_is_a_verdict_not_a_crash(tmp_path):
    assert verdict(graphs.greedy(tmp_path / "m.onnx"))["problem"] == "memory"


def test_a_guessed_size_that_does_not_fit_says_nothing_about_the_file(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=("n", "c", "h", "w"))
    open_and_run(path)  # 256 channels are guessed; the first convolution takes three


def test_a_size_that_the_file_fixes_must_run(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=(1, 5, 8, 8))
    with pytest.raises(ModelRejected):
        open_and_run(path)


def test_models_of_no_picture_are_opened_and_not_run(tmp_path):
    open_and_run(graphs.passing_on(tmp_path / "m.onnx", shape=("n", 5)))
