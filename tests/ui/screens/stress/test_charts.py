from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from fieldcheck.corruptions.live_frame import LiveRates
from fieldcheck.ui.screens.stress import charts
from fieldcheck.ui.screens.stress.state import BINS, ConfidenceTally, TallyMoment
from tests.ui.screens.stress.made import flipped, of_colour

SOME = ConfidenceTally((*[0] * 12, 3, 0, 0, 8, 0, 0, 0, 1), (*[0] * 19, 12), 12, 0.7712, 0.25)


@pytest.fixture
def shown(qtbot):
    def show(made):
        qtbot.addWidget(made)
        made.resize(320, 200)
        made.show()
        qtbot.waitExposed(made)
        return made

    return show


def painted(chart):
    image = chart.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
    }


def test_the_histogram_paints_bars_line_and_limit_in_the_colours_of_the_theme(shown, look):
    chart = shown(charts.ConfidenceChart(look))
    chart.show_confidence(SOME)
    assert {
        look.tokens.panel.lower(), look.tokens.text2.lower(), look.tokens.accent.lower(),
        look.tokens.warn_text.lower(),
    } <= painted(chart)  # fmt: skip


def test_the_histogram_says_its_numbers(shown, look):
    chart = shown(charts.ConfidenceChart(look))
    assert chart.accessibleDescription() == "No predictions yet."
    chart.show_confidence(SOME)
    assert chart.accessibleName() == "Prediction confidence"
    assert chart.accessibleDescription() == "12 predictions: median 0.77, 25% below 0.6."


def test_the_height_of_the_histogram_follows_its_highest_bar(shown, look):
    chart = shown(charts.ConfidenceChart(look))
    chart.show_confidence(SOME)
    assert chart.box.viewRange()[1] == pytest.approx([-0.04 * 12, 1.04 * 12])
    assert chart.box.viewRange()[0] == pytest.approx([-0.03, 1.03], abs=0.01)


def test_the_line_of_doubt_marks_where_the_answer_changed(shown, look):
    chart = shown(charts.UncertaintyChart(look))
    assert chart.accessibleDescription() == "No predictions yet."
    chart.show_moments([TallyMoment(100.0 + at, 0.5, int(at == 3), 2) for at in range(10)], 110.0)
    assert chart.accessibleDescription() == "Uncertainty up to 0.50; 1 of 20 predictions changed."
    assert look.tokens.accent.lower() in painted(chart)
    chart.show_moments([TallyMoment(100.0 + at, 0.5, 0) for at in range(10)], 110.0)
    assert look.tokens.accent.lower() not in painted(chart)


def test_neither_chart_can_be_moved_or_reached_by_the_keyboard(shown, look):
    for chart in (shown(charts.ConfidenceChart(look)), shown(charts.UncertaintyChart(look))):
        assert chart.focusPolicy() == Qt.FocusPolicy.NoFocus
        assert chart.box.state["mouseEnabled"] == [False, False]


def test_the_words_count_right():
    assert charts.format_frame_count(1) == "Last 1 frame"
    assert charts.format_frame_count(300) == "Last 300 frames"
    expected = "No predictions yet."
    assert (
        charts.describe_confidence(ConfidenceTally((0,) * BINS, (0,) * BINS, 0, 0.0, 0.0))
        == expected
    )


def test_that_nothing_was_found_is_no_missing_answer():
    actual = charts.describe_confidence(ConfidenceTally((0,) * BINS, (0,) * BINS, 0, 0.0, 0.0, 18))
    assert actual == "No such prediction."


def test_a_click_on_a_disc_says_which_moment_it_is_and_one_elsewhere_nothing(shown, look, qtbot):
    chart, told = shown(charts.UncertaintyChart(look)), []
    chart.picked.connect(told.append)
    chart.show_moments([TallyMoment(70.0, 0.3, 0), TallyMoment(90.0, 0.8, 1)], 100.0)
    qtbot.wait(50)
    for ago in (-10.0, -40.0):
        place = chart.mapFromScene(chart.box.mapViewToScene(QPointF(ago, 0.5)))
        QTest.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == [pytest.approx(90.0)]


@pytest.fixture
def bars(qtbot, look):
    made = charts.AnswerBars(look)
    qtbot.addWidget(made)
    made.resize(300, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


def colours_of(bars, row=0):
    image = bars.grab().toImage()
    y = int((row + 0.5) * bars.height() / charts.ROWS) + 2
    return [QColor(image.pixel(x, y)).name() for x in range(image.width())]


def test_a_bar_is_as_long_as_the_answer_is_sure(bars, look):
    lengths = []
    for value in (0.25, 0.5, 1.0):
        bars.show_rows([charts.AnswerRow("Burr", value)])
        lengths.append(colours_of(bars).count(look.tokens.accent.lower()))
    assert lengths[0] == pytest.approx(lengths[2] / 4, abs=3)
    assert lengths[1] == pytest.approx(lengths[2] / 2, abs=3)


def test_the_tick_stands_where_the_answer_was_on_the_original(bars, look):
    bars.show_rows([charts.AnswerRow("Burr", 0.1, 0.8)])
    found = colours_of(bars)
    accent, text = look.tokens.accent.lower(), look.tokens.text.lower()
    begins = found.index(accent)
    ticks = [x for x, colour in enumerate(found) if colour == text and x > begins + 40]
    assert ticks
    bars.show_rows([charts.AnswerRow("Burr", 0.1)])
    assert len(colours_of(bars)) == bars.width()
    assert [
        x
        for x, colour in enumerate(colours_of(bars))
        if colour == text and begins + 40 < x < begins + 100
    ] == []


def test_it_can_be_heard(bars):
    bars.show_rows([charts.AnswerRow("Burr", 0.71, 0.22), charts.AnswerRow("OK", 0.2)])
    assert bars.accessibleName() == "Top predictions"
    assert bars.accessibleDescription() == "Burr 0.71, original 0.22; OK 0.20"


def test_there_are_never_more_than_three_rows_and_none_without_an_answer(bars):
    bars.show_rows([charts.AnswerRow(str(number), 0.1) for number in range(5)])
    assert len(bars.rows) == charts.ROWS
    bars.show_rows([])
    assert (bars.rows, bars.accessibleDescription()) == ((), "")


def test_a_long_name_is_cut_and_leaves_the_bar_its_place(bars, look):
    bars.show_rows([charts.AnswerRow("a class with a name that goes on and on", 1.0)])
    long = colours_of(bars).index(look.tokens.accent.lower())
    bars.show_rows([charts.AnswerRow("b", 1.0)])
    assert colours_of(bars).index(look.tokens.accent.lower()) == long


HARD = {"corruption": "dark", "severity": 3.0}


def test_pictures_and_answers_are_those_of_one_result(colours):
    found = of_colour(colours, "red", **HARD)
    shown = charts.build_content(found)
    assert (
        shown.original.rgb is found.original,
        shown.corrupted.rgb is found.corrupted,
        shown.model_input.rgb is found.input_image,
    ) == (True,) * 3
    assert [row.name for row in shown.rows] == [top.name for top in found.get_top(3)]
    assert [row.value for row in shown.rows] == [top.probability for top in found.get_top(3)]
    actual = [row.before for row in shown.rows]
    assert actual == [found.get_clean_probability(top.index) for top in found.get_top(3)]


def test_the_strips_name_what_is_under_them(colours):
    shown = charts.build_content(of_colour(colours, "red", **HARD))
    assert shown.original.title == "Original · dashed: model crop"
    assert shown.corrupted.title == "Corrupted: Low light, moderate"
    assert shown.model_input.title == "Model input, 32 × 32"
    assert shown.original.description == "belt.avi, 64 × 48 pixels"
    assert shown.original.crop == (0.0, 0.0, 64.0, 48.0)


def test_a_changed_answer_names_the_one_before(colours):
    red, blue = of_colour(colours, "red", **HARD), of_colour(colours, "blue")
    said, warns = charts.format_answer(flipped(red, blue))
    share = f"{red.get_clean_top(1)[0].probability:.2f}"
    assert (said, warns) == (f"▲ Prediction changed (was red, {share})", True)


def test_the_same_answer_is_said_without_a_mark(colours):
    expected = ("Same prediction as on the original.", False)
    assert charts.format_answer(of_colour(colours, "red", **HARD)) == expected
    assert charts.format_answer(of_colour(colours, "red")) == (
        "Prediction without corruption.",
        False,
    )


def test_without_a_model_the_pictures_still_come_and_the_panel_says_what_is_missing():
    shown = charts.build_content(of_colour(None, "red", **HARD))
    assert (shown.model_input, shown.rows, shown.original.crop) == (None, (), None)
    assert shown.caption == "No model: open a project with a model."
    assert shown.original.title == "Original"


def test_without_a_recipe_the_second_picture_says_so(colours):
    assert charts.build_content(of_colour(colours, "red")).corrupted.title == "Corrupted: none"


def test_boxes_are_marked_with_number_name_and_score(boxes):
    shown = charts.build_content(of_colour(boxes, "red"))
    (mark,) = shown.original.marks
    assert mark.caption.startswith("1 part ")
    assert mark.box[2] <= 33
    assert charts.build_content(of_colour(boxes, "blue")).caption == "Nothing detected."


def test_a_box_that_came_with_the_corruption_had_nothing_before(boxes):
    said, warns = charts.format_answer(
        flipped(of_colour(boxes, "blue", **HARD), of_colour(boxes, "red"))
    )
    assert (said, warns) == ("▲ Prediction changed (nothing detected before)", True)


FOUR = np.array(
    [[0, 0, 10, 10, 0.9, 0], [20, 0, 30, 10, 0.8, 0], [0, 20, 10, 30, 0.7, 0],
     [20, 20, 30, 30, 0.6, 0]], np.float32,
)  # fmt: skip


@pytest.mark.parametrize(("rows", "moved", "said"), [
    ((0, 1), 0, "▲ 2 of 4 boxes lost"),
    ((0, 1, 2, 3), 8, "▲ 3 of 4 boxes lost, 3 new boxes"),
    ((0, 1, 2, 3), 0, "▲ boxes moved"),
])  # fmt: skip
def test_where_the_first_answer_stands_it_says_how_many_boxes_are_lost(boxes, rows, moved, said):
    found = of_colour(boxes, "red", **HARD)
    now = FOUR[list(rows)].copy()
    now[1:, [0, 2]] += moved
    changed = replace(
        found,
        clean=replace(found.clean, answer=FOUR),
        answer=replace(found.answer, answer=now),
        answer_changed=True,
    )
    assert charts.format_answer(changed) == (said, True)


def test_dropped_and_skipped_are_two_words():
    said, warns = charts.format_throughput(LiveRates(29.7, 11.0, 0, 40, 23.6, 31.2), True)
    expected = ("input 30 fps · model p50 24, p95 31 ms · 0 dropped · 40 skipped", False)
    assert (said, warns) == expected
    expected = "input 30 fps · 0 dropped · 0 skipped"
    assert charts.format_throughput(LiveRates(30.0, 30.0, 0, 0), False)[0] == expected


def test_many_dropped_frames_are_a_warning():
    assert charts.format_throughput(LiveRates(30.0, 30.0, 12, 3), True)[1]


def test_where_nothing_is_found_any_more_that_is_said_with_what_was(boxes):
    red, none = of_colour(boxes, "red", **HARD), of_colour(boxes, "blue")
    said, warns = charts.format_answer(flipped(red, none))
    share = f"{red.get_clean_top(1)[0].probability:.2f}"
    assert (said, warns) == (f"▲ No detection any more (was part, {share})", True)


@pytest.mark.parametrize(("least", "said"), [(1.0, "manual review."), (0.1, "automatic decision.")])
def test_thresholds_of_the_card_say_who_decides(colours, least, said):
    found = of_colour(colours, "red")
    assert "thresholds" not in charts.build_content(found).caption
    card = replace(found.card, output=replace(found.card.output, abstain=least))
    expected = f"With field thresholds: {said}"
    assert charts.build_content(replace(found, card=card)).caption.endswith(expected)
