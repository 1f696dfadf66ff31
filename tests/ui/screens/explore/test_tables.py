from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import Filter
from fieldcheck.domain.plot import ScoreRow
from fieldcheck.report.explore_data import ConfusionCell, ExploreData, SliceLine
from fieldcheck.ui.screens.explore.tables import ConfusionTableModel, ExploreTables

LINE = ScoreRow(
    "crack",
    40,
    "50% (30–70%)",
    Estimate.from_limits(0.5, 0.3, 0.7, n=40, n_eff=40, method="wilson"),
)
DARK = SliceLine("light", "dark", ScoreRow("dark", 12, "40% (20–60%)", LINE.estimate, sign="▲"))
FOUND = ExploreData(
    "", "not_ready", "octagon", ("", ""), (), (), (LINE,), ("", "ok", "crack"),
    (("crack", (ConfusionCell("3", None), ConfusionCell("1", None))),), (), "", slices=(DARK,),
)  # fmt: skip
Role = Qt.ItemDataRole
HIT, MISS, EMPTY = (
    ConfusionCell("16", ("#ffe945", "#000000")),
    ConfusionCell("2", ("#00204c", "#ffffff")),
    ConfusionCell("0", None),
)
ROWS = (("ok", (HIT, MISS)), ("crack", (EMPTY, HIT)))


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
        tables.count_table.activated.emit(tables.counts.index(0, 0))
    assert told.args == ["crack", "ok"]


def test_one_click_is_enough_and_a_chosen_cell_keeps_its_colours(look, qtbot):
    tables = ExploreTables(look)
    qtbot.addWidget(tables)
    tables.show_figures(replace(FOUND, count_heads=("", "ok", "crack"), count_rows=ROWS))
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
def test_classes_and_counts_stand_below_each_other_only_where_all_their_lines_have_room(
    look, qtbot, n, both
):
    names = tuple(f"class {at}" for at in range(n))
    cells = tuple(ConfusionCell("1", None) for _ in names)
    tables = ExploreTables(look)
    qtbot.addWidget(tables)
    tables.resize(432, 437)  # what the window of 1366 × 690 leaves
    tables.show_figures(
        replace(
            FOUND,
            classes=(LINE,) * n,
            count_heads=("", *names),
            count_rows=tuple((name, cells) for name in names),
        )
    )
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
    model.show_counts(("ok", "crack"), ROWS)
    model.show_counts((), ())
    model.show_counts(("ok", "crack"), ROWS)
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_a_cell_has_the_reports_colours_and_an_empty_one_has_none(qapp):
    model = ConfusionTableModel()
    model.show_counts(("ok", "crack"), ROWS)
    hit, empty = model.index(0, 0), model.index(1, 0)
    assert (model.data(hit), model.data(empty)) == ("16", "0")
    assert model.data(hit, Role.BackgroundRole).color().name() == "#ffe945"
    assert model.data(hit, Role.ForegroundRole).color().name() == "#000000"
    assert model.data(empty, Role.BackgroundRole) is None
    assert model.data(empty, Role.ForegroundRole) is None
    assert model.data(model.index(0, 1), Role.AccessibleTextRole) == "Label ok, prediction crack: 2"
    assert model.data(model.index(5, 5)) is None


def test_few_classes_have_their_names_and_many_their_numbers(qapp):
    model = ConfusionTableModel()
    model.show_counts(("ok", "crack"), ROWS)
    expected = ["ok", "crack", None]
    assert [model.headerData(at, Qt.Orientation.Horizontal) for at in range(3)] == expected
    names = tuple("abcdef")
    model.show_counts(names, tuple((name, (EMPTY,) * 6) for name in names))
    assert model.headerData(1, Qt.Orientation.Horizontal) == "2"
    assert model.headerData(1, Qt.Orientation.Horizontal, Role.ToolTipRole) == "b"
    assert model.headerData(1, Qt.Orientation.Vertical) == "2  b"
