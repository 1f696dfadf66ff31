import os
import sys
import threading

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from shiboken6 import delete

from fieldcheck.i18n import language
from fieldcheck.models.session import open_model
from fieldcheck.parallel import default_workers
from fieldcheck.progress import Cancelled, LatestValue
from fieldcheck.ui import jobs
from tests.models import graphs


@pytest.fixture
def runner(qapp):
    made = jobs.JobRunner()
    yield made
    made.shutdown()


def idle(qtbot, runner):
    qtbot.waitUntil(lambda: not runner.busy)


def test_a_result_comes_back_on_the_main_thread(qtbot, runner):
    got = []
    job = runner.run_job(None, "Adding", lambda progress: 1 + 1)
    job.on_success(lambda answer: got.append((answer, threading.current_thread())))
    idle(qtbot, runner)
    assert got == [(2, threading.main_thread())]
    assert runner.jobs[0].state == jobs.DONE


def test_progress_can_be_looked_at_while_it_runs(qtbot, runner):
    go_on, moved = threading.Event(), []

    def work(progress):
        progress.report(5, 10, "frames")
        go_on.wait(20)

    job = runner.run_job(None, "Counting", work)
    job.progress_changed.connect(lambda: moved.append((job.done, job.total, job.share)))
    qtbot.waitUntil(lambda: moved == [(5, 10, 0.5)])
    assert runner.list_running() == [job]
    go_on.set()
    idle(qtbot, runner)
    assert runner.list_running() == []


def test_a_cancelled_job_ends_and_brings_no_result(qtbot, runner):
    got = []

    def work(progress):
        progress.report(3, 10)
        while True:
            progress.check()

    job = runner.run_job(None, "Endless", work).on_success(got.append).on_failure(got.append)
    qtbot.waitUntil(lambda: job.done == 3)
    job.cancel()
    assert job.is_stopping
    idle(qtbot, runner)
    assert (job.state, got, isinstance(job.error, Cancelled)) == (jobs.CANCELLED, [], True)


def test_a_job_ends_with_its_error_though_nobody_can_tell_its_cause(qtbot, runner):
    def nothing_left(_error):
        raise MemoryError

    runner.translate_error, told = nothing_left, []
    job = runner.run_job(None, "Broken", lambda progress: 1 / 0)
    job.on_failure(lambda error: told.append(type(error)))
    idle(qtbot, runner)
    assert (told, runner.jobs[0].state) == ([ZeroDivisionError], jobs.FAILED)


@pytest.mark.parametrize("listed", [True, False])
def test_work_that_would_end_the_program_ends_as_a_failed_job(qtbot, runner, listed):
    told = []

    def leave(progress=None):
        raise SystemExit(3)

    if listed:
        runner.run_job(None, "Leaving", leave).on_failure(told.append)
    else:
        runner.run_in_order(None, leave).on_failure(told.append)
    idle(qtbot, runner)
    assert [type(error) for error in told] == [SystemExit]
    assert [job.state for job in runner.jobs] == [jobs.FAILED] * listed


def test_an_error_goes_to_who_asked_and_otherwise_to_the_window(qtbot, runner):
    asked, window = [], []
    runner.unexpected.connect(
        lambda error, detail: window.append((type(error), "Traceback" in detail))
    )

    def broken(progress=None):
        raise ZeroDivisionError

    runner.run_job(None, "Broken", broken).on_failure(lambda error: asked.append(type(error)))
    idle(qtbot, runner)
    runner.run_job(None, "Broken", broken)
    idle(qtbot, runner)
    assert (asked, window) == ([ZeroDivisionError], [(ZeroDivisionError, True)])
    assert [job.state for job in runner.jobs] == [jobs.FAILED, jobs.FAILED]


def test_acts_are_done_in_the_order_in_which_they_were_asked_for(qtbot, runner):
    done = []
    for number in range(200):
        runner.run_in_order(None, lambda number=number: number).on_success(done.append)
    idle(qtbot, runner)
    assert done == list(range(200))


def test_the_time_left_is_said_when_it_can_be_known(qapp):
    job = jobs.Job("Counting")
    assert job.get_eta_s() is None
    job.report(50, 100)
    job.began -= 10
    assert job.get_eta_s() == pytest.approx(10, abs=0.5)
    job.report(100, 100)
    assert job.get_eta_s() is None  # it closes with something that is not counted


def test_shutting_down_asks_every_job_to_stop_and_finishes_every_act(qtbot, qapp):
    runner, done = jobs.JobRunner(), []

    def work(progress):
        while True:
            progress.check()

    runner.run_job(None, "Endless", work)
    runner.run_in_order(None, lambda: done.append("label"))
    runner.shutdown()
    assert done == ["label"]


def test_what_is_not_listed_is_done_and_can_be_cancelled_unseen(qtbot, runner):
    got, stopped = [], []

    def work(progress):
        while True:
            progress.check()

    runner.run_job(None, "Looking up", lambda progress: 3, listed=False).on_success(got.append)
    job = runner.run_job(None, "Looking long", work, listed=False)
    job.on_success(stopped.append).on_failure(stopped.append)
    assert runner.jobs == []
    job.cancel()
    idle(qtbot, runner)
    assert (got, stopped, job.state) == ([3], [], jobs.CANCELLED)


def test_work_speaks_the_language_of_whoever_asked_for_it(qtbot, runner):
    said = []
    with language.use_language("de"):
        runner.run_job(None, "Saying", lambda progress: language.tr("Undo")).on_success(said.append)
        runner.run_in_order(None, lambda: language.tr("Undo")).on_success(said.append)
    idle(qtbot, runner)
    runner.run_in_order(None, lambda: language.tr("Undo")).on_success(said.append)
    idle(qtbot, runner)
    assert sorted(said) == sorted(["Undo", "Rückgängig", "Rückgängig"])


def test_a_cancel_ends_a_model_in_the_middle_of_a_frame(qtbot, runner, tmp_path):
    model, begun, went_on = open_model(graphs.endless(tmp_path / "m.onnx")), threading.Event(), []

    def work(progress):
        begun.set()
        model.warm_up((1, 3, 8, 8))

    job = runner.run_job(None, "Asking", work).on_success(went_on.append).on_failure(went_on.append)
    assert begun.wait(20)
    qtbot.wait(100)
    job.cancel()
    idle(qtbot, runner)
    assert (job.state, went_on) == (jobs.CANCELLED, [])
    runner.run_in_order(None, lambda: model.opset).on_success(went_on.append)
    idle(qtbot, runner)
    assert went_on == [model.opset]


def test_a_job_behind_gives_way_to_every_other(qtbot, runner):
    seen, go_on = {}, threading.Event()

    def work(_progress):
        seen["workers"] = default_workers()
        if sys.platform == "linux":
            seen["nice"] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        go_on.wait(20)

    behind = runner.run_job(None, "Behind", work, in_background=True)
    mine = runner.run_job(None, "Mine", lambda _progress: go_on.wait(20))
    assert runner.list_running() == [mine, behind]
    go_on.set()
    idle(qtbot, runner)
    assert seen == {
        "workers": 1,
        **({"nice": jobs.BACKGROUND_NICENESS} if sys.platform == "linux" else {}),
    }
    assert default_workers() == os.cpu_count()


def test_the_time_left_follows_the_median_pace_and_no_pause(monkeypatch):
    now = 100.0
    monkeypatch.setattr("fieldcheck.ui.jobs.time.monotonic", lambda: now)
    job = jobs.Job("Model run")
    job.report(500, 1000)  # finished at an earlier run
    for at in range(100):
        now += 30.0 if at == 50 else 0.5
        job.report(500 + 2 * (at + 1), 1000)
    assert job.get_eta_s() == pytest.approx(300 / 4, rel=0.05)


def test_pieces_of_another_kind_have_a_pace_of_their_own(monkeypatch):
    now = 100.0
    monkeypatch.setattr("fieldcheck.ui.jobs.time.monotonic", lambda: now)
    job = jobs.Job("Comparison")
    for done in range(400):
        now += 0.2
        job.report(done + 1, 400, "pictures")
    for done in range(20):
        now += 1.0
        job.report(done + 1, 100, "splits")
    assert job.get_eta_s() == pytest.approx(80, rel=0.05)


def test_a_page_that_is_gone_is_told_nothing(qtbot, runner):
    label, window = QLabel(), []
    runner.unexpected.connect(lambda error, _detail: window.append(type(error)))
    runner.run_in_order(label, lambda: "here").on_success(label.setText)
    idle(qtbot, runner)
    assert label.text() == "here"
    go_on = threading.Event()

    def fail(_progress=None):
        go_on.wait(20)
        raise ZeroDivisionError

    runner.run_in_order(label, lambda: "gone").on_success(label.setText)
    runner.run_job(label, "Reading", fail).on_failure(label.setText)
    runner.run_job(label, "Writing", fail, writes=True).on_failure(label.setText)
    delete(label)
    go_on.set()
    idle(qtbot, runner)
    assert window == [ZeroDivisionError], "what was to be written is told by the window"


def test_work_that_failed_or_was_stopped_is_begun_anew_while_its_page_is_there(qtbot, runner):
    label, tries = QLabel(), []

    def start():
        tries.append(len(tries))
        job = runner.run_job(None, "Adding", lambda _progress: 1 / (len(tries) - 1))
        job.on_failure(lambda _error: None).on_retry(label, start)

    start()
    assert not runner.jobs[0].can_retry, "it is under way"
    idle(qtbot, runner)
    assert runner.jobs[0].can_retry
    runner.jobs[0].retry()
    runner.jobs[0].retry()
    idle(qtbot, runner)
    assert [(job.state, job.can_retry) for job in runner.jobs] == [
        (jobs.FAILED, False),
        (jobs.DONE, False),
    ]
    tries.clear()
    start()
    idle(qtbot, runner)
    delete(label)
    assert not runner.jobs[-1].can_retry


def test_only_the_newest_value_is_shown(qtbot, qapp):
    slot, shown, owner = LatestValue(), [], QObject()
    poll = jobs.LatestValuePoller(shown.append, 20, owner)
    for number in range(100):
        slot.put_value(number)
    poll.start(slot)
    qtbot.waitUntil(lambda: shown == [99])
    slot.put_value(100)
    qtbot.waitUntil(lambda: shown == [99, 100])
    poll.stop()
    slot.put_value(101)
    qtbot.wait(60)
    assert shown == [99, 100]
