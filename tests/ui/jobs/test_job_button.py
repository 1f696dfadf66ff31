import shutil
import threading

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from fieldcheck.errors.models import NoModel
from fieldcheck.ui.job_widgets import JobToggle


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
    button = JobToggle(
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


def test_a_second_press_stops_it_and_a_page_that_comes_back_finds_it(window, page, settle):
    begun = threading.Event()

    def work(_project, progress, _now):
        begun.set()
        while True:
            progress.check()

    button = JobToggle(window.context, page, "test.work", lambda: "Work", lambda: work)
    button.toggle_job()
    assert begun.wait(20)
    again = Told()
    JobToggle(window.context, again, "test.work", lambda: "Work", lambda: work).enter()
    assert again.jobs == page.jobs
    button.toggle_job()
    settle()
    assert page.jobs[-1].state == "cancelled"
    button.reset()
    assert (page.jobs[-1], page.runs[-1]) == (None, False)


def test_what_goes_wrong_is_said_and_cleared_at_the_next_beginning(window, page, settle):
    outcomes = [NoModel(window.current.project.path), None]

    def work(_project, _progress, _now):
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    button = JobToggle(window.context, page, "test.work", lambda: "Work", lambda: work)
    button.toggle_job()
    settle()
    assert [banner.key for banner in window.messages.banners] == ["test.work"]
    button.toggle_job()
    settle()
    assert window.messages.banners == ()


def test_work_that_ends_after_its_page_was_taken_down_says_nothing_to_it(
    window, page, settle, qtbot
):
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
    JobToggle(
        window.context, gone, "test.work", lambda: "Work", lambda: lambda *_: go_on.wait(20)
    ).toggle_job()
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    go_on.set()
    settle()
    assert [one for one in gone.told if isinstance(one, bool)] == [True]
