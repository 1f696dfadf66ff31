from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor

from fieldcheck.domain.run import Parity
from fieldcheck.ui.screens.latency.presenter import LatencyCurve, build_latency_plot
from fieldcheck.ui.screens.latency.view import MemoryCard, StageBar, VariantsTable, format_stages
from fieldcheck.ui.widgets.charts import PlotView
from tests.latency.made import MEMORY, beside, variant
from tests.ui.faults import faults
from tests.ui.screens.latency.made import ten_minutes
from tests.ui.states import SMALL, USUAL, rest

DEVICE = (
    "raspberrypi5 ran surface_defects_int8.tflite with ai_edge_litert 2.3.0, CPU. SHA-256 "
    "96949ba4a6e3.",
    "Frames without a miss or a false alarm on this footage: device 73% (51–86%, n = 100); this "
    "computer 78% (58–90%, n = 100).",
    "Change: −5.0 pp (−16.8 to 6.8). Change for other clips of these cameras: −5.0 pp (−18.8 to "
    "8.8). No difference in frames without errors demonstrated.",
    "Prediction changed on 12 of 100 frames; largest difference 0.4231.",
)


def test_choices_are_told_by_code_and_cannot_be_made_while_a_run_is_under_way(screen_of):
    view, told = screen_of("labelled", "bench").view, []
    view.option_chosen.connect(lambda what, code: told.append((what, code)))
    view.choices["rate"].setCurrentIndex(3)
    view.choices["rate"].activated.emit(3)
    assert told == [("rate", "15")]
    view.show_choices(
        {
            "duration": "long", "rate": "0", "load": "none", "threads": "0", "target": "0",
            "memory": "0",
        },
        False,
    )  # fmt: skip
    assert view.choices["duration"].currentText() == "30 min"
    assert not any(choice.isEnabled() for choice in view.choices.values())


@pytest.mark.long
def test_a_narrow_window_lists_every_fact_and_the_arrows_go_through_them(
    window, screen_of, settle, press
):
    view = screen_of("labelled", "bench").view
    view.show_facts([f"Fact number {at} takes a line." for at in range(30)])
    window.resize(SMALL)
    rest(window, settle)
    assert len(view.facts.get_lines()) == 30
    view.facts.setFocus()
    press(Qt.Key.Key_End)
    last = view.facts.visualItemRect(view.facts.item(29))
    assert 0 < last.bottom() <= view.facts.viewport().rect().bottom()
    window.resize(USUAL)


@pytest.mark.long
def test_memory_has_its_own_card_which_follows_the_facts_where_narrow(window, screen_of, settle):
    view = screen_of("labelled", "bench").view
    view.show_facts(("Fact.",), ("60 parameters.",), (("Conv 1 × 4", "0.10 MB"),))
    rest(window, settle)
    assert (view.memory.isVisible(), view.facts.get_lines()) == (True, ["Fact."])
    window.resize(SMALL)
    rest(window, settle)
    assert not view.memory.isVisible()
    assert view.facts.get_lines() == ["Fact.", "60 parameters."]
    window.resize(USUAL)


@pytest.mark.long
def test_accuracy_on_the_device_takes_the_place_of_memory_and_leads_the_facts_where_narrow(
    window, screen_of, settle
):
    presenter = screen_of("labelled", "bench").presenter
    view = presenter._view
    presenter.session.latency = replace(ten_minutes(), graph=MEMORY)
    presenter.session.device = DEVICE, ("Temperature during the predictions: 48 to 71 °C.",)
    presenter.update_running_curve()
    rest(window, settle)
    assert faults(window) == []
    assert (view.device.isVisible(), view.memory.isVisible()) == (True, False)
    assert "Temperature during the predictions: 48 to 71 °C." in view.facts.get_lines()
    assert "".join(view.device_lines.get_shown_lines()).endswith(DEVICE[-1])
    window.resize(SMALL)
    rest(window, settle)
    assert not view.device.isVisible()
    assert view.facts.get_lines()[: len(DEVICE)] == list(DEVICE)
    assert faults(window) == []
    presenter.session.device = (), ()
    presenter.update_running_curve()
    window.resize(USUAL)
    rest(window, settle)
    assert (view.device.isVisible(), view.memory.isVisible()) == (False, True)


@pytest.mark.long
def test_no_figure_is_cut_off_however_long_a_frame_takes(screen_of):
    view = screen_of("labelled", "bench").view
    view.set_compact(True)
    view.show_percentiles(
        (("41.4", "39.4–44.5 ms"), ("1184.4", "1162.8–1225.6 ms"), ("1320.6", "1266.6–1417.3 ms"))
    )
    QCoreApplication.processEvents()
    assert all(
        part.width() >= part.sizeHint().width() for pair in view.figures.values() for part in pair
    )


@pytest.mark.long
def test_verdict_stages_and_percentiles_stand_where_they_are_read(screen_of):
    view = screen_of("labelled", "bench").view
    view.show_verdict("triangle", "Slows down during the test", "31 ms a frame.")
    view.show_stages((("decode", 4.0), ("forward pass", 24.0)))
    curve = LatencyCurve((0.0,), (31.0,), (35.0,))
    view.show_curve(build_latency_plot(curve, 5, 10.0, (15.0,), ()), "n = 5")
    view.show_percentiles((("35.0", "34.0–36.0 ms"), ("57.0", ""), ("–", "too few frames")))
    QCoreApplication.processEvents()
    assert (view.sign.kind, view.heading.text()) == ("triangle", "Slows down during the test")
    assert view.sentence.text() == "31 ms a frame."
    assert view.stages_line.text() == "decode 4.0 · forward pass 24.0 = 28.0 ms per frame"
    assert [figure.text() for figure, _ in view.figures.values()] == ["35.0", "57.0", "–"]


def test_the_largest_part_is_the_accent_and_as_wide_as_its_share(look, shown):
    bar = shown(StageBar(look), 400, 28)
    bar.show_parts((("decode", 10.0), ("forward pass", 30.0)))
    row = bar.grab().toImage()
    accent = (
        sum(
            QColor(row.pixel(x, 2)).name().upper() == look.tokens.accent for x in range(row.width())
        )
        / row.width()
    )
    assert abs(accent - 0.75) < 0.02
    assert bar.accessibleDescription() == "decode 10.0 · forward pass 30.0 = 40.0 ms per frame"


def test_without_stages_it_is_empty_and_says_nothing(look, shown):
    bar = shown(StageBar(look), 400, 28)
    bar.show_parts(())
    actual = {QColor(bar.grab().toImage().pixel(x, 5)).name().upper() for x in range(400)}
    assert actual == {look.tokens.window}
    assert format_stages(()) == bar.accessibleDescription() == ""


ROWS = (("Conv 1 × 16 × 8 × 8", "4.10 MB"), ("Add 1 × 8 × 8 × 8", "2.05 MB"))


def test_rows_are_filled_from_the_top_and_without_anything_to_tell_nothing_is_shown(qtbot, look):
    made = MemoryCard(look)
    qtbot.addWidget(made)
    made.show_memory(("60 parameters, 0.00 MB.",), ROWS)
    expected = [*ROWS, ("", ""), ("", ""), ("", "")]
    assert [(name.text(), size.text()) for name, size in made.rows] == expected
    assert not made.isHidden()
    made.show_memory((), ())
    assert made.isHidden()


def cells_of(made):
    lines = made.table.lines
    return [
        [lines.index(row, column).data() for column in range(lines.columnCount())]
        for row in range(lines.rowCount())
    ]


def test_each_variant_is_a_line_and_what_was_measured_stands_under_them(look, shown):
    made = shown(VariantsTable(look), 700, 300)
    made.show_variants(beside(variant(1.0), variant(0.55, 2, True)))
    assert cells_of(made) == [
        ["Processor (CPU), 1 thread", "20.0 (19.0–21.0)", "31.0 (30.0–33.0)", "400", "–"],
        ["Processor (CPU), 2 threads", "20.0 (19.0–21.0)", "31.0 (30.0–33.0)", "400", "0.55×"],
    ]
    assert made.about.text().startswith("Variants compared on Atom in alternating blocks of ")


def test_before_a_run_and_where_nobody_could_run_there_is_no_table(look, shown):
    made = shown(VariantsTable(look), 700, 300)
    made.show_variants(None)
    assert (made.table.isHidden(), made.about.text()) == (True, "Not measured yet.")
    made.show_variants(
        replace(beside(), left_out=(Parity("openvino", 8, problem="failed", detail="no kernel"),))
    )
    assert made.table.isHidden()
    assert "cannot run this model (no kernel)" in made.about.text()


SOME = LatencyCurve((0.0, 1.0, 2.0), (30.0, 31.0, 60.0), (35.0, 36.0, 70.0))


def test_the_rates_that_lie_in_view_and_the_step_are_marked():
    plot = build_latency_plot(SOME, 90, 10.0, (5.0, 15.0, 30.0), ((1.5, 1.94),))
    assert [rule.mark for rule in plot.rules] == ["15 fps", "30 fps", "▲ 1:30  1.94×"]
    assert plot.x.hi >= 10
    plot = build_latency_plot(SOME, 90, 0.0, (), ())
    assert plot.rules == ()
    assert plot.x.hi < 3


def test_it_is_read_aloud_with_its_frames_its_units_and_a_table():
    assert build_latency_plot(LatencyCurve(), 0, 10.0, (), ()).alt_text == "Not measured yet."
    plot = build_latency_plot(SOME, 90, 10.0, (), ())
    expected = "90 frames: median 30.0 ms at the start, 60.0 ms at the end, 60.0 ms at most."
    assert plot.alt_text == expected
    assert (plot.x.name, plot.y.name) == ("time, min:s", "ms per frame")
    assert [mark.row for mark in plot.marks][2] == ("2:00", "60.0", "70.0")


def test_words_at_a_rule_stand_beside_the_drawing_and_cover_no_curve(look, shown):
    chart = shown(PlotView(look, "Latency"), 500, 240)
    chart.show_plot(build_latency_plot(SOME, 90, 10.0, (15.0, 30.0), ((1.5, 1.94),)))
    drawing = chart.box.sceneBoundingRect()
    for axis, said in ((chart.right, ["15 fps", "30 fps"]), (chart.top, ["▲ 1:30  1.94×"])):
        assert [mark for _, mark in axis._tickLevels[0]] == said
        assert not axis.sceneBoundingRect().intersects(drawing.adjusted(1, 1, -1, -1))
