import gc
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models import session
from fieldcheck.models.onnx_file import (
    QuantisationStep,
    check_whole,
    compute_model_sha256,
    find_quantisation_steps,
    read_onnx,
    round_to_integer,
)
from fieldcheck.models.session import (
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
from tests.programs import run_python

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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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
    flag, never, left = CancelToken(), threading.Event(), list[threading.Thread]()

    def wait():
        left.append(threading.current_thread())
        never.wait(30)

    flag.cancel()
    with Unhindered() as took, use_cancel_token(flag), pytest.raises(Cancelled):
        run_with_timeout(60, wait, lambda: None)
    assert took.seconds < 5
    never.set()
    for thread in left:
        thread.join()


def get_calling_thread():
    """The thread that a call of the current one is made on."""
    return run_with_timeout(60, threading.current_thread, lambda: None)


def call_on_thread(work):
    """What `work` returns on a thread that ends then."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def test_calls_of_one_thread_are_made_by_one_other_that_ends_with_it():
    first, second, own = call_on_thread(
        lambda: (get_calling_thread(), get_calling_thread(), threading.current_thread())
    )
    assert first is second is not own
    first.join()


def test_each_call_of_the_main_thread_has_a_thread_of_its_own():
    first, second = get_calling_thread(), get_calling_thread()
    assert first is not second
    first.join()
    second.join()


def test_a_call_within_a_call_has_a_thread_of_its_own():
    def call():
        return threading.current_thread(), get_calling_thread()

    outer, inner = run_with_timeout(60, call, lambda: None)
    assert outer is not inner


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system forks no process")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_forked_process_makes_its_calls_on_a_thread_of_its_own():
    def call_and_fork():
        assert get_calling_thread().is_alive()
        child = os.fork()
        if not child:
            os._exit(run_with_timeout(60, lambda: 7, lambda: None))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert call_on_thread(call_and_fork) == 7


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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
def test_the_verdict_is_one_line_of_json_and_nothing_else(tmp_path):
    path = graphs.passing_on(tmp_path / "m.onnx")
    assert verdict(path) == {"problem": "", "detail": "", "sha256": compute_model_sha256(path)}
    assert verdict(graphs.passing_on(tmp_path / "m.onnx", opset=99))["problem"] == "too_new"
    expected = {"problem": "path", "detail": "outside"}
    assert verdict(graphs.with_outside_weights(tmp_path / "m.onnx", "../w", None)) == expected


@pytest.mark.long
def test_too_much_memory_is_a_verdict_not_a_crash(tmp_path):
    assert verdict(graphs.greedy(tmp_path / "m.onnx"))["problem"] == "memory"


@pytest.mark.long
def test_a_guessed_size_that_does_not_fit_says_nothing_about_the_file(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=("n", "c", "h", "w"))
    # 256 channels are guessed; the first convolution takes three
    assert verdict(path)["problem"] == ""


@pytest.mark.long
def test_a_size_that_the_file_fixes_must_run(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=(1, 5, 8, 8))
    assert verdict(path)["problem"] == "run_failed"


@pytest.mark.long
def test_models_of_no_picture_are_opened_and_not_run(tmp_path):
    assert verdict(graphs.passing_on(tmp_path / "m.onnx", shape=("n", 5)))["problem"] == ""


@pytest.mark.long
def test_a_model_that_takes_too_much_processor_time_is_ended(tmp_path):
    expected = {"problem": "time", "detail": "2 s"}
    assert verdict(graphs.endless(tmp_path / "m.onnx"), seconds=2) == expected


@pytest.mark.long
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
