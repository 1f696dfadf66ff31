import gc
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest
from onnx import TensorProto, helper

from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models import session
from fieldcheck.models.onnx_file import compute_model_sha256
from fieldcheck.models.session import (
    THREAD_NAME,
    RunTimeout,
    TensorSpec,
    list_external_files,
    open_model,
    run_trial,
    run_with_timeout,
)
from fieldcheck.progress import Cancelled, CancelToken, set_cancel_token, use_cancel_token
from tests.hostile import models
from tests.hostile.told import Unhindered
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
    run_module = session.run_module
    monkeypatch.setattr(
        session, "run_module", lambda *how, **more: asked.append(how) or run_module(*how, **more)
    )
    for programs, home, children in ((2, "mine", 1), (1, "theirs", 2)):
        monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / home))
        for _ in range(programs):
            monkeypatch.setattr(session, "_tried", set())
            actual = open_model(path, sha256=compute_model_sha256(path)).sha256
            assert actual == open_model(path, sha256=compute_model_sha256(path)).sha256
        assert len(asked) == children


def test_a_projects_model_that_brings_its_child_down_is_not_opened_here(tmp_path, monkeypatch):
    path = graphs.convolutions(tmp_path / "net.onnx", shape=(1, 3, 9, 9))
    monkeypatch.setattr(
        session, "run_module", lambda *_, **__: subprocess.CompletedProcess([], -6, b"", b"")
    )
    monkeypatch.setattr(session.ort, "InferenceSession", None)
    monkeypatch.setattr(session, "_tried", set())
    with pytest.raises(ModelRejected) as refused:
        open_model(path, sha256=compute_model_sha256(path))
    assert (refused.value.problem, refused.value.detail) == ("crashed", "exit code -6")


def test_real_models_pass_their_trial(shared_data):
    for path in sorted((shared_data / "models").glob("*.onnx")):
        run_trial(path)


def test_what_comes_back_is_handed_on():
    assert run_with_timeout(5, lambda: 7, lambda: None) == 7


def test_what_it_raises_is_raised_here():
    def fails():
        raise KeyError("a")

    with pytest.raises(KeyError):
        run_with_timeout(5, fails, lambda: None)


def test_a_call_that_takes_too_long_is_asked_to_end():
    ended = threading.Event()
    with Unhindered() as took, pytest.raises(RunTimeout):
        run_with_timeout(0.05, lambda: ended.wait(30), ended.set)
    assert ended.is_set()
    assert took.seconds < 5


def test_a_call_on_a_busy_computer_has_longer_by_the_clock(monkeypatch):
    # however little processor time this machine gives
    monkeypatch.setattr(session, "BUSY_FACTOR", 10_000)
    ended = threading.Event()

    def spin():
        while not ended.is_set():
            pass

    began = time.monotonic()
    assert run_with_timeout(0.4, lambda: time.sleep(1.0), lambda: None) is None
    assert time.monotonic() - began >= 1.0
    with pytest.raises(RunTimeout) as late:
        run_with_timeout(0.1, spin, ended.set)
    assert not late.value.busy


def test_a_call_that_is_given_no_processor_time_is_told_apart():
    ended = threading.Event()
    with pytest.raises(RunTimeout) as late:
        run_with_timeout(0.05, lambda: ended.wait(30), ended.set)
    assert late.value.busy


def test_the_flag_ends_a_call_and_is_told_at_once():
    flag, ended = CancelToken(), threading.Event()
    threading.Timer(0.1, flag.cancel).start()
    with use_cancel_token(flag), pytest.raises(Cancelled):
        run_with_timeout(60, lambda: ended.wait(30), ended.set)
    assert ended.is_set()


def test_a_call_that_does_not_end_is_left_to_itself(monkeypatch):
    monkeypatch.setattr(session, "GRACE_S", 0.1)
    flag, never = CancelToken(), threading.Event()
    flag.cancel()
    with Unhindered() as took, use_cancel_token(flag), pytest.raises(Cancelled):
        run_with_timeout(60, lambda: never.wait(30), lambda: None)
    assert took.seconds < 5
    left = [thread for thread in threading.enumerate() if thread.name == THREAD_NAME][-1]
    never.set()
    left.join()


@pytest.fixture
def interrupting():
    """What is set when a call is ended, and a call that an uncaught Ctrl-C comes into."""
    before, ended = signal.signal(signal.SIGINT, signal.default_int_handler), threading.Event()

    def interrupted_at_work():
        os.kill(os.getpid(), signal.SIGINT)
        ended.wait(30)

    yield ended, interrupted_at_work
    signal.signal(signal.SIGINT, before)


def test_an_interruption_ends_the_call(interrupting):
    """Where nobody catches signals, Ctrl-C raises in the thread that waits."""
    ended, interrupted_at_work = interrupting

    with pytest.raises(KeyboardInterrupt):
        run_with_timeout(60, interrupted_at_work, ended.set)
    assert ended.is_set()


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, MemoryError, GeneratorExit])
def test_no_kind_of_exception_is_lost_in_the_thread(kind):
    def fails():
        raise kind

    with pytest.raises(kind):
        run_with_timeout(5, fails, lambda: None)


def test_nothing_of_a_call_is_kept():
    kept = np.zeros(3)
    seen = weakref.ref(kept)
    assert run_with_timeout(5, kept.sum, lambda: None) == 0
    del kept
    gc.collect()
    assert seen() is None


def test_one_operator_that_takes_minutes_is_refused_and_the_program_ends_in_order(tmp_path):
    """The runtime asks between operators only. What is left at work then may not bring the process
    down when it leaves."""
    path = models.one_long_operator(tmp_path / "net.onnx")
    code = (
        "import sys; from fieldcheck.models import session; session.RUN_SECONDS = "
        "session.GRACE_S = 0.3; session.BUSY_FACTOR = 10_000; sys.argv = ['fieldcheck', "
        "'try', *sys.argv[1:]]; from fieldcheck.__main__ import main; sys.exit(main())"
    )
    words = [sys.executable, "-c", code, path, models.bright_picture(tmp_path / "white.png")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "timed out in the test run (0.3 s)" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
