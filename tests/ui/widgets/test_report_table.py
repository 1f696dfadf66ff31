import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QHeaderView

from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.ui import theme
from fieldcheck.ui.colours_and_high_contrast import HC_DARK
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.report_table import ReportTable, ReportTableModel

Role = Qt.ItemDataRole
TABLE = Table("Accuracy", (Cell("Corruption", head=True), Cell("mild", figure=True)), (
    (Cell("Haze", head=True), Cell("92%", figure=True, colours=("#ffe945", "#000000"))),
    (Cell("Fog", head=True), Cell("", figure=True)),
))  # fmt: skip


def test_the_model_keeps_qts_rules(qapp):
    model = ReportTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert (model.rowCount(), model.columnCount()) == (0, 0)
    model.show_table(TABLE)
    model.show_table(None)
    model.show_table(TABLE)
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_a_cell_has_the_words_and_colours_of_the_report(qapp):
    model = ReportTableModel()
    model.show_table(TABLE)
    name, figure, none = model.index(0, 0), model.index(0, 1), model.index(1, 1)
    assert [model.data(one) for one in (name, figure, none)] == ["Haze", "92%", ""]
    assert model.data(figure, Role.BackgroundRole).color().name() == "#ffe945"
    assert model.data(figure, Role.ForegroundRole).color().name() == "#000000"
    assert model.data(none, Role.BackgroundRole) is model.data(none, Role.ForegroundRole) is None
    assert model.data(name, Role.FontRole).bold()
    assert model.data(figure, Role.AccessibleTextRole) == "Haze, mild: 92%"
    assert model.data(name, Role.AccessibleTextRole) == model.data(name, Role.ToolTipRole) == "Haze"
    assert model.data(figure, Role.TextAlignmentRole) == int(Qt.AlignmentFlag.AlignCenter)
    assert model.data(figure, Role.DecorationRole) is None
    expected = ["Corruption", "mild", None]
    assert [model.headerData(at, Qt.Orientation.Horizontal) for at in range(3)] == expected
    assert model.headerData(0, Qt.Orientation.Vertical) is None


@pytest.mark.parametrize("wide", [0, 1])
def test_one_column_takes_the_room_that_is_left(qtbot, look, wide):
    table = ReportTable(look, "Accuracy")
    qtbot.addWidget(table)
    table.show_table(TABLE, wide)
    modes = [table.horizontalHeader().sectionResizeMode(at) for at in range(2)]
    assert modes[wide] == QHeaderView.ResizeMode.Stretch
    assert modes[1 - wide] == QHeaderView.ResizeMode.ResizeToContents
    assert table.accessibleName() == "Accuracy"


@pytest.mark.parametrize("keys_here", [True, False])
def test_the_present_cell_keeps_its_colour_inside_a_ring(qtbot, look, keys_here):
    table = ReportTable(look, "Accuracy")
    qtbot.addWidget(table)
    table.show_table(TABLE)
    table.setCurrentIndex(table.lines.index(0, 1))
    table.resize(400, 200)
    table.show()
    qtbot.waitExposed(table)
    table.activateWindow()
    table.setFocus() if keys_here else table.clearFocus()
    qtbot.waitUntil(lambda: table.hasFocus() == keys_here)
    cell = table.visualRect(table.currentIndex())
    seen = table.viewport().grab().toImage()
    ring = seen.pixelColor(cell.left(), cell.center().y()).name()
    assert seen.pixelColor(cell.left() + 6, cell.top() + 6).name() == "#ffe945"
    assert ring == (look.tokens.focus if keys_here else look.tokens.text).lower()


def test_names_and_their_heading_begin_on_the_left_with_air_before_them(qtbot, look):
    model = ReportTableModel()
    model.show_table(TABLE)
    left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
    alignments = [
        model.headerData(at, Qt.Orientation.Horizontal, Role.TextAlignmentRole) for at in range(2)
    ]
    assert alignments == [left, None]
    assert model.data(model.index(0, 0), Role.TextAlignmentRole) == left


def test_words_on_the_selection_are_legible_in_high_contrast(qtbot, qapp):
    look = Theme(HC_DARK)
    theme.apply_theme(qapp, look)
    table = ReportTable(look, "runs")
    qtbot.addWidget(table)
    table.show_table(TABLE)
    table.resize(300, 200)
    table.setCurrentIndex(table.lines.index(0, 0))
    table.show()
    cell = table.visualRect(table.lines.index(0, 0)).adjusted(8, 6, -8, -6)
    shown = table.viewport().grab().toImage()
    near = [
        shown.pixelColor(x, y)
        for x in range(cell.left(), cell.right())
        for y in range(cell.top(), cell.bottom())
    ]
    assert min(one.lightness() for one in near) < 60 < QColor(look.tokens.selection).lightness()
