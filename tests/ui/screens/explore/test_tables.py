from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QTableView

from fieldcheck.analyses.blocks import Cell
from fieldcheck.analyses.failures import ConfusionCounts
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import Filter
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotSeries, ScoreRow
from fieldcheck.report.explore_data import ExploreData, SliceLine
from fieldcheck.ui.screens.explore.tables import (
    RANGE,
    ChartsPart,
    ChartsView,
    ClassTableModel,
    ConfusionTableModel,
    ExploreTables,
    RangeDelegate,
    map_share_to_x,
)

LINE = ScoreRow(
    "crack",
    40,
    "50% (30–70%)",
    Estimate.from_limits(0.5, 0.3, 0.7, n=40, n_eff=40, method="wilson"),
)
DARK = SliceLine("light", "dark", ScoreRow("dark", 12, "40% (20–60%)", LINE.estimate, sign="▲"))
CRACKS = ConfusionCounts(
    ("ok", "crack"), ("OK: ok", "crack"), ((Cell("0"), Cell("2")), (Cell("3"), Cell("1")))
)
FOUND = ExploreData(
    "", "not_ready", "octagon", ("", ""), (), (), "", (LINE,), CRACKS, (), "", slices=(DARK,),
)  # fmt: skip
Role = Qt.ItemDataRole
HIT, MISS, EMPTY = (
    Cell("16", colours=("#ffe945", "#000000")),
    Cell("2", colours=("#00204c", "#ffffff")),
    Cell("0"),
)
MATRIX = ConfusionCounts(("ok", "crack"), ("OK: ok", "crack"), ((HIT, MISS), (EMPTY, HIT)))


def test_rows_and_cells_name_the_frames_that_are_wanted(look, qtbot):
    tables = ExploreTables(look)
    qtbot.addWidget(tables)
    tables.show_figures(FOUND)
    for model in (tables.slices, tables.classes, tables.counts):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    with qtbot.waitSignal(tables.slice_opened) as told:
        tables.slice_table.activated.emit(tables.slices.index(0, 0))
    assert told.args == ["light", "dark"]
    with qtbot.waitSignal(tables.class_opened) as told:
        tables.class_table.activated.emit(tables.classes.index(0, 0))
    assert told.args == ["crack"]
    with qtbot.waitSignal(tables.cell_opened) as told:
        tables.count_table.activated.emit(tables.counts.index(1, 0))
    assert told.args == ["crack", "ok"], "the class itself, not the caption that marks it as OK"
    across = Qt.Orientation.Horizontal
    assert [tables.counts.headerData(k, across) for k in (0, 1)] == ["OK: ok", "crack"]


def test_one_click_is_enough_and_a_chosen_cell_keeps_its_colours(look, qtbot):
    tables = ExploreTables(look)
    qtbot.addWidget(tables)
    tables.show_figures(replace(FOUND, confusion=MATRIX))
    tables.show()
    qtbot.waitExposed(tables)
    table, cell = tables.count_table, tables.counts.index(0, 0)
    tables.show_part("counts")
    with qtbot.waitSignal(tables.cell_opened) as told:
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(cell).center()
        )
    assert told.args == ["ok", "ok"]
    assert table.selectionModel().isSelected(cell)
    painted, box = table.viewport().grab().toImage(), table.visualRect(cell)
    ratio = painted.devicePixelRatio()
    inside, edge = box.topLeft() + QPoint(8, 8), box.topLeft() + QPoint(1, 8)
    assert painted.pixelColor(int(inside.x() * ratio), int(inside.y() * ratio)).name() == "#ffe945"
    actual = painted.pixelColor(int(edge.x() * ratio), int(edge.y() * ratio)).name()
    assert actual == look.tokens.focus.lower()


def test_one_table_at_a_time_where_there_is_little_room(look, qtbot):
    tables = ExploreTables(look)
    qtbot.addWidget(tables)
    tables.show_figures(FOUND)
    tables.set_compact(True)
    for part, button in (
        (tables.slice_part, tables.to_slices),
        (tables.count_part, tables.to_counts),
        (tables.class_part, tables.to_classes),
    ):
        button.click()
        assert [
            one.isHidden() for one in (tables.slice_part, tables.count_part, tables.class_part)
        ].count(False) == 1
        assert not part.isHidden()


@pytest.mark.parametrize(("n", "both"), [(2, True), (7, False)])
def test_classes_and_counts_are_stacked_only_where_all_lines_have_room(look, qtbot, n, both):
    names = tuple(f"class {at}" for at in range(n))
    cells = tuple(Cell("1") for _ in names)
    tables = ExploreTables(look)
    qtbot.addWidget(tables)
    tables.resize(432, 437)  # what the window of 1366 × 690 leaves
    counts = ConfusionCounts(names, names, (cells,) * n)
    tables.show_figures(replace(FOUND, classes=(LINE,) * n, confusion=counts))
    tables.show()
    qtbot.waitExposed(tables)
    assert (
        tables.class_table.isVisible(),
        tables.count_table.isVisible(),
        tables.to_counts.isVisible(),
    ) == (True, both, not both)
    tables.show_part("counts")
    shown = [table for table in (tables.class_table, tables.count_table) if table.isVisible()]
    assert shown == ([tables.class_table, tables.count_table] if both else [tables.count_table])
    assert all(table.verticalScrollBar().maximum() == 0 for table in shown)


def test_a_cell_and_a_slice_open_their_frames_in_the_window(explore, folder, settle):
    screen = explore(folder("labelled"))
    screen.view.tables.cell_opened.emit("red", "green")
    assert screen.presenter.frames.wanted == Filter().with_values("set", "field").with_values(
        "class", "red"
    ).with_values("prediction", "green")
    screen.view.tables.slice_opened.emit("light", "normal")
    actual = screen.presenter.frames.wanted
    assert actual == Filter().with_values("set", "field").with_values("light", "normal")
    screen.view.tables.class_opened.emit("blue")
    actual = screen.presenter.frames.wanted
    assert actual == Filter().with_values("set", "field").with_values("class", "blue")
    screen.view.band.chart.mark_clicked.emit("benchmark")
    assert screen.presenter.frames.wanted == Filter().with_values("set", "benchmark")


def test_the_model_keeps_qts_rules(qapp):
    model = ConfusionTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_counts(MATRIX)
    model.show_counts(None)
    model.show_counts(MATRIX)
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_a_cell_has_the_reports_colours_and_an_empty_one_has_none(qapp):
    model = ConfusionTableModel()
    model.show_counts(MATRIX)
    hit, empty = model.index(0, 0), model.index(1, 0)
    assert (model.data(hit), model.data(empty)) == ("16", "0")
    assert model.data(hit, Role.BackgroundRole).color().name() == "#ffe945"
    assert model.data(hit, Role.ForegroundRole).color().name() == "#000000"
    assert model.data(empty, Role.BackgroundRole) is None
    assert model.data(empty, Role.ForegroundRole) is None
    assert (
        model.data(model.index(0, 1), Role.AccessibleTextRole)
        == "Label OK: ok, prediction crack: 2"
    )
    assert model.data(model.index(5, 5)) is None


def test_few_classes_have_their_names_and_many_their_numbers(qapp):
    model = ConfusionTableModel()
    model.show_counts(MATRIX)
    expected = ["OK: ok", "crack", None]
    assert [model.headerData(at, Qt.Orientation.Horizontal) for at in range(3)] == expected
    names = tuple("abcdef")
    model.show_counts(ConfusionCounts(names, names, ((EMPTY,) * 6,) * 6))
    assert model.headerData(1, Qt.Orientation.Horizontal) == "2"
    assert model.headerData(1, Qt.Orientation.Horizontal, Role.ToolTipRole) == "b"
    assert model.headerData(1, Qt.Orientation.Vertical) == "2  b"


AXIS = PlotAxis(0.0, 1.0, ((0.0, "0"), (1.0, "1")))


def plot(title, *frames):
    marks = (PlotMark(0.2, 0.4, ("0.2", "40%"), frames=frames), PlotMark(0.8, 0.6, ("0.8", "60%")))
    series = (PlotSeries("points", marks),)
    return Plot("where", title, f"{title} says it, n = 2.", AXIS, AXIS, series, ("x", "share"))


@pytest.fixture
def charts(look, shown):
    made = shown(ChartsView(look), 900, 500)
    made.show_plots((plot("One", "f1", "f2"), plot("Two")))
    return made


def test_arrows_choose_a_chart_and_its_words_and_table_follow(charts):
    assert (charts.said.text(), charts.table.lines.rowCount()) == ("One says it, n = 2.", 2)
    QTest.keyClick(charts.titles, Qt.Key.Key_Down)
    assert charts.said.text() == "Two says it, n = 2."
    assert not charts.how.isVisible()
    charts.show_plots((plot("Zero"), plot("Two")))
    assert charts.titles.currentItem().text() == "Two", "the same chart stays"


def test_enter_on_a_line_and_a_click_on_its_mark_want_the_same_frames(charts):
    told = []
    charts.frames_requested.connect(told.append)
    charts.table.activated.emit(charts.table.lines.index(0, 0))
    charts.table.activated.emit(charts.table.lines.index(1, 0))  # nothing is behind it
    charts.picture.mark_clicked.emit(0)
    assert told == [("f1", "f2")] * 2


def test_another_project_has_none_of_them(charts):
    ChartsPart(charts).on_project_changed()
    assert charts.titles.count() == 0
    assert (charts.placeholder.isVisible(), charts.placeholder.state) == (True, "loading")
    charts.show_plots(())
    assert charts.placeholder.sentence == "No chart yet: label frames and run the model."
    assert not charts.picture.isVisible()


def test_the_charts_of_a_project_are_shown_by_key_and_a_line_opens_its_frames(explore, do, folder):
    screen = explore(folder("labelled"))
    do("charts")
    charts = screen.view.charts
    assert charts.titles.item(0).text() == "Confidence of correct and wrong predictions"
    marks = charts._plots[0].marks
    line = next(at for at, mark in enumerate(marks) if mark.frames)
    charts.table.activated.emit(charts.table.lines.index(line, 0))
    assert screen.presenter.session.mode == "frames"
    assert set(screen.presenter.frames.wanted.subjects) == set(marks[line].frames)


MANY = ScoreRow(
    "crack",
    40,
    "50% (30–70%)",
    Estimate.from_limits(0.5, 0.3, 0.7, n=40, n_eff=40, method="wilson"),
)
FEW = ScoreRow(
    "burr",
    6,
    "too few (61–99%)",
    Estimate.from_limits(0.9, 0.61, 0.99, n=6, n_eff=6, method="wilson"),
)
NONE = ScoreRow("dent", 0, "not measured", Estimate.not_measured("no_labels"))


def test_the_model_of_classes_keeps_qts_rules(qapp):
    model = ClassTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_lines([MANY, FEW])
    model.show_lines([MANY])
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (1, 4)
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_figures_are_those_it_was_given(qapp):
    model = ClassTableModel()
    model.show_lines([MANY, FEW])
    expected = ["burr", "6", "too few (61–99%)", ""]
    assert [model.data(model.index(1, at)) for at in range(4)] == expected
    expected = "crack: 50% (30–70%), n = 40"
    assert model.data(model.index(0, RANGE), Role.AccessibleTextRole) == expected
    assert model.data(model.index(0, 0), Role.TextAlignmentRole) is None
    assert model.data(model.index(0, 1), Role.TextAlignmentRole) & int(Qt.AlignmentFlag.AlignRight)
    assert model.data(model.index(9, 0)) is None
    expected = ["Class", "n", "score", "0 – 100%", None]
    assert [model.headerData(at, Qt.Orientation.Horizontal) for at in range(5)] == expected
    assert model.headerData(0, Qt.Orientation.Vertical) is None


@pytest.mark.parametrize(("row", "ink"), [(0, "text"), (1, "disabled"), (2, None)])
def test_the_range_is_drawn_from_end_to_end(qtbot, look, row, ink):
    model = ClassTableModel()
    model.show_lines([MANY, FEW, NONE])
    table = QTableView()
    qtbot.addWidget(table)
    table.setModel(model)
    table.setShowGrid(False)
    table.setItemDelegateForColumn(RANGE, RangeDelegate(look, model, table))
    table.setColumnWidth(RANGE, 220)
    table.resize(600, 200)
    table.show()
    qtbot.waitExposed(table)
    box = table.visualRect(model.index(row, RANGE))
    painted = table.viewport().grab().toImage()
    ratio = painted.devicePixelRatio()
    estimate = model.get_score_row(row).estimate
    at = (estimate.lo + estimate.value) / 2 if estimate.measured else 0.3
    colours = {
        painted.pixelColor(
            int(map_share_to_x(box, at) * ratio), int((box.center().y() + dy) * ratio)
        ).name()
        for dy in (-1, 0, 1)
    }
    drawn = (
        QColor(look.tokens.text).name() in colours,
        QColor(look.tokens.disabled).name() in colours,
    )
    assert drawn == (ink == "text", ink == "disabled")


def test_the_scale_runs_from_nothing_to_everything():
    box = QRect(100, 0, 220, 20)
    assert map_share_to_x(box, 0.0) == 110
    assert (map_share_to_x(box, 0.5), map_share_to_x(box, 1.0)) == (210, 310)
