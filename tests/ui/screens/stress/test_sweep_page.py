from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow

from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.analyses.robustness import SweepHeatmap
from fieldcheck.report.stress_findings import StressFindings, SweepCurve
from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.stress.charts import build_sweep_plot
from fieldcheck.ui.screens.stress.sweep_page import SweepPage
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.widgets.thumbnail_grid import Tile

HEADS = tuple(
    Cell(said, figure=at > 0, head=at == 0)
    for at, said in enumerate(("Corruption", "clean", "moderate", "severe", "Tipping point"))
)
BENCHMARK = SweepCurve(
    "benchmark", "haze", ((0.0, 0.97), (3.0, 0.6)), ((0.0, 0.99), (3.0, 0.8)), (), ""
)
FOOTAGE = SweepCurve("footage", "haze", ((0.0, 1.0),), (), (), "")


def heat(on, first=1, partial=False):
    lines = tuple(
        (Cell(name, head=True), *(Cell(said, figure=True) for said in ("97%", "71%", "40%", "2.6")))
        for name in ("Haze", "Fog")
    )
    return SweepHeatmap(
        on,
        f"{on}, n = 20",
        Table("Accuracy", HEADS, lines, "counts"),
        ("haze", "fog"),
        (3.0, 5.0),
        1 + first,
        partial,
    )


FOUND = StressFindings((), 0, (heat("benchmark"), heat("field", partial=True)))


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


def test_nothing_swept_says_what_to_do(page):
    page.show_empty("Run the sweep.")
    assert (page.pages.current_page, page.front_widget) == (page.placeholder, None)


def test_both_sets_stand_side_by_side_and_the_first_cell_is_looked_at(page):
    page.show_findings(FOUND)
    assert page.tables["benchmark"].isVisible()
    assert page.tables["field"].isVisible()
    assert page.tables["footage"].isHidden() or not page.tables["footage"].isVisible()
    assert page.heads["field"].text() == "Accuracy: field, n = 20 · clean 97% · stopped early"
    assert page.seen[-1] == ("benchmark", 0, 2)
    assert page.front_widget is page.tables["benchmark"]
    assert not any(button.isVisible() for button in page.switches.values())


def test_what_the_field_looks_like_stands_above_the_tables_and_in_a_narrow_window_behind_the_pointer(
    page,
):
    page.show_findings(replace(FOUND, matched="It looks like haze."))
    assert (page.matched.text(), page.matched.isVisible()) == ("It looks like haze.", True)
    page.set_compact(True)
    assert not page.matched.isVisible()
    assert page.about.toolTip() == "It looks like haze."
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


def test_the_panel_has_curves_and_what_the_cell_says(page):
    page.show_findings(FOUND)
    curve = SweepCurve("benchmark", "haze", ((0.0, 0.97), (3.0, 0.7)), (), (), "It fades.")
    page.show_curves("Haze", [curve], "71% right")
    assert page.name.text() == "Haze"
    assert (page.said.text(), page.fading.text()) == ("71% right", "It fades.")
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


def test_the_button_says_what_it_does(page):
    page.set_run_label(True)
    assert page.run.get_label() == "Stop"
    page.set_run_label(False)
    assert page.run.get_label() == "Run sweep"
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
    assert (plot.x.name, plot.y.name) == ("severity", "accuracy, %")


def test_a_mark_of_a_curve_opens_the_cell_that_it_is_of(page, qtbot):
    page.show_findings(FOUND)
    page.show_curves(
        "Haze", [SweepCurve("benchmark", "haze", ((0.0, 0.97), (3.0, 0.7)), (), (), "")], ""
    )
    told = []
    page.opened.connect(lambda *cell: told.append(cell))
    page.curves.mark_clicked.emit(0)  # as they were captured: no answer changed
    page.curves.mark_clicked.emit(1)
    on, row, column = told[0]
    heat = next(heat for heat in FOUND.heats if heat.on == on)
    assert len(told) == 1
    assert (heat.names[row], heat.severities[column - heat.first]) == ("haze", 3.0)
