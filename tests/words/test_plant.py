from fieldcheck.domain.plant import PlantFigures, PlantRange
from fieldcheck.words import language
from fieldcheck.words.plant import cost_said, figures_said, missing_said, ppm_said

ENTERED = PlantFigures(defect_ppm=2000, parts_per_day=8000, cost_escape=50.5, currency="EUR", by=("Q. Manager",))
FOUND = PlantRange(1234.0, 384.0, 38_499.0, 20, "footage")


def test_what_was_entered_is_said_with_who_entered_it():
    said = figures_said(ENTERED)
    assert said == "Plant data: 2,000 ppm defective, 8,000 parts per day, 50.5 EUR per escape (entered by Q. Manager)."
    assert figures_said(PlantFigures()) == ""
    assert figures_said(PlantFigures(defect_ppm=5)) == "Plant data: 5 ppm defective."


def test_a_price_without_the_rest_says_what_is_missing():
    assert missing_said(PlantFigures(cost_reject=2)).endswith("Costs require: defect rate, parts produced per day, currency.")
    assert (missing_said(ENTERED), missing_said(PlantFigures(defect_ppm=5))) == ("", "")


def test_ppm_and_cost_stand_with_their_range_in_both_languages():
    assert ppm_said(FOUND) == "about 1,200 ppm (380–39,000)"
    assert cost_said(FOUND, "EUR") == "about 1,200 EUR per day (380–39,000)"
    with language.spoken("de"):
        assert cost_said(FOUND, "EUR") == "etwa 1.200 EUR am Tag (380–39.000)"


def test_where_none_was_seen_only_an_upper_limit_stands():
    none = PlantRange(0.0, 0.0, 384.0, 20, "footage")
    assert ppm_said(none) == "at most 390 ppm (upper limit, none observed)"
    assert cost_said(none, "EUR") == "at most 390 EUR per day (upper limit, none observed)"
