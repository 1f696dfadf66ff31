import pytest

from fieldcheck.domain import report
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotSeries


def test_an_error_is_confident_from_nine_tenths_on_and_half_the_frames_make_one_finding():
    assert (report.CONFIDENT, report.HALF) == (0.9, 0.5)


def test_a_limit_names_its_rate_its_figure_and_who_set_it():
    limit = report.RateLimit("escape_rate", 0.01, "Q. Manager")
    assert (limit.rate, limit.limit, limit.by) == ("escape_rate", 0.01, "Q. Manager")


@pytest.mark.parametrize(("classes", "ok"), [
    (("ok", "crack", "burr"), ("ok",)),
    (("crack", "i.O.", "Gut"), ("i.O.", "Gut")),
    (("no defect", "defect"), ("no defect",)),
    (("cat", "dog"), ()),
    (("ok",), ()),
])  # fmt: skip
def test_names_that_say_good_are_proposed(classes, ok):
    assert report.guess_ok_classes(classes) == ok


def test_a_defect_rate_splits_the_parts_made_into_defective_and_good_ones():
    assert report.PlantFigures(defect_ppm=2000).shares == (0.002, 0.998)
    assert report.PlantFigures(defect_ppm=0).shares == (0.0, 1.0)


def test_without_a_defect_rate_nothing_is_known_of_the_parts():
    assert report.PlantFigures(cost_escape=50, currency="EUR").shares == (None, None)


def test_a_change_keeps_both_scores_beside_their_difference():
    half, whole = (
        Estimate.from_limits(value, 0.0, 1.0, n=20, n_eff=20.0, method="wilson")
        for value in (0.5, 1.0)
    )
    one = report.ScoreChange("field", False, half, whole, half)
    change = report.ReportChange("2026-03-01", "p", "m", True, False, (), (one,), (), ())
    actual = change.scores[0].before
    assert actual == half


def test_a_report_is_whole_and_bare_of_notes_until_somebody_chooses():
    assert report.ReportForm() == report.ReportForm((), "")
    assert report.MOST_NOTES > 1000


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
