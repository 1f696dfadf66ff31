"""The early verdict on the Label screen: it comes with the label that decides, nothing moves for it, and it goes with that label."""

import pytest
from PySide6.QtCore import Qt

from fieldcheck.progress import Silent
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.ui.screens.label.deciding import Deciding
from fieldcheck.ui.screens.label.session import KEYS as NUMBERS
from fieldcheck.ui.screens.label.session import LabelSession
from fieldcheck.words.labels import decided_early
from fieldcheck.workflows.footage.sampling_list import lines
from fieldcheck.workflows.label.early_verdict import EarlyLook, early_look
from fieldcheck.workflows.label.label_frames import LabelDecision, set_label
from fieldcheck.workflows.models.run_and_score import run_and_score
from tests import makers
from tests.ui.faults import faults
from tests.ui.screens.label.conftest import seen
from tests.ui.screens.label.recorded import RecordedView
from tests.ui.screens.label.test_session import done, work
from tests.ui.states import SMALL, USUAL, rest
from tests.workflows.label.test_early_verdict import wrong

Key, Mod = Qt.Key, Qt.KeyboardModifier
WAIT_MS = 20_000
KEYS = {"red": Key.Key_1, "green": Key.Key_2, "blue": Key.Key_3}


class Kept:
    """Takes the readings that are started, and ends none of them by itself."""

    def __init__(self, project):
        self.started, self.runner, self.current, self.project = [], self, self, project

    def start(self, name, work, then, failed, listed):
        self.started.append((work, then, failed, listed))


@pytest.fixture
def nearly(drawn):
    """The folder of a project that one more label decides, the key of that label, and what is said then."""
    run_and_score(drawn, None, "all", Silent(), makers.NOW)
    where = {line.frame.frame_id: line for line in drawn.read(lines)}
    for pick in sorted(drawn.read(picks_table.all), key=lambda one: one.place):
        answer = wrong(where[pick.frame_id])
        set_label(drawn, pick.frame_id, LabelDecision(answer), by="a", now=makers.NOW)
        found = early_look(drawn)
        if found.decided:
            break
    drawn.undo()
    drawn.close()
    return drawn.path, KEYS[answer], decided_early(found.decided, found.n, found.tolerance)[0]


def test_the_verdict_comes_with_the_label_that_decides_and_goes_when_it_is_undone(
    window, open_in_window, settle, press, qtbot, nearly
):  # fmt: skip
    path, key, said = nearly
    window.preferences.change(too_fast_ms=0)
    open_in_window(path)
    window.go("label")
    settle()
    seen(qtbot, window)
    view, jobs = window.shown_screen().view, len(window.runner.jobs)
    settle()
    canvas = view.canvas.geometry()
    assert view._early.text() == ""
    press(key)
    qtbot.waitUntil(lambda: view._early.text() == said, timeout=WAIT_MS)
    assert said.startswith("Decided after")
    assert view.canvas.geometry() == canvas
    press(Key.Key_Z, Mod.ControlModifier)
    qtbot.waitUntil(lambda: view._early.text() == "", timeout=WAIT_MS)
    assert len(window.runner.jobs) == jobs  # a reading is no job that people see
    settle()


@pytest.mark.parametrize("side", ["fail", "pass"])
@pytest.mark.parametrize("spoken", ["en", "de"])
def test_the_longest_verdict_has_its_room_in_every_window(window, label_screen, settle, spoken, side):
    window.preferences.change(language=spoken)
    settle()
    view = window.shown_screen().view
    classes = ("ok", "crack", "porosity", "scratch", "missing_hole", "burr", "wrong_part")
    for size in (USUAL, SMALL):
        window.resize(size)
        view.show_work(list(zip(NUMBERS, classes, strict=False)), kind="class", classes=classes, many=False)
        view.show_early("")
        rest(window, settle)
        canvas = view.canvas.geometry()
        view.show_early(decided_early(side, 100, 0.125)[0])
        rest(window, settle)
        assert faults(window) == []
        assert view.canvas.geometry() == canvas


def test_of_readings_one_is_under_way_at_a_time_and_the_newest_is_told():
    session, view, context = LabelSession(), RecordedView(), Kept("project")
    deciding = Deciding(session, view, context)
    session.load(work())
    deciding.ask()
    session.take(done("f0"))
    deciding.ask()
    assert [listed for *_, listed in context.started] == [False]
    context.started[0][1](EarlyLook("pass", 1, 0.03))
    assert (view.early, len(context.started)) == ([], 2)
    context.started[1][1](EarlyLook("fail", 2, 0.03))
    assert (view.early, len(context.started)) == ([decided_early("fail", 2, 0.03)[0]], 2)


def test_what_was_read_of_a_project_that_was_closed_meanwhile_is_not_told():
    session, view, context = LabelSession(), RecordedView(), Kept("project")
    session.load(work())
    Deciding(session, view, context).ask()
    context.project = None
    context.started[0][1](EarlyLook("fail", 2, 0.03))
    assert (view.early, session.early) == ([], None)
