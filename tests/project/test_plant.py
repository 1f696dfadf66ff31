from fieldcheck.domain.report import CostInterval, PlantFigures
from fieldcheck.i18n import language
from fieldcheck.project.messages import (
    describe_missing_figures,
    describe_plant_figures,
    format_daily_cost,
    format_ppm,
)

ENTERED = PlantFigures(
    defect_ppm=2000, parts_per_day=8000, cost_escape=50.5, currency="EUR", by=("Q. Manager",)
)
FOUND = CostInterval(1234.0, 384.0, 38_499.0, 20, "footage")


def test_what_was_entered_is_said_with_who_entered_it():
    said = describe_plant_figures(ENTERED)
    assert said == (
        "Plant data: 2,000 ppm defective, 8,000 parts per day, 50.5 EUR per escape (entered "
        "by Q. Manager)."
    )
    assert describe_plant_figures(PlantFigures()) == ""
    assert describe_plant_figures(PlantFigures(defect_ppm=5)) == "Plant data: 5 ppm defective."


def test_a_price_without_the_rest_says_what_is_missing():
    expected = "Costs require: defect rate, parts produced per day, currency."
    assert describe_missing_figures(PlantFigures(cost_reject=2)).endswith(expected)
    assert describe_missing_figures(ENTERED) == ""
    assert describe_missing_figures(PlantFigures(defect_ppm=5)) == ""


def test_ppm_and_cost_stand_with_their_range_in_both_languages():
    assert format_ppm(FOUND) == "about 1,200 ppm (380–39,000)"
    assert format_daily_cost(FOUND, "EUR") == "about 1,200 EUR per day (380–39,000)"
    with language.use_language("de"):
        assert format_daily_cost(FOUND, "EUR") == "etwa 1.200 EUR am Tag (380–39.000)"


def test_where_none_was_seen_only_an_upper_limit_stands():
    none = CostInterval(0.0, 0.0, 384.0, 20, "footage")
    assert format_ppm(none) == "at most 390 ppm (upper limit, none observed)"
    assert format_daily_cost(none, "EUR") == "at most 390 EUR per day (upper limit, none observed)"
