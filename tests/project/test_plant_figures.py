import pytest

from fieldcheck.domain.report import PlantFigures
from fieldcheck.project.limits import get_plant_figures, set_plant_figures


def test_nobody_s_figures_are_no_figures(empty):
    assert get_plant_figures(empty) == PlantFigures()


def test_figures_stand_beside_those_entered_before_with_who_entered_them(empty):
    set_plant_figures(empty, {"defect_ppm": 2000, "currency": "eur"}, " Q. Manager ")
    set_plant_figures(empty, {"cost_escape": 50.5}, "Controller")
    wanted = PlantFigures(
        defect_ppm=2000, cost_escape=50.5, currency="EUR", by=("Q. Manager", "Controller")
    )
    assert get_plant_figures(empty) == wanted
    empty.undo()
    actual = get_plant_figures(empty)
    assert actual == PlantFigures(defect_ppm=2000, currency="EUR", by=("Q. Manager",))


@pytest.mark.parametrize(
    "figures",
    [
        {"defect_ppm": 2e6}, {"cost_escape": -1.0}, {"cost_reject": float("nan")},
        {"parts_per_day": "many"}, {"speed": 1}, {"currency": "€"},
    ],
    ids=["more than a million", "negative", "no number", "a word", "unknown", "no currency code"],
)  # fmt: skip
def test_what_is_no_figure_of_a_plant_is_refused(empty, figures):
    with pytest.raises(ValueError, match="no figure of a plant"):
        set_plant_figures(empty, figures, "")
