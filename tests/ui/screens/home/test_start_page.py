import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QLabel

from fieldcheck.api.demo import PROJECT_NAME
from fieldcheck.paths import get_app_paths
from fieldcheck.ui.screens.home.captions import build_missing_row
from fieldcheck.ui.screens.home.start_page import StartPage, StartPresenter, VisitStepsLine
from fieldcheck.ui.widgets.buttons import KeyButton
from tests import makers


def test_three_ways_to_begin_carry_their_keys_and_the_promise_stands_below(view):
    names = {one.accessibleName() for one in view.start.findChildren(KeyButton)}
    assert names >= {"Open demo, S", "Create project, N", "Open folder…, O", "Open pack…, P"}
    said = [one.text() for one in view.start.findChildren(QLabel)]
    assert any(text.startswith("Everything stays on this computer.") for text in said)


def test_recent_projects_come_first_and_without_one_what_this_is_about(look, window, qtbot):
    page = StartPage(look, window.context.actions)
    qtbot.addWidget(page)
    page.resize(1092, 460)
    page.show()
    qtbot.waitExposed(page)
    question = next(
        one
        for one in page.findChildren(QLabel)
        if one.text() == "Compare your model's field score with its benchmark score"
    )
    assert (question.isVisible(), page.recent.isVisible()) == (True, False)
    page.show_recent_projects([build_missing_row("/dock/b.fieldcheck", Path("/dock"))])
    assert (question.isVisible(), page.recent.isVisible()) == (False, True)
    buttons = page.findChildren(KeyButton)
    ways = [one for one in buttons if one.accessibleName() == "Create project, N"]
    assert page.recent.mapTo(page, QPoint()).y() < ways[0].mapTo(page, QPoint()).y()


def test_a_lost_project_is_found_in_a_folder(look, window, qtbot, tmp_path):
    page = StartPage(look, window.context.actions)
    qtbot.addWidget(page)
    told = []
    page.project_located.connect(lambda old, folder: told.append((old, folder)))
    page.folder_chosen.connect(told.append)
    page.show_recent_projects([build_missing_row("/dock/b.fieldcheck", Path("/dock"))])
    page.recent.locate_requested.emit("/dock/b.fieldcheck")
    page.prompt_for_project()
    for dialog in page.findChildren(QFileDialog):
        dialog.fileSelected.emit(str(tmp_path))
        dialog.close()
    assert told == [("/dock/b.fieldcheck", tmp_path), tmp_path]


def test_one_visit_has_five_steps_with_their_minutes(look, qtbot):
    steps = VisitStepsLine(look)
    qtbot.addWidget(steps)
    said = [one.text() for one in steps.findChildren(QLabel)]
    actual = [name for name in said if name in ("Capture", "Pick", "Label", "Explore", "Report")]
    assert actual == ["Capture", "Pick", "Label", "Explore", "Report"]
    assert sum(int(one.split()[0]) for one in said if one.endswith(" min")) == 22
    steps.resize(1100, 80)
    assert not steps.grab().isNull()


@pytest.fixture
def begun(alone, fake):
    view, said = fake(), []
    made = StartPresenter(alone, view, lambda: said.append(made.is_preparing))
    return made, view, said


def test_recent_projects_are_read_after_painting(begun, alone, drawn, tmp_path, settle):
    made, view, _ = begun
    drawn.close()
    broken = tmp_path / "broken.fieldcheck"
    broken.mkdir()
    (broken / "project.db").write_text("diary")
    recent = (str(drawn.path), str(tmp_path / "none.fieldcheck"), str(broken))
    alone.preferences.update(recent=recent)
    made.enter()
    assert [line.state for line in view.told["show_recent_projects"][0]] == ["reading"] * 3
    settle()
    assert "show_project" not in view.told
    made.on_painted()
    settle()
    lines = [args[0] for name, args in view.all if name == "show_project"]
    expected = [("drawn", "there"), ("none", "missing"), ("broken", "broken")]
    assert [(line.name, line.state) for line in lines] == expected
    assert lines[0].labelled == "0 of 20 labelled"
    assert "broken.fieldcheck" in lines[2].labelled


def test_known_results_are_shown_at_once_and_not_after_leaving(begun, alone, drawn, settle):
    made, view, _ = begun
    drawn.close()
    alone.preferences.update(recent=(str(drawn.path),))
    made.on_painted()
    made.enter()
    made.leave()
    settle()
    assert "show_project" not in view.told
    made.enter()
    assert view.told["show_recent_projects"][0][0].state == "there"
    settle()


def test_a_removed_project_can_be_put_back_and_its_folder_is_left_alone(begun, alone, drawn):
    made, view, _ = begun
    alone.preferences.update(recent=(str(drawn.path),))
    made.enter()
    made.remove_recent(str(drawn.path))
    assert view.told["show_recent_projects"] == ([],)
    alone.messages.history[-1].action()
    assert alone.preferences.settings.recent == (str(drawn.path),)
    assert [line.name for line in view.told["show_recent_projects"][0]] == ["drawn"]
    assert drawn.path.exists()


def test_a_lost_project_is_opened_where_it_was_found(begun, alone, drawn, tmp_path, qtbot):
    made, _, _ = begun
    drawn.close()
    there = shutil.move(drawn.path, tmp_path / "found.fieldcheck")
    alone.preferences.update(recent=(str(drawn.path),))
    with qtbot.waitSignal(alone.current.opened):
        made.on_project_located(str(drawn.path), there)
    assert alone.preferences.settings.recent == (str(there),)


def test_the_sample_is_asked_for_once_and_again_after_cancelling(begun, alone, settle):
    made, view, said = begun
    made.enter()
    made.open_sample()
    made.open_sample()
    (job,) = alone.runner.list_running()
    assert made.is_preparing
    assert view.told["show_job"] == (job,)
    job.cancel()
    settle()
    assert said[-1] is False
    assert alone.current.project is None
    assert made.sample is None


def test_what_stands_in_the_samples_place_is_named(begun, alone, settle):
    made, _, _ = begun
    get_app_paths().sample.mkdir(parents=True)
    makers.empty_project(get_app_paths().sample / PROJECT_NAME, site="my own").close()
    made.open_sample()
    settle()
    assert PROJECT_NAME in alone.messages.banners[0].text
    assert alone.current.project is None
