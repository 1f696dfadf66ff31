from fieldcheck.ui.screens.bench.latency_chart import LatencyChart
from fieldcheck.ui.screens.bench.session import LatencyCurve

SOME = LatencyCurve((0.0, 1.0, 2.0), (30.0, 31.0, 60.0), (35.0, 36.0, 70.0))


def labels(chart):
    return [mark.label.format for mark in chart._marks]


def test_the_rates_that_lie_in_view_and_the_step_are_marked(look, shown):
    chart = shown(LatencyChart(look), 500, 240)
    chart.show_curve(SOME, 10.0, (5.0, 15.0, 30.0), ((1.5, 1.94),))
    assert labels(chart) == ["15 fps", "30 fps", "▲ 1:30  1.94×"]
    assert chart.box.viewRange()[0][1] >= 10
    chart.show_curve(SOME, 0.0, (), ())
    assert labels(chart) == []
    assert chart.box.viewRange()[0][1] < 3


def test_it_is_read_aloud(look, shown):
    chart = shown(LatencyChart(look), 500, 240)
    assert chart.accessibleDescription() == "Nothing was measured yet."
    chart.show_curve(SOME, 10.0, (), ())
    assert chart.accessibleDescription() == "Median 30.0 ms at the start, 60.0 ms at the end, 60.0 ms at most."
