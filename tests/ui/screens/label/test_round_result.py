import shutil

import pytest
from PySide6.QtCore import Qt

from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import DiskFull
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report import explore_data
from fieldcheck.ui.widgets.buttons import KeyButton
from tests import makers
from tests.ui.screens.label.conftest import seen

# After the last label the result opens over the screen.


Key = Qt.Key


@pytest.fixture
def one_left(labelling, made, tmp_path):
    """The Label screen with its last frame still to be labelled; `run`: what the model has answered
    before."""

    def begin(run):
        path = shutil.copytree(made["drawn"], tmp_path / "p.fieldcheck")
        with open_project(path) as project:
            makers.label_all(project)
            last = max(project.read(labels_table.list_picks), key=lambda one: one.place).frame_id
            project.edit("label.undone", deletes=[labels_table.make_label_key(last)])
            if run:
                run_and_score(project, None, "all", NullProgress(), makers.NOW)
        return labelling(path)

    return begin


@pytest.mark.long
def test_the_last_label_opens_the_verdict_and_a_step(one_left, window, press, settle, qtbot):
    screen = one_left(run=True)
    assert not screen.presenter.round_result.is_open
    assert not screen.view.result.isVisible()
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    page = screen.view.result
    assert page.isVisible()
    assert not screen.view.canvas.isVisible()
    assert page.result.chart.isVisible()
    assert page.result.headline.text().startswith("Benchmark ")
    assert page.result.next.isHidden()
    assert page.hasFocus()
    settle()
    press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.current_screen in ("explore", "report")


@pytest.mark.long
def test_no_key_labels_a_frame_covered_by_the_result(one_left, window, press, settle, qtbot):
    screen = one_left(run=True)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    before = dict(screen.presenter.state.round.labels)
    press(Key.Key_2)
    settle()
    assert screen.presenter.state.round.labels == before
    press(Key.Key_Escape)
    assert screen.view.canvas.isVisible()
    assert not screen.presenter.round_result.is_open
    seen(qtbot, window)
    press(Key.Key_2)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    assert screen.presenter.state.round.labels != before


@pytest.mark.long
def test_an_undone_label_is_the_frame_again(one_left, press, settle, qtbot):
    screen = one_left(run=True)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert screen.view.canvas.isVisible()
    assert screen.presenter.state.round.n_left == 1


@pytest.mark.long
def test_where_answers_are_missing_it_names_the_button_and_the_result_comes_with_them(
    one_left, window, press, settle, qtbot
):
    screen = one_left(run=False)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    page = screen.view.result
    assert "run the model" in page.result.next.text()
    assert window.header.primary.get_label() == "Run model"
    assert "fieldcheck" not in page.accessibleName()
    settle()
    run_and_score(window.current.project, None, "all", NullProgress(), makers.NOW)
    window.current.refresh(Changes("background"))
    qtbot.waitUntil(lambda: page.result.headline.text().startswith("Benchmark "))
    assert window.header.primary.get_label() != "Run model"


@pytest.mark.long
def test_before_the_last_label_the_result_is_computed(one_left, window, monkeypatch, settle):
    reckoned, real = [], explore_data.compute_round_result
    monkeypatch.setattr(
        explore_data,
        "compute_round_result",
        lambda project, lang: reckoned.append(real(project, lang)),
    )
    screen = one_left(run=True)
    settle()
    assert [one.n_labelled for one in reckoned] == [19]
    assert not screen.presenter.round_result.is_open
    assert not screen.view.result.isVisible()
    screen.presenter.step_frame(-1)
    screen.presenter.step_frame(1)
    settle()
    assert len(reckoned) == 1


CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.long
def test_errors_of_the_result_are_opened_in_explore(one_left, window, press, settle, qtbot):
    screen = one_left(run=True)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    assert window.header.primary.get_label() == "Create report"
    settle()
    screen.view.result.result.show_all.click()
    explore = window.get_shown_screen()
    assert (window.current_screen, explore.presenter.session.mode) == ("explore", "frames")
    qtbot.waitUntil(lambda: explore.view.frames.grid.tiles.rowCount() > 0)


@pytest.mark.long
def test_run_the_model_is_done_while_its_screen_reads(one_left, window, press, settle, qtbot):
    screen = one_left(run=False)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    press(Key.Key_Return, CTRL)
    assert window.current_screen == "explore"
    qtbot.waitUntil(lambda: any(job.objectName() == "explore.run" for job in window.runner.jobs))
    settle()
    assert explore_data.compute_round_result(window.current.project, "en").lacking == ""


def list_buttons(window, text):
    """Those that are seen with this text."""
    buttons = window.findChildren(KeyButton)
    return [one for one in buttons if one.isVisible() and one.get_label() == text]


@pytest.mark.long
def test_the_result_comes_again_by_key_button_and_finder(one_left, window, press, settle, qtbot):
    screen = one_left(run=True)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    press(Key.Key_Escape)
    assert screen.view.canvas.isVisible()
    window.show_screen("explore")
    window.show_screen("label")
    settle()
    assert not screen.presenter.round_result.is_open
    available = window.context.actions.list_available()
    entry = next(entry for entry, _ in available if entry.id == "label.result")
    assert entry.text == "Show the result of the labels"
    ways = (
        lambda: press(Key.Key_V),
        window.header.primary.click,
        window.context.actions.get_action("label.result").trigger,
        lambda: press(Key.Key_Return, CTRL),
    )
    for way in ways:
        assert list_buttons(window, "Show result") == [window.header.primary]
        way()
        qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
        assert screen.view.result.isVisible()
        press(Key.Key_V)
        assert screen.view.canvas.isVisible()


def test_before_the_last_label_its_key_says_how_many_are_left(one_left, window, press):
    screen = one_left(run=True)
    press(Key.Key_V)
    assert screen.view._note.text() == "Label 1 more frame first: the result follows."
    assert not screen.presenter.round_result.is_open


@pytest.mark.long
def test_one_unsure_frame_does_not_keep_the_result_back(one_left, window, press, settle, qtbot):
    screen = one_left(run=True)
    press(Key.Key_U)
    qtbot.waitUntil(lambda: not screen.presenter.state.round.n_left)
    settle()
    seen(qtbot, window)
    assert not screen.presenter.round_result.is_open  # it comes once more
    expected = (
        "20 of 20 labelled. 1 frame is unsure: decide it, or press Ctrl+Enter for the result."
    )
    assert screen.view._note.text() == expected
    assert window.header.primary.get_label() == "Show result"
    press(Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    assert screen.view.result.result.headline.text().startswith("Benchmark ")
    assert (window.current_screen, screen.presenter.state.round.n_unsure) == ("label", 1)


@pytest.mark.long
def test_a_result_that_cannot_be_worked_out_says_why_and_is_waited_for_no_longer(
    one_left, window, press, settle, monkeypatch, qtbot
):
    screen = one_left(run=True)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.round_result.is_open)
    press(Key.Key_Escape)

    def fails(project, lang):
        raise DiskFull(project.path)

    monkeypatch.setattr(explore_data, "compute_round_result", fails)
    press(Key.Key_V)
    assert screen.view._note.text() == "Computing the result …"
    settle()
    assert not screen.presenter.round_result.is_open
    assert "Computing" not in screen.view._note.text()
    assert window.messages.banners
