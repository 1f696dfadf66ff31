from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotSeries

AXIS = PlotAxis(0.0, 1.0, ((0.0, "0"), (1.0, "1")))


def test_the_table_holds_the_marks_of_all_listed_series_in_their_order():
    first = PlotMark(0.1, 1.0, ("a",))
    second = PlotMark(0.2, 0.5, ("b",), 0.4, 0.6)
    band = PlotMark(0.3, 0.1, ("c",))
    bars = PlotSeries("bars", (band,), listed=False)
    series = (PlotSeries("points", (first,)), bars, PlotSeries("line", (second,)))
    plot = Plot("where", "Title", "Said.", AXIS, AXIS, series, ("name",))
    assert plot.marks == (first, second)
    assert (first.has_limits, second.has_limits) == (False, True)
