from dataclasses import replace
from xml.etree import ElementTree

from fieldcheck.analyses.score_charts import to_standalone_svg
from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.report.plots import build_panel, build_plot_table, draw_plot

AXIS = PlotAxis(0.0, 1.0, ((0.0, "0%"), (1.0, "100%")))


def plot(*series, **changes):
    return replace(
        Plot("where", "Chart", "What it says, n = 4.", AXIS, AXIS, series, ("x", "y")), **changes
    )


def mark(x, y, lo=float("nan"), hi=float("nan"), **more):
    return PlotMark(x, y, (str(x), str(y)), lo, hi, **more)


def parsed(made):
    tree = ElementTree.fromstring(draw_plot(made))
    assert (tree.get("role"), tree.get("aria-label")) == ("img", "Chart: What it says, n = 4.")
    return tree


def test_bars_rise_and_fall_from_their_base_and_differ_in_fill():
    up = PlotSeries("bars", (mark(0.25, 1.0, base=0.5),), fill="empty", width=0.2)
    down = PlotSeries("bars", (mark(0.25, 0.25, base=0.5),), fill="full", width=0.2)
    first, second = parsed(plot(up, down)).findall("rect")
    assert float(first.get("y")) + float(first.get("height")) == float(second.get("y"))
    assert float(first.get("height")) == 2 * float(second.get("height"))
    assert first.get("fill") != second.get("fill")


def test_lines_differ_in_mark_and_dash_and_a_rule_has_its_sign():
    field = PlotSeries("line", (mark(0, 0.6, 0.5, 0.7), mark(1, 0.4, 0.3, 0.5)), band=True)
    benchmark = PlotSeries(
        "line", (mark(0, 0.9, 0.8, 1.0), mark(1, 0.5, 0.4, 0.6)), "square", dashed=True, band=True
    )
    rules = (PlotRule(0.7), PlotRule(0.4, level=False, mark="▼"))
    tree = parsed(plot(field, benchmark, rules=rules))
    assert len(tree.findall("rect")) == 2
    assert (len(tree.findall("circle")), len(tree.findall("polygon"))) == (2, 2)
    expected = {None, "2 3", "6 3", "5 3"}
    assert {line.get("stroke-dasharray") for line in tree.findall("line")} == expected
    assert "▼" in [text.text for text in tree.findall("text")]


def test_other_marks_are_a_ring_and_a_triangle_and_limits_are_whiskers():
    tree = parsed(
        plot(
            PlotSeries("points", (mark(0.5, 0.5, 0.4, 0.6),), "triangle"),
            PlotSeries("points", (mark(0.2, 0.2),), "ring"),
            diagonal=True,
        )
    )
    assert len(tree.findall("path")) == len(tree.findall("circle")) == 1
    assert "3 3" in [line.get("stroke-dasharray") for line in tree.findall("line")]
    (whisker,) = [line for line in tree.findall("line") if line.get("x1") == line.get("x2")]
    assert float(whisker.get("y1")) > float(whisker.get("y2"))


def test_what_lies_beyond_an_axis_is_drawn_on_its_end():
    (disc,) = parsed(plot(PlotSeries("points", (mark(2.0, 9.0),)))).findall("circle")
    assert (disc.get("cx"), disc.get("cy")) == ("212.0", "6.0")


def test_a_panel_keeps_its_proportions_as_a_file_of_its_own():
    svg, alt = to_standalone_svg(
        build_panel(plot(PlotSeries("points", (mark(0.5, 0.5),)))).drawing, 220
    )
    assert alt.startswith("Chart: ")
    assert ElementTree.fromstring(svg).get("viewBox").startswith("0 0 220 ")


def test_every_mark_is_a_line_of_the_table():
    table = build_plot_table(plot(PlotSeries("points", (mark(0.5, 0.25), mark(0.75, 1.0)))))
    assert [cell.text for cell in table.heads] == ["x", "y"]
    assert [[cell.text for cell in row] for row in table.rows] == [["0.5", "0.25"], ["0.75", "1.0"]]
