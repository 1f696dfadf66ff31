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
        said = text("Not measured: no labelled frame of the sample has a class or box prediction.")
        return Section("thresholds", title, title, (Paragraph(said, quiet=True),))
    rule = text(
        "Highest recall at a precision of at least {precision}, at the field's class mix. Selected on one "
        "half of the clips, tested on the other."
    )
    blocks: list[Block] = [Paragraph(rule.format(precision=percent(found.precision)), quiet=True)]
    if found.classes:
        blocks += _tables(found)
        blocks.append(Paragraph(_helped(found)))
    if found.too_few:
        few = text("Insufficient data: fewer than {n} labelled frames on either side, or too few clips, for {classes}.")
        whole, short = (few.format(n=LEAST_POSITIVES, classes=listed(found.too_few, most)) for most in (len(found.too_few), MOST_ROWS))
        blocks.append(Paragraph(whole, short=short))
    return Section("thresholds", title, title, tuple(blocks))


def _tables(found: Thresholds) -> tuple[Table, Table]:
    """Recall, which is what is gained, and precision, which is what it costs: nine columns in one table fit no page."""
    recall = (
        Cell(text("Class"), head=True),
        Cell(text("selected and tested on")),
        Cell("n", figure=True),
        Cell(text("threshold"), figure=True),
        Cell(text("recall before"), figure=True),
        Cell(text("after"), figure=True),
        Cell(text("change, pp"), figure=True),
    )
    precision = (Cell(text("Class"), head=True), Cell(text("precision before"), figure=True), Cell(text("after"), figure=True))
    shown = found.classes[:MOST_ROWS]
    caption = text("One-vs-rest per class, weighted by the field's class mix")
    return (
        Table(caption, recall, tuple(_recall_row(one) for one in shown)),
        Table(text("Cost: precision on the same frames"), precision, tuple(_precision_row(one) for one in shown)),
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
        return text("No demonstrated gain in recall for any class: keep the current thresholds.")
    said = text(
        "Gain in recall demonstrated for {classes}. With one class per frame, the thresholds can be exported as a model card{remedy}."
    )
    return said.format(classes=", ".join(names), remedy=on_paper("thresholds"))
