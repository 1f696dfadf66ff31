import pytest
from PySide6.QtCore import QPoint, Qt

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.plot import GapChart, PlotAxis
from fieldcheck.ui.widgets.dumbbell_chart import EDGE, ROW, DumbbellChart
from tests.ui.widgets.marks import near

AXIS = PlotAxis(0.0, 1.0, ((0.0, "0%"), (0.5, "50%"), (1.0, "100%")), "accuracy")


def place(chart, part):
    """Where a share stands on the line of the marks."""
    return QPoint(round(EDGE + part * (chart.width() - 2 * EDGE)), ROW)


def score(value, lo, hi):
    return Estimate(value, lo, hi, 100, 100.0, "wilson")


def shown_chart(look, shown, benchmark, field, camera=None, **marks):
    chart = shown(DumbbellChart(look), 500, 140)
    labels = ("Benchmark 90%", "Field 50%", "gap 40 pp")
    chart.show_scores(GapChart(benchmark, field, camera, labels, AXIS, "Chart: both", **marks))
    return chart, chart.grab().toImage()


def test_the_field_is_a_disc_and_the_benchmark_a_square_on_one_axis(look, shown):
    chart, image = shown_chart(look, shown, score(0.9, 0.88, 0.92), score(0.5, 0.4, 0.6))
    assert near(image, place(chart, 0.5), look.tokens.alarm)
    assert near(image, place(chart, 0.9), look.tokens.panel)
    assert near(image, place(chart, 0.7), look.tokens.border)
    assert near(image, place(chart, 0.42), look.tokens.text)
    assert chart.accessibleName() == "Chart: both"


def test_the_cameras_range_is_wider_than_the_footages(look, shown):
    chart, image = shown_chart(look, shown, None, score(0.5, 0.4, 0.6), score(0.5, 0.2, 0.8))
    assert near(image, place(chart, 0.25), look.tokens.text)
    assert not near(image, place(chart, 0.9), look.tokens.border)


def test_the_claim_and_the_last_report_are_marks_and_the_limit_dashes(look, shown):
    field = score(0.5, 0.45, 0.55)
    chart, image = shown_chart(look, shown, None, field, claimed=0.9, limit=0.75, last=0.2)
    assert near(image, place(chart, 0.9), look.tokens.accent)
    assert near(image, place(chart, 0.2), look.tokens.panel)
    assert near(image, place(chart, 0.75) - QPoint(0, 10), look.tokens.text2)
    assert not near(image, place(chart, 0.65) - QPoint(0, 10), look.tokens.text2)


@pytest.mark.parametrize(
    ("part", "below", "said"),
    [(0.5, 0, ["field"]), (0.9, 8, ["benchmark"]), (0.7, 0, []), (0.5, 25, [])],
)
def test_a_click_on_a_side_asks_for_its_frames_only(look, shown, qtbot, part, below, said):
    chart, _ = shown_chart(look, shown, score(0.9, 0.88, 0.92), score(0.5, 0.4, 0.6))
    told = []
    chart.mark_clicked.connect(told.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place(chart, part) + QPoint(0, below))
    assert told == said
