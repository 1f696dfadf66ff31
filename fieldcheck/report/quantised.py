"""Quantised model (INT8) on the page: what it costs and what it buys."""

from __future__ import annotations

from fieldcheck.domain.quantised import PairedChange
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words import quantised as words
from fieldcheck.words.compared import describe_test_verdict, format_change
from fieldcheck.words.figures import format_interval, format_percent
from fieldcheck.words.language import tr
from fieldcheck.words.remedies import format_report_remedy


def build_quantised_section(report: Report) -> Section:
    """Quantised model: what was measured, or that nothing was."""
    title = tr("INT8 quantised model")
    found = report.quantised
    if found is None:
        said = tr("No INT8 quantised model measured{remedy}.").format(remedy=format_report_remedy("quantise"))
        return Section("lighter", title, title, (Paragraph(said, quiet=True),))
    heads = (Cell(tr("Images"), head=True), Cell("n", figure=True), Cell(tr("before"), figure=True), Cell("int8", figure=True))
    sides = [(tr("Field"), found.field), (tr("Benchmark"), found.benchmark)]
    rows = tuple(_build_change_row(name, one) for name, one in sides if one is not None)
    blocks = [
        Paragraph(one) for one in (words.describe_quantisation(found), words.format_size_change(found), words.describe_speed_change(found))
    ]
    told = [
        Paragraph(f"{name}: {format_change(one.change)} {describe_test_verdict(found.model, tr('INT8'), one.p, one.change)}")
        for name, one in sides
        if one is not None
    ]
    table = (Table(tr("Accuracy on the same images"), heads, rows),) if rows else ()
    return Section("lighter", title, title, (*blocks, *table, *told))


def _build_change_row(name: str, one: PairedChange) -> tuple[Cell, ...]:
    before, after = (f"{format_percent(side.value, 1)} ({format_interval(side, 1)})" for side in (one.before, one.after))
    return (Cell(name, head=True), Cell(str(one.n), figure=True), Cell(before, figure=True), Cell(after, figure=True))
