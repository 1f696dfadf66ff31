"""Prior shift on the page: the class mix of benchmark and field, and accuracy had only that changed; never a default."""

from __future__ import annotations

from math import isfinite

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.prior_shift import PriorShift
from fieldcheck.words.figures import format_number, format_percent, format_points, format_points_interval
from fieldcheck.words.language import tr, tr_plural

MOST_ROWS = 20
FACTS = PriorShift


def build_prior_shift_section(report: Report) -> Section:
    """The what-if in a sentence, and the three mixes."""
    title = tr("Class prior shift")
    found = (report.facts or {}).get("prior_shift")
    if not isinstance(found, PriorShift):
        said = tr("Not measured. Requires labels, a benchmark with the same classes, and class probabilities as model output.")
        return Section("prior_shift", title, title, (Paragraph(said, quiet=True),))
    if found.before.n < FEW_FRAMES:
        return Section("prior_shift", title, title, (Paragraph(describe_what_if(found), quiet=True),))
    trained = [found.training] * bool(found.training)
    heads = (
        Cell(tr("Class"), head=True),
        *(Cell(tr("training, by its folders"), figure=True) for _ in trained),
        Cell(tr("benchmark"), figure=True),
        Cell(tr("field, from predictions"), figure=True),
        Cell(tr("field, from labels"), figure=True),
    )
    order = sorted(range(len(found.classes)), key=lambda k: -abs(found.field[k] - found.benchmark[k]))
    rows = tuple(
        (
            Cell(found.classes[k], head=True),
            *(Cell(format_percent(mix[k], 1), figure=True) for mix in (*trained, found.benchmark, found.field, found.labelled)),
        )
        for k in order[:MOST_ROWS]
    )
    lines = [
        describe_what_if(found),
        *([tr("Weak result: the predictions suggest that one class has vanished, which soft confidences can cause.")] * found.collapsed),
    ]
    blocks: list[Block] = [Paragraph(line) for line in lines]
    quiet = tr("Assumes calibrated confidences and the benchmark's class shares as training prior.")
    if isfinite(found.temperature):
        said = tr("Confidences at temperature {t}, fitted to the benchmark; benchmark class shares stand in for training shares.")
        quiet = said.format(t=format_number(found.temperature, 2))
    return Section("prior_shift", title, title, (*blocks, Table(tr("Class shares"), heads, rows), Paragraph(quiet, quiet=True)))


def describe_what_if(found: PriorShift) -> str:
    """Accuracy with the answers adjusted to the field's mix, beside that of the answers as they are."""
    if found.before.n < FEW_FRAMES:
        few = tr_plural(
            "Insufficient data: {n} labelled frame is too few to estimate the field's class mix.",
            "Insufficient data: {n} labelled frames are too few to estimate the field's class mix.",
            found.before.n,
        )
        return few.format(n=found.before.n)
    said = tr("Predictions adjusted to the field's class mix: accuracy {after} instead of {before}, {change} pp ({range}).")
    change = found.change
    words = {"change": format_points(change.value), "range": format_points_interval(change)}
    return said.format(after=number_format.format_estimate(found.after), before=number_format.format_estimate(found.before), **words)
