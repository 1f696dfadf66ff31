import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget

from fieldcheck.analyses.blocks import Cell
from fieldcheck.analyses.failures import ConfusionCounts
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import Filter
from fieldcheck.domain.report import ScoreRow
from fieldcheck.report.explore_data import ExploreData, SliceLine
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.screens.explore.breakdown import BreakdownView
from fieldcheck.ui.screens.explore.confusion_view import (
    KIND_ROLE,
    ConfusionTable,
    ConfusionTableModel,
    ConfusionView,
    break_name,
    find_correct_step,
    find_error_step,
)
from fieldcheck.ui.shell.shortcuts import Actions

LINE = ScoreRow(
    "crack",
    40,
    "50% (30–70%)",
    Estimate.from_limits(0.5, 0.3, 0.7, n=40, n_eff=40, method="wilson"),
)
DARK = SliceLine("light", "dark", ScoreRow("dark", 12, "40% (20–60%)", LINE.estimate, sign="▲"))
ROWS = ((16, 2), (0, 7))
MATRIX = ConfusionCounts(
    ("ok", "crack"), ("OK: ok", "crack"), tuple(tuple(Cell(str(n)) for n in row) for row in ROWS)
)
FOUND = ExploreData(
    "", "not_ready", "octagon", ("", ""), (), (), "", (LINE,), MATRIX, (), "", slices=(DARK,),
)  # fmt: skip
Role = Qt.ItemDataRole
ACROSS = Qt.Orientation.Horizontal


def counts_of(*rows):
    names = tuple(f"class_{at}" for at in range(len(rows)))
    return ConfusionCounts(names, names, tuple(tuple(Cell(str(n)) for n in row) for row in rows))


@pytest.fixture
def view(look, qtbot):
    room = QWidget()
    made = BreakdownView(look, Actions(room, list_actions()), room)
    qtbot.addWidget(room)
    made.resize(1160, 500)
    room.show()
    made.show_figures(FOUND)
    return made


def test_rows_and_cells_name_the_frames_that_are_wanted(view, qtbot):
    told = []
    view.cell_chosen.connect(lambda *names: told.append(names))
    view.class_chosen.connect(lambda name: told.append(name))
    view.slice_chosen.connect(lambda *found: told.append(found))
    for model in (view.slices, view.classes, view.confusion.table.counts):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    table = view.show_part("confusion")
    table.setCurrentIndex(table.counts.index(1, 0))
    assert told == [("crack", "ok")], "the class itself, not the caption that marks it as OK"
    for part in ("classes", "slices"):
        view.show_part(part)
        view.choose_current(part)
    assert told[1:] == ["crack", ("light", "dark")]


def test_one_click_chooses_a_cell_which_keeps_its_colour_within_a_ring(view, look, qtbot):
    table = view.show_part("confusion")
    cell = table.counts.index(0, 0)
    with qtbot.waitSignal(view.cell_chosen) as told:
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(cell).center()
        )
    assert told.args == ["ok", "ok"]
    painted, box = table.viewport().grab().toImage(), table.visualRect(cell)
    ratio = painted.devicePixelRatio()

    def colour(dx):
        at = box.topLeft()
        return painted.pixelColor(int((at.x() + dx) * ratio), int((at.y() + 20) * ratio)).name()

    assert colour(8) == look.tokens.correct[2].lower()
    assert colour(2) == look.tokens.accent.lower()


def test_the_largest_error_is_looked_at_first_and_a_choice_stays(look, shown):
    table = shown(ConfusionTable(look), 600, 400)
    table.show_counts(counts_of((5, 1, 0), (0, 5, 4), (2, 0, 5)))
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, 2)
    table.setCurrentIndex(table.counts.index(2, 0))
    table.show_counts(counts_of((5, 9, 0), (0, 5, 4), (2, 0, 5)))
    assert (table.currentIndex().row(), table.currentIndex().column()) == (2, 0)


def test_the_model_keeps_qts_rules(qapp):
    model = ConfusionTableModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_counts(MATRIX)
    model.show_counts(None)
    model.show_counts(MATRIX)
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (2, 3)
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_a_cell_has_its_step_and_an_empty_one_none(qapp):
    model = ConfusionTableModel()
    model.show_counts(MATRIX)
    assert [model.data(model.index(0, at)) for at in range(3)] == ["16", "2", "18"]
    assert model.data(model.index(1, 0)) == ""
    kinds = [model.data(model.index(row, at), KIND_ROLE) for row in (0, 1) for at in (0, 1)]
    assert kinds == [("correct", 2), ("error", 1), None, ("correct", 1)]
    text = model.data(model.index(0, 1), Role.AccessibleTextRole)
    assert text == "Label OK: ok, prediction crack: 2 frames"
    assert model.data(model.index(5, 5)) is None
    assert [model.headerData(at, ACROSS) for at in range(3)] == ["OK: ok", "crack", "n"]


@pytest.mark.parametrize(
    ("most", "steps"), [(7, [0, 1, 1, 2, 2, 3, 3]), (3, [0, 1, 2]), (1, [0]), (4, [0, 1, 2, 3])]
)
def test_no_dark_colour_stands_for_few_errors(most, steps):
    assert [find_error_step(n, most) for n in range(1, most + 1)] == steps


def test_the_most_correct_cell_is_the_darkest_of_three():
    assert [find_correct_step(n, 15) for n in (1, 4, 6, 10, 11, 15)] == [0, 0, 1, 1, 2, 2]


def test_a_long_name_is_broken_at_its_joints_and_whole(look, qapp):
    font = look.make_font(qapp.font(), 12)
    assert break_name("missing_hole", font, 54) == ["missing_", "hole"]
    assert break_name("ok", font, 54) == ["ok"]
    long = "discolouration_of_the_outer_ring"
    lines = break_name(long, font, 54)
    assert "".join(lines) == long
    assert len(lines) > 2


def test_one_sentence_says_where_most_errors_go(look, shown):
    view = shown(ConfusionView(look), 600, 400)
    view.show_counts(counts_of((5, 1, 4), (0, 5, 4), (2, 0, 5)))
    expected = "Most errors: class_2 predicted 13 times, 8 of them wrong."
    assert view.sentence.text() == expected
    assert view.legend.accessibleName() == "correct, 15, errors, 1 to 4, none"
    view.show_counts(counts_of((5, 0), (0, 3)))
    assert view.sentence.text() == "No frame is predicted wrongly."
    view.show_counts(None)
    assert view.sentence.text() == ""


def test_cells_are_coloured_for_the_theme(look, shown):
    table = shown(ConfusionTable(look), 600, 400)
    table.show_counts(counts_of((5, 1, 7), (0, 5, 4), (2, 0, 5)))
    table.setCurrentIndex(table.counts.index(1, 1))
    image = table.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    for row, column, colour in (
        (0, 2, look.tokens.errors[3]),
        (0, 1, look.tokens.errors[0]),
        (1, 0, look.tokens.panel),
    ):
        at = table.visualRect(table.counts.index(row, column)).topLeft()
        shown_colour = image.pixelColor(int((at.x() + 8) * ratio), int((at.y() + 8) * ratio))
        assert shown_colour.name() == QColor(colour).name()


@pytest.mark.long
def test_a_cell_a_class_and_a_slice_show_their_frames_in_the_window(explore, folder, do, settle):
    screen = explore(folder("labelled"))
    do("confusion")
    breakdown, field = screen.presenter.breakdown, Filter().with_values("set", "field")
    table = screen.view.breakdown.confusion.table
    row, column = table.counts.find_largest_error()
    table.setCurrentIndex(table.counts.index(row, column))
    settle()
    truth, answer = table.counts.get_cell_names(row, column)
    wanted = field.with_values("class", truth).with_values("prediction", answer)
    assert breakdown.wanted == wanted
    frames = screen.view.breakdown.frames
    assert frames.title.text() == f"{truth} → {answer}"
    assert frames.grid.tiles.rowCount() == int(table.counts.data(table.counts.index(row, column)))
    assert (frames.label.text(), frames.prediction.text()) == (truth, answer)
    assert frames.prediction.property("tone") == "alarm"
    assert not frames.pictures.frame.image.isNull()
    subject = frames.grid.get_current_subject()
    frames.open_frame.click()
    settle()
    assert screen.presenter.session.view == "grid"
    assert screen.presenter.frames.wanted == wanted
    assert screen.view.frames.grid.get_current_subject() == subject
    do("classes")
    name = screen.view.breakdown.classes.get_score_row(0).name
    assert breakdown.wanted == field.with_values("class", name)
    breakdown.show_slice("light", "normal")
    assert breakdown.wanted == field.with_values("light", "normal")


@pytest.mark.long
def test_the_four_views_have_their_tabs_and_only_the_grid_its_filters(explore, folder, do):
    page = explore(folder("labelled")).view.frames_page
    for view in ("confusion", "classes", "slices", "grid"):
        do(view)
        assert [code for code, tab in page.views.items() if tab.isChecked()] == [view]
        assert page.frames.bar.presets["errors"].isVisible() == (view == "grid")
