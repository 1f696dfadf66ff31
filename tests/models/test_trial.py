import json
import signal
import subprocess
import sys
import time

import pytest

from fieldcheck.models.onnx_file import compute_model_sha256
from tests.models import graphs


def verdict(path, seconds=30):
    child = subprocess.run(
        [sys.executable, "-m", "fieldcheck.models.trial_child", str(path), str(seconds)],
        capture_output=True,
        check=True,
    )
    assert child.stderr == b""
    return json.loads(child.stdout)


def test_the_verdict_is_one_line_of_json_and_nothing_else(tmp_path):
    path = graphs.passing_on(tmp_path / "m.onnx")
    assert verdict(path) == {"problem": "", "detail": "", "sha256": compute_model_sha256(path)}
    assert verdict(graphs.passing_on(tmp_path / "m.onnx", opset=99))["problem"] == "too_new"
    expected = {"problem": "path", "detail": "outside"}
    assert verdict(graphs.with_outside_weights(tmp_path / "m.onnx", "../w", None)) == expected


def test_too_much_memory_is_a_verdict_not_a_crash(tmp_path):
    assert verdict(graphs.greedy(tmp_path / "m.onnx"))["problem"] == "memory"


def test_a_guessed_size_that_does_not_fit_says_nothing_about_the_file(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=("n", "c", "h", "w"))
    # 256 channels are guessed; the first convolution takes three
    assert verdict(path)["problem"] == ""


def test_a_size_that_the_file_fixes_must_run(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=(1, 5, 8, 8))
    assert verdict(path)["problem"] == "run_failed"


def test_models_of_no_picture_are_opened_and_not_run(tmp_path):
    assert verdict(graphs.passing_on(tmp_path / "m.onnx", shape=("n", 5)))["problem"] == ""


def test_a_model_that_takes_too_much_processor_time_is_ended(tmp_path):
    expected = {"problem": "time", "detail": "2 s"}
    assert verdict(graphs.endless(tmp_path / "m.onnx"), seconds=2) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="no signal stops a process there")
def test_a_child_that_has_to_wait_for_the_processor_is_not_too_slow(tmp_path):
    path = graphs.passing_on(tmp_path / "m.onnx")
    command = [sys.executable, "-m", "fieldcheck.models.trial_child", str(path), "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        time.sleep(0.2)
        child.send_signal(signal.SIGSTOP)
        time.sleep(3.5)
        child.send_signal(signal.SIGCONT)
        assert json.loads(child.communicate()[0])["problem"] == ""
