"""Per-class thresholds on the page: recall and precision before and after, as tested on clips where they were not chosen."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.decision_thresholds import LEAST_POSITIVES, ClassThreshold, Thresholds
from fieldcheck.words.figures import number, percent, points, points_interval
from fieldcheck.words.formatting import listed
from fieldcheck.words.language import text
from fieldcheck.words.remedies import on_paper

MOST_ROWS = 20
FACTS = Thresholds


def section(report: Report) -> Section:
    """One row a class with enough labels; the others by name."""
    title = text("Per-class thresholds")
    found = (report.facts or {}).get("thresholds")
    if not isinstance(found, Thresholds):
        said = text("Not measured: no labelled frame of the draw was answered with one class, or boxes.")
        return Section("thresholds", title, title, (Paragraph(said, quiet=True),))
    rule = text(
        "The largest recall at a precision of {precision} or more, under the class mix of the field. "
        "Chosen on one half of the clips and tested on the other."
    )
    blocks: list[Block] = [Paragraph(rule.format(precision=percent(found.precision)), quiet=True)]
    if found.classes:
        blocks += _tables(found)
        blocks.append(Paragraph(_helped(found)))
    if found.too_few:
        few = text("Not enough: fewer than {n} labelled frames on either side, or too few clips, of {classes}.")
        whole, short = (few.format(n=LEAST_POSITIVES, classes=listed(found.too_few, most)) for most in (len(found.too_few), MOST_ROWS))
        blocks.append(Paragraph(whole, short=short))
    return Section("thresholds", title, title, tuple(blocks))


def _tables(found: Thresholds) -> tuple[Table, Table]:
    """Recall, which is what is gained, and precision, which is what it costs: nine columns in one table fit no page."""
    recall = (
        Cell(text("Class"), head=True),
        Cell(text("chosen and tested on")),
        Cell("n", figure=True),
        Cell(text("threshold"), figure=True),
        Cell(text("recall before"), figure=True),
        Cell(text("after"), figure=True),
        Cell(text("change, pp"), figure=True),
    )
    precision = (Cell(text("Class"), head=True), Cell(text("precision before"), figure=True), Cell(text("after"), figure=True))
    shown = found.classes[:MOST_ROWS]
    caption = text("Every class against the others, weighted as the field is mixed")
    return (
        Table(caption, recall, tuple(_recall_row(one) for one in shown)),
        Table(text("What it costs: precision on the same frames"), precision, tuple(_precision_row(one) for one in shown)),
    )


def _recall_row(one: ClassThreshold) -> tuple[Cell, ...]:
    on = {"field": text("field"), "benchmark": text("benchmark, reweighted")}[one.on]
    change = f"{points(one.change.value)} ({points_interval(one.change)})" if one.change.measured else "–"
    level = number(one.threshold, 2) if one.threshold is not None else "–"
    figures = (str(one.n), level, _share(one.recall_before), _share(one.recall_after), change)
    return (Cell(one.class_name, head=True), Cell(on), *(Cell(figure, figure=True) for figure in figures))


def _precision_row(one: ClassThreshold) -> tuple[Cell, ...]:
    return (Cell(one.class_name, head=True), *(Cell(_share(side), figure=True) for side in (one.precision_before, one.precision_after)))


def _share(estimate: Estimate) -> str:
    return number_format.figure(estimate) if estimate.measured else "–"


def _helped(found: Thresholds) -> str:
    names = [one.class_name for one in found.classes if one.helps]
    if not names:
        return text("For no class was a gain of recall shown: leave the thresholds as they are.")
    said = text(
        "Recall rises by more than chance for {classes}. With one class a frame, these thresholds can be exported as a card{remedy}."
    )
    return said.format(classes=", ".join(names), remedy=on_paper("thresholds"))
