from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from fieldcheck.ui.screens.explore.counts import Counts
from fieldcheck.workflows.explore.explore import Count

Role = Qt.ItemDataRole
HIT, MISS, EMPTY = Count("16", ("#ffe945", "#000000")), Count("2", ("#00204c", "#ffffff")), Count("0", None)
ROWS = (("ok", (HIT, MISS)), ("crack", (EMPTY, HIT)))


def test_the_model_keeps_qts_rules(qapp):
    model = Counts()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_counts(("ok", "crack"), ROWS)
    model.show_counts((), ())
    model.show_counts(("ok", "crack"), ROWS)
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount(), model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (2, 2, 0, 0)


def test_a_cell_has_the_reports_colours_and_an_empty_one_has_none(qapp):
    model = Counts()
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
    model = Counts()
    model.show_counts(("ok", "crack"), ROWS)
    assert [model.headerData(at, Qt.Orientation.Horizontal) for at in range(3)] == ["ok", "crack", None]
    names = tuple("abcdef")
    model.show_counts(names, tuple((name, (EMPTY,) * 6) for name in names))
    assert model.headerData(1, Qt.Orientation.Horizontal) == "2"
    assert model.headerData(1, Qt.Orientation.Horizontal, Role.ToolTipRole) == "b"
    assert model.headerData(1, Qt.Orientation.Vertical) == "2  b"
