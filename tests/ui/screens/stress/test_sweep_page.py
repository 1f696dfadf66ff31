import shutil
from dataclasses import replace
from math import nan

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.analyses.robustness import SweepHeatmap, build_tipping_table
from fieldcheck.corruptions.match_field import get_match
from fieldcheck.corruptions.sweep import SweepRequest, list_changed_frames, run_sweep
from fieldcheck.domain.robustness import CLEAN
from fieldcheck.models.evaluate import list_golden_sets
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.stress_findings import StressFindings, SweepCurve
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.stress.charts import build_sweep_plot
from fieldcheck.ui.screens.stress.sweep_page import SweepPage
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.widgets.file_dialogs import FilePicker
from fieldcheck.ui.widgets.thumbnail_grid import Tile
from tests import makers

HEADS = tuple(
    Cell(said, figure=at > 0, head=at == 0)
    for at, said in enumerate(("Corruption", "clean", "moderate", "severe", "Tipping point"))
)
BENCHMARK = SweepCurve(
    "benchmark", "haze", ((0.0, 0.97), (3.0, 0.6)), ((0.0, 0.99), (3.0, 0.8)), (), "", "Precision"
)
FOOTAGE = SweepCurve("footage", "haze", ((0.0, 1.0),), (), (), "", "Unchanged")


def heat(on, first=1, partial=False):
    lines = tuple(
        (Cell(name, head=True), *(Cell(said, figure=True) for said in ("97%", "71%", "40%", "2.6")))
        for name in ("Haze", "Fog")
    )
    table = Table("Accuracy", HEADS, lines, "counts")
    return SweepHeatmap(
        on, f"{on}, n = 20", table, ("haze", "fog"), (3.0, 5.0), 1 + first, partial,
        ((0.26, 0.57), (0.03, nan)), ("moderate", "not reached"),
        ("moderate–severe", "not reached"),
    )  # fmt: skip


def test_colour_is_the_loss_in_six_steps_and_the_tipping_point_a_word(page):
    page.show_findings(FOUND)
    table = page.tables["benchmark"]
    assert [table.get_step(0, column) for column in range(5)] == [None, None, 3, 4, None]
    assert [table.get_step(1, column) for column in (2, 3)] == [0, None]
    assert table.lines.index(0, 4).data() == "moderate"
    assert (table.is_quiet(0, 4), table.is_quiet(1, 4), table.is_quiet(1, 2)) == (
        False,
        True,
        False,
    )


@pytest.mark.short_cases(2)
@pytest.mark.parametrize(("points", "step"), [
    (-3, 0), (4.9, 0), (5, 1), (14.9, 1), (15, 2), (25, 3), (40, 4), (59.9, 4), (60, 5), (94, 5),
])  # fmt: skip
def test_the_limits_of_the_steps(page, points, step):
    page.show_findings(replace(FOUND, heats=(replace(
        FOUND.heats[0], losses=((points / 100, 0.0), (0.0, 0.0))
    ),)))  # fmt: skip
    assert page.tables["benchmark"].get_step(0, 2) == step


def test_only_the_cell_that_the_panel_is_of_has_a_ring(page):
    page.show_findings(FOUND)
    field = page.tables["field"]
    field.setCurrentIndex(field.lines.index(1, 3))
    assert [table.is_looked_at for table in page.tables.values()].count(True) == 1
    assert field.is_looked_at
    page.open_current_cell()
    assert page.told == [("field", 1, 3)]


HEATS = (heat("benchmark"), heat("field", partial=True))
FOUND = StressFindings((), 0, HEATS, tips=build_tipping_table(HEATS))


@pytest.fixture
def page(qtbot, look):
    room = QMainWindow()
    qtbot.addWidget(room)
    made = SweepPage(look, Actions(room, list_actions()))
    made.seen, made.told = [], []
    made.looked_at.connect(lambda *cell: made.seen.append(cell))
    made.opened.connect(lambda *cell: made.told.append(cell))
    room.setCentralWidget(made)
    room.resize(1170, 560)
    room.show()
    qtbot.waitExposed(room)
    return made


def test_the_tipping_points_of_both_sets_stand_in_one_table(page):
    page.window().resize(1600, 560)
    page.show_findings(FOUND)
    assert page.tips.isVisible()
    assert page.tables["field"].isColumnHidden(4), "they are in the table of all"
    heads = [page.tips.lines.headerData(at, Qt.Orientation.Horizontal) for at in range(1, 5)]
    assert heads == ["benchmark, n = 20", "95% CI", "field, n = 20", "95% CI"]
    cells = [[page.tips.lines.index(row, at).data() for at in (3, 4)] for row in range(2)]
    assert cells == [["moderate", "moderate–severe"], ["not reached", "not reached"]]
    page.tips.setCurrentIndex(page.tips.lines.index(1, 3))
    assert page.seen[-1] == ("field", 1, 2)
    page.set_compact(True)
    assert page.tips.isHidden() or not page.tips.isVisible()
    assert not page.tables["benchmark"].isColumnHidden(4)


def test_nothing_swept_says_what_to_do(page):
    page.show_empty("Run the sweep.")
    assert (page.pages.current_page, page.front_widget) == (page.placeholder, None)


def test_both_sets_stand_side_by_side_and_the_first_cell_is_looked_at(page):
    page.show_findings(FOUND)
    assert page.tables["benchmark"].isVisible()
    assert page.tables["field"].isVisible()
    assert page.tables["footage"].isHidden() or not page.tables["footage"].isVisible()
    assert page.title.text() == "Accuracy under corruption"
    assert page.heads["field"].text() == "field, n = 20 · clean 97% · stopped early"
    assert page.tables["field"].isColumnHidden(0), "its lines are named by the table beside it"
    assert not page.tables["benchmark"].isColumnHidden(0)
    assert page.seen[-1] == ("benchmark", 0, 2)
    assert page.front_widget is page.tables["benchmark"]
    assert not any(button.isVisible() for button in page.switches.values())


def test_the_look_of_the_field_stands_above_the_tables_or_in_a_tooltip_where_narrow(page):
    page.show_findings(replace(FOUND, matched="It looks like haze."))
    assert (page.matched.text(), page.matched.isVisible()) == ("It looks like haze.", True)
    page.set_compact(True)
    assert not page.matched.isVisible()
    assert page.title.toolTip() == "It looks like haze."
    page.show_findings(FOUND)
    page.set_compact(False)
    assert not page.matched.isVisible()


def test_a_cell_that_is_looked_at_stays_so_when_the_figures_come_anew(page):
    page.show_findings(FOUND)
    page.tables["field"].setCurrentIndex(page.tables["field"].lines.index(1, 3))
    assert page.seen[-1] == ("field", 1, 3)
    page.show_findings(FOUND)
    assert page.tables["field"].currentIndex().row() == 1
    assert page.tables["field"].currentIndex().column() == 3


def test_enter_and_a_double_click_open_a_cell(page):
    page.show_findings(FOUND)
    table = page.tables["benchmark"]
    table.setCurrentIndex(table.lines.index(1, 3))
    QTest.keyClick(table, Qt.Key.Key_Return)
    table.doubleClicked.emit(table.lines.index(0, 2))
    assert page.told == [("benchmark", 1, 3), ("benchmark", 0, 2)]


def test_the_small_window_shows_one_set_at_a_time(page):
    page.show_findings(FOUND)
    page.set_compact(True)
    assert (page.tables["benchmark"].isVisible(), page.tables["field"].isVisible()) == (True, False)
    QTest.mouseClick(page.switches["field"], Qt.MouseButton.LeftButton)
    assert (page.tables["benchmark"].isVisible(), page.tables["field"].isVisible()) == (False, True)
    assert page.seen[-1] == ("field", 0, 2)


@pytest.mark.long
def test_no_width_shows_switches_beside_the_legend_and_asks_for_more_than_both_tables(page):
    page.show_findings(FOUND)
    one_at_a_time = set()
    for width in range(700, 1400, 50):
        page.window().resize(width, 560)
        QApplication.processEvents()
        switched = any(button.isVisible() for button in page.switches.values())
        assert not (switched and page.legend.isVisible())
        one_at_a_time.add(switched)
    assert one_at_a_time == {True, False}


def test_the_panel_has_curves_and_what_the_cell_says(page):
    page.show_findings(FOUND)
    curve = SweepCurve(
        "benchmark", "haze", ((0.0, 0.97), (3.0, 0.7)), (), (), "It fades.", "Precision"
    )
    page.show_curves("Haze", [curve], "71% right; PSNR 27.0 dB")
    assert (page.name.text(), page.number.text(), page.cell_text.text()) == (
        "Haze",
        "71%",
        "71% right",
    )
    assert page.details == "71% right; PSNR 27.0 dB\nIt fades."
    assert "moderate 70%" in page.curves.accessibleDescription()


def test_the_frames_of_a_cell_take_the_place_of_the_tables_and_give_it_back(page, qtbot):
    page.show_findings(FOUND)
    with qtbot.waitSignal(page.wanted) as wanted:
        page.show_frames(
            "Benchmark · Haze", [Tile("a.png", "ok → burr", "now wrong", "Was ok, now burr.")]
        )
    assert wanted.args == [("a.png",)]
    assert page.front_widget is page.grid
    page.show_findings(FOUND)
    assert page.pages.current_page is page.frames
    assert page.show_tables()
    assert not page.show_tables()
    assert page.pages.current_page is page.figures


def test_it_tells_whether_it_runs(page, qtbot):
    with qtbot.waitSignal(page.run_changed):
        page.set_run_label(True)
    assert page.runs
    page.show_running(None)
    assert page.strip.isHidden()


def test_a_curve_is_a_line_with_signs_and_dashes_and_is_said():
    assert build_sweep_plot("", ()).alt_text == "No sweep yet."
    plot = build_sweep_plot("Haze", (BENCHMARK, FOOTAGE))
    assert [(one.shape, one.dashed, one.listed) for one in plot.series] == [
        ("square", False, True),
        ("triangle", False, True),
        ("none", True, False),
        ("none", True, False),
    ]
    assert plot.alt_text == "Benchmark: off 97%, moderate 60%; Footage: off 100%"
    assert (plot.x.name, plot.y.name) == ("severity", "Precision / Unchanged, %")
    assert plot.column_titles == ("severity", "side", "Precision / Unchanged")
    assert build_sweep_plot("Haze", (BENCHMARK,)).y.name == "Precision, %"


def test_a_mark_of_a_curve_opens_the_cell_that_it_is_of(page, qtbot):
    page.show_findings(FOUND)
    curves = [SweepCurve("benchmark", "haze", ((0.0, 0.97), (3.0, 0.7)), (), (), "", "Precision")]
    page.show_curves("Haze", curves, "")
    told = []
    page.opened.connect(lambda *cell: told.append(cell))
    page.curves.mark_clicked.emit(0)  # as they were captured: no answer changed
    page.curves.mark_clicked.emit(1)
    on, row, column = told[0]
    heat = next(heat for heat in FOUND.heats if heat.on == on)
    assert len(told) == 1
    assert (heat.names[row], heat.severities[column - heat.first]) == ("haze", 3.0)


@pytest.fixture(scope="session")
def swept(made, tmp_path_factory):
    """The labelled project, swept under two corruptions."""
    path = shutil.copytree(made["labelled"], tmp_path_factory.mktemp("swept") / "swept.fieldcheck")
    with open_project(path) as project:
        request = SweepRequest(corruptions=("dark", "colour_cast"))
        run_sweep(project, request, NullProgress(), makers.NOW)
    return path


@pytest.fixture
def swept_page(window, open_in_window, swept, tmp_path, settle):
    """The sweep page of a project that was swept."""
    open_in_window(shutil.copytree(swept, tmp_path / "swept.fieldcheck"))
    window.show_screen("stress")
    window.get_shown_screen().presenter.open_page("sweep")
    settle()
    return window.get_shown_screen().view.sweep


@pytest.mark.long
def test_the_tables_and_the_three_sets_are_there(window, swept_page):
    assert (
        swept_page.tables["benchmark"].lines.rowCount()
        == swept_page.tables["field"].lines.rowCount()
        == 2
    )
    actual = [one.split(":")[0] for one in window.get_shown_screen().view.sets.list_captions()]
    assert actual == ["Clean", "Corrupted", "Collected failures"]
    assert swept_page.name.text() != ""
    assert swept_page.cell_text.text().splitlines()[0].endswith(" correct")
    assert "PSNR" in swept_page.details
    assert swept_page.curves.accessibleDescription().startswith("Benchmark: off ")


@pytest.mark.long
def test_arrows_belong_to_the_table_and_move_the_panel(window, swept_page, press):
    swept_page.tables["benchmark"].setFocus()
    before = swept_page.name.text()
    press(Qt.Key.Key_Down)
    assert swept_page.name.text() != before
    assert swept_page.tables["benchmark"].currentIndex().row() == 1


@pytest.mark.long
def test_a_cell_opens_the_frames_that_changed(window, swept_page, press, settle, qtbot):
    table = swept_page.tables["benchmark"]
    heat = window.get_shown_screen().presenter.state.findings.heats[0]
    row = heat.names.index("colour_cast")
    table.setFocus()
    table.setCurrentIndex(table.lines.index(row, heat.first + heat.severities.index(5.0)))
    press(Qt.Key.Key_Return)
    settle()
    wanted = list_changed_frames(window.current.project, "benchmark", ("colour_cast", 5.0), 0)
    assert list(swept_page.grid.tiles.frame_ids) == [one.subject for one in wanted]
    assert swept_page.cell.text().startswith("Benchmark · Colour cast, severe · ")
    if wanted:
        qtbot.waitUntil(lambda: swept_page.grid.tiles.has_picture(wanted[0].subject))
        actual = swept_page.grid.tiles.tile(0).first
        assert actual == f"{wanted[0].before[0]} → {wanted[0].after[0]}"
    press(Qt.Key.Key_Escape)
    assert swept_page.pages.current_page is swept_page.figures
    press(Qt.Key.Key_Escape)
    assert window.get_shown_screen().presenter.state.page == "live"


@pytest.mark.long
def test_a_column_that_is_no_severity_opens_nothing(window, swept_page, settle):
    swept_page.tables["benchmark"].opened.emit(0, 0)
    settle()
    assert swept_page.pages.current_page is swept_page.figures


@pytest.mark.long
def test_the_live_page_says_what_the_sweep_found_of_the_same_recipe(window, swept_page, settle):
    presenter, view = window.get_shown_screen().presenter, window.get_shown_screen().view
    presenter.open_page("live")
    assert view.swept.text().startswith("Benchmark: ")
    presenter.corruption_choice.set_severity(2.2)
    assert view.swept.text() == ""


@pytest.mark.long
def test_a_sweep_is_begun_stopped_and_resumed_by_one_key(window, screen_of, press, settle, qtbot):
    view = screen_of("labelled", "stress").view
    press(Qt.Key.Key_R)
    assert window.get_shown_screen().presenter.state.page == "sweep"
    assert window.header.primary.get_label() == "Stop"
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


@pytest.mark.long
def test_before_the_first_sweep_it_says_what_to_do(window, open_in_window, made, tmp_path, settle):
    window.show_screen("stress")
    window.get_shown_screen().presenter.open_page("sweep")
    settle()
    assert "create a project" in sentence(window)
    assert not window.context.actions.get_action("stress.run").isEnabled()
    open_in_window(shutil.copytree(made["labelled"], tmp_path / "labelled.fieldcheck"))
    settle()
    assert sentence(window).startswith("Run the sweep: twelve corruptions at three severities")


def sentence(window):
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


@pytest.mark.long
def test_a_folder_is_named_run_and_scored_beside_the_others(stress, window, failures, settle):
    assert third(stress).endswith("none yet")
    stress.presenter.sweep.golden_set_import.add_folder(failures)
    settle()
    expected = [("night shift", 6)]
    assert [(one.name, one.n) for one in list_golden_sets(window.current.project)] == expected
    assert third(stress).startswith("Collected failures")
    assert "night shift" in third(stress)
    assert "%" in third(stress)


@pytest.mark.long
def test_undo_takes_the_name_back(stress, window, failures, settle):
    stress.presenter.sweep.golden_set_import.add_folder(failures)
    settle()
    window.context.actions.get_action("undo").trigger()
    settle()
    assert list_golden_sets(window.current.project) == ()
    assert third(stress).endswith("none yet")


@pytest.mark.long
def test_a_folder_without_labels_is_refused_and_nothing_is_kept(stress, window, tmp_path, settle):
    (tmp_path / "empty").mkdir()
    stress.presenter.sweep.golden_set_import.add_folder(tmp_path / "empty")
    settle()
    assert [banner.key for banner in window.messages.banners] == ["stress.collect"]
    assert "empty" in window.messages.banners[0].text
    assert list_golden_sets(window.current.project) == ()


@pytest.mark.long
def test_the_key_asks_for_the_folder(stress, window, press, qtbot):
    press(Qt.Key.Key_G)
    dialog = window.findChild(FilePicker)
    assert dialog is not None
    dialog.close()
