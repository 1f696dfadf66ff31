import threading

from fieldcheck.progress import Cancelled
from fieldcheck.ui.job_widgets import JobStrip, find_running_job
from fieldcheck.ui.jobs import CANCELLED, DONE


def test_a_job_is_watched_cancelled_and_said_to_be_partial(window, qtbot):
    strip = JobStrip(window.context.theme)
    qtbot.addWidget(strip)
    go_on = threading.Event()

    def work(progress):
        progress.report(3, 10)
        while not go_on.wait(0.02):
            progress.check()

    job = window.runner.start_job("Import", work)
    job.setObjectName("capture.import")
    strip.show_job(job)
    assert strip.isVisibleTo(strip.parentWidget())
    assert find_running_job(window.runner, "capture.import") is job
    assert find_running_job(window.runner, "pick.draw") is None
    qtbot.waitUntil(lambda: "3 of 10" in strip.row._words.text())
    with qtbot.waitSignal(job.ended):
        strip.row.cancel.click()
    assert job.state == CANCELLED
    assert isinstance(job.error, Cancelled)
    assert not strip.isHidden()
    assert strip.row._words.text().startswith("partial: 3 of 10")
    assert strip.row.cancel.isHidden()
    assert find_running_job(window.runner, "capture.import") is None


def test_a_finished_job_leaves(window, qtbot):
    strip = JobStrip(window.context.theme)
    qtbot.addWidget(strip)
    first = window.runner.start_job("Import", lambda progress: None)
    strip.show_job(first)
    qtbot.waitUntil(lambda: first.state == DONE)
    assert strip.isHidden()
    strip.show_job(None)
    assert strip.isHidden()
    assert strip.row is None
