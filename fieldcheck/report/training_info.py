"""How the model was trained, where somebody told it: frozen layers, curves, notes."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.training import FieldRange
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.corruptions import get_corruption_name
from fieldcheck.words.language import tr
from fieldcheck.words.remedies import format_report_remedy
from fieldcheck.words.training import format_parameter, get_stop_names, list_training_lines


def build_training_section(report: Report) -> Section:
    """Training: what is known of it, or how to tell it."""
    title = tr("Training information")
    found = report.training
    if found is None:
        said = tr("Training information: not provided (base model, log and recipe of the run, or notes){remedy}.").format(
            remedy=format_report_remedy("model")
        )
        return Section("trained", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = [Paragraph(line) for line in list_training_lines(found, report.ranges)]
    if report.ranges:
        blocks.append(_build_range_table(report.ranges))
    if found.notes:
        blocks += [Heading(tr("Training notes")), *(Paragraph(line) for line in found.notes.splitlines() if line.strip())]
    return Section("trained", title, title, tuple(blocks))


def _build_range_table(ranges: Sequence[FieldRange]) -> Table:
    """What the camera does to its pictures, at three severities, beside the worst that was trained."""
    names = (*get_stop_names(), tr("maximum in training"), tr("outside"))
    heads = (Cell(tr("This camera"), head=True), *(Cell(name, figure=True) for name in names))
    rows = tuple(
        (
            Cell(get_corruption_name(one.corruption), head=True),
            *(Cell(format_parameter(one.parameter, stop), figure=True) for stop in one.stops),
            Cell(tr("never") if one.hardest is None else format_parameter(one.parameter, one.hardest), figure=True),
            Cell(tr("{n} of 3").format(n=sum(one.outside)), figure=True),
        )
        for one in ranges
    )
    return Table(tr("Field severities compared with the trained range"), heads, rows)
