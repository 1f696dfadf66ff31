"""Quantised model (INT8) on the page: what it costs and what it buys."""

from __future__ import annotations

from fieldcheck.domain.quantised import Change
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import quantised as words
from fieldcheck.words.compared import changed, verdict
from fieldcheck.words.figures import interval, percent
from fieldcheck.words.language import text
from fieldcheck.words.remedies import on_paper


def section(report: Report) -> Section:
    """Quantised model: what was measured, or that nothing was."""
    title = text("INT8 quantised model")
    found = report.lighter
    if found is None:
        said = text("No INT8 quantised model measured{remedy}.").format(remedy=on_paper("quantise"))
        return Section("lighter", title, title, (Paragraph(said, quiet=True),))
    heads = (Cell(text("Images"), head=True), Cell("n", figure=True), Cell(text("before"), figure=True), Cell("int8", figure=True))
    sides = [(text("Field"), found.field), (text("Benchmark"), found.benchmark)]
    rows = tuple(_row(name, one) for name, one in sides if one is not None)
    blocks = [Paragraph(one) for one in (words.made(found), words.size(found), words.speed(found))]
    told = [
        Paragraph(f"{name}: {changed(one.change)} {verdict(found.model, text('INT8'), one.p, one.change)}")
        for name, one in sides
        if one is not None
    ]
    table = (Table(text("Accuracy on the same images"), heads, rows),) if rows else ()
    return Section("lighter", title, title, (*blocks, *table, *told))


def _row(name: str, one: Change) -> tuple[Cell, ...]:
    before, after = (f"{percent(side.value, 1)} ({interval(side, 1)})" for side in (one.before, one.after))
    return (Cell(name, head=True), Cell(str(one.n), figure=True), Cell(before, figure=True), Cell(after, figure=True))
