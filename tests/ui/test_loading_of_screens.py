"""While something is read every screen is loading: no sentence calls missing what is not known,
nothing of another project stands there, and what the primary action does waits for its body."""

import shutil
import threading

import pytest

from benchmarks.screen import let_work
from fieldcheck.domain.project_state import Changes
from fieldcheck.project.folder import open_project
from fieldcheck.ui.screens import SCREENS, get_screen_name
from fieldcheck.ui.widgets.pages import Fade
from tests import makers
from tests.monitoring.test_log_monitor import log, taken
from tests.ui import truths
from tests.ui.states import arrive
from tests.ui.truths import Truth, false_among, truth_of
from tests.ui.visible import body, is_loading, placeholders, texts

OF_PROJECT = tuple(name for name in SCREENS if name not in ("settings", "help"))
MARKS = ("Hall 3", "belt", "of 20", "n =")
WAITS = ("Opening", "Loading", "Reading", "Working out")
PARTS = {
    "evidence": ("packs", "runs", "people", "exports"),
    "explore": ("frames", "map", "look", "doubt", "charts", "gap"),
}


@pytest.fixture
def full(made, tmp_path):
    """All picks labelled, the model run, shifts watched."""
    path = shutil.copytree(made["labelled"], tmp_path / "full.fieldcheck")
    with open_project(path) as project:
        taken(project, log(tmp_path / "a.csv"))
    return path


@pytest.fixture
def bare(tmp_path):
    """A project with nothing in it but the name of its site."""
    path = tmp_path / "bare.fieldcheck"
    makers.empty_project(path, site="Yard 9").close()
    return path


class Gate:
    """Holds up every thread that reads for a screen, until it is opened."""

    def __init__(self, runner):
        self._runner, self._gates = runner, []

    def shut(self):
        gate = threading.Event()
        self._gates.append(gate)
        self._runner.run_in_order(None, gate.wait)
        for _ in range(2):
            self._runner.run_job(None, "held up", lambda _progress: gate.wait(), listed=False)

    def open(self):
        for gate in self._gates:
            gate.set()


@pytest.fixture
def gate(window):
    made = Gate(window.runner)
    yield made
    made.open()


def go(window, screen):
    window.show_screen(screen)
    let_work(30)


def changed_elsewhere(window, settle):
    """Something in the project is other than it was when the screens were shown last."""
    window.show_screen("help")
    window.current.refresh(Changes("job"))
    settle()


def waits(window):
    """Whether something in the place of the body says that it is still to come."""
    return is_loading(window) or any(
        one.endswith("…") and one.startswith(WAITS) for one in body(window)
    )


@pytest.fixture
def background_off(window):
    """No run behind: what is read is read for a screen."""
    window.preferences.update(background=False)


@pytest.mark.long
@pytest.mark.parametrize("project", ["full", "bare"])
def test_every_screen_is_loading_until_it_is_read(
    window, open_in_window, gate, settle, still, background_off, request, project
):
    path = request.getfixturevalue(project)
    truth = truth_of(path)
    open_in_window(path)
    for screen in OF_PROJECT:
        changed_elsewhere(window, settle)
        gate.shut()
        go(window, screen)
        assert waits(window) or (screen == "monitor" and not truth.now.n_models), (
            screen,
            body(window),
        )
        assert false_among(texts(window), truth) == [], screen
        assert not window.context.actions.get_action("primary").isEnabled(), screen
        assert window.header.title.text() == get_screen_name(screen)
        gate.open()
        arrive(settle)
        assert not any(one.state == "loading" for one in placeholders(window)), (
            screen,
            body(window),
        )
        assert false_among(texts(window), truth) == [], screen


@pytest.mark.long
def test_nothing_of_another_project_stands_on_a_screen_that_is_loading(
    window, open_in_window, full, bare, gate, settle, still, background_off
):
    of_full = {}
    open_in_window(full)
    for screen in OF_PROJECT:
        window.show_screen(screen)
        arrive(settle)
        of_full[screen] = {one for one in body(window) if any(mark in one for mark in MARKS)}
    window.show_screen("help")
    open_in_window(bare)
    gate.shut()
    for screen in OF_PROJECT:
        go(window, screen)
        assert waits(window) or screen == "monitor", (screen, body(window))
        assert not of_full[screen] & body(window), screen
        assert not window.context.actions.get_action("primary").isEnabled(), screen
    assert sum(map(bool, of_full.values())) >= 5


def test_every_screen_says_that_a_project_opens(window, full, gate, settle, still, background_off):
    gate.shut()
    window.open_project(full)
    for screen in OF_PROJECT:
        go(window, screen)
        said = texts(window)
        assert false_among(said, Truth(None, opening=True)) == [], screen
        assert screen == "stress" or "Opening the project …" in said, (screen, said)
    gate.open()
    settle()


def test_a_project_that_cannot_be_opened_is_not_waited_for(window, tmp_path, settle, still):
    window.show_screen("pick")
    window.open_project(tmp_path / "nowhere.fieldcheck")
    settle()
    assert "No project is open." in body(window)


@pytest.mark.long
@pytest.mark.parametrize("screen", PARTS)
def test_every_part_of_a_screen_is_loading_until_it_is_read(
    window, open_in_window, full, gate, settle, still, screen, background_off
):
    truth = truth_of(full)
    open_in_window(full)
    for part in PARTS[screen]:
        window.show_screen(screen)
        window.get_shown_screen().presenter.switch_part(part)
        arrive(settle)
        changed_elsewhere(window, settle)
        gate.shut()
        go(window, screen)
        assert waits(window), (part, body(window))
        assert false_among(texts(window), truth) == []
        gate.open()
        arrive(settle)
        assert false_among(texts(window), truth) == [], part


@pytest.mark.long
def test_title_primary_and_body_of_another_screen_come_in_the_same_paint(window, settle):
    arrive(settle)
    window.show_screen("help")
    (fade,) = window.findChildren(Fade)
    covered = fade.parentWidget()
    assert covered.isAncestorOf(window.header.title)
    assert covered.isAncestorOf(window.stack)
    assert fade.size() == covered.size()


@pytest.mark.long
def test_every_sentence_that_calls_something_missing_is_held_to_what_is_so():
    said = truths.written()
    unknown = {
        sentence: file
        for sentence, file in said.items()
        if sentence not in truths.MISSING and sentence not in truths.ASIDE
    }
    assert unknown == {}
    assert set(said) >= truths.ASIDE


def test_a_false_sentence_is_found_among_others():
    truth = Truth(None)
    assert false_among(["No project is open."], truth) == []
    expected = ["“No project is open.”"]
    assert false_among(["No project is open.", "Label"], Truth(None, opening=True)) == expected
