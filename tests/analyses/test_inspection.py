from dataclasses import replace

import numpy as np

from fieldcheck.analyses.escape_rate import (
    build_escape_rate_section,
    compute_escape_rates,
    compute_plant_consequences,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import PlantFigures
from tests.report.example_report import example_report


def report(escaped):
    defect = np.arange(100) < 20
    called = defect & (np.arange(100) >= escaped)
    clip = np.array([f"c{k % 10}" for k in range(100)])
    return replace(
        example_report(),
        facts={
            "inspection": compute_escape_rates(
                defect, called, np.ones(100), clip, ("ok",), told=False
            )
        },
    )


def words(found):
    return [block.text for block in found.blocks if hasattr(block, "text")]


def test_what_is_missing_is_said():
    (block,) = build_escape_rate_section(example_report()).blocks
    assert block.text.startswith("Not measured: no class is marked OK")


def test_both_rates_stand_with_counts_and_limits():
    found = build_escape_rate_section(report(3))
    rows = [[cell.text for cell in row] for row in found.blocks[0].rows]
    assert rows[0][:3] == ["Escape rate (defective parts passed as OK)", "20", "15% (3–38%)"]
    assert rows[1][1:3] == ["80", "at most 4.6% (upper limit, none observed)"]
    assert words(found)[0] == "OK classes, proposed from their names: ok."
    assert words(found)[1].startswith("Escapes: 3 of 20 labelled defects; false rejects: 0 of 80")


def test_none_escaped_is_told_with_what_it_excludes():
    assert any(
        line.startswith("No escapes observed: an escape rate of 13.9% or more is excluded")
        for line in words(build_escape_rate_section(report(0)))
    )


def by_the_plant(escaped, **figures):
    made = report(escaped)
    rates = made.facts["inspection"]
    found = replace(rates, plant=compute_plant_consequences(rates, PlantFigures(**figures)))
    return [
        line
        for line in words(build_escape_rate_section(replace(made, facts={"inspection": found})))
        if line not in words(build_escape_rate_section(made))
    ]


def test_without_the_plants_figures_nothing_is_said_of_ppm_or_cost():
    assert by_the_plant(3) == []


def test_ppm_and_cost_a_day_stand_with_whose_figures_they_rest_on_and_what_the_ranges_are():
    said = by_the_plant(
        3, defect_ppm=2000, parts_per_day=8000, cost_escape=50, currency="EUR", by=("Q. Manager",)
    )
    assert said[0].endswith("50 EUR per escape (entered by Q. Manager).")
    assert said[1].startswith("Escapes per parts produced: about 300 ppm")
    assert said[2].startswith("Escapes cost about 120 EUR per day")
    expected = "95% CI for other clips of these cameras; the plant's own values are taken as exact."
    assert said[-1] == expected
    assert not any(line.startswith("False rejects cost") for line in said)


def test_a_price_of_nothing_is_no_sentence_about_cost():
    said = by_the_plant(3, defect_ppm=2000, parts_per_day=8000, cost_escape=0, currency="EUR")
    assert not any("a day (" in line for line in said)


def test_too_few_defects_are_said_instead_of_a_figure():
    few = replace(
        report(0).facts["inspection"],
        defects=4,
        escape=Estimate.not_measured("too_few"),
        escape_cameras=Estimate.not_measured("too_few"),
    )
    few = replace(few, plant=compute_plant_consequences(few, PlantFigures(defect_ppm=2000)))
    said = words(build_escape_rate_section(replace(example_report(), facts={"inspection": few})))
    assert "No ppm or cost of escapes: 4 labelled defects are too few." in said
