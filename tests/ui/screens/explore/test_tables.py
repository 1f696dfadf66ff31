import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QTableView

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotSeries, ScoreRow
from fieldcheck.ui.screens.explore.tables_and_charts import (
    RANGE,
    RIGHT,
    ChartCard,
    ChartsPart,
    ChartsView,
    ClassTableModel,
    RangeDelegate,
    map_share_to_x,
)

Role = Qt.ItemDataRole


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


def test_all_charts_stand_as_cards_and_one_opens_large(charts):
    assert charts.pages.current_page is charts.cards
    assert [card.accessibleName() for card in charts.cards.cards] == ["One", "Two"]
    assert charts.cards.cards[0].accessibleDescription() == "One says it, n = 2."
    charts.cards.cards[1].click()
    assert charts.picture.isVisible()
    assert charts.reading.text() == "Two says it, n = 2."
    charts.show_plots((plot("Zero"), plot("Two")))
    assert charts.picture.isVisible(), "other figures do not close it"
    assert charts.close_chart()
    assert not charts.picture.isVisible()
    assert not charts.close_chart()


def test_bars_of_correct_answers_are_open_and_those_of_wrong_ones_filled(look, shown):
    sides = ((1, "empty"), (-1, "full"))
    series = tuple(
        PlotSeries("bars", (PlotMark(0.5, sign, ("", "")),), fill=fill, width=0.5)
        for sign, fill in sides
    )
    both = PlotAxis(-1.0, 1.0, ((-1.0, "1"), (1.0, "1")))
    mirrored = Plot("where", "Both", "Open: correct.", AXIS, both, series, ("x", "n"))
    card = shown(ChartCard(look, "Both", mirrored), 300, 240)
    image = card.grab().toImage()
    seen = {image.pixelColor(card.width() // 2, y).name().upper() for y in range(image.height())}
    assert look.tokens.alarm in seen
    assert look.tokens.border not in seen


def test_cards_stand_in_three_columns_where_there_is_room(charts):
    charts.show_plots([plot(str(at)) for at in range(4)])
    for width, columns in ((1100, 3), (700, 2), (320, 1)):
        charts.resize(width, 500)
        QApplication.processEvents()
        grid = charts.cards._grid
        places = [grid.getItemPosition(grid.indexOf(card)) for card in charts.cards.cards]
        assert [place[:2] for place in places] == [divmod(at, columns) for at in range(4)]


def test_while_charts_are_computed_each_has_the_outline_of_its_kind(charts, look):
    charts.show_loading()
    assert charts.pages.current_page is charts.cards
    assert charts.cards.sentence.text() == "Computing charts …"
    assert charts.cards.head.isVisible()
    assert [card.isEnabled() for card in charts.cards.cards] == [False] * 6
    card = charts.cards.cards[0]
    assert card.grab().toImage().pixelColor(card.width() // 2, card.height() - 4).name() == (
        look.tokens.panel.lower()
    )
    charts.show_plots((plot("One"),))
    assert not charts.cards.head.isVisible()
    assert charts.cards.cards[0].isEnabled()


def test_arrows_choose_a_chart_and_its_words_and_table_follow(charts):
    charts.open_chart(0)
    assert (charts.reading.text(), charts.table.lines.rowCount()) == ("One says it, n = 2.", 2)
    QTest.keyClick(charts.titles, Qt.Key.Key_Down)
    assert charts.reading.text() == "Two says it, n = 2."
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
    assert charts.cards.head.isVisible()
    charts.show_plots(())
    assert charts.placeholder.sentence == "No chart yet: label frames and run the model."
    assert not charts.picture.isVisible()


@pytest.mark.long
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
    model.show_lines([MANY], "Frames without errors")
    assert model.headerData(RIGHT, Qt.Orientation.Horizontal) == "Frames without errors"
    model.show_lines([MANY])
    assert model.headerData(RIGHT, Qt.Orientation.Horizontal) == "score"


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
