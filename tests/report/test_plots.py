from dataclasses import replace
from xml.etree import ElementTree

import pytest

from fieldcheck.analyses.decomposition import Decomposition, GapPart
from fieldcheck.analyses.precision_recall import (
    PrecisionRecall,
    ThresholdPoint,
    Unlikeness,
    UnlikenessStep,
)
from fieldcheck.analyses.releases_and_ranking import ClassHistory, Release, Releases
from fieldcheck.analyses.report_data import PredictionRow
from fieldcheck.analyses.score_charts import to_standalone_svg
from fieldcheck.analyses.temperature_scaling import (
    Calibration,
    CalibrationError,
    ReliabilityBin,
    SideCalibration,
)
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.model_card import Curves, Training
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.report import confidence_plots, plot_svg
from fieldcheck.report.confidence_plots import list_scored_rows
from fieldcheck.report.curve_plots import (
    build_severity_plot,
    list_costly_corruptions,
    list_curve_plots,
)
from fieldcheck.report.html_page import build_page
from fieldcheck.report.plot_svg import build_panel, build_plot_table, draw_plot
from fieldcheck.report.section import list_all_plots
from fieldcheck.stats.decision_thresholds import Abstention, RiskPoint
from tests.report.example_report import change_report, estimate, example_report
from tests.report.made_facts import decision
from tests.report.test_html_page import stressed


def counted(report):
    """The facts of the first page with the counts of these very frames."""
    tenths = [[0] * 10, [0] * 10]
    for row in list_scored_rows(report):
        tenths[not row.right][min(int(row.confidence * 10), 9)] += 1
    facts = {"decision": decision(right=tuple(tenths[0]), wrong=tuple(tenths[1]))}
    return change_report(report, results=facts)


def test_each_bar_of_the_confidence_names_the_frames_behind_it():
    report = counted(example_report())
    made = confidence_plots.build_confidence_plot(report)
    assert sum(len(mark.frames) for mark in made.marks) == len(list_scored_rows(report)) == 100
    for mark in made.marks:
        assert len(mark.frames) == abs(mark.y) == int(mark.row[2])
    assert "at 0.9 or more" in made.alt_text


def test_bars_that_count_boxes_name_no_frame():
    report = change_report(example_report(), results={"decision": decision()})
    assert not any(
        mark.frames for mark in confidence_plots.build_confidence_plot(report).marks if mark.y
    )


def test_each_frequent_class_has_its_own_with_its_median():
    report = example_report()
    made = confidence_plots.build_class_plots(report)
    assert [one.title for one in made] == ["Confidence, predicted OK"]
    assert "100 wrong" in made[0].alt_text
    assert "median confidence 0.7" in made[0].alt_text


@pytest.mark.parametrize(("spread", "shown"), [((0.9, 0.1), True), ((0.9, 0.9), False)])
def test_entropy_is_told_of_probabilities_only(spread, shown):
    report = example_report()
    rows = list_scored_rows(report)
    one = report.prediction_rows[0]
    answers = [
        replace(one, on="field", frame_id=row.frame_id, rank=rank, score=score, x=None)
        for row in rows
        for rank, score in enumerate(spread, 1)
    ]
    model = replace(report.model, classes=("a", "b"))
    report = replace(report, prediction_rows=tuple(answers), model=model)
    made = confidence_plots.build_entropy_plot(report)
    assert (made is not None) is shown
    if made is not None:
        assert sum(abs(mark.y) for mark in made.marks) == len(rows)
        assert "0.47" in made.alt_text  # of 0.9 and 0.1, in shares of one bit


def test_bins_of_the_reliability_hold_frames_by_rising_confidence_over_the_band():
    report = example_report()
    rows = sorted(list_scored_rows(report), key=lambda row: row.confidence)
    right = estimate(0.5, 0.4, 0.6, 60)
    bins = (ReliabilityBin(0.6, right), ReliabilityBin(0.9, estimate(0.4, 0.3, 0.6, 40)))
    error = CalibrationError(0.3, 0.5, 100, 2, "equal_mass", 0.1)
    half = estimate(0.5, 0.4, 0.6, 100)
    nan = float("nan")
    side = SideCalibration(
        "field", 100, 0, half, half, half, None, error, error, nan, 0.2, nan, True, bins
    )
    facts = {"calibration": Calibration("frame", (side,), None, ())}
    made = confidence_plots.build_reliability_plot(change_report(report, results=facts))
    assert [len(mark.frames) for mark in made.marks] == [60, 40]
    facts = {"calibration": Calibration("frame", (replace(side, n=9),), None, ())}
    assert confidence_plots.build_reliability_plot(change_report(report, results=facts)) is None
    assert made.marks[0].frames[0] == rows[0].frame_id
    band = made.series[0].marks[1]
    assert made.marks[1].y < band.base < 0.9 < band.y


def drawn(**results):
    """The one chart of a report with these results and nothing swept."""
    (made,) = list_curve_plots(change_report(example_report(sweep=None), results=results))
    return made


def losses(*columns):
    (made,) = list_curve_plots(
        change_report(
            example_report(sweep=None), results={}, training=Training(curves=Curves(*columns))
        )
    )
    return made


def test_the_parts_of_the_gap_are_bars_with_limits_beside_the_whole():
    part = GapPart(estimate(0.1, 0.05, 0.2, 100), 0.08, 0.12)
    found = Decomposition(
        0.4, part, None, Estimate.not_measured("few", 0, 0.3), "not_swept", "dark", 2.0, None, (),
        (),
    )  # fmt: skip
    made = drawn(decomposition=found)
    assert [mark.y for mark in made.marks] == [0.1, 0.3, 0.4]
    assert all(len(mark.frames) == 100 for mark in made.marks)
    expected = [("1  class mix", "10 pp (5–20)"), ("2  remainder", "30 pp"), ("3  gap", "40 pp")]
    assert [mark.row for mark in made.marks] == expected
    assert (made.y.lo, made.y.hi) == (0.0, 0.4)


def test_risk_falls_with_what_the_model_keeps_and_names_the_frames_that_it_keeps():
    points = tuple(
        RiskPoint(
            s, estimate(s, s, s, 100), estimate(e, e / 2, 2 * e, 80), estimate(0.1, 0, 0.2, 80)
        )
        for s, e in ((0.1, 0.3), (0.3, 0.2))
    )
    report = replace(
        example_report(sweep=None),
        results={"abstention": Abstention(estimate(0.4, 0.3, 0.5, 100), points, 0.6, points[0])},
    )
    (made,) = list_curve_plots(report)
    expected = [(0.7, 0.2, 70), (0.9, 0.3, 90), (1.0, 0.4, 100)]
    assert [(mark.x, mark.y, len(mark.frames)) for mark in made.marks] == expected
    least = min(list_scored_rows(report), key=lambda row: row.confidence)
    assert least.frame_id not in made.marks[1].frames


def test_severity_curves_have_a_side_each_the_drop_and_where_the_field_lies():
    report = stressed()
    made = build_severity_plot(report, list_costly_corruptions(report)[0])
    assert [(series.dashed, series.band) for series in made.series] == [(True, True), (False, True)]
    assert any(rule.level for rule in made.rules)
    assert all(len(mark.frames) == 100 for mark in made.series[1].marks)
    pictures = {row.frame_id for row in report.prediction_rows if row.on == "benchmark"}
    assert all(
        set(mark.frames) == {make_benchmark_subject(name) for name in pictures}
        for mark in made.series[0].marks
    )


def test_each_class_has_a_line_over_the_releases_with_the_accuracy_behind_it():
    releases = tuple(
        Release(name, "", estimate(value, value - 0.1, value + 0.1, 50))
        for name, value in (("a", 0.6), ("b", 0.7))
    )
    recalls = estimate(0.9, 0.7, 0.97, 20), estimate(0.5, 0.3, 0.7, 20)
    scored_rows = list_scored_rows(example_report())
    crack = tuple(row.frame_id for row in scored_rows if row.label == "crack")
    worst = Estimate.not_measured("x")
    history = ClassHistory("crack", len(crack), (0.9, 0.5), 8, worst, ChangeVerdict(worst), recalls)
    made = drawn(releases=Releases(50, releases, (), (history,)))
    expected = [("a", "90% (70–97%)", "20"), ("b", "50% (30–70%)", "20")]
    assert [mark.row for mark in made.marks] == expected
    assert [mark.frames for mark in made.marks] == [crack, crack]
    assert f"n = {len(crack)}" in made.alt_text


def test_precision_by_recall_stands_on_both_sides_with_its_limits():
    point = ThresholdPoint(0.5, estimate(0.8, 0.6, 0.9, 30), estimate(0.4, 0.3, 0.5, 60))
    made = drawn(
        precision_recall=tuple(
            PrecisionRecall("crack", on, 60, (point,)) for on in ("field", "benchmark")
        )
    )
    assert [mark.row for mark in made.marks] == [
        (side, "0.50", "40% (30–50%)", "80% (60–90%)", "60") for side in ("field", "benchmark")
    ]
    # of one point a whisker
    expected = [("disc", False), ("square", False)]
    assert [(series.shape, series.band) for series in made.series] == expected
    assert (made.x.name, made.y.name) == ("recall", "precision")


def test_a_point_of_the_precision_opens_the_frames_that_its_threshold_takes():
    report = example_report(sweep=None)
    first, second = (row.frame_id for row in list_scored_rows(report)[:2])
    answers = tuple(
        PredictionRow("field", "net", "r", name, 1, "crack", 0, score)
        for name, score in ((first, 0.7), (second, 0.4))
    )
    answers += (PredictionRow("benchmark", "net", "r", "a.png", 1, "crack", 0, 0.6),)
    point = ThresholdPoint(0.5, estimate(0.8, 0.6, 0.9, 30), estimate(0.4, 0.3, 0.5, 60))
    results = {
        "precision_recall": tuple(
            PrecisionRecall("crack", on, 60, (point,)) for on in ("field", "benchmark")
        )
    }
    curve_plots = list_curve_plots(change_report(report, results=results, prediction_rows=answers))
    (made,) = (one for one in curve_plots if one.section == "thresholds")
    assert [mark.frames for mark in made.marks] == [(first,), (make_benchmark_subject("a.png"),)]


def test_unlikeness_over_time_names_the_frames_of_each_stretch():
    report = example_report(sweep=None)
    steps = (
        UnlikenessStep(0, 9, "2026-11-24T22:38:00Z", 0.2, 0.1, 0.3),
        UnlikenessStep(10, 19, "", 0.5, 0.4, 0.6),
    )
    facts = {"unlikeness": Unlikeness(steps, 20, 40, 0.35, True)}
    (made,) = list_curve_plots(change_report(report, results=facts))
    assert [len(mark.frames) for mark in made.marks] == [10, 10]
    assert made.marks[1].frames[0] == report.frame_rows[10].frame_id
    assert "1 of them beyond the dotted line" in made.alt_text


def test_both_losses_of_the_training_are_lines_on_one_scale_from_zero():
    made = losses((1, 2, 3), (0.5, 0.4, 0.3), (0.71, 0.70, 0.71))
    expected = [[0.5, 0.4, 0.3], [0.71, 0.70, 0.71]]
    assert [[mark.y for mark in series.marks] for series in made.series] == expected
    assert [series.dashed for series in made.series] == [True, False]
    assert (made.y.lo, made.y.hi) == (0.0, 0.71)
    assert made.alt_text.startswith(
        "Dashed: training loss, first 0.500, lowest 0.300, last 0.300. Line: validation loss, "
        "first 0.710"
    )


def test_a_log_of_ten_thousand_epochs_keeps_its_ends_and_one_of_a_single_epoch_has_a_mark():
    many = tuple(range(1, 10_001))
    long, short = losses(many, many, many), losses((1,), (0.5,), (0.6,))
    assert len(long.series[0].marks) <= 201
    assert [long.series[0].marks[at].x for at in (0, -1)] == [1, 10_000]
    assert [series.shape for series in short.series] == ["disc", "disc"]
    assert "<circle" in plot_svg.draw_plot(short)


def test_nothing_is_drawn_of_what_was_not_measured():
    assert list_curve_plots(change_report(example_report(sweep=None), results={})) == ()


def test_every_chart_stands_in_a_section_of_the_appendix_and_says_its_words_there():
    report = stressed()
    anchors = {one.anchor: one for one in build_page(report).sections}
    for plot in list_all_plots(report):
        assert any(
            plot.alt_text in getattr(block, "legend", "") for block in anchors[plot.section].blocks
        )


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
    marks = (mark(0, 0.9, 0.8, 1.0), mark(1, 0.5, 0.4, 0.6))
    benchmark = PlotSeries("line", marks, "square", dashed=True, band=True)
    rules = (PlotRule(0.7), PlotRule(0.4, level=False, mark="▼"))
    tree = parsed(plot(field, benchmark, rules=rules))
    assert len(tree.findall("rect")) == 2
    assert (len(tree.findall("circle")), len(tree.findall("polygon"))) == (2, 2)
    expected = {None, "2 3", "6 3", "5 3"}
    assert {line.get("stroke-dasharray") for line in tree.findall("line")} == expected
    assert "▼" in [text.text for text in tree.findall("text")]


def test_other_marks_are_a_ring_and_a_triangle_and_limits_are_whiskers():
    series = PlotSeries("points", (mark(0.5, 0.5, 0.4, 0.6),), "triangle")
    tree = parsed(plot(series, PlotSeries("points", (mark(0.2, 0.2),), "ring"), diagonal=True))
    assert len(tree.findall("path")) == len(tree.findall("circle")) == 1
    assert "3 3" in [line.get("stroke-dasharray") for line in tree.findall("line")]
    (whisker,) = [line for line in tree.findall("line") if line.get("x1") == line.get("x2")]
    assert float(whisker.get("y1")) > float(whisker.get("y2"))


def test_what_lies_beyond_an_axis_is_drawn_on_its_end():
    (disc,) = parsed(plot(PlotSeries("points", (mark(2.0, 9.0),)))).findall("circle")
    assert (disc.get("cx"), disc.get("cy")) == ("212.0", "6.0")


def test_a_panel_keeps_its_proportions_as_a_file_of_its_own():
    series = PlotSeries("points", (mark(0.5, 0.5),))
    svg, alt = to_standalone_svg(build_panel(plot(series)).drawing, 220)
    assert alt.startswith("Chart: ")
    assert ElementTree.fromstring(svg).get("viewBox").startswith("0 0 220 ")


def test_every_mark_is_a_line_of_the_table():
    table = build_plot_table(plot(PlotSeries("points", (mark(0.5, 0.25), mark(0.75, 1.0)))))
    assert [cell.text for cell in table.heads] == ["x", "y"]
    assert [[cell.text for cell in row] for row in table.rows] == [["0.5", "0.25"], ["0.75", "1.0"]]
