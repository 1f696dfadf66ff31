"""Prior shift on the page: the class mix of benchmark and field, and accuracy had only that changed; never a default."""

from __future__ import annotations

from math import isfinite

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.prior_shift import PriorShift
from fieldcheck.words.figures import number, percent, points, points_interval
from fieldcheck.words.language import plural, text

MOST_ROWS = 20
FACTS = PriorShift


def section(report: Report) -> Section:
    """The what-if in a sentence, and the three mixes."""
    title = text("If only the class mix had changed")
    found = (report.facts or {}).get("prior_shift")
    if not isinstance(found, PriorShift):
        said = text("Not measured: it takes labels, a benchmark of the same classes, and answers that are probabilities of one class.")
        return Section("prior_shift", title, title, (Paragraph(said, quiet=True),))
    if found.before.n < FEW_FRAMES:
        return Section("prior_shift", title, title, (Paragraph(what_if_said(found), quiet=True),))
    trained = [found.training] * bool(found.training)
    heads = (
        Cell(text("Class"), head=True),
        *(Cell(text("training, by its folders"), figure=True) for _ in trained),
        Cell(text("benchmark"), figure=True),
        Cell(text("field, by the answers"), figure=True),
        Cell(text("field, by the labels"), figure=True),
    )
    order = sorted(range(len(found.classes)), key=lambda k: -abs(found.field[k] - found.benchmark[k]))
    rows = tuple(
        (
            Cell(found.classes[k], head=True),
            *(Cell(percent(mix[k], 1), figure=True) for mix in (*trained, found.benchmark, found.field, found.labelled)),
        )
        for k in order[:MOST_ROWS]
    )
    lines = [
        what_if_said(found),
        *([text("By the answers one class has vanished, which soft confidences can cause: the result is weak.")] * found.collapsed),
    ]
    blocks: list[Block] = [Paragraph(line) for line in lines]
    quiet = text("It takes the confidences for calibrated, and the shares of the benchmark for those the model was trained with.")
    if isfinite(found.temperature):
        said = text("Confidences at temperature {t}, which fits the benchmark; its class shares stand for those of training.")
        quiet = said.format(t=number(found.temperature, 2))
    return Section("prior_shift", title, title, (*blocks, Table(text("Share of each class"), heads, rows), Paragraph(quiet, quiet=True)))


def what_if_said(found: PriorShift) -> str:
    """Accuracy with the answers adjusted to the field's mix, beside that of the answers as they are."""
    if found.before.n < FEW_FRAMES:
        few = plural(
            "Not enough: {n} labelled frame is too few for the class mix of the field.",
            "Not enough: {n} labelled frames are too few for the class mix of the field.",
            found.before.n,
        )
        return few.format(n=found.before.n)
    said = text("With its answers adjusted to the mix of the field, accuracy would be {after} in place of {before}: {change} pp ({range}).")
    change = found.change
    words = {"change": points(change.value), "range": points_interval(change)}
    return said.format(after=number_format.whole(found.after), before=number_format.whole(found.before), **words)
