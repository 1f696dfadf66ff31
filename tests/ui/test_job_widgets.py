import shutil
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QLabel

from fieldcheck.errors.models import NoModel
from fieldcheck.progress import Cancelled
from fieldcheck.ui import job_widgets
from fieldcheck.ui.jobs import CANCELLED, DONE, FAILED, Job, JobRunner
from fieldcheck.ui.widgets.buttons import KeyButton


class Told:
    """A page that remembers."""

    def __init__(self):
        self.jobs, self.runs = [], []

    def show_running(self, job):
        self.jobs.append(job)

    def set_run_label(self, runs):
        self.runs.append(runs)


@pytest.fixture
def page(window, open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["empty"], tmp_path / "empty.fieldcheck"))
    return Told()


def test_it_begins_says_so_and_says_when_it_is_done(window, page, settle):
    button = job_widgets.JobToggle(
        window.context,
        page,
        "test.work",
        lambda: "Work",
        lambda: lambda project, progress, now: now,
    )
    button.toggle_job()
    assert (button.is_running, page.runs[-1]) == (True, True)
    assert page.jobs[-1].objectName() == "test.work"
    settle()
    assert (button.is_running, page.runs[-1]) == (False, False)
    assert window.messages.history[-1].text == "Done: Work."


@pytest.mark.long
def test_a_second_press_stops_it_and_a_page_that_comes_back_finds_it(window, page, settle):
    begun = threading.Event()

    def work(_project, progress, _now):
        begun.set()
        while True:
            progress.check()

    button = job_widgets.JobToggle(window.context, page, "test.work", lambda: "Work", lambda: work)
    button.toggle_job()
    assert begun.wait(20)
    again = Told()
    job_widgets.JobToggle(window.context, again, "test.work", lambda: "Work", lambda: work).enter()
    assert again.jobs == page.jobs
    button.toggle_job()
    settle()
    assert page.jobs[-1].state == "cancelled"
    button.reset()
    assert (page.jobs[-1], page.runs[-1]) == (None, False)


@pytest.mark.long
def test_what_goes_wrong_is_said_and_cleared_at_the_next_beginning(window, page, settle):
    outcomes = [NoModel(window.current.project.path), None]

    def work(_project, _progress, _now):
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    button = job_widgets.JobToggle(window.context, page, "test.work", lambda: "Work", lambda: work)
    button.toggle_job()
    settle()
    assert [banner.key for banner in window.messages.banners] == ["test.work"]
    button.toggle_job()
    settle()
    assert window.messages.banners == ()


@pytest.mark.long
def test_work_that_ends_after_its_page_closed_says_nothing_to_it(window, page, settle, qtbot):
    class Gone(QObject):
        def __init__(self):
            super().__init__()
            self.told = []

        def show_running(self, job):
            self.told.append(job)

        def set_run_label(self, runs):
            self.objectName()  # raises where it was deleted
            self.told.append(runs)

    gone, go_on = Gone(), threading.Event()
    job_widgets.JobToggle(
        window.context, gone, "test.work", lambda: "Work", lambda: lambda *_: go_on.wait(20)
    ).toggle_job()
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    go_on.set()
    settle()
    assert [one for one in gone.told if isinstance(one, bool)] == [True]


def test_a_job_is_watched_cancelled_and_said_to_be_partial(window, qtbot):
    strip = job_widgets.JobStrip(window.context.theme)
    qtbot.addWidget(strip)
    go_on = threading.Event()

    def work(progress):
        progress.report(3, 10)
        while not go_on.wait(0.02):
            progress.check()

    job = window.runner.run_job(None, "Import", work, key="capture.import")
    strip.show_job(job)
    assert strip.isVisibleTo(strip.parentWidget())
    assert window.runner.find_running("capture.import") is job
    assert window.runner.find_running("pick.draw") is None
    qtbot.waitUntil(lambda: "3 of 10" in strip.row._words.text())
    with qtbot.waitSignal(job.ended):
        strip.row.cancel.click()
    assert job.state == CANCELLED
    assert isinstance(job.error, Cancelled)
    assert not strip.isHidden()
    assert strip.row._words.text().startswith("partial: 3 of 10")
    assert strip.row.cancel.isHidden()
    assert window.runner.find_running("capture.import") is None


def test_a_finished_job_leaves(window, qtbot):
    strip = job_widgets.JobStrip(window.context.theme)
    qtbot.addWidget(strip)
    first = window.runner.run_job(None, "Import", lambda progress: None)
    strip.show_job(first)
    qtbot.waitUntil(lambda: first.state == DONE)
    assert strip.isHidden()
    strip.show_job(None)
    assert strip.isHidden()
    assert strip.row is None


@pytest.mark.parametrize(("state", "done", "total", "words"), [
    ("running", 0, None, "running …"),
    ("running", 420, 900, "420 of 900"),
    (DONE, 900, 900, "done"),
    (FAILED, 5, 900, "incomplete"),
    (CANCELLED, 420, 900, "partial: 420 of 900; restart to continue"),
    (CANCELLED, 0, None, "cancelled"),
])  # fmt: skip
def test_a_job_says_where_it_stands(qapp, state, done, total, words):
    job = Job("Importing")
    job.state, job.done, job.total = state, done, total
    assert job_widgets.format_job_status(job).startswith(words)


def test_seconds_are_shown_as_minutes_and_what_is_not_kept_promises_no_going_on(qapp):
    job = Job("Latency")
    job.done, job.total, job.unit, job.resumes = 65, 605, "seconds", False
    assert job_widgets.format_job_status(job).startswith("1:05 of 10:05")
    job.state = CANCELLED
    assert job_widgets.format_job_status(job) == "cancelled"


def test_the_newest_job_can_be_cancelled_from_the_panel(qtbot, look):
    runner = JobRunner()
    panel = job_widgets.JobsPanel(look, runner)
    qtbot.addWidget(panel)
    panel.show()
    started = threading.Event()

    def work(progress):
        started.set()
        while True:
            progress.check()

    job = runner.run_job(None, "Importing", work)
    started.wait(20)
    buttons = panel.findChildren(KeyButton)
    next(button for button in buttons if button.get_label() == "Cancel").click()
    qtbot.waitUntil(lambda: job.state == CANCELLED)
    assert "cancelled" in [label.text() for label in panel.findChildren(QLabel)]
    runner.shutdown()


def test_nothing_has_run_yet(qtbot, look):
    runner = JobRunner()
    panel = job_widgets.JobsPanel(look, runner)
    qtbot.addWidget(panel)
    assert [label.text() for label in panel.findChildren(QLabel)] == ["No jobs yet."]
    runner.shutdown()
