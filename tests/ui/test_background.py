"""The model answers, embeddings and a sweep come by themselves while somebody labels."""

import threading

import pytest

from fieldcheck.corruptions.sweep_scores import compute_sweep_scores
from fieldcheck.domain.project_state import Changes
from fieldcheck.models.embeddings import load_embeddings
from fieldcheck.models.near_duplicates import get_known_near_duplicates
from fieldcheck.models.store import find_model
from fieldcheck.report.explore_data import get_gap_progress
from fieldcheck.ui.background_jobs import QUIET_MS, BackgroundJobs
from fieldcheck.ui.jobs import CANCELLED, DONE

NAMES = (
    "Background: Model run",
    "Background: Embeddings of frames and benchmark",
    "Background: Comparison of benchmark and footage",
    "Background: Corruption sweep, moderate severity",
)


@pytest.fixture
def background(window):
    made = BackgroundJobs(window.runner, window.current, window.cameras, window.preferences, window)
    yield made
    made.stop()


def idle(qtbot, window, n):
    """Until `n` jobs have ended, and no other one follows."""
    qtbot.waitUntil(
        lambda: len(window.runner.jobs) >= n and not window.runner.busy, timeout=120_000
    )
    qtbot.wait(50)
    qtbot.waitUntil(lambda: not window.runner.busy, timeout=120_000)


def states(window):
    return [(job.name, job.state) for job in window.runner.jobs]


@pytest.mark.long
def test_everything_that_a_result_needs_is_there_before_the_last_label_and_nothing_of_it_is_shown(
    background, screen_of, window, qtbot
):
    label = screen_of("drawn", "label")
    shown = label.presenter.state.index
    idle(qtbot, window, 4)
    assert states(window) == [(name, DONE) for name in NAMES]
    project = window.current.project
    assert get_gap_progress(project).n_answers == 0
    assert len(load_embeddings(project).frame_ids) > 0
    # a report begins with it where nobody has compared both sides yet
    assert get_known_near_duplicates(project) is not None
    rows = compute_sweep_scores(project, find_model(project), 0).rows
    assert {(row.on, row.severity) for row in rows if row.severity} == {("benchmark", 3.0)}
    assert label.presenter.state.index == shown
    assert label.view.placeholder.isHidden() or label.view.canvas.isVisible()
    assert label.presenter.state.blind
    assert label.presenter.state.suggestion is None


@pytest.mark.long
def test_the_status_bar_names_it_after_a_persons_own_job(background, window, screen_of, qtbot):
    screen_of("drawn", "label")
    qtbot.waitUntil(lambda: window.runner.list_running() != [])
    window.status.refresh()
    assert window.status.jobs.text().startswith("Background: ")
    go_on = threading.Event()
    window.runner.run_job(None, "Mine", lambda _progress: go_on.wait(20))
    assert window.status.jobs.text().startswith("Mine")
    qtbot.waitUntil(lambda: [job.name for job in window.runner.list_running()] == ["Mine"])
    go_on.set()
    qtbot.waitUntil(lambda: len(states(window)) > 2)
    assert states(window)[:2] == [(NAMES[0], CANCELLED), ("Mine", DONE)]
    assert states(window)[2][0] == NAMES[0], "it begins anew"


@pytest.mark.long
def test_what_is_cancelled_stays_off_until_the_picks_change(background, window, screen_of, qtbot):
    screen_of("drawn", "label")
    qtbot.waitUntil(lambda: window.runner.list_running() != [])
    window.runner.list_running()[0].cancel()
    idle(qtbot, window, 1)
    qtbot.wait(QUIET_MS + 200)
    assert states(window) == [(NAMES[0], CANCELLED)]
    window.current.refresh(Changes("pick.take_out"))
    qtbot.waitUntil(lambda: states(window)[1:2] == [(NAMES[0], DONE)])
    assert states(window)[0] == (NAMES[0], CANCELLED)


@pytest.mark.long
def test_the_setting_turns_it_off_and_on_again(background, window, screen_of, qtbot):
    window.preferences.update(background=False)
    screen_of("drawn", "label")
    qtbot.wait(QUIET_MS + 200)
    assert window.runner.jobs == []
    window.preferences.update(background=True)
    qtbot.waitUntil(lambda: window.runner.jobs != [])
    assert window.runner.jobs[0].name == NAMES[0]


def test_a_project_without_picks_is_left_alone(background, window, screen_of, qtbot):
    screen_of("footed", "pick")
    qtbot.wait(QUIET_MS + 200)
    assert window.runner.jobs == []


@pytest.mark.long
def test_the_last_label_sweeps_the_field_and_computes_the_gap(background, window, screen_of, qtbot):
    screen_of("labelled", "label")
    idle(qtbot, window, 5)
    actual = states(window)
    assert actual == [*((name, DONE) for name in NAMES), ("Background: Gap computation", DONE)]
    project = window.current.project
    rows = compute_sweep_scores(project, find_model(project), 0).rows
    expected = {("benchmark", 3.0), ("field", 3.0)}
    assert {(row.on, row.severity) for row in rows if row.severity} == expected
