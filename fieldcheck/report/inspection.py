"""Escape rate and false-reject rate on the page: what passed that should not have, and what was rejected that was good."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.report import printed
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import percent
from fieldcheck.words.language import text
from fieldcheck.words.remedies import on_paper

FACTS = EscapeRates


def section(report: Report) -> Section:
    """Both rates with their intervals and counts, or what is missing for them."""
    title = text("Escapes and false rejects")
    found = (report.facts or {}).get("inspection")
    if not isinstance(found, EscapeRates):
        said = text("Not measured: no class is named as OK, or the model does not name one class a frame{remedy}.")
        return Section("inspection", title, title, (Paragraph(said.format(remedy=on_paper("limits")), quiet=True),))
    ranges = (Cell(text("this footage"), figure=True), Cell(text("these cameras"), figure=True))
    heads = (Cell(text("Rate"), head=True), Cell("n", figure=True), *ranges)
    rows = (
        _row(text("Escape rate (defects passed as OK)"), found.defects, found.escape, found.escape_cameras),
        _row(text("False-reject rate (good parts called defective)"), found.good, found.false_reject, found.false_reject_cameras),
    )
    table = Table(text("Weighted like the headline"), heads, rows)
    return Section("inspection", title, title, (table, *(Paragraph(line) for line in _lines(found))))


def _row(name: str, n: int, footage: Estimate, cameras: Estimate) -> tuple[Cell, ...]:
    return (Cell(name, head=True), Cell(str(n), figure=True), Cell(_figure(footage), figure=True), Cell(_figure(cameras), figure=True))


def _figure(estimate: Estimate) -> str:
    if not estimate.measured:
        return text("too few")
    return printed.figure(estimate)


def _lines(found: EscapeRates) -> list[str]:
    classes = ", ".join(found.ok_classes)
    said = text("OK classes: {classes}.") if found.told else text("OK classes, proposed from their names: {classes}.")
    counts = text("{escaped} of {defects} labelled defects were passed as OK, {rejected} of {good} good parts were called defective.")
    lines = [
        said.format(classes=classes),
        counts.format(escaped=found.escaped, defects=found.defects, rejected=found.rejected, good=found.good),
    ]
    if found.escape_below is not None:
        none = text("None escaped: an escape rate of {rate} or more is excluded with 95% confidence, for frames that are independent.")
        lines.append(none.format(rate=percent(found.escape_below, 1)))
        lines.append(text("To show at most 1%: {n} defective parts, all caught.").format(n=found.parts_to_show[0]))
    return lines
