import threading

import pytest
from PySide6.QtWidgets import QLabel

from fieldcheck.ui.job_widgets import JobsPanel, format_job_status
from fieldcheck.ui.jobs import CANCELLED, DONE, FAILED, Job, JobRunner
from fieldcheck.ui.widgets.buttons import KeyButton


@pytest.mark.parametrize(
    ("state", "done", "total", "words"),
    [
        ("running", 0, None, "running …"),
        ("running", 420, 900, "420 of 900"),
        (DONE, 900, 900, "done"),
        (FAILED, 5, 900, "incomplete"),
        (CANCELLED, 420, 900, "partial: 420 of 900; restart to continue"),
        (CANCELLED, 0, None, "cancelled"),
    ],
)
def test_a_job_says_where_it_stands(qapp, state, done, total, words):
    job = Job("Importing")
    job.state, job.done, job.total = state, done, total
    assert format_job_status(job).startswith(words)


def test_seconds_are_shown_as_minutes_and_what_is_not_kept_promises_no_going_on(qapp):
    job = Job("Latency")
    job.done, job.total, job.unit, job.resumes = 65, 605, "seconds", False
    assert format_job_status(job).startswith("1:05 of 10:05")
    job.state = CANCELLED
    assert format_job_status(job) == "cancelled"


def test_the_newest_job_can_be_cancelled_from_the_panel(qtbot, look):
    runner = JobRunner()
    panel = JobsPanel(look, runner)
    qtbot.addWidget(panel)
    panel.show()
    started = threading.Event()

    def work(progress):
        started.set()
        while True:
            progress.check()

    job = runner.start_job("Importing", work)
    started.wait(20)
    next(
        button for button in panel.findChildren(KeyButton) if button.get_label() == "Cancel"
    ).click()
    qtbot.waitUntil(lambda: job.state == CANCELLED)
    assert "cancelled" in [label.text() for label in panel.findChildren(QLabel)]
    runner.shutdown()


def test_nothing_has_run_yet(qtbot, look):
    runner = JobRunner()
    panel = JobsPanel(look, runner)
    qtbot.addWidget(panel)
    assert [label.text() for label in panel.findChildren(QLabel)] == ["No jobs yet."]
    runner.shutdown()
