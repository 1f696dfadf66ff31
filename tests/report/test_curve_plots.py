from dataclasses import replace

import pytest

from fieldcheck.analyses.decomposition import Decomposition, GapPart
from fieldcheck.analyses.precision_recall import (
    PrecisionRecall,
    ThresholdPoint,
    Unlikeness,
    UnlikenessStep,
)
from fieldcheck.analyses.releases import ClassHistory, Release, Releases
from fieldcheck.analyses.report_data import PredictionRow
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.training import Curves, Training
from fieldcheck.report import plots as plot_svg
from fieldcheck.report.html_page import build_page
from fieldcheck.report.plots import (
    build_severity_plot,
    list_costly_corruptions,
    list_curve_plots,
    list_scored_rows,
)
from fieldcheck.report.section import list_all_plots
from fieldcheck.stats.decision_thresholds import Abstention, RiskPoint
from tests.report.example_report import estimate, example_report
from tests.report.test_evidence_page import stressed


def drawn(**facts):
    """The one chart of a report with these facts and nothing swept."""
    (made,) = list_curve_plots(replace(example_report(stress=None), facts=facts))
    return made


def losses(*columns):
    (made,) = list_curve_plots(
        replace(example_report(stress=None), facts={}, training=Training(curves=Curves(*columns)))
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
        example_report(stress=None),
        facts={"abstention": Abstention(estimate(0.4, 0.3, 0.5, 100), points, 0.6, points[0])},
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
    crack = tuple(
        row.frame_id for row in list_scored_rows(example_report()) if row.label == "crack"
    )
    history = ClassHistory("crack", len(crack), (0.9, 0.5), 8, Estimate.not_measured("x"), recalls)
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
    report = example_report(stress=None)
    first, second = (row.frame_id for row in list_scored_rows(report)[:2])
    answers = tuple(
        PredictionRow("field", "net", "r", name, 1, "crack", 0, score)
        for name, score in ((first, 0.7), (second, 0.4))
    )
    answers += (PredictionRow("benchmark", "net", "r", "a.png", 1, "crack", 0, 0.6),)
    point = ThresholdPoint(0.5, estimate(0.8, 0.6, 0.9, 30), estimate(0.4, 0.3, 0.5, 60))
    facts = {
        "precision_recall": tuple(
            PrecisionRecall("crack", on, 60, (point,)) for on in ("field", "benchmark")
        )
    }
    (made,) = (
        one
        for one in list_curve_plots(replace(report, facts=facts, prediction_rows=answers))
        if one.section == "thresholds"
    )
    assert [mark.frames for mark in made.marks] == [(first,), (make_benchmark_subject("a.png"),)]


def test_unlikeness_over_time_names_the_frames_of_each_stretch():
    report = example_report(stress=None)
    steps = (
        UnlikenessStep(0, 9, "2026-11-24T22:38:00Z", 0.2, 0.1, 0.3),
        UnlikenessStep(10, 19, "", 0.5, 0.4, 0.6),
    )
    (made,) = list_curve_plots(
        replace(report, facts={"unlikeness": Unlikeness(steps, 20, 40, 0.35, True)})
    )
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


@pytest.mark.parametrize("facts", [None, {}])
def test_nothing_is_drawn_of_what_was_not_measured(facts):
    assert list_curve_plots(replace(example_report(stress=None), facts=facts)) == ()


def test_every_chart_stands_in_a_section_of_the_appendix_and_says_its_words_there():
    report = stressed()
    anchors = {one.anchor: one for one in build_page(report).sections}
    for plot in list_all_plots(report):
        assert any(
            plot.alt_text in getattr(block, "said", "") for block in anchors[plot.section].blocks
        )
