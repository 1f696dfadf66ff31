from dataclasses import replace

from fieldcheck.analyses.score_charts import build_gap_chart
from fieldcheck.domain.estimate import Estimate
from tests.report.example_report import example_report

REPORT = example_report()
NOTHING = Estimate.not_measured("no_labels")


def test_the_chart_says_in_words_what_it_shows():
    chart = build_gap_chart(REPORT.benchmark, REPORT.field, REPORT.gap, last=0.5)
    assert chart.alt_text == "Chart: Benchmark 97.1%, Field 61% (51–70%), gap 36 pp"
    assert chart.benchmark == REPORT.benchmark.score
    assert (chart.field, chart.camera) == (REPORT.field.footage, REPORT.field.camera)
    assert (chart.claimed, round(chart.limit, 3)) == (0.971, 0.941)
    assert (chart.ceiling, chart.last) == (None, 0.5)
    assert [said for _, said in chart.axis.ticks] == ["0%", "25%", "50%", "75%", "100%"]


def test_a_side_that_was_not_measured_is_missing_with_its_label():
    field = replace(REPORT.field, footage=NOTHING, camera=None)
    gap = replace(REPORT.gap, estimate=NOTHING)
    alone = build_gap_chart(REPORT.benchmark, field, gap)
    assert (alone.benchmark, alone.field) == (REPORT.benchmark.score, None)
    assert (alone.camera, alone.labels[1:]) == (None, ("", ""))
    assert build_gap_chart(None, field, gap) is None


def test_below_ten_frames_there_is_no_figure_and_no_gap():
    few = Estimate.from_limits(0.89, 0.58, 0.97, n=9, n_eff=9.0, method="wilson")
    chart = build_gap_chart(
        REPORT.benchmark, replace(REPORT.field, footage=few, camera=None), REPORT.gap
    )
    assert chart.labels == ("Benchmark 97.1%", "Field too few", "")
