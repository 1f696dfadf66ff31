"""Sentences about the plant's own figures, and what the escape rate and the false-reject rate mean with them."""

from __future__ import annotations

from fieldcheck.domain.plant import CostInterval, PlantFigures
from fieldcheck.words.figures import format_approximate, format_approximate_range, format_approximate_upper, format_as_entered
from fieldcheck.words.language import tr


def describe_plant_figures(figures: PlantFigures) -> str:
    """Plant figures as entered and by whom, in one sentence; empty where nothing is entered."""
    coin = figures.currency
    parts = (
        (figures.defect_ppm, tr("{n} ppm defective")),
        (figures.parts_per_day, tr("{n} parts per day")),
        (figures.cost_escape, tr("{n} {currency} per escape")),
        (figures.cost_reject, tr("{n} {currency} per false reject")),
    )
    entered = [said.format(n=format_as_entered(value), currency=coin).replace("  ", " ") for value, said in parts if value is not None]
    if not entered:
        return ""
    who = tr(" (entered by {who})").format(who=", ".join(figures.by)) if figures.by else ""
    return tr("Plant data: {figures}{who}.").format(figures=", ".join(entered), who=who)


def describe_missing_figures(figures: PlantFigures) -> str:
    """Figures still to be entered before a cost is printed; empty where nothing is missing, or no price is entered."""
    if figures.cost_escape is None and figures.cost_reject is None:
        return ""
    wanted = (
        (figures.defect_ppm is None, tr("defect rate")),
        (figures.parts_per_day is None, tr("parts produced per day")),
        (not figures.currency, tr("currency")),
    )
    missing = [name for lacks, name in wanted if lacks]
    return tr("Costs require: {missing}.").format(missing=", ".join(missing)) if missing else ""


def format_ppm(found: CostInterval) -> str:
    """Parts per million with their range: `about 300 ppm (60–760)`."""
    if not found.value and found.hi:
        return tr("at most {value} ppm (upper limit, none observed)").format(value=format_approximate_upper(found.hi))
    return tr("about {value} ppm ({range})").format(
        value=format_approximate(found.value), range=format_approximate_range(found.lo, found.hi)
    )


def format_daily_cost(found: CostInterval, currency: str) -> str:
    """Cost a day with its range: `about 120 EUR a day (24–310)`."""
    if not found.value and found.hi:
        most = tr("at most {value} {currency} per day (upper limit, none observed)")
        return most.format(value=format_approximate_upper(found.hi), currency=currency)
    span = format_approximate_range(found.lo, found.hi)
    return tr("about {value} {currency} per day ({range})").format(value=format_approximate(found.value), currency=currency, range=span)
