import pytest
from PySide6.QtGui import QImage

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.plot import GapChart, PlotAxis
from fieldcheck.ui.screens.label.round_result import ResultPage
from fieldcheck.ui.screens.label.state import ErrorExample, ResultContent
from fieldcheck.ui.widgets.image_view import ImageView

FIELD = Estimate(0.5, 0.4, 0.6, 100, 100.0, "wilson")
CHART = GapChart(
    FIELD, FIELD, None, ("a", "b", "c"), PlotAxis(0.0, 1.0, ((0.0, "0%"), (1.0, "100%"))),
    "Chart: all",
)  # fmt: skip


def result(**others):
    errors = tuple(
        ErrorExample(
            QImage(320, 180, QImage.Format.Format_RGB888), f"You: a. Model: b, confidence 0.9{k}."
        )
        for k in range(3)
    )
    wanted = {
        "verdict": "Gap exceeds the limit", "sign": "octagon", "headline": "Benchmark 90% → Field 50%. Gap 40 pp.", "basis": "Limit.",
        "next_step": "Next: create the report.", "chart": CHART, "errors": errors,
    }  # fmt: skip
    return ResultContent(**{**wanted, **others})


def stills_of(page):
    """The pictures of the errors, those that are going away apart."""
    return [one for one in page.findChildren(ImageView) if one.isVisible()]


@pytest.mark.parametrize(("size", "letters"), [((1194, 620), 48), ((1004, 470), 32)])
def test_the_verdict_is_the_largest_thing_and_no_picture_is_cut(look, shown, qtbot, size, letters):
    page = shown(ResultPage(look), *size)
    page.show_result(result())
    qtbot.waitUntil(lambda: len(stills_of(page)) == 3)
    assert page.verdict.fontInfo().pixelSize() == letters
    assert page.minimumSizeHint().height() <= size[1]
    for still in stills_of(page):
        assert still.get_image_rect().width() >= 150
        assert still.rect().contains(still.get_image_rect())
        actual = still.get_image_rect().height() * 16
        assert actual == pytest.approx(still.get_image_rect().width() * 9, abs=16)
    assert "Gap 40 pp." in page.accessibleName()


def test_without_a_score_there_is_no_chart_and_no_pictures(look, shown):
    page = shown(ResultPage(look), 1194, 620)
    page.show_result(result(chart=None, errors=(), basis=""))
    assert page.chart.isHidden()
    assert stills_of(page) == []
    page.show_result(result())
    assert not page.chart.isHidden()
