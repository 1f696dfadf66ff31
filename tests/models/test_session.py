import hashlib
import subprocess
import threading

import numpy as np
import pytest
from onnx import TensorProto, helper

from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models import session as open_model_module
from fieldcheck.models.onnx_file import compute_model_sha256
from fieldcheck.models.session import TensorSpec, list_external_files, open_model, run_trial
from fieldcheck.progress import Cancelled, CancelToken, set_cancel_token
from tests.models import graphs

HANG_S = 30.0


def rejection(act, *arguments):
    with pytest.raises(ModelRejected) as refused:
        act(*arguments)
    return refused.value


def test_an_open_model_says_what_it_is(tmp_path):
    path = graphs.passing_on(tmp_path / "m.onnx", metadata={"task": "detect"}, opset=15)
    model = open_model(path)
    assert (model.path, model.opset, model.metadata) == (path, 15, {"task": "detect"})
    assert model.inputs == (TensorSpec("images", (None, 3, 8, 8), "tensor(float)"),)
    assert model.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("shape", "batch"), [(("n", 3, 8, 8), None), ((1, 3, 8, 8), 1), ((4, 3, 8, 8), 4)]
)
def test_the_batch_is_fixed_or_open(tmp_path, shape, batch):
    assert open_model(graphs.passing_on(tmp_path / "m.onnx", shape=shape)).batch == batch


def test_warming_up_gives_what_a_black_picture_gives(tmp_path):
    model = open_model(graphs.passing_on(tmp_path / "m.onnx"), threads=1)
    assert model.warm_up((2, 3, 8, 8))[0].shape == (2, 3, 8, 8)


def test_a_half_precision_input_is_fed_in_half_precision(tmp_path):
    node = helper.make_node("Cast", ["images"], ["output"], to=TensorProto.FLOAT)
    picture = graphs.picture(kind=TensorProto.FLOAT16)
    model = open_model(graphs.write(tmp_path / "m.onnx", [node], [picture], [graphs.output()]))
    actual = model.run({"images": np.full((1, 3, 8, 8), 0.1, np.float32)})[0][0, 0, 0, 0]
    assert actual == np.float32(np.float16(0.1))


def test_weights_in_another_file_are_used_and_count_for_the_hash(tmp_path):
    data = np.float32([1, 2, 3]).tobytes()
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", data)
    model = open_model(path)
    actual = model.run({"images": np.ones((1, 3, 8, 8), np.float32)})[0][0, :, 0, 0].tolist()
    assert actual == [1, 2, 3]
    assert list_external_files(path) == (tmp_path / "w.bin",)
    (tmp_path / "w.bin").write_bytes(np.float32([3, 2, 1]).tobytes())
    assert open_model(path).sha256 != model.sha256


@pytest.mark.parametrize("act", [open_model, run_trial])
def test_nothing_there_is_a_missing_path(tmp_path, act):
    with pytest.raises(PathMissing):
        act(tmp_path / "m.onnx")


@pytest.mark.parametrize("act", [open_model, run_trial])
def test_text_is_no_model_and_half_a_file_is_truncated(tmp_path, act):
    (tmp_path / "m.onnx").write_text("not a model")
    assert rejection(act, tmp_path / "m.onnx").problem == "not_onnx"
    data = graphs.passing_on(tmp_path / "m.onnx").read_bytes()
    (tmp_path / "m.onnx").write_bytes(data[: len(data) // 2])
    assert rejection(act, tmp_path / "m.onnx").problem == "truncated"


@pytest.mark.parametrize("act", [open_model, run_trial])
def test_missing_weights_are_named_and_strange_places_refused(tmp_path, act):
    refused = rejection(act, graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", None))
    assert (refused.problem, refused.detail) == ("external_data_missing", "w.bin")
    with pytest.raises(PathRefused):
        act(graphs.with_outside_weights(tmp_path / "m.onnx", "../w.bin", None))


@pytest.mark.parametrize(
    ("options", "detail"),
    [({"ir_version": 99}, "IR 99, limit 1"), ({"opset": 99}, "opset 99, limit 2")],
)
def test_a_file_newer_than_the_runtime_says_by_how_much(tmp_path, options, detail):
    refused = rejection(open_model, graphs.passing_on(tmp_path / "m.onnx", **options))
    assert refused.problem == "too_new"
    assert refused.detail.startswith(detail)


@pytest.mark.parametrize("domain", ["", "their.own"])
def test_an_operator_nobody_knows_is_named(tmp_path, domain):
    node = helper.make_node("Guess", ["images"], ["output"], domain=domain)
    path = graphs.write(
        tmp_path / "m.onnx", [node], [graphs.picture()], [graphs.output()],
        domains=[domain] if domain else [],
    )  # fmt: skip
    refused = rejection(open_model, path)
    assert refused.problem == "unsupported_operator"
    assert "Guess" in refused.detail


def test_a_graph_that_hangs_in_the_air_is_invalid(tmp_path):
    node = helper.make_node("Relu", ["nowhere"], ["output"])
    path = graphs.write(tmp_path / "m.onnx", [node], [graphs.picture()], [graphs.output()])
    refused = rejection(open_model, path)
    assert refused.problem == "invalid_graph"
    assert "nowhere" in refused.detail


def test_a_graph_without_inputs_is_no_model_of_pictures(tmp_path):
    node = helper.make_node("Constant", [], ["output"], value_float=1.0)
    written = graphs.write(tmp_path / "m.onnx", [node], [], [graphs.output()])
    refused = rejection(open_model, written)
    actual = refused.problem
    assert actual == "no_inputs"


def test_a_tensor_that_the_graph_cannot_take_is_a_failed_run(tmp_path):
    model = open_model(graphs.passing_on(tmp_path / "m.onnx"))
    assert rejection(model.warm_up, (1, 3, 9, 9)).problem == "run_failed"


def test_a_sound_file_passes_its_trial(tmp_path):
    run_trial(graphs.convolutions(tmp_path / "a model with spaces.onnx"))


def test_a_trial_that_was_given_no_time_says_nothing_of_the_file(tmp_path):
    with pytest.raises(ModelRejected) as refused:
        run_trial(graphs.convolutions(tmp_path / "net.onnx"), 0.001)
    assert refused.value.problem == "busy"
    assert "net.onnx could not be tested: this computer is too busy" in format_error(refused.value)


def test_a_file_that_never_ends_is_stopped(tmp_path):
    refused = rejection(run_trial, graphs.endless(tmp_path / "m.onnx"), 3.0)
    assert (refused.problem, refused.detail) == ("time", "3 s")


def test_a_run_that_never_ends_is_ended_by_the_flag_that_its_thread_works_under(tmp_path):
    model, flag, came = open_model(graphs.endless(tmp_path / "m.onnx")), CancelToken(), []

    def work():
        set_cancel_token(flag)
        for _ in range(2):  # the second one does not even begin
            try:
                model.warm_up((1, 3, 8, 8))
            except Cancelled:
                came.append("cancelled")

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    flag.cancel()
    thread.join(HANG_S)
    assert came == ["cancelled", "cancelled"]


def test_a_raised_flag_turns_no_failure_of_another_thread_into_a_cancel(tmp_path):
    CancelToken().cancel()
    model = open_model(graphs.passing_on(tmp_path / "m.onnx"))
    assert rejection(model.warm_up, (1, 3, 9, 9)).problem == "run_failed"


def test_a_file_that_asks_for_terabytes_is_refused(tmp_path):
    assert rejection(run_trial, graphs.greedy(tmp_path / "m.onnx")).problem in {"memory", "crashed"}


def test_a_projects_model_is_tried_once_on_each_computer_whatever_it_says(tmp_path, monkeypatch):
    path, asked = graphs.convolutions(tmp_path / "net.onnx"), []
    run_module = open_model_module.run_module
    monkeypatch.setattr(
        open_model_module,
        "run_module",
        lambda *how, **more: asked.append(how) or run_module(*how, **more),
    )
    for programs, home, children in ((2, "mine", 1), (1, "theirs", 2)):
        monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / home))
        for _ in range(programs):
            monkeypatch.setattr(open_model_module, "_tried", set())
            actual = open_model(path, sha256=compute_model_sha256(path)).sha256
            assert actual == open_model(path, sha256=compute_model_sha256(path)).sha256
        assert len(asked) == children


def test_a_projects_model_that_brings_its_child_down_is_not_opened_here(tmp_path, monkeypatch):
    path = graphs.convolutions(tmp_path / "net.onnx", shape=(1, 3, 9, 9))
    monkeypatch.setattr(
        open_model_module,
        "run_module",
        lambda *_, **__: subprocess.CompletedProcess([], -6, b"", b""),
    )
    monkeypatch.setattr(open_model_module.ort, "InferenceSession", None)
    monkeypatch.setattr(open_model_module, "_tried", set())
    with pytest.raises(ModelRejected) as refused:
        open_model(path, sha256=compute_model_sha256(path))
    assert (refused.value.problem, refused.value.detail) == ("crashed", "exit code -6")


def test_real_models_pass_their_trial(shared_data):
    for path in sorted((shared_data / "models").glob("*.onnx")):
        run_trial(path)
