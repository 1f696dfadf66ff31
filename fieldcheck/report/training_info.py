"""How the model was trained, where somebody told it: frozen layers, curves, notes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from fieldcheck.domain.training import Curves, FieldRange
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.report.charts import ACCENT, ALARM, BORDER
from fieldcheck.report.report import Report
from fieldcheck.words.corruptions import corruption_name
from fieldcheck.words.figures import number
from fieldcheck.words.language import text
from fieldcheck.words.remedies import on_paper
from fieldcheck.words.training import figure_of, stop_names, training_lines

HEIGHT = 90
MOST_POINTS = 200


def section(report: Report) -> Section:
    """Training: what is known of it, or how to tell it."""
    title = text("How it was trained")
    found = report.training
    if found is None:
        said = text("Training information: not provided (base model, log and recipe of the run, or notes){remedy}.").format(
            remedy=on_paper("model")
        )
        return Section("trained", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = [Paragraph(line) for line in training_lines(found, report.ranges)]
    if found.curves is not None:
        blocks.append(_curves(found.curves))
    if report.ranges:
        blocks.append(_ranges(report.ranges))
    if found.notes:
        blocks += [Heading(text("Notes of whoever trained it")), *(Paragraph(line) for line in found.notes.splitlines() if line.strip())]
    return Section("trained", title, title, tuple(blocks))


def _ranges(ranges: Sequence[FieldRange]) -> Table:
    """What the camera does to its pictures, at three severities, beside the worst that was trained."""
    names = (*stop_names(), text("strongest in training"), text("outside"))
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
    return Table(text("Severities of the field beside the trained range"), heads, rows)


def _curves(curves: Curves) -> Table:
    """Both losses over the epochs on one scale, with where they began, ended and were lowest."""
    top = max(*curves.train, *curves.val)
    heads = (Cell(text("Loss"), head=True), *(Cell(name, figure=True) for name in (text("first"), text("lowest"), text("last"))), Cell(""))
    sides = ((text("training"), curves.train, ACCENT), (text("validation"), curves.val, ALARM))
    rows = tuple(
        (
            Cell(name, head=True),
            *(Cell(number(value, 3), figure=True) for value in (values[0], min(values), values[-1])),
            Cell("", drawing=drawn(values, top, colour)),
        )
        for name, values, colour in sides
    )
    return Table(text("Losses by epoch, both on one scale from zero"), heads, rows, kind="ranges")


def drawn(values: tuple[float, ...], top: float, colour: str) -> Markup:
    """A curve from zero to `top`, as wide as its cell."""
    step = max(1, len(values) // MOST_POINTS)
    shown = values[::step] if len(values) > 1 else values * 2
    points = [
        (100 * k / (len(shown) - 1), HEIGHT - 4 - (HEIGHT - 8) * max(0.0, value) / top if top > 0 else HEIGHT)
        for k, value in enumerate(shown)
    ]
    line = Markup("").join(
        Markup('<line x1="{}%" y1="{}" x2="{}%" y2="{}" stroke="{}" stroke-width="2"/>').format(
            round(a[0], 2), round(a[1], 1), round(b[0], 2), round(b[1], 1), colour
        )
        for a, b in pairwise(points)
    )
    ground = Markup('<line x1="0%" y1="{y}" x2="100%" y2="{y}" stroke="{colour}"/>').format(y=HEIGHT - 4, colour=BORDER)
    return Markup('<svg class="chart" width="100%" height="{}" aria-hidden="true">{}{}</svg>').format(HEIGHT, ground, line)
