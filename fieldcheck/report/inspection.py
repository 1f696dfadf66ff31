"""Escape rate and false-reject rate on the page: what passed that should not have, and what was rejected that was good."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.domain.plant import CostInterval, PlantConsequences
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import format_percent
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.plant import describe_missing_figures, describe_plant_figures, format_daily_cost, format_ppm
from fieldcheck.words.remedies import format_report_remedy

FACTS = EscapeRates


def build_escape_rate_section(report: Report) -> Section:
    """Both rates with their intervals and counts, or what is missing for them."""
    title = tr("Escapes and false rejects")
    found = (report.facts or {}).get("inspection")
    if not isinstance(found, EscapeRates):
        said = tr("Not measured: no class is marked OK, or the model does not output one class per frame{remedy}.")
        return Section("inspection", title, title, (Paragraph(said.format(remedy=format_report_remedy("limits")), quiet=True),))
    ranges = (Cell(tr("this footage"), figure=True), Cell(tr("these cameras"), figure=True))
    heads = (Cell(tr("Rate"), head=True), Cell("n", figure=True), *ranges)
    rows = (
        _build_rate_row(tr("Escape rate (defective parts passed as OK)"), found.defects, found.escape, found.escape_cameras),
        _build_rate_row(tr("False-reject rate (good parts rejected)"), found.good, found.false_reject, found.false_reject_cameras),
    )
    table = Table(tr("Weighted as in the main result"), heads, rows)
    return Section("inspection", title, title, (table, *(Paragraph(line) for line in _list_rate_notes(found))))


def _build_rate_row(name: str, n: int, footage: Estimate, cameras: Estimate) -> tuple[Cell, ...]:
    return (
        Cell(name, head=True),
        Cell(str(n), figure=True),
        Cell(_format_rate(footage), figure=True),
        Cell(_format_rate(cameras), figure=True),
    )


def _format_rate(estimate: Estimate) -> str:
    if not estimate.measured:
        return tr("too few")
    return number_format.format_rate_with_range(estimate)


def _list_rate_notes(found: EscapeRates) -> list[str]:
    classes = ", ".join(found.ok_classes)
    said = tr("OK classes: {classes}.") if found.told else tr("OK classes, proposed from their names: {classes}.")
    counts = tr("Escapes: {escaped} of {defects} labelled defects; false rejects: {rejected} of {good} labelled good parts.")
    lines = [
        said.format(classes=classes),
        counts.format(escaped=found.escaped, defects=found.defects, rejected=found.rejected, good=found.good),
    ]
    if found.escape_below is not None:
        none = tr("No escapes observed: an escape rate of {rate} or more is excluded at 95% confidence, if frames are independent.")
        lines.append(none.format(rate=format_percent(found.escape_below, 1)))
        lines.append(tr("To demonstrate at most 1%: {n} defective parts, all detected.").format(n=found.parts_to_show[0]))
    return lines + _list_plant_consequences(found)


def _list_plant_consequences(found: EscapeRates) -> list[str]:
    """Parts per million and cost a day, with whose figures they rest on; nothing where the plant entered none."""
    if found.plant is None:
        return []
    by, figures = found.plant, found.plant.figures
    measured = [
        (by.escaped_ppm, tr("Escapes per parts produced: {ppm}."), tr("Escapes cost {cost}."), by.escape_cost),
        (by.rejected_ppm, tr("False rejects per parts produced: {ppm}."), tr("False rejects cost {cost}."), by.reject_cost),
    ]
    lines = [describe_plant_figures(figures), describe_missing_figures(figures)]
    for ppm, of_million, a_day, cost in measured:
        if ppm is not None:
            lines.append(of_million.format(ppm=format_ppm(ppm)))
        if cost is not None:
            lines.append(a_day.format(cost=format_daily_cost(cost, figures.currency)))
    if figures.defect_ppm and found.defects < FEW_FRAMES:
        few = tr_plural(
            "No ppm or cost of escapes: {n} labelled defect is too few.",
            "No ppm or cost of escapes: {n} labelled defects are too few.",
            found.defects,
        )
        lines.append(few.format(n=found.defects))
    if figures.defect_ppm is not None and found.good < FEW_FRAMES:
        few = tr_plural(
            "No ppm or cost of false rejects: {n} labelled good part is too few.",
            "No ppm or cost of false rejects: {n} labelled good parts are too few.",
            found.good,
        )
        lines.append(few.format(n=found.good))
    return [line for line in (*lines, _describe_interval_scope(by)) if line]


def _describe_interval_scope(by: PlantConsequences) -> str:
    """Meaning of the ranges: the interval is the rate's alone, and what it holds for."""
    shown: list[CostInterval] = [one for one in (by.escaped_ppm, by.rejected_ppm, by.escape_cost, by.reject_cost) if one is not None]
    if not shown:
        return ""
    if any(one.basis == "footage" for one in shown):
        return tr("95% CI for this footage; the plant's own values are taken as exact.")
    return tr("95% CI for other clips of these cameras; the plant's own values are taken as exact.")
