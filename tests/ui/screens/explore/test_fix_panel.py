"""The part “Fix search” over a project whose camera is far too dark."""

import shutil

import pytest
from PySide6.QtWidgets import QPushButton

from fieldcheck.corruptions.fix_candidates import get_fix
from fieldcheck.corruptions.fix_finder import find_fix
from fieldcheck.corruptions.fix_messages import get_fix_name
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as models_table
from fieldcheck.ui.screens.explore.fix_panel import OF_FIX, describe_start
from tests import makers
from tests.corruptions.test_planted_faults import FAULTS, make_site
from tests.counts import rows
from tests.ui.access import kept_out
from tests.ui.faults import faults
from tests.ui.states import SMALL, USUAL, arrive, rest


@pytest.fixture(scope="session")
def dark_site(tmp_path_factory):
    """A project of eight clips in which every frame is far too dark, closed."""
    project = make_site(tmp_path_factory.mktemp("dark"), FAULTS["exposure"], (1.0,) * 8)
    project.close()
    return project.path


@pytest.fixture
def dark(dark_site, tmp_path):
    """A copy of it."""
    return shutil.copytree(dark_site, tmp_path / "dark.fieldcheck")


@pytest.fixture(scope="session")
def searched_site(dark_site, tmp_path_factory):
    """The same after a search, which takes longer than most tests of what it found."""
    path = shutil.copytree(dark_site, tmp_path_factory.mktemp("searched") / "dark.fieldcheck")
    with open_project(path) as project:
        model = project.read(models_table.get_newest_model).name
        find_fix(project, model, 0, NullProgress(), makers.NOW)
    return path


@pytest.fixture
def searched(explore, searched_site, do, tmp_path):
    """The screen of that project with what the search found."""
    screen = explore(shutil.copytree(searched_site, tmp_path / "dark.fieldcheck"))
    do("fix")
    return screen


def is_enabled(window, code):
    return window.context.actions.get_action(f"explore.{code}").isEnabled()


@pytest.mark.long
def test_power_is_stated_before_the_search_and_nothing_can_be_written(explore, dark, do, window):
    screen = explore(dark)
    do("fix")
    assert screen.view.fix.pages.current_page is screen.view.fix.placeholder
    assert screen.view.fix.placeholder.sentence == describe_start(8)
    assert "With 8 clips of equal length" in screen.view.fix.placeholder.sentence
    assert [code for code in OF_FIX if is_enabled(window, code)] == ["find_fix"]


@pytest.mark.long
def test_a_search_lists_what_was_tried_with_its_gain_and_cost(explore, dark, do, window):
    screen = explore(dark)
    do("fix")
    do("find_fix")
    do("fix")
    fix = screen.view.fix
    found = get_fix(
        window.current.project, window.current.project.read(models_table.get_newest_model)
    )
    assert found.state == "proven"
    rows = fix.table.lines
    assert rows.rowCount() == len(found.tried)
    shown = [rows.index(0, column).data() for column in range(rows.columnCount())]
    assert shown[0] == get_fix_name(found.tried[0].candidate)
    assert shown[2] == "yes"
    assert float(shown[3]) == pytest.approx(found.tried[0].cost_ms, abs=0.05)
    assert (
        f"Selected as the best of {len(found.tried)}: expect a smaller gain." in fix.summary.text()
    )
    assert fix.lines.get_lines()[-1].startswith("With 8 clips")
    window.current.close()
    with open_project(dark, write=False) as again:
        assert get_fix(again, again.read(models_table.get_newest_model)).state == "proven"


@pytest.mark.long
def test_the_chosen_change_shows_its_pictures_and_the_frames_that_it_turns(searched, settle):
    fix, presenter = searched.view.fix, searched.presenter.fix
    settle()
    trial = presenter.trial
    assert list(fix.grid.tiles.frame_ids) == [*trial.mended, *trial.broken]
    assert 1 <= len(trial.mended) <= 3
    assert [view.title for view in (fix.original, fix.changed, fix.seen)] == [
        "Original", "Changed", "Model input",
    ]  # fmt: skip
    assert fix.changed.get_frame_rect().isValid()
    assert any("Demonstrated for these cameras" in line for line in fix.lines.get_lines())
    last = fix.table.lines.rowCount() - 1
    fix.table.setCurrentIndex(fix.table.lines.index(last, 0))
    settle()
    assert presenter.trial is not trial
    assert any("Not demonstrated" in line for line in fix.lines.get_lines())


@pytest.mark.long
def test_only_a_demonstrated_change_can_be_written_out_and_used(searched, window, settle):
    fix, presenter = searched.view.fix, searched.presenter.fix
    assert [code for code in OF_FIX if not is_enabled(window, code)] == []
    worst = next(
        row for row, one in enumerate(presenter._page.fix_result.tried) if not one.is_demonstrated
    )
    fix.table.setCurrentIndex(fix.table.lines.index(worst, 0))
    settle()
    assert not is_enabled(window, "write_fix")
    assert not is_enabled(window, "use_fix")


@pytest.mark.long
def test_the_repaired_model_is_written_into_a_new_folder(searched, settle, tmp_path):
    (tmp_path / "dark_fix").mkdir()
    searched.presenter.fix.write_fix(tmp_path)
    settle()
    assert {"fix.json", "net-fixed.onnx"} <= {
        path.name for path in (tmp_path / "dark_fix_2").iterdir()
    }
    assert list((tmp_path / "dark_fix").iterdir()) == []


@pytest.mark.long
def test_the_repaired_model_is_used_only_after_a_question(searched, window, do, settle):
    do("use_fix")
    names = [one.name for one in window.current.project.read(models_table.list_models)]
    assert names == ["net"]
    button = next(
        one for one in window.findChildren(QPushButton)
        if one.isVisible() and getattr(one, "get_label", str)() == "Use repaired model"
        and not searched.view.isAncestorOf(one)
    )  # fmt: skip
    button.click()
    settle()
    names = [one.name for one in window.current.project.read(models_table.list_models)]
    assert names == ["net", "net-fixed"]
    assert "net and net-fixed on the same" in window.context.messages.history[-1].text


@pytest.mark.long
def test_a_change_is_tried_live_on_the_picked_frames(searched, window, do, settle, qtbot):
    steps = searched.presenter.fix.trial.candidate.steps
    do("try_fix")
    screen = window.get_shown_screen()
    assert window.current_screen == "stress"
    qtbot.waitUntil(lambda: screen.view.shown is not None)
    assert [name for name, _ in screen.presenter.state.last.recipe.steps] == list(steps)
    assert screen.view.corrupted.title.startswith("Changed: ")
    assert screen.presenter.state.key == "recording:picks"


@pytest.mark.long
def test_a_stopped_search_says_that_it_goes_on(explore, dark, do, window, qtbot):
    screen = explore(dark)
    do("fix")
    window.context.actions.get_action("explore.find_fix").trigger()
    job = window.runner.find_running("explore.fix")
    job.cancel()
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert job.resumes
    assert screen.view.fix.strip.row is not None


@pytest.mark.long
def test_its_keys_do_nothing_on_another_part(searched, window, do):
    do("gap")
    assert [code for code in OF_FIX if is_enabled(window, code)] == []


def test_too_few_clips_are_said_to_be_so(explore, folder, do):
    screen = explore(folder("labelled"))
    do("fix")
    sentence = screen.view.fix.placeholder.sentence
    assert sentence.startswith("Not enough clips: the search requires 5, ")


@pytest.mark.long
@pytest.mark.parametrize("chosen", rows(
    [{"language": "de"}], full=[{"language": "en"}, {"language": "de", "size": 150, "gloves": True}]
))  # fmt: skip
def test_nothing_of_a_finished_search_is_cut_at_either_size(
    searched, window, settle, do, chosen, qtbot
):
    window.context.preferences.update(**chosen)
    settle()
    for size in (USUAL, SMALL):
        window.resize(size)
        window.show_screen("explore")
        arrive(settle)
        do("fix")
        rest(window, settle)
        assert window.get_shown_screen().view.fix.table.lines.rowCount() > 20
        found = faults(window, may_scroll="size" in chosen)
        assert found == [], f"at {size.width()}"
        assert chosen["language"] != "en" or kept_out(window) == []
