"""After the last label the result opens over the screen."""

import shutil

import pytest
from PySide6.QtCore import Qt

from fieldcheck.domain.changes import Changes
from fieldcheck.progress import Silent
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.models.run_and_score import run_and_score
from fieldcheck.workflows.report import round_result
from tests import makers
from tests.ui.screens.label.conftest import seen

Key = Qt.Key


@pytest.fixture
def one_left(labelling, made, tmp_path):
    """The Label screen with its last frame still to be labelled; `run`: what the model has answered before."""

    def begin(run):
        path = shutil.copytree(made["drawn"], tmp_path / "p.fieldcheck")
        with open_project(path) as project:
            makers.label_all(project)
            last = max(project.read(picks_table.all), key=lambda one: one.place).frame_id
            project.edit("label.undone", deletes=[labels_table.key(last)])
            if run:
                run_and_score(project, None, "all", Silent(), makers.NOW)
        return labelling(path)

    return begin


def test_the_verdict_opens_with_the_last_label_and_names_one_next_step(one_left, window, press, settle, qtbot):
    screen = one_left(run=True)
    assert not screen.presenter.over.open
    assert not screen.view.result.isVisible()
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.over.open)
    page = screen.view.result
    assert page.isVisible()
    assert not screen.view.canvas.isVisible()
    assert page.chart.isVisible()
    assert page.headline.text().startswith("Benchmark ")
    assert page.next.text().startswith("Next: ")
    assert page.hasFocus()
    settle()
    press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.here in ("explore", "report")


def test_no_key_labels_a_frame_that_the_result_covers_and_escape_shows_it_again(one_left, window, press, settle, qtbot):
    screen = one_left(run=True)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.over.open)
    before = dict(screen.presenter.session.round.labels)
    press(Key.Key_2)
    settle()
    assert screen.presenter.session.round.labels == before
    press(Key.Key_Escape)
    assert screen.view.canvas.isVisible()
    assert not screen.presenter.over.open
    seen(qtbot, window)
    press(Key.Key_2)
    qtbot.waitUntil(lambda: screen.presenter.over.open)
    assert screen.presenter.session.round.labels != before


def test_an_undone_label_is_the_frame_again(one_left, press, settle, qtbot):
    screen = one_left(run=True)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.over.open)
    press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert screen.view.canvas.isVisible()
    assert screen.presenter.session.round.n_left == 1


def test_where_answers_are_missing_it_names_the_button_and_the_result_comes_with_them(one_left, window, press, settle, qtbot):
    screen = one_left(run=False)
    press(Key.Key_1)
    qtbot.waitUntil(lambda: screen.presenter.over.open)
    page = screen.view.result
    assert "“Run the model”" in page.next.text()
    assert window.header.primary.said() == "Run the model"
    assert "fieldcheck" not in page.accessibleName()
    settle()
    run_and_score(window.current.project, None, "all", Silent(), makers.NOW)
    window.current.refresh(Changes("background"))
    qtbot.waitUntil(lambda: page.headline.text().startswith("Benchmark "))
    assert window.header.primary.said() != "Run the model"


def test_shortly_before_the_last_label_the_result_is_reckoned_unseen_and_once(one_left, window, monkeypatch, settle):
    reckoned, real = [], round_result.round_result
    monkeypatch.setattr(round_result, "round_result", lambda project, lang: reckoned.append(real(project, lang)))
    screen = one_left(run=True)
    settle()
    assert [one.n_labelled for one in reckoned] == [19]
    assert not screen.presenter.over.open
    assert not screen.view.result.isVisible()
    screen.presenter.browse(-1)
    screen.presenter.browse(1)
    settle()
    assert len(reckoned) == 1
