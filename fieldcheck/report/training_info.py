"""How the model was trained, where somebody told it: frozen layers, curves, notes."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.training import FieldRange
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.corruptions import corruption_name
from fieldcheck.words.language import text
from fieldcheck.words.remedies import on_paper
from fieldcheck.words.training import figure_of, stop_names, training_lines


def section(report: Report) -> Section:
    """Training: what is known of it, or how to tell it."""
    title = text("Training information")
    found = report.training
    if found is None:
        said = text("Training information: not provided (base model, log and recipe of the run, or notes){remedy}.").format(
            remedy=on_paper("model")
        )
        return Section("trained", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = [Paragraph(line) for line in training_lines(found, report.ranges)]
    if report.ranges:
        blocks.append(_ranges(report.ranges))
    if found.notes:
        blocks += [Heading(text("Training notes")), *(Paragraph(line) for line in found.notes.splitlines() if line.strip())]
    return Section("trained", title, title, tuple(blocks))


def _ranges(ranges: Sequence[FieldRange]) -> Table:
    """What the camera does to its pictures, at three severities, beside the worst that was trained."""
    names = (*stop_names(), text("maximum in training"), text("outside"))
    heads = (Cell(text("This camera"), head=True), *(Cell(name, figure=True) for name in names))
    rows = tuple(
        (
            Cell(corruption_name(one.corruption), head=True),
            *(Cell(figure_of(one.parameter, stop), figure=True) for stop in one.stops),
            Cell(text("never") if one.hardest is None else figure_of(one.parameter, one.hardest), figure=True),
            Cell(text("{n} of 3").format(n=sum(one.outside)), figure=True),
        )
        for one in ranges
    )
    return Table(text("Field severities compared with the trained range"), heads, rows)
