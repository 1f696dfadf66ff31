import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fieldcheck.corruptions.match_field import get_match
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import list_changed_frames
from fieldcheck.domain.robustness import CLEAN
from fieldcheck.models.evaluate import list_golden_sets
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from tests import makers


@pytest.fixture(scope="session")
def swept(made, tmp_path_factory):
    """The labelled project, swept under two corruptions."""
    path = shutil.copytree(made["labelled"], tmp_path_factory.mktemp("swept") / "swept.fieldcheck")
    with open_project(path) as project:
        run_sweep(
            project, SweepRequest(corruptions=("dark", "colour_cast")), NullProgress(), makers.NOW
        )
    return path


@pytest.fixture
def page(window, open_in_window, swept, tmp_path, settle):
    """The sweep page of a project that was swept."""
    open_in_window(shutil.copytree(swept, tmp_path / "swept.fieldcheck"))
    window.show_screen("stress")
    window.get_shown_screen().presenter.open_page("sweep")
    settle()
    return window.get_shown_screen().view.sweep


def test_the_tables_and_the_three_sets_are_there(window, page):
    assert page.tables["benchmark"].lines.rowCount() == page.tables["field"].lines.rowCount() == 2
    actual = [one.split(":")[0] for one in window.get_shown_screen().view.sets.list_captions()]
    assert actual == ["Clean", "Corrupted", "Collected failures"]
    assert page.name.text() != ""
    assert " correct; " in page.said.text()
    assert page.curves.accessibleDescription().startswith("Benchmark: off ")


def test_arrows_belong_to_the_table_and_move_the_panel(window, page, press):
    page.tables["benchmark"].setFocus()
    before = page.name.text()
    press(Qt.Key.Key_Down)
    assert page.name.text() != before
    assert page.tables["benchmark"].currentIndex().row() == 1


def test_a_cell_opens_the_frames_whose_answer_changed_and_escape_goes_back(
    window, page, press, settle, qtbot
):
    table = page.tables["benchmark"]
    heat = window.get_shown_screen().presenter.state.findings.heats[0]
    row = heat.names.index("colour_cast")
    table.setFocus()
    table.setCurrentIndex(table.lines.index(row, heat.first + heat.severities.index(5.0)))
    press(Qt.Key.Key_Return)
    settle()
    wanted = list_changed_frames(window.current.project, "benchmark", ("colour_cast", 5.0), 0)
    assert list(page.grid.tiles.frame_ids) == [one.subject for one in wanted]
    assert page.cell.text().startswith("Benchmark · Colour cast, severe · ")
    if wanted:
        qtbot.waitUntil(lambda: page.grid.tiles.has_picture(wanted[0].subject))
        assert page.grid.tiles.tile(0).first == f"{wanted[0].before[0]} → {wanted[0].after[0]}"
    press(Qt.Key.Key_Escape)
    assert page.pages.current_page is page.figures
    press(Qt.Key.Key_Escape)
    assert window.get_shown_screen().presenter.state.page == "live"


def test_a_column_that_is_no_severity_opens_nothing(window, page, settle):
    page.tables["benchmark"].opened.emit(0, 0)
    settle()
    assert page.pages.current_page is page.figures


def test_the_live_page_says_what_the_sweep_found_of_the_same_recipe(window, page, settle):
    presenter, view = window.get_shown_screen().presenter, window.get_shown_screen().view
    presenter.open_page("live")
    assert view.swept.text().startswith("Benchmark: ")
    presenter.corruption_choice.set_severity(2.2)
    assert view.swept.text() == ""


def test_a_sweep_is_begun_stopped_and_gone_on_with_by_one_key(
    window, screen_of, press, settle, qtbot
):
    view = screen_of("labelled", "stress").view
    press(Qt.Key.Key_R)
    assert window.get_shown_screen().presenter.state.page == "sweep"
    assert view.sweep.run.get_label() == "Stop"
    job = window.runner.list_running()[0]
    qtbot.waitUntil(lambda: job.done > 0)
    assert view.sweep.strip.isVisible()
    press(Qt.Key.Key_R)
    settle()
    assert job.state == "cancelled"
    done = {
        row[0].text
        for heat in window.get_shown_screen().presenter.state.findings.heats
        for row in heat.table.rows
    }
    assert done
    press(Qt.Key.Key_R)
    settle()
    found = window.get_shown_screen().presenter.state.findings
    assert [len(heat.names) for heat in found.heats] == [12, 12]
    assert not any(heat.partial for heat in found.heats)
    assert CLEAN not in found.heats[0].names
    assert get_match(window.current.project) is not None
    assert view.sweep.matched.text() == found.matched != ""
    assert view.sweep.strip.isHidden()


def test_without_a_project_and_before_the_first_sweep_it_says_what_to_do(
    window, open_in_window, made, tmp_path, settle
):
    window.show_screen("stress")
    window.get_shown_screen().presenter.open_page("sweep")
    settle()
    assert "create a project" in said(window)
    assert not window.context.actions.get_action("stress.run").isEnabled()
    open_in_window(shutil.copytree(made["labelled"], tmp_path / "labelled.fieldcheck"))
    settle()
    assert said(window).startswith("Run the sweep: twelve corruptions at three severities")


def said(window):
    return window.get_shown_screen().view.sweep.placeholder.sentence


@pytest.fixture
def stress(screen_of):
    """The stress screen of a labelled project."""
    return screen_of("labelled", "stress")


@pytest.fixture
def failures(tmp_path):
    return makers.benchmark_folder(tmp_path / "night shift", each=2)


def third(stress):
    return stress.view.sets.list_captions()[2]


def test_a_folder_is_named_answered_and_its_score_stands_beside_the_others(
    stress, window, failures, settle
):
    assert third(stress).endswith("none yet")
    stress.presenter.sweep.golden_set_import.add_folder(failures)
    settle()
    expected = [("night shift", 6)]
    assert [(one.name, one.n) for one in list_golden_sets(window.current.project)] == expected
    assert third(stress).startswith("Collected failures")
    assert "night shift" in third(stress)
    assert "%" in third(stress)


def test_undo_takes_the_name_back(stress, window, failures, settle):
    stress.presenter.sweep.golden_set_import.add_folder(failures)
    settle()
    window.context.actions.get_action("undo").trigger()
    settle()
    assert list_golden_sets(window.current.project) == ()
    assert third(stress).endswith("none yet")


def test_a_folder_without_labels_is_refused_in_a_sentence_and_nothing_is_kept(
    stress, window, tmp_path, settle
):
    (tmp_path / "empty").mkdir()
    stress.presenter.sweep.golden_set_import.add_folder(tmp_path / "empty")
    settle()
    assert [banner.key for banner in window.messages.banners] == ["stress.collect"]
    assert "empty" in window.messages.banners[0].text
    assert list_golden_sets(window.current.project) == ()


def test_the_key_asks_for_the_folder(stress, window, press, qtbot):
    press(Qt.Key.Key_G)
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()
