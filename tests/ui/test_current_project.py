import shutil
import threading
import time
from types import SimpleNamespace

import pytest

from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import FolderGone
from fieldcheck.errors.projects import NothingToUndo, ProjectOnlyRead
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.ui.current_project import BodyLoader, CurrentProject, get_opening_message
from fieldcheck.ui.jobs import JobRunner, Operation
from tests.footage.made_recordings import webcam, write_recording
from tests.footage.test_finish_recording import ABOUT, ID
from tests.makers import NOW


@pytest.fixture
def runner(qapp):
    made = JobRunner()
    yield made
    made.shutdown()


@pytest.fixture
def current(qtbot, runner, drawn):
    """A project with picks, open."""
    path = drawn.path
    drawn.close()
    made = CurrentProject(runner)
    made.failures = []
    with qtbot.waitSignal(made.opened):
        made.open(path, made.failures.append, made.failures.append)
    yield made
    made.close()


def idle(qtbot, runner):
    qtbot.waitUntil(lambda: not runner.busy)


def label_first(project):
    first = project.read(picks_table.list_picks)[0].frame_id
    return set_label(project, first, LabelDecision("red"), "", NOW)


def test_an_act_is_on_disk_before_anybody_hears_of_it(qtbot, runner, current):
    heard = []
    current.changed.connect(
        lambda changes: heard.append((changes.act, current.status.n_labelled, current.undo_depth))
    )
    current.run_edit(None, label_first)
    idle(qtbot, runner)
    assert heard == [("label.set", 1, 2)]
    assert current.saved_at is not None
    with open_project(current.project.path, write=False) as reader:
        assert reader.read(lambda db: db.execute("SELECT count(*) FROM label").fetchone()[0]) == 1


def test_undo_and_redo_go_through_the_same_door(qtbot, runner, current):
    told = []
    current.run_edit(None, label_first)
    current.undo(None).on_success(told.append).on_failure(told.append)
    idle(qtbot, runner)
    assert (current.status.n_labelled, current.redo_depth, told[0].act) == (0, 1, "label.set")
    current.redo(None).on_success(told.append).on_failure(told.append)
    idle(qtbot, runner)
    assert current.status.n_labelled == 1


def test_an_act_that_is_refused_changes_nothing_and_says_why(qtbot, runner, current):
    told = []
    storing = current.run_edit(
        None, lambda project: set_label(project, "no-such-frame", LabelDecision("red"), "", NOW)
    )
    storing.on_failure(lambda error: told.append(type(error).__name__))
    idle(qtbot, runner)
    assert told == ["FrameUnknown"]
    assert current.status.n_labelled == 0


def test_work_runs_off_the_main_thread(qtbot, runner, current):
    seen = []
    current.query(None, lambda project: threading.current_thread().name).on_success(seen.append)
    idle(qtbot, runner)
    assert seen[0].startswith("act")


def test_a_job_tells_that_something_changed_even_when_it_was_stopped(qtbot, runner, current):
    heard, ended = [], []
    current.changed.connect(heard.append)

    def endless(project, progress):
        while True:
            progress.check()

    job = current.run_job(None, "Endless", endless).on_end(lambda: ended.append(True))
    job.cancel()
    idle(qtbot, runner)
    qtbot.waitUntil(lambda: heard == [Changes("job")])
    assert ended == [True]


def test_an_answer_for_a_project_that_was_closed_is_dropped(qtbot, runner, current):
    got, go_on = [], threading.Event()
    current.query(None, lambda project: go_on.wait(20)).on_success(got.append)
    current.close()
    go_on.set()
    idle(qtbot, runner)
    assert got == []
    assert current.name == ""


def test_jobs_of_a_project_end_with_it_and_others_go_on(qtbot, runner, current):
    def wait_for_end(progress):
        while True:
            progress.check()
            time.sleep(0.005)

    own = current.run_job(None, "own", lambda _project, progress: wait_for_end(progress))
    other = runner.run_job(None, "other", wait_for_end)
    current.close()
    qtbot.waitUntil(lambda: own.state == "cancelled")
    assert other.state == "running"
    other.cancel()
    qtbot.waitUntil(lambda: not runner.busy)


def test_a_project_that_is_written_elsewhere_is_read(qtbot, runner, made):
    current, why = CurrentProject(runner), []
    with open_project(made["labelled"]):
        with qtbot.waitSignal(current.opened):
            current.open(made["labelled"], why.append, why.append)
        assert type(why[0]).__name__ == "ProjectLocked"
        assert not current.writable
        current.run_edit(None, label_first).on_failure(why.append)
        qtbot.waitUntil(lambda: len(why) == 2)
        assert isinstance(why[1], ProjectOnlyRead)
        current.close()
        idle(qtbot, runner)


def test_without_a_project_there_is_nothing_to_undo(qtbot, runner):
    current, told = CurrentProject(runner), []
    current.undo(None).on_success(told.append).on_failure(told.append)
    qtbot.waitUntil(lambda: len(told) == 1)
    assert isinstance(told[0], NothingToUndo)


def test_every_work_is_refused_with_the_folder_that_moved_away(qtbot, runner, current, tmp_path):
    """Also of work that nobody waits for, and of jobs that go past this object."""
    path, told, unheard = current.project.path, [], []
    runner.unexpected.connect(lambda error, _detail: unheard.append(error))
    path.rename(tmp_path / "elsewhere")
    current.run_edit(None, label_first).on_failure(told.append)
    job = current.run_job(
        None, "run", lambda project, _progress: (project.path / "models" / "net.onnx").read_bytes()
    )
    job.on_failure(told.append)
    job = runner.run_job(
        None, "pages", lambda _progress: (path / "models" / "net.onnx").read_bytes()
    )
    job.on_failure(told.append)
    reading = current.query(None, lambda _project: (path / "models" / "net.onnx").read_bytes())
    reading.on_success(told.append)
    idle(qtbot, runner)
    assert [(type(error), error.path) for error in (*told, *unheard)] == [(FolderGone, path)] * 4
    assert current.disconnected
    (tmp_path / "elsewhere").rename(path)
    current.run_edit(None, label_first)
    idle(qtbot, runner)
    assert not current.disconnected


def test_a_project_whose_folder_is_gone_closes_and_why_is_told(qtbot, runner, current, tmp_path):
    path = current.project.path
    current.run_edit(None, label_first)
    idle(qtbot, runner)
    path.rename(tmp_path / "elsewhere")
    with qtbot.waitSignal(current.close_failed) as told:
        current.close()
    assert isinstance(told.args[0], FolderGone)
    assert current.project is None
    (tmp_path / "elsewhere").rename(path)
    with open_project(path) as again:
        assert again.read(lambda db: db.execute("SELECT count(*) FROM label").fetchone()[0]) == 1


@pytest.mark.long
def test_a_failure_stays_in_its_project(window, open_in_window, settle, qtbot, made, tmp_path):
    told, go_on = [], threading.Event()

    def work(_project, _progress):
        go_on.wait(20)
        raise ZeroDivisionError

    open_in_window(shutil.copytree(made["empty"], tmp_path / "a.fieldcheck"))
    window.current.run_job(None, "Long", work).on_failure(told.append)
    window.current.open(
        shutil.copytree(made["empty"], tmp_path / "b.fieldcheck"), told.append, told.append
    )
    qtbot.waitUntil(lambda: window.current.name == "b")
    go_on.set()
    settle()
    assert [one for one in told if isinstance(one, ZeroDivisionError)] == []


class Current:
    """An open project that answers when it is told to."""

    def __init__(self):
        self.revision, self.asked = 1, []

    def query(self, parent, question):
        self.asked.append(Operation(parent))
        return self.asked[-1]


def test_nothing_is_read_before_an_answer_has_come():
    current, told = Current(), []
    body = BodyLoader(current, None)
    assert not body.enter()
    body.query(lambda project: 1).on_success(told.append).on_failure(told.append)
    assert not body.is_read
    current.asked[0].succeed(7)
    assert (body.is_read, told) == (True, [7])
    assert body.enter(), "nothing has changed since"


def test_what_was_read_before_a_change_is_not_shown_when_the_screen_is_entered_again():
    current = Current()
    body = BodyLoader(current, None)
    body.query(lambda project: 1).on_failure(lambda _error: None)
    current.revision += 1
    current.asked[0].succeed(7)
    assert body.is_read, "while the screen is shown it stands until the next answer"
    assert not body.enter()
    assert not body.is_read


def test_a_reading_that_fails_counts_as_failed_unless_something_stands_there():
    current, errors = Current(), []
    body = BodyLoader(current, None)
    body.query(lambda project: 1).on_failure(errors.append)
    error = OSError("gone")
    current.asked[0].fail(error)
    assert (body.is_read, body.failed, errors) == (False, True, [error])
    body.reset()
    assert not body.failed
    body.mark_read(current.revision)
    body.query(lambda project: 1).on_failure(errors.append)
    current.asked[1].fail(error)
    assert (body.is_read, body.failed) == (True, False)


def test_only_while_a_project_is_being_opened_a_screen_says_so():
    assert get_opening_message(SimpleNamespace(opening=False)) == ""
    assert get_opening_message(SimpleNamespace(opening=True)) == "Opening the project …"


@pytest.mark.long
def test_a_recording_that_a_killed_program_left_is_taken_in_when_its_project_opens(
    window, open_in_window, settle, qtbot, made, tmp_path
):
    path = shutil.copytree(made["empty"], tmp_path / "p.fieldcheck")
    write_recording(path / "recordings" / ID, [webcam(index) for index in range(30)], ABOUT)
    open_in_window(path)
    found = lambda: window.current.project.read(lambda db: recordings_table.get_recording(db, ID))  # noqa: E731
    qtbot.waitUntil(lambda: found() is not None and found().closed)
    settle()
    assert found().n_frames == 30


def test_a_project_without_one_is_opened_and_that_is_all(window, open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["empty"], tmp_path / "p.fieldcheck"))
    assert not window.runner.busy
