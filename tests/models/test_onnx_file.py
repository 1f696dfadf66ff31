import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.onnx_file import (
    QuantisationStep,
    check_whole,
    compute_model_sha256,
    find_quantisation_steps,
    read_onnx,
    round_to_integer,
)
from tests.models import graphs
from tests.programs import run_python


def problem_of(path):
    with pytest.raises(ModelRejected) as refused:
        read_onnx(path)
    return refused.value.problem


def test_a_whole_file_names_its_opset_and_needs_no_other(tmp_path):
    found = read_onnx(graphs.passing_on(tmp_path / "m.onnx", opset=15))
    assert (found.opset, found.ir_version, found.external) == (15, 10, ())


@pytest.mark.parametrize("data", [
    b"hello, this is text", b"\x89PNG\r\n\x1a\n" + bytes(60), b"PK\x03\x04" + bytes(60),
    bytes(300), b"\n\n\n",
])  # fmt: skip
def test_another_kind_of_file_is_no_onnx(tmp_path, data):
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    assert problem_of(path) == "not_onnx"


def test_a_folder_is_no_onnx_and_nothing_is_missing(tmp_path):
    assert problem_of(tmp_path) == "not_onnx"
    with pytest.raises(PathMissing):
        read_onnx(tmp_path / "nothing.onnx")


def test_a_file_cut_anywhere_is_truncated(tmp_path):
    data = graphs.convolutions(tmp_path / "m.onnx").read_bytes()
    for length in [0, *range(4, len(data), 97), len(data) - 1]:
        (tmp_path / "cut.onnx").write_bytes(data[:length])
        with pytest.raises(ModelRejected) as refused:
            check_whole(tmp_path / "cut.onnx")
        assert refused.value.problem == "truncated", length


def test_weights_beside_the_model_are_found(tmp_path):
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", bytes(12))
    assert read_onnx(path).external == (tmp_path / "w.bin",)


@pytest.mark.parametrize(("data", "length"), [(None, 12), (bytes(8), 12)])
def test_weights_that_are_missing_or_short_are_named(tmp_path, data, length):
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", data, length)
    with pytest.raises(ModelRejected) as refused:
        read_onnx(path)
    assert (refused.value.problem, refused.value.detail) == ("external_data_missing", "w.bin")


@pytest.mark.parametrize(("location", "problem"), [
    ("../w.bin", "outside"),
    ("/etc/hostname", "absolute"),
    ("C:\\w.bin", "absolute"),
    ("", "empty"),
])  # fmt: skip
def test_weights_outside_the_models_folder_are_refused(tmp_path, location, problem):
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "w.bin").write_bytes(bytes(12))
    with pytest.raises(PathRefused) as refused:
        read_onnx(graphs.with_outside_weights(folder / "m.onnx", location, None))
    assert refused.value.problem == problem


def test_weights_behind_a_link_are_refused(tmp_path):
    (tmp_path / "real.bin").write_bytes(bytes(12))
    os.symlink(tmp_path / "real.bin", tmp_path / "w.bin")
    with pytest.raises(PathRefused) as refused:
        read_onnx(graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", None))
    assert refused.value.problem == "link"


def test_a_place_in_another_encoding_is_refused(tmp_path):
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", bytes(12))
    path.write_bytes(path.read_bytes().replace(b"w.bin", b"\xff.bin"))
    with pytest.raises(PathRefused) as refused:
        read_onnx(path)
    assert refused.value.problem == "name"


def test_the_runtimes_word_for_weights_in_memory_opens_nothing(tmp_path):
    with pytest.raises(ModelRejected):
        read_onnx(graphs.with_outside_weights(tmp_path / "m.onnx", "*/_ORT_MEM_ADDR_/*", None))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damaged_bytes_are_read_or_refused(tmp_path, data):
    whole = bytearray(graphs.passing_on(tmp_path / "m.onnx").read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        whole[place] = data.draw(st.integers(0, 255))
    (tmp_path / "damaged.onnx").write_bytes(whole)
    with suppress(ModelRejected, PathRefused):
        assert read_onnx(tmp_path / "damaged.onnx").ir_version >= 0


WEIGHTS = {"step": np.array(0.5, np.float32), "zero": np.array(10, np.uint8)}


def model(nodes, **weights):
    """A graph from the quantised tensor `x` to the quantised tensor `y`."""
    ends = [helper.make_tensor_value_info(name, TensorProto.UINT8, None) for name in ("x", "y")]
    tensors = [numpy_helper.from_array(value, name) for name, value in (WEIGHTS | weights).items()]
    return helper.make_model(helper.make_graph(nodes, "quantised", [ends[0]], [ends[1]], tensors))


def test_a_stored_figure_is_read_and_written_by_its_step():
    step = QuantisationStep(0.5, 10)
    assert step.dequantise(np.array([10, 12, 0], np.uint8)).tolist() == [0, 1, -5]
    expected = [10, 12, 255, 0]
    assert step.quantise(np.array([0, 1.2, 900, -900], np.float32), np.uint8).tolist() == expected


def test_ties_are_rounded_to_even_and_what_lies_beyond_to_the_ends():
    expected = [0, 2, -128, 127]
    assert round_to_integer(np.array([0.5, 1.5, -200.0, 200.0]), np.int8).tolist() == expected


def test_steps_are_found_at_the_first_and_the_last_operator_through_those_that_only_pass_on():
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "step", "zero"], ["real"]),
        helper.make_node("QuantizeLinear", ["real", "step"], ["q"]),
        helper.make_node("Flatten", ["q"], ["y"]),
    ]
    actual = find_quantisation_steps(model(nodes))
    assert actual == {"x": QuantisationStep(0.5, 10), "y": QuantisationStep(0.5, 0)}


@pytest.mark.parametrize(
    "step",
    [np.array([0.5, 0.25], np.float32), np.array(np.nan, np.float32), np.array(0, np.float32)],
)
def test_a_step_for_each_channel_and_one_that_is_none_are_left_out(step):
    real = helper.make_node("DequantizeLinear", ["x", "step", "zero"], ["real"])
    nodes = [real, helper.make_node("Cast", ["real"], ["y"], to=2)]
    assert find_quantisation_steps(model(nodes, step=step)) == {}


def verdict(path, seconds=30):
    child = run_python(
        "-m", "fieldcheck.models.trial_child", str(path), str(seconds), check=True, text=False
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
