from fieldcheck.ui.screens.latency.presenter import build_latency_plot
from fieldcheck.ui.screens.latency.state import LatencyCurve
from fieldcheck.ui.widgets.charts import PlotView

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
