import shutil

import pytest

from fieldcheck.api.demo import PROJECT_NAME
from fieldcheck.paths import get_app_paths
from fieldcheck.ui.screens.home.start_page import StartPresenter
from tests import makers


@pytest.fixture
def begun(alone, fake):
    view, said = fake(), []
    made = StartPresenter(alone, view, lambda: said.append(made.is_preparing))
    return made, view, said


def test_recent_projects_are_looked_at_only_after_the_window_was_painted(
    begun, alone, drawn, tmp_path, settle
):
    made, view, _ = begun
    drawn.close()
    broken = tmp_path / "broken.fieldcheck"
    broken.mkdir()
    (broken / "project.db").write_text("diary")
    alone.preferences.update(
        recent=(str(drawn.path), str(tmp_path / "none.fieldcheck"), str(broken))
    )
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


def test_what_is_known_is_shown_at_once_the_next_time_and_nothing_after_leaving(
    begun, alone, drawn, settle
):
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


def test_the_sample_cannot_be_asked_for_twice_and_cancelling_lets_it_be_asked_for_again(
    begun, alone, settle
):
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
