"""Escape rate and false-reject rate on the page: what passed that should not have, and what was rejected that was good."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.domain.plant import PlantConsequences, PlantRange
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import percent
from fieldcheck.words.language import plural, text
from fieldcheck.words.plant import cost_said, figures_said, missing_said, ppm_said
from fieldcheck.words.remedies import on_paper

FACTS = EscapeRates


def section(report: Report) -> Section:
    """Both rates with their intervals and counts, or what is missing for them."""
    title = text("Escapes and false rejects")
    found = (report.facts or {}).get("inspection")
    if not isinstance(found, EscapeRates):
        said = text("Not measured: no class is marked OK, or the model does not output one class per frame{remedy}.")
        return Section("inspection", title, title, (Paragraph(said.format(remedy=on_paper("limits")), quiet=True),))
    ranges = (Cell(text("this footage"), figure=True), Cell(text("these cameras"), figure=True))
    heads = (Cell(text("Rate"), head=True), Cell("n", figure=True), *ranges)
    rows = (
        _row(text("Escape rate (defective parts passed as OK)"), found.defects, found.escape, found.escape_cameras),
        _row(text("False-reject rate (good parts rejected)"), found.good, found.false_reject, found.false_reject_cameras),
    )
    table = Table(text("Weighted as in the main result"), heads, rows)
    return Section("inspection", title, title, (table, *(Paragraph(line) for line in _lines(found))))


def _row(name: str, n: int, footage: Estimate, cameras: Estimate) -> tuple[Cell, ...]:
    return (Cell(name, head=True), Cell(str(n), figure=True), Cell(_figure(footage), figure=True), Cell(_figure(cameras), figure=True))


def _figure(estimate: Estimate) -> str:
    if not estimate.measured:
        return text("too few")
    return number_format.rate_figure(estimate)


def _lines(found: EscapeRates) -> list[str]:
    classes = ", ".join(found.ok_classes)
    said = text("OK classes: {classes}.") if found.told else text("OK classes, proposed from their names: {classes}.")
    counts = text("Escapes: {escaped} of {defects} labelled defects; false rejects: {rejected} of {good} labelled good parts.")
    lines = [
        said.format(classes=classes),
        counts.format(escaped=found.escaped, defects=found.defects, rejected=found.rejected, good=found.good),
    ]
    if found.escape_below is not None:
        none = text("No escapes observed: an escape rate of {rate} or more is excluded at 95% confidence, if frames are independent.")
        lines.append(none.format(rate=percent(found.escape_below, 1)))
        lines.append(text("To demonstrate at most 1%: {n} defective parts, all detected.").format(n=found.parts_to_show[0]))
    return lines + _by_the_plant(found)


def _by_the_plant(found: EscapeRates) -> list[str]:
    """Parts per million and cost a day, with whose figures they rest on; nothing where the plant entered none."""
    if found.plant is None:
        return []
    by, figures = found.plant, found.plant.figures
    measured = [
        (by.escaped_ppm, text("Escapes per parts produced: {ppm}."), text("Escapes cost {cost}."), by.escape_cost),
        (by.rejected_ppm, text("False rejects per parts produced: {ppm}."), text("False rejects cost {cost}."), by.reject_cost),
    ]
    lines = [figures_said(figures), missing_said(figures)]
    for ppm, of_million, a_day, cost in measured:
        if ppm is not None:
            lines.append(of_million.format(ppm=ppm_said(ppm)))
        if cost is not None:
            lines.append(a_day.format(cost=cost_said(cost, figures.currency)))
    if figures.defect_ppm and found.defects < FEW_FRAMES:
        few = plural(
            "No ppm or cost of escapes: {n} labelled defect is too few.",
            "No ppm or cost of escapes: {n} labelled defects are too few.",
            found.defects,
        )
        lines.append(few.format(n=found.defects))
    if figures.defect_ppm is not None and found.good < FEW_FRAMES:
        few = plural(
            "No ppm or cost of false rejects: {n} labelled good part is too few.",
            "No ppm or cost of false rejects: {n} labelled good parts are too few.",
            found.good,
        )
        lines.append(few.format(n=found.good))
    return [line for line in (*lines, _what_holds(by)) if line]


def _what_holds(by: PlantConsequences) -> str:
    """Meaning of the ranges: the interval is the rate's alone, and what it holds for."""
    shown: list[PlantRange] = [one for one in (by.escaped_ppm, by.rejected_ppm, by.escape_cost, by.reject_cost) if one is not None]
    if not shown:
        return ""
    if any(one.basis == "footage" for one in shown):
        return text("95% CI for this footage; the plant's own values are taken as exact.")
    return text("95% CI for other clips of these cameras; the plant's own values are taken as exact.")
