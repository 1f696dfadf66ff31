"""Sentences about the plant's own figures, and what the escape rate and the false-reject rate mean with them."""

from __future__ import annotations

from fieldcheck.domain.plant import PlantFigures, PlantRange
from fieldcheck.words.figures import about, about_range, about_up, plain
from fieldcheck.words.language import text


def figures_said(figures: PlantFigures) -> str:
    """Plant figures as entered and by whom, in one sentence; empty where nothing is entered."""
    coin = figures.currency
    parts = (
        (figures.defect_ppm, text("{n} ppm defective")),
        (figures.parts_per_day, text("{n} parts per day")),
        (figures.cost_escape, text("{n} {currency} per escape")),
        (figures.cost_reject, text("{n} {currency} per false reject")),
    )
    entered = [said.format(n=plain(value), currency=coin).replace("  ", " ") for value, said in parts if value is not None]
    if not entered:
        return ""
    who = text(" (entered by {who})").format(who=", ".join(figures.by)) if figures.by else ""
    return text("Plant data: {figures}{who}.").format(figures=", ".join(entered), who=who)


def missing_said(figures: PlantFigures) -> str:
    """Figures still to be entered before a cost is printed; empty where nothing is missing, or no price is entered."""
    if figures.cost_escape is None and figures.cost_reject is None:
        return ""
    wanted = (
        (figures.defect_ppm is None, text("defect rate")),
        (figures.parts_per_day is None, text("parts produced per day")),
        (not figures.currency, text("currency")),
    )
    missing = [name for lacks, name in wanted if lacks]
    return text("Costs require: {missing}.").format(missing=", ".join(missing)) if missing else ""


def ppm_said(found: PlantRange) -> str:
    """Parts per million with their range: `about 300 ppm (60–760)`."""
    if not found.value and found.hi:
        return text("at most {value} ppm (upper limit, none observed)").format(value=about_up(found.hi))
    return text("about {value} ppm ({range})").format(value=about(found.value), range=about_range(found.lo, found.hi))


def cost_said(found: PlantRange, currency: str) -> str:
    """Cost a day with its range: `about 120 EUR a day (24–310)`."""
    if not found.value and found.hi:
        most = text("at most {value} {currency} per day (upper limit, none observed)")
        return most.format(value=about_up(found.hi), currency=currency)
    span = about_range(found.lo, found.hi)
    return text("about {value} {currency} per day ({range})").format(value=about(found.value), currency=currency, range=span)
